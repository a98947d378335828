"""What the refresh function says (REFRESH-9)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from oauth_server import OAuthServer
from openclaw_lock_helpers import FileLockReentrant
from openclaw_lock_helpers.oauth import (
    Attempt,
    RefreshError,
    RefreshFailed,
    RefreshNotSent,
    RefreshRejected,
    RefreshTokenRejected,
    refresh_stored,
    token_endpoint,
)
from openclaw_lock_helpers.oauth._generation import generation_of
from refreshing import AT, go, intents, login, never, replaced
from support import beside, read


@pytest.mark.parametrize(
    ("planned", "code", "left"),
    [
        ((400, {"error": "invalid_grant"}, {}), "refresh_rejected", "rejected"),
        ((400, {"error": "invalid_client"}, {}), "refresh_failed", None),
        ((429, {}, {}), "refresh_failed", None),
        ((503, {}, {"Retry-After": "5"}), "refresh_failed", None),
        ((503, {}, {}), "refresh_outcome_unknown", "unknown"),
        ((500, {"error": "invalid_grant"}, {}), "refresh_outcome_unknown", "unknown"),
        ((302, {}, {"Location": "/token"}), "refresh_outcome_unknown", "unknown"),
        ((200, {"access_token": " "}, {}), "refresh_outcome_unknown", "unknown"),
        ((200, ["x"], {}), "refresh_outcome_unknown", "unknown"),
    ],
)
def test_what_the_provider_says_decides_whether_the_token_counts_as_spent(
    store: str, server: OAuthServer, planned: tuple[int, Any, dict[str, str]], code: str, left: str | None
) -> None:
    server.planned.append(planned)
    before = read(store)
    with pytest.raises(RefreshError) as caught:
        go(store, server)
    assert caught.value.code == code
    assert [keys["state"] for keys in intents(store)] == ([] if left is None else [left])
    if left is None:
        assert go(store, server).how == "refreshed"
    else:
        with pytest.raises(RefreshError) as again:
            refresh_stored(store, AT, never)
        assert (again.value.code, read(store)) == (code, before)
        assert server.most() == 1


def test_a_connection_that_was_never_made_is_not_sent(store: str, server: OAuthServer) -> None:
    with OAuthServer() as gone:
        url = gone.url
    with pytest.raises(RefreshFailed):
        refresh_stored(store, AT, token_endpoint(url, "script"))
    assert go(store, server).how == "refreshed"


def test_a_rejection_has_no_more_in_it_than_its_code(store: str) -> None:
    def refresh(attempt: Attempt) -> dict[str, Any]:
        raise RefreshRejected(f"Token {attempt.refresh_token} is no good")

    with pytest.raises(RefreshTokenRejected):
        refresh_stored(store, AT, refresh)
    assert [keys["reason"] for keys in intents(store)] == ["other"]


def test_whoever_loses_a_race_adopts_what_the_winner_has_stored(store: str) -> None:
    def refresh(attempt: Attempt) -> dict[str, Any]:
        replaced(store, access="winner", refresh="winner", expires=time.time() * 1000 + 400_000)
        raise RefreshRejected

    assert refresh_stored(store, AT, refresh).how == "adopted"
    assert login(store)["access"] == "winner"
    assert beside(store) == []


def test_whoever_loses_to_one_that_is_not_fresh_begins_again_once(store: str) -> None:
    sent: list[str] = []

    def refresh(attempt: Attempt) -> dict[str, Any]:
        sent.append(attempt.refresh_token)
        replaced(store, access=f"x{len(sent)}", refresh=f"y{len(sent)}", expires=0)
        raise RefreshRejected

    with pytest.raises(RefreshTokenRejected):
        refresh_stored(store, AT, refresh)
    assert sent == [OAuthServer.token("r", 0), "y1"]
    (left,) = intents(store)  # the second one's: of the first token nobody will ask again
    generation = generation_of({"access": "x1", "refresh": "y1"})
    assert (left["generation"], left["state"]) == (generation, "rejected")


def test_a_refresh_inside_a_refresh_of_the_same_login_is_told_so(store: str) -> None:
    inner: list[type] = []

    def refresh(attempt: Attempt) -> dict[str, Any]:
        try:
            refresh_stored(store, AT, never)
        except FileLockReentrant as error:
            inner.append(type(error))
        raise RefreshNotSent

    with pytest.raises(RefreshFailed):
        refresh_stored(store, AT, refresh)
    assert inner == [FileLockReentrant]
