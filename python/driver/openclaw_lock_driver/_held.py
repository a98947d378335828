"""The locks that the runner has asked for by name. They are async ones: only these can be cancelled while they wait."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from openclaw_lock_helpers import AsyncFileLock

from . import _loop
from ._options import arguments
from ._wire import Reply, Request, number, text

if TYPE_CHECKING:
    from collections.abc import Coroutine

_T = TypeVar("_T")


class Held:
    def __init__(self, request: Request) -> None:
        self.waits = 0
        self.signals = 0
        self.signalled = threading.Event()
        self.target = text(request, "target")
        self.options: dict[str, Any] = {"on_wait": self._on_wait, "on_lost": self._on_lost, **arguments(request)}
        self.lock = AsyncFileLock(self.target, **self.options)

    def _on_wait(self, _holder: object, _waited: float) -> None:
        self.waits += 1

    def _on_lost(self, _lock: object) -> None:
        self.signals += 1
        self.signalled.set()


_held: dict[str, Held] = {}
_waiting: dict[int, _loop.Work[Any]] = {}
#: Asked for before the request's own thread had begun.
_cancelled: set[int] = set()


def begin(request: Request) -> Held:
    handle = text(request, "handle")
    if handle in _held and _held[handle].lock.held:
        raise TypeError(f"handle in use: {handle}")
    return Held(request)


def result_of(request: Request, work: Coroutine[Any, Any, _T]) -> _T:
    """What comes of ``work``, which the verb ``cancel`` can cancel meanwhile."""
    waiting = _loop.Work(work)
    _waiting[request["id"]] = waiting
    if request["id"] in _cancelled:
        waiting.cancel()
    try:
        return waiting.result()
    finally:
        del _waiting[request["id"]]


def acquire(request: Request) -> Reply:
    held = begin(request)
    started = time.monotonic()
    result_of(request, held.lock.acquire())
    return keep(request, held, time.monotonic() - started)


def keep(request: Request, held: Held, waited: float) -> Reply:
    """The lock of ``held`` is taken, and stays under its handle."""
    _held[text(request, "handle")] = held
    hold = held.lock._hold
    return {
        "lockPath": held.lock.lock_path,
        "waitedMs": waited * 1000,
        "waits": held.waits,
        "token": "" if hold is None else hold.token,
        "witness": None if hold is None or hold.witness is None else hold.witness.name,
    }


def cancel(request: Request) -> Reply:
    _cancelled.add(request["request"])
    waiting = _waiting.get(request["request"])
    if waiting is not None:
        waiting.cancel()
    return {}


def find(request: Request) -> Held:
    held = _held.get(text(request, "handle"))
    if held is None:
        raise TypeError(f"no such handle: {request['handle']}")
    return held


def release(request: Request) -> Reply:
    find(request).lock.release()
    return {}


def verify(request: Request) -> Reply:
    return {"held": find(request).lock.verify()}


def await_lost(request: Request) -> Reply:
    held = find(request)
    lost = held.signalled.wait(number(request, "timeoutMs", 5000) / 1000)
    return {"lost": lost, "signals": held.signals}
