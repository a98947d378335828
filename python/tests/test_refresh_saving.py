"""A refresh that has completed is never thrown away (REFRESH-7)."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from oauth_server import SECRET, OAuthServer
from openclaw_lock_helpers.oauth import (
    Attempt,
    RefreshIdentity,
    RefreshNotSaved,
    refresh_stored,
    token_endpoint,
)
from openclaw_lock_helpers.store import Put, StoreUnsupported, update_store
from refreshing import AT, go, intents, login, never, replaced
from support import at, beside


def test_a_lock_that_was_lost_meanwhile_is_taken_again_for_the_save(store: str, server: OAuthServer) -> None:
    def refresh(attempt: Attempt) -> dict[str, Any]:
        answer = token_endpoint(server.url, "script")(attempt)
        os.unlink(store + ".lock")
        return answer

    assert refresh_stored(store, AT, refresh).how == "refreshed"
    assert login(store)["access"] == server.token("a", 1)
    assert beside(store) == []


def test_other_keys_that_were_written_meanwhile_stay(store: str, server: OAuthServer) -> None:
    def refresh(attempt: Attempt) -> dict[str, Any]:
        replaced(store, note="theirs")
        return token_endpoint(server.url, "script")(attempt)

    assert refresh_stored(store, AT, refresh).how == "refreshed"
    assert (login(store)["note"], login(store)["access"]) == ("theirs", server.token("a", 1))


def test_a_writer_without_the_lock_is_survived_three_times(store: str, server: OAuthServer) -> None:
    count = [0]

    def harm() -> None:
        count[0] += 1
        replaced(store, note=str(count[0]))

    def hook(point: str) -> None:
        if point == "store:written" and count[0] < 3:
            harm()

    from openclaw_lock_helpers import _points

    _points.arm(hook)
    assert go(store, server).how == "refreshed"
    assert login(store)["note"] == "3"


@pytest.mark.parametrize("fresh", [True, False])
def test_a_newer_login_is_never_written_over(store: str, server: OAuthServer, fresh: bool) -> None:
    def refresh(attempt: Attempt) -> dict[str, Any]:
        answer = token_endpoint(server.url, "script")(attempt)
        expires = time.time() * 1000 + 400_000 if fresh else 0
        replaced(store, access="newer", refresh="newer", expires=expires)
        return answer

    if fresh:
        assert refresh_stored(store, AT, refresh).how == "adopted"
    else:
        with pytest.raises(RefreshNotSaved) as caught:
            refresh_stored(store, AT, refresh)
        assert caught.value.credential()["access"] == server.token("a", 1)
    assert login(store)["access"] == "newer"


def test_what_cannot_be_saved_is_handed_back_and_can_be_saved_later(store: str, server: OAuthServer) -> None:
    def refresh(attempt: Attempt) -> dict[str, Any]:
        answer = token_endpoint(server.url, "script")(attempt)
        os.link(store, store + "2")
        return answer

    with pytest.raises(RefreshNotSaved) as caught:
        refresh_stored(store, AT, refresh)
    error = caught.value
    assert isinstance(error.__cause__, StoreUnsupported)
    assert [keys["state"] for keys in intents(store)] == ["sent"]
    assert not os.path.exists(store + ".lock")
    assert error.credential()["refresh"] == server.token("r", 1)
    with pytest.raises(RefreshNotSaved) as again:
        error.retry_save()
    os.unlink(store + "2")
    assert again.value.retry_save().how == "refreshed"
    assert (error.retry_save().access, login(store)["access"]) == (server.token("a", 1),) * 2
    assert beside(store) == []


def test_a_provider_that_does_not_rotate_leaves_no_intent(store: str) -> None:
    login_now = login(store)

    def refresh(attempt: Attempt) -> dict[str, Any]:
        return {"access_token": login_now["access"], "refresh_token": login_now["refresh"], "expires_in": 3600}

    with at("refresh:saved", lambda: found.extend(intents(store))):
        found: list[Any] = []
        assert refresh_stored(store, AT, refresh).how == "refreshed"
    assert found == []
    assert refresh_stored(store, AT, never).how == "fresh"


def test_an_answer_for_another_account_is_not_saved(store: str) -> None:
    update_store(store, [Put([*AT, "accountId"], "me")])

    def refresh(attempt: Attempt) -> dict[str, Any]:
        return {"access_token": f"a-{SECRET}", "account_id": "you"}

    with pytest.raises(RefreshIdentity) as caught:
        refresh_stored(store, AT, refresh)
    assert caught.value.credential()["access"] == f"a-{SECRET}"
    with pytest.raises(RefreshIdentity):
        caught.value.retry_save()
    assert login(store)["access"] == OAuthServer.token("a", 0)
