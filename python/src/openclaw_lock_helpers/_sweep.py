"""Removes candidates that killed processes have left in a directory (PUBLISH-8)."""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING

from ._generated.constants import SWEEP_MS
from ._paths import is_candidate
from ._sidecar import remove

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERVAL_SECONDS = 60.0
_MAX_REMEMBERED = 256
_swept: dict[str, float] = {}


def sweep(directory: str, now_ms: Callable[[], float]) -> None:
    """At this process's first acquire in a directory, and at most once a minute. Whoever still needs one makes it anew.

    ``now_ms`` is the file system's clock; it is asked only where there is a candidate.
    """
    now = time.monotonic()
    last = _swept.get(directory)
    if last is not None and now - last < _INTERVAL_SECONDS:
        return
    if len(_swept) >= _MAX_REMEMBERED:
        _swept.clear()
    _swept[directory] = now
    try:
        for name in os.listdir(directory):
            if is_candidate(name):
                _remove_if_old(os.path.join(directory, name), now_ms)
    except OSError:  # to tidy up is a courtesy: the acquire itself meets what matters
        return


def _remove_if_old(path: str, now_ms: Callable[[], float]) -> None:
    found = os.lstat(path)
    if stat.S_ISREG(found.st_mode) and now_ms() - found.st_mtime_ns / 1e6 >= SWEEP_MS:
        remove(path)
