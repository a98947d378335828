"""Bytes as a store: one JSON object, or the kind of what it is instead (STORE-2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from .._generated.constants import MAX_STORE_BYTES
from ._scan import Problem, scan

if TYPE_CHECKING:
    from ._scan import Node

_BOMS = (b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")
#: More digits than these the interpreter refuses to convert.
_MAX_DIGITS = 4300


class Content(NamedTuple):
    text: str
    root: Node

    def value(self) -> dict[str, Any]:
        """Integers as ``int``, other numbers as ``float``."""
        found: dict[str, Any] = json.loads(self.text, parse_int=_integer)
        return found


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < _MAX_DIGITS else float(digits)


def parse(data: bytes) -> Content | str:
    """The content, or the kind. An exception would carry the text along in its traceback."""
    if len(data) > MAX_STORE_BYTES:
        return "huge"
    if not data.strip(b" \t\r\n"):
        return "empty"
    if data.startswith(_BOMS):
        return "bom"
    if b"\0" in data:
        return "nul"
    whole = len(data) - _unfinished(data)
    try:
        text = data[:whole].decode()
    except UnicodeDecodeError:
        return "encoding"
    try:
        found = scan(text)
    except Problem as problem:
        return problem.kind if whole == len(data) or (problem.kind == "torn" and problem.inside) else "encoding"
    if whole != len(data):
        return "encoding"
    if found.deep:
        return "deep"
    if found.doubled:
        return "duplicate-key"
    if found.root.members is None:
        return "not-an-object"
    return Content(text, found.root)


def _unfinished(data: bytes) -> int:
    """How many bytes at the end are the beginning of a character: 0 to 3."""
    for count in (1, 2, 3):
        tail = data[-count:]
        missing = (2 if tail[0] < 0xE0 else 3 if tail[0] < 0xF0 else 4) - len(tail)
        if 0xC2 <= tail[0] <= 0xF4 and missing > 0:
            # The decoder knows which second bytes there may be; the lowest or the highest of the others completes it.
            return count if any(_is_utf8(tail + filler * missing) for filler in (b"\x80", b"\xbf")) else 0
    return 0


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
