"""Forks, ends of processes, and what an import costs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from openclaw_lock_helpers import FileLock, FileLockTimeout, _heartbeat
from openclaw_lock_helpers._identity import own_identity
from openclaw_lock_helpers._publication import registry
from support import beside, expect, in_child, payload, read, run, tell, write

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def test_a_child_has_none_of_its_parents_locks_and_touches_none(target: str) -> None:
    lock = FileLock(target)
    with lock:
        (hold,) = registry.values()
        descriptor, parent, thread = hold.descriptors[0], own_identity(), _heartbeat._thread

        def child() -> None:
            assert (lock.held, lock.verify(), lock.lost) == (False, False, False)
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(descriptor)
            lock.release()
            lock.__exit__(None, None, None)
            assert not registry
            assert _heartbeat._thread is None
            assert thread is not None
            assert own_identity().pid == os.getpid() != parent.pid
            with pytest.raises(FileLockTimeout) as caught:  # the parent's, and not nested
                FileLock(target, timeout=0).acquire()
            assert caught.value.holder is not None
            assert caught.value.holder.pid == parent.pid
            with FileLock(target + "2"):
                pass

        in_child(child)
        assert lock.verify()
    assert beside(target) == []


def test_a_child_that_exits_normally_does_not_release_its_parents_locks(target: str) -> None:
    script = """
import os, sys
from openclaw_lock_helpers import FileLock
lock = FileLock(sys.argv[1])
lock.acquire()
if os.fork() == 0:
    sys.exit()
os.wait()
print(lock.verify(), flush=True)
"""
    with run(script, target) as process:
        expect(process, "True")
    assert beside(target) == []


def test_a_child_can_take_the_lock_when_its_parent_has_released_it(target: str) -> None:
    lock = FileLock(target)
    with lock:
        pass

    def child() -> None:
        with lock:
            assert lock.verify()
            assert str(os.getpid()).encode() in read(lock.lock_path)

    in_child(child)
    assert beside(target) == []


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "raise ValueError", "os.kill(os.getpid(), signal.SIGINT)"])
def test_what_is_held_is_released_at_exit(target: str, end: str) -> None:
    script = (
        f"import os, signal, sys\nfrom openclaw_lock_helpers import FileLock\nFileLock(sys.argv[1]).acquire()\n{end}"
    )
    subprocess.run([sys.executable, "-c", script, target], stderr=subprocess.DEVNULL, check=False)
    assert beside(target) == []


def test_a_lock_can_be_taken_while_the_process_exits(target: str) -> None:
    script = """
import atexit, sys
def last():
    with FileLock(sys.argv[1]) as lock:
        print(lock.verify(), flush=True)
from openclaw_lock_helpers import FileLock
atexit.register(last)
"""
    with run(script, target) as process:
        expect(process, "True")
        assert process.wait() == 0
    assert beside(target) == []


def test_two_processes_hand_the_lock_over(target: str) -> None:
    script = """
import sys
from openclaw_lock_helpers import FileLock
for _ in range(50):
    with FileLock(sys.argv[1], timeout=60):
        value = int(open(sys.argv[2]).read())
        open(sys.argv[2], "w").write(str(value + 1))
"""
    counter = target + ".counter"
    with open(counter, "w") as file:
        file.write("0")
    processes = [run(script, target, counter) for _ in range(3)]
    for process in processes:
        with process:
            assert process.wait() == 0
    assert read(counter) == b"150"
    os.unlink(counter)


def test_an_import_does_not_pay_for_what_is_not_used() -> None:
    script = """
import sys
before = set(sys.modules)
import openclaw_lock_helpers
heavy = {"asyncio", "dataclasses", "logging", "inspect", "json", "hashlib", "subprocess", "socket", "random", "ctypes"}
print(sorted(heavy & (set(sys.modules) - before)), flush=True)
sys.stdin.readline()
for name in openclaw_lock_helpers.__all__:
    getattr(openclaw_lock_helpers, name)
missing = set(openclaw_lock_helpers.__all__) - set(dir(openclaw_lock_helpers))
print("asyncio" in sys.modules, sorted(missing), flush=True)
"""
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", script],
        env={**os.environ, "PYTHONPATH": os.path.join(os.path.dirname(__file__), "..", "src")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        expect(process, "[]")
        tell(process)
        expect(process, "True []")


def test_an_unknown_name_is_an_attribute_error() -> None:
    import openclaw_lock_helpers

    with pytest.raises(AttributeError):
        openclaw_lock_helpers.nothing_of_the_kind  # noqa: B018


def test_a_daemon_thread_publishes_nothing_once_the_process_is_ending(target: str) -> None:
    script = """
import atexit, sys, threading
looked, ending = threading.Event(), threading.Event()
def last():  # registered before the package's own, so it runs after that
    ending.set()
    thread.join(20)
    print(thread.is_alive(), flush=True)
atexit.register(last)
from openclaw_lock_helpers import FileLock, _points
def hook(point):
    if point == "acquire:looked":
        looked.set()
        ending.wait()
_points.arm(hook)
thread = threading.Thread(target=FileLock(sys.argv[1], witness="always").acquire, daemon=True)
thread.start()
looked.wait()
"""
    with run(script, target) as process:
        expect(process, "False")
        assert process.wait() == 0
    assert beside(target) == []


@pytest.mark.parametrize("point", ["acquire:candidate", "acquire:linked", "reclaim:guarded", "reclaim:rejudged"])
def test_what_a_daemon_thread_is_at_is_waited_for_at_exit(target: str, point: str) -> None:
    script = """
import atexit, sys, threading, time
from openclaw_lock_helpers import FileLock, _points
there, ending = threading.Event(), threading.Event()
atexit.register(ending.set)  # registered after the package's own, so it runs before that
def hook(point):
    if point == sys.argv[2]:
        there.set()
        ending.wait()
        time.sleep(0.2)  # long enough for a process that does not wait to end meanwhile
_points.arm(hook)
threading.Thread(target=FileLock(sys.argv[1]).acquire, daemon=True).start()
there.wait()
"""
    if point.startswith("reclaim"):
        write(target + ".lock", payload())
    with run(script, target, point) as process:
        assert process.wait() == 0
    assert beside(target) == []


@pytest.mark.parametrize("slow", ["os.open", "_payload.serialise"])
def test_a_file_that_a_daemon_thread_is_about_to_make_at_exit_is_not_left(target: str, slow: str) -> None:
    script = """
import atexit, os, sys, threading, time
there, ending = threading.Event(), threading.Event()
atexit.register(lambda: thread.join(20))  # registered before the package's own, so it runs after that
from openclaw_lock_helpers import FileLock, _payload
atexit.register(ending.set)  # and before it
module, name = {"os.open": (os, "open"), "_payload.serialise": (_payload, "serialise")}[sys.argv[2]]
call = getattr(module, name)
def slow(*arguments, **named):
    if threading.current_thread() is thread and not there.is_set():
        there.set()
        ending.wait()
        time.sleep(0.2)  # long enough for a process that does not wait to look for it meanwhile
    return call(*arguments, **named)
setattr(module, name, slow)
thread = threading.Thread(target=FileLock(sys.argv[1]).acquire, daemon=True)
thread.start()
there.wait()
"""
    with run(script, target, slow) as process:
        assert process.wait() == 0
    assert beside(target) == []
