"""A system call that fails, whichever and however: a typed refusal or none, and afterwards all is as before."""

from __future__ import annotations

import errno
import json
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from openclaw_lock_helpers import (
    FileLock,
    FileLockError,
    FileLockIO,
    _acquire,
    _heartbeat,
    _identity,
    _leftovers,
    _sweep,
    _witnesses,
    inspect_lock,
)
from openclaw_lock_helpers._paths import is_unfinished
from openclaw_lock_helpers._publication import registry
from openclaw_lock_helpers.oauth import Attempt, Refreshed, RefreshError, RefreshNotSaved, refresh_stored
from openclaw_lock_helpers.store import Put, StoreError, update_store
from openclaw_lock_helpers.store import _sweep as store_sweep
from support import beside, payload, read, until, write

if TYPE_CHECKING:
    from collections.abc import Callable

ERRORS = ["ENOSPC", "EIO", "EMFILE", "EACCES", "ESTALE", "EINTR", "EPERM"]
#: What cannot be read is not known to be ours, or known at all.
OTHERS = ("file_lock_timeout", "file_lock_foreign", "store_not_locked", "store_changed")
CALLS = (
    *(
        "open",
        "close",
        "read",
        "write",
        "link",
        "unlink",
        "rmdir",
        "rename",
        "lstat",
        "stat",
        "fstat",
        "fchmod",
        "chmod",
    ),
    *("fsync", "ftruncate", "lseek", "utime", "listdir", "readlink"),
)


class Faults:
    """The nth call fails, before it is made or after it was."""

    def __init__(self, nth: int, number: int, *, late: bool) -> None:
        self.left = nth
        self.number = number
        self.late = late
        self.hit = ""

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def faulty(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left != 0:
                return call(*arguments, **options)
            self.hit = f"{name}{arguments}"
            # A descriptor is gone whatever `close` says.
            if self.late or name == "close":
                found = call(*arguments, **options)
                if name == "open":
                    os_close(found)
            raise OSError(self.number, os.strerror(self.number), next((a for a in arguments if type(a) is str), None))

        return faulty


os_close = os.close


def once(lock: FileLock) -> None:
    with lock:
        pass


def released(lock: FileLock) -> None:
    lock.acquire()
    try:
        lock.release()
    except FileLockError:
        # RELEASE-4: it is held, and can be tried again.
        assert lock.held
        assert os.path.exists(lock.lock_path)
        raise


def stored(lock: FileLock) -> None:
    update_store(lock.target, [Put(["a"], 1)], timeout=0)


def inspected(lock: FileLock) -> None:
    inspect_lock(lock.target)


def told_by(work: Callable[[], None]) -> int | str | None:
    try:
        work()
    except (FileLockError, StoreError) as error:
        return error.errno or error.code
    return None


SCENES: dict[str, tuple[Callable[[FileLock], None], tuple[str, ...], str]] = {
    "with": (once, (), "never"),
    "release": (released, (), "never"),
    "reclaim": (once, (".lock",), "never"),
    "repair": (once, (".lock", ".lock.reclaim"), "never"),
    "witness": (once, (), "auto"),
    "store": (stored, (), "never"),
    "inspect": (inspected, (".lock",), "never"),
}


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any, Any]:
    monkeypatch.setattr(_acquire, "SETTLE_MS", 0)
    return SCENES[request.param]


