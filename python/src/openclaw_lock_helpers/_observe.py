"""Gathers the evidence of spec/verdict.md, each piece when the table first asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _proc
from ._payload import Content, classify
from ._starttime import UNITS_PER_SECOND
from ._verdict import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._system import Subject, System

_DAY = 86_400
_YEAR_2000 = 946_684_800


class Observation(Evidence):
    """Evidence about one lock. A field is gathered once, at its first use, and ``gathered`` names those that were.

    What cannot be gathered is recorded as such, and never counts for death (VERDICT-2).
    """

    def __init__(self, system: System, subject: Subject, quiet_ms: Callable[[], float]) -> None:
        self._system = system
        self._subject = subject
        self._quiet_ms = quiet_ms
        self.object = subject.kind
        self.parsed = classify(subject.data) if subject.kind == "regular" else Content("")
        self.content = self.parsed.kind
        self.pid = self.parsed.pid
        self.namespaces = system.own.platform == "linux"

    def __getattr__(self, name: str) -> Any:
        gather = _GATHER.get(name)
        if gather is None:
            raise AttributeError(name)
        value = gather(self)
        setattr(self, name, value)
        return value

    def gathered(self) -> dict[str, Any]:
        """What is known so far; an object that is no file has no content."""
        return {name: value for name, value in vars(self).items() if name in Evidence.__annotations__ and value != ""}

    def _proc_usable(self) -> bool:
        """A /proc of another namespace, or one that hides processes, says nothing about who is there."""
        return self.namespaces and _proc.usable(self._system)

    def _gather_quiet_ms(self) -> float:
        return self._quiet_ms()

    def _gather_created_at(self) -> str:
        recorded = self.parsed.created_at
        if isinstance(recorded, str):
            return recorded
        return "past" if self.created_at_age_ms >= 0 else "future"

    def _gather_created_at_age_ms(self) -> float:
        recorded = self.parsed.created_at
        return 0 if isinstance(recorded, str) else self._system.now_ms() - recorded

    def _gather_domain(self) -> str:
        recorded, ours = self.parsed.strings, self._system.own.domain()
        known = {key: value for key, value in ours.items() if value is not None}
        if any(key in known and value != known[key] for key, value in recorded.items()):
            return "different"
        return (
            "same"
            if all(value is not None and recorded.get(key) == value for key, value in ours.items())
            else "unknown"
        )

    def _gather_boot(self) -> str:
        recorded, ours = self.parsed.strings.get("bootId"), self._system.own.boot_id
        if recorded is None or ours is None:
            return "unknown"
        return "equal" if recorded == ours else "differs"

    def _gather_process(self) -> str:
        return "unknown" if self.pid is None else _proc.process_state(self._system, self.pid, self.proc)

    def _gather_start(self) -> str:
        recorded = self.parsed.starttime
        plausible = recorded is not None and self._plausible(recorded)
        if plausible is False or self._other_clock():
            return "unrecorded"
        actual = self._actual_start() if self.process == "live" else None
        if actual == recorded:
            return "equal"
        return "unreadable" if actual is None or plausible is None else "differs"

    def _other_clock(self) -> bool:
        recorded, ours = self.parsed.strings.get("timeNamespace"), self._system.own.time_namespace
        return recorded is not None and ours is not None and recorded != ours

    def _plausible(self, recorded: int) -> bool | None:
        """``None`` when it cannot be told; a difference is then no proof of another process."""
        if self.namespaces:
            uptime = _proc.uptime_ticks(self._system)
            return None if uptime is None else recorded <= uptime
        units = UNITS_PER_SECOND.get(self._system.own.platform)
        if units is None:
            return True
        return _YEAR_2000 * units <= recorded <= (self._system.now_ms() / 1000 + _DAY) * units

    def _actual_start(self) -> int | None:
        if self.pid is None:
            return None
        if self.namespaces:
            return _proc.start_of(self._system, self.pid) if self.proc else None
        return self._system.start_time(self.pid)

    def _gather_descriptor(self) -> str:
        if self.pid is None or not self.proc or self.process != "live":
            return "unreadable"
        return _proc.descriptor_of(self._system, self.pid, self._subject)

    def _initial(self) -> bool:
        return _proc.in_initial_namespace(self._system) and self.proc

    def _gather_search(self) -> str:
        if self.pid is None or self.domain == "same" or not self._initial():
            return "unavailable"
        recorded = None if self.start == "unrecorded" else self.parsed.starttime
        return _proc.search(self._system, self.pid, recorded, self._subject)

    def _gather_kernel_lock(self) -> str:
        if self.content != "empty" or not self._initial():
            return "unknown"
        return _proc.kernel_lock(self._system, self._subject)

    def _gather_any_descriptor(self) -> str:
        if self.content != "empty" or not self._initial():
            return "unknown"
        return _proc.any_descriptor(self._system, self._subject)


_GATHER: dict[str, Callable[[Observation], Any]] = {
    "proc": Observation._proc_usable,
    "quiet_ms": Observation._gather_quiet_ms,
    "created_at": Observation._gather_created_at,
    "created_at_age_ms": Observation._gather_created_at_age_ms,
    "domain": Observation._gather_domain,
    "boot": Observation._gather_boot,
    "process": Observation._gather_process,
    "start": Observation._gather_start,
    "descriptor": Observation._gather_descriptor,
    "search": Observation._gather_search,
    "kernel_lock": Observation._gather_kernel_lock,
    "any_descriptor": Observation._gather_any_descriptor,
}
