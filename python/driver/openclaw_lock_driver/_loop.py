"""The event loop of the main thread, for everything async: signals can be held there only."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

_T = TypeVar("_T")
_loop: asyncio.AbstractEventLoop


def make() -> None:
    """First of all, and only in a process that is a driver: who imports this has no use for a loop."""
    global _loop
    _loop = asyncio.new_event_loop()


def run_forever() -> None:
    """Until :func:`stop`. What still waits then is left waiting."""
    asyncio.set_event_loop(_loop)
    _loop.run_forever()


def stop() -> None:
    _loop.call_soon_threadsafe(_loop.stop)


class Work(Generic[_T]):
    """A task of the loop, for other threads. It ends when the task does, cancelled or not."""

    def __init__(self, coroutine: Coroutine[Any, Any, _T]) -> None:
        self._coroutine = coroutine
        self._over = threading.Event()
        self._task: asyncio.Future[_T] | None = None
        _loop.call_soon_threadsafe(self._start)

    def _start(self) -> None:
        self._task = asyncio.ensure_future(self._coroutine)
        self._task.add_done_callback(lambda _task: self._over.set())

    def cancel(self) -> None:
        _loop.call_soon_threadsafe(lambda: self._task is not None and self._task.cancel())

    def result(self) -> _T:
        self._over.wait()
        assert self._task is not None
        return self._task.result()


def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    return Work(coroutine).result()
