"""Who has locked a file in the kernel (FOREIGN-3), and never an exception for what cannot be read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from . import _proc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ._holder import KernelLock
    from ._system import System

_TYPES = {"FLOCK": "flock", "POSIX": "fcntl", "OFDLCK": "ofd"}
_FIELDS = 8
_HEX = frozenset("0123456789abcdefABCDEF")


class Line(NamedTuple):
    """One lock, as ``/proc/locks`` tells of it; ``pid`` is ``None`` where it does not say whose it is."""

    type: str
    access: str
    pid: int | None


def parse(text: str, major: int, minor: int, inode: int) -> list[Line]:
    """The locks on one file in a text of ``/proc/locks``, each once, in its order. Pure."""
    found: list[Line] = []
    for line in text.split("\n"):
        fields = line.split()
        # One that waits has an arrow for its second field, and one more of them.
        if len(fields) != _FIELDS or fields[1] not in _TYPES or fields[3] not in ("READ", "WRITE"):
            continue
        if _file_of(fields[5]) != (major, minor, inode) or not _is_decimal(fields[4].removeprefix("-")):
            continue
        pid = int(fields[4])
        lock = Line(_TYPES[fields[1]], fields[3], pid if pid > 0 else None)
        if lock not in found:
            found.append(lock)
    return found


def _file_of(field: str) -> tuple[int, int, int] | None:
    parts = field.split(":")
    if len(parts) != 3 or not all(parts) or not _HEX.issuperset(parts[0] + parts[1]) or not _is_decimal(parts[2]):
        return None
    return int(parts[0], 16), int(parts[1], 16), int(parts[2])


def _is_decimal(text: str) -> bool:
    return text.isascii() and text.isdigit()


def on_paths(system: System, lock_path: str, target: str) -> tuple[KernelLock, ...]:
    """Those on the lock, then those on the target (FOREIGN-4)."""
    found: list[KernelLock] = []
    try:
        text = _text(system)
        if text:
            found += _on("lock", system, text, lambda: os.lstat(lock_path))
            found += _on("target", system, text, lambda: os.stat(target))
    except (OSError, ValueError):
        pass
    return tuple(found)


def types_on(system: System, dev: int, ino: int) -> tuple[str, ...]:
    try:
        return tuple(line.type for line in parse(_text(system), os.major(dev), os.minor(dev), ino))
    except (OSError, ValueError):
        return ()


def _text(system: System) -> str:
    return system.read("/proc/locks") if system.own.platform == "linux" else ""


def _on(on: str, system: System, text: str, look: Callable[[], os.stat_result]) -> Iterator[KernelLock]:
    from ._holder import KernelLock

    try:
        found = look()
    except OSError:
        return
    numbers_are_ours = _proc.is_ours(system)
    told: set[Line] = set()
    for line in parse(text, os.major(found.st_dev), os.minor(found.st_dev), found.st_ino):
        pid = line.pid if numbers_are_ours else None
        if numbers_are_ours and (pid is None or line.type == "ofd" or _is_gone(system, pid)):
            pid = _proc.only_opener(system, (found.st_dev, found.st_ino))
        lock = line._replace(pid=pid)
        if lock not in told:
            told.add(lock)
            yield KernelLock(on, lock.type, lock.access, pid, _proc.command_of(system, pid))


def _is_gone(system: System, pid: int) -> bool:
    """The ``flock`` of a shell script has ended long ago, and the shell holds on."""
    return _proc.process_state(system, pid, proc=True) in ("gone", "zombie")
