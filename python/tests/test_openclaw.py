"""OpenClaw's own logins (spec/state.md)."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import stat
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from oauth_server import SECRET, OAuthServer
from openclaw_lock_helpers import FileLock
from openclaw_lock_helpers._generated.constants import FENCE_TIMEOUT_MS
from openclaw_lock_helpers.oauth import (
    Attempt,
    RefreshContention,
    Refreshed,
    RefreshNotSaved,
    RefreshTokenRejected,
    RefreshUnavailable,
    token_endpoint,
)
from openclaw_lock_helpers.oauth import _fences as fences
from openclaw_lock_helpers.openclaw import (
    CredentialCache,
    async_refresh_credential,
    async_wait_for_fresh_credential,
    read_credential,
    recognise_store,
    refresh_credential,
    refresh_lock_targets,
    resolve_agent_dir,
    resolve_main_agent_dir,
    resolve_state_dir,
    wait_for_fresh_credential,
)
from openclaw_lock_helpers.openclaw._credential import FENCE
from openclaw_lock_helpers.store import StoreError, StoreInvalid, StoreUnsupported
from support import at, read, until, write

if TYPE_CHECKING:
    pass

PROVIDER, PROFILE = "xai", "xai:me"
PENDING = FENCE + "0" * 32


def failed(key: str) -> str:
    return f"{PENDING}:failed:{key}:{'0' * 64}"


@pytest.fixture
def state(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("OPENCLAW_STATE_DIR", "OPENCLAW_AGENT_DIR", "OPENCLAW_HOME"):
        monkeypatch.delenv(name, raising=False)
    fences._seen.clear()
    os.mkdir(tmp_path / "state")
    return str(tmp_path / "state")


def login(expires: float = 1, number: int = 0, **more: Any) -> dict[str, Any]:
    access, refresh = (OAuthServer.token(kind, number) for kind in "ar")
    return {"type": "oauth", "provider": PROVIDER, "access": access, "refresh": refresh, "expires": expires, **more}


def soon() -> float:
    return time.time() * 1000 + 3_600_000


def json_store(state: str, agent: str, credential: dict[str, Any] | None, **others: Any) -> str:
    directory = resolve_agent_dir(state, agent)
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, "auth-profiles.json")
    profiles = {**others} if credential is None else {PROFILE: credential, **others}
    write(path, json.dumps({"version": 1, "profiles": profiles}).encode())
    return path


def stored(path: str) -> Any:
    return json.loads(read(path))["profiles"][PROFILE]


def execute(path: str, *statements: tuple[str, tuple[Any, ...]], wal: bool = False) -> sqlite3.Connection:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    connection = sqlite3.connect(path)
    if wal:
        connection.execute("PRAGMA journal_mode=WAL")
    with connection:
        for statement, values in statements:
            connection.execute(statement, values)
    return connection


AGENT_TABLE = (
    "CREATE TABLE IF NOT EXISTS auth_profile_store (store_key TEXT PRIMARY KEY, store_json TEXT, updated_at INTEGER)"
)
STATE_TABLE = "CREATE TABLE IF NOT EXISTS config_machine_state (state_key TEXT PRIMARY KEY, value_json TEXT, u INTEGER)"


def sqlite_store(state: str, agent: str, credential: dict[str, Any], *, wal: bool = False) -> sqlite3.Connection:
    text = json.dumps({"version": 1, "profiles": {PROFILE: credential}})
    return execute(
        os.path.join(resolve_agent_dir(state, agent), "openclaw-agent.sqlite"),
        (AGENT_TABLE, ()),
        ("INSERT OR REPLACE INTO auth_profile_store VALUES ('primary', ?, 0)", (text,)),
        wal=wal,
    )


def shared_store(state: str, credential: dict[str, Any], location: str) -> None:
    text = json.dumps({"profiles": {PROFILE: credential}})
    execute(
        os.path.join(state, "state", "openclaw.sqlite"),
        (STATE_TABLE, ()),
        ("INSERT INTO config_machine_state VALUES ('auth.sharedStore', ?, 0)", (json.dumps({"location": location}),)),
        ("INSERT INTO config_machine_state VALUES ('authProfiles.store', ?, 0)", (text,)),
    ).close()


def go(state: str, server: OAuthServer, agent: str | None = None, **options: Any) -> Refreshed:
    return refresh_credential(state, agent, PROVIDER, PROFILE, token_endpoint(server.url, "script"), **options)


def never(attempt: Attempt) -> dict[str, Any]:
    raise AssertionError("nobody may refresh here")


# --- where things are ---


def test_the_state_directory_is_that_of_this_process(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCLAW_STATE_DIR", state)
    assert resolve_state_dir() == state
    assert resolve_state_dir("work").endswith("/.openclaw-work")
    assert resolve_main_agent_dir(state) == resolve_agent_dir(state) == f"{state}/agents/main/agent"
    sqlite_store(state, "moved", login()).close()
    monkeypatch.setenv("OPENCLAW_AGENT_DIR", resolve_agent_dir(state, "moved"))
    assert resolve_main_agent_dir(state) == resolve_agent_dir(state, "moved")


def test_the_kind_of_a_store_is_recognised(state: str) -> None:
    assert recognise_store(state) == "none"
    json_store(state, "main", login())
    assert recognise_store(state) == "json"
    shared_store(state, login(), "legacy-main")
    assert recognise_store(state) == "json"
    sqlite_store(state, "main", login()).close()
    assert (recognise_store(state), recognise_store(state, "other")) == ("sqlite", "none")


def test_where_the_shared_store_is_there_json_is_a_left_over(state: str) -> None:
    json_store(state, "main", login(number=1))
    shared_store(state, login(number=2), "state-db")
    assert recognise_store(state, "other") == "sqlite"
    assert read_credential(state, "other", PROFILE) == login(number=2)


# --- reading SQLite ---


@pytest.mark.parametrize("wal", [False, True])
def test_a_sqlite_store_is_read_and_nothing_is_made_beside_it(state: str, wal: bool) -> None:
    connection = sqlite_store(state, "main", login(), wal=wal)
    folder = resolve_agent_dir(state)
    if wal:
        before = sorted(os.listdir(folder))
        assert read_credential(state, None, PROFILE) == login()
        assert sorted(os.listdir(folder)) == before
        connection.execute("UPDATE auth_profile_store SET store_json = '{}'")
        connection.commit()
        assert read_credential(state, None, PROFILE) is None
    connection.close()
    before = sorted(os.listdir(folder))
    assert read_credential(state, None, PROFILE) == (None if wal else login())
    assert sorted(os.listdir(folder)) == before == ["openclaw-agent.sqlite"]


def test_a_cell_that_is_no_store_and_a_file_that_is_no_database_are_said(state: str) -> None:
    path = os.path.join(resolve_agent_dir(state), "openclaw-agent.sqlite")
    connection = sqlite_store(state, "main", login())
    with connection:
        connection.execute("UPDATE auth_profile_store SET store_json = ?", (f'{{"a":"{SECRET}",}}',))
    connection.close()
    with pytest.raises(StoreInvalid) as caught:
        read_credential(state, None, PROFILE)
    assert SECRET not in f"{caught.value}{vars(caught.value)}"
    execute(path, ("DROP TABLE auth_profile_store", ())).close()
    assert read_credential(state, None, PROFILE) is None
    write(path, b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(StoreError):
        read_credential(state, None, PROFILE)


def test_a_sqlite_store_is_never_refreshed(state: str) -> None:
    json_store(state, "main", login())
    sqlite_store(state, "main", login()).close()
    with pytest.raises(StoreUnsupported) as caught:
        refresh_credential(state, None, PROVIDER, PROFILE, never)
    assert (caught.value.kind, "openclaw models auth login" in caught.value.hint) == ("sqlite", True)
    assert not os.path.exists(os.path.join(state, "locks"))


# --- refreshing JSON ---


def test_it_is_refreshed_under_both_refresh_locks_and_the_stores_own(state: str, server: OAuthServer) -> None:
    path = json_store(state, "main", login(), other={"kept": True})
    seen: list[bool] = []

    def refresh(attempt: Attempt) -> dict[str, Any]:
        targets = [*refresh_lock_targets(state, PROVIDER, PROFILE), path]
        seen.extend(os.path.exists(target + ".lock") for target in targets)
        folder = os.path.join(state, "locks", "oauth-refresh")
        seen.append(any(name.startswith(".openclaw-refresh-") for name in os.listdir(folder)))
        seen.append(stat.S_IMODE(os.stat(folder).st_mode) == 0o700)
        return token_endpoint(server.url, "script")(attempt)

    assert refresh_credential(state, None, PROVIDER, PROFILE, refresh).how == "refreshed"
    assert seen == [True] * 5
    assert stored(path)["access"] == server.token("a", 1)
    assert json.loads(read(path))["profiles"]["other"] == {"kept": True}
    assert os.listdir(os.path.join(state, "locks", "oauth-refresh")) == []
    assert go(state, server).how == "fresh"
    assert asyncio.run(async_refresh_credential(state, None, PROVIDER, PROFILE, never)).how == "fresh"


def test_an_agents_copy_of_mains_login_is_refreshed_in_mains_store(state: str, server: OAuthServer) -> None:
    main = json_store(state, "main", login(expires=5))
    agent = json_store(state, "two", login(expires=4))
    before = read(agent)
    assert go(state, server, "two").how == "refreshed"
    assert (stored(main)["access"], read(agent)) == (server.token("a", 1), before)
    assert go(state, server, "two").how == "fresh"


def test_an_agents_own_login_is_refreshed_there_and_written_into_mains(state: str, server: OAuthServer) -> None:
    main = json_store(state, "main", login(expires=3, note="main's"))
    agent = json_store(state, "two", login(expires=4))
    assert go(state, server, "two").how == "refreshed"
    assert stored(agent)["access"] == stored(main)["access"] == server.token("a", 1)
    assert stored(main)["note"] == "main's"


def test_mains_login_of_another_account_is_left_alone(state: str, server: OAuthServer) -> None:
    main = json_store(state, "main", login(expires=9, accountId="boss", number=7))
    agent = json_store(state, "two", login(expires=4, accountId="me"))
    before = read(main)
    assert go(state, server, "two").how == "refreshed"
    assert (read(main), stored(agent)["access"]) == (before, server.token("a", 1))


def test_that_it_cannot_be_written_into_mains_is_no_failure(state: str, server: OAuthServer) -> None:
    main = json_store(state, "main", login(expires=3))
    json_store(state, "two", login(expires=4))
    os.link(main, main + "2")
    assert go(state, server, "two").how == "refreshed"
    assert stored(main)["expires"] == 3


def test_another_owner_under_the_locks_means_other_locks(state: str, server: OAuthServer) -> None:
    main = json_store(state, "main", login(expires=3))
    agent = json_store(state, "two", login(expires=4))
    held: list[bool] = []

    def grow() -> None:
        json_store(state, "main", login(expires=5))

    def refresh(attempt: Attempt) -> dict[str, Any]:
        held.extend(os.path.exists(path + ".lock") for path in (main, agent))
        return token_endpoint(server.url, "script")(attempt)

    with at("refresh:locked", grow):
        assert refresh_credential(state, "two", PROVIDER, PROFILE, refresh).how == "refreshed"
    assert held == [True, False]
    assert stored(main)["access"] == server.token("a", 1)


def test_a_store_that_became_sqlite_meanwhile_is_not_written(state: str, server: OAuthServer) -> None:
    path = json_store(state, "main", login())

    def refresh(attempt: Attempt) -> dict[str, Any]:
        sqlite_store(state, "main", login()).close()
        return token_endpoint(server.url, "script")(attempt)

    with pytest.raises(RefreshNotSaved) as caught:
        refresh_credential(state, None, PROVIDER, PROFILE, refresh)
    assert isinstance(caught.value.__cause__, StoreUnsupported)
    assert stored(path) == login()


@pytest.mark.parametrize("wrong", [{"type": "api_key"}, {"provider": "other"}, {"refresh": ""}])
def test_what_is_no_such_login_is_not_refreshed(state: str, wrong: dict[str, Any]) -> None:
    json_store(state, "main", {**login(), **wrong})
    with pytest.raises(RefreshUnavailable):
        refresh_credential(state, None, PROVIDER, PROFILE, never)
    with pytest.raises(RefreshUnavailable):
        refresh_credential(state, None, PROVIDER, "other", never)


def test_where_openclaw_holds_a_refresh_lock_nobody_refreshes(state: str) -> None:
    json_store(state, "main", login())
    os.makedirs(os.path.join(state, "locks", "oauth-refresh"))
    for target in refresh_lock_targets(state, PROVIDER, PROFILE):
        lock = FileLock(target)
        lock.acquire()
        with pytest.raises(RefreshContention):
            refresh_credential(state, None, PROVIDER, PROFILE, never, timeout=0.05)
        lock.release()


# --- fences ---


def test_a_failed_fence_is_said_at_once_and_never_overwritten(state: str) -> None:
    path = json_store(state, "main", {**login(), "access": failed("access"), "refresh": failed("refresh")})
    before = read(path)
    with pytest.raises(RefreshTokenRejected):
        refresh_credential(state, None, PROVIDER, PROFILE, never)
    with pytest.raises(RefreshTokenRejected):
        wait_for_fresh_credential(state, None, PROVIDER, PROFILE)
    assert read(path) == before


def test_a_pending_fence_is_waited_for_and_what_comes_is_adopted(state: str) -> None:
    json_store(state, "main", {**login(expires=soon()), "access": PENDING})
    found: list[str] = []
    thread = threading.Thread(
        target=lambda: found.append(refresh_credential(state, None, PROVIDER, PROFILE, never).access)
    )
    thread.start()
    until(lambda: fences._seen)
    json_store(state, "main", login(soon(), 5))
    thread.join()
    assert found == [OAuthServer.token("a", 5)]


def test_a_fence_that_stays_is_given_up_after_its_longest_life(state: str) -> None:
    json_store(state, "main", {**login(), "refresh": PENDING})
    credential = read_credential(state, None, PROFILE)
    fences.first_seen(credential)
    for digest in fences._seen:
        fences._seen[digest] -= FENCE_TIMEOUT_MS / 1000
    with pytest.raises(RefreshContention) as caught:
        refresh_credential(state, None, PROVIDER, PROFILE, never)
    assert "killed" in str(caught.value)
    with pytest.raises(RefreshContention):
        wait_for_fresh_credential(state, None, PROVIDER, PROFILE)


# --- waiting ---


@pytest.mark.parametrize("kind", ["json", "sqlite"])
def test_what_appears_in_the_store_is_returned(state: str, kind: str) -> None:
    connection = None if kind == "json" else sqlite_store(state, "main", login(), wal=True)
    if connection is None:
        json_store(state, "main", login())
    found: list[dict[str, Any]] = []
    thread = threading.Thread(
        target=lambda: found.append(wait_for_fresh_credential(state, None, PROVIDER, PROFILE, timeout=60))
    )
    thread.start()
    fresh = login(soon(), 1)
    if connection is None:
        json_store(state, "main", fresh)
    else:
        with connection:
            text = json.dumps({"profiles": {PROFILE: fresh}})
            connection.execute("UPDATE auth_profile_store SET store_json = ?", (text,))
    thread.join()
    if connection is not None:
        connection.close()
    assert found == [fresh]


def test_the_rejected_one_is_not_returned_and_the_others_say_why(state: str) -> None:
    json_store(state, "main", login(soon()))
    options: dict[str, Any] = {"rejected": login()["access"], "timeout": 0.05}
    with pytest.raises(RefreshUnavailable):
        wait_for_fresh_credential(state, None, PROVIDER, PROFILE, **options)
    os.makedirs(os.path.join(state, "locks", "oauth-refresh"))
    with FileLock(refresh_lock_targets(state, PROVIDER, PROFILE)[1]), pytest.raises(RefreshContention) as caught:
        wait_for_fresh_credential(state, None, PROVIDER, PROFILE, **options)
    assert caught.value.holder is not None
    assert caught.value.holder.pid == os.getpid()
    json_store(state, "main", {**login(), "access": PENDING})
    with pytest.raises(RefreshContention):
        asyncio.run(async_wait_for_fresh_credential(state, None, PROVIDER, PROFILE, **options))
    json_store(state, "main", login(soon()))
    assert asyncio.run(async_wait_for_fresh_credential(state, None, PROVIDER, PROFILE))["access"] == login()["access"]


def test_an_agent_gets_mains_login_where_it_may_adopt_it(state: str) -> None:
    json_store(state, "main", login(soon(), 1, accountId="me"))
    json_store(state, "two", login(1, 2, accountId="me"))
    found = wait_for_fresh_credential(state, "two", PROVIDER, PROFILE, timeout=0)
    assert found["access"] == OAuthServer.token("a", 1)
    json_store(state, "two", login(1, 2, accountId="you"))
    with pytest.raises(RefreshUnavailable):
        wait_for_fresh_credential(state, "two", PROVIDER, PROFILE, timeout=0)


# --- a cache of one's own ---


def test_the_cache_takes_no_login_of_openclaws(state: str, tmp_path: Any) -> None:
    json_store(state, "main", login(number=1))
    json_store(state, "two", login(number=2))
    cache = CredentialCache(tmp_path / "cache.json", state_dir=state, agent_id="two")
    for number in (1, 2):
        with pytest.raises(StoreUnsupported):
            cache.put("x", login(number=number))
    assert not os.path.exists(cache.path)
    assert cache.put("x", login(number=3)) is True
    assert cache.put("y", login(number=1), provider_does_not_rotate=True) is True
    assert (cache.get("x"), cache.get("z")) == (login(number=3), None)
    assert stat.S_IMODE(os.stat(cache.path).st_mode) == 0o600
    os.chmod(cache.path, 0o644)
    cache.put("x", login(number=4))
    assert stat.S_IMODE(os.stat(cache.path).st_mode) == 0o600
    json_store(state, "main", None)
    write(os.path.join(resolve_agent_dir(state), "auth-profiles.json"), b"{}x")
    with pytest.raises(StoreUnsupported):
        cache.put("x", login(number=5))


def test_the_cache_is_not_in_openclaws_stores(state: str) -> None:
    path = json_store(state, "main", login())
    for place in (path, os.path.join(state, "state", "x.json"), os.path.join(state, "..", "auth-profiles.json")):
        with pytest.raises(StoreUnsupported):
            CredentialCache(place, state_dir=state).put("x", login(number=5))


def test_no_refusal_has_a_token_in_it(state: str, tmp_path: Any) -> None:
    json_store(state, "main", login())
    cache = CredentialCache(tmp_path / "cache.json", state_dir=state)
    with pytest.raises(StoreUnsupported) as caught:
        cache.put("x", login())
    assert SECRET not in f"{caught.value!r}{vars(caught.value)}"
    with pytest.raises(RefreshUnavailable) as unavailable:
        wait_for_fresh_credential(state, None, PROVIDER, PROFILE, timeout=0)
    assert SECRET not in f"{unavailable.value!r}{vars(unavailable.value)}"
