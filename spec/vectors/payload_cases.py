"""Cases of `payload.json`: what a reader makes of bytes. Every expectation is written by hand."""

# One case a line.
# fmt: off

from __future__ import annotations

import base64
from typing import Any

CASES: list[dict[str, Any]] = []
CREATED = "2026-11-21T10:00:00.000Z"
CREATED_MS = 1795255200000

OURS = """{
  "pid": 4711,
  "createdAt": "2026-11-21T10:00:00.000Z",
  "starttime": 123456,
  "protocol": 1,
  "token": "00112233445566778899aabbccddeeff",
  "platform": "linux",
  "bootId": "0f0e0d0c-0b0a-4900-8807-060504030201",
  "pidNamespace": "pid:[4026531836]",
  "timeNamespace": "time:[4026531834]",
  "dev": "2049",
  "host": "workstation",
  "heartbeatMs": 10000,
  "witness": ".openclaw-lock-0123456789abcdef.sock",
  "helper": "python/1.2.0",
  "purpose": "add a skill"
}
"""
DOMAIN = {
    "platform": "linux",
    "bootId": "0f0e0d0c-0b0a-4900-8807-060504030201",
    "pidNamespace": "pid:[4026531836]",
    "timeNamespace": "time:[4026531834]",
    "dev": "2049",
    "witness": ".openclaw-lock-0123456789abcdef.sock",
}
G1 = '{\n  "pid": 4711,\n  "createdAt": "2026-11-21T10:00:00.000Z"\n}'
G2 = '{\n  "pid": 4711,\n  "createdAt": "2026-11-21T10:00:00.000Z",\n  "starttime": 123456\n}\n'
TOKEN = "\n" + "\t" * 8 + "".join("\t" if byte >> bit & 1 else " " for byte in range(16) for bit in range(7, -1, -1)) + "\n"
G3 = G2[:-1] + TOKEN


def add(name: str, rule: str, content: str | bytes | dict[str, Any], expect: dict[str, Any]) -> None:
    if isinstance(content, bytes):
        source: dict[str, Any] = {"base64": base64.b64encode(content).decode()}
    elif isinstance(content, dict):
        source = {"repeat": content}
    else:
        source = {"bytes": content}
    CASES.append({"name": name, "rule": rule, **source, "expect": expect})


def garbage(name: str, content: str | bytes | dict[str, Any], rule: str = "PAYLOAD-6") -> None:
    add(name, rule, content, {"content": "garbage"})


def readable(
    name: str,
    rule: str,
    content: str | bytes | dict[str, Any],
    pid: int | None = None,
    starttime: int | None = None,
    created: str | int = "absent",
    strings: dict[str, str] | None = None,
    beat: int | None = None,
) -> None:
    expect = {"content": "json", "pid": pid, "starttime": starttime, "createdAt": created, "strings": strings or {}, "heartbeatMs": beat}
    add(name, rule, content, expect)


# --- what is out there ---
readable("own payload", "PAYLOAD-1", OURS, 4711, 123456, CREATED_MS, DOMAIN, 10000)
readable("own payload, newline lost", "PAYLOAD-6", OURS[:-1], 4711, 123456, CREATED_MS, DOMAIN, 10000)
readable("OpenClaw G1: no newline", "OPENCLAW-1", G1, 4711, None, CREATED_MS)
readable("OpenClaw G2: newline, starttime", "OPENCLAW-1", G2, 4711, 123456, CREATED_MS)
readable("OpenClaw G3: white-space token", "OPENCLAW-1", G3, 4711, 123456, CREATED_MS)
readable("OpenClaw G3 cut inside the token", "PAYLOAD-6", G3[:-60], 4711, 123456, CREATED_MS)
readable("the lock that says pid 1", "PAYLOAD-6", '{"pid":1}', 1)
readable("empty object", "PAYLOAD-6", "{}")
readable("on one line, no spaces", "PAYLOAD-6", '{"pid":5,"createdAt":"2026-11-21T10:00:00.000Z"}', 5, None, CREATED_MS)
readable("CRLF line ends", "PAYLOAD-6", '\r\n{\r\n  "pid": 5\r\n}\r\n', 5)
readable("white space of all four kinds around", "PAYLOAD-6", ' \t\r\n{ "pid" : 5 }\n\r\t ', 5)

