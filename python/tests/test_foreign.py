from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from typing import TYPE_CHECKING

import pytest

from openclaw_lock_helpers import FileLock, FileLockForeign, FileLockPermission, FileLockTimeout, inspect_lock
from support import beside, holder, payload, read, write

if TYPE_CHECKING:
    from collections.abc import Callable


def bind(path: str) -> None:
    made = socket.socket(socket.AF_UNIX)
    before = os.getcwd()
    os.chdir(os.path.dirname(path))
    try:
        made.bind(os.path.basename(path))
    finally:
        os.chdir(before)
        made.close()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (os.mkdir, "directory"),
        (os.mkfifo, "fifo"),
        (bind, "socket"),
        (lambda path: os.symlink("nowhere", path), "symlink"),
        (lambda path: os.symlink("/dev/zero", path), "symlink"),
        (lambda path: write(path, b" " * 65_537), "oversized"),
    ],
    ids=["directory", "fifo", "socket", "dangling link", "link", "oversized"],
)
def test_what_cannot_be_a_lock_is_refused_at_once(target: str, make: Callable[[str], None], kind: str) -> None:
    make(target + ".lock")
    with pytest.raises(FileLockForeign) as caught:
        FileLock(target, timeout=600, foreign_timeout=600).acquire()
    assert caught.value.kind == kind
    assert beside(target) == ["config.json.lock"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"no lock", "garbage"),
        (b"\xff\xfe", "garbage"),
        (b"4711", "pid-file"),
        (b"4711\n", "pid-file"),
        (b"4711\nhost\n", "py-filelock-soft"),
        (b"4711\nhost\n1234567890\n", "py-filelock-soft"),
        (b"filelock/2\npid=1\n", "py-filelock-marker"),
        (b"1\nfilelock-strict-v1\0\n0\n", "py-filelock-marker"),
        (b"DIRC\0\0\0\2", "git"),
        (b"pid 4711\n", "git"),
        (b'{"pID":4711,"lockTime":1}', "cross-process-lock"),
        (b'{"a":1}', "json-without-owner"),
        (b'{"pid":"4711"}', "json-without-owner"),
        (b'[{"pID":4711}]', "garbage"),
    ],
    ids=repr,
)
def test_a_foreign_lock_is_named_after_a_bounded_wait(target: str, data: bytes, kind: str) -> None:
    write(target + ".lock", data, age=3)
    begun = time.monotonic()
    with pytest.raises(FileLockForeign) as caught:
        FileLock(target, timeout=600, foreign_timeout=0.02).acquire()
    assert caught.value.kind == kind
    assert caught.value.waited >= 0.02
    assert time.monotonic() - begun < 300
    with pytest.raises(FileLockForeign):
        FileLock(target, timeout=0, foreign_timeout=600).acquire()
    assert read(target + ".lock") == data


def test_an_empty_file_with_a_kernel_lock_is_named_so(target: str) -> None:
    with open(target + ".lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.utime(target + ".lock", (0, 0))
        state = inspect_lock(target)
    assert (state.verdict, state.reason) == ("foreign", "empty-kernel-locked")
    os.unlink(target + ".lock")


def test_an_old_empty_file_that_somebody_has_open_is_left(target: str) -> None:
    with open(target + ".lock", "w"):
        os.utime(target + ".lock", (0, 0))
        with pytest.raises(FileLockForeign) as caught:
            FileLock(target, timeout=0).acquire()
    assert caught.value.kind == "empty"
    os.unlink(target + ".lock")


def test_a_lock_that_is_being_written_is_waited_for(target: str) -> None:
    write(target + ".lock", b'{"pid":')
    with pytest.raises(FileLockTimeout) as caught:
        FileLock(target, timeout=0, foreign_timeout=0).acquire()
    assert caught.value.holder is not None
    assert caught.value.holder.verdict == "being-written"
    os.unlink(target + ".lock")


def test_a_foreign_lock_that_goes_away_is_no_obstacle(target: str) -> None:
    write(target + ".lock", b"4711", age=3)
    with FileLock(target, foreign_timeout=60, on_wait=lambda *_: os.unlink(target + ".lock")) as lock:
        assert lock.verify()


def test_a_lock_that_cannot_be_read_is_reported_with_owner_and_mode(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = target + ".lock"
    write(path, payload())
    os.chmod(path, 0o600)
    opened = os.open

    def refuse(name: str, *arguments: int) -> int:
        if name == path:
            raise PermissionError(13, "Permission denied", name)
        return opened(name, *arguments)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(FileLockPermission) as caught:
        FileLock(target, timeout=600).acquire()
    assert isinstance(caught.value, PermissionError)
    assert (caught.value.errno, caught.value.path) == (13, path)
    assert f"owner uid {os.stat(path).st_uid}, mode 0600" in str(caught.value)


def test_a_directory_that_cannot_be_written_is_named(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = os.path.dirname(target)
    opened = os.open

    def refuse(name: str, flags: int, *arguments: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(30, "Read-only file system", name)
        return opened(name, flags, *arguments)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(FileLockPermission) as caught:
        FileLock(target, timeout=600).acquire()
    assert caught.value.path == folder


def test_inspection_changes_nothing_and_says_what_is_there(target: str) -> None:
    state = inspect_lock(target)
    assert (state.verdict, state.holder, state.lock_path) == ("free", None, target + ".lock")
    write(target + ".lock", payload())
    state = inspect_lock(target)
    assert (state.verdict, state.reason, state.conclusive) == ("stale", "process-gone", True)
    assert beside(target) == ["config.json.lock"]
    os.unlink(target + ".lock")
    with holder(target) as other:
        state = inspect_lock(target)
        assert (state.verdict, state.reason, state.conclusive) == ("held", "descriptor-open", True)
        assert state.holder is not None
        assert state.holder.pid == other.pid
        assert state.holder.age is not None
        assert 0 <= state.holder.age < 3600
    os.unlink(target + ".lock")


def test_a_recycled_pid_does_not_lend_its_name(target: str) -> None:
    keys = json.loads(payload(pid=os.getpid()))
    write(target + ".lock", json.dumps(keys).encode())
    state = inspect_lock(target)
    assert state.reason == "start-time-differs"
    assert state.holder is not None
    assert (state.holder.pid, state.holder.command) == (os.getpid(), None)
