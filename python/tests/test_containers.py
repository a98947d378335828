"""The contender's side: what a witness, silence and the caller's word say of a lock from elsewhere."""

from __future__ import annotations

import errno
import os
import shlex
import socket
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from openclaw_lock_helpers import (
    FileLock,
    FileLockIO,
    FileLockTimeout,
    _ask_witness,
    _clock,
    _heartbeat,
    _judge,
    _sidecar,
    _sweep,
    _watch,
    inspect_lock,
)
from openclaw_lock_helpers._clock import AgeClock
from openclaw_lock_helpers._identity import own_identity
from openclaw_lock_helpers._proc import usable
from openclaw_lock_helpers._publication import registry
from openclaw_lock_helpers._system import REAL, System
from openclaw_lock_helpers._verdict import Policy
from support import ELSEWHERE, answer, beside, dead_witness, listening, neighbour, payload, witness_of, write

if TYPE_CHECKING:
    from collections.abc import Callable

DIGITS = "0123456789abcdef"


def test_a_neighbour_whose_witness_answers_keeps_its_lock(target: str) -> None:
    with listening(os.path.dirname(target), DIGITS) as name:
        write(target + ".lock", neighbour(target, witness=name), 3600)
        with pytest.raises(FileLockTimeout) as caught:
            FileLock(target, timeout=0, trust_pids=True).acquire()
        assert caught.value.holder is not None
        assert caught.value.holder.reason == "witness-answers"
        os.unlink(target + ".lock")


def test_a_neighbour_whose_witness_refuses_is_dead_even_with_no_time(target: str) -> None:
    name = dead_witness(os.path.dirname(target), DIGITS)
    write(target + ".lock", neighbour(target, witness=name))
    assert inspect_lock(target).reason == "witness-refused"
    with FileLock(target, timeout=0) as lock:
        assert lock.verify()
    os.unlink(os.path.join(os.path.dirname(target), name))


@pytest.mark.usefixtures("in_a_container")
@pytest.mark.parametrize("changes", [{"dev": "7"}, {"dev": None}, {"bootId": "another"}, {"bootId": None}])
def test_a_refusal_counts_only_on_the_same_kernel_and_mount(target: str, changes: dict[str, Any]) -> None:
    name = dead_witness(os.path.dirname(target), DIGITS)
    write(target + ".lock", neighbour(target, witness=name, **changes))
    assert inspect_lock(target).reason == "other-domain"
    os.unlink(os.path.join(os.path.dirname(target), name))


def test_a_guard_of_a_dead_neighbour_is_broken_and_that_of_a_living_one_is_not(target: str) -> None:
    folder, guard = os.path.dirname(target), target + ".lock.reclaim"
    with listening(folder, DIGITS) as name:
        write(guard, neighbour(target, witness=name), 3600)
        with pytest.raises(FileLockTimeout):
            FileLock(target, timeout=0).acquire()
    dead = dead_witness(folder, "f" * 16)
    write(guard, neighbour(target, witness=dead))
    with FileLock(target, timeout=0):
        assert beside(target) == [dead, "config.json.lock"]
    os.unlink(os.path.join(folder, dead))


def _nothing(_path: str) -> None:
    return


def _regular(path: str) -> None:
    write(path, b"")


def _link_to_a_living_one(path: str) -> None:
    os.symlink("living.sock", path)


@pytest.mark.parametrize(
    "make", [_nothing, _regular, os.mkdir, os.mkfifo, _link_to_a_living_one], ids=lambda f: f.__name__
)
def test_what_is_no_socket_tells_nothing(target: str, make: Callable[[str], None]) -> None:
    folder = os.path.dirname(target)
    path = os.path.join(folder, f".openclaw-lock-{DIGITS}.sock")
    with socket.socket(socket.AF_UNIX) as living:
        living.bind(os.path.join(folder, "living.sock"))
        living.listen()
        make(path)
        assert answer(path) == "unknown"
    for name in beside(target):
        (os.rmdir if os.path.isdir(os.path.join(folder, name)) else os.unlink)(os.path.join(folder, name))


def test_a_full_backlog_answers_and_a_closed_one_refuses(target: str) -> None:
    path = os.path.join(os.path.dirname(target), f".openclaw-lock-{DIGITS}.sock")
    with socket.socket(socket.AF_UNIX) as living:
        living.bind(path)
        assert answer(path) == "refused"  # bound, and not yet listening
        living.listen(0)
        answers = {answer(path) for _ in range(5)}
        assert answers == {"answers"}
        with pytest.raises(BlockingIOError):
            _ask_witness.connect(path)
    assert answer(path) == "refused"
    os.unlink(path)
    assert answer(path) == "unknown"


