"""Names what is at a lock path and is no lock of this contract (FOREIGN-1, FOREIGN-2). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._generated.constants import MAX_PID
from ._generated.foreign import FOREIGN_ENTRIES
from ._payload import classify, integer, parse_object

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from ._generated.foreign import ForeignEntry

_WHITE = b" \t\r"
_MAX_DIGITS = 64


class Found:
    """What lies at a lock path.

    Args:
        object: as in :class:`Evidence`.
        directory: the resolved directory that it is in.
        data: its bytes; none for what is no regular file.
        entries: names in it, if it is a directory; ``None`` where they could not be listed.
        kernel_locks: the types of the kernel locks on it.
    """

    def __init__(
        self,
        object: str,  # noqa: A002 (the evidence has this name)
        directory: str,
        data: bytes = b"",
        entries: Collection[str] | None = None,
        kernel_locks: Collection[str] = (),
    ) -> None:
        self.object = object
        self.data = data
        self.entries = entries
        self.directories = directory.replace("\\", "/").split("/")
        self.kernel_locks = kernel_locks
        self.content = classify(data).kind if object == "regular" else ""
        self.keys = _keys(data) if self.content == "json" else {}


def _keys(data: bytes) -> dict[str, Any]:
    return parse_object(data.decode("utf-8", "replace")) or {}


def name(found: Found) -> ForeignEntry:
    """The first entry that fits; the last one always does."""
    return next(entry for entry in FOREIGN_ENTRIES if _fits(entry, found))


def _fits(entry: ForeignEntry, found: Found) -> bool:
    data = found.data
    return (
        entry.object == found.object
        and (entry.entries is None or (found.entries is not None and not found.entries))
        and (entry.size is None or entry.size == found.content)
        and (entry.directory is None or any(part.endswith(entry.directory) for part in found.directories))
        and (entry.kernel_lock is None or _is_locked(entry.kernel_lock, found.kernel_locks))
        and (entry.begins is None or data.startswith(entry.begins))
        and (entry.key is None or entry.key in found.keys)
        and (entry.lines is None or any(_has_shape(data, shape) for shape in entry.lines))
        and (entry.torn is None or (found.content == "garbage" and _is_torn(data, entry.torn)))
        and (entry.content is None or entry.content == found.content)
    )


def _is_locked(wanted: str, types: Collection[str]) -> bool:
    return wanted in types or (wanted == "fcntl" and "ofd" in types)


def _has_shape(data: bytes, shape: tuple[str, ...]) -> bool:
    body = data[: -2 if data.endswith(b"\r\n") else -1] if data.endswith(b"\n") else data
    lines = body.split(b"\n")
    return len(lines) == len(shape) and all(
        _is_number(line) if part == "number" else bool(line) for line, part in zip(lines, shape, strict=True)
    )


def _is_number(line: bytes) -> bool:
    digits = line.strip(_WHITE)
    return digits.isdigit() and len(digits) <= _MAX_DIGITS


def _is_torn(data: bytes, beginning: bytes) -> bool:
    return data.startswith(beginning) or beginning.startswith(data)


def pid_in(entry: ForeignEntry, found: Found) -> int | None:
    """The process id that its maker has written there: never evidence of a lock of this contract."""
    if entry.pid_key is not None:
        return integer(found.keys.get(entry.pid_key), 1, MAX_PID)
    if entry.pid_line is None:
        return None
    line = next((each for each in found.data.split(b"\n") if each.startswith(entry.pid_line)), b"")
    digits = line[len(entry.pid_line) :].strip(_WHITE)
    if not digits.isdigit() or len(digits) > _MAX_DIGITS:
        return None
    pid = int(digits)
    return pid if 1 <= pid <= MAX_PID else None
