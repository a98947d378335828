#!/usr/bin/env python3
"""A reading of STORE-2, 6 and 8 that no helper shares, compared with every vector; exit 1 if one differs."""

from __future__ import annotations

import base64
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MAX_BYTES, MAX_DEPTH = 16 * 1024 * 1024, 64
KINDS = ("huge", "empty", "bom", "nul", "encoding", "torn", "garbage", "deep", "duplicate-key", "not-an-object")
SPACE = re.compile(r"[ \t\r\n]*")
PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
NUMBER_BEGUN = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:(?<=[0-9])[eE][+-]?[0-9]*)?)?")
ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
ESCAPE_BEGUN = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?")
# The beginnings of characters (table 3-7 of Unicode). CPython's incremental decoder takes ED A0 for one too.
CUT = re.compile(
    rb"(?:[\xc2-\xf4]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xe0[\xa0-\xbf]|\xed[\x80-\x9f]"
    rb"|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]?)?\Z"
)
BREAKS = re.compile(r"\r\n|\n|\r")


def content_of(case: dict[str, Any]) -> bytes | None:
    if "base64" in case:
        return base64.b64decode(str(case["base64"]))
    if "repeat" in case:
        part = {"prefix": "", "middle": "", "closing": "", "suffix": ""} | case["repeat"]
        times = part["times"]
        text = part["prefix"] + part["unit"] * times + part["middle"] + part["closing"] * times + part["suffix"]
        return str(text).encode()
    return str(case["bytes"]).encode() if "bytes" in case else None


class InvalidStoreError(Exception):
    """`kind` of STORE-2; `inside` when the text ends in a string where any character may follow."""

    def __init__(self, kind: str, inside: bool = False) -> None:
        super().__init__(kind)
        self.kind, self.inside = kind, inside


@dataclass
class Member:
    gap: str
    key_start: int
    key: str = ""
    key_end: int = 0
    value: Node | None = None


@dataclass
class Node:
    start: int
    bracket: str = ""
    end: int = 0
    members: list[Member] = field(default_factory=list)


# --- STORE-2 ---


def string_end(text: str, at: int) -> int:
    """The index behind the closing quote of the string that begins at `at`."""
    at += 1
    while True:
        at = PLAIN.match(text, at).end()  # type: ignore[union-attr]
        if at == len(text):
            raise InvalidStoreError("torn", inside=True)
        if text[at] == '"':
            return at + 1
        escape = ESCAPE.match(text, at)
        if escape is None:
            begun = ESCAPE_BEGUN.match(text, at)
            raise InvalidStoreError("torn" if begun and begun.end() == len(text) else "garbage")
        at = escape.end()


def scalar_end(text: str, at: int) -> int:
    if text[at] == '"':
        return string_end(text, at)
    for word in ("true", "false", "null"):
        if text.startswith(word, at):
            return at + len(word)
        if len(text) - at < len(word) and word.startswith(text[at:]):
            raise InvalidStoreError("torn")
    begun = NUMBER_BEGUN.match(text, at)
    end = begun.end() if begun else at
    if NUMBER.fullmatch(text, at, end):
        return end
    raise InvalidStoreError("torn" if end == len(text) else "garbage")