class Counter:
    """Counts the connections that a contender makes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        monkeypatch.setattr(_judge, "connect", self)

    def __call__(self, path: str) -> int:
        self.asked += 1
        return _ask_witness.connect(path)


def test_a_refusal_stands_for_the_bytes_of_its_lock(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_judge, "_ASK_SECONDS", 0)
    counter, folder = Counter(monkeypatch), os.path.dirname(target)
    names = [dead_witness(folder, digits * 16) for digits in "ab"]
    judge, path = _judge.Judge(Policy(30_000), AgeClock(target + ".lock")), target + ".lock"
    for asked, name in enumerate(names, 1):
        write(path, neighbour(target, witness=name))
        for look in (judge.look, judge.look, judge.afresh):
            judged = look(path)
            assert judged is not None
            assert judged.verdict.reason == "witness-refused"
        assert counter.asked == asked
    for name in (*names, "config.json.lock"):
        os.unlink(os.path.join(folder, name))


def test_what_is_not_final_is_asked_again_now_and_then_and_before_it_is_acted_upon(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_judge, "_MAX_REUSE_SECONDS", 0)
    counter, path = Counter(monkeypatch), target + ".lock"
    judge = _judge.Judge(Policy(30_000), AgeClock(path))
    with listening(os.path.dirname(target), DIGITS) as name:
        write(path, neighbour(target, witness=name))
        monkeypatch.setattr(_judge, "_ASK_SECONDS", 1e9)
        for look, asked in ((judge.look, 1), (judge.look, 1), (judge.afresh, 2)):
            look(path)
            assert counter.asked == asked
        monkeypatch.setattr(_judge, "_ASK_SECONDS", 0)
        judge.look(path)
        assert counter.asked == 3
    os.unlink(path)


@pytest.mark.usefixtures("in_a_container")
def test_a_waiter_takes_over_when_the_witness_falls_silent(target: str) -> None:
    folder = os.path.dirname(target)
    path = os.path.join(folder, f".openclaw-lock-{DIGITS}.sock")
    with socket.socket(socket.AF_UNIX) as living:
        living.bind(path)
        living.listen()
        write(target + ".lock", neighbour(target, witness=os.path.basename(path)))
        with FileLock(target, timeout=60, on_wait=lambda _holder, _waited: living.close()) as lock:
            assert lock.verify()
    os.unlink(path)


# --- silence ---


class Time:
    """A monotonic clock that is moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.monotonic()
        monkeypatch.setattr(_clock, "time", SimpleNamespace(monotonic=lambda: self.now, time=time.time))


