"""Open files that an interrupt cannot make us forget.

Each change is one call into C: an exception of a signal handler comes before it or after it, never between the system
call and the remembering (or the forgetting: a descriptor that is closed twice may be somebody else's by then).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


class Descriptors(list[int]):
    """At most one open file."""

    def open(self, path: str, flags: int, mode: int = 0o444) -> int:
        """Opens ``path``; a file that this makes has at most ``mode``."""
        self.extend(map(os.open, (path,), (flags,), (mode,)))
        return self[0]

    def close(self) -> None:
        while self:
            any(map(os.close, map(self.pop, (0,))))


def with_file(path: str, flags: int, use: Callable[[int], _T]) -> _T:
    """What ``use`` makes of the descriptor of ``path``, which is closed before this returns."""
    descriptors = Descriptors()
    closing = map(os.close, descriptors)  # prepared here, so that behind `finally` one call remains
    try:
        return use(descriptors.open(path, flags))
    finally:
        any(closing)
