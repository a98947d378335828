"""Removes what killed processes have left in a directory and nobody needs any more (PUBLISH-8)."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from ._generated.constants import SWEEP_MS
from ._paths import is_candidate, is_marker, marker_digits
from ._sidecar import remove, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERVAL_SECONDS = 60.0
_MAX_REMEMBERED = 256
_swept: dict[str, float] = {}


def sweep(directory: str, now_ms: Callable[[], float]) -> None:
    """At this process's first acquire in a directory, and at most once a minute.

    Candidates: whoever still needs one makes it anew. Markers of what is gone: bytes that are gone never come back.
    ``now_ms`` is the file system's clock; it is asked only where there is something to sweep.
    """
    now = time.monotonic()
    last = _swept.get(directory)
    if last is not None and now - last < _INTERVAL_SECONDS:
        return
    if len(_swept) >= _MAX_REMEMBERED:
        _swept.clear()
    _swept[directory] = now
    try:
        names = os.listdir(directory)
        markers = [name for name in names if is_marker(name)]
        for name in names:
            if is_candidate(name) or (name in markers and not _is_needed(directory, name, markers)):
                _remove_if_old(os.path.join(directory, name), now_ms)
    except OSError:  # to tidy up is a courtesy: the acquire itself meets what matters
        return


def _is_needed(directory: str, marker: str, markers: list[str]) -> bool:
    """Whether the guard, or the marker, that it was made to break is there."""
    guard, _, digits = marker.rpartition(".")
    for name in (guard, *(other for other in markers if other.startswith(f"{guard}."))):
        found = snapshot(os.path.join(directory, name))
        if found is not None and found.kind == "regular" and marker_digits(found.data) == digits:
            return True
    return False


def _remove_if_old(path: str, now_ms: Callable[[], float]) -> None:
    found = snapshot(path)
    if found is not None and found.kind == "regular" and now_ms() - found.mtime_ns / 1e6 >= SWEEP_MS:
        remove(path)
