"""Looks at a path and judges what is there, as often as a waiter needs it and no oftener."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

from . import _sidecar
from ._ask_witness import connect
from ._describe import Judged
from ._observe import Observation
from ._system import REAL
from ._verdict import judge

if TYPE_CHECKING:
    from ._clock import AgeClock
    from ._sidecar import Snapshot
    from ._system import System
    from ._verdict import Policy

#: A verdict on an unchanged object may be reused for this many times what it took to reach it.
_REUSE = 10
_MAX_REUSE_SECONDS = 0.5


#: An answer that is not final is asked for no oftener: each one takes a place in the witness's backlog.
_ASK_SECONDS = 0.1


def reuse_seconds(cost: float) -> float:
    """How long an answer may be taken for still right that took ``cost`` seconds to find."""
    return min(_REUSE * cost, _MAX_REUSE_SECONDS)


class _Asked(NamedTuple):
    """What the witness of a lock with these bytes, on this device, said when it was asked."""

    data: bytes
    dev: int
    answer: str
    when: float


class _Place:
    def __init__(self, clock: AgeClock, path: str, found: Snapshot) -> None:
        self._clock = clock
        self._path = path
        self._found = found

    def quiet_ms(self) -> float:
        return self._clock.quiet_ms(self._path, self._found)

    def silent_ms(self) -> float:
        return self._clock.silent_ms(self._path, self._found)

    def directory_dev(self) -> int:
        return os.stat(os.path.dirname(self._path)).st_dev

    def connect(self, name: str) -> int:
        return connect(os.path.join(os.path.dirname(self._path), name))


class Judge:
    def __init__(self, policy: Policy, clock: AgeClock, system: System = REAL) -> None:
        self._policy = policy
        self._clock = clock
        self._system = system
        self._last: Judged | None = None
        self._valid_until = 0.0
        self._asked: dict[str, _Asked] = {}

    def look(self, path: str) -> Judged | None:
        """What is at ``path``, judged, or ``None``.

        A search through every process is dear: what was found alive a moment ago may be taken for alive still. That can
        only delay; whatever is acted upon is judged afresh.

        Raises:
            OSError: it cannot be looked at.
        """
        found = _sidecar.snapshot(path)
        self._clock.saw(path, found)
        if found is None:
            return None
        last = self._last
        if (
            last is not None
            and last.path == path
            and last.found.same_as(found)
            and time.monotonic() < self._valid_until
        ):
            return last
        begun = time.monotonic()
        judged = self._judge(path, found, _ASK_SECONDS)
        if judged.verdict.verdict == "held":
            now = time.monotonic()
            self._last, self._valid_until = judged, now + reuse_seconds(now - begun)
        return judged

    def afresh(self, path: str) -> Judged | None:
        """As :meth:`look`, nothing reused but a refusal: nobody ever listens at that name again (WITNESS-8)."""
        found = _sidecar.snapshot(path)
        return None if found is None else self._judge(path, found, 0.0)

    def quiet_ms(self, judged: Judged) -> float:
        return self._clock.quiet_ms(judged.path, judged.found)

    def _judge(self, path: str, found: Snapshot, reuse_seconds: float) -> Judged:
        observation = Observation(self._system, found, _Place(self._clock, path, found))
        known = self._known_answer(path, found, reuse_seconds)
        if known is not None:
            observation.witness = known
        verdict = judge(observation, self._policy)
        if known is None and "witness" in observation.gathered():
            self._asked[path] = _Asked(found.data, found.dev, observation.witness, time.monotonic())
        return Judged(path, found, observation, verdict, self._system, self._policy)

    def _known_answer(self, path: str, found: Snapshot, reuse_seconds: float) -> str | None:
        asked = self._asked.get(path)
        if asked is None or (asked.data, asked.dev) != (found.data, found.dev):
            return None
        recent = time.monotonic() - asked.when < reuse_seconds
        return asked.answer if recent or asked.answer == "refused" else None