@pytest.mark.parametrize("late", [False, True], ids=["not made", "made"])
@pytest.mark.parametrize("name", ERRORS)
def test_a_call_that_fails_is_a_typed_refusal_or_none(
    target: str, scene: Any, name: str, late: bool, monkeypatch: pytest.MonkeyPatch, in_a_container: None
) -> None:
    work, left, witness = scene
    dead = {suffix: payload() for suffix in left}
    nth, hit = 1, "first"
    while hit:
        _sweep._swept.clear()
        store_sweep._swept.clear()
        write(target, b'{"a": 0}\n')
        for suffix, data in dead.items():
            write(target + suffix, data)
        lock = FileLock(target, timeout=0, witness=witness)
        faults = Faults(nth, getattr(errno, name), late=late)
        with monkeypatch.context() as patched:
            for call in CALLS:
                patched.setattr(os, call, faults.around(call, getattr(os, call)))
            for call in ("bind", "listen", "close"):
                patched.setattr(socket.socket, call, faults.around(call, getattr(socket.socket, call)))
            told = told_by(lambda: work(lock))  # noqa: B023
        assert told in (None, faults.number, *OTHERS), faults.hit
        hit = faults.hit
        lock.release()
        _leftovers.clean()
        with FileLock(target, timeout=0.5) as again:
            assert again.verify(), hit
        assert read(target) in (b'{"a": 0}\n', b'{"a": 1}\n'), hit
        assert list(registry) == [], hit
        _witnesses.clean(0)
        for file in beside(target):
            path = os.path.join(os.path.dirname(target), file)
            # What is swept by age, since its own unlink has failed.
            assert is_unfinished(file) or file.endswith((".sock", ".tmp")), (file, hit)
            os.unlink(path)
        nth += 1
    assert nth > 5


@pytest.mark.parametrize("most", [1, 100])
def test_a_short_write_is_continued(target: str, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    written = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: written(fd, data[:most]))
    with FileLock(target) as lock:
        assert lock.verify()
        assert json.loads(read(lock.lock_path))["pid"] == os.getpid()
    assert update_store(target, [Put(["a"], "b" * 1000)])
    assert json.loads(read(target)) == {"a": "b" * 1000}


