"""The age of a file, by the file system's own clock (VERDICT-3)."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from . import _paths, _sidecar
from ._generated.constants import POLL_MAX_MS, SILENCE_WATCH_MS
from ._publication import Publication, register

if TYPE_CHECKING:
    import weakref
    from collections.abc import Generator
    from typing import Any

    from ._sidecar import Snapshot

_REMEASURE_SECONDS = 1.0


class AgeClock:
    """Ages beside one lock. Not for more than one acquire: what it has seen unchanged counts for that one alone."""

    def __init__(self, lock_path: str, operation: weakref.ref[Generator[Any, Any, Any]] | None = None) -> None:
        self._lock_path = lock_path
        self._operation = operation
        self._measured_at = -_REMEASURE_SECONDS
        self._measured_ms = 0.0
        self._seen: dict[str, tuple[Snapshot, float, float]] = {}

    def now_ms(self) -> float:
        """Measured at most once a second; between measurements the monotonic clock goes on, which only runs slower."""
        now = time.monotonic()
        if now - self._measured_at >= _REMEASURE_SECONDS:
            self._measured_ms = self._measure()
            self._measured_at = time.monotonic()
        return self._measured_ms + (time.monotonic() - self._measured_at) * 1000

    def _measure(self) -> float:
        token = os.urandom(16).hex()
        probe = Publication(self._lock_path, _paths.candidate_of(self._lock_path, token), token)
        probe.operation = self._operation
        try:
            register(probe)
            return _sidecar.modified_ns(probe) / 1e6
        except OSError:  # no file can be made here: the wall clock stands in
            return time.time() * 1000
        finally:
            _sidecar.withdraw(probe)

    def saw(self, path: str, found: Snapshot | None) -> None:
        """Takes note of one look, for silence and for files that are dated in the future.

        One look adds at most one pause of a waiter, so that a machine that slept adds nothing.
        """
        now = time.monotonic()
        if found is None:
            self._seen.pop(path, None)
            return
        before = self._seen.get(path)
        if before is not None and before[0].same_as(found):
            unchanged = before[1] + min((now - before[2]) * 1000, POLL_MAX_MS)
        else:
            unchanged = 0.0
        self._seen[path] = (found, unchanged, now)

    def quiet_ms(self, path: str, found: Snapshot) -> float:
        age = self.now_ms() - found.mtime_ns / 1e6
        return age if age >= 0 else self._unchanged_ms(path, found)

    def silent_ms(self, path: str, found: Snapshot) -> float:
        """The age once it was watched for long enough, and until then 0 (VERDICT-12)."""
        return self.quiet_ms(path, found) if self._unchanged_ms(path, found) >= SILENCE_WATCH_MS else 0.0

    def _unchanged_ms(self, path: str, found: Snapshot) -> float:
        seen = self._seen.get(path)
        return seen[1] if seen is not None and seen[0].same_as(found) else 0.0
