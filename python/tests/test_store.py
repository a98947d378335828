"""Reading and replacing a JSON store (spec/store.md)."""

from __future__ import annotations

import asyncio
import copy
import errno
import json
import os
import pickle
import socket
import stat
import threading
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from openclaw_lock_helpers import FileLock, FileLockInvalidOption, FileLockLost, FileLockTimeout, _points
from openclaw_lock_helpers._generated.constants import MAX_STORE_BYTES, STORE_SWEEP_MS
from openclaw_lock_helpers.store import (
    Put,
    Remove,
    StoreChanged,
    StoreError,
    StoreInvalid,
    StoreIO,
    StoreMissing,
    StoreNotLocked,
    StorePermission,
    StoreUnsupported,
    async_update_store,
    read_store,
    replace_store,
    update_store,
)
from openclaw_lock_helpers.store import _snapshot as snapshots
from support import at, beside, read, run, until, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECRET = "s3cr3t-Value-and-Key"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is torn is not looked at again."""
    monkeypatch.setattr(snapshots, "TORN_MS", 0)


@pytest.fixture
def store(target: str) -> Iterator[str]:
    write(target, b'{\n    "a": 1.0,\n    "b": {"x": "\\u00e9", "y": 1E5}\n}\n')
    yield target
    assert [name for name in beside(target) if name.startswith(".openclaw-store-")] == []


# --- reading ---


def test_a_read_takes_no_lock_and_sees_the_whole_file(store: str) -> None:
    with FileLock(store):
        found = read_store(store)
    assert found.value == {"a": 1.0, "b": {"x": "é", "y": 1e5}}
    assert found.data == read(store)
    assert found.identity == snapshots.identity_of(os.stat(store))


def test_a_link_is_followed_by_a_read_and_refused_by_a_replacement(store: str) -> None:
    link = os.path.join(os.path.dirname(store), "link.json")
    os.symlink(store, link)
    assert read_store(link).value["a"] == 1.0
    with pytest.raises(StoreUnsupported) as caught:
        update_store(link, [Put(["a"], 2)])
    assert caught.value.kind == "symlink"
    assert os.path.islink(link)


def test_what_is_not_there_is_missing_and_is_no_json_otherwise(store: str, quick: None) -> None:
    with pytest.raises(StoreMissing) as missing:
        read_store(store + "2")
    assert missing.value.errno == errno.ENOENT
    assert isinstance(missing.value, FileNotFoundError)
    write(store, b'{"a":NaN}')
    with pytest.raises(StoreInvalid) as invalid:
        read_store(store)
    assert invalid.value.kind == "garbage"


def _socket_at(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path)


@pytest.mark.parametrize(
    ("make", "kind"), [(os.mkfifo, "fifo"), (os.mkdir, "directory"), (_socket_at, "socket")], ids=lambda x: str(x)
)
def test_only_a_regular_file_is_read_or_replaced(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, make: Callable[[str], None], kind: str
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's name is short
    make("store")
    for use in (read_store, lambda path: update_store(path, [Put(["a"], 1)])):
        with pytest.raises(StoreUnsupported) as caught:
            use("store")
        assert caught.value.kind == kind
    assert os.listdir(tmp_path) == ["store"]


def test_a_device_is_not_read() -> None:
    with pytest.raises(StoreUnsupported) as caught:
        read_store("/dev/null")
    assert caught.value.kind == "device"


def test_what_is_being_written_in_place_is_looked_at_again(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "TORN_MS", 60_000)
    write(store, b'{"a":')
    looks: list[str] = []

    def finish(path: str) -> Any:
        looks.append(path)
        if len(looks) == 3:
            write(store, b'{"a":7}')
        return original(path)

    original = snapshots._look
    monkeypatch.setattr(snapshots, "_look", finish)
    assert read_store(store).value == {"a": 7}
    assert len(looks) == 3


def test_a_file_that_changes_while_it_is_read_is_read_again(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    original = os.read
    reads: list[bytes] = []

    def tampered(fd: int, count: int) -> bytes:
        data = original(fd, count)
        if not reads:
            with open(store, "ab") as file:
                file.write(b" ")
        reads.append(data)
        return data

    monkeypatch.setattr(os, "read", tampered)
    assert read_store(store).data.endswith(b"}\n ")


def test_no_more_is_read_than_a_store_may_have(store: str) -> None:
    with open(store, "wb") as file:
        file.truncate(MAX_STORE_BYTES + 1)
    with pytest.raises(StoreInvalid) as caught:
        read_store(store)
    assert caught.value.kind == "huge"


# --- replacing ---


def test_an_update_changes_what_it_names_and_nothing_else(store: str) -> None:
    os.chmod(store, 0o640)
    assert update_store(store, lambda value: [Put(["b", "z"], value["a"]), Remove(["nothing"])]) is True
    assert read(store) == b'{\n    "a": 1.0,\n    "b": {"x": "\\u00e9", "y": 1E5, "z": 1}\n}\n'
    assert stat.S_IMODE(os.stat(store).st_mode) == 0o640
    assert beside(store) == []


def test_no_change_makes_no_file(store: str) -> None:
    before = os.stat(store)
    with at("store:written", lambda: None) as reached:
        assert update_store(store, [Remove(["nothing"])]) is False
        assert update_store(store + "2", []) is False
        assert update_store(store + "2", [Remove(["a"]), Remove(["b", "c"])]) is False
    assert not [point for point in reached if point.startswith("store:")]
    assert os.stat(store) == before
    assert beside(store) == []


def test_a_new_store_is_for_its_owner_alone(store: str) -> None:
    old = os.umask(0)
    try:
        assert update_store(store + "2", [Put(["a", "b"], 1)])
    finally:
        os.umask(old)
    assert read(store + "2") == b'{\n  "a": {\n    "b": 1\n  }\n}\n'
    assert (stat.S_IMODE(os.stat(store + "2").st_mode), os.stat(store + "2").st_nlink) == (0o600, 1)


def test_the_temporary_file_is_private_from_its_first_moment(store: str) -> None:
    modes: list[int] = []

    def look() -> None:
        (name,) = [name for name in beside(store) if name.startswith(".openclaw-store-")]
        modes.append(stat.S_IMODE(os.stat(os.path.join(os.path.dirname(store), name)).st_mode))

    os.chmod(store, 0o600)
    with at("store:written", look):
        update_store(store, [Put(["a"], 2)])
    assert modes == [0o600]


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_the_owner_is_kept(store: str) -> None:
    os.chown(store, 1234, 4321)
    update_store(store, [Put(["a"], 2)])
    assert (os.stat(store).st_uid, os.stat(store).st_gid) == (1234, 4321)


def test_where_the_owner_cannot_be_kept_nothing_is_changed(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = os.lstat(store)
    foreign = os.stat_result((*found[:4], found.st_uid + 1, *found[5:10]))
    from openclaw_lock_helpers.store import _replace

    def refuse(fd: int, uid: int, gid: int) -> None:
        raise PermissionError(errno.EPERM, "no")

    monkeypatch.setattr(_replace, "replaceable", lambda path: (foreign, False))
    monkeypatch.setattr(os, "fchown", refuse)
    with pytest.raises(StorePermission) as caught:
        update_store(store, [Put(["a"], 2)])
    assert "mode" in str(caught.value)
    assert read_store(store).value["a"] == 1.0


def test_without_the_stores_own_lock_nothing_is_replaced(store: str) -> None:
    snapshot = read_store(store)
    with FileLock(store + "2") as other:
        for locks in ([], [other], [FileLock(store)]):
            with pytest.raises(StoreNotLocked):
                replace_store(snapshot, [Put(["a"], 2)], locks=locks)
    with FileLock(store) as lock:
        assert replace_store(read_store(store), [Put(["a"], 2)], locks=[lock])


def test_the_lock_is_known_by_its_path_however_the_store_is_named(
    store: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.symlink(os.path.dirname(store), tmp_path / "way")
    monkeypatch.chdir(tmp_path)
    assert update_store(os.path.join("way", os.path.basename(store)), [Put(["a"], 2)])


@pytest.mark.parametrize("point", ["store:written"])
@pytest.mark.parametrize("harm", ["lost lock", "written over", "replaced", "touched"])
def test_what_happens_before_the_rename_is_noticed(store: str, point: str, harm: str) -> None:
    def act() -> None:
        if harm == "lost lock":
            os.unlink(lock.lock_path)
        elif harm == "written over":
            write(store, b'{"a": 5}')
        elif harm == "touched":
            os.utime(store)
        else:
            write(store + ".new", read(store))
            os.rename(store + ".new", store)

    lock = FileLock(store)
    lock.acquire()
    snapshot = read_store(store)
    with at(point, act), pytest.raises(StoreNotLocked if harm == "lost lock" else StoreChanged):
        replace_store(snapshot, [Put(["a"], 2)], locks=[lock])
    assert read_store(store).value["a"] != 2
    if harm == "lost lock":
        with pytest.raises(FileLockLost):
            lock.release()
    else:
        lock.release()


def test_a_new_store_never_replaces_one_that_has_appeared(store: str) -> None:
    new = store + "2"
    for point in ("store:written", "store:verified"):
        with at(point, lambda: write(new, b'{"theirs": 1}')), pytest.raises(StoreChanged):
            update_store(new, [Put(["a"], 1)])
        assert read(new) == b'{"theirs": 1}'
        os.unlink(new)


@pytest.mark.parametrize("call", ["write", "fsync", "fchmod", "rename"])
def test_a_failing_call_leaves_the_store_and_nothing_else(
    store: str, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    before = read(store)
    original = getattr(os, call)

    def fail(*arguments: Any) -> Any:
        raise OSError(errno.ENOSPC, "no space")

    lock = FileLock(store)
    lock.acquire()
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(StoreIO) as caught:
        replace_store(read_store(store), [Put(["a"], 2)], locks=[lock])
    monkeypatch.setattr(os, call, original)
    lock.release()
    assert caught.value.errno == errno.ENOSPC
    assert read(store) == before


def test_a_rename_onto_a_mount_point_says_so(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_paths: object) -> None:
        raise OSError(errno.EBUSY, "busy")

    monkeypatch.setattr(os, "rename", busy)
    with pytest.raises(StoreUnsupported) as caught:
        update_store(store, [Put(["a"], 2)])
    assert caught.value.kind == "mount-point"


def test_that_the_directory_cannot_be_synced_is_no_failure(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    original = os.fsync

    def only_files(fd: int) -> None:
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            raise OSError(errno.EIO, "no")
        original(fd)

    monkeypatch.setattr(os, "fsync", only_files)
    assert update_store(store, [Put(["a"], 2)])


def test_a_second_name_is_refused_unless_a_killed_writer_has_left_it(store: str) -> None:
    folder = os.path.dirname(store)
    os.link(store, os.path.join(folder, f".openclaw-store-{'0' * 32}.tmp"))
    assert update_store(store, [Put(["a"], 2)])
    os.link(store, store + "2")
    with pytest.raises(StoreUnsupported) as caught:
        update_store(store, [Put(["a"], 3)])
    assert caught.value.kind == "hard-link"


def test_old_left_overs_are_swept_and_young_ones_are_not(store: str) -> None:
    old, young = (os.path.join(os.path.dirname(store), f".openclaw-store-{c * 32}.tmp") for c in "ab")
    write(old, b"x", age=STORE_SWEEP_MS / 1000 + 5)
    write(young, b"x", age=STORE_SWEEP_MS / 1000 - 30)
    update_store(store, [Put(["a"], 2)])
    assert not os.path.exists(old)
    assert os.path.exists(young)
    os.unlink(young)


KILLED = """
import os, signal, sys
from openclaw_lock_helpers import _points
from openclaw_lock_helpers.store import Put, update_store
point = sys.argv[2]
_points.arm(lambda reached: os.kill(os.getpid(), signal.SIGKILL) if reached == point else None)
update_store(sys.argv[1], [Put(["a"], 2)])
"""


@pytest.mark.parametrize("point", ["store:written", "store:verified", "store:renamed"])
@pytest.mark.parametrize("new", [False, True])
def test_a_kill_leaves_the_old_store_or_the_new_one(store: str, point: str, new: bool) -> None:
    path = store + "2" if new else store
    with run(KILLED, path, point) as process:
        assert process.wait() == -9
    if point == "store:renamed":
        assert read_store(path).value["a"] == 2
    elif new:
        assert not os.path.exists(path)
    else:
        assert read_store(path).value["a"] == 1.0
    assert update_store(path, [Put(["a"], 3)], timeout=20)  # the dead one's lock and left-overs are in nobody's way
    for name in beside(store):
        if name.startswith(".openclaw-store-"):
            os.unlink(os.path.join(os.path.dirname(store), name))


KILLED_BETWEEN_TWO_NAMES = """
import os, signal, sys
from openclaw_lock_helpers.store import Put, update_store
link = os.link
def link_and_die(source, destination):
    link(source, destination)
    if destination == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)
