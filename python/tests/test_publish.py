from __future__ import annotations

import errno
import json
import os
import stat

import pytest

from openclaw_lock_helpers import (
    FileLock,
    FileLockInvalidOption,
    FileLockIO,
    FileLockTimeout,
    _points,
    _sidecar,
    _sweep,
)
from openclaw_lock_helpers._paths import marker_digits, marker_of
from openclaw_lock_helpers._payload import classify
from support import at, beside, payload, read, write

KEYS = [
    "pid",
    "createdAt",
    "starttime",
    "protocol",
    "token",
    "platform",
    "bootId",
    "pidNamespace",
    "timeNamespace",
    "dev",
    "host",
    "heartbeatMs",
    "helper",
    "purpose",
]


def test_the_lock_is_whole_ordered_and_readable(target: str) -> None:
    with FileLock(target, purpose='say "hi"\n\u202eé') as lock:
        data = read(lock.lock_path)
        keys = json.loads(data)
        assert list(keys) == KEYS
        assert data == (json.dumps(keys, indent=2, ensure_ascii=False) + "\n").encode()
        assert keys["pid"] == os.getpid()
        assert keys["dev"] == str(os.stat(os.path.dirname(target)).st_dev)
        assert keys["purpose"] == 'say "hi"\n\u202eé'
        with open("/proc/self/stat") as file:
            assert keys["starttime"] == int(file.read().rpartition(")")[2].split()[19])
        assert classify(data).pid == os.getpid()
        assert stat.S_IMODE(os.stat(lock.lock_path).st_mode) == 0o444
        assert beside(target) == ["config.json.lock"]
    assert beside(target) == []


def test_the_mode_does_not_depend_on_the_umask(target: str) -> None:
    before = os.umask(0o777)
    try:
        with FileLock(target) as lock:
            assert stat.S_IMODE(os.stat(lock.lock_path).st_mode) == 0o444
    finally:
        os.umask(before)


def test_every_publication_has_its_own_token(target: str) -> None:
    lock, tokens = FileLock(target), set()
    for _ in range(3):
        with lock:
            tokens.add(json.loads(read(lock.lock_path))["token"])
    assert len(tokens) == 3


def test_the_holder_keeps_the_file_open_until_release(target: str) -> None:
    with FileLock(target) as lock:
        found = os.stat(lock.lock_path)
        hold = lock._hold
        assert hold is not None
        assert os.fstat(hold.descriptors[0]).st_ino == found.st_ino
        assert not os.get_inheritable(hold.descriptors[0])
        descriptor = hold.descriptors[0]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_a_lock_that_is_made_meanwhile_is_not_overwritten(target: str) -> None:
    other = b'{"pid": 1}'
    with (
        at("acquire:candidate", lambda: write(target + ".lock", other)) as reached,
        pytest.raises(FileLockTimeout),
    ):
        FileLock(target, timeout=0).acquire()
    assert reached == ["acquire:looked", "acquire:candidate"]
    assert read(target + ".lock") == other
    assert beside(target) == ["config.json.lock"]


def test_a_swept_candidate_is_made_anew(target: str) -> None:
    def sweep() -> None:
        (candidate,) = beside(target)
        os.unlink(os.path.join(os.path.dirname(target), candidate))

    with at("acquire:candidate", sweep) as reached, FileLock(target, timeout=0) as lock:
        assert lock.verify()
        assert reached.count("acquire:candidate") == 2


@pytest.mark.parametrize(
    ("code", "swept"),
    [(errno.EEXIST, False), (errno.ENOENT, True), (errno.EIO, False), (errno.EPERM, False)],
    ids=["EEXIST", "ENOENT", "EIO", "EPERM"],
)
def test_a_link_whose_answer_was_lost_is_ours(
    target: str, monkeypatch: pytest.MonkeyPatch, code: int, swept: bool
) -> None:
    link = os.link

    def lossy(source: str, destination: str) -> None:
        link(source, destination)
        if swept:
            os.unlink(source)
        raise OSError(code, os.strerror(code), destination)

    monkeypatch.setattr(os, "link", lossy)
    with FileLock(target, timeout=0) as lock:
        assert lock.verify()
        assert beside(target) == ["config.json.lock"]


