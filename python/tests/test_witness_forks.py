"""A witness tells of one process: neither its children nor its end may mislead (WITNESS-4, WITNESS-5)."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from openclaw_lock_helpers import FileLock, FileLockTimeout, _witnesses, inspect_lock
from support import answer, beside, expect, in_child, neighbour, read, run, tell, witness_of, witnesses, write

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCLAW_LOCKS_WITNESS", "always")


def path_of(target: str) -> str:
    return os.path.join(os.path.dirname(target), witness_of(target + ".lock"))


def sockets() -> list[str]:
    links = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    return [os.readlink(link) for link in links if os.path.islink(link) and os.readlink(link).startswith("socket:")]


def test_a_child_has_no_copy_of_it_and_makes_its_own(target: str) -> None:
    before = len(sockets())
    with FileLock(target):
        path = path_of(target)

        def child() -> None:
            assert len(sockets()) == before
            assert not _witnesses._all
            with FileLock(target + "2"):
                assert path_of(target + "2") != path
                assert answer(path_of(target + "2")) == "answers"
            _witnesses.clean(0)
            assert answer(path) == "answers"  # the parent's, and its name is still there

        in_child(child)
        assert answer(path) == "answers"
        assert witnesses(os.path.dirname(target)) == [os.path.basename(path)]


LEAVE_A_CHILD = """
import multiprocessing, os, subprocess, sys, time
from openclaw_lock_helpers import FileLock
FileLock(sys.argv[1]).acquire()
channel = os.dup(0)
def outlive():
    os.write(1, b"child\\n")
    os.read(channel, 1)
    os._exit(0)
script = "import os; os.write(1, b'child\\\\n'); os.read(0, 1)"
%s
time.sleep(600)
"""
WAYS = {
    "fork": "os.fork() or outlive()",
    "multiprocessing": 'multiprocessing.get_context("fork").Process(target=outlive).start()',
    "subprocess": 'subprocess.Popen([sys.executable, "-c", script], close_fds=False)',
    "posix_spawn": 'os.posix_spawn(sys.executable, [sys.executable, "-c", script], os.environ)',
}


@pytest.mark.parametrize("way", WAYS)
def test_it_refuses_when_its_process_is_killed_whatever_children_live_on(target: str, way: str) -> None:
    with run(LEAVE_A_CHILD % WAYS[way], target) as process:
        path = _path_when_ready(process, target)
        assert answer(path) == "answers"
        process.kill()
        process.wait()
        assert answer(path) == "refused"
        with FileLock(target, timeout=0):
            pass
        tell(process)  # the child has lived until now
        assert _ended(process)
    os.unlink(path)


def _path_when_ready(process: subprocess.Popen[str], target: str) -> str:
    expect(process, "child")
    return path_of(target)


def _ended(process: subprocess.Popen[str]) -> bool:
    """The end of the output comes when nobody has its pipe any more."""
    assert process.stdout is not None
    return process.stdout.read() == ""


@pytest.mark.parametrize("parent_ends", [True, False], ids=["dead", "alive"])
def test_a_fork_that_nobody_was_told_of_inherits_it_and_is_seen_through(target: str, parent_ends: bool) -> None:
    # PyDLL keeps the interpreter's lock over the fork: a thread that had it would have it for ever in the child.
    script = LEAVE_A_CHILD % "import ctypes; ctypes.PyDLL(None).fork() or outlive()"
    folder = os.path.dirname(target)
    with run(script, target) as process:
        path = _path_when_ready(process, target)
        theirs = json.loads(read(target + ".lock"))
        lock = target + "2.lock"
        write(lock, neighbour(target, pid=1, starttime=theirs["starttime"], witness=os.path.basename(path)))
        if parent_ends:
            process.kill()
            process.wait()
        assert answer(path) == "answers"
        state = inspect_lock(target + "2")
        expected = ("stale", "witness-inherited") if parent_ends else ("held", "witness-answers")
        assert (state.verdict, state.reason, state.conclusive) == (*expected, True)
        if parent_ends:
            with FileLock(target + "2", timeout=0):
                pass
        else:
            with pytest.raises(FileLockTimeout):
                FileLock(target + "2", timeout=0).acquire()
            os.unlink(lock)
            process.kill()
        tell(process)
    _witnesses.clean(0)
    assert sorted(os.listdir(folder)) == sorted(["config.json", "config.json.lock", os.path.basename(path)])
    os.unlink(path)
    os.unlink(target + ".lock")


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "raise ValueError", "os.kill(os.getpid(), signal.SIGINT)"])
@pytest.mark.parametrize("held", ["lock.acquire()", "with lock: pass"])
def test_nothing_of_it_is_left_at_exit(target: str, held: str, end: str) -> None:
    script = (
        "import os, signal, sys\nfrom openclaw_lock_helpers import FileLock\n"
        f'lock = FileLock(sys.argv[1])\n{held}\nassert [n for n in os.listdir(".") if n.endswith(".sock")]\n{end}'
    )
    folder = os.path.dirname(target)
    subprocess.run([sys.executable, "-c", script, target], cwd=folder, stderr=subprocess.DEVNULL, check=False)
    assert beside(target) == []


def test_nothing_of_it_is_left_by_a_worker_of_multiprocessing(target: str) -> None:
    script = """
import multiprocessing, sys
from openclaw_lock_helpers import FileLock
def work(number):
    with FileLock(sys.argv[1] + str(number)):
        pass
with FileLock(sys.argv[1]):
    workers = [multiprocessing.get_context("fork").Process(target=work, args=(n,)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print([worker.exitcode for worker in workers], flush=True)
"""
    with run(script, target) as process:
        expect(process, "[0, 0, 0]")
        process.wait()
    assert beside(target) == []