def parse(text: str) -> tuple[Node, int, bool]:
    """The tree, how deep it is, and whether an object has a key twice. Raises torn and garbage only."""
    stack: list[Node] = []
    root: Node | None = None
    deepest, twice = 0, False
    at = SPACE.match(text).end()  # type: ignore[union-attr]
    expect = "value"
    gap = ""

    def place(node: Node) -> None:
        nonlocal root
        if not stack:
            root = node
        elif stack[-1].bracket == "{":
            stack[-1].members[-1].value = node

    while expect != "end":
        if at == len(text):
            raise InvalidStoreError("torn")
        sign = text[at]
        if expect in ("value", "value or ]"):
            if expect == "value or ]" and sign == "]":
                expect = "close"
                continue
            node = Node(at)
            place(node)
            if sign in "{[":
                node.bracket = sign
                stack.append(node)
                deepest = max(deepest, len(stack))
                at += 1
                expect = "key or }" if sign == "{" else "value or ]"
            else:
                at = node.end = scalar_end(text, at)
                expect = "comma or close" if stack else "end"
        elif expect in ("key", "key or }"):
            if expect == "key or }" and sign == "}":
                expect = "close"
                continue
            if sign != '"':
                raise InvalidStoreError("garbage")
            end = string_end(text, at)
            key = json.loads(text[at:end])
            if len(stack) <= MAX_DEPTH and any(member.key == key for member in stack[-1].members):
                twice = True
            stack[-1].members.append(Member(gap, at, key, end))
            at, expect = end, "colon"
        elif expect == "colon":
            if sign != ":":
                raise InvalidStoreError("garbage")
            at, expect = at + 1, "value"
        elif expect == "comma or close":
            if sign == ",":
                at, expect = at + 1, "key" if stack[-1].bracket == "{" else "value"
            elif sign in "}]":
                expect = "close"
                continue
            else:
                raise InvalidStoreError("garbage")
        elif expect == "close":
            if sign != {"{": "}", "[": "]"}[stack[-1].bracket]:
                raise InvalidStoreError("garbage")
            at += 1
            stack.pop().end = at
            expect = "comma or close" if stack else "end"
        behind = SPACE.match(text, at).end()  # type: ignore[union-attr]
        gap, at = text[at:behind], behind
    if at != len(text):
        raise InvalidStoreError("garbage")
    assert root is not None
    return root, deepest, twice


