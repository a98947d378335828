from __future__ import annotations

import gc
import os
import threading
import weakref

import pytest

from openclaw_lock_helpers import FileLock, FileLockLost, FileLockTimeout, _heartbeat
from openclaw_lock_helpers._publication import registry
from support import beside, until


@pytest.mark.parametrize("shared", [True, False], ids=["one object", "an object each"])
def test_threads_exclude_each_other(target: str, shared: bool) -> None:
    one = FileLock(target, timeout=60)
    inside = most = completed = 0
    errors: list[BaseException] = []

    def work() -> None:
        nonlocal inside, most, completed
        try:
            for _ in range(10):
                with one if shared else FileLock(target, timeout=60):
                    inside += 1
                    most = max(most, inside)
                    inside -= 1
                    completed += 1
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (most, completed) == (1, 60)
    assert beside(target) == []


def test_another_thread_waits_and_is_not_taken_for_nested(target: str) -> None:
    caught: list[BaseException] = []

    def work() -> None:
        try:
            FileLock(target, timeout=0.02).acquire()
        except FileLockTimeout as error:
            caught.append(error)

    with FileLock(target):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert isinstance(caught[0], FileLockTimeout)
    assert caught[0].holder is not None
    assert caught[0].holder.pid == os.getpid()


def test_a_lock_may_be_released_by_another_thread(target: str) -> None:
    lock = FileLock(target)
    lock.acquire()
    thread = threading.Thread(target=lock.release)
    thread.start()
    thread.join()
    assert beside(target) == []


def test_a_loss_is_told_once_and_an_error_of_the_callback_goes_to_the_hook(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    reported: list[object] = []
    monkeypatch.setattr(threading, "excepthook", reported.append)

    def on_lost(lock: FileLock) -> None:
        told.append(lock)
        raise ValueError("of the callback")

    lock = FileLock(target, on_lost=on_lost)
    lock.acquire()
    os.unlink(lock.lock_path)
    until(lambda: reported)
    _heartbeat._round()
    assert told == [lock]
    assert lock.lost
    with pytest.raises(FileLockLost):
        lock.release()


def test_what_cannot_be_read_for_a_moment_is_no_loss(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with FileLock(target) as lock:

        def fail(*_arguments: object) -> bool:
            raise OSError(5, "Input/output error")

        with monkeypatch.context() as patch:
            patch.setattr(_heartbeat, "holds", fail)
            _heartbeat._round()
        assert not lock.lost


def test_a_release_is_no_loss_to_the_watch(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch reads after the unlink and before the release has returned."""
    from support import at

    lost: list[object] = []
    lock = FileLock(target, on_lost=lost.append)
    lock.acquire()
    (hold,) = registry.values()
    with at("release:unlinked", lambda: _heartbeat._look_after(hold)):
        lock.release()
    assert (lost, lock.lost) == ([], False)


def test_a_long_hold_touches_the_lock_through_its_descriptor(target: str) -> None:
    with FileLock(target, stale=0.06) as lock:
        before = os.stat(lock.lock_path).st_mtime_ns
        until(lambda: os.stat(lock.lock_path).st_mtime_ns > before)
        os.rename(lock.lock_path, target + ".moved")
        with open(lock.lock_path, "w"):
            os.utime(lock.lock_path, (1, 1))
        moved = os.stat(target + ".moved").st_mtime_ns
        (hold,) = registry.values()
        hold.touched = 0
        _heartbeat._round()
        assert os.stat(lock.lock_path).st_mtime == 1
        assert os.stat(target + ".moved").st_mtime_ns >= moved
        os.rename(target + ".moved", lock.lock_path)
        hold.lost = False


def test_a_short_hold_touches_nothing(target: str) -> None:
    with FileLock(target) as lock:
        os.utime(hold_descriptor(), (1, 1))
        _heartbeat._round()
        assert os.stat(lock.lock_path).st_mtime == 1


def hold_descriptor() -> int:
    (hold,) = registry.values()
    return hold.descriptors[0]


def test_the_watch_ends_when_there_is_nothing_to_watch_and_starts_again(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_heartbeat, "_LOOK_SECONDS", 0.01)
    _heartbeat._wake.set()
    with FileLock(target):
        first = _heartbeat._thread
        assert first is not None
        assert first.daemon
    until(lambda: not first.is_alive())
    with FileLock(target):
        second = _heartbeat._thread
        assert second is not None
        assert second is not first
    until(lambda: not second.is_alive())


def test_a_lock_whose_with_form_was_cut_off_does_not_outlive_its_object(target: str) -> None:
    """An interrupt at the entry of ``__exit__`` ends the form without a release: nothing but the object is left."""
    lock = FileLock(target)
    lock.__enter__()
    reference = weakref.ref(lock)
    del lock
    gc.collect()
    assert reference() is None
    with FileLock(target, timeout=0):
        pass


def test_a_lock_taken_by_acquire_is_held_although_nobody_refers_to_it(target: str) -> None:
    FileLock(target).acquire()
    gc.collect()
    with pytest.raises(FileLockTimeout):
        FileLock(target, timeout=0).acquire()
    (hold,) = registry.values()
    hold.keep.release()  # type: ignore[attr-defined]


def test_a_process_without_threads_to_spare_locks_all_the_same(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_heartbeat, "_thread", None)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with FileLock(target) as lock:
        assert lock.verify()
