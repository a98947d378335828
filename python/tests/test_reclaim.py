from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from openclaw_lock_helpers import (
    FileLock,
    FileLockGuardOrphaned,
    FileLockStale,
    FileLockTimeout,
    _acquire,
    _judge,
)
from openclaw_lock_helpers._paths import marker_of
from openclaw_lock_helpers._verdict import Policy, Verdict
from support import at, beside, dead_pid, expect, needs_the_first_namespace, payload, read, run, write

if TYPE_CHECKING:
    from collections.abc import Callable

ONE = ["config.json.lock"]


@pytest.fixture(autouse=True)
def no_settling(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_acquire, "SETTLE_MS", 0)


def test_a_dead_holders_lock_is_taken_at_once_even_with_no_time(target: str) -> None:
    write(target + ".lock", payload())
    with FileLock(target, timeout=0) as lock:
        assert lock.verify()
        assert beside(target) == ONE
    assert beside(target) == []


def test_a_killed_helpers_lock_is_taken(target: str) -> None:
    script = "import sys, time\nfrom openclaw_lock_helpers import FileLock\nlock = FileLock(sys.argv[1])\n"
    with run(script + "lock.acquire(); print('held', flush=True); time.sleep(60)", target) as process:
        expect(process, "held")
        with pytest.raises(FileLockTimeout):
            FileLock(target, timeout=0).acquire()
        process.kill()
        process.wait()
        with FileLock(target, timeout=0):
            pass


@needs_the_first_namespace
def test_an_openclaw_lock_of_a_dead_process_is_taken(target: str) -> None:
    text = json.dumps({"pid": dead_pid(), "createdAt": "2026-01-01T00:00:00.000Z", "starttime": 5}, indent=2)
    write(target + ".lock", (text + "\n" + "\t" * 8 + " \t" * 64 + "\n").encode())
    with FileLock(target, timeout=0):
        pass


@needs_the_first_namespace
def test_an_empty_lock_is_taken_when_it_is_old_and_nobody_has_it(target: str) -> None:
    write(target + ".lock", b"", age=31)
    with FileLock(target, timeout=0):
        pass


def test_a_lock_dated_in_the_future_has_no_age(target: str) -> None:
    write(target + ".lock", b"", age=-3600)
    with pytest.raises(FileLockTimeout):
        FileLock(target, timeout=0).acquire()
    os.unlink(target + ".lock")


def test_with_reclaim_forbidden_a_stale_lock_is_reported_and_nothing_is_removed(target: str) -> None:
    data = payload()
    write(target + ".lock", data)
    with pytest.raises(FileLockStale) as caught:
        FileLock(target, timeout=30, reclaim=False).acquire()
    assert caught.value.holder is not None
    assert caught.value.holder.reason == "process-gone"
    assert read(target + ".lock") == data
    write(target + ".lock.reclaim", payload())
    with pytest.raises(FileLockStale):
        FileLock(target, timeout=30, reclaim=False).acquire()
    assert beside(target) == ["config.json.lock", "config.json.lock.reclaim"]


def test_the_points_of_a_reclaim_are_reached_in_order(target: str) -> None:
    write(target + ".lock", payload())
    with at("", lambda: None) as reached, FileLock(target, timeout=0):
        pass
    assert reached[:9] == [
        "reclaim:judged",
        "reclaim:guarded",
        "reclaim:rejudged",
        "reclaim:unlinked",
        "acquire:candidate",
        "acquire:linked",
        "reclaim:published",
        "reclaim:unguarding",
        "release:compared",
    ]


def test_the_guard_is_a_lock_of_ours_with_a_token_of_its_own(target: str) -> None:
    write(target + ".lock", payload())
    seen: list[bytes] = []
    names = (target + ".lock", target + ".lock.reclaim")
    with at("reclaim:published", lambda: seen.extend(map(read, names))), FileLock(target, timeout=0):
        pass
    lock, guard = map(json.loads, seen)
    assert lock["pid"] == guard["pid"] == os.getpid()
    assert lock["token"] != guard["token"]


def replace_lock(target: str) -> Callable[[], None]:
    def replace() -> None:
        os.unlink(target + ".lock")
        write(target + ".lock", payload(pid=os.getpid(), starttime=None))

    return replace


@pytest.mark.parametrize("point", ["reclaim:judged", "reclaim:guarded"])
def test_a_lock_that_changes_hands_before_the_second_judgement_is_left(target: str, point: str) -> None:
    write(target + ".lock", payload())
    with at(point, replace_lock(target)), pytest.raises(FileLockTimeout):
        FileLock(target, timeout=0).acquire()
    assert beside(target) == ONE
    os.unlink(target + ".lock")


def test_a_lock_that_is_touched_before_the_second_judgement_is_judged_again(target: str) -> None:
    write(target + ".lock", payload())
    with at("reclaim:guarded", lambda: os.utime(target + ".lock")) as reached, FileLock(target, timeout=0):
        assert reached.count("reclaim:judged") == 2


def test_a_lock_published_under_our_guard_is_somebody_elses(target: str) -> None:
    """By an OpenClaw that knows no guard."""
    write(target + ".lock", payload())
    theirs = payload(pid=os.getpid(), starttime=None)
    with at("reclaim:unlinked", lambda: write(target + ".lock", theirs)), pytest.raises(FileLockTimeout):
        FileLock(target, timeout=0).acquire()
    assert read(target + ".lock") == theirs
    assert beside(target) == ONE
    os.unlink(target + ".lock")


