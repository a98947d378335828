"""The locks of a refresh, taken in their fixed order and released in reverse."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

from .._adoption import Adoption
from .._errors import FileLockError
from .._lock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_T = TypeVar("_T")


class Locks:
    """Not for two threads at once."""

    def __init__(self, targets: Sequence[str], options: dict[str, Any]) -> None:
        self.targets = list(targets)
        self._options = options
        self.held: list[FileLock] = []

    def take(
        self,
        deadline: float,
        pause: Callable[[float], None],
        try_adopt: Callable[[], _T | None],
        watched: Sequence[str],
    ) -> _T | None:
        """Takes all, or none and returns what was adopted meanwhile.

        Args:
            deadline: of them all, on the monotonic clock.
            pause: waits for so many seconds; what it raises ends the wait.
            try_adopt: as in :func:`acquire_or_adopt`.
            watched: paths to watch for it.

        Raises:
            FileLockError: one could not be had; none is held.
        """
        try:
            for target in self.targets:
                value = self._take_one(target, deadline, pause, try_adopt, watched)
                if value is not None:
                    self.release()
                    return value
        except BaseException:
            self.release()
            raise
        return None

    def _take_one(
        self,
        target: str,
        deadline: float,
        pause: Callable[[float], None],
        try_adopt: Callable[[], _T | None],
        watched: Sequence[str],
    ) -> _T | None:
        lock = FileLock(target, **{**self._options, "timeout": max(0.0, deadline - time.monotonic())})
        adoption = Adoption(lock, try_adopt, watched)
        try:
            for seconds in adoption.start():
                pause(seconds)
            if adoption.value is None:
                self.held.append(lock)
        except BaseException:
            adoption.undo()
            raise
        return adoption.value

    def handed_over(self) -> Locks:
        """The same, held by somebody else from now on."""
        other = Locks(self.targets, self._options)
        other.held, self.held = self.held, []
        return other

    def verify(self) -> bool:
        return len(self.held) == len(self.targets) and all(lock.verify() for lock in self.held)

    def retake(self, timeout: float) -> None:
        """All of them anew, in order: one that was lost may be held by somebody who waits for another.

        Raises:
            FileLockError: one could not be had; none is held.
        """
        self.release()
        self.take(time.monotonic() + timeout, time.sleep, _nothing, [])

    def release(self) -> None:
        """Never raises: a lock that is found lost now was not relied upon any more."""
        while self.held:
            try:
                self.held.pop().release()
            except FileLockError:
                continue


def _nothing() -> None:
    return None
