"""Open files that an interrupt cannot make us forget.

Each change is one call into C: an exception of a signal handler comes before it or after it, never between the system
call and the remembering (or the forgetting: a descriptor that is closed twice may be somebody else's by then).
"""

from __future__ import annotations

import errno
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
        """Whatever the call says the descriptor is gone, and nothing that is worth an error with it."""
        while self:
            try:
                any(map(os.close, map(self.pop, (0,))))
            except OSError:
                continue


def write_all(fd: int, data: bytes) -> None:
    """A short write is continued (PUBLISH-5).

    Raises:
        OSError: it failed; or nothing was written, which would go on for ever.
    """
    rest = memoryview(data)
    while rest:
        written = os.write(fd, rest)
        if not written:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rest = rest[written:]


def with_file(path: str, flags: int, use: Callable[[int], _T]) -> _T:
    """What ``use`` makes of the descriptor of ``path``, which is closed before this returns."""
    descriptors = Descriptors()
    closing = map(os.close, descriptors)  # prepared here, so that behind `finally` one call remains
    try:
        return use(descriptors.open(path, flags))
    finally:
        try:
            any(closing)
        except OSError:
            pass
