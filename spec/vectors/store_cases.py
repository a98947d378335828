"""Cases of `store.json`: what a store is, and what an edit leaves. Every expectation is written by hand."""

# One case a line.
# fmt: off

from __future__ import annotations

import base64
from typing import Any

CASES: list[dict[str, Any]] = []
MIB16 = 16 * 1024 * 1024

Content = str | bytes | dict[str, Any] | None
Edit = dict[str, Any]


def source(content: Content) -> dict[str, Any]:
    if content is None:
        return {}
    if isinstance(content, bytes):
        return {"base64": base64.b64encode(content).decode()}
    return {"repeat": content} if isinstance(content, dict) else {"bytes": content}


def add(kind: str | None, name: str, content: Content) -> None:
    CASES.append({"name": name, "rule": "STORE-2", **source(content), "expect": {"kind": kind}})


def good(name: str, content: Content) -> None:
    add(None, name, content)


def put(*at: str, value: Any) -> Edit:
    return {"at": list(at), "value": value}


def drop(*at: str) -> Edit:
    return {"at": list(at), "remove": True}


def edit(name: str, before: Content, edits: list[Edit], after: Content, **marks: bool) -> None:
    CASES.append({"name": name, "rule": "STORE-6", **source(before), "edits": edits, **marks, "expect": source(after)})


def refused(name: str, before: Content, edits: list[Edit], code: str, kind: str | None = None) -> None:
    expect = {"code": code} | ({"kind": kind} if kind else {})
    CASES.append({"name": name, "rule": "STORE-6", **source(before), "edits": edits, "expect": expect})