@pytest.mark.parametrize("code", ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV", "EMLINK", "EACCES"])
def test_without_hard_links_the_lock_is_made_in_place(target: str, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    def refuse(*_paths: str) -> None:
        raise OSError(getattr(errno, code), code)

    monkeypatch.setattr(os, "link", refuse)
    with FileLock(target, timeout=0) as lock:
        assert lock.verify()
        assert stat.S_IMODE(os.stat(lock.lock_path).st_mode) == 0o444
        assert beside(target) == ["config.json.lock"]
        with pytest.raises(FileLockTimeout):
            _in_another_context(target)
    assert beside(target) == []


def _in_another_context(target: str) -> None:
    import contextvars

    contextvars.Context().run(FileLock(target, timeout=0).acquire)


def test_another_failure_of_link_leaves_nothing(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_source: str, destination: str) -> None:
        raise OSError(errno.EIO, "Input/output error", destination)

    monkeypatch.setattr(os, "link", fail)
    with pytest.raises(FileLockIO) as caught:
        FileLock(target, timeout=0).acquire()
    assert caught.value.errno == errno.EIO
    assert beside(target) == []


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_a_full_disk_leaves_nothing(target: str, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    writes = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: writes(fd, data[:10]))
    if not links:
        monkeypatch.setattr(os, "link", _refuse_link)
    with FileLock(target, timeout=0) as lock:  # short writes are continued
        assert lock.verify()

    made = iter([10])

    def full(fd: int, data: memoryview) -> int:
        for size in made:
            return writes(fd, data[:size])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(FileLockIO) as caught:
        FileLock(target, timeout=0).acquire()
    assert caught.value.errno == errno.ENOSPC
    assert beside(target) == []


def _refuse_link(*_paths: str) -> None:
    raise OSError(errno.EPERM, "no hard links here")


def test_old_candidates_are_swept_and_nothing_else_is(target: str) -> None:
    folder = os.path.dirname(target)
    old, young = f".openclaw-lock-{'a' * 32}.tmp", f".openclaw-lock-{'b' * 32}.tmp"
    other = f".openclaw-lock-{'A' * 32}.tmp"
    for name, age in ((old, 31), (young, 1), (other, 3600)):
        write(os.path.join(folder, name), b"", age)
    with FileLock(target):
        assert beside(target) == sorted([young, other, "config.json.lock"])
    write(os.path.join(folder, old), b"", 31)
    with FileLock(target):  # at most once a minute
        assert old in beside(target)
    _sweep._swept.clear()
    for name in (young, other):
        os.unlink(os.path.join(folder, name))
    with FileLock(target):
        assert beside(target) == ["config.json.lock"]


def test_old_markers_of_what_is_gone_are_swept(target: str) -> None:
    guard = target + ".lock.reclaim"
    broken, other = payload(pid=os.getpid(), starttime=None), payload()
    write(guard, broken)
    needed, chained = marker_of(target + ".lock", broken), marker_of(target + ".lock", other)
    write(needed, other, 31)
    write(chained, payload(), 31)
    old, young = guard + "." + "0" * 16, guard + "." + "1" * 16
    write(old, payload(), 31)
    write(young, payload(), 1)
    kept = sorted(os.path.basename(path) for path in (guard, needed, chained, young))
    with pytest.raises(FileLockTimeout):
        FileLock(target, timeout=0).acquire()
    assert beside(target) == kept


def test_so_are_those_of_an_intents_guard(target: str) -> None:
    guard = os.path.join(os.path.dirname(target), f".openclaw-refresh-{'a' * 32}.json.reclaim")
    broken = payload()
    write(guard, broken)
    needed = f"{guard}.{marker_digits(broken)}"
    others = [f"{guard}x.{'0' * 16}", f"{guard.replace('aaa', 'xyz')}.{'0' * 16}", f"{guard}.{'0' * 15}"]
    for path in (needed, *others, f"{guard}.{'0' * 16}"):
        write(path, payload(), 31)
    with FileLock(target):
        kept = ["config.json.lock", *(os.path.basename(path) for path in (guard, needed, *others))]
        assert beside(target) == sorted(kept)


def test_a_purpose_that_is_too_long_is_refused_before_anything_is_touched(target: str) -> None:
    FileLock(target, purpose="é" * 128)
    for purpose in ("é" * 129, "\ud800", 5):
        with pytest.raises(FileLockInvalidOption):
            FileLock(target, purpose=purpose)  # type: ignore[arg-type]
    assert beside(target) == []


def test_the_points_of_an_acquire_and_release_are_reached_in_order(target: str) -> None:
    with at("", lambda: None) as reached, FileLock(target):
        pass
    assert reached == ["acquire:looked", "acquire:candidate", "acquire:linked", "release:compared", "release:unlinked"]


def test_a_snapshot_never_opens_what_is_no_regular_file(target: str) -> None:
    os.mkfifo(target + ".lock")
    found = _sidecar.snapshot(target + ".lock")
    assert found is not None
    assert found.kind == "fifo"
    os.unlink(target + ".lock")
    assert _points._hook is None