# --- the classes ---
add("empty", "PAYLOAD-6", "", {"content": "empty"})
garbage("one NUL byte", b"\0")
garbage("page of NUL bytes, as left by a power cut", {"unit": "\0", "times": 4096})
garbage("white space only", " \t\r\n")
garbage("the bare token of G3", TOKEN)
garbage("text", "locked by backup job\n")
garbage("a pid file", "4711x\n")
garbage("bytes that are no text", bytes(range(128, 256)))
garbage("byte-order mark", b"\xef\xbb\xbf" + G2.encode())
garbage("byte-order mark at the end", G2.encode() + b"\xef\xbb\xbf")
garbage("UTF-16 little endian with mark", b"\xff\xfe" + G2.encode("utf-16-le"))
garbage("UTF-16 little endian without mark", G2.encode("utf-16-le"))
garbage("UTF-16 big endian without mark", G2.encode("utf-16-be"))
garbage("UTF-32 little endian without mark", G2.encode("utf-32-le"))
garbage("NUL after the object", b'{"pid":5}\0')
garbage("NUL padding after the newline", G2.encode() + bytes(64))
garbage("top level array", '[{"pid":5}]')
garbage("top level string", '"pid"')
garbage("top level number", "4711\n")
garbage("top level null", "null")
garbage("top level true", "true")
garbage("two objects", '{"pid":5}{"pid":6}')
garbage("two objects on two lines", '{"pid":5}\n{"pid":6}\n')
garbage("a longer lock overwritten by a shorter one", '{\n  "pid": 5\n}\n2026-11-21T10:00:00.000Z"\n}\n')
garbage("a comma after the object", '{"pid":5},')
garbage("a bracket too many", '{"pid":5}}')

# --- torn writes: never half a pid ---
garbage("truncated after the brace", "{")
garbage("truncated in a key", '{\n  "pi')
garbage("truncated after a key", '{\n  "pid"')
garbage("truncated after the colon", '{\n  "pid":')
garbage("truncated inside the pid", '{\n  "pid": 47')
garbage("truncated after the pid", '{\n  "pid": 4711')
garbage("truncated after the comma", '{\n  "pid": 4711,')
garbage("truncated in a string", '{\n  "pid": 4711,\n  "createdAt": "2026-11-2')
garbage("truncated before the last brace", G2[:-2])
garbage("truncated in a character", '{"pid":5,"host":"b\u00fc'.encode()[:-1])
garbage("truncated in an escape", '{"pid":5,"host":"\\u00')

# --- not RFC 8259, though some parser takes it ---
garbage("NaN", '{"pid":5,"starttime":NaN}')
garbage("Infinity", '{"pid":5,"starttime":Infinity}')
garbage("-Infinity", '{"pid":5,"starttime":-Infinity}')
garbage("NaN as the pid", '{"pid":NaN}')
garbage("line comment", '{"pid":5} // backup\n')
garbage("block comment", '{/* backup */"pid":5}')
garbage("hash comment", '# backup\n{"pid":5}\n')
garbage("single quotes", "{'pid':5}")
garbage("bare key", "{pid:5}")
garbage("trailing comma in the object", '{"pid":5,}')
garbage("trailing comma in an array", '{"pid":5,"tags":[1,]}')
garbage("missing comma", '{"pid":5 "starttime":6}')
garbage("missing value", '{"pid":,"starttime":6}')
garbage("number with a leading zero", '{"pid":05}')
garbage("number with a plus sign", '{"pid":+5}')
garbage("number without digits before the point", '{"pid":.5}')
garbage("number without digits after the point", '{"pid":5.}')
garbage("number with an empty exponent", '{"pid":5e}')
garbage("hexadecimal number", '{"pid":0x5}')
garbage("number with underscores", '{"pid":1_000}')
garbage("digits that are not ASCII", '{"pid":\u0665}')
garbage("True as Python writes it", '{"pid":5,"flag":True}')
garbage("undefined", '{"pid":5,"flag":undefined}')
garbage("form feed as white space", '\f{"pid":5}')
garbage("vertical tab as white space", '{"pid":5}\v')
garbage("no-break space as white space", '\u00a0{"pid":5}')
garbage("U+2028 as white space", '{"pid":5}\u2028')
garbage("newline in a string", '{"pid":5,"host":"a\nb"}')
garbage("tab in a string", '{"pid":5,"host":"a\tb"}')
garbage("NUL in a string", b'{"pid":5,"host":"a\0b"}')
garbage("control character in a key", '{"pid":5,"a\u0001":1}')
garbage("unknown escape", '{"pid":5,"host":"\\x41"}')
garbage("escape with a digit that is none", '{"pid":5,"host":"\\u00g0"}')
garbage("escape with a sign", '{"pid":5,"host":"\\u+041"}')
garbage("malformed UTF-8 outside a string", b'{"pid":5\xff}', "PAYLOAD-5")