def test_a_write_of_nothing_is_an_error(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", lambda _fd, _data: 0)
    with pytest.raises(FileLockIO) as caught:
        FileLock(target).acquire()
    assert caught.value.errno == errno.EIO
    assert beside(target) == []


@pytest.mark.parametrize("wanting", ["/proc/self/ns/time", "/proc/self/ns/pid"])
def test_half_an_identity_is_not_published(target: str, monkeypatch: pytest.MonkeyPatch, wanting: str) -> None:
    faults = Faults(1, errno.ENOMEM, late=False)
    reads = os.readlink

    def read_link(path: str, **options: Any) -> str:
        return str(faults.around("readlink", reads)(path, **options) if path == wanting else reads(path, **options))

    monkeypatch.setattr(_identity, "_own", None)
    monkeypatch.setattr(os, "readlink", read_link)
    with pytest.raises(FileLockIO) as caught:
        FileLock(target).acquire()
    assert caught.value.errno == errno.ENOMEM
    with FileLock(target) as lock:
        assert b"timeNamespace" in read(lock.lock_path)


def test_a_touch_that_has_failed_is_tried_again(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failed: list[int] = []
    touch = os.utime

    def fail_once(fd: int, **options: Any) -> None:
        if isinstance(fd, int) and not failed:
            failed.append(fd)
            raise OSError(errno.EIO, "")
        touch(fd, **options)

    monkeypatch.setattr(os, "utime", fail_once)
    monkeypatch.setattr(_heartbeat, "_LOOK_SECONDS", 0.01)
    with FileLock(target, stale=3) as lock:
        made = os.stat(lock.lock_path).st_mtime_ns
        hold = lock._hold
        assert hold is not None
        hold.touched -= 1000
        _heartbeat.ensure(0)
        until(lambda: os.stat(lock.lock_path).st_mtime_ns > made, 5)
    assert failed


def test_an_inode_number_that_changes_keeps_nobody_waiting(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write(target + ".lock", payload())
    drift = iter(range(1 << 40, 1 << 50))
    status = os.fstat

    def drifting(fd: int) -> os.stat_result:
        found = status(fd)
        return os.stat_result((found.st_mode, next(drift), *found[2:]), found_times(found))

    monkeypatch.setattr(os, "fstat", drifting)
    with FileLock(target, timeout=0) as lock:
        assert lock.verify()
    assert beside(target) == []


def found_times(found: os.stat_result) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("st_mtime_ns", "st_atime_ns", "st_ctime_ns")}


@pytest.mark.parametrize("late", [False, True], ids=["not made", "made"])
@pytest.mark.parametrize("name", ["EIO", "EACCES"])
def test_a_refresh_sends_no_token_twice_and_loses_none(
    target: str, name: str, late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def refresh(attempt: Attempt) -> dict[str, Any]:
        sent.append(attempt.refresh_token)
        return {"access_token": f"new {len(sent)}", "refresh_token": f"next {len(sent)}", "expires_in": 3600}

    def go() -> Refreshed:
        return refresh_stored(target, ["login"], refresh, timeout=1)

    nth, hit = 1, "first"
    while hit:
        token = f"r {nth}"
        write(target, json.dumps({"login": {"access": "a", "refresh": token, "expires": 1}}).encode())
        faults = Faults(nth, getattr(errno, name), late=late)
        outcome: BaseException | None = None
        with monkeypatch.context() as patched:
            for call in CALLS:
                patched.setattr(os, call, faults.around(call, getattr(os, call)))
            try:
                go()
            except (RefreshError, StoreError, FileLockError) as error:
                outcome = error
        hit = faults.hit
        if isinstance(outcome, RefreshNotSaved):
            outcome.retry_save()
        elif outcome is not None:
            assert token not in sent, (hit, outcome)
        assert go().access == f"new {len(sent)}", hit
        assert sent.count(token) == 1, hit
        _leftovers.clean()
        for file in beside(target):
            assert is_unfinished(file) or file.endswith(".tmp"), (file, hit)
            os.unlink(os.path.join(os.path.dirname(target), file))
        nth += 1
    assert nth > 50


def test_a_guard_that_could_not_be_dropped_is_tried_again_while_we_wait_for_it(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(target + ".lock", payload())
    failures: list[str] = []
    unlink = os.unlink

    def fail_thrice(path: str) -> None:
        if path.endswith(".reclaim") and len(failures) < 3:
            failures.append(path)
            raise OSError(errno.EIO, "", path)
        unlink(path)

    monkeypatch.setattr(_heartbeat, "ensure", lambda _seconds: None)
    monkeypatch.setattr(_acquire, "_CLEAN_SECONDS", 0.05)
    monkeypatch.setattr(os, "unlink", fail_thrice)
    with pytest.raises(FileLockIO):
        FileLock(target).acquire()
    assert beside(target) == ["config.json.lock.reclaim"]
    with FileLock(target, timeout=20):
        assert beside(target) == ["config.json.lock"]


def test_a_guard_that_could_not_be_dropped_is_tried_again_without_another_acquire(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(target + ".lock", payload())
    failures: list[str] = []
    unlink = os.unlink

    def fail_twice(path: str) -> None:
        if path.endswith(".reclaim") and len(failures) < 2:
            failures.append(path)
            raise OSError(errno.EIO, "", path)
        unlink(path)

    monkeypatch.setattr(os, "unlink", fail_twice)
    with pytest.raises(FileLockIO):
        FileLock(target).acquire()
    until(lambda: beside(target) == [])


def test_a_release_that_has_failed_keeps_its_lock_from_whoever_cleans_up(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = os.read

    def fail(fd: int, size: int) -> bytes:
        if threading.current_thread() is threading.main_thread():
            raise OSError(errno.ENOSPC, "")
        return reads(fd, size)

    lock = FileLock(target)
    for _ in range(20):
        lock.acquire()
        with monkeypatch.context() as patched:
            patched.setattr(os, "read", fail)
            cleaner = threading.Thread(target=_leftovers.clean)
            cleaner.start()
            told = told_by(lock.release)
            cleaner.join()
        assert os.path.exists(lock.lock_path) == (told is not None)
        lock.release()
