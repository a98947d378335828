"""What others have left is removed for whoever asks, once nobody uses it (FOREIGN-5, FOREIGN-6)."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from openclaw_lock_helpers import FileLock, FileLockForeign, _acquire, _watch
from support import at, beside, dead_pid, needs_the_first_namespace, read, write

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = needs_the_first_namespace

SIGNED: dict[str, str] = {
    "pid-file": "{}\n",
    "filelock-soft": "{}\nworkstation\n",
    "filelock-lease": "filelock/2\npid={}\nhost=workstation\n",
    "cross-process-lock": '{{"pID":{},"lockTime":1}}',
}


@pytest.fixture(autouse=True)
def watched_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_watch, "SILENCE_WATCH_MS", 50)
    monkeypatch.setattr(_acquire, "SETTLE_MS", 0)


def leave(target: str, kind: str, pid: int | None = None) -> None:
    """An hour ago."""
    path = target + ".lock"
    if kind == "proper-lockfile":
        os.mkdir(path)
        made = os.stat(path).st_mtime - 3600
        os.utime(path, (made, made))
    elif kind == "openclaw-torn":
        write(path, b'{\n  "pid": 47', age=3600)
    else:
        write(path, SIGNED[kind].format(dead_pid() if pid is None else pid).encode(), age=3600)


def asking(target: str, **options: Any) -> FileLock:
    return FileLock(target, remove_foreign=True, **options)


def refused(target: str, why: str, **options: Any) -> None:
    with pytest.raises(FileLockForeign) as caught:
        asking(target, **{"foreign_timeout": 0.3, **options}).acquire()
    assert why in caught.value.hint
    assert beside(target) == ["config.json.lock"]


KINDS = ["proper-lockfile", "openclaw-torn", *SIGNED]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_abandoned_is_taken_by_whoever_asks_and_by_nobody_else(target: str, kind: str) -> None:
    leave(target, kind)
    with pytest.raises(FileLockForeign) as caught:
        FileLock(target, foreign_timeout=0.2).acquire()
    assert caught.value.kind == kind
    refused(target, "you said reclaim=False", reclaim=False)
    refused(target, "silent", timeout=0)
    for _ in range(2):
        with asking(target) as lock:
            assert lock.verify()
            assert beside(target) == ["config.json.lock"]
        leave(target, kind)
    with asking(target):
        pass


@pytest.mark.parametrize("kind", SIGNED)
def test_what_names_a_living_process_is_kept(target: str, kind: str) -> None:
    leave(target, kind, os.getpid())
    refused(target, "its process lives")


def test_what_is_open_is_kept(target: str) -> None:
    leave(target, "pid-file")
    before = read(target + ".lock")
    with open(target + ".lock"):
        refused(target, "a process has it open or locked")
    assert read(target + ".lock") == before


def test_what_is_touched_is_kept(target: str) -> None:
    leave(target, "proper-lockfile")
    refused(target, "silent", on_wait=lambda *_: os.utime(target + ".lock"))


@pytest.mark.parametrize(
    "make",
    [
        lambda path: os.makedirs(path + "/precious"),
        lambda path: write(path, b"no lock", age=3600),
        lambda path: os.symlink("nowhere", path),
    ],
    ids=["directory", "garbage", "link"],
)
def test_what_is_no_known_lock_is_kept(target: str, make: Callable[[str], None]) -> None:
    make(target + ".lock")
    refused(target, "nobody removes")


def test_a_zombie_and_a_thread_use_nothing(target: str) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        leave(target, "pid-file", process.pid)
        with asking(target):
            pass


def test_in_a_container_only_the_callers_word_helps(target: str, in_a_container: None) -> None:
    leave(target, "pid-file")
    refused(target, "not every process can be seen")
    with asking(target, trust_pids=True):
        pass


@pytest.mark.parametrize("point", ["reclaim:guarded", "reclaim:rejudged"])
def test_a_directory_that_is_filled_meanwhile_stays(target: str, point: str) -> None:
    leave(target, "proper-lockfile")
    with at(point, lambda: write(target + ".lock/precious", b"kept")) as reached:
        refused(target, "nobody removes")
    assert point in reached
    assert read(target + ".lock/precious") == b"kept"


def test_a_file_that_is_written_meanwhile_stays(target: str) -> None:
    leave(target, "pid-file")
    with at("reclaim:guarded", lambda: write(target + ".lock", f"{os.getpid()}\n".encode())):
        refused(target, "silent")


@pytest.mark.parametrize("change", [os.mkdir, lambda path: os.makedirs(path + "/precious")], ids=["empty", "filled"])
def test_a_file_that_becomes_a_directory_at_the_last_moment_stays(target: str, change: Callable[[str], None]) -> None:
    def replace() -> None:
        os.unlink(target + ".lock")
        change(target + ".lock")

    leave(target, "pid-file")
    with at("reclaim:rejudged", replace) as reached:
        refused(target, "")
    assert "reclaim:unlinked" not in reached
    assert os.path.isdir(target + ".lock")


def test_a_directory_that_goes_while_it_is_looked_at_is_no_obstacle(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(target, "proper-lockfile")
    listed = os.listdir

    def list_late(path: str) -> list[str]:
        if path == target + ".lock":
            os.rmdir(path)
        return listed(path)

    monkeypatch.setattr(os, "listdir", list_late)
    with asking(target) as lock:
        assert lock.verify()
