"""Edits of a store's text that leave every other byte as it was (STORE-6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from .._errors import FileLockInvalidOption
from ._content import Content, parse
from ._written import Style, TooDeep, quoted, well_formed, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ._scan import Member

_BREAK = re.compile(r"\r\n|\n|\r")
#: What a new file is edited from.
NEW = b"{}\n"


class Put(NamedTuple):
    """Sets the value at a path of keys; objects on the way that are not there are made."""

    at: Sequence[str]
    value: Any

    def __repr__(self) -> str:
        return f"Put(at={self.at!r})"


class Remove(NamedTuple):
    """Removes the key at a path of keys; where there is none, nothing happens."""

    at: Sequence[str]


def edited(data: bytes, edits: Iterable[Put | Remove]) -> bytes | str:
    """The new bytes, or the kind (STORE-2) of what would not be a store.

    Raises:
        FileLockInvalidOption: an edit's path or value is wrong.
    """
    checked = [_checked(edit) for edit in edits]
    for edit in checked:
        content = parse(data)
        if isinstance(content, str):
            return content
        try:
            text = _Place(content).apply(edit)
        except TooDeep:
            return "deep"
        if text is None:
            return "not-an-object"
        data = text.encode()
    content = parse(data)
    return content if isinstance(content, str) else data


def _checked(edit: Put | Remove) -> Put | Remove:
    if not isinstance(edit, Put | Remove):
        raise FileLockInvalidOption("an edit must be a Put or a Remove", hint="pass Put(keys, value) or Remove(keys)")
    keys = edit.at
    if isinstance(keys, str) or not keys or not all(isinstance(key, str) for key in keys):
        raise FileLockInvalidOption("the path of an edit must be one or more keys", hint='pass ["key", ...]')
    return edit._replace(at=[well_formed(key) for key in keys])


class _Place:
    """A way down into the text: the object that was reached, and the member whose value that is."""

    def __init__(self, content: Content) -> None:
        self._text = content.text
        self._root = self._node = content.root
        self._parent: Member | None = None

    def apply(self, edit: Put | Remove) -> str | None:
        """The new text, or ``None`` for a place below what is no object."""
        for depth, key in enumerate(edit.at):
            members = self._node.members
            if members is None:
                return self._text if isinstance(edit, Remove) else None
            member = members.get(key)
            if member is None:
                return self._text if isinstance(edit, Remove) else self._append(edit.at[depth:], edit.value)
            if depth == len(edit.at) - 1:
                return self._remove(key) if isinstance(edit, Remove) else self._replace(member, edit.value)
            self._node, self._parent = member.value, member
        return None

    def _replace(self, member: Member, value: Any) -> str:
        return self._with(member.value.start, written(value, self._style_of(member)), member.value.end)

    def _remove(self, key: str) -> str:
        members = self._node.members
        assert members is not None
        keys = list(members)
        index = keys.index(key)
        if len(keys) == 1:
            return self._with(self._node.start, "{}", self._node.end)
        if index + 1 < len(keys):
            return self._with(members[key].start, "", members[keys[index + 1]].start)
        return self._with(members[keys[index - 1]].value.end, "", members[key].value.end)

    def _append(self, keys: Sequence[str], value: Any) -> str:
        for key in reversed(keys[1:]):
            value = {key: value}
        members = self._node.members
        if not members:
            return self._with(self._node.start, written({keys[0]: value}, self._style_of_empty()), self._node.end)
        last = members[next(reversed(members))]
        style = self._style_of(last)
        if style.line is not None:
            gap = style.line
        elif len(members) > 1:
            gap = self._text[last.gap : last.start]
        else:
            gap = " " if style.colon[-1] in " \t" else ""
        added = f",{gap}{quoted(keys[0])}{style.colon}{written(value, style)}"
        return self._with(last.value.end, added, last.value.end)

    def _with(self, start: int, new: str, end: int) -> str:
        return self._text[:start] + new + self._text[end:]

    def _style_of(self, member: Member) -> Style:
        colon = self._text[member.key_end : member.value.start]
        return Style(self._line(member), ": " if _BREAK.search(colon) else colon, self._unit())

    def _style_of_empty(self) -> Style:
        if self._parent is not None:
            return self._style_of(self._parent)
        first = _BREAK.search(self._text)
        return Style(first[0] if first else "\n", ": ", "  ")

    def _line(self, member: Member) -> str | None:
        """Line break and indentation of a key that begins a line."""
        gap = self._text[member.gap : member.start]
        breaks = list(_BREAK.finditer(gap))
        return gap[breaks[-1].start() :] if breaks else None

    def _unit(self) -> str:
        members = self._root.members
        first = next(iter(members.values())) if members else None
        line = None if first is None else self._line(first)
        return "  " if line is None else line.lstrip("\r\n")