class Watcher:
    """Looks at a lock, at moments that a test decides."""

    def __init__(self, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path, self.clock, self.at = path, AgeClock(path), Time(monkeypatch)
        self.wall = 0.0
        modified = _sidecar.modified_ns
        monkeypatch.setattr(_sidecar, "modified_ns", lambda probe: modified(probe) + int(self.wall * 1e9))

    def look(self, seconds: float) -> float:
        """Silence in ms, at a look so long after the one before by both clocks."""
        self.at.now += seconds
        self.wall += seconds
        found = _sidecar.snapshot(self.path)
        assert found is not None
        self.clock.saw(self.path, found)
        return self.clock.silent_ms(self.path, found)


def test_a_lock_is_silent_when_it_was_watched_for_two_seconds(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = target + ".lock"
    write(path, payload(), 40)
    watcher = Watcher(path, monkeypatch)
    assert watcher.look(0) == 0
    for _ in range(80):  # the first look is no watching yet
        assert watcher.look(0.030) == 0
    assert 40_000 <= watcher.look(0.030) < 41_000  # as it was when the two seconds began
    os.utime(path)
    assert watcher.look(0.030) == 0
    os.unlink(path)


@pytest.mark.parametrize("monotonic_sleeps", [True, False])
def test_a_sleep_in_the_middle_of_a_watch_begins_it_anew(
    target: str, monkeypatch: pytest.MonkeyPatch, monotonic_sleeps: bool
) -> None:
    """A holder that slept with the machine beats within a second of waking."""
    path = target + ".lock"
    write(path, payload(), 10)
    watcher = Watcher(path, monkeypatch)
    for _ in range(100):
        watcher.look(0.030)
    assert 10_000 <= watcher.look(0.030) < 30_000  # watched, and a beat is due
    watcher.wall += 3600
    if not monotonic_sleeps:
        watcher.at.now += 3600
    silences = [watcher.look(0.030) for _ in range(60)]
    assert max(silences) < 30_000
    assert max(watcher.look(0.030) for _ in range(100)) >= 3_600_000
    os.unlink(path)


@pytest.fixture
def short_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_watch, "SILENCE_WATCH_MS", 50)
    monkeypatch.setattr(_watch, "_REMEMBER_EVERY_MS", 0)


@pytest.mark.usefixtures("in_a_container", "short_watch")
@pytest.mark.parametrize(
    ("changes", "age", "taken"),
    [
        ({"bootId": None, "pidNamespace": None}, 31, True),
        ({"bootId": None, "pidNamespace": None}, 29, False),
        ({"bootId": "another"}, 31, True),
        ({"bootId": "another", "heartbeatMs": 60_000}, 179, False),
        ({"bootId": "another", "heartbeatMs": 60_000}, 181, True),
        ({}, 3600, False),
    ],
    ids=["openclaw", "openclaw, young", "another boot", "two beats missed", "three beats missed", "may be stopped"],
)
def test_silence_tells_only_where_nothing_better_could(
    target: str, changes: dict[str, Any], age: float, taken: bool
) -> None:
    write(target + ".lock", neighbour(target, **{"pid": None, "pidNamespace": ELSEWHERE, **changes}), age)
    lock = FileLock(target, timeout=60 if taken else 0.3, witness="never")
    if taken:
        with lock:
            pass
        write(target + ".lock", neighbour(target, **{"pid": None, "pidNamespace": ELSEWHERE, **changes}), age)
        with pytest.raises(FileLockTimeout):  # nobody has watched it yet
            FileLock(target, timeout=0, witness="never").acquire()
    else:
        with pytest.raises(FileLockTimeout):
            lock.acquire()
    os.unlink(target + ".lock")


@pytest.mark.usefixtures("in_a_container", "short_watch")
def test_a_guard_is_not_broken_for_silence(target: str) -> None:
    write(target + ".lock.reclaim", neighbour(target, bootId="another"), 3600)
    with pytest.raises(FileLockTimeout) as caught:
        FileLock(target, timeout=0.2, witness="never").acquire()
    assert f"rm -- {target}.lock.reclaim" in caught.value.hint
    os.unlink(target + ".lock.reclaim")


# --- the caller's word ---


@pytest.mark.usefixtures("in_a_container")
@pytest.mark.parametrize("suffix", [".lock", ".lock.reclaim"])
def test_the_word_that_nobody_else_is_there_is_taken(target: str, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    write(target + suffix, neighbour(target))
    for trust in (None, False):
        with pytest.raises(FileLockTimeout):
            FileLock(target, timeout=0, witness="never", trust_pids=trust).acquire()
    with FileLock(target, timeout=0, witness="never", trust_pids=True):
        pass
    write(target + suffix, neighbour(target))
    monkeypatch.setenv("OPENCLAW_LOCKS_TRUST_PIDS", "1")
    with pytest.raises(FileLockTimeout):  # the caller's own word comes first
        FileLock(target, timeout=0, witness="never", trust_pids=False).acquire()
    with FileLock(target, timeout=0, witness="never"):
        pass
    assert beside(target) == []


@pytest.mark.usefixtures("in_a_container")
def test_an_inspection_takes_it_too(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write(target + ".lock", neighbour(target))
    assert inspect_lock(target).reason == "other-domain"
    assert inspect_lock(target, trust_pids=True).reason == "pids-trusted"
    monkeypatch.setenv("OPENCLAW_LOCKS_TRUST_PIDS", "1")
    assert inspect_lock(target).reason == "pids-trusted"
    assert inspect_lock(target, trust_pids=False).reason == "other-domain"
    os.unlink(target + ".lock")


@pytest.mark.usefixtures("in_a_container")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [({}, "other-domain"), ({"pid": None, "bootId": None, "pidNamespace": None}, "looks-dead-unproven")],
)
def test_a_wait_at_what_nobody_can_judge_ends_with_the_switch_and_the_command(
    target: str, changes: dict[str, Any], reason: str
) -> None:
    odd = target + " it's"
    write(odd + ".lock", neighbour(target, **changes))
    with pytest.raises(FileLockTimeout) as caught:
        FileLock(odd, timeout=0, witness="never").acquire()
    error = caught.value
    assert error.holder is not None
    assert error.holder.reason == reason
    assert "OPENCLAW_LOCKS_TRUST_PIDS=1" in error.hint
    assert f"rm -- {shlex.quote(odd + '.lock')}" in error.hint
    assert error.hint in str(error)
    os.unlink(odd + ".lock")


# --- what is left ---


def test_witnesses_of_the_dead_are_swept_unless_something_names_them(target: str) -> None:
    folder = os.path.dirname(target)
    ages = {"old": 31, "young": 1, "lock": 31, "guard": 31, "marker": 31, "intent": 31, "its guard": 31}
    names = {key: dead_witness(folder, f"{n}" * 16, age) for n, (key, age) in enumerate(ages.items())}
    write(target + "2.lock", neighbour(target, witness=names["lock"]))
    write(target + "3.lock.reclaim", neighbour(target, witness=names["guard"]))
    write(target + "3.lock.reclaim." + "0" * 16, neighbour(target, witness=names["marker"]))
    intent = os.path.join(folder, f".openclaw-refresh-{'0' * 32}.json")
    write(intent, neighbour(target, witness=names["intent"], generation="0" * 64, state="sent"))
    write(intent + ".reclaim", neighbour(target, witness=names["its guard"]))
    unfinished, younger = (f".openclaw-lock-{digit * 16}.tmp" for digit in "ab")
    for name, age in ((unfinished, 31.0), (younger, 1.0)):
        os.rename(os.path.join(folder, dead_witness(folder, "8" * 16, age)), os.path.join(folder, name))
    with listening(folder, "9" * 16) as living:
        os.utime(os.path.join(folder, living), (0, 0))
        with FileLock(target, witness="never"):
            left = beside(target)
    gone = {names["old"], unfinished}
    assert not gone & set(left)
    assert {*names.values(), younger, living} - gone <= set(left)
    for name in beside(target):
        os.unlink(os.path.join(folder, name))


def test_a_witness_that_was_named_after_the_sweep_began_is_not_swept(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner published, and died, between the sweeper's listing and its question."""
    folder = os.path.dirname(target)
    name = dead_witness(folder, DIGITS, 3600)

    def publish_first(path: str) -> int:
        write(target + "2.lock", neighbour(target, witness=name))
        return _ask_witness.connect(path)

    monkeypatch.setattr(_sweep, "connect", publish_first)
    with FileLock(target, witness="never"):
        assert name in beside(target)
    for left in (name, "config.json2.lock"):
        os.unlink(os.path.join(folder, left))


def test_no_witness_is_swept_where_a_lock_cannot_be_read(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = dead_witness(os.path.dirname(target), DIGITS, 3600)
    write(target + "2.lock", neighbour(target, witness=name))
    snapshot = _sidecar.snapshot

    def refuse(path: str) -> _sidecar.Snapshot | None:
        if path.endswith("2.lock"):
            raise PermissionError(13, "Permission denied", path)
        return snapshot(path)

    monkeypatch.setattr(_sweep, "snapshot", refuse)
    with FileLock(target, witness="never"):
        assert name in beside(target)
    for left in (name, "config.json2.lock"):
        os.unlink(os.path.join(os.path.dirname(target), left))


# --- the beat, and what a server forgets ---


@pytest.mark.parametrize("clock", ["monotonic", "wall"])
def test_a_beat_is_due_by_whichever_clock_shows_more(target: str, clock: str) -> None:
    with FileLock(target) as lock:
        (hold,) = registry.values()
        os.utime(lock.lock_path, (0, 0))
        if clock == "monotonic":
            hold.touched -= 11
        else:
            hold.touched_at -= 11
        _heartbeat._round()
        assert os.stat(lock.lock_path).st_mtime > 0
        os.utime(lock.lock_path, (0, 0))
        hold.touched_at += 3600  # the wall clock was set back
        _heartbeat._round()
        assert os.stat(lock.lock_path).st_mtime == 0


def test_a_beat_never_sets_the_time_back(target: str) -> None:
    with FileLock(target) as lock:
        (hold,) = registry.values()
        ahead = int(time.time() + 3600) * 10**9
        os.utime(lock.lock_path, ns=(ahead, ahead))
        hold.touched -= 11
        _heartbeat._round()
        assert ahead < os.stat(lock.lock_path).st_mtime_ns < ahead + 10**9


def test_a_handle_that_a_server_has_forgotten_is_looked_for_again(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write(target + ".lock", payload())
    snapshot, failures = _sidecar.snapshot, [1, 2, 3]

    def stale(path: str) -> _sidecar.Snapshot | None:
        if failures:
            failures.pop()
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), path)
        return snapshot(path)

    monkeypatch.setattr(_sidecar, "snapshot", stale)
    with pytest.raises(FileLockIO) as caught:
        FileLock(target, timeout=0).acquire()
    assert caught.value.errno == errno.ESTALE
    with FileLock(target, timeout=60) as lock:
        assert lock.verify()


def test_a_namesake_in_the_namespace_above_makes_proc_unusable() -> None:
    """A /proc of the namespace around ours, in which we have by chance the number that we have here."""

    class Above(System):
        def read(self, path: str) -> str:
            text = super().read(path)
            pid = own_identity().pid
            return text.replace(f"NSpid:\t{pid}", f"NSpid:\t{pid}\t{pid}") if path.endswith("/status") else text

    assert usable(REAL)
    assert not usable(Above())


@pytest.mark.usefixtures("in_a_container")
def test_a_lock_of_the_own_domain_is_judged_without_its_witness(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter(monkeypatch)
    with FileLock(target) as lock:
        assert witness_of(lock.lock_path)
        assert inspect_lock(target).reason == "descriptor-open"
    assert counter.asked == 0
