"""Who holds a lock, for people: as data, and in a sentence."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from . import _proc
from ._text import seconds

if TYPE_CHECKING:
    from ._holder import Holder
    from ._named import Named
    from ._observe import Observation
    from ._sidecar import Snapshot
    from ._system import System
    from ._verdict import Policy, Verdict


class Judged:
    """One look at a lock or guard, what it showed, and what the table says of it."""

    __slots__ = ("_named", "_policy", "found", "observation", "path", "system", "verdict")

    def __init__(
        self, path: str, found: Snapshot, observation: Observation, verdict: Verdict, system: System, policy: Policy
    ) -> None:
        self.path = path
        self.found = found
        self.observation = observation
        self.verdict = verdict
        self.system = system
        self._policy = policy
        self._named: Named | None = None

    def named(self) -> Named:
        """What it is, if it is foreign."""
        if self._named is None:
            from ._named import Named

            self._named = Named(self.path, self.found, self.observation, self.system, self._policy)
        return self._named

    def kind(self) -> str | None:
        return self.named().entry.kind if self.verdict.verdict == "foreign" else None

    def holder(self) -> Holder:
        from ._holder import Holder  # dataclasses cost more to import than this whole package

        return Holder(
            pid=self.named().pid if self.verdict.verdict == "foreign" else self.observation.pid,
            command=self.named().command() if self.verdict.verdict == "foreign" else self._command(),
            age=self._age(),
            verdict=self.verdict.verdict,
            reason=self.verdict.reason,
        )

    def _age(self) -> float:
        """Since it says it was made; by its modification time if it does not say, or says something in the future."""
        now = time.time()
        created = self.observation.parsed.created_at
        if isinstance(created, int) and created / 1000 <= now:
            return now - created / 1000
        return max(0.0, now - self.found.mtime_ns / 1e9)

    def _command(self) -> str | None:
        """Of a process that may be the owner; naming another one that has its number would mislead."""
        seen = self.observation
        if seen.pid is None or not seen.namespaces or seen.domain == "different":
            return None
        if seen.process != "live" or seen.start == "differs" or not seen.proc:
            return None
        return _proc.command_of(self.system, seen.pid)


def who(pid: int | None, command: str | None) -> str:
    known = "an unnamed process" if pid is None else f"pid {pid}"
    return f"{known} ({command})" if command else known


def sentence(judged: Judged, holder: Holder) -> str:
    """What is known of the holder, as it follows ``file lock timeout for <target>:``."""
    verdict = judged.verdict
    them = who(holder.pid, holder.command)
    age = "" if holder.age is None else f" for {seconds(holder.age)}"
    if verdict.verdict == "held":
        return f"held by {them}{age}"
    if verdict.verdict == "stale":
        return f"left by {them}, which is gone ({verdict.reason})"
    if verdict.verdict == "foreign":
        return f"in the way is {judged.named().entry.what}"
    if verdict.verdict == "being-written":
        return "its lock is being written"
    return f"nobody can tell whether {them} still holds it{age} ({verdict.reason})"
