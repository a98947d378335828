"""Signals release all locks first, where that was asked for (RELEASE-10)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from oauth_server import OAuthServer
from openclaw_lock_helpers import (
    FileLock,
    FileLockInvalidOption,
    FileLockUnsupported,
    _acquire,
    _leftovers,
    _publication,
    _signals,
    _witnesses,
    release_on_signals,
)
from openclaw_lock_helpers._publication import registry
from refreshing import login, process
from support import at, beside, expect, payload, run, until, write
from test_interrupts import SCENES, Injector, Scene, no_links

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

HOLDER = """
import signal, sys, threading, time
from openclaw_lock_helpers import FileLock, release_on_signals
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
def main(target, ask):
    one, two = FileLock(target), FileLock(target + "2")
    one.acquire()
    exec(ask)
    two.acquire()
    waiter = FileLock(target + "3", timeout=600)
    if ask.endswith("# wait"):
        print("held", flush=True)
        waiter.acquire()
    threading.Thread(target=two.verify).start()
    print("held", flush=True)
    time.sleep(600)
    print("survived", flush=True)
main(*sys.argv[1:])
"""


def ended(target: str, ask: str, *numbers: int) -> int:
    """How a process that holds two locks ends by these signals."""
    with run(HOLDER, target, ask) as other:
        expect(other, "held")
        for number in numbers:
            other.send_signal(number)
        return other.wait()


ALL = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


@pytest.mark.parametrize("number", ALL)
@pytest.mark.parametrize("ask", ["release_on_signals()", "release_on_signals();release_on_signals()"])
def test_a_signal_releases_all_locks_and_ends_the_process_as_ever(target: str, number: int, ask: str) -> None:
    assert ended(target, ask, number) == -number
    assert beside(target) == []


def test_so_it_does_while_the_process_waits_for_another_lock(target: str) -> None:
    with FileLock(target + "3"):
        assert ended(target, "release_on_signals() # wait", signal.SIGTERM) == -signal.SIGTERM
        assert beside(target) == ["config.json3.lock"]


@pytest.mark.parametrize(
    "ask",
    [
        "",
        "release_on_signals()()",
        "release_on_signals(); release_on_signals()()",
        "with release_on_signals(): pass",
        "release_on_signals(signal.SIGINT)",
    ],
)
def test_who_has_not_asked_for_that_signal_keeps_his_locks(target: str, ask: str) -> None:
    assert ended(target, ask, signal.SIGTERM) == -signal.SIGTERM
    assert beside(target) == ["config.json.lock", "config.json2.lock"]
    with FileLock(target, timeout=0), FileLock(target + "2", timeout=0):
        pass


def test_a_witness_goes_too(target: str) -> None:
    script = HOLDER.replace("FileLock(target)", "FileLock(target, witness='always')")
    with run(script, target, "release_on_signals()") as other:
        expect(other, "held")
        other.terminate()
        assert other.wait() == -signal.SIGTERM
    assert beside(target) == []


def test_the_first_process_of_a_container_ends_with_the_status_of_the_signal(target: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    command = ["unshare", "--pid", "--fork", "--mount-proc", sys.executable, "-c", HOLDER]
    with subprocess.Popen([*command, target, "release_on_signals()"], stdout=subprocess.PIPE, text=True) as other:
        expect(other, "held")
        with open(f"/proc/{other.pid}/task/{other.pid}/children") as file:
            os.kill(int(file.read()), signal.SIGTERM)
        assert other.wait() == 128 + signal.SIGTERM
    assert beside(target) == []


def test_an_ignored_signal_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with release_on_signals(signal.SIGHUP):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("wrong", [signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, signal.SIGSEGV, 0, "TERM", True])
def test_what_is_no_such_signal_is_refused_and_nothing_changed(wrong: Any) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(FileLockInvalidOption):
        release_on_signals(signal.SIGTERM, wrong)
    assert signal.getsignal(signal.SIGTERM) is before


def test_only_the_main_thread_can_ask() -> None:
    refused: list[BaseException] = []

    def ask() -> None:
        try:
            release_on_signals()
        except FileLockUnsupported as error:
            refused.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert refused


class Handled:
    """The program's own handler; whenever it is called nothing of ours may be there any more."""

    def __init__(self) -> None:
        self.calls = 0
        self.left: list[object] = []

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        self.calls += 1
        self.left += [publication.path for publication in registry.values()]


@pytest.fixture
def handled() -> Iterator[Handled]:
    made = Handled()
    before = signal.signal(signal.SIGUSR1, made)
    try:
        with release_on_signals(signal.SIGUSR1):
            yield made
        assert signal.getsignal(signal.SIGUSR1) is made
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_handler_of_the_program_is_called_when_all_is_released(target: str, handled: Handled) -> None:
    lock = FileLock(target)
    with lock:
        os.kill(os.getpid(), signal.SIGUSR1)
        assert (lock.held, lock.lost, lock.verify(), beside(target)) == (False, False, False, [])
        with FileLock(target, timeout=0):
            pass
    lock.release()
    assert (handled.calls, handled.left) == (1, [])
    with lock:
        assert lock.verify()


def test_what_is_somebody_elses_by_now_stays(target: str, handled: Handled) -> None:
    with FileLock(target):
        other = payload(pid=os.getpid())
        os.unlink(target + ".lock")
        write(target + ".lock", other)
        os.kill(os.getpid(), signal.SIGUSR1)
        assert beside(target) == ["config.json.lock"]
    os.unlink(target + ".lock")


