"""A refresh function that was given up, and returns after all (REFRESH-8)."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from oauth_server import OAuthServer
from openclaw_lock_helpers import _points
from openclaw_lock_helpers.oauth import (
    Attempt,
    RefreshContention,
    RefreshNotSent,
    RefreshOutcomeUnknown,
    RefreshRejected,
    refresh_stored,
    token_endpoint,
)
from openclaw_lock_helpers.oauth import _flight as flights
from openclaw_lock_helpers.oauth import _late as late
from refreshing import AT, intents, login, never, replaced
from support import beside, until

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_refresh_function_that_does_not_end_is_told_to_stop_then_given_up_and_saved_if_it_comes_back(
    store: str, server: OAuthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flights, "CALL_GRACE_MS", 1)
    told, go_on = threading.Event(), threading.Event()

    def refresh(attempt: Attempt) -> dict[str, Any]:
        attempt.stopped.wait()
        told.set()
        go_on.wait()
        return token_endpoint(server.url, "script")(Attempt(attempt.credential, 60))

    with pytest.raises(RefreshOutcomeUnknown) as caught:
        refresh_stored(store, AT, refresh, call_timeout=0.01)
    assert told.wait(20)
    assert [keys["state"] for keys in intents(store)] == ["sent"]  # it may still send
    with pytest.raises(RefreshContention):
        refresh_stored(store, AT, never, timeout=0, resend="if-dead")
    go_on.set()
    until(lambda: beside(store) == [])
    assert login(store)["access"] == server.token("a", 1)
    assert "in time" in str(caught.value)


def given_up(store: str, refresh: Callable[[Attempt], dict[str, Any]]) -> threading.Event:
    """The refresh function has been given up; it goes on when the event is set."""
    go_on = threading.Event()

    def late(attempt: Attempt) -> dict[str, Any]:
        go_on.wait()
        return refresh(Attempt(attempt.credential, 60))

    with pytest.raises(RefreshOutcomeUnknown):
        refresh_stored(store, AT, late, call_timeout=0.01)
    return go_on


def states(store: str) -> list[str]:
    return [keys["state"] for keys in intents(store)]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flights, "CALL_GRACE_MS", 1)
    monkeypatch.setattr(late, "_FIRST_PAUSE_SECONDS", 0.001)


@pytest.mark.usefixtures("impatient")
def test_what_returns_late_is_saved_as_soon_as_it_can_be(store: str, server: OAuthServer) -> None:
    go_on = given_up(store, token_endpoint(server.url, "script"))
    tries: list[str] = []
    _points.arm(lambda point: tries.append(point) if point == "acquire:linked" else None)
    os.link(store, store + "2")
    go_on.set()
    until(lambda: server.issued == 1 and len(tries) >= 3)
    assert states(store) == ["sent"]
    for resend in ("never", "if-dead"):
        with pytest.raises(RefreshContention):
            refresh_stored(store, AT, never, timeout=0.05, resend=resend)
    os.unlink(store + "2")
    until(lambda: beside(store) == [])
    assert (login(store)["access"], server.most()) == (server.token("a", 1), 1)


@pytest.mark.usefixtures("impatient")
def test_what_returns_late_and_can_never_be_saved_is_an_unknown_outcome_in_the_end(
    store: str, server: OAuthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late, "_LIMIT_SECONDS", 0.01)
    go_on = given_up(store, token_endpoint(server.url, "script"))
    os.link(store, store + "2")
    go_on.set()
    until(lambda: states(store) == ["unknown"])
    with pytest.raises(RefreshOutcomeUnknown):
        refresh_stored(store, AT, never)
    os.unlink(store + "2")


def _reject(attempt: Attempt) -> dict[str, Any]:
    raise RefreshRejected


def _fail(attempt: Attempt) -> dict[str, Any]:
    raise ValueError


def _not_sent(attempt: Attempt) -> dict[str, Any]:
    raise RefreshNotSent


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("refresh", "left"), [(_reject, ["rejected"]), (_fail, ["unknown"]), (_not_sent, [])])
def test_what_is_said_late_counts(store: str, refresh: Callable[[Attempt], dict[str, Any]], left: list[str]) -> None:
    go_on = given_up(store, refresh)
    assert states(store) == ["sent"]
    go_on.set()
    until(lambda: states(store) == left and not os.path.exists(store + ".lock"))


@pytest.mark.usefixtures("impatient")
def test_a_late_rejection_of_what_is_not_stored_any_more_leaves_nothing(store: str) -> None:
    go_on = given_up(store, _reject)
    replaced(store, access="newer", refresh="newer")
    go_on.set()
    until(lambda: beside(store) == [])
    assert login(store)["access"] == "newer"
