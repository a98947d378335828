"""An event loop in a thread of its own, for everything async."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from concurrent.futures import Future

_T = TypeVar("_T")
_starting = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def submit(work: Coroutine[Any, Any, _T]) -> Future[_T]:
    global _loop
    with _starting:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="driver-loop", daemon=True).start()
    return asyncio.run_coroutine_threadsafe(work, _loop)


def run(work: Coroutine[Any, Any, _T]) -> _T:
    return result_of(submit(work))


def result_of(future: Future[_T]) -> _T:
    try:
        return future.result()
    except CancelledError:
        raise asyncio.CancelledError from None
