from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING

import pytest

from openclaw_lock_helpers import (
    AsyncFileLock,
    FileLock,
    FileLockLost,
    FileLockReentrant,
    FileLockTimeout,
    _acquire,
)
from openclaw_lock_helpers._publication import registry
from support import at, beside, holder, payload, tell, until, write

if TYPE_CHECKING:
    from collections.abc import Coroutine


def go(work: Coroutine[object, object, None]) -> None:
    asyncio.run(work)


def test_the_async_form_holds_and_releases(target: str) -> None:
    async def work() -> None:
        async with AsyncFileLock(target) as lock:
            assert (lock.held, lock.verify()) == (True, True)
            assert beside(target) == ["config.json.lock"]
        await lock.acquire()
        assert lock.held
        lock.release()
        lock.release()

    go(work())
    assert beside(target) == []


def test_a_waiting_task_lets_the_loop_run(target: str) -> None:
    async def work() -> None:
        begun = asyncio.Event()
        with holder(target) as other:
            waiting = asyncio.ensure_future(AsyncFileLock(target, on_wait=lambda *_: begun.set()).acquire())
            await begun.wait()
            assert not waiting.done()
            tell(other)
            await waiting

    go(work())
    assert beside(target) == ["config.json.lock"]  # acquire holds until release, referenced or not
    (hold,) = registry.values()
    hold.keep.release()  # type: ignore[attr-defined]


@pytest.mark.parametrize("form", ["acquire", "with"])
def test_a_cancelled_wait_leaves_nothing(target: str, form: str) -> None:
    async def work() -> None:
        begun = asyncio.Event()
        lock = AsyncFileLock(target, timeout=600, on_wait=lambda *_: begun.set())

        async def enter() -> None:
            if form == "acquire":
                await lock.acquire()
            else:
                async with lock:
                    raise AssertionError("not ours")

        other = FileLock(target)
        other.acquire()
        task = asyncio.ensure_future(enter())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert beside(target) == ["config.json.lock"]
        assert not lock.held
        other.release()

    go(work())
    assert beside(target) == []


def test_a_task_cancelled_while_its_reclaim_settles_leaves_nothing(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_acquire, "SETTLE_MS", 60_000)
    write(target + ".lock", payload())

    async def work() -> None:
        task = asyncio.ensure_future(AsyncFileLock(target, timeout=0).acquire())
        with at("reclaim:published", lambda: asyncio.get_running_loop().call_soon(task.cancel)) as reached:
            with pytest.raises(asyncio.CancelledError):
                await task
            assert reached[-1] == "reclaim:unguarding"

    go(work())
    assert beside(target) == []


@pytest.mark.parametrize("end", ["cancel", "deadline"])
def test_the_async_form_releases_when_the_body_is_cancelled(target: str, end: str) -> None:
    async def work() -> None:
        entered = asyncio.Event()

        async def body() -> None:
            async with AsyncFileLock(target):
                entered.set()
                await asyncio.Event().wait()

        task = asyncio.ensure_future(body())
        await entered.wait()
        if end == "cancel":
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(task, 0.01)
        assert beside(target) == []

    go(work())


def test_tasks_that_are_not_nested_exclude_each_other(target: str) -> None:
    async def work() -> None:
        inside = most = rounds = 0

        async def worker() -> None:
            nonlocal inside, most, rounds
            for _ in range(5):
                async with AsyncFileLock(target, timeout=60):
                    inside += 1
                    most = max(most, inside)
                    await asyncio.sleep(0)
                    inside -= 1
                    rounds += 1

        await asyncio.gather(*(worker() for _ in range(6)))
        assert (most, rounds) == (1, 30)

    go(work())


def test_nesting_is_known_across_forms_and_in_tasks_started_inside(target: str) -> None:
    async def work() -> None:
        async with AsyncFileLock(target):
            with pytest.raises(FileLockReentrant):
                FileLock(target, timeout=60).acquire()
            with pytest.raises(FileLockReentrant):
                async with AsyncFileLock(target, timeout=60):
                    pass
            with pytest.raises(FileLockReentrant):
                await asyncio.ensure_future(AsyncFileLock(target, timeout=60).acquire())
            with pytest.raises(FileLockReentrant):
                await asyncio.to_thread(FileLock(target, timeout=60).acquire)
        async with AsyncFileLock(target):
            pass

    go(work())


def test_a_task_that_is_not_inside_waits(target: str) -> None:
    async def work() -> None:
        begun, leave = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            async with AsyncFileLock(target):
                begun.set()
                await leave.wait()

        holding = asyncio.ensure_future(hold())
        await begun.wait()
        with pytest.raises(FileLockTimeout):
            await AsyncFileLock(target, timeout=0.02).acquire()
        leave.set()
        await holding

    go(work())


def test_a_loss_is_told_in_the_loop_once_and_cancels_nothing(target: str) -> None:
    async def work() -> None:
        told: list[tuple[object, threading.Thread]] = []
        seen = asyncio.Event()

        def on_lost(lock: AsyncFileLock) -> None:
            told.append((lock, threading.current_thread()))
            seen.set()

        with pytest.raises(FileLockLost):
            async with AsyncFileLock(target, on_lost=on_lost) as lock:
                os.unlink(lock.lock_path)
                await asyncio.wait_for(seen.wait(), 20)
                assert told == [(lock, threading.current_thread())]
                assert (lock.lost, lock.held) == (True, False)

    go(work())


def test_a_loss_after_the_loop_has_closed_is_no_error(target: str) -> None:
    locks: list[AsyncFileLock] = []

    async def work() -> None:
        lock = AsyncFileLock(target, on_lost=lambda _: None)
        await lock.acquire()
        locks.append(lock)

    go(work())
    os.unlink(target + ".lock")
    until(lambda: locks[0].lost)
    with pytest.raises(FileLockLost):
        locks[0].release()
