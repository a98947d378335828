"""The start time that a lock records, against that of a process (VERDICT-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _proc
from ._starttime import UNITS_PER_SECOND

if TYPE_CHECKING:
    from ._payload import Content
    from ._system import System

_DAY = 86_400
_YEAR_2000 = 946_684_800


def compare(system: System, lock: Content, pid: int | None, proc: bool) -> str:
    """``equal``, ``differs``, ``unrecorded`` or ``unreadable``.

    Args:
        system: through which the process is looked at.
        lock: what the lock records.
        pid: the process, or ``None`` for one of which nothing can be known.
        proc: whether /proc is usable.
    """
    recorded = lock.starttime
    plausible = recorded is not None and _plausible(system, recorded)
    if plausible is False or _other_clock(system, lock):
        return "unrecorded"
    actual = None if pid is None else _actual(system, pid, proc)
    if actual == recorded:
        return "equal"
    return "unreadable" if actual is None or plausible is None else "differs"


def _other_clock(system: System, lock: Content) -> bool:
    recorded, ours = lock.strings.get("timeNamespace"), system.own.time_namespace
    return recorded is not None and ours is not None and recorded != ours


def _plausible(system: System, recorded: int) -> bool | None:
    """``None`` when it cannot be told; a difference is then no proof of another process."""
    if system.own.platform == "linux":
        uptime = _proc.uptime_ticks(system)
        return None if uptime is None else recorded <= uptime
    units = UNITS_PER_SECOND.get(system.own.platform)
    if units is None:
        return True
    return _YEAR_2000 * units <= recorded <= (system.now_ms() / 1000 + _DAY) * units


def _actual(system: System, pid: int, proc: bool) -> int | None:
    if system.own.platform == "linux":
        return _proc.start_of(system, pid) if proc else None
    return system.start_time(pid)