def test_a_lock_that_is_removed_while_it_settles_is_contended_for_again(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(target + ".lock", payload())
    monkeypatch.setattr(_acquire, "SETTLE_MS", 25)
    pauses = time.sleep
    removed: list[float] = []

    def remove(pause: float) -> None:
        if not removed:
            removed.append(pause)
            os.unlink(target + ".lock")
        pauses(pause)

    monkeypatch.setattr(time, "sleep", remove)
    with FileLock(target, timeout=0) as lock:
        assert lock.verify()
    assert removed == [0.025]


@pytest.mark.parametrize("make", [lambda path: write(path, b"{}"), os.mkdir, os.mkfifo], ids=["file", "dir", "fifo"])
def test_a_guard_of_any_type_keeps_everybody_out(target: str, make: Callable[[str], None]) -> None:
    guard = target + ".lock.reclaim"
    make(guard)
    with pytest.raises(FileLockTimeout):
        FileLock(target, timeout=0.01).acquire()
    assert beside(target) == ["config.json.lock.reclaim"]


@pytest.mark.parametrize("make", [lambda path: write(path, b""), os.mkdir], ids=["file", "dir"])
def test_an_old_guard_without_owner_is_reported_with_its_command_and_left(
    target: str, make: Callable[[str], None]
) -> None:
    guard = target + ".lock.reclaim"
    make(guard)
    os.utime(guard, (time.time() - 31, time.time() - 31))
    with pytest.raises(FileLockGuardOrphaned) as caught:
        FileLock(target, timeout=0.01).acquire()
    assert ("rmdir -- " if os.path.isdir(guard) else "rm -- ") + guard in caught.value.hint
    assert beside(target) == ["config.json.lock.reclaim"]


def test_a_dead_reclaimers_guard_is_broken_at_once(target: str) -> None:
    write(target + ".lock.reclaim", payload())
    write(target + ".lock", payload())
    with at("", lambda: None) as reached, FileLock(target, timeout=0) as lock:
        assert lock.verify()
        assert beside(target) == ONE
    assert reached[:3] == ["break:marked", "break:compared", "break:unlinked"]


@needs_the_first_namespace
def test_a_guard_is_never_broken_by_age(target: str) -> None:
    """Its owner is dead by every sign but proof: OpenClaw's guards record no boot."""
    guard = json.dumps({"pid": dead_pid(), "createdAt": "2020-01-01T00:00:00.000Z"}).encode()
    write(target + ".lock.reclaim", guard, age=86400)
    with pytest.raises(FileLockTimeout) as caught:
        FileLock(target, timeout=0).acquire()
    assert caught.value.holder is not None
    assert caught.value.holder.verdict == "stale"
    assert read(target + ".lock.reclaim") == guard


def test_a_living_reclaimers_guard_is_waited_for(target: str) -> None:
    write(target + ".lock.reclaim", payload(pid=os.getpid(), starttime=None), age=86400)
    with pytest.raises(FileLockTimeout):
        FileLock(target, timeout=0).acquire()
    assert beside(target) == ["config.json.lock.reclaim"]


def test_a_guard_that_changes_before_it_is_compared_is_left(target: str) -> None:
    guard = target + ".lock.reclaim"
    write(guard, payload())

    def replace() -> None:
        os.unlink(guard)
        write(guard, payload(pid=os.getpid(), starttime=None))

    with at("break:marked", replace), pytest.raises(FileLockTimeout):
        FileLock(target, timeout=0).acquire()
    assert beside(target) == ["config.json.lock.reclaim"]


def test_dead_breakers_markers_are_broken_however_many(target: str) -> None:
    lock_path = target + ".lock"
    write(lock_path, payload())
    broken = payload()
    write(lock_path + ".reclaim", broken)
    for _ in range(5):
        path, broken = marker_of(lock_path, broken), payload()
        write(path, broken)
    assert len(beside(target)) == 7
    with FileLock(target, timeout=0) as lock:
        assert lock.verify()
        assert beside(target) == ONE


def test_a_living_breakers_marker_is_waited_for(target: str) -> None:
    guard = payload()
    write(target + ".lock.reclaim", guard)
    marker = marker_of(target + ".lock", guard)
    write(marker, payload(pid=os.getpid(), starttime=None))
    with pytest.raises(FileLockTimeout):
        FileLock(target, timeout=0).acquire()
    assert len(beside(target)) == 2


@pytest.mark.parametrize("point", ["reclaim:guarded", "reclaim:rejudged", "reclaim:unlinked", "reclaim:published"])
def test_an_error_under_the_guard_drops_it(target: str, point: str) -> None:
    class BrokenError(Exception):
        pass

    def fail() -> None:
        raise BrokenError

    write(target + ".lock", payload())
    with at(point, fail), pytest.raises(BrokenError):
        FileLock(target, timeout=0).acquire()
    assert beside(target) in ([], ONE)
    with FileLock(target, timeout=0):
        pass


def test_a_verdict_of_life_is_reused_only_while_nothing_changes(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from openclaw_lock_helpers._clock import AgeClock

    looks: list[str] = []

    def judged(_evidence: object, _policy: object) -> Verdict:
        looks.append("")
        return Verdict("held", "start-time-equal", True)

    monkeypatch.setattr(_judge, "judge", judged)
    monkeypatch.setattr(_judge, "_REUSE", 1e9)
    path = target + ".lock"
    write(path, payload(pid=os.getpid()))
    judge = _judge.Judge(Policy(30_000), AgeClock(path))
    for _ in range(3):
        judge.look(path)
    assert len(looks) == 1
    write(path, payload(pid=os.getpid()))
    judge.look(path)
    assert len(looks) == 2
    judge.afresh(path)
    assert len(looks) == 3
    os.unlink(path)
    assert judge.look(path) is None