# --- STORE-2: huge ---
add("huge", "16 MiB and a byte of white space", {"unit": " ", "times": MIB16 + 1})
add("huge", "16 MiB and a byte: an object that is whole", {"prefix": '{"a":"', "unit": "x", "times": MIB16 - 7, "suffix": '"}'})
add("huge", "16 MiB and a byte: garbage is not read", {"unit": "x", "times": MIB16 + 1})
add("huge", "16 MiB and a byte: bytes count, not characters", {"prefix": '{"a":"', "unit": "\u00fc", "times": MIB16 // 2 - 4, "suffix": 'x"}'})
add("huge", "16 MiB and a byte: a mark in front", {"prefix": "\ufeff", "unit": " ", "times": MIB16 - 2})
good("16 MiB exactly: an object", {"prefix": '{"a":"', "unit": "x", "times": MIB16 - 8, "suffix": '"}'})
good("16 MiB exactly: white space behind an object", {"prefix": "{}", "unit": " ", "times": MIB16 - 2})
add("empty", "16 MiB exactly of white space", {"unit": " ", "times": MIB16})
add("torn", "16 MiB exactly: a string without an end", {"prefix": '{"a":"', "unit": "x", "times": MIB16 - 6})
add("garbage", "16 MiB exactly: garbage in the last byte", {"prefix": '{"a":"', "unit": "x", "times": MIB16 - 9, "suffix": '"}x'})
add("nul", "16 MiB of a disk that lost its data", {"unit": "\0", "times": MIB16})

# --- empty ---
add("empty", "nothing", "")
add("empty", "a space", " ")
add("empty", "a newline", "\n")
add("empty", "all four kinds of white space", " \t\r\n")
add("garbage", "form feed is no white space", "\f")
add("garbage", "no-break space is no white space", "\u00a0")
add("garbage", "U+2028 is no white space", "\u2028")

# --- bom: before everything but emptiness ---
add("bom", "UTF-8 mark and an object", "\ufeff{}")
add("bom", "UTF-8 mark alone", "\ufeff")
add("bom", "UTF-8 mark and white space", "\ufeff \n")
add("bom", "UTF-8 mark and a torn object", '\ufeff{"a":')
add("bom", "UTF-8 mark and a NUL", "\ufeff{\0}")
add("bom", "UTF-16 little-endian", b"\xff\xfe{\0}\0")
add("bom", "UTF-16 big-endian", b"\xfe\xff\0{\0}")
add("bom", "UTF-16 mark alone", b"\xff\xfe")
add("bom", "UTF-32 little-endian", b"\xff\xfe\0\0{\0\0\0}\0\0\0")
add("nul", "UTF-32 big-endian", b"\0\0\xfe\xff\0\0\0{\0\0\0}")
add("garbage", "a mark behind white space is none", " \ufeff{}")
add("garbage", "a mark behind the object", "{}\ufeff")
good("a mark in a string", '{"a":"\ufeff"}')
add("encoding", "half a UTF-8 mark", b"\xef\xbb")
add("encoding", "the first byte of a UTF-16 mark", b"\xff")

# --- nul: before encoding, torn and garbage ---
add("nul", "NUL in a string", '{"a":"\0"}')
add("nul", "NUL behind the object", "{}\0")
add("nul", "NUL alone", "\0")
add("nul", "UTF-16 without a mark", b"{\0}\0")
add("nul", "a block of NULs behind a torn value", '{"a":"b' + "\0" * 64)
add("nul", "NUL and malformed UTF-8", b'{"a":"\xff\0"}')
good("an escaped NUL", '{"a":"\\u0000"}')

# --- encoding: not well-formed UTF-8 ---
for name, raw in (
    ("a byte that never occurs", b"\xff"),
    ("a continuation byte", b"\x80"),
    ("an overlong quote", b"\xc0\xa2"),
    ("an overlong three-byte form", b"\xe0\x80\xaf"),
    ("a surrogate", b"\xed\xa0\x80"),
    ("a pair of surrogates", b"\xed\xa0\xbd\xed\xb8\x80"),
    ("beyond U+10FFFF", b"\xf4\x90\x80\x80"),
    ("a five-byte form", b"\xf8\x88\x80\x80\x80"),
    ("Latin-1", b"caf\xe9"),
    ("a character cut short before another", b"\xe2\x82x"),
):
    add("encoding", f"in a string: {name}", b'{"a":"' + raw + b'"}')
add("encoding", "outside a string", b'{"a":1\xff}')
add("encoding", "behind the object", b"{}\xfe")
add("encoding", "in a torn string: encoding comes first", b'{"a":"\xff')
add("encoding", "and garbage: encoding comes first", b'{a:"\xff"}')
add("torn", "a character cut short at the end, in a string", b'{"a":"b\xe2\x82')
add("torn", "a character cut short at the end, after one byte", b'{"a":"b\xf0')
add("torn", "a character cut short at the end, after three bytes", b'{"a":"b\xf0\x9f\x98')
add("torn", "a character cut short at the end, in a key", b'{"caf\xc3')
add("encoding", "cut short at the end, but no character begins so", b'{"a":"b\xe0\x80')
add("encoding", "cut short at the end, and a surrogate", b'{"a":"b\xed\xa0')
add("encoding", "cut short at the end, and beyond U+10FFFF", b'{"a":"b\xf4\x90')
add("encoding", "cut short at the end, outside a string", b'{"a":1\xc3')
add("encoding", "cut short at the end, behind the object", b"{}\xe2\x82")
add("encoding", "cut short at the end, after a backslash", b'{"a":"\\\xc3')
add("encoding", "cut short at the end, in an escape", b'{"a":"\\u00\xc3')
add("encoding", "cut short at the end of garbage", b'{a:"b\xc3')

# --- torn: the text ends inside the value ---
WHOLE = '{"a":[1,{"b":null}],"c":"d"}'
for length in range(1, len(WHOLE)):
    add("torn", f"the first {length} bytes of {len(WHOLE)}", WHOLE[:length])
for text in (
    '{"a":t', '{"a":tr', '{"a":tru', '{"a":f', '{"a":fals', '{"a":n', '{"a":nul', '{"a":true', '{"a":null ',
    '{"a":-', '{"a":0', '{"a":-0', '{"a":1.', '{"a":1.5', '{"a":1e', '{"a":1E', '{"a":1e+', '{"a":1e-', '{"a":1e5', '{"a":-12.5e-',
    '{"a":"', '{"a":"\\', '{"a":"\\u', '{"a":"\\u0', '{"a":"\\u00', '{"a":"\\u00e', '{"a":"\\ud83d', '{"a":"\\ud83d\\', '{"a":"\\"', '{"a":"b\\\\',
    '{"\\u00', '{"a" ', '{"a": ', '{"a":1 ', '{"a":1, ', '{\n  "a": 1,\n', "{ ", "[", "[ ", "[1", "[1,", "[[", '["', '"', '"abc', '"\\', "-", "1.", "1e", "t", "nul", "fals", "\n\t{",
):
    add("torn", f"torn: {text!r}", text)

# --- garbage: no continuation could make it JSON ---
for text in (
    "x", "}", "]", ",", ":", "{]", "[}", "{,", "{:", "{1", "{a", "{'a'", '{"a"}', '{"a",', '{"a"1', '{"a":}', '{"a":,', '{"a":]', '{"a"::', '{"a":1 "', '{"a":1,}', '{"a":1,,', '{"a":1]', "[1}", "[1,]", "[,", "[1 2",
    "{}x", "{}{", "{}}", "{} []", "{}\n{}", "1 2", '"a"b', "nullx", "{}//", "// c\n{}", "/* c */{}", "# c\n{}", "{/",
    '{"a":01', '{"a":-01', '{"a":00', '{"a":+1', '{"a":.5', '{"a":1.e', '{"a":1..', '{"a":1ee', '{"a":1e.', '{"a":--', '{"a":-x', '{"a":0x1', '{"a":1_0', '{"a":1.x', '{"a":1e+x',
    '{"a":tx', '{"a":trux', '{"a":truex', '{"a":True', '{"a":None', '{"a":undefined', '{"a":NaN', '{"a":Infinity', '{"a":-Infinity', '{"a":nulL',
    '{"a":"\n', '{"a":"\t', '{"a":"\u0001', '{"a":"\u001f', '{"a\n', '{"a":"\\x', '{"a":"\\0', '{"a":"\\\n', '{"a":"\\u+', '{"a":"\\u00g', '{"a":"\\U0', "{'", '{"a":\'b', '{"a":`b',
    '{"a":1\f', '{"a":1\v', '{"a":1\u00a0', '{"a":1\u2028', '{"a":\u0661', "\u200b{}",
):
    add("garbage", f"garbage: {text!r}", text)
add("garbage", "two stores one after the other, as two writers in place leave them", '{"a":1}{"a":2}')
add("garbage", "the end of a longer store behind a shorter one", '{\n  "a": 1\n}\n"b": 2\n}\n')

# --- deep: the outermost value is the first level, a scalar adds none ---
good("64 levels of objects", {"unit": '{"a":', "times": 63, "middle": "{}", "closing": "}"})
add("deep", "65 levels of objects", {"unit": '{"a":', "times": 64, "middle": "{}", "closing": "}"})
good("64 levels, arrays in an object", {"prefix": '{"a":', "unit": "[", "times": 63, "closing": "]", "suffix": "}"})
add("deep", "65 levels, arrays in an object", {"prefix": '{"a":', "unit": "[", "times": 64, "closing": "]", "suffix": "}"})
good("a string in the 64th level", {"prefix": '{"a":', "unit": "[", "times": 63, "middle": '"x"', "closing": "]", "suffix": "}"})
good("levels that are closed again do not add up", '{"a":[' + ",".join(["[[]]"] * 80) + "]}")
good("brackets in strings and keys are no levels", '{"' + "[{" * 80 + '":"' + "[{" * 80 + '"}')
add("deep", "30,000 levels of arrays", {"prefix": '{"a":', "unit": "[", "times": 30000, "closing": "]", "suffix": "}"})
add("deep", "30,000 levels of objects", {"unit": '{"a":', "times": 30000, "middle": "1", "closing": "}"})
add("deep", "30,000 levels at the top of which there is no object: deep comes first", {"unit": "[", "times": 30000, "closing": "]"})
add("deep", "30,000 levels, and a key twice: deep comes first", {"prefix": '{"b":1,"b":2,"a":', "unit": "[", "times": 30000, "closing": "]", "suffix": "}"})
add("deep", "a key twice in the 65th level", {"unit": '{"a":', "times": 64, "middle": '{"b":1,"b":2}', "closing": "}"})
add("torn", "30,000 levels of arrays, never closed", {"prefix": '{"a":', "unit": "[", "times": 30000})
add("torn", "30,000 levels of objects, one brace missing", {"prefix": '{"a":', "unit": '{"a":', "times": 29999, "middle": "1", "closing": "}"})
add("garbage", "30,000 levels of arrays, closed by a brace", {"prefix": '{"a":', "unit": "[", "times": 30000, "middle": "}"})
add("garbage", "30,000 levels of objects, and a brace too many", {"unit": '{"a":', "times": 30000, "middle": "1", "closing": "}", "suffix": "}"})
add("deep", "65 levels of arrays alone", {"unit": "[", "times": 65, "closing": "]"})
add("not-an-object", "64 levels of arrays alone", {"unit": "[", "times": 64, "closing": "]"})

# --- duplicate-key: equal as sequences of UTF-16 code units, after unescaping ---
add("duplicate-key", "a key twice", '{"a":1,"a":1}')
add("duplicate-key", "a key twice, others between", '{"a":1,"b":2,"a":3}')
add("duplicate-key", "one of them escaped", '{"a":1,"\\u0061":2}')
add("duplicate-key", "escaped in two ways", '{"\\u002f":1,"\\/":2}')
add("duplicate-key", "hexadecimal digits of either case", '{"\\u00e9":1,"\\u00E9":2}')
add("duplicate-key", "non-ASCII, one of them escaped", '{"\u00e9":1,"\\u00e9":2}')
add("duplicate-key", "beyond the BMP, one of them as escapes", '{"\U0001f600":1,"\\ud83d\\ude00":2}')
add("duplicate-key", "the empty key twice", '{"":1,"":2}')
add("duplicate-key", "in an object in an array", '{"a":[1,{"b":1,"b":2}]}')
add("duplicate-key", "in the 64th level", {"unit": '{"a":', "times": 63, "middle": '{"b":1,"b":2}', "closing": "}"})
add("duplicate-key", "__proto__ twice", '{"__proto__":1,"__proto__":2}')
add("duplicate-key", "an integer twice", '{"1":1,"1":2}')
add("duplicate-key", "the same lone surrogate", '{"\\ud800":1,"\\uD800":2}')
add("duplicate-key", "an escaped NUL twice", '{"\\u0000":1,"\\u0000":2}')
add("duplicate-key", "and no object at the top: the key comes first", '[{"a":1,"a":2}]')
add("torn", "a key twice, and torn", '{"a":1,"a":2')
add("garbage", "a key twice, and garbage", '{"a":1,"a":2,}')
good("keys that differ in case", '{"a":1,"A":2}')
good("the same key in two objects", '{"a":{"a":1},"b":{"a":2}}')
good("the same key in the object and in its parent", '{"a":{"a":{"a":1}}}')
good("composed and decomposed", '{"\u00e9":1,"e\u0301":2}')
good("two different lone surrogates", '{"\\ud800":1,"\\ud801":2}')
good("a lone surrogate and U+FFFD", '{"\\ud800":1,"\ufffd":2}')
good("a lone surrogate and the pair that begins with it", '{"\\ud83d":1,"\\ud83d\\ude00":2}')
good("surrogates in the wrong order", '{"\\ude00\\ud83d":1,"\\ud83d\\ude00":2}')
good("a key and the same with a NUL behind", '{"a":1,"a\\u0000":2}')
good("a key and its escape, escaped", '{"a":1,"\\\\u0061":2}')
good("inherited names", '{"constructor":1,"toString":2,"__proto__":3,"hasOwnProperty":4}')

# --- not-an-object ---
for text in ("[]", "[{}]", "1", "-0.5e3", '""', '"{}"', "null", "true", "false", " 12 ", "\n[1,2]\n"):
    add("not-an-object", f"not an object: {text!r}", text)

# --- stores ---
good("an empty object", "{}")
good("an empty object in white space", " \t\r\n{ \t\r\n} \t\r\n")
good("a store of OpenClaw", '{\n  "version": 1,\n  "profiles": {\n    "xai:default": {\n      "type": "oauth",\n      "provider": "xai",\n      "access": "a",\n      "refresh": "r",\n      "expires": 1795255200000\n    }\n  }\n}\n')
good("every value", '{"a":null,"b":true,"c":false,"d":[],"e":{},"f":"","g":-0.0e+00}')
good("numbers that no double holds", '{"a":1e400,"b":123456789012345678901234567890,"c":0.1000000000000000055511151231257827,"d":1e-400}')
good("a number of 5,000 digits", {"prefix": '{"a":', "unit": "9", "times": 5000, "suffix": "}"})
good("an exponent of 5,000 digits", {"prefix": '{"a":1e', "unit": "9", "times": 5000, "suffix": "}"})
good("every escape", '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\uABCD\\uabcd"}')
good("a lone surrogate as an escape", '{"a":"\\udc00\\ud800"}')
good("U+2028, DEL and U+FFFF in a string", '{"a":"\u2028\u007f\uffff"}')
good("a character beyond the BMP", '{"\U0001f600":"\U0010ffff"}')
good("a whole character at the very end of a string", '{"a":"\u20ac"}')
good("carriage returns alone", '{\r"a":1\r}\r')

# --- STORE-6: a value that is there is replaced, and nothing else ---
COMPACT, PYTHON, LINES = '{"a":1,"b":2}', '{"a": 1, "b": 2}', '{\n  "a": 1,\n  "b": 2\n}\n'
edit("replace a number: compact", COMPACT, [put("a", value=3)], '{"a":3,"b":2}')
edit("replace a number: python style", PYTHON, [put("b", value=3)], '{"a": 1, "b": 3}')
edit("replace a number: lines", LINES, [put("a", value=3)], '{\n  "a": 3,\n  "b": 2\n}\n')
edit("replace a string by a longer one", '{"a":"x","b":"y"}', [put("a", value="longer")], '{"a":"longer","b":"y"}')
edit("replace an object by a string", '{"a":{"x":[1,2]},"b":2}', [put("a", value="s")], '{"a":"s","b":2}')
edit("replace by null", LINES, [put("b", value=None)], '{\n  "a": 1,\n  "b": null\n}\n')
edit("replace by true and false", COMPACT, [put("a", value=True), put("b", value=False)], '{"a":true,"b":false}')
edit("replace in depth", '{"p":{"q":{"r":1,"s":2}},"t":3}', [put("p", "q", "r", value=9)], '{"p":{"q":{"r":9,"s":2}},"t":3}')
edit("replace by an object: compact", COMPACT, [put("a", value={"x": 1, "y": [1, 2]})], '{"a":{"x":1,"y":[1,2]},"b":2}')
edit("replace by an object: python style", PYTHON, [put("a", value={"x": 1, "y": [1, 2]})], '{"a": {"x": 1, "y": [1, 2]}, "b": 2}')
edit("replace by an object: lines", LINES, [put("a", value={"x": 1, "y": [1, 2]})], '{\n  "a": {\n    "x": 1,\n    "y": [\n      1,\n      2\n    ]\n  },\n  "b": 2\n}\n')
edit("replace by an object: tabs", '{\n\t"a": 1\n}', [put("a", value={"x": {"y": 1}})], '{\n\t"a": {\n\t\t"x": {\n\t\t\t"y": 1\n\t\t}\n\t}\n}')
edit("replace by an object: lines without indentation", '{\n"a": 1\n}', [put("a", value={"x": 1})], '{\n"a": {\n"x": 1\n}\n}')
edit("replace by an object: lines, compact colons", '{\n  "a":1\n}', [put("a", value={"x": [1]})], '{\n  "a":{\n    "x":[\n      1\n    ]\n  }\n}')
edit("replace by an object: lines, spaces around colons", '{\n  "a" : 1\n}', [put("a", value={"x": 1})], '{\n  "a" : {\n    "x" : 1\n  }\n}')
edit("replace by an object on one line of an indented file", '{\n  "p": {"a": 1}\n}\n', [put("p", "a", value={"x": 1, "y": 2})], '{\n  "p": {"a": {"x": 1, "y": 2}}\n}\n')
edit("replace by an object: a colon that ends a line", '{"a":\n1}', [put("a", value={"x": 1})], '{"a":\n{"x": 1}}')
edit("replace by empty containers", LINES, [put("a", value={}), put("b", value=[])], '{\n  "a": {},\n  "b": []\n}\n')
edit("replace by containers of empty containers", '{\n  "a": 1\n}', [put("a", value=[{}, []])], '{\n  "a": [\n    {},\n    []\n  ]\n}')
edit("a value equal to the old one is written anew", '{"a":1.0e0,"b":2}', [put("a", value=1)], '{"a":1,"b":2}')
edit("a value of the same spelling changes nothing", LINES, [put("a", value=1)], LINES)
edit("white space around values stays", '{ "a" :\t1 ,\n\n "b" : 2 }', [put("a", value=3)], '{ "a" :\t3 ,\n\n "b" : 2 }')

# --- a new key is the last of its object ---
edit("append: compact", COMPACT, [put("c", value=3)], '{"a":1,"b":2,"c":3}')
edit("append: python style", PYTHON, [put("c", value=3)], '{"a": 1, "b": 2, "c": 3}')
edit("append: lines of two spaces", LINES, [put("c", value=3)], '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n')
edit("append: lines of four spaces", '{\n    "a": 1\n}', [put("c", value={"x": 1})], '{\n    "a": 1,\n    "c": {\n        "x": 1\n    }\n}')
edit("append: tabs", '{\n\t"a": 1\n}\n', [put("c", value=[1])], '{\n\t"a": 1,\n\t"c": [\n\t\t1\n\t]\n}\n')
edit("append: lines that end in CRLF", '{\r\n  "a": 1\r\n}\r\n', [put("c", value={"x": 1})], '{\r\n  "a": 1,\r\n  "c": {\r\n    "x": 1\r\n  }\r\n}\r\n')
edit("append: lines that end in CR", '{\r  "a": 1\r}\r', [put("c", value=[1])], '{\r  "a": 1,\r  "c": [\r    1\r  ]\r}\r')
edit("append: one member, compact", '{"a":1}', [put("c", value=3)], '{"a":1,"c":3}')
edit("append: one member, python style", '{"a": 1}', [put("c", value=3)], '{"a": 1, "c": 3}')
edit("append: spaces inside the braces", '{ "a": 1 }', [put("c", value=3)], '{ "a": 1, "c": 3 }')
edit("append: no space after the colon, one after the comma", '{"a":1, "b":2}', [put("c", value={"x": 1, "y": 2})], '{"a":1, "b":2, "c":{"x":1,"y":2}}')
edit("append: the comma before the last key decides", '{"a": 1,"b": 2,   "c": 3}', [put("d", value=4)], '{"a": 1,"b": 2,   "c": 3,   "d": 4}')
edit("append: an empty line before the last key is not repeated", '{\n  "a": 1,\n\n  "b": 2\n}', [put("c", value=3)], '{\n  "a": 1,\n\n  "b": 2,\n  "c": 3\n}')
edit("append: white space before the brace stays behind", '{\n  "a": 1\n\n}', [put("c", value=3)], '{\n  "a": 1,\n  "c": 3\n\n}')
edit("append: first key on the brace's line, last one on its own", '{"a": 1,\n "b": 2}', [put("c", value=3)], '{"a": 1,\n "b": 2,\n "c": 3}')
edit("append: commas in front", '{ "a": 1\n, "b": 2\n}', [put("c", value=3)], '{ "a": 1\n, "b": 2, "c": 3\n}')
edit("append: the last colon decides", '{"a":1, "b": 2}', [put("c", value=3)], '{"a":1, "b": 2, "c": 3}')
edit("append: a last colon that ends a line does not", '{\n  "a":\n    1\n}', [put("c", value=3)], '{\n  "a":\n    1,\n  "c": 3\n}')
edit("append in depth: lines", '{\n  "p": {\n    "a": 1\n  },\n  "q": 2\n}\n', [put("p", "b", value="x")], '{\n  "p": {\n    "a": 1,\n    "b": "x"\n  },\n  "q": 2\n}\n')
edit("append in depth: one line in an indented file", '{\n  "p": { "a": 1 }\n}\n', [put("p", "b", value=2)], '{\n  "p": { "a": 1, "b": 2 }\n}\n')
edit("append behind an object", '{"a":{"x":1}}', [put("b", value=2)], '{"a":{"x":1},"b":2}')
edit("append two: the order of the edits", COMPACT, [put("d", value=4), put("c", value=3)], '{"a":1,"b":2,"d":4,"c":3}')
edit("append, then into what was appended", LINES, [put("c", value={}), put("c", "x", value=1), put("c", "y", value=2)], '{\n  "a": 1,\n  "b": 2,\n  "c": {\n    "x": 1,\n    "y": 2\n  }\n}\n')

# --- empty objects, and objects that are not there ---
edit("the empty store: two spaces", "{}", [put("a", value=1)], '{\n  "a": 1\n}')
edit("the empty store and a newline", "{}\n", [put("a", value={"b": 1})], '{\n  "a": {\n    "b": 1\n  }\n}\n')
edit("the empty store with white space inside", "{ \n\n }\n", [put("a", value=1)], '{\n  "a": 1\n}\n')
edit("the empty store with CRLF behind it", "{}\r\n", [put("a", value=1), put("b", value=2)], '{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n')
edit("an empty object in lines", '{\n    "p": {},\n    "q": 2\n}\n', [put("p", "a", value=1)], '{\n    "p": {\n        "a": 1\n    },\n    "q": 2\n}\n')
edit("an empty object in lines, in depth, tabs", '{\n\t"p": {\n\t\t"q": {}\n\t}\n}', [put("p", "q", "a", value=1)], '{\n\t"p": {\n\t\t"q": {\n\t\t\t"a": 1\n\t\t}\n\t}\n}')
edit("an empty object in lines, CRLF", '{\r\n  "p": { }\r\n}', [put("p", "a", value=1)], '{\r\n  "p": {\r\n    "a": 1\r\n  }\r\n}')
edit("an empty object, compact", '{"p":{},"q":2}', [put("p", "a", value=1), put("p", "b", value=2)], '{"p":{"a":1,"b":2},"q":2}')
edit("an empty object, python style", '{"p": {}, "q": 2}', [put("p", "a", value=1), put("p", "b", value=2)], '{"p": {"a": 1, "b": 2}, "q": 2}')
edit("an empty object on one line of an indented file", '{\n  "o": {"p": {}}\n}', [put("o", "p", "a", value=1)], '{\n  "o": {"p": {"a": 1}}\n}')
edit("objects on the way are made: lines", '{\n  "version": 1\n}\n', [put("profiles", "xai:default", "type", value="oauth")], '{\n  "version": 1,\n  "profiles": {\n    "xai:default": {\n      "type": "oauth"\n    }\n  }\n}\n')
edit("objects on the way are made: compact", '{"version":1}', [put("p", "q", "r", value=1)], '{"version":1,"p":{"q":{"r":1}}}')
edit("objects on the way are made: python style", '{"version": 1}', [put("p", "q", "r", value=1)], '{"version": 1, "p": {"q": {"r": 1}}}')
edit("objects on the way are made: in an empty one", '{\n  "p": {}\n}', [put("p", "q", "r", value=1)], '{\n  "p": {\n    "q": {\n      "r": 1\n    }\n  }\n}')
edit("a new file", None, [put("version", value=1), put("profiles", "a", "b", value=2)], '{\n  "version": 1,\n  "profiles": {\n    "a": {\n      "b": 2\n    }\n  }\n}\n')
edit("a new file, and nothing in it", None, [drop("a")], "{}\n")

# --- remove ---
edit("remove the first: compact", '{"a":1,"b":2,"c":3}', [drop("a")], '{"b":2,"c":3}')
edit("remove the middle one: compact", '{"a":1,"b":2,"c":3}', [drop("b")], '{"a":1,"c":3}')
edit("remove the last: compact", '{"a":1,"b":2,"c":3}', [drop("c")], '{"a":1,"b":2}')
edit("remove the first: python style", '{"a": 1, "b": 2, "c": 3}', [drop("a")], '{"b": 2, "c": 3}')
edit("remove the middle one: python style", '{"a": 1, "b": 2, "c": 3}', [drop("b")], '{"a": 1, "c": 3}')
edit("remove the last: python style", '{"a": 1, "b": 2, "c": 3}', [drop("c")], '{"a": 1, "b": 2}')
edit("remove the first: lines", '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n', [drop("a")], '{\n  "b": 2,\n  "c": 3\n}\n')
edit("remove the middle one: lines", '{\n  "a": 1,\n  "b": {\n    "x": 1\n  },\n  "c": 3\n}\n', [drop("b")], '{\n  "a": 1,\n  "c": 3\n}\n')
edit("remove the last: lines", '{\n  "a": 1,\n  "b": 2,\n  "c": [\n    3\n  ]\n}\n', [drop("c")], '{\n  "a": 1,\n  "b": 2\n}\n')
edit("remove the last: lines that end in CRLF", '{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n', [drop("b")], '{\r\n  "a": 1\r\n}\r\n')
edit("remove the only one", '{"a":1}', [drop("a")], "{}")
edit("remove the only one: lines", '{\n  "a": 1\n}\n', [drop("a")], "{}\n")
edit("remove the only one in depth", '{\n  "p": {\n    "a": 1\n  },\n  "q": 2\n}\n', [drop("p", "a")], '{\n  "p": {},\n  "q": 2\n}\n')
edit("remove the first: spaces inside the braces", '{ "a": 1, "b": 2 }', [drop("a")], '{ "b": 2 }')
edit("remove the last: white space before the comma goes too", '{ "a": 1 , "b": 2 }', [drop("b")], '{ "a": 1 }')
edit("remove the middle one: its own white space goes, its neighbours' stays", '{"a":1 ,  "b" : 2   ,"c":3}', [drop("b")], '{"a":1 ,  "c":3}')
edit("remove the first of an object in an object", '{"p":{"a":1,"b":2},"q":3}', [drop("p", "a")], '{"p":{"b":2},"q":3}')
edit("remove a whole object", '{"p":{"a":1,"b":[{}]},"q":3}', [drop("p")], '{"q":3}')
edit("remove all, one by one", '{\n  "a": 1,\n  "b": 2\n}\n', [drop("b"), drop("a")], "{}\n")
edit("remove, then add: last again", '{"a":1,"b":2}', [drop("a"), put("a", value=1)], '{"b":2,"a":1}')
edit("remove what is not there", LINES, [drop("c")], LINES)
edit("remove below what is not there", LINES, [drop("c", "x")], LINES)
edit("remove below a number", LINES, [drop("a", "x")], LINES)
edit("remove below an array", '{"a":[{"0":1}]}', [drop("a", "0")], '{"a":[{"0":1}]}')
edit("remove another case", COMPACT, [drop("A")], COMPACT)

# --- every byte outside stays ---
edit("numbers that no double holds stay", '{"n":123456789012345678901234567890,"m":1e400,"a":1,"k":0.1000000000000000055511151231257827}', [put("a", value=2)], '{"n":123456789012345678901234567890,"m":1e400,"a":2,"k":0.1000000000000000055511151231257827}')
edit("odd spellings of numbers stay", '{"n":1.0,"m":1E+2,"l":-0,"k":100e-2,"a":1}', [put("b", value=2)], '{"n":1.0,"m":1E+2,"l":-0,"k":100e-2,"a":1,"b":2}')
edit("escapes stay", '{"a":1,"s":"\\u0061\\/\\u00e9\\n","t":"\\ud83d\\ude00"}', [put("a", value=2)], '{"a":2,"s":"\\u0061\\/\\u00e9\\n","t":"\\ud83d\\ude00"}')
edit("lone surrogates stay", '{"s":"\\ud800","a":1,"\\udc00":"\\udfff\\ud800"}', [put("a", value=2), put("b", value=3)], '{"s":"\\ud800","a":2,"\\udc00":"\\udfff\\ud800","b":3}')
edit("U+2028, DEL and a byte-order mark stay", '{"s":"\u2028\u2029\u007f\ufeff","a":1}', [put("a", value=2)], '{"s":"\u2028\u2029\u007f\ufeff","a":2}')
edit("the order of integers as keys stays", '{"2":1,"10":2,"1":3,"a":4}', [put("10", value=9), put("0", value=8)], '{"2":1,"10":9,"1":3,"a":4,"0":8}')
edit("unknown keys and their order stay", '{"z":1,"profiles":{"x":{"type":"oauth","weird":{"b":1,"a":2},"access":"old"}},"a":[3,1,2]}', [put("profiles", "x", "access", value="new")], '{"z":1,"profiles":{"x":{"type":"oauth","weird":{"b":1,"a":2},"access":"new"}},"a":[3,1,2]}')
edit("no newline at the end: none is added", '{\n  "a": 1\n}', [put("a", value=2)], '{\n  "a": 2\n}')
edit("white space around the store stays", ' \r\n{"a":1}\t\n\n', [put("a", value=2)], ' \r\n{"a":2}\t\n\n')
edit("mixed line breaks stay, the last key's is used", '{\n  "a": 1,\r\n  "b": 2\n}\n', [put("c", value=3)], '{\n  "a": 1,\r\n  "b": 2,\r\n  "c": 3\n}\n')

# --- keys ---
edit("a key that is escaped in the file is found, and stays", '{"\\u0061b":1,"c":2}', [put("ab", value=3)], '{"\\u0061b":3,"c":2}')
edit("a key beyond the BMP that is escaped in the file", '{"\\ud83d\\ude00":1}', [put("\U0001f600", value=2)], '{"\\ud83d\\ude00":2}')
edit("a key in another case is another key", '{"A":1}', [put("a", value=2)], '{"A":1,"a":2}')
edit("a decomposed key is another key", '{"\u00e9":1}', [put("e\u0301", value=2)], '{"\u00e9":1,"e\u0301":2}')
edit("the empty key", '{"a":1}', [put("", value=2), put("", value=3)], '{"a":1,"":3}')
edit("a key with dots and slashes is one key", '{"a":{"b":1}}', [put("a.b", value=2), put("a/b", value=3)], '{"a":{"b":1},"a.b":2,"a/b":3}')
edit("__proto__ is a key like any other", '{"a":1}', [put("__proto__", "x", value=1)], '{"a":1,"__proto__":{"x":1}}')
edit("__proto__ that is there", '{"__proto__":{"x":1},"a":1}', [put("__proto__", "x", value=2), drop("a")], '{"__proto__":{"x":2}}')
edit("constructor and its kind are not there until they are set", '{"a":1}', [put("constructor", "prototype", value=1), put("toString", value=2), drop("hasOwnProperty")], '{"a":1,"constructor":{"prototype":1},"toString":2}')
edit("__proto__ inside a value", '{"a":1}', [put("a", value={"__proto__": {"x": 1}})], '{"a":{"__proto__":{"x":1}}}')
edit("integers as keys", '{"a":1}', [put("1", value=2), put("0", value=3)], '{"a":1,"1":2,"0":3}')
edit("non-ASCII keys are written as they are", '{"a":1}', [put("caf\u00e9", "\U0001f600", value=1)], '{"a":1,"caf\u00e9":{"\U0001f600":1}}')
edit("a new key is escaped like a string", '{"a":1}', [put('"\\\n\u0001/', value=2)], '{"a":1,"\\"\\\\\\n\\u0001/":2}')
edit("a lone surrogate is found by itself, not by U+FFFD", '{"\\ud800":1}', [put("\ufffd", value=2)], '{"\\ud800":1,"\ufffd":2}')

# --- how values are written ---
edit("a string: the short escapes", '{"a":1}', [put("a", value='"\\/\b\f\n\r\t')], '{"a":"\\"\\\\/\\b\\f\\n\\r\\t"}')
edit("a string: other control characters", '{"a":1}', [put("a", value="\0\u0001\u000b\u001f\u007f")], '{"a":"\\u0000\\u0001\\u000b\\u001f\u007f"}')
edit("a string: non-ASCII, U+2028 and a byte-order mark as they are", '{"a":1}', [put("a", value="\u00e9\u2028\u2029\ufeff\U0001f600\uffff")], '{"a":"\u00e9\u2028\u2029\ufeff\U0001f600\uffff"}')
edit("a string: no escapes for HTML", '{"a":1}', [put("a", value="<a href='x'>&amp;</a>")], "{\"a\":\"<a href='x'>&amp;</a>\"}")
edit("a string: what looks like a fence or a number is a string", '{"a":1}', [put("a", value="1e5")], '{"a":"1e5"}')
for value, text in (
    (0, "0"), (-1, "-1"), (1795255200000, "1795255200000"), (9007199254740991, "9007199254740991"), (-9007199254740991, "-9007199254740991"), (5.0, "5"), (-0.0, "0"), (0.1, "0.1"), (-1.5, "-1.5"),
    (1e20, "100000000000000000000"), (1e21, "1e+21"), (1.5e300, "1.5e+300"), (0.000001, "0.000001"), (0.0000001, "1e-7"), (1.25e-9, "1.25e-9"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (123456789012345680000.0, "123456789012345680000"), (0.30000000000000004, "0.30000000000000004"),
):
    edit(f"a number: {text}{' from ' + repr(value) if repr(value) != text else ''}", '{"a":null}', [put("a", value=value)], f'{{"a":{text}}}')
edit("a string with a lone surrogate: an escape", '{"a":1}', [put("a", value="x\ud800y\udfff")], '{"a":"x\\ud800y\\udfff"}', loneSurrogate=True)
edit("a key with a lone surrogate finds its escape", '{"\\ud800":1}', [put("\ud800", value=2)], '{"\\ud800":2}', loneSurrogate=True)
edit("a new key with a lone surrogate: an escape", '{"a":1}', [put("\udc00", value=2)], '{"a":1,"\\udc00":2}', loneSurrogate=True)

# --- what is refused, and nothing written ---
refused("through a number", LINES, [put("a", "x", value=1)], "store_invalid", "not-an-object")
refused("through null", '{"a":null}', [put("a", "x", value=1)], "store_invalid", "not-an-object")
refused("through a string", '{"a":"{}"}', [put("a", "x", value=1)], "store_invalid", "not-an-object")
refused("through an array", '{"a":[{}]}', [put("a", "0", "x", value=1)], "store_invalid", "not-an-object")
refused("the second edit fails: the first is not written either", '{"a":1,"b":2}', [put("b", value=3), put("a", "x", value=1)], "store_invalid", "not-an-object")
refused("a path without a key: set", '{"a":1}', [put(value={})], "file_lock_invalid_option")
refused("a path without a key: remove", '{"a":1}', [drop()], "file_lock_invalid_option")
refused("a torn store", '{"a":1', [put("a", value=2)], "store_invalid", "torn")
refused("an empty file is no new store", "", [put("a", value=2)], "store_invalid", "empty")
refused("a key twice, elsewhere", '{"a":1,"b":{"c":1,"c":2}}', [put("a", value=2)], "store_invalid", "duplicate-key")
refused("a key twice: removing it does not mend the store", '{"a":1,"a":2}', [drop("a")], "store_invalid", "duplicate-key")
refused("65 levels by the path", "{}", [put(*["a"] * 65, value=1)], "store_invalid", "deep")
edit("64 levels by the path", '{"b":1}', [put(*["a"] * 64, value=1)], {"prefix": '{"b":1,"a":', "unit": '{"a":', "times": 63, "middle": "1", "closing": "}", "suffix": "}"})
refused("65 levels by path and value", "{}", [put(*["a"] * 63, value={"x": [1]})], "store_invalid", "deep")
refused("more than 16 MiB by the edit", {"prefix": '{"a":"', "unit": "x", "times": MIB16 - 8, "suffix": '"}'}, [put("b", value=1)], "store_invalid", "huge")


# --- STORE-8: what /proc/self/mountinfo lists ---
ROOT = "25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw"


def mounted(name: str, answer: bool, path: str, *lines: str) -> None:
    CASES.append({"name": f"mounted: {name}", "rule": "STORE-8", "mountinfo": "".join(f"{line}\n" for line in lines), "path": path, "expect": {"mountPoint": answer}})


def bind(point: str, root: str = "/srv/s.json", optional: str = "shared:1 ") -> str:
    return f"40 25 8:1 {root} {point} rw,relatime {optional}- ext4 /dev/sda1 rw"


mounted("a bind-mounted file", True, "/data/s.json", ROOT, bind("/data/s.json"))
mounted("a file beside it", False, "/data/t.json", ROOT, bind("/data/s.json"))
mounted("a name that goes on", False, "/data/s.json2", ROOT, bind("/data/s.json"))
mounted("a name that is shorter", False, "/data/s.jso", ROOT, bind("/data/s.json"))
mounted("only its directory is mounted", False, "/data/s.json", ROOT, bind("/data", "/srv"))
mounted("it is the root of a mount elsewhere", False, "/srv/s.json", ROOT, bind("/data/s.json"))
mounted("no optional field", True, "/data/s.json", bind("/data/s.json", optional=""))
mounted("several optional fields", True, "/data/s.json", bind("/data/s.json", optional="shared:1 master:2 unbindable "))
mounted("what it was is deleted", True, "/data/s.json", bind("/data/s.json", "/srv/s.json//deleted"))
mounted("a space", True, "/my data/s.json", bind("/my\\040data/s.json"))
mounted("tab, line feed, number sign", True, "/a\tb\nc#d", bind("/a\\011b\\012c\\043d"))
mounted("a backslash", True, "/a\\b", bind("/a\\134b"))
mounted("a backslash and digits: undone once", True, "/a\\040b", bind("/a\\134040b"))
mounted("a backslash and digits are no space", False, "/a b", bind("/a\\134040b"))
mounted("non-ASCII is not escaped", True, "/b\u00fcro/s.json", bind("/b\u00fcro/s.json"))
mounted("bytes of a character may be escaped", True, "/b\u00fcro", bind("/b\\303\\274ro"))
mounted("what is no escape stays", True, "/a\\x", bind("/a\\x"))
mounted("a line that is cut off", False, "/data/s.json", "40 25 8:1 /srv/s.json")
mounted("behind a line that is cut off", True, "/data/s.json", "40 25 8:1", bind("/data/s.json"))
mounted("nothing is mounted", False, "/data/s.json")
mounted("a no-break space does not end a field", False, "/data", bind("/data\u00a0x"))
