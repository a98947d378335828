"""What is known of an intent that is there already, and how one of the dead is replaced (REFRESH-5)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .. import _guard, _paths, _payload, _sidecar
from .._clock import AgeClock
from .._identity import own_identity
from .._judge import Judge
from .._publication import Publication, register
from .._verdict import Policy
from ._intent import witness_of

if TYPE_CHECKING:
    import weakref
    from collections.abc import Generator

    from .._describe import Judged
    from .._options import Options
    from ._intent import OwnIntent

_STATES = ("sent", "rejected", "unknown")


class Found:
    """An intent. ``state`` is ``unreadable`` for whatever is none of this generation; ``judged`` who made it."""

    def __init__(self, state: str, judged: Judged | None, reason: str | None = None) -> None:
        self.state = state
        self.judged = judged
        self.reason = reason

    def is_dead(self) -> bool:
        return self.judged is not None and _guard.is_conclusively_dead(self.judged)


class Intents:
    """The intent of one generation, looked at and judged as a lock is. Also the contender for its guard."""

    def __init__(self, path: str, generation: str, options: Options) -> None:
        self.lock_path = path
        self._generation = generation
        self._options = options
        policy = Policy(options.stale * 1000, options.trust_pids)
        # As long as this object is there, so is its generator: nobody takes our guard for left over.
        self._alive = _never()
        self.judge = Judge(policy, AgeClock(path, _reference(self._alive)))

    def look(self) -> Found | None:
        try:
            judged = self.judge.look(self.lock_path)
        except OSError:
            return Found("unreadable", None)
        return None if judged is None else self._read(judged)

    def _read(self, judged: Judged) -> Found:
        keys = None
        if judged.observation.content == "json":
            keys = _payload.parse_object(judged.found.data.decode("utf-8", "replace"))
        state = None if keys is None else keys.get("state")
        if keys is None or keys.get("generation") != self._generation or state not in _STATES:
            return Found("unreadable", judged)
        reason = keys.get("reason")
        return Found(str(state), judged, reason if isinstance(reason, str) else None)

    def replace(self, own: OwnIntent) -> bool:
        """Puts ``own`` in the place of one that is dead, or of unknown outcome, under a guard (RECLAIM-2).

        Returns:
            Whether it is there. False: begin again, somebody else is at it, or it has changed.

        Raises:
            OSError: a system call failed.
        """
        guard_path = _paths.guard_of(self.lock_path)
        there = self.judge.look(guard_path)
        if there is not None:
            if _guard.is_conclusively_dead(there):
                _guard.break_guard(self, there)
            return False
        guard = self.publish(guard_path, is_lock=False)
        if guard is None:
            return False
        try:
            with guard.mutex:
                judged = None if guard.over else self.judge.afresh(self.lock_path)
                if judged is None or not may_be_replaced(self._read(judged)):
                    return False
                own.publish_over()
                return True
        finally:
            _sidecar.withdraw(guard)

    def publish(self, path: str, *, is_lock: bool) -> Publication | None:
        """A guard, or a marker: as an acquire makes it, and gone with this process."""
        token = os.urandom(16).hex()
        publication = Publication(path, _paths.candidate_of(self.lock_path, token), token)
        publication.operation = _reference(self._alive)
        register(publication)
        publication.data = _payload.serialise(
            own_identity(),
            token,
            dev=os.stat(os.path.dirname(path)).st_dev,
            heartbeat_ms=None,
            witness=witness_of(publication, self._options),
            purpose=None,
        )
        return publication if _sidecar.publish(publication, is_lock=is_lock) else None


def may_be_replaced(found: Found) -> bool:
    return found.state == "unknown" or (found.state != "unreadable" and found.is_dead())


def _never() -> Generator[float, None, None]:
    yield 0.0


def _reference(running: Generator[float, None, None]) -> weakref.ref[Generator[float, None, None]]:
    from weakref import ref

    return ref(running)