# --- odd, and still JSON ---
readable("malformed UTF-8 in a string", "PAYLOAD-5", b'{"pid":5,"host":"a\xff\xfeb"}', 5)
readable("malformed UTF-8 in a domain key", "PAYLOAD-5", b'{"pid":5,"platform":"lin\xffux"}', 5, strings={"platform": "lin\ufffdux"})
readable("malformed UTF-8 in a key: another key", "PAYLOAD-5", b'{"pid":5,"pid\xff":6}', 5)
readable("truncated character inside a string", "PAYLOAD-5", b'{"pid":5,"host":"a\xe2\x82"}', 5)
readable("overlong quote does not end a string", "PAYLOAD-5", b'{"pid":5,"host":"\xc0\xa2,\\"pid\\":6,"}', 5)
readable("surrogate in UTF-8", "PAYLOAD-5", b'{"pid":5,"host":"\xed\xa0\x80"}', 5)
readable("lone surrogate escape", "PAYLOAD-6", '{"pid":5,"host":"\\ud800"}', 5)
readable("lone surrogate escape in a key", "PAYLOAD-6", '{"pid":5,"\\udc00":6}', 5)
readable("surrogates in the wrong order", "PAYLOAD-6", '{"pid":5,"host":"\\udc00\\ud800"}', 5)
readable("escaped NUL counts as text", "PAYLOAD-9", '{"pid":5,"platform":"linux\\u0000"}', 5, strings={"platform": "linux\0"})
readable("U+2028 in a string", "PAYLOAD-6", '{"pid":5,"platform":"a\u2028b"}', 5, strings={"platform": "a\u2028b"})
readable("DEL in a string", "PAYLOAD-6", '{"pid":5,"platform":"a\u007fb"}', 5, strings={"platform": "a\u007fb"})
readable("byte-order mark in a string", "PAYLOAD-6", '{"pid":5,"platform":"\ufefflinux"}', 5, strings={"platform": "\ufefflinux"})
readable("every simple escape", "PAYLOAD-6", '{"pid":5,"platform":"\\"\\\\\\/\\b\\f\\n\\r\\t"}', 5, strings={"platform": '"\\/\b\f\n\r\t'})
readable("character beyond the BMP as escapes", "PAYLOAD-6", '{"pid":5,"platform":"\\uD83D\\ude00"}', 5, strings={"platform": "\U0001f600"})
readable("empty key", "PAYLOAD-7", '{"":6,"pid":5}', 5)
readable("unknown keys of every type", "PAYLOAD-7", '{"a":null,"b":[1,{"pid":9}],"c":{"pid":8},"pid":5,"d":false}', 5)
readable("__proto__ is a key like any other", "PAYLOAD-7", '{"__proto__":{"pid":9,"starttime":8,"platform":"linux"}}')
readable("inherited names are absent", "PAYLOAD-7", '{"constructor":1,"toString":2,"pid":5}', 5)
readable("a pid inside another object is none", "PAYLOAD-7", '{"owner":{"pid":5}}')
readable("a package lock of npm", "PAYLOAD-7", '{"name":"app","lockfileVersion":3,"packages":{"":{"name":"app"}}}')