os.link = link_and_die
update_store(sys.argv[1], [Put(["a"], 2)])
"""


@pytest.mark.parametrize("other", [False, True])
def test_a_new_store_whose_writer_was_killed_between_its_two_names_can_be_replaced(store: str, other: bool) -> None:
    path = store + "2"
    with run(KILLED_BETWEEN_TWO_NAMES, path) as process:
        assert process.wait() == -9
    assert os.stat(path).st_nlink == 2
    if other:
        os.link(path, store + "3")
        with pytest.raises(StoreUnsupported) as caught:
            update_store(path, [Put(["a"], 3)], timeout=20)
        assert caught.value.kind == "hard-link"
        os.unlink(store + "3")
    assert update_store(path, [Put(["a"], 3)], timeout=20)
    assert read_store(path).value == {"a": 3}
    assert beside(store) == [os.path.basename(path)]


def test_readers_never_see_anything_but_a_whole_store(store: str) -> None:
    done = threading.Event()
    seen: set[int] = set()

    def look() -> None:
        while not done.is_set():
            seen.add(read_store(store).value["n"])

    update_store(store, [Put(["n"], 0)])
    reader = threading.Thread(target=look)
    reader.start()
    until(lambda: 0 in seen)
    for n in range(1, 50):
        update_store(store, [Put(["n"], n), Put(["padding"], "x" * 1000 * n)])
    until(lambda: 49 in seen)
    done.set()
    reader.join()


def test_twenty_threads_lose_no_update(store: str) -> None:
    update_store(store, [Put(["n"], 0)])
    threads = [
        threading.Thread(target=update_store, args=(store, lambda value: [Put(["n"], value["n"] + 1)]))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_store(store).value["n"] == 20


def test_the_async_twin_waits_in_the_loop(store: str) -> None:
    async def main() -> None:
        assert await async_update_store(store, lambda value: [Put(["b"], value["a"])])
        other = FileLock(store)
        other.acquire()
        with pytest.raises(FileLockTimeout):
            await async_update_store(store, [], timeout=0.01)
        other.release()

    asyncio.run(main())
    assert read_store(store).value == {"a": 1.0, "b": 1}


# --- edits and errors ---


@pytest.mark.parametrize(
    "edits",
    [[Put([], 1)], [Put("a", 1)], [Put(["a"], float("nan"))], [Put(["a"], {1: 2})], [Put(["a"], b"x")], [Put([1], 1)]],  # type: ignore[list-item]
)
def test_what_json_cannot_say_is_refused(store: str, edits: list[Any]) -> None:
    before = read(store)
    with pytest.raises(FileLockInvalidOption):
        update_store(store, [Put(["ok"], 1), *edits])
    with pytest.raises(FileLockInvalidOption):
        update_store(store, ["x"])  # type: ignore[list-item]
    assert read(store) == before


def test_numbers_beyond_a_double_and_values_within_themselves(store: str) -> None:
    update_store(store, [Put(["big"], 2**64), Put(["pair"], "\ud83d\ude00"), Put(["tuple"], (1, 2.5))])
    assert b'"big": 18446744073709551616' in read(store)
    assert read_store(store).value["pair"] == "😀"
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(StoreInvalid) as caught:
        update_store(store, [Put(["a"], endless)])
    assert caught.value.kind == "deep"
    write(store, b'{"n":' + b"9" * 5000 + b"}")
    assert read_store(store).value["n"] == float("inf")


def _failures(store: str) -> Iterator[Callable[[], object]]:
    def with_content(content: bytes, act: Callable[[], object]) -> Callable[[], object]:
        def failing() -> object:
            write(store, content)
            return act()

        return failing

    secret = json.dumps({SECRET: {SECRET: SECRET}}).encode()
    for content in (secret + b"x", secret[:-2], secret + b"\0", b"\xff" + secret, b"[" + secret + b"]"):
        yield with_content(content, lambda: read_store(store))
    doubled = b'{"%s":1,"%s":2}' % (SECRET.encode(), SECRET.encode())
    yield with_content(doubled, lambda: read_store(store))
    yield with_content(secret, lambda: update_store(store, [Put(["a"], {SECRET: float("nan")})]))
    yield with_content(secret, lambda: update_store(store, [Put(["a"], [SECRET, {1, 2}])]))

    def changed() -> object:
        with at("store:written", lambda: write(store, secret + b"\n")):
            return update_store(store, [Put(["a"], 2)])

    yield with_content(secret, changed)


def test_no_error_says_anything_of_what_is_in_the_store(store: str, quick: None) -> None:
    errors = []
    for fail in _failures(store):
        with pytest.raises((StoreError, FileLockInvalidOption)) as caught:
            fail()
        error = caught.value
        errors.append(error)
        library = traceback.TracebackException.from_exception(error, capture_locals=True)
        ours = [frame for frame in library.stack if "openclaw_lock_helpers" in frame.filename]
        assert ours
        told = [
            "".join(traceback.format_exception(error)),
            repr(error),
            str(vars(error)),
            str(pickle.dumps(error)),
            str([frame.locals for frame in ours]),
        ]
        assert SECRET not in "\n".join(told)
    assert len(errors) == 9


def test_every_error_survives_pickle_and_copy() -> None:
    for cls in (StoreMissing, StoreInvalid, StoreUnsupported, StoreNotLocked, StoreChanged, StorePermission, StoreIO):
        error = cls("text", path="/p", hint="do", kind="k", errno=5)
        for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert type(again) is cls
            assert (str(again), again.path, again.hint, again.kind, again.errno) == ("text", "/p", "do", "k", 5)


def test_a_snapshot_is_not_printed_and_not_pickled(store: str) -> None:
    write(store, json.dumps({"k": SECRET}).encode())
    snapshot = read_store(store)
    assert SECRET not in repr(snapshot)
    with pytest.raises(TypeError):
        pickle.dumps(snapshot)
    assert SECRET not in repr(Put(["a"], SECRET))
    _points.arm(None)
