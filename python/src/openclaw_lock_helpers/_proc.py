"""What Linux's /proc says about processes and open files. Every reading fails towards *unknown*."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from ._identity import start_ticks
from ._text import MAX_NAME, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ._system import Subject, System

_VANISHED = (errno.ENOENT, errno.ESRCH)


def usable(system: System) -> bool:
    """It is ours, and it hides nobody (VERDICT-5)."""
    try:
        if is_ours(system):
            system.read("/proc/1/stat")
            return True
    except OSError:
        pass
    return False


def is_ours(system: System) -> bool:
    """Its numbers are those of our own namespace."""
    pid = system.own.pid
    try:
        if system.readlink("/proc/self") != str(pid):
            return False
        # In a namespace above ours we can have the same number by chance, but there we have two of them.
        numbers = _status(system, pid).get("NSpid")
    except OSError:
        return False
    return numbers is None or len(numbers.split()) == 1


def command_of(system: System, pid: int | None) -> str | None:
    """The short name of a process, fit for a message."""
    if pid is None:
        return None
    try:
        return printable(system.read(f"/proc/{pid}/comm").removesuffix("\n"), MAX_NAME) or None
    except OSError:
        return None


def _status(system: System, pid: int) -> dict[str, str]:
    lines = system.read(f"/proc/{pid}/status").splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def _is_zombie(status: dict[str, str]) -> bool:
    """A leader that has exited while other threads run is a zombie by its state only."""
    threads = status.get("Threads", "")
    return status.get("State", "")[:1] in ("Z", "X") and threads.isdigit() and int(threads) <= 1


def process_state(system: System, pid: int, proc: bool) -> str:
    """``live`` on the word of signal 0 alone; refused by it, on that of the status."""
    unless_told = "live"
    try:
        system.signal(pid)
    except OSError as error:
        if error.errno == errno.ESRCH:
            return "gone"
        unless_told = "unknown"
        if error.errno != errno.EPERM:
            return unless_told
    if not proc:
        return unless_told
    try:
        status = _status(system, pid)
    except OSError:
        return unless_told
    if _is_zombie(status):
        return "zombie"
    leader = status.get("Tgid", "")
    return "thread" if leader.isdigit() and int(leader) != pid else "live"


def start_of(system: System, pid: int) -> int | None:
    try:
        return start_ticks(system.read(f"/proc/{pid}/stat"))
    except OSError:
        return None


def uptime_ticks(system: System) -> int | None:
    """In hundredths of a second, which is what a tick is on every Linux."""
    try:
        # 1028.12 times 100 is less than 102812: a process that has just started would have started in the future.
        return round(float(system.read("/proc/uptime").split()[0]) * 100)
    except (OSError, ValueError, IndexError):
        return None


def _has_open(system: System, pid: int, file: tuple[int, int]) -> bool | None:
    """``None`` where it was not seen, and not all could be looked at."""
    answer: bool | None = False
    for there in system.descriptors(pid):
        if there is None:
            answer = None
        elif there == file:
            return True
    return answer


def descriptor_of(system: System, pid: int, subject: Subject) -> str:
    try:
        answer = _has_open(system, pid, (subject.dev, subject.ino))
    except OSError:
        return "unreadable"
    return "unreadable" if answer is None else "open" if answer else "absent"


def search(system: System, pid: int, recorded: int | None, namespace: str | None, subject: Subject) -> str:
    """Looks for the holder below us: in which namespace its number is ``pid`` we cannot know (VERDICT-8)."""
    return _search(system, lambda process: _matches(system, process, pid, recorded, namespace, subject))


def has_number(system: System, pid: int) -> str:
    """The same, for whoever has that number, whatever else is known of it (FOREIGN-6)."""
    return _search(system, lambda process: _is_numbered(system, process, pid))


def _search(system: System, matches: Callable[[int], bool]) -> str:
    unread = False
    try:
        processes = system.processes()
    except OSError:
        return "unavailable"
    for process in processes:
        try:
            if matches(process):
                return "found"
        except OSError as error:
            unread = unread or error.errno not in _VANISHED
        except ValueError:  # a status that does not say its numbers
            unread = True
    return "unavailable" if unread else "nobody"


def _matches(
    system: System, process: int, pid: int, recorded: int | None, namespace: str | None, subject: Subject
) -> bool:
    if not _is_numbered(system, process, pid):
        return False
    if namespace is not None and _is_elsewhere(system, process, namespace):
        return False
    if recorded is not None:
        start = start_ticks(system.read(f"/proc/{process}/stat"))
        if start is None:
            raise ValueError("no start time")
        return start == recorded
    try:
        return _has_open(system, process, (subject.dev, subject.ino)) is not False
    except OSError as error:
        return error.errno not in _VANISHED


def _is_numbered(system: System, process: int, pid: int) -> bool:
    """By the innermost namespace that it is in; not a dead one."""
    status = _status(system, process)
    numbers = status.get("NSpid", "").split()
    if not numbers:
        raise ValueError("no NSpid")
    return int(numbers[-1]) == pid and not _is_zombie(status)


def _is_elsewhere(system: System, process: int, namespace: str) -> bool:
    """The first processes of two containers can start in the same tick."""
    try:
        return system.readlink(f"/proc/{process}/ns/pid") != namespace
    except OSError:
        return False


def _nothing(system: System) -> str:
    """A container sees neither the locks nor the descriptors of its neighbours."""
    return "none" if system.own.in_initial_namespace() else "none-here"


def kernel_lock(system: System, subject: Subject) -> str:
    """Whether flock, lockf or an open-file-description lock is on the file (VERDICT-9)."""
    try:
        lines = system.read("/proc/locks").splitlines()
    except OSError:
        return "unknown"
    ours = (os.major(subject.dev), os.minor(subject.dev), subject.ino)
    return "held" if any(_file_of(line) == ours for line in lines) else _nothing(system)


def _file_of(line: str) -> tuple[int, int, int] | None:
    """``1: FLOCK ADVISORY WRITE 77 08:01:42 0 EOF``: device in hexadecimal, inode in decimal."""
    for word in line.split():
        parts = word.split(":")
        if len(parts) == 3 and all(parts):
            try:
                return int(parts[0], 16), int(parts[1], 16), int(parts[2])
            except ValueError:
                return None
    return None


def any_descriptor(system: System, subject: Subject) -> str:
    try:
        return "open" if any(_openers(system, (subject.dev, subject.ino))) else _nothing(system)
    except OSError:
        return "unknown"


def only_opener(system: System, file: tuple[int, int]) -> int | None:
    """The process that has the file open, if it is exactly one of those whose files we can read."""
    try:
        found = list(_openers(system, file))
    except OSError:
        return None
    return found[0] if len(found) == 1 else None


def _openers(system: System, file: tuple[int, int]) -> Iterator[int]:
    for process in system.processes():
        try:
            if _has_open(system, process, file):
                yield process
        except OSError:  # vanished, or not for us to read: passed over
            continue
