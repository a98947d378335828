"""The holder's side of spec/witness.md: what is made, what names it, and how long it stays."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import stat
import threading
from typing import TYPE_CHECKING, Any

import pytest

from openclaw_lock_helpers import (
    AsyncFileLock,
    FileLock,
    FileLockInvalidOption,
    FileLockLost,
    FileLockPermission,
    FileLockUnsupported,
    _ask_witness,
    _heartbeat,
    _points,
    _witnesses,
)
from openclaw_lock_helpers._generated.constants import IDLE_WITNESSES
from openclaw_lock_helpers._identity import own_identity
from support import answer, at, beside, payload, read, until, witness_of, witnesses, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_lock_names_a_socket_beside_it_that_listens(target: str) -> None:
    with FileLock(target, witness="always") as lock:
        keys = json.loads(read(lock.lock_path))
        assert list(keys).index("witness") == list(keys).index("heartbeatMs") + 1
        assert beside(target) == [keys["witness"], "config.json.lock"]
        assert _ask_witness.connect(os.path.join(os.path.dirname(target), keys["witness"])) == os.getpid()


async def _async_witness(target: str) -> str:
    async with AsyncFileLock(target, witness="always") as lock:
        return witness_of(lock.lock_path)


def test_both_forms_share_it(target: str) -> None:
    import asyncio

    with FileLock(target + "2", witness="always") as lock:
        assert asyncio.run(_async_witness(target)) == witness_of(lock.lock_path)


@pytest.mark.parametrize(("point", "suffix"), [("witness:listening", ".tmp"), ("witness:named", ".sock")])
def test_it_has_its_name_only_once_it_listens_and_before_anything_names_it(
    target: str, point: str, suffix: str
) -> None:
    folder, seen = os.path.dirname(target), []

    def look() -> None:
        (name,) = beside(target)
        seen.append((os.path.splitext(name)[1], answer(os.path.join(folder, name))))

    with at(point, look) as reached, FileLock(target, witness="always"):
        pass
    assert seen == [(suffix, "answers")]
    assert reached[:4] == ["acquire:looked", "witness:listening", "witness:named", "acquire:candidate"]


def test_any_user_may_connect_whatever_the_umask(target: str) -> None:
    before = os.umask(0o077)
    try:
        with FileLock(target, witness="always") as lock:
            found = os.lstat(os.path.join(os.path.dirname(target), witness_of(lock.lock_path)))
    finally:
        os.umask(before)
    assert stat.S_ISSOCK(found.st_mode)
    assert stat.S_IMODE(found.st_mode) == 0o666


def test_guard_and_marker_name_it_too(target: str) -> None:
    named: list[str] = []
    write(target + ".lock", payload())
    write(target + ".lock.reclaim", payload())

    def marker() -> None:
        (path,) = [n for n in beside(target) if n.startswith("config.json.lock.reclaim.")]
        named.append(witness_of(os.path.join(os.path.dirname(target), path)))

    def guard() -> None:
        named.append(witness_of(target + ".lock.reclaim"))

    def hook(point: str) -> None:
        {"break:marked": marker, "reclaim:guarded": guard}.get(point, lambda: None)()

    _points.arm(hook)
    with FileLock(target, witness="always") as lock:
        assert named == [witness_of(lock.lock_path)] * 2


def test_one_is_used_again_and_given_up_when_its_name_leads_elsewhere(target: str) -> None:
    folder, names = os.path.dirname(target), []

    def take() -> None:
        with FileLock(target, witness="always") as lock:
            names.append(witness_of(lock.lock_path))

    take()
    take()
    os.unlink(os.path.join(folder, names[0]))
    take()
    shutil.copyfile(target, os.path.join(folder, "copy"))
    os.replace(os.path.join(folder, "copy"), os.path.join(folder, names[2]))
    take()
    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert witnesses(folder) == sorted(names[2:])  # what is not our socket is not ours to remove
    os.unlink(os.path.join(folder, names[2]))


def test_it_goes_on_answering_where_its_directory_went(target: str, tmp_path: Path) -> None:
    place, moved = tmp_path / "place", tmp_path / "moved"
    place.mkdir()
    first, second = (FileLock(place / name, witness="always") for name in ("a", "b"))
    first.acquire()
    name = witness_of(first.lock_path)
    place.rename(moved)
    place.mkdir()
    with second:
        assert witness_of(second.lock_path) != name
        assert answer(str(moved / name)) == "answers"
    assert answer(str(moved / name)) == "answers"
    with pytest.raises(FileLockLost):
        first.release()
    assert answer(str(moved / name)) == "refused"


def test_it_stays_as_long_as_anything_names_it_and_the_idle_ones_are_few(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(IDLE_WITNESSES + 4)]
    for folder in folders:
        folder.mkdir()
    locks = [FileLock(folder / "f", witness="always") for folder in folders]
    for lock in locks:
        lock.acquire()
    paths = [os.path.join(os.path.dirname(lock.lock_path), witness_of(lock.lock_path)) for lock in locks]
    assert {answer(path) for path in paths} == {"answers"}
    for lock in locks:
        lock.release()
    assert [os.path.exists(path) for path in paths] == [False] * 4 + [True] * IDLE_WITNESSES
    with locks[4], FileLock(folders[0] / "f", witness="always"), FileLock(folders[1] / "f", witness="always"):
        assert answer(paths[4]) == "answers"
    _witnesses.clean(0)
    assert not [path for path in paths if os.path.exists(path)]


def test_one_that_is_named_is_neither_closed_nor_given_up(target: str) -> None:
    with FileLock(target, witness="always") as lock:
        name = witness_of(lock.lock_path)
        _witnesses.clean(0)
        with FileLock(target + "2", witness="always") as other:
            assert witness_of(other.lock_path) == name
        _witnesses._close(_witnesses._all[name])  # as by somebody who found it idle a moment ago
        assert answer(os.path.join(os.path.dirname(target), name)) == "answers"
        with FileLock(target + "2", witness="always") as other:
            assert witness_of(other.lock_path) != name
    assert name not in beside(target)


def test_threads_share_one(target: str) -> None:
    names: list[str] = []
    together = threading.Barrier(8)

    def work(number: int) -> None:
        lock = FileLock(f"{target}{number}", witness="always")
        together.wait()
        with lock:
            names.append(witness_of(lock.lock_path))
            together.wait()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 8
    assert len(set(names)) == 1


def test_an_idle_one_is_never_closed_once_a_publication_names_it(target: str) -> None:
    """One thread gives idle witnesses up as fast as it can, while another takes and releases."""
    stop = threading.Event()

    def close() -> None:
        while not stop.is_set():
            _witnesses.clean(0)

    thread = threading.Thread(target=close)
    thread.start()
    try:
        for _ in range(200):
            with FileLock(target, witness="always") as lock:
                path = os.path.join(os.path.dirname(target), witness_of(lock.lock_path))
                assert answer(path) == "answers"
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("length", [90, 107, 108, 150, 250])
def test_a_long_path_is_never_cut(tmp_path: Path, length: int) -> None:
    folder = os.path.realpath(tmp_path)
    while len(folder) + 1 + 36 < length:  # the witness's name has 36 bytes
        folder = os.path.join(folder, "d" * min(60, max(1, length - len(folder) - 2 - 36)))
    os.makedirs(folder, exist_ok=True)
    descriptors = len(os.listdir("/proc/self/fd"))
    with FileLock(os.path.join(folder, "f"), witness="always") as lock:
        name = witness_of(lock.lock_path)
        assert sorted(os.listdir(folder)) == [name, "f.lock"]
        assert _ask_witness.connect(os.path.join(folder, name)) == os.getpid()
        assert len(os.listdir("/proc/self/fd")) == descriptors + 2  # lock and witness
    _witnesses.clean(0)
    assert os.listdir(folder) == []


def _fail(code: str) -> Callable[..., Any]:
    def fail(*_arguments: object) -> None:
        raise OSError(getattr(errno, code), os.strerror(getattr(errno, code)))

    return fail


@pytest.mark.parametrize(
    ("call", "code", "refusal"),
    [
        ("bind", "EPERM", FileLockUnsupported),
        ("bind", "EOPNOTSUPP", FileLockUnsupported),
        ("bind", "EACCES", FileLockPermission),
        ("listen", "EOPNOTSUPP", FileLockUnsupported),
    ],
)
def test_where_none_can_be_made_auto_does_without_and_always_is_refused(
    target: str, monkeypatch: pytest.MonkeyPatch, in_a_container: None, call: str, code: str, refusal: type[Exception]
) -> None:
    monkeypatch.setattr(socket.socket, call, _fail(code), raising=False)
    with FileLock(target, timeout=0) as lock:
        assert b"witness" not in read(lock.lock_path)
        assert beside(target) == ["config.json.lock"]
    with pytest.raises(refusal) as caught:
        FileLock(target, timeout=0, witness="always").acquire()
    assert getattr(caught.value, "errno") == getattr(errno, code)  # noqa: B009
    assert beside(target) == []


def test_where_there_is_no_way_to_a_long_path_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_a_container: None
) -> None:
    folder = os.path.join(os.path.realpath(tmp_path), "d" * 100)
    os.mkdir(folder)
    exists = os.path.exists
    monkeypatch.setattr(os.path, "exists", lambda path: path != "/proc/self/fd" and exists(path))
    with FileLock(os.path.join(folder, "f"), timeout=0) as lock:
        assert b"witness" not in read(lock.lock_path)
    with pytest.raises(FileLockUnsupported):
        FileLock(os.path.join(folder, "f"), timeout=0, witness="always").acquire()
    assert os.listdir(folder) == []


def test_one_that_is_swept_while_it_is_made_is_made_anew(target: str) -> None:
    folder = os.path.dirname(target)

    def sweep() -> None:
        (name,) = witnesses(folder)
        os.unlink(os.path.join(folder, name))

    with at("witness:listening", sweep) as reached, FileLock(target, witness="always") as lock:
        assert reached.count("witness:listening") == 2
        assert witnesses(folder) == [witness_of(lock.lock_path)]


@pytest.mark.parametrize(
    ("given", "environment", "container", "made"),
    [
        (None, None, True, True),
        (None, None, False, False),
        (None, "", True, True),
        (None, "auto", False, False),
        (None, "always", False, True),
        (None, "never", True, False),
        ("never", "always", True, False),
        ("always", "never", False, True),
        ("auto", "always", False, False),
        ("auto", "never", True, True),
        ("auto", "no such", True, True),
    ],
)
def test_the_policy_is_the_callers_and_else_the_environments(
    target: str, monkeypatch: pytest.MonkeyPatch, given: Any, environment: str | None, container: bool, made: bool
) -> None:
    namespace = "pid:[4026888888]" if container else "pid:[4026531836]"
    monkeypatch.setattr(own_identity(), "pid_namespace", namespace)
    if environment is None:
        monkeypatch.delenv("OPENCLAW_LOCKS_WITNESS")
    else:
        monkeypatch.setenv("OPENCLAW_LOCKS_WITNESS", environment)
    with FileLock(target, witness=given):
        assert bool(witnesses(os.path.dirname(target))) == made


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPENCLAW_LOCKS_WITNESS", "Always"), ("OPENCLAW_LOCKS_WITNESS", "1"), ("OPENCLAW_LOCKS_TRUST_PIDS", "yes")],
)
def test_a_word_of_the_environment_that_means_nothing_is_refused(
    target: str, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(FileLockInvalidOption, match=name):
        FileLock(target)
    assert beside(target) == []


@pytest.mark.parametrize("arguments", [{"witness": "Auto"}, {"witness": True}, {"trust_pids": 1}, {"trust_pids": "1"}])
def test_a_wrong_argument_is_refused(target: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(FileLockInvalidOption):
        FileLock(target, **arguments)


def test_what_connects_is_let_go_where_the_watch_runs_anyway(target: str) -> None:
    with FileLock(target, witness="always") as lock:
        path = os.path.join(os.path.dirname(target), witness_of(lock.lock_path))
        while not _is_full(path):
            pass
        assert answer(path) == "answers"
        until(lambda: not _is_full(path))
        assert _heartbeat._thread is not None


def _is_full(path: str) -> bool:
    try:
        _ask_witness.connect(path)
    except BlockingIOError:
        return True
    return False


def test_a_lock_that_cannot_be_removed_keeps_its_witness(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = FileLock(target, witness="always")
    lock.acquire()
    unlink = os.unlink
    with monkeypatch.context() as patch:

        def refuse(path: str) -> None:
            if path == lock.lock_path:
                raise OSError(errno.EBUSY, "Device or resource busy", path)
            unlink(path)

        patch.setattr(os, "unlink", refuse)
        with pytest.raises(OSError, match="busy"):
            lock.release()
        _witnesses.clean(0)
    assert answer(os.path.join(os.path.dirname(target), witness_of(lock.lock_path))) == "answers"
    lock.release()
