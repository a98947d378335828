"""Removes what killed processes have left in a directory and nobody needs any more (PUBLISH-8, WITNESS-9)."""

from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING

from ._ask_witness import connect
from ._generated.constants import SWEEP_MS
from ._paths import is_intent, is_lock_or_guard, is_marker, is_unfinished, is_witness, marker_digits
from ._payload import classify
from ._sidecar import remove, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERVAL_SECONDS = 60.0
_MAX_REMEMBERED = 256
_swept: dict[str, float] = {}


def sweep(directory: str, now_ms: Callable[[], float]) -> None:
    """At this process's first acquire in a directory, and at most once a minute.

    Candidates and unfinished witnesses: whoever still needs one makes it anew. Markers of what is gone: bytes that are
    gone never come back. Witnesses of the dead, unless something names them: these are evidence.
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
        for name in names:
            if _is_litter(directory, name, names):
                _remove_if_old(os.path.join(directory, name), now_ms)
    except OSError:  # to tidy up is a courtesy: the acquire itself meets what matters
        return


def _is_litter(directory: str, name: str, names: list[str]) -> bool:
    """If it is old, too."""
    if is_unfinished(name):
        return True
    if is_marker(name):
        return not _is_needed(directory, name, names)
    return is_witness(name) and _refuses(os.path.join(directory, name)) and not _is_named(directory, name)


def _is_needed(directory: str, marker: str, names: list[str]) -> bool:
    """Whether the guard, or the marker, that it was made to break is there."""
    guard, _, digits = marker.rpartition(".")
    for name in (guard, *(other for other in names if is_marker(other) and other.startswith(f"{guard}."))):
        found = snapshot(os.path.join(directory, name))
        if found is not None and found.kind == "regular" and marker_digits(found.data) == digits:
            return True
    return False


def _refuses(witness: str) -> bool:
    try:
        connect(witness)
    except OSError as error:
        return error.errno == errno.ECONNREFUSED
    return False


def _is_named(directory: str, witness: str) -> bool:
    """Raises ``OSError`` where one of those that may name it cannot be read.

    The directory is listed anew: asked before, its owner may have published since, and died.
    """
    for name in os.listdir(directory):
        if not is_lock_or_guard(name) and not is_intent(name):
            continue
        found = snapshot(os.path.join(directory, name))
        if found is not None and found.kind == "regular" and classify(found.data).strings.get("witness") == witness:
            return True
    return False


def _remove_if_old(path: str, now_ms: Callable[[], float]) -> None:
    found = snapshot(path)
    if found is not None and found.kind in ("regular", "socket") and now_ms() - found.mtime_ns / 1e6 >= SWEEP_MS:
        remove(path)