# --- equal keys, and keys that are not equal ---
readable("equal keys: the last counts", "PAYLOAD-7", '{"pid":5,"pid":6}', 6)
readable("equal keys: the last counts, the other way round", "PAYLOAD-7", '{"pid":6,"pid":5}', 5)
readable("equal keys: an unusable last one counts too", "PAYLOAD-7", '{"pid":5,"pid":"6"}')
readable("equal keys: a usable last one", "PAYLOAD-7", '{"pid":null,"pid":5}', 5)
readable("equal keys: one of them escaped", "PAYLOAD-7", '{"pid":5,"\\u0070id":6}', 6)
readable("equal keys: starttime and createdAt", "PAYLOAD-7", '{"pid":5,"starttime":1,"createdAt":"x","starttime":2,"createdAt":3}', 5, 2)
readable("pID is not pid", "PAYLOAD-7", '{"pID":5}')
readable("Pid is not pid", "PAYLOAD-7", '{"Pid":5}')
readable("PID is not pid, after it", "PAYLOAD-7", '{"pid":5,"PID":6}', 5)
readable("PID is not pid, before it", "PAYLOAD-7", '{"PID":6,"pid":5}', 5)
readable("no key is matched without its case", "PAYLOAD-7", '{"pid":5,"startTime":6,"createdat":"2026-11-21T10:00:00.000Z","Platform":"linux","bootID":"b"}', 5)
readable("long s is not s", "PAYLOAD-7", '{"pid":5,"\u017ftarttime":6}', 5)
readable("a key with a space is another key", "PAYLOAD-7", '{"pid ":6," pid":7,"pid":5}', 5)

# --- pid ---
for text, pid in (
    ("1", 1),
    ("1.0", 1),
    ("1e3", 1000),
    ("1E+3", 1000),
    ("10e-1", 1),
    ("2147483647", 2147483647),
    ("2147483647.0", 2147483647),
    ("0.21474836470e10", 2147483647),
    ("1.00000000000000000001", 1),
):
    readable(f"pid {text}", "PAYLOAD-7" if not text.isdigit() else "PAYLOAD-8", f'{{"pid":{text}}}', pid)
for text in (
    "0", "-0", "0.0", "-1", "-4711", "1.5", "0.5", "1e-3", "2147483647.5", "2147483648", "4294967297", "9007199254740993",
    "18446744073709551617", "999999999999999999999", "1e400", "-1e400", "1e-400", '"4711"', '"1"', '""', "true", "false",
    "null", "[5]", "[]", '{"pid":5}',
):
    readable(f"pid {text} is no pid", "PAYLOAD-8", f'{{"pid":{text}}}')
readable("pid of 5000 digits is no pid", "PAYLOAD-8", {"prefix": '{"pid":', "unit": "9", "times": 5000, "suffix": "}"})
readable("pid 1 with 5000 noughts after the point", "PAYLOAD-7", {"prefix": '{"pid":1.', "unit": "0", "times": 5000, "suffix": "}"}, 1)
readable("exponent of 5000 digits is no pid", "PAYLOAD-8", {"prefix": '{"pid":1e', "unit": "9", "times": 5000, "suffix": "}"})
readable("number of 5000 digits in an unknown key", "PAYLOAD-7", {"prefix": '{"pid":5,"n":', "unit": "9", "times": 5000, "suffix": "}"}, 5)

# --- starttime ---
for text, start in (
    ("0", 0),
    ("-0", 0),
    ("1e3", 1000),
    ("1000.0", 1000),
    ("9007199254740991", 9007199254740991),
    ("1e-400", 0),
):
    readable(f"starttime {text}", "PAYLOAD-9", f'{{"pid":5,"starttime":{text}}}', 5, start)
for text in (
    "-1", "1.5", "9007199254740992", "9007199254740993", "1e400", '"1000"', "true", "null", "[1000]", "999999999999999999999",
):
    readable(f"starttime {text} is unrecorded", "PAYLOAD-9", f'{{"pid":5,"starttime":{text}}}', 5)

# --- createdAt ---
for text, created in (
    ("2026-11-21T10:00:00Z", CREATED_MS),
    ("2026-11-21T10:00:00.5Z", CREATED_MS + 500),
    ("2026-11-21T10:00:00.123456789012345678Z", CREATED_MS + 123),
    ("2026-11-21T10:00:00.9999Z", CREATED_MS + 999),
    ("2026-11-21T12:30:00.000+02:30", CREATED_MS),
    ("2026-11-21T00:00:00.000-10:00", CREATED_MS),
    ("2026-11-22T00:00:00+14:00", CREATED_MS),
    ("2026-11-21T10:00:00-00:00", CREATED_MS),
    ("2024-02-29T00:00:00Z", 1709164800000),
    ("2000-02-29T00:00:00Z", 951782400000),
    ("1970-01-01T00:00:00Z", 0),
    ("1969-12-31T23:59:59Z", -1000),
    ("9999-12-31T23:59:59Z", 253402300799000),
    ("9999-12-31T23:59:59-23:59", 253402387139000),
    ("2026-11-21T23:59:59Z", CREATED_MS + 50399000),
):
    readable(f"createdAt {text}", "PAYLOAD-9", f'{{"createdAt":"{text}"}}', created=created)
