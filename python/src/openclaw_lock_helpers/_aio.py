"""The lock for asyncio. Only waits are awaited: the system calls of an acquire take less time than a thread hop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from . import _nesting
from ._base import BaseLock

if TYPE_CHECKING:
    from types import TracebackType

_Self = TypeVar("_Self", bound="AsyncFileLock")


class AsyncFileLock(BaseLock):
    """The twin of :class:`FileLock` for asyncio: ``async with``, or ``await acquire()`` and ``release()``.

    The arguments are those of :class:`FileLock`. ``on_lost`` is called in the event loop; nothing is cancelled for you.
    A task that is cancelled while it waits leaves nothing behind.
    """

    _loop: asyncio.AbstractEventLoop | None = None

    async def acquire(self) -> None:
        """Takes the lock; as :meth:`FileLock.acquire`. Like that of ``asyncio.Lock``, ``release`` is not awaited."""
        self._loop = asyncio.get_running_loop()
        acquisition = self._acquisition(keep=True)
        running = acquisition.start()
        try:
            for pause in running:
                await asyncio.sleep(pause)
            self._taken(acquisition)
        except BaseException:
            acquisition.undo(running)
            raise

    async def __aenter__(self: _Self) -> _Self:
        self._loop = asyncio.get_running_loop()
        acquisition = self._acquisition(keep=False)
        running = acquisition.start()
        try:
            for pause in running:
                await asyncio.sleep(pause)
            self._taken(acquisition)
            if acquisition.won is not None:
                _nesting.enter(acquisition.won)
            return self
        except BaseException:
            acquisition.undo(running)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._leave(error)

    def _tell_lost(self) -> None:
        loop, callback = self._loop, self._options.on_lost
        if loop is None or callback is None:
            return
        try:
            loop.call_soon_threadsafe(callback, self)
        except RuntimeError:  # the loop is closed: nobody is left to be told
            return
