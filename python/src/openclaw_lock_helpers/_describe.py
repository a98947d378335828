"""Who holds a lock, for people: as data, and in a sentence."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ._foreign import kind_of, meaning_of
from ._text import MAX_NAME, printable, seconds

if TYPE_CHECKING:
    from ._holder import Holder
    from ._observe import Observation
    from ._sidecar import Snapshot
    from ._system import System
    from ._verdict import Verdict


class Judged:
    """One look at a lock or guard, what it showed, and what the table says of it."""

    __slots__ = ("found", "observation", "path", "system", "verdict")

    def __init__(self, path: str, found: Snapshot, observation: Observation, verdict: Verdict, system: System) -> None:
        self.path = path
        self.found = found
        self.observation = observation
        self.verdict = verdict
        self.system = system

    def kind(self) -> str:
        return kind_of(self.found, self.verdict.reason)

    def holder(self) -> Holder:
        from ._holder import Holder  # dataclasses cost more to import than this whole package

        return Holder(
            pid=self.observation.pid,
            command=self._command(),
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
        try:
            return printable(self.system.read(f"/proc/{seen.pid}/comm").removesuffix("\n"), MAX_NAME) or None
        except OSError:
            return None


def sentence(judged: Judged, holder: Holder) -> str:
    """What is known of the holder, as it follows ``file lock timeout for <target>:``."""
    verdict = judged.verdict
    who = "an unnamed process" if holder.pid is None else f"pid {holder.pid}"
    if holder.command:
        who += f" ({holder.command})"
    age = "" if holder.age is None else f" for {seconds(holder.age)}"
    if verdict.verdict == "held":
        return f"held by {who}{age}"
    if verdict.verdict == "stale":
        return f"left by {who}, which is gone ({verdict.reason})"
    if verdict.verdict == "foreign":
        return f"in the way is {meaning_of(judged.kind())}"
    if verdict.verdict == "being-written":
        return "its lock is being written"
    return f"nobody can tell whether {who} still holds it{age} ({verdict.reason})"
