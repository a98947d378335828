from __future__ import annotations

import contextvars
import json
import math
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from openclaw_lock_helpers import (
    FileLock,
    FileLockInvalidOption,
    FileLockReentrant,
    FileLockTimeout,
    Holder,
    _wait,
)
from support import at, beside, holder, read, tell, write

if TYPE_CHECKING:
    from collections.abc import Callable


def elsewhere(work: Callable[[], Any]) -> Any:
    """Runs ``work`` outside every with-form that this code is inside of."""
    return contextvars.Context().run(work)


def test_zero_tries_once_and_names_the_holder(target: str) -> None:
    with holder(target) as other, pytest.raises(FileLockTimeout) as caught:
        FileLock(target, timeout=0).acquire()
    error = caught.value
    assert isinstance(error, TimeoutError)
    assert error.holder is not None
    assert (error.holder.pid, error.holder.verdict, error.holder.reason) == (other.pid, "held", "descriptor-open")
    assert error.holder.command
    assert str(error).startswith(
        f"file lock timeout for {target}: held by pid {other.pid} ({error.holder.command}) for "
    )
    assert error.hint in str(error)
    assert (error.target, error.lock_path) == (target, target + ".lock")
    os.unlink(target + ".lock")


def test_a_wait_ends_when_the_holder_releases(target: str) -> None:
    with holder(target) as other:
        seen: list[Holder | None] = []

        def on_wait(found: Holder | None, _waited: float) -> None:
            seen.append(found)
            tell(other)

        with FileLock(target, timeout=30, on_wait=on_wait) as lock:
            assert lock.verify()
    assert seen[0] is not None
    assert seen[0].pid == other.pid


def test_a_wait_ends_at_its_deadline_and_says_how_long_it_was(target: str) -> None:
    with FileLock(target):
        begun = time.monotonic()
        with pytest.raises(FileLockTimeout) as caught:
            elsewhere(FileLock(target, timeout=0.1).acquire)
        assert 0.1 <= caught.value.waited <= time.monotonic() - begun


def test_the_wall_clock_does_not_end_a_wait(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with holder(target) as other:
        wall = time.time
        monkeypatch.setattr(time, "time", lambda: wall() + 1e9)
        lock = FileLock(target, timeout=30, on_wait=lambda *_: tell(other))
        with lock:
            assert lock.verify()


@pytest.mark.parametrize("name", ["timeout", "stale", "foreign_timeout"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.001, 365 * 86400 + 1, "10", None, True, 10**400])
def test_a_wrong_time_is_refused_before_anything_is_touched(target: str, name: str, value: object) -> None:
    arguments: dict[str, Any] = {name: value}
    with pytest.raises(FileLockInvalidOption) as caught:
        FileLock(target, **arguments)
    assert isinstance(caught.value, ValueError)
    assert beside(target) == []


@pytest.mark.parametrize(
    "arguments", [{"reclaim": 1}, {"create_parent": "no"}, {"on_wait": 5}, {"on_lost": "f"}], ids=str
)
def test_other_wrong_arguments_are_refused(target: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(FileLockInvalidOption):
        FileLock(target, **arguments)


def test_the_longest_times_are_taken(target: str) -> None:
    with FileLock(target, timeout=365 * 86400, stale=365 * 86400, foreign_timeout=0) as lock:
        assert json.loads(read(lock.lock_path))["heartbeatMs"] == 365 * 86400 * 1000 // 3


class HookError(Exception):
    pass


class HookOSError(OSError):
    pass


@pytest.mark.parametrize("error", [HookError, HookOSError])
def test_what_the_wait_hook_raises_ends_the_wait(target: str, error: type[Exception]) -> None:
    def on_wait(_holder: Holder | None, _waited: float) -> None:
        raise error

    with FileLock(target), pytest.raises(error):
        elsewhere(FileLock(target, on_wait=on_wait).acquire)
    assert beside(target) == []


def test_the_wait_hook_is_called_when_a_wait_begins_and_not_for_every_look(target: str) -> None:
    calls: list[float] = []
    with FileLock(target), pytest.raises(FileLockTimeout):
        elsewhere(FileLock(target, timeout=0.3, on_wait=lambda _, waited: calls.append(waited)).acquire)
    assert len(calls) == 1


def test_pauses_double_to_the_longest_and_are_cut_to_the_deadline() -> None:
    pauses = _wait.Pauses()
    for longest in (0.001, 0.002, 0.004, 0.008, 0.016, 0.025, 0.025):
        assert longest / 2 <= pauses.next(1.0) <= longest
    assert pauses.next(0.0001) == 0.0001


def test_a_greedy_holder_gives_way_once(target: str) -> None:
    path = target + ".lock"
    assert _wait.give_way(path) == 0
    _wait.held(path, 0.015)
    assert _wait.give_way(path) == 0
    _wait.held(path, 0.015)
    assert _wait.give_way(path) == 0.002
    assert _wait.give_way(path) == 0
    _wait.held(path, 0.05)
    _wait.waited(path)
    assert _wait.give_way(path) == 0


def test_a_nested_acquire_fails_at_once_in_every_form(target: str) -> None:
    lock = FileLock(target, timeout=30)
    with lock:
        for again in (lock.acquire, lock.__enter__, FileLock(target, timeout=30).acquire):
            with pytest.raises(FileLockReentrant) as caught:
                again()
            assert isinstance(caught.value, RuntimeError)
        with FileLock(target + "2"):
            pass
        assert lock.verify()
    with lock:
        pass


def test_a_nested_acquire_after_a_loss_is_an_acquire(target: str) -> None:
    with pytest.raises(Exception, match="file lock lost"), FileLock(target) as lock:
        os.unlink(lock.lock_path)
        lock._hold.lost = True  # type: ignore[union-attr]
        with FileLock(target, timeout=0) as other:
            assert other.verify()


def test_a_lock_that_is_always_taken_by_others_first_ends_in_a_timeout(target: str) -> None:
    """The path looks free at every look, and is taken at every link."""
    path = target + ".lock"

    def hook(name: str) -> None:
        if name == "acquire:looked":
            write(path, b"{}")

    from openclaw_lock_helpers import _points, _sidecar

    exists = _sidecar.exists
    _points.arm(hook)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_sidecar, "exists", lambda p: False if p == path else exists(p))
            with pytest.raises(FileLockTimeout) as caught:
                FileLock(target, timeout=0.05).acquire()
    finally:
        _points.arm(None)
    assert caught.value.holder is None
    os.unlink(path)


def test_a_hold_keeps_nothing_but_its_lock(target: str) -> None:
    with at("acquire:linked", lambda: None), FileLock(target):
        assert beside(target) == ["config.json.lock"]