def test_a_handler_that_calls_ours_is_called_once(handled: Handled) -> None:
    ours = signal.getsignal(signal.SIGUSR1)
    calls = []

    def chained(number: int, frame: FrameType | None) -> None:
        calls.append(number)
        assert callable(ours)
        ours(number, frame)

    signal.signal(signal.SIGUSR1, chained)
    undo = release_on_signals(signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGUSR1)
    assert calls == [signal.SIGUSR1]
    undo()
    signal.signal(signal.SIGUSR1, ours)
    _signals._watched[signal.SIGUSR1] = _signals._Watched(handled)


def test_a_forked_child_releases_nothing(target: str, handled: Handled) -> None:
    with FileLock(target) as lock:
        pid = os.fork()
        if pid == 0:
            os.kill(os.getpid(), signal.SIGUSR1)
            os._exit(handled.calls)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
        assert lock.verify()


def test_what_hangs_does_not_keep_the_process(target: str, handled: Handled, monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr(_signals, "_RELEASE_SECONDS", 0.05)
    give_up = _leftovers.give_up
    monkeypatch.setattr(_leftovers, "give_up", lambda: (goes_on.wait(), give_up()))
    with FileLock(target):
        os.kill(os.getpid(), signal.SIGUSR1)
        assert handled.calls == 1
        goes_on.set()
        until(lambda: not registry)


def test_a_step_of_another_thread_is_waited_for(target: str, handled: Handled) -> None:
    reached, goes_on = threading.Event(), threading.Event()

    def stop() -> None:
        reached.set()
        goes_on.wait()

    with at("acquire:linked", stop):
        thread = threading.Thread(target=FileLock(target).acquire)
        thread.start()
        reached.wait()
        threading.Timer(0.05, goes_on.set).start()
        os.kill(os.getpid(), signal.SIGUSR1)
    assert (handled.calls, handled.left) == (1, [])
    thread.join()
    _leftovers.give_up()


class Sender(Injector):
    """Runs the handler at the nth event, as the interpreter does."""

    def interrupt(self, frame: FrameType) -> None:
        handler = signal.getsignal(signal.SIGUSR1)
        assert callable(handler)
        handler(signal.SIGUSR1, frame)


@pytest.fixture(params=[*SCENES, *(f"{name}, no links" for name in SCENES if "witness" not in name)])
def scene(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(_acquire, "SETTLE_MS", 0)
    name, links, _ = str(request.param).partition(", no links")
    if links:
        monkeypatch.setattr(os, "link", no_links)
    return SCENES[name]()


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_at_any_line_releases_what_is_there_and_nothing_blocks(
    target: str, scene: Scene, handled: Handled, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = []
    release_all = _signals._release_all

    def timed(**options: Any) -> None:
        release_all(**options)
        waited.append([p.path for p in registry.values()])

    monkeypatch.setattr(_signals, "_release_all", timed)
    monkeypatch.setattr(_signals, "_RELEASE_SECONDS", 600)
    # All of them take minutes: a stride from a random start sees every region, and over many runs every one.
    stride = int(os.environ.get("INTERRUPT_STRIDE", "31" if scene.left else "5"))
    nth, sent = random.randint(1, stride), True
    print(f"first {nth}, stride {stride}")
    while sent:
        scene.set_up(target)
        lock = scene.lock(target)
        sender = Sender(nth, "line")
        handled.calls = 0
        try:
            sender.run(lambda: scene.work(lock))  # noqa: B023
        finally:
            sent = sender.where is not None
        until(lambda: handled.calls == sent)  # noqa: B023
        assert (waited, handled.left) == ([[]] * sent, []), sender.where
        waited.clear()
        lock.release()
        with scene.lock(target):
            pass
        _witnesses.clean(0)
        assert (beside(target), list(registry)) == ([], []), sender.where
        assert not _publication.is_busy(), sender.where
        nth += stride
    assert nth > 100


FLIGHT = """
import signal, sys, threading
from openclaw_lock_helpers import FileLock, release_on_signals
from openclaw_lock_helpers.oauth import refresh_stored, token_endpoint
signal.signal(signal.SIGINT, signal.default_int_handler)
store, url, how = sys.argv[1:]
send = token_endpoint(url, "script")
def refresh(attempt):
    if how == "during":
        asked.wait()
    return send(attempt)
asked = threading.Event()
def asks(*_):
    release_on_signals()
    asked.set()
signal.signal(signal.SIGUSR1, asks)
other = FileLock(store + "2")
other.acquire()
def go():
    return refresh_stored(store, ["logins", "example"], refresh)
if how == "during":
    threading.Timer(0.2, lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)).start()
else:
    release_on_signals()
if how == "thread":
    threading.Thread(target=go).start()
    while True:
        signal.pause()
elif how == "async":
    import asyncio
    from openclaw_lock_helpers.oauth import async_refresh_stored
    async def refresh_in_the_loop(attempt):
        return await asyncio.to_thread(send, attempt)
    asyncio.run(async_refresh_stored(store, ["logins", "example"], refresh_in_the_loop))
else:
    go()
print("survived", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("how", ["before", "during", "thread", "async"])
def test_a_refresh_under_way_is_saved_first(store: str, server: OAuthServer, how: str, number: int) -> None:
    server.may_answer.clear()
    with process(FLIGHT, store, server.url, how) as other:
        server.arrived.wait()
        other.send_signal(number)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.3)
        assert "config.json2.lock" in beside(store)
        server.may_answer.set()
        assert other.wait() == -number
        assert other.stdout is not None
        assert "survived" not in other.stdout.read()
    assert login(store)["access"] == server.token("a", 1)
    assert beside(store) == []


def test_a_second_signal_does_not_wait_for_it(store: str, server: OAuthServer) -> None:
    server.may_answer.clear()
    with process(FLIGHT, store, server.url, "before") as other:
        server.arrived.wait()
        while other.poll() is None:
            other.terminate()
            threading.Event().wait(0.01)
        assert other.wait() == -signal.SIGTERM
    server.may_answer.set()
