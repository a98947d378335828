"""How long one acquire has watched a file stand unchanged, and how old it was then (VERDICT-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._generated.constants import POLL_MAX_MS, SILENCE_WATCH_MS

if TYPE_CHECKING:
    from ._sidecar import Snapshot

_REMEMBER_EVERY_MS = 100


class Watch:
    """Begins with the first look at ``found``; ``now`` is the monotonic clock in seconds."""

    __slots__ = ("_ages", "_looked", "found", "unchanged_ms")

    def __init__(self, found: Snapshot, now: float) -> None:
        self.found = found
        self.unchanged_ms = 0.0
        self._looked = now
        #: What was watched until then, and the age of the file: at the looks of the last two seconds, one before.
        self._ages: list[tuple[float, float]] = []

    def look(self, now: float) -> None:
        """One more look at the same. It adds at most one pause of a waiter: who slept has seen nothing meanwhile."""
        self.unchanged_ms += min((now - self._looked) * 1000, POLL_MAX_MS)
        self._looked = now

    def silent_ms(self, age_ms: float) -> float:
        """The age when the last two seconds of watching began, and 0 before; ``age_ms`` is that at this look.

        Not the age now: a holder that slept with us looks old at the first look after, and has not had time to beat.
        """
        ages = self._ages
        if not ages or self.unchanged_ms - ages[-1][0] >= _REMEMBER_EVERY_MS:
            ages.append((self.unchanged_ms, age_ms))
        while len(ages) > 1 and self._is_long_ago(ages[1][0]):
            del ages[0]
        watched_ms, age_ms = ages[0]
        return age_ms if self._is_long_ago(watched_ms) else 0.0

    def _is_long_ago(self, watched_ms: float) -> bool:
        return self.unchanged_ms - watched_ms >= SILENCE_WATCH_MS