for name, text in (
    ("empty", ""),
    ("no zone", "2026-11-21T10:00:00"),
    ("lower-case t", "2026-11-21t10:00:00Z"),
    ("lower-case z", "2026-11-21T10:00:00z"),
    ("space instead of T", "2026-11-21 10:00:00Z"),
    ("space before the zone", "2026-11-21T10:00:00 Z"),
    ("space before", " 2026-11-21T10:00:00Z"),
    ("newline behind", "2026-11-21T10:00:00Z\\n"),
    ("day only", "2026-11-21"),
    ("no seconds", "2026-11-21T10:00Z"),
    ("basic format", "20261121T100000Z"),
    ("February 30", "2026-02-30T10:00:00Z"),
    ("February 29 of a common year", "2026-02-29T10:00:00Z"),
    ("February 29 of 1900", "1900-02-29T10:00:00Z"),
    ("April 31", "2026-04-31T10:00:00Z"),
    ("month 13", "2026-13-01T10:00:00Z"),
    ("month 0", "2026-00-01T10:00:00Z"),
    ("day 0", "2026-11-00T10:00:00Z"),
    ("hour 24", "2026-11-21T24:00:00Z"),
    ("minute 60", "2026-11-21T10:60:00Z"),
    ("leap second", "2016-12-31T23:59:60Z"),
    ("year 10000", "10000-01-01T00:00:00Z"),
    ("signed year", "+002026-11-21T10:00:00Z"),
    ("one-digit month", "2026-1-21T10:00:00Z"),
    ("empty fraction", "2026-11-21T10:00:00.Z"),
    ("fraction with a comma", "2026-11-21T10:00:00,5Z"),
    ("zone without colon", "2026-11-21T10:00:00+0100"),
    ("zone without minutes", "2026-11-21T10:00:00+01"),
    ("zone of 24 hours", "2026-11-21T10:00:00+24:00"),
    ("zone of 60 minutes", "2026-11-21T10:00:00+01:60"),
    ("two zones", "2026-11-21T10:00:00Z+01:00"),
    ("zone by name", "2026-11-21T10:00:00 UTC"),
    ("digits that are not ASCII", "\uff12\uff10\uff12\uff16-11-21T10:00:00Z"),
    ("a number as text", "1795255200000"),
    ("words", "yesterday"),
):
    readable(f"createdAt unparsable: {name}", "PAYLOAD-9", f'{{"createdAt":"{text}"}}', created="unparsable")
for text in ("1795255200000", "null", "true", '["2026-11-21T10:00:00Z"]'):
    readable(f"createdAt {text} is absent", "PAYLOAD-9", f'{{"createdAt":{text}}}')

# --- domain keys and protocol ---
readable("empty domain keys do not count", "PAYLOAD-9", '{"pid":5,"platform":"","bootId":"","pidNamespace":"","timeNamespace":""}', 5)
readable("domain keys of another type do not count", "PAYLOAD-9", '{"pid":5,"platform":1,"bootId":null,"pidNamespace":[],"timeNamespace":{}}', 5)
readable("a domain key that is white space counts", "PAYLOAD-9", '{"pid":5,"bootId":" "}', 5, strings={"bootId": " "})
readable("host and helper do not count", "PAYLOAD-9", '{"pid":5,"host":"a","dev":"1","helper":"go/1.0.0","witness":"w"}', 5, strings={"dev": "1"})
for text in ("2", '"1"', "1.0", "null", "99999999999999999999", "[]"):
    readable(
        f"protocol {text} changes nothing",
        "PAYLOAD-10",
        f'{{"pid":5,"createdAt":"{CREATED}","starttime":7,"protocol":{text},"platform":"linux"}}',
        5,
        7,
        CREATED_MS,
        {"platform": "linux"},
    )
readable("protocol missing changes nothing", "PAYLOAD-10", '{"pid":5,"starttime":7,"platform":"linux"}', 5, 7, strings={"platform": "linux"})

