"""Whether a path has changed since it was last looked at (ADOPT-3)."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from ._generated.constants import ADOPT_MS

if TYPE_CHECKING:
    from collections.abc import Iterable


def trace(path: str) -> tuple[int, ...]:
    """What of a path changes with it; an errno alone where there is nothing."""
    try:
        found = os.stat(path)
    except OSError as error:
        return (error.errno or 0,)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


class Changes:
    """Call :meth:`taken` before the look at the paths, so that no change falls between the two."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = tuple(paths)
        self._seen: tuple[tuple[int, ...], ...] = ()
        self._due = 0.0

    def taken(self) -> None:
        self._seen = self._now()
        self._due = time.monotonic() + ADOPT_MS / 1000

    def due(self) -> bool:
        """Something has changed, or a second has gone by: some changes leave no trace."""
        return time.monotonic() >= self._due or self._seen != self._now()

    def _now(self) -> tuple[tuple[int, ...], ...]:
        return tuple(trace(path) for path in self._paths)
