from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from openclaw_lock_helpers import FileLock, FileLockIO, FileLockLost, FileLockPermission
from support import at, beside, read, write

if TYPE_CHECKING:
    from collections.abc import Callable


def change_a_byte(path: str) -> None:
    data = read(path)
    os.unlink(path)
    write(path, data.replace(b'"pid"', b'"pId"'))


def append_a_byte(path: str) -> None:
    data = read(path)
    os.unlink(path)
    write(path, data + b" ")


def empty(path: str) -> None:
    os.unlink(path)
    write(path, b"")


def directory(path: str) -> None:
    os.unlink(path)
    os.mkdir(path)


def fifo(path: str) -> None:
    os.unlink(path)
    os.mkfifo(path)


def link_to_a_copy(path: str) -> None:
    os.rename(path, path + ".copy")
    os.symlink(path + ".copy", path)


@pytest.mark.parametrize(
    "change",
    [change_a_byte, append_a_byte, empty, directory, fifo, link_to_a_copy, os.unlink],
    ids=lambda f: f.__name__,
)
def test_what_is_not_exactly_ours_is_left_and_reported(target: str, change: Callable[[str], None]) -> None:
    lock = FileLock(target)
    lock.acquire()
    change(lock.lock_path)
    names = beside(target)
    assert (lock.held, lock.verify()) == (True, False)
    with pytest.raises(FileLockLost) as caught:
        lock.release()
    assert caught.value.code == "file_lock_lost"
    assert caught.value.lock_path == lock.lock_path
    assert beside(target) == names
    assert (lock.held, lock.lost) == (False, True)
    lock.release()  # said once


def test_the_same_bytes_in_another_inode_are_ours(target: str) -> None:
    lock = FileLock(target)
    lock.acquire()
    data = read(lock.lock_path)
    os.unlink(lock.lock_path)
    write(lock.lock_path, data)
    assert lock.verify()
    lock.release()
    assert beside(target) == []


def test_releasing_twice_or_without_having_acquired_is_harmless(target: str) -> None:
    lock = FileLock(target)
    lock.release()
    lock.acquire()
    lock.release()
    other = FileLock(target)
    other.acquire()
    lock.release()
    assert other.verify()
    other.release()


def test_a_lock_can_be_used_again_after_a_release(target: str) -> None:
    lock = FileLock(target)
    for _ in range(3):
        assert (lock.held, lock.verify()) == (False, False)
        with lock:
            assert (lock.held, lock.verify(), lock.lost) == (True, True, False)


def test_a_loss_is_forgotten_by_the_next_acquire(target: str) -> None:
    lock = FileLock(target)
    with pytest.raises(FileLockLost), lock:
        os.unlink(lock.lock_path)
    with lock:
        assert not lock.lost


@pytest.mark.parametrize(
    ("code", "error"), [("EACCES", FileLockPermission), ("EROFS", FileLockPermission), ("EIO", FileLockIO)]
)
def test_a_failed_unlink_surfaces_and_can_be_retried(
    target: str, monkeypatch: pytest.MonkeyPatch, code: str, error: type[Exception]
) -> None:
    import errno

    lock = FileLock(target)
    lock.acquire()

    def refuse(path: str) -> None:
        raise OSError(getattr(errno, code), os.strerror(getattr(errno, code)), path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refuse)
        with pytest.raises(error) as caught:
            lock.release()
    assert getattr(caught.value, "errno", None) == getattr(errno, code)
    assert lock.held
    assert lock.verify()
    lock.release()
    assert beside(target) == []


class BodyError(Exception):
    pass


def test_the_bodys_error_wins_and_ours_is_attached(target: str) -> None:
    with pytest.raises(BodyError) as caught, FileLock(target) as lock:
        os.unlink(lock.lock_path)
        raise BodyError
    attached = getattr(caught.value, "lock_error", None)
    assert isinstance(attached, FileLockLost)
    if hasattr(caught.value, "__notes__"):
        assert caught.value.__notes__ == [f"file_lock_lost: {attached}"]


def test_an_error_that_takes_no_attribute_wins_too(target: str) -> None:
    class Closed(BaseException):
        def __setattr__(self, name: str, value: object) -> None:
            raise AttributeError(name)

    with pytest.raises(Closed), FileLock(target) as lock:
        os.unlink(lock.lock_path)
        raise Closed


@pytest.mark.parametrize("error", [BodyError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_the_with_form_releases_however_the_body_ends(target: str, error: type[BaseException]) -> None:
    with pytest.raises(error), FileLock(target):
        raise error
    assert beside(target) == []


def test_a_release_inside_the_body_is_the_release(target: str) -> None:
    with FileLock(target) as lock:
        lock.release()
        assert beside(target) == []
        with FileLock(target) as other:  # no longer inside
            assert other.verify()


def test_a_lock_of_another_user_at_the_path_is_a_loss_and_no_permission_error(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = FileLock(target)
    lock.acquire()
    os.unlink(lock.lock_path)
    write(lock.lock_path, b"theirs")
    opened = os.open

    def refuse(path: str, *arguments: int) -> int:
        if path == lock.lock_path:
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *arguments)

    with monkeypatch.context() as patch, pytest.raises(FileLockLost):
        patch.setattr(os, "open", refuse)
        lock.release()
    assert read(lock.lock_path) == b"theirs"


def test_a_lock_that_is_gone_right_after_it_was_compared_was_released(target: str) -> None:
    lock = FileLock(target)
    lock.acquire()
    with at("release:compared", lambda: os.unlink(lock.lock_path)):
        lock.release()
    assert not lock.lost


def test_a_signal_handler_may_release_inside_a_release(target: str) -> None:
    lock = FileLock(target)
    lock.acquire()
    with at("release:compared", lock.release):
        lock.release()
    assert beside(target) == []


def test_a_lock_is_neither_copied_nor_pickled(target: str) -> None:
    import copy
    import pickle

    with pytest.raises(TypeError):
        copy.copy(FileLock(target))
    with pytest.raises(TypeError):
        pickle.dumps(FileLock(target))
