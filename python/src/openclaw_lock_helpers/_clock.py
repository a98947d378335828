"""The age of a file, by the file system's own clock (VERDICT-3)."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from . import _paths, _sidecar
from ._publication import Publication, register
from ._watch import Watch

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
        self._watches: dict[str, Watch] = {}

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
        """Takes note of one look, for silence and for files that are dated in the future."""
        now = time.monotonic()
        if found is None:
            self._watches.pop(path, None)
        elif (watch := self._watch_of(path, found)) is None:
            self._watches[path] = Watch(found, now)
        else:
            watch.look(now)

    def quiet_ms(self, path: str, found: Snapshot) -> float:
        age = self.now_ms() - found.mtime_ns / 1e6
        if age >= 0:
            return age
        watch = self._watch_of(path, found)
        return 0.0 if watch is None else watch.unchanged_ms

    def silent_ms(self, path: str, found: Snapshot) -> float:
        """VERDICT-12. Whoever looks once, as an inspection does, has not watched, and measures nothing."""
        watch = self._watch_of(path, found)
        if watch is None or not watch.unchanged_ms:
            return 0.0
        return watch.silent_ms(self.quiet_ms(path, found))

    def _watch_of(self, path: str, found: Snapshot) -> Watch | None:
        watch = self._watches.get(path)
        return watch if watch is not None and watch.found.same_as(found) else None
