"""Looks at a path and judges what is there, as often as a waiter needs it and no oftener."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from . import _sidecar
from ._describe import Judged
from ._observe import Observation
from ._system import REAL
from ._verdict import judge

if TYPE_CHECKING:
    from ._clock import AgeClock
    from ._sidecar import Snapshot
    from ._system import System

#: A verdict on an unchanged object may be reused for this many times what it took to reach it.
_REUSE = 10
_MAX_REUSE_SECONDS = 0.5


class Judge:
    def __init__(self, stale_ms: float, clock: AgeClock, system: System = REAL) -> None:
        self._stale_ms = stale_ms
        self._clock = clock
        self._system = system
        self._last: Judged | None = None
        self._valid_until = 0.0

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
        judged = self._judge(path, found)
        if judged.verdict.verdict == "held":
            now = time.monotonic()
            self._last, self._valid_until = judged, now + min(_REUSE * (now - begun), _MAX_REUSE_SECONDS)
        return judged

    def afresh(self, path: str) -> Judged | None:
        """As :meth:`look`, nothing reused."""
        found = _sidecar.snapshot(path)
        return None if found is None else self._judge(path, found)

    def quiet_ms(self, judged: Judged) -> float:
        return self._clock.quiet_ms(judged.path, judged.found)

    def _judge(self, path: str, found: Snapshot) -> Judged:
        observation = Observation(self._system, found, lambda: self._clock.quiet_ms(path, found))
        return Judged(path, found, observation, judge(observation, self._stale_ms), self._system)
