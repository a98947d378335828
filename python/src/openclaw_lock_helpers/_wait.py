"""How long a contender waits before it looks again, and when a holder lets others in (WAIT-5, WAIT-6)."""

from __future__ import annotations

import os
import time

from ._generated.constants import POLL_MAX_MS, POLL_MIN_MS


class Pauses:
    """Polling: from 1 ms, doubling to 25 ms, with jitter of half."""

    def __init__(self) -> None:
        self._next = POLL_MIN_MS / 1000

    def next(self, remaining: float) -> float:
        """The next pause in seconds, never beyond ``remaining``."""
        pause = self._next
        self._next = min(2 * pause, POLL_MAX_MS / 1000)
        # os.urandom rather than random: no import, and forked waiters do not pause in step.
        return min(pause * (0.5 + int.from_bytes(os.urandom(2), "big") / 131_072), remaining)


_HELD_ENOUGH = 0.020
_GIVE_WAY = 0.002
_MAX_REMEMBERED = 256

#: By lock: seconds held since this process last waited for it, and when it was last released.
_greed: dict[str, tuple[float, float]] = {}


def held(lock_path: str, duration: float) -> None:
    """Takes note of a release after ``duration`` seconds of holding."""
    if len(_greed) >= _MAX_REMEMBERED:
        _greed.clear()
    total, _ = _greed.get(lock_path, (0.0, 0.0))
    _greed[lock_path] = (total + duration, time.monotonic())


def waited(lock_path: str) -> None:
    _greed.pop(lock_path, None)


def give_way(lock_path: str) -> float:
    """Seconds that the next acquire is to pause first. A lock that has been free meanwhile was there for the others."""
    total, released = _greed.get(lock_path, (0.0, 0.0))
    if total < _HELD_ENOUGH:
        return 0.0
    _greed.pop(lock_path, None)
    return _GIVE_WAY if time.monotonic() - released < POLL_MAX_MS / 1000 else 0.0
