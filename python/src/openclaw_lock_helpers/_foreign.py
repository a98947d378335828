"""Names what is at a lock path and is no lock of this contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._payload import parse_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._system import Subject


def _starts(*prefixes: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(prefixes)


def _lines_of_digits(data: bytes, *shape: str) -> bool:
    """Lines that each are digits (``d``) or anything that is not empty (``*``), the last ended or not."""
    lines = data.removesuffix(b"\n").split(b"\n")
    return len(lines) == len(shape) and all(
        line.isdigit() if s == "d" else bool(line) for s, line in zip(shape, lines, strict=True)
    )


def _cross_process_lock(data: bytes) -> bool:
    keys = parse_object(data.decode("utf-8", "replace"))
    return keys is not None and "pID" in keys


#: In this order: the first that recognises the bytes names them.
_CONTENTS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("cross-process-lock", _cross_process_lock),
    ("py-filelock-marker", _starts(b"filelock/", b"1\nfilelock-strict-")),
    ("py-filelock-soft", lambda data: _lines_of_digits(data, "d", "*") or _lines_of_digits(data, "d", "*", "d")),
    ("pid-file", lambda data: _lines_of_digits(data, "d")),
    ("git", _starts(b"DIRC", b"pid ")),
)

#: What is known of each kind, as the end of a sentence that begins with it.
_MEANING = {
    "directory": "a directory, as proper-lockfile and OpenClaw up to 2026.2.12 make it",
    "symlink": "a symbolic link",
    "fifo": "a named pipe",
    "socket": "a socket",
    "device": "a device",
    "oversized": "a file too large for a lock",
    "empty": "an empty file, as lockers of the flock kind leave it",
    "empty-kernel-locked": "an empty file that a program has locked with flock or lockf",
    "cross-process-lock": "a lock of cross-process-lock",
    "pid-file": "a file with a process id alone",
    "py-filelock-soft": "a soft lock of Python's filelock",
    "py-filelock-marker": "a marker of Python's filelock",
    "git": "a lock of git",
    "json-without-owner": "JSON that names no owner",
    "garbage": "a file that is no lock",
}


def kind_of(subject: Subject, reason: str) -> str:
    """The kind of an object that the table calls foreign for ``reason``."""
    if reason == "not-regular":
        return subject.kind
    if reason in ("oversized", "empty", "empty-kernel-locked"):
        return reason
    known = next((kind for kind, recognises in _CONTENTS if recognises(subject.data)), None)
    return known or ("json-without-owner" if reason == "no-owner" else "garbage")


def meaning_of(kind: str) -> str:
    return _MEANING[kind]
