from __future__ import annotations

import contextlib
import dataclasses
import errno
import fcntl
import json
import os
import pickle
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from openclaw_lock_helpers import (
    FileLock,
    FileLockForeign,
    FileLockPermission,
    FileLockStale,
    FileLockTimeout,
    KernelLock,
    inspect_lock,
)
from openclaw_lock_helpers._generated.foreign import FOREIGN_ENTRIES
from openclaw_lock_helpers._system import System
from support import beside, expect, holder, needs_the_first_namespace, payload, read, run, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
        (os.mkdir, "proper-lockfile"),
        (lambda path: os.makedirs(path + "/precious"), "directory"),
        (os.mkfifo, "fifo"),
        (bind, "socket"),
        (lambda path: os.symlink("nowhere", path), "symlink"),
        (lambda path: os.symlink("/dev/zero", path), "symlink"),
        (lambda path: write(path, b" " * 65_537), "oversized"),
    ],
    ids=["directory", "directory with something in it", "fifo", "socket", "dangling link", "link", "oversized"],
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
        (b"4711\nhost\n", "filelock-soft"),
        (b"4711\nhost\n1234567890\n", "filelock-soft"),
        (b"filelock/2\npid=1\n", "filelock-lease"),
        (b"1\nfilelock-strict-v1\0\n0\n", "filelock-strict"),
        (b"DIRC\0\0\0\2", "git"),
        (b'{\n  "pid": 47', "openclaw-torn"),
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
    assert (state.verdict, state.reason, state.kind) == ("foreign", "empty-kernel-locked", "flock")
    os.unlink(target + ".lock")


@needs_the_first_namespace
def test_a_foreign_lock_is_told_in_the_words_of_the_table_with_whoever_is_known(target: str) -> None:
    write(target + ".lock", f"{os.getpid()}\n".encode(), age=3)
    with pytest.raises(FileLockForeign) as caught:
        FileLock(target, timeout=0).acquire()
    entry = next(entry for entry in FOREIGN_ENTRIES if entry.kind == "pid-file")
    command = read("/proc/self/comm").decode().strip()
    assert f"{target}.lock is {entry.what}, which names pid {os.getpid()} ({command}), " in str(caught.value)
    assert str(caught.value).endswith(f"; {entry.remedy}, then: rm -- {target}.lock")
    assert caught.value.holder is not None
    assert (caught.value.holder.pid, caught.value.holder.command) == (os.getpid(), command)


def test_nobody_is_named_who_may_be_of_another_namespace(target: str, in_a_container: None) -> None:
    write(target + ".lock", f"{os.getpid()}\n".encode(), age=3)
    for trusted, command in ((False, None), (True, read("/proc/self/comm").decode().strip())):
        holder = inspect_lock(target, trust_pids=trusted).holder
        assert holder is not None
        assert (holder.pid, holder.command) == (os.getpid(), command)


@contextlib.contextmanager
def locked(path: str, how: str, access: str = "WRITE") -> Iterator[KernelLock]:
    """Another process has ``path`` locked in the kernel."""
    with run(LOCKED, path, how, access) as process:
        expect(process, "locked")
        command = read(f"/proc/{process.pid}/comm").decode().strip()
        yield KernelLock("", how, access, process.pid, command)
        process.kill()


LOCKED = """
import fcntl, struct, sys
path, how, access = sys.argv[1:]
file = open(path, "r+")
if how == "flock":
    fcntl.flock(file, fcntl.LOCK_EX if access == "WRITE" else fcntl.LOCK_SH)
elif how == "fcntl":
    fcntl.lockf(file, fcntl.LOCK_EX if access == "WRITE" else fcntl.LOCK_SH)
elif how == "ofd":
    kind = fcntl.F_WRLCK if access == "WRITE" else fcntl.F_RDLCK
    fcntl.fcntl(file, 37, struct.pack("hhqqi", kind, 0, 0, 0, 0))
print("locked", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("how", ["flock", "fcntl", "ofd"])
@pytest.mark.parametrize("access", ["READ", "WRITE"])
def test_who_has_locked_the_target_is_told_and_no_obstacle(target: str, how: str, access: str) -> None:
    with locked(target, how, access) as them:
        due = (dataclasses.replace(them, on="target"),)
        assert inspect_lock(target).kernel_locks == due
        with FileLock(target), ThreadPoolExecutor() as pool, pytest.raises(FileLockTimeout) as caught:
            pool.submit(FileLock(target, timeout=0).acquire).result()
        assert caught.value.kernel_locks == due
        assert f"; {target} is locked with {how} by pid {them.pid} ({them.command}); " in str(caught.value)
        assert pickle.loads(pickle.dumps(caught.value)).kernel_locks == due


def test_of_two_who_have_the_file_open_neither_is_named(target: str) -> None:
    with locked(target, "ofd"), open(target):
        assert [lock.pid for lock in inspect_lock(target).kernel_locks] == [None]


def test_who_holds_on_for_a_program_that_has_ended_is_named(target: str) -> None:
    with open(target) as file:
        subprocess.run(["flock", str(file.fileno())], pass_fds=[file.fileno()], check=True)
        assert [lock.pid for lock in inspect_lock(target).kernel_locks] == [os.getpid()]


def test_of_a_shell_script_the_shell_is_named(target: str) -> None:
    script = 'exec 9>>"$1"; flock 9; echo locked; read -r _'
    with subprocess.Popen(["sh", "-c", script, "sh", target], stdin=-1, stdout=-1, text=True) as shell:
        expect(shell, "locked")
        assert inspect_lock(target).kernel_locks == (KernelLock("target", "flock", "WRITE", shell.pid, "sh"),)
        shell.kill()


def test_locks_on_the_lock_come_first(target: str) -> None:
    write(target + ".lock", payload())
    with locked(target, "flock"), locked(target + ".lock", "flock") as other:
        with pytest.raises(FileLockStale) as caught:
            FileLock(target, timeout=0, reclaim=False).acquire()
        assert [lock.on for lock in caught.value.kernel_locks] == ["lock", "target"]
        assert f"{target}.lock is locked with flock by pid {other.pid} " in str(caught.value)


def test_locks_that_cannot_be_read_are_none(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(System, "read", lambda *_: (_ for _ in ()).throw(OSError(errno.EMFILE, "full")))
    with locked(target, "flock"):
        assert inspect_lock(target).kernel_locks == ()


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
