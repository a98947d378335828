"""Gathers the evidence of spec/verdict.md, each piece when the table first asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from . import _proc
from ._ask_witness import answer_of
from ._payload import Content, classify
from ._recorded_start import compare
from ._verdict import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._system import Subject, System


class Place(Protocol):
    """What a look at a lock needs to know of where it is, and of how long it has been watched there."""

    def quiet_ms(self) -> float:
        """VERDICT-3."""

    def silent_ms(self) -> float:
        """VERDICT-12."""

    def directory_dev(self) -> int:
        """Device of the directory; may raise ``OSError``."""

    def connect(self, name: str) -> int:
        """Connects to the witness beside the lock, as :func:`_ask_witness.connect`."""


class Observation(Evidence):
    """Evidence about one lock. A field is gathered once, at its first use, and ``gathered`` names those that were.

    What cannot be gathered is recorded as such, and never counts for death (VERDICT-2).
    """

    def __init__(self, system: System, subject: Subject, place: Place) -> None:
        self._system = system
        self._subject = subject
        self._place = place
        self.object = subject.kind
        self.parsed = classify(subject.data) if subject.kind == "regular" else Content("")
        self.content = self.parsed.kind
        self.pid = self.parsed.pid
        self.heartbeat_ms = self.parsed.heartbeat_ms
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
        return self._place.quiet_ms()

    def _gather_silent_ms(self) -> float:
        return self._place.silent_ms()

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
        if self.parsed.strings.get("platform", self._system.own.platform) != self._system.own.platform:
            return "differs"
        return self._compare("bootId", self._system.own.boot_id)

    def _gather_mount(self) -> str:
        if "dev" not in self.parsed.strings:
            return "unknown"
        try:
            return self._compare("dev", str(self._place.directory_dev()))
        except OSError:
            return "unknown"

    def _compare(self, key: str, ours: str | None) -> str:
        recorded = self.parsed.strings.get(key)
        if recorded is None or ours is None:
            return "unknown"
        return "equal" if recorded == ours else "differs"

    def _gather_process(self) -> str:
        return "unknown" if self.pid is None else _proc.process_state(self._system, self.pid, self.proc)

    def _gather_start(self) -> str:
        return self._compare_start(self.pid if self.process == "live" else None)

    def _compare_start(self, pid: int | None) -> str:
        return compare(self._system, self.parsed, pid, self.proc)

    def _gather_descriptor(self) -> str:
        if self.pid is None or not self.proc or self.process != "live":
            return "unreadable"
        return _proc.descriptor_of(self._system, self.pid, self._subject)

    def _gather_search(self) -> str:
        if self.pid is None or self.domain == "same" or not self._system.own.in_initial_namespace() or not self.proc:
            return "unavailable"
        recorded = None if self.start == "unrecorded" else self.parsed.starttime
        namespace = self.parsed.strings.get("pidNamespace")
        return _proc.search(self._system, self.pid, recorded, namespace, self._subject)

    def _gather_witness(self) -> str:
        name = self.parsed.strings.get("witness")
        if name is None or self.pid is None:
            return "unknown"
        return answer_of(lambda: self._place.connect(name), self._is_dead)

    def _is_dead(self, maker: int) -> bool:
        """Whether the process that made the witness, under the number that it has here, is no more."""
        state = _proc.process_state(self._system, maker, self.proc)
        return state in ("gone", "zombie") or self._compare_start(maker) == "differs"

    def _gather_kernel_lock(self) -> str:
        if self.content != "empty" or not self.proc:
            return "unknown"
        return _proc.kernel_lock(self._system, self._subject)

    def _gather_any_descriptor(self) -> str:
        if self.content != "empty" or not self.proc:
            return "unknown"
        return _proc.any_descriptor(self._system, self._subject)


_GATHER: dict[str, Callable[[Observation], Any]] = {
    "proc": Observation._proc_usable,
    "quiet_ms": Observation._gather_quiet_ms,
    "silent_ms": Observation._gather_silent_ms,
    "created_at": Observation._gather_created_at,
    "created_at_age_ms": Observation._gather_created_at_age_ms,
    "domain": Observation._gather_domain,
    "boot": Observation._gather_boot,
    "mount": Observation._gather_mount,
    "process": Observation._gather_process,
    "start": Observation._gather_start,
    "descriptor": Observation._gather_descriptor,
    "search": Observation._gather_search,
    "witness": Observation._gather_witness,
    "kernel_lock": Observation._gather_kernel_lock,
    "any_descriptor": Observation._gather_any_descriptor,
}
