"""Who refreshes, who adopts, and who gives up (REFRESH-1 to 3)."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import threading
import time
from typing import Any

import pytest

from oauth_server import SECRET, OAuthServer
from openclaw_lock_helpers import (
    FileLock,
    FileLockError,
    FileLockGuardOrphaned,
    FileLockInvalidOption,
    FileLockIO,
    FileLockPermission,
    FileLockStale,
)
from openclaw_lock_helpers.oauth import (
    RefreshContention,
    RefreshNotSaved,
    RefreshUnavailable,
    async_refresh_once,
    refresh_once,
    refresh_stored,
    token_endpoint,
)
from openclaw_lock_helpers.store import Put, StoreError, StoreMissing, update_store
from refreshing import AT, go, login, never, printed, replaced
from support import at, beside, holder, payload, until, write


def test_a_stale_credential_is_refreshed_saved_and_nothing_is_left(store: str, server: OAuthServer) -> None:
    before = time.time() * 1000
    with at("refresh:read", lambda: None) as reached:
        found = go(store, server)
    assert (found.how, found.access) == ("refreshed", server.token("a", 1))
    assert found.credential == login(store)
    assert login(store)["note"] == "kept"
    assert login(store)["refresh"] == server.token("r", 1)
    assert before <= login(store)["expires"] - 3_600_000 <= time.time() * 1000
    assert [point for point in reached if point.startswith("refresh:")] == [
        "refresh:read",
        "refresh:locked",
        "refresh:intended",
        "refresh:verified",
        "refresh:answered",
        "refresh:saved",
    ]
    assert (server.most(), beside(store)) == (1, [])


def test_a_fresh_one_is_returned_without_a_lock(store: str) -> None:
    update_store(store, [Put([*AT, "expires"], time.time() * 1000 + 400_000)])
    with FileLock(store):
        assert refresh_stored(store, AT, never).how == "fresh"


def test_one_that_is_known_to_be_rejected_is_refreshed_whatever_its_expiry(store: str, server: OAuthServer) -> None:
    update_store(store, [Put([*AT, "expires"], time.time() * 1000 + 400_000)])
    rejected = login(store)["access"]
    assert go(store, server, rejected=rejected).how == "refreshed"
    assert go(store, server, rejected=rejected).how == "fresh"


def test_the_callers_own_test_decides(store: str, server: OAuthServer) -> None:
    assert refresh_stored(store, AT, never, fresh=lambda credential: True).how == "fresh"
    assert go(store, server, fresh=lambda credential: credential["access"] != server.token("a", 0)).how == "refreshed"


def test_what_somebody_else_has_refreshed_is_adopted_while_the_lock_is_held(store: str, server: OAuthServer) -> None:
    found: list[str] = []
    waits: list[float] = []
    with holder(store):
        options: dict[str, Any] = {"on_wait": lambda _holder, waited: waits.append(waited)}
        thread = threading.Thread(target=lambda: found.append(refresh_stored(store, AT, never, **options).how))
        thread.start()
        until(lambda: waits)
        credential = {**server.login(), "access": "new", "refresh": "new", "expires": 2}  # short-lived, and yet newer
        write(store + ".new", json.dumps({"logins": {"example": credential}}).encode())
        os.rename(store + ".new", store)
        thread.join()
    assert found == ["adopted"]
    os.unlink(store + ".lock")


def test_what_is_fresh_under_the_lock_is_adopted(store: str) -> None:
    def refresh_behind_its_back() -> None:
        expires = time.time() * 1000 + 400_000
        update = json.dumps({"logins": {"example": {"access": "x", "refresh": "y", "expires": expires}}})
        write(store, update.encode())

    with at("refresh:locked", refresh_behind_its_back):
        assert refresh_stored(store, AT, never).how == "adopted"
    assert beside(store) == []


def test_who_gives_up_waiting_never_refreshes_and_names_the_holder(store: str) -> None:
    with holder(store) as process, pytest.raises(RefreshContention) as caught:
        refresh_stored(store, AT, never, timeout=0.05)
    assert caught.value.holder is not None
    assert caught.value.holder.pid == process.pid
    assert isinstance(caught.value.__cause__, FileLockError)
    assert f"pid {process.pid}" in str(caught.value)
    os.unlink(store + ".lock")


def test_a_left_over_that_is_no_lock_ends_the_wait_soon(store: str) -> None:
    os.mkdir(store + ".lock")
    with pytest.raises(RefreshContention):
        refresh_stored(store, AT, never)
    os.rmdir(store + ".lock")


def test_a_left_over_guard_and_a_dead_holder_that_is_not_reclaimed_are_contention_too(store: str) -> None:
    write(store + ".lock", payload())
    with pytest.raises(RefreshContention) as caught:
        refresh_stored(store, AT, never, reclaim=False)
    assert isinstance(caught.value.__cause__, FileLockStale)
    write(store + ".lock.reclaim", b"", 3600)
    with pytest.raises(RefreshContention) as caught:
        refresh_stored(store, AT, never, timeout=0)
    assert isinstance(caught.value.__cause__, FileLockGuardOrphaned)
    os.unlink(store + ".lock")
    os.unlink(store + ".lock.reclaim")


@pytest.mark.parametrize(
    ("code", "kind"), [(errno.EACCES, FileLockPermission), (errno.EIO, FileLockIO), (errno.ENOSPC, FileLockIO)]
)
def test_a_lock_that_nobody_could_have_had_is_refused_as_by_the_lock(
    store: str, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[FileLockError]
) -> None:
    original = os.open

    def refuse(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            raise OSError(code, os.strerror(code), path)
        return original(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(kind) as caught:
        refresh_stored(store, AT, never)
    assert type(caught.value) is kind
    assert beside(store) == []


def test_the_locks_are_taken_in_order_and_released_in_reverse(store: str, server: OAuthServer) -> None:
    first = store + ".first"
    go(store, server, locks=[first, store])
    with holder(store), pytest.raises(RefreshContention):
        replaced(store, expires=1)
        refresh_stored(store, AT, never, locks=[first, store], timeout=0.05)
    assert not os.path.exists(first + ".lock")
    os.unlink(store + ".lock")


def test_without_the_stores_own_lock_nothing_is_sent(store: str) -> None:
    with pytest.raises(StoreError) as caught:
        refresh_stored(store, AT, never, locks=[store + "2"])
    assert caught.value.code == "store_not_locked"
    assert beside(store) == []


@pytest.mark.parametrize(
    ("credential", "code"),
    [
        (None, "refresh_unavailable"),
        ("text", "refresh_unavailable"),
        ({"access": "a"}, "refresh_unavailable"),
        ({"access": "a", "refresh": " "}, "refresh_unavailable"),
        ({"access": "a", "refresh": "b\0c"}, "refresh_unavailable"),
    ],
)
def test_what_cannot_be_refreshed_is_said_before_a_lock(store: str, credential: Any, code: str) -> None:
    update_store(store, [Put(AT, credential)])
    with FileLock(store), pytest.raises(RefreshUnavailable):
        refresh_stored(store, AT, never)
    with pytest.raises(StoreMissing):
        refresh_stored(store + "2", AT, never)


@pytest.mark.parametrize(
    "wrong",
    [
        {"resend": "always"},
        {"call_timeout": -1},
        {"timeout": float("nan")},
        {"locks": []},
        {"locks": "path"},
        {"rejected": 5},
        {"fresh": 5},
    ],
)
def test_wrong_arguments_are_refused_before_anything(store: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(FileLockInvalidOption):
        refresh_stored(store + "2", AT, never, **wrong)
    with pytest.raises(FileLockInvalidOption):
        refresh_stored(store + "2", AT, None)  # type: ignore[arg-type]


def test_a_login_that_is_stored_elsewhere(store: str, server: OAuthServer) -> None:
    kept = [server.login()]
    options: dict[str, Any] = {
        "read": lambda: kept[-1],
        "save": kept.append,
        "refresh": token_endpoint(server.url, "script"),
        "locks": [store],
        "intents": os.path.dirname(store),
    }
    assert refresh_once(**options).how == "refreshed"
    assert kept[-1]["access"] == server.token("a", 1)
    rejected = kept[-1]["access"]
    assert asyncio.run(async_refresh_once(**options, rejected=rejected)).how == "refreshed"

    def fail(credential: dict[str, Any]) -> None:
        raise ValueError(str(credential))

    with pytest.raises(RefreshNotSaved) as caught:
        refresh_once(**{**options, "save": fail}, rejected=kept[-1]["access"])
    assert SECRET not in printed(caught.value)
    assert caught.value.credential()["access"] == server.token("a", 3)
    assert server.most() == 1
