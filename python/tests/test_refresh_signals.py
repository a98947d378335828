"""Signals and interrupts take effect when the flight has settled (REFRESH-8)."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import pytest

from oauth_server import SECRET, OAuthServer
from openclaw_lock_helpers.oauth import (
    Attempt,
    RefreshOutcomeUnknown,
    refresh_stored,
    token_endpoint,
)
from refreshing import AT, go, login, process
from support import beside, read

SIGNALLED = """
import os, signal, sys, threading
from openclaw_lock_helpers.oauth import refresh_stored, token_endpoint
store, url = sys.argv[1:]
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
def main():
    print("go", flush=True)
    print(refresh_stored(store, ["logins", "example"], token_endpoint(url, "script")).how, flush=True)
main()
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_takes_effect_when_the_result_is_saved(store: str, server: OAuthServer, name: str) -> None:
    number = getattr(signal, name)
    server.may_answer.clear()
    with process(SIGNALLED, store, server.url) as other:
        server.arrived.wait()
        other.send_signal(number)
        assert read(f"/proc/{other.pid}/stat")
        server.may_answer.set()
        assert other.wait() == -number
        assert other.stdout is not None
        assert "refreshed" not in other.stdout.read()
    assert login(store)["access"] == server.token("a", 1)
    assert beside(store) == []


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_second_signal_takes_effect_at_once(store: str, server: OAuthServer, name: str) -> None:
    number = getattr(signal, name)
    server.may_answer.clear()
    with process(SIGNALLED, store, server.url) as other:
        server.arrived.wait()
        while other.poll() is None:  # two that come together are one
            other.send_signal(number)
            time.sleep(0.01)
        assert other.wait() == -number
    server.may_answer.set()
    with pytest.raises(RefreshOutcomeUnknown):
        go(store, server)
    assert server.most() == 1


def test_signals_are_as_before_afterwards(store: str, server: OAuthServer) -> None:
    def handler(*_ignored: object) -> None: ...

    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    hangup = signal.signal(signal.SIGHUP, handler)
    during: list[Any] = []

    def refresh(attempt: Attempt) -> dict[str, Any]:
        during.extend(signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP))
        return token_endpoint(server.url, "script")(attempt)

    try:
        refresh_stored(store, AT, refresh)
        assert during[0] is not signal.SIG_DFL
        assert during[1] is handler
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGHUP, hangup)


def test_an_exception_of_a_signal_handler_waits_for_the_flight(store: str, server: OAuthServer) -> None:
    class Alarm(Exception):
        pass

    def handler(*_ignored: object) -> None:
        raise Alarm

    def refresh(attempt: Attempt) -> dict[str, Any]:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)
        return token_endpoint(server.url, "script")(attempt)

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with pytest.raises(Alarm):
            refresh_stored(store, AT, refresh)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert login(store)["access"] == server.token("a", 1)
    assert beside(store) == []


INTERRUPTED = """
import os, signal, sys, traceback
from openclaw_lock_helpers.oauth import RefreshNotSaved, refresh_stored, token_endpoint
store, url, when = sys.argv[1:]
signal.signal(signal.SIGINT, signal.default_int_handler)
def interrupt():
    os.kill(os.getpid(), signal.SIGINT)
def refresh(attempt):
    answer = token_endpoint(url, "script")(attempt)
    os.link(store, store + "2")
    if when == "in flight":
        interrupt()
    return answer
if when == "afterwards":
    from openclaw_lock_helpers.oauth import _run
    def fly(flight):
        _run_fly(flight)
        interrupt()
    _run_fly, _run.fly = _run.fly, fly
try:
    refresh_stored(store, ["logins", "example"], refresh)
except KeyboardInterrupt as interrupted:
    error = interrupted.__cause__
    assert isinstance(error, RefreshNotSaved), error
    shown = traceback.TracebackException.from_exception(interrupted, capture_locals=True)
    sys.stderr.writelines(shown.format())
    os.unlink(store + "2")
    print(error.retry_save().how, flush=True)
    raise
"""


@pytest.mark.parametrize("when", ["in flight", "afterwards"])
def test_an_interrupt_hands_on_what_could_not_be_saved(store: str, server: OAuthServer, when: str) -> None:
    with process(INTERRUPTED, store, server.url, when) as other:
        told, complaint = other.communicate()
    assert (told.split(), other.returncode) == (["refreshed"], -signal.SIGINT), complaint
    assert "RefreshNotSaved" in complaint
    assert SECRET not in complaint
    assert login(store)["access"] == server.token("a", 1)
    assert beside(store) == []