def read(content: bytes) -> tuple[str, Node]:
    if len(content) > MAX_BYTES:
        raise InvalidStoreError("huge")
    if not content.strip(b" \t\r\n"):
        raise InvalidStoreError("empty")
    if content.startswith((b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")):
        raise InvalidStoreError("bom")
    if b"\0" in content:
        raise InvalidStoreError("nul")
    cut = len(CUT.search(content[-3:])[0])  # type: ignore[index]
    try:
        text = content[: len(content) - cut].decode()
    except UnicodeDecodeError:
        raise InvalidStoreError("encoding") from None
    try:
        root, deepest, twice = parse(text)
    except InvalidStoreError as problem:
        raise InvalidStoreError("encoding" if cut and not problem.inside else problem.kind) from None
    if cut:
        raise InvalidStoreError("encoding")
    if deepest > MAX_DEPTH:
        raise InvalidStoreError("deep")
    if twice:
        raise InvalidStoreError("duplicate-key")
    if root.bracket != "{":
        raise InvalidStoreError("not-an-object")
    return text, root


# --- STORE-6 ---


@dataclass
class Style:
    """How text is written at one place: `line` is the line break and indentation of a member on its own line."""

    line: str | None
    colon: str
    unit: str

    @property
    def comma(self) -> str:
        return ", " if self.colon[-1] in " \t" else ","


def line_of(gap: str) -> str | None:
    breaks = list(BREAKS.finditer(gap))
    return gap[breaks[-1].start() :] if breaks else None


def colon_of(text: str, member: Member) -> str:
    assert member.value is not None
    colon = text[member.key_end : member.value.start]
    return ": " if BREAKS.search(colon) else colon


def unit_of(root: Node) -> str:
    line = line_of(root.members[0].gap) if root.members else None
    return "  " if line is None else line.lstrip("\r\n")


def scalar(value: Any) -> str:
    if isinstance(value, str):
        return '"' + "".join(map(character, value)) + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, int) else ecmascript(value)


SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def character(sign: str) -> str:
    if sign in SHORT:
        return SHORT[sign]
    return f"\\u{ord(sign):04x}" if sign < " " or "\ud800" <= sign <= "\udfff" else sign


def ecmascript(number: float) -> str:
    """ECMA-262, Number::toString: the shortest digits, and where the point goes."""
    if number == 0:
        return "0"
    mantissa, _, exponent = repr(abs(number)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = whole + ("" if fraction == "0" and not exponent else fraction)
    point -= len(digits) - len(digits.lstrip("0"))
    digits = digits.lstrip("0").rstrip("0")
    if len(digits) <= point <= 21:
        text = digits + "0" * (point - len(digits))
    elif 0 < point <= 21:
        text = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{point - 1:+d}"
    return text if number > 0 else "-" + text


def written(value: Any, style: Style) -> str:
    if not isinstance(value, dict | list):
        return scalar(value)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    if not value:
        return opening + closing
    inner = Style(None if style.line is None else style.line + style.unit, style.colon, style.unit)
    if isinstance(value, dict):
        parts = [scalar(key) + style.colon + written(each, inner) for key, each in value.items()]
    else:
        parts = [written(each, inner) for each in value]
    if inner.line is None:
        return opening + style.comma.join(parts) + closing
    return opening + inner.line + ("," + inner.line).join(parts) + str(style.line) + closing


def inserted(text: str, root: Node, parent: Member | None, node: Node, key: str, value: Any) -> str:
    """The text with a new last member in the object `node`, which is the value of `parent`."""
    if node.members:
        last = node.members[-1]
        assert last.value is not None
        line, colon = line_of(last.gap), colon_of(text, last)
        style = Style(line, colon, unit_of(root))
        single = " " if colon[-1] in " \t" else ""
        gap = line if line is not None else last.gap if len(node.members) > 1 else single
        at = last.value.end
        return text[:at] + "," + gap + scalar(key) + colon + written(value, style) + text[at:]
    if parent is None:
        first = BREAKS.search(text)
        outer = Style(first[0] if first else "\n", ": ", "  ")
    else:
        outer = Style(line_of(parent.gap), colon_of(text, parent), unit_of(root))
    return text[: node.start] + written({key: value}, outer) + text[node.end :]


def changed(text: str, root: Node, edit: dict[str, Any]) -> str:
    node, parent = root, None
    for depth, key in enumerate(edit["at"]):
        if node.bracket != "{":
            if "remove" in edit:
                return text
            raise InvalidStoreError("not-an-object")
        at = next((index for index, member in enumerate(node.members) if member.key == key), None)
        rest = edit["at"][depth + 1 :]
        if at is None:
            if "remove" in edit:
                return text
            value = edit["value"]
            for name in reversed(rest):
                value = {name: value}
            return inserted(text, root, parent, node, key, value)
        member = node.members[at]
        assert member.value is not None
        if not rest:
            if "remove" not in edit:
                style = Style(line_of(member.gap), colon_of(text, member), unit_of(root))
                return text[: member.value.start] + written(edit["value"], style) + text[member.value.end :]
            if len(node.members) == 1:
                return text[: node.start] + "{}" + text[node.end :]
            if at + 1 < len(node.members):
                return text[: member.key_start] + text[node.members[at + 1].key_start :]
            before = node.members[at - 1].value
            assert before is not None
            return text[: before.end] + text[member.value.end :]
        node, parent = member.value, member
    raise AssertionError("a path has at least one key")


def edited(content: bytes | None, edits: list[dict[str, Any]]) -> dict[str, Any]:
    if not all(edit["at"] for edit in edits):
        return {"code": "file_lock_invalid_option"}
    try:
        text, root = read(b"{}\n" if content is None else content)
        for edit in edits:
            text = changed(text, root, edit)
            text, root = read(text.encode())
    except InvalidStoreError as problem:
        return {"code": "store_invalid", "kind": problem.kind}
    return {"bytes": text}


def kind_of(content: bytes) -> str | None:
    try:
        read(content)
    except InvalidStoreError as problem:
        return problem.kind
    return None


# --- STORE-8 ---


def is_mount_point(mountinfo: str, path: str) -> bool:
    def undone(escape: re.Match[bytes]) -> bytes:
        return bytes([int(escape[1], 8)])

    points = [fields[4] for fields in (line.split(b" ") for line in mountinfo.encode().split(b"\n")) if len(fields) > 4]
    return path.encode() in [re.sub(rb"\\([0-3][0-7]{2})", undone, point) for point in points]


def main() -> int:
    failed, reached = 0, Counter[str]()
    for case in json.loads((HERE / "store.json").read_text()):
        content, expect = content_of(case), case["expect"]
        got: dict[str, Any]
        if "mountinfo" in case:
            got = {"mountPoint": is_mount_point(case["mountinfo"], case["path"])}
        elif "edits" in case:
            got = edited(content, case["edits"])
            wanted = content_of(expect)
            expect = expect if wanted is None else {"bytes": wanted.decode()}
        else:
            assert content is not None
            got = {"kind": kind_of(content)}
            reached[str(got["kind"])] += 1
        if got != expect:
            failed += 1
            print(f"store: {case['name']}\n  expected {expect}\n  got      {got}"[:2000])
    missing = [kind for kind in KINDS if reached[kind] < 2]
    print(f"{failed} differ; cases per kind: {dict(reached)}; kinds with fewer than two: {missing}")
    return 1 if failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())
