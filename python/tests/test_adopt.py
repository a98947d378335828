"""Acquire or adopt (spec/adopt.md)."""

from __future__ import annotations

import asyncio
import os
import pickle
import threading
import time
from typing import TYPE_CHECKING

import pytest

from openclaw_lock_helpers import (
    Acquired,
    Adopted,
    AsyncFileLock,
    FileLock,
    FileLockError,
    FileLockForeign,
    FileLockInvalidOption,
    FileLockTimeout,
    acquire_or_adopt,
    async_acquire_or_adopt,
)
from openclaw_lock_helpers._generated.constants import ADOPT_MS
from support import at, beside, holder, payload, read, until, write

if TYPE_CHECKING:
    from collections.abc import Callable


class Looks:
    """A ``try_adopt`` that finds what ``find`` says, and counts how often it was asked."""

    def __init__(self, find: Callable[[], str | None] = lambda: None) -> None:
        self.find = find
        self.count = 0

    def __call__(self) -> str | None:
        self.count += 1
        return self.find()


def test_what_is_there_already_is_adopted_without_a_file(target: str) -> None:
    looks = Looks(lambda: "new")
    with at("acquire:looked", lambda: None) as reached, acquire_or_adopt(target, try_adopt=looks) as outcome:
        assert outcome.adopted
        assert outcome.value == "new"
    assert (looks.count, reached, beside(target)) == (1, [], [])


def test_a_free_lock_is_taken_after_one_look_and_released_by_the_block(target: str) -> None:
    looks = Looks()
    with acquire_or_adopt(target, try_adopt=looks) as outcome:
        assert not outcome.adopted
        assert outcome.lock.verify()
    assert (looks.count, outcome.lock.held, beside(target)) == (1, False, [])


def test_it_is_asked_when_the_lock_is_taken_and_before_the_refusal(target: str) -> None:
    with FileLock(target):
        looks = Looks()
        with pytest.raises(FileLockError):  # this very block has it
            acquire_or_adopt(target, try_adopt=looks)
        assert looks.count == 2


def test_a_change_of_the_store_is_adopted_while_the_holder_stays(target: str) -> None:
    store = target + ".store"
    write(store, b"old")
    looks = Looks(lambda: None if read(store) == b"old" else "new")
    with holder(target):
        found: list[object] = []

        def wait() -> None:
            outcome = acquire_or_adopt(target, try_adopt=looks, watch=[store], timeout=600)
            found.append(outcome.adopted)

        waiting = threading.Thread(target=wait)
        waiting.start()
        until(lambda: looks.count >= 2)
        write(store + ".tmp", b"new")
        os.rename(store + ".tmp", store)
        waiting.join()
        assert found == [True]
        assert read(target + ".lock")
    os.unlink(target + ".lock")


def test_without_a_change_it_is_asked_every_second_and_no_oftener(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from openclaw_lock_helpers import _changes

    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    changes = _changes.Changes([target])
    assert changes.due()
    for _ in range(3):
        changes.taken()
        assert not changes.due()
        clock[0] += ADOPT_MS / 1000
        assert changes.due()


def test_a_path_that_appears_goes_or_is_written_over_has_changed(target: str) -> None:
    from openclaw_lock_helpers._changes import Changes

    def change(act: Callable[[], object]) -> bool:
        changes = Changes([target])
        changes.taken()
        act()
        return changes.due()

    found = os.stat(target)
    assert change(lambda: write(target, b"[]\n"))
    assert change(lambda: os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns)))  # only the status change tells
    assert change(lambda: os.rename(target, target + "2"))
    assert change(lambda: os.rename(target + "2", target))


@pytest.mark.parametrize("content", [b"not a lock\n", None])
def test_a_value_wins_over_any_refusal(target: str, content: bytes | None) -> None:
    lock_path = target + ".lock"
    if content is None:
        os.mkdir(lock_path)
    else:
        write(lock_path, content, age=10)
    looks = Looks(lambda: None if looks.count < 2 else "new")
    outcome: Adopted[str] | Acquired[FileLock] = acquire_or_adopt(target, try_adopt=looks, timeout=0)
    assert (outcome.adopted, looks.count) == (True, 2)
    with pytest.raises(FileLockError) as caught:
        acquire_or_adopt(target, try_adopt=Looks(), timeout=0)
    assert isinstance(caught.value, FileLockForeign)
    if content is None:
        os.rmdir(lock_path)


def test_it_is_never_asked_with_the_lock_in_hand(target: str) -> None:
    """The pause after a reclaim is one with the lock held."""
    write(target + ".lock", payload())
    held: list[bool] = []

    def look() -> str | None:
        held.append(os.path.exists(target + ".lock") and str(os.getpid()).encode() in read(target + ".lock"))
        return None

    with acquire_or_adopt(target, try_adopt=look) as outcome:
        assert not outcome.adopted
    assert not any(held)


def test_what_it_raises_ends_the_wait_and_leaves_nothing(target: str) -> None:
    def fail() -> None:
        raise FileLockTimeout("mine") if looks.count > 1 else LookupError

    looks = Looks(fail)
    with pytest.raises(LookupError):
        acquire_or_adopt(target, try_adopt=looks)
    with holder(target):
        with pytest.raises(FileLockTimeout, match="mine"):
            acquire_or_adopt(target, try_adopt=looks)
        assert looks.count == 2
    os.unlink(target + ".lock")
    assert beside(target) == []


@pytest.mark.parametrize("wrong", [{"try_adopt": None}, {"try_adopt": Looks(), "watch": "path"}])
def test_wrong_arguments_are_refused_before_anything(target: str, wrong: dict[str, object]) -> None:
    with pytest.raises(FileLockInvalidOption):
        acquire_or_adopt(target, **wrong)  # type: ignore[arg-type]
    assert beside(target) == []


def test_an_outcome_that_nobody_keeps_gives_its_lock_back(target: str) -> None:
    acquire_or_adopt(target, try_adopt=Looks())
    with FileLock(target, timeout=0):
        assert FileLock(target, timeout=0).target == target


def test_the_adopted_value_is_not_printed() -> None:
    assert "secret" not in repr(Adopted("secret"))
    assert pickle.loads(pickle.dumps(Adopted(1))).value == 1


def test_the_async_twin_adopts_and_can_be_cancelled_without_another_look(target: str) -> None:
    looks = Looks()

    async def main() -> None:
        async with await async_acquire_or_adopt(target, try_adopt=looks) as outcome:
            assert not outcome.adopted
            assert isinstance(outcome.lock, AsyncFileLock)
            assert outcome.lock.verify()
        assert (await async_acquire_or_adopt(target, try_adopt=lambda: 1)).adopted
        with holder(target):
            before = looks.count
            task = asyncio.ensure_future(async_acquire_or_adopt(target, try_adopt=looks, timeout=600))
            while looks.count < before + 2:  # noqa: ASYNC110
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert looks.count == before + 2
        os.unlink(target + ".lock")

    asyncio.run(main())
    assert beside(target) == []
