"""Removes temporary files that killed writers have left (STORE-10)."""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING

from .._generated.constants import STORE_SWEEP_MS
from ._temporary import PREFIX, SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERVAL_SECONDS = 60.0
_MAX_REMEMBERED = 256
_HEX = frozenset("0123456789abcdef")
_swept: dict[str, float] = {}


def sweep(directory: str, now_ns: int) -> None:
    """At this process's first replacement in a directory, and at most once a minute.

    ``now_ns`` is the file system's clock.
    """
    now = time.monotonic()
    last = _swept.get(directory)
    if last is not None and now - last < _INTERVAL_SECONDS:
        return
    if len(_swept) >= _MAX_REMEMBERED:
        _swept.clear()
    _swept[directory] = now
    for path in _temporaries(directory):
        _remove_if(path, lambda found: now_ns - found.st_mtime_ns >= STORE_SWEEP_MS * 1_000_000)


def remove_finished(store: str) -> None:
    """The second name of a store whose writer was killed right after it had made it.

    A temporary file that is the store itself has done its work, whoever made it.
    """
    try:
        own = os.lstat(store)
    except OSError:
        return
    for path in _temporaries(os.path.dirname(store)):
        _remove_if(path, lambda found: (found.st_dev, found.st_ino) == (own.st_dev, own.st_ino))


def _temporaries(directory: str) -> list[str]:
    try:
        names = os.listdir(directory)
    except OSError:
        return []
    return [os.path.join(directory, name) for name in names if _is_temporary(name)]


def _is_temporary(name: str) -> bool:
    digits = name[len(PREFIX) : -len(SUFFIX)]
    return (
        name.startswith(PREFIX)
        and name.endswith(SUFFIX)
        and len(name) == len(PREFIX) + 32 + len(SUFFIX)
        and _HEX.issuperset(digits)
    )


def _remove_if(path: str, condition: Callable[[os.stat_result], bool]) -> None:
    try:
        found = os.lstat(path)
        if stat.S_ISREG(found.st_mode) and condition(found):
            os.unlink(path)
    except OSError:  # to tidy up is a courtesy
        return
