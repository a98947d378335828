"""A foreign lock, looked at closely: what it is, whose it is said to be, and whether it may be removed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from . import _foreign, _kernel_locks, _proc
from ._abandoned import abandoned, is_quiet

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._generated.foreign import ForeignEntry
    from ._observe import Observation
    from ._sidecar import Snapshot
    from ._system import System
    from ._verdict import Policy


class Named:
    """What is at ``path``, as it was found there. Each piece is gathered when it is first asked for."""

    entry: ForeignEntry
    pid: int | None
    proc: bool
    process: str
    removable: bool
    quiet_ms: float
    silent_ms: float
    kernel_lock: str
    any_descriptor: str
    owner: str

    def __init__(self, path: str, found: Snapshot, observation: Observation, system: System, policy: Policy) -> None:
        self._path = path
        self._found = found
        self._observation = observation
        self._system = system
        self._policy = policy
        self.object = found.kind

    def __getattr__(self, name: str) -> Any:
        gather = _GATHER.get(name)
        if gather is None:
            raise AttributeError(name)
        value = gather(self)
        setattr(self, name, value)
        return value

    def is_quiet(self) -> bool:
        return is_quiet(self, self._policy)

    def answer(self) -> str:
        """Whether it may be removed (FOREIGN-6)."""
        return abandoned(self, self._policy)

    def command(self) -> str | None:
        """Of the process that has the number, unless that may be another one's in a domain of its own (FOREIGN-2)."""
        domain_is_ours = self._policy.trust_pids or self._system.own.in_initial_namespace()
        if not domain_is_ours or not self.proc or self.process != "live":
            return None
        return _proc.command_of(self._system, self.pid)

    def _gather_entry(self) -> ForeignEntry:
        found, regular = self._found, self.object == "regular"
        return _foreign.name(
            _foreign.Found(
                self.object,
                os.path.dirname(self._path),
                found.data,
                _entries(self._path) if self.object == "directory" else None,
                _kernel_locks.types_on(self._system, found.dev, found.ino) if regular else (),
            )
        )

    def _gather_pid(self) -> int | None:
        return _foreign.pid_in(self.entry, _foreign.Found(self.object, "", self._found.data))

    def _gather_process(self) -> str:
        return "unknown" if self.pid is None else _proc.process_state(self._system, self.pid, self.proc)

    def _gather_kernel_lock(self) -> str:
        return _proc.kernel_lock(self._system, self._found) if self.proc else "unknown"

    def _gather_any_descriptor(self) -> str:
        return _proc.any_descriptor(self._system, self._found) if self.proc else "unknown"

    def _gather_owner(self) -> str:
        if self.pid is None:
            return "unrecorded"
        if self.process == "live":
            return "lives"
        if self.process == "unknown":
            return "unknown"
        seen = "unavailable"
        if self.proc and self._system.own.in_initial_namespace():
            seen = _proc.has_number(self._system, self.pid)
        if seen == "found":
            return "lives"
        return "nobody" if seen == "nobody" or self._policy.trust_pids else "unknown"


def _entries(path: str) -> list[str] | None:
    try:
        return os.listdir(path)
    except (FileNotFoundError, NotADirectoryError):
        return []  # gone since it was looked at: so it was empty, and must not be refused for good
    except OSError:
        return None


_GATHER: dict[str, Callable[[Named], Any]] = {
    "entry": Named._gather_entry,
    "pid": Named._gather_pid,
    "proc": lambda self: self._observation.proc,
    "process": Named._gather_process,
    "removable": lambda self: self.entry.removable,
    "quiet_ms": lambda self: self._observation.quiet_ms,
    "silent_ms": lambda self: self._observation.silent_ms,
    "kernel_lock": Named._gather_kernel_lock,
    "any_descriptor": Named._gather_any_descriptor,
    "owner": Named._gather_owner,
}
