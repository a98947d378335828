"""The with-forms: around a body, inside each other, and in many threads."""

from __future__ import annotations

import asyncio
import os
import threading
import time

from openclaw_lock_helpers import AsyncFileLock, FileLock, FileLockError

from . import _loop
from ._options import arguments
from ._wire import Reply, Request, number, text

_DEADLINE = 0.02


class BodyError(Exception):
    pass


def body(request: Request) -> Reply:
    ends = text(request, "ends")
    thrown = BodyError("thrown by the body")
    try:
        if ends in ("cancel", "timeout"):
            _loop.run(_async_body(request, ends))
        else:
            _sync_body(request, ends, thrown)
    except FileLockError as error:
        return {"outcome": error.code, "original": False, "attached": None}
    except BodyError as error:
        attached = getattr(error, "lock_error", None)
        return {
            "outcome": "body-error",
            "original": error is thrown,
            "attached": attached.code if isinstance(attached, FileLockError) else None,
        }
    except (asyncio.CancelledError, asyncio.TimeoutError):
        return {"outcome": "cancelled", "original": False, "attached": None}
    return {"outcome": "returned", "original": False, "attached": None}


def _sync_body(request: Request, ends: str, thrown: BodyError) -> None:
    with FileLock(text(request, "target"), **arguments(request)) as lock:
        if ends == "return":
            return
        if ends == "lost-and-throw":
            os.unlink(lock.lock_path)
        elif ends != "throw":
            raise TypeError(f"unknown end of a body: {ends}")
        raise thrown


async def _async_body(request: Request, ends: str) -> None:
    entered = asyncio.Event()

    async def hold() -> None:
        async with AsyncFileLock(text(request, "target"), **arguments(request)):
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(hold())
    await asyncio.wait({task, asyncio.ensure_future(entered.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    if ends == "timeout":
        await asyncio.wait_for(task, _DEADLINE)
    task.cancel()
    await task


def nested(request: Request) -> Reply:
    """In turn with ``with`` and with ``async with``."""
    return _loop.run(_nested_async(request)) if request["id"] % 2 else _nested_sync(request)


def _nested_sync(request: Request) -> Reply:
    target, options = text(request, "target"), arguments(request)
    with FileLock(target, **options):
        started = time.monotonic()
        try:
            with FileLock(target, **options):
                return _outcome("acquired", started)
        except FileLockError as error:
            return _outcome(error.code, started)


async def _nested_async(request: Request) -> Reply:
    target, options = text(request, "target"), arguments(request)
    async with AsyncFileLock(target, **options):
        started = time.monotonic()
        try:
            async with AsyncFileLock(target, **options):
                return _outcome("acquired", started)
        except FileLockError as error:
            return _outcome(error.code, started)


def _outcome(outcome: str, started: float) -> Reply:
    return {"outcome": outcome, "ms": (time.monotonic() - started) * 1000}


class _Crowd:
    """Workers in threads: the first half with ``with``, the others with ``async with`` in loops of their own."""

    def __init__(self, request: Request) -> None:
        self.target = text(request, "target")
        self.options = arguments(request)
        self.rounds = int(number(request, "rounds", 1))
        self.completed = self.inside = self.most = 0
        self.error: BaseException | None = None
        self._counting = threading.Lock()

    def work(self, worker: int) -> None:
        try:
            if worker % 2:
                asyncio.run(self._work_async())
            else:
                self._work_sync()
        except BaseException as error:
            self.error = error

    def _work_sync(self) -> None:
        for _ in range(self.rounds):
            with FileLock(self.target, **self.options):
                self._enter()
                time.sleep(0.001)
                self._leave()

    async def _work_async(self) -> None:
        for _ in range(self.rounds):
            async with AsyncFileLock(self.target, **self.options):
                self._enter()
                await asyncio.sleep(0.001)
                self._leave()

    def _enter(self) -> None:
        with self._counting:
            self.inside += 1
            self.most = max(self.most, self.inside)

    def _leave(self) -> None:
        with self._counting:
            self.inside -= 1
            self.completed += 1


def threads(request: Request) -> Reply:
    crowd = _Crowd(request)
    workers = [
        threading.Thread(target=crowd.work, args=(worker,), daemon=True)
        for worker in range(int(number(request, "workers", 2)))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if crowd.error is not None:
        raise crowd.error
    return {"completed": crowd.completed, "overlaps": max(0, crowd.most - 1)}
