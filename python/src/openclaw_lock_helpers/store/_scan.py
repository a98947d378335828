"""A strict scan of one JSON text that keeps the place of every key and value (STORE-2, STORE-6).

The interpreter's own decoder takes NaN, forgets doubled keys and white space, and does not say when a text is cut off.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from .._generated.constants import MAX_STORE_DEPTH

_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPE = r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})'
_STRING_BEGUN = re.compile(rf'"[^"\\\x00-\x1f]*(?:{_ESCAPE}[^"\\\x00-\x1f]*)*')
_ESCAPE_BEGUN = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_NUMBER_BEGUN = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.(?:[0-9]+(?:[eE][+-]?[0-9]*)?)?|[eE][+-]?[0-9]*)?)?")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"t": "true", "f": "false", "n": "null"}


class Problem(Exception):
    """The text is no JSON. ``inside``: it ends in a string, where any character may follow."""

    def __init__(self, kind: str, inside: bool = False) -> None:
        super().__init__(kind)
        self.kind = kind
        self.inside = inside


class Node:
    """A value at ``text[start:end]``. ``members`` is ``None`` for what is no object."""

    __slots__ = ("end", "members", "start")

    def __init__(self, start: int, is_object: bool) -> None:
        self.start = self.end = start
        self.members: dict[str, Member] | None = {} if is_object else None


class Member:
    """A key and its value. Between ``gap`` and ``start`` is the white space behind the ``{`` or ``,`` before it."""

    __slots__ = ("gap", "key_end", "start", "value")

    def __init__(self, gap: int, start: int, key_end: int) -> None:
        self.gap = gap
        self.start = start
        self.key_end = key_end
        self.value = Node(key_end, False)


class Scanned(NamedTuple):
    root: Node
    deep: bool
    doubled: bool


_VALUE, _FIRST, _KEY, _BEHIND, _DONE = range(5)
_OBJECT = ord("{")


def scan(text: str) -> Scanned:
    """The outermost value of ``text``.

    Raises:
        Problem: ``torn`` or ``garbage``. Depth and doubled keys are told, not refused: they come after these.
    """
    brackets = bytearray()  # a text may be nothing but these
    nodes: list[Node] = []  # of the open brackets, no deeper than a store may be
    root: Node | None = None
    member: Member | None = None
    doubled = deep = False
    gap = 0
    at = _skip(text, 0)
    state = _VALUE
    while state != _DONE:
        if at == len(text):
            raise Problem("torn")
        sign = text[at]
        if state == _FIRST:
            state = _BEHIND if sign == _closing(brackets) else _next(brackets)
            continue
        if state == _KEY:
            if sign != '"':
                raise Problem("garbage")
            end = _string_end(text, at)
            if len(brackets) <= MAX_STORE_DEPTH:
                members = nodes[-1].members
                assert members is not None
                key, member = _unescaped(text[at:end]), Member(gap, at, end)
                doubled = doubled or key in members
                members[key] = member
            at = _skip(text, end)
            if text[at : at + 1] != ":":
                raise Problem("torn" if at == len(text) else "garbage")
            at += 1
            state = _VALUE
        elif state == _VALUE:
            node = Node(at, sign == "{") if root is None or member is not None or sign in "{[" else None
            if node is not None:
                root = root or node
                if member is not None:
                    member.value, member = node, None
            if sign in "{[":
                brackets.append(ord(sign))
                if len(brackets) > MAX_STORE_DEPTH:
                    deep = True
                elif node is not None:
                    nodes.append(node)
                at += 1
                state = _FIRST
            else:
                at = _scalar_end(text, at)
                if node is not None:
                    node.end = at
                state = _BEHIND if brackets else _DONE
        elif sign == ",":
            at += 1
            state = _next(brackets)
        elif sign == _closing(brackets):
            at += 1
            brackets.pop()
            if len(brackets) < MAX_STORE_DEPTH:
                nodes.pop().end = at
            state = _BEHIND if brackets else _DONE
        else:
            raise Problem("garbage")
        gap, at = at, _skip(text, at)
    if at != len(text):
        raise Problem("garbage")
    assert root is not None
    return Scanned(root, deep, doubled)


def _next(brackets: bytearray) -> int:
    return _KEY if brackets[-1] == _OBJECT else _VALUE


def _closing(brackets: bytearray) -> str:
    return "}" if brackets[-1] == _OBJECT else "]"


def _skip(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]


def _string_end(text: str, at: int) -> int:
    end = _STRING_BEGUN.match(text, at).end()  # type: ignore[union-attr]
    if end == len(text):
        raise Problem("torn", inside=True)
    if text[end] == '"':
        return end + 1
    raise Problem("torn" if _ESCAPE_BEGUN.match(text, end) else "garbage")


def _scalar_end(text: str, at: int) -> int:
    if text[at] == '"':
        return _string_end(text, at)
    word = _WORDS.get(text[at])
    if word is not None:
        if text.startswith(word, at):
            return at + len(word)
        raise Problem("torn" if word.startswith(text[at : at + len(word)]) else "garbage")
    end = _NUMBER_BEGUN.match(text, at).end()  # type: ignore[union-attr]
    if _NUMBER.fullmatch(text, at, end):
        return end
    raise Problem("torn" if end == len(text) else "garbage")


def _unescaped(quoted: str) -> str:
    """Two escaped halves of a character become one: keys then compare as UTF-16 does."""
    return str(json.loads(quoted)) if "\\" in quoted else quoted[1:-1]