# --- depth and size ---
readable("32 levels: objects", "PAYLOAD-6", '{"pid":5,"a":' * 31 + "{}" + "}" * 31, 5)
garbage("33 levels: objects", '{"pid":5,"a":' * 32 + "{}" + "}" * 32)
readable("32 levels: arrays", "PAYLOAD-6", '{"pid":5,"a":' + "[" * 31 + "]" * 31 + "}", 5)
garbage("33 levels: arrays", '{"pid":5,"a":' + "[" * 32 + "]" * 32 + "}")
readable("a value in the 32nd level adds none", "PAYLOAD-6", '{"pid":5,"a":' + "[" * 31 + '"x"' + "]" * 31 + "}", 5)
readable("levels that are closed again do not add up", "PAYLOAD-6", '{"pid":5,"a":[' + ",".join(["[[]]"] * 40) + "]}", 5)
garbage("30000 levels: arrays", {"prefix": '{"pid":5,"a":', "unit": "[", "times": 30000, "closing": "]", "suffix": "}"})
garbage("30000 levels: arrays never closed", {"prefix": '{"pid":5,"a":', "unit": "[", "times": 30000})
garbage("10000 levels: objects", {"prefix": "", "unit": '{"":', "times": 10000, "middle": "1", "closing": "}"})
readable("brackets in a string are no levels", "PAYLOAD-6", '{"pid":5,"host":"' + "[{" * 40 + '"}', 5)
readable("brackets after an escaped quote are no levels", "PAYLOAD-6", '{"pid":5,"host":"\\\\\\"' + "[{" * 40 + '"}', 5)
garbage("brackets after an escaped backslash are levels", '{"pid":5,"host":["\\\\",' + "[" * 40 + "]" * 40 + "]}")
readable("brackets in a key are no levels", "PAYLOAD-6", '{"pid":5,"' + "[" * 40 + '":1}', 5)
readable("65536 bytes: read", "PAYLOAD-5", {"prefix": '{"pid":5}', "unit": " ", "times": 65527}, 5)
add("65537 bytes: oversized", "PAYLOAD-6", {"prefix": '{"pid":5}', "unit": " ", "times": 65528}, {"content": "oversized"})
garbage("65536 bytes of white space", {"unit": " ", "times": 65536})
add("65537 bytes of garbage: oversized", "PAYLOAD-6", {"unit": "x", "times": 65537}, {"content": "oversized"})
add(
    "65537 bytes in fewer characters: bytes count",
    "PAYLOAD-6",
    {"prefix": '{"pid":5,"host":"x', "unit": "\u00fc", "times": 32758, "suffix": '" }'},
    {"content": "oversized"},
)

# --- dev, witness, heartbeatMs ---
readable("a device as a number does not count", "PAYLOAD-9", '{"pid":5,"dev":2049}', 5)
readable("a device of any text counts", "PAYLOAD-9", '{"pid":5,"dev":"x"}', 5, strings={"dev": "x"})
readable("the last of two witnesses counts", "PAYLOAD-7", '{"pid":5,"witness":".openclaw-lock-0000000000000000.sock","witness":".openclaw-lock-0123456789abcdef.sock"}', 5, strings={"witness": ".openclaw-lock-0123456789abcdef.sock"})
for name in ("witness.sock", "/tmp/.openclaw-lock-0123456789abcdef.sock", "./.openclaw-lock-0123456789abcdef.sock", ".openclaw-lock-0123456789abcde.sock", ".openclaw-lock-0123456789abcdef0.sock", ".openclaw-lock-0123456789abcdeg.sock", ".openclaw-lock-0123456789abcdef.tmp", ".openclaw-lock-0123456789abcdef.sock\\n", "\\u0000.openclaw-lock-0123456789abcdef.sock", ""):
    readable(f"a witness called {name} does not count", "PAYLOAD-9", f'{{"pid":5,"witness":"{name}"}}', 5)
readable("a witness in another case of the key does not count", "PAYLOAD-7", '{"pid":5,"Witness":".openclaw-lock-0123456789abcdef.sock"}', 5)
readable("a heartbeat of 1", "PAYLOAD-9", '{"pid":5,"heartbeatMs":1}', 5, beat=1)
readable("a heartbeat of 1e4", "PAYLOAD-7", '{"pid":5,"heartbeatMs":1e4}', 5, beat=10000)
readable("a heartbeat of a year", "PAYLOAD-9", '{"pid":5,"heartbeatMs":31536000000}', 5, beat=31536000000)
for beat in ("0", "-1", "0.5", "31536000001", "1e400", '"1000"', "true", "null", "[1]"):
    readable(f"a heartbeat of {beat} does not count", "PAYLOAD-9", f'{{"pid":5,"heartbeatMs":{beat}}}', 5)
