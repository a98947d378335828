"""One request for each refresh token (spec/refresh.md)."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import pickle
import signal
import stat
import subprocess
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from oauth_server import SECRET, OAuthServer
from openclaw_lock_driver._endpoint import endpoint
from openclaw_lock_helpers import FileLock, FileLockError, FileLockInvalidOption, FileLockReentrant
from openclaw_lock_helpers._publication import lasting
from openclaw_lock_helpers.oauth import (
    Attempt,
    RefreshCancelled,
    RefreshContention,
    Refreshed,
    RefreshError,
    RefreshFailed,
    RefreshIdentity,
    RefreshNotSaved,
    RefreshNotSent,
    RefreshOutcomeUnknown,
    RefreshRejected,
    RefreshTokenRejected,
    RefreshUnavailable,
    async_refresh_once,
    async_refresh_stored,
    refresh_once,
    refresh_stored,
)
from openclaw_lock_helpers.oauth import _flight as flights
from openclaw_lock_helpers.store import Put, StoreError, StoreMissing, StoreUnsupported, read_store, update_store
from openclaw_lock_helpers.store import _sweep as sweeps
from support import at, beside, expect, holder, payload, read, until, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AT = ["logins", "example"]
ROOT = os.path.join(os.path.dirname(__file__), "..")


@pytest.fixture(autouse=True)
def nothing_lasts() -> Iterator[None]:
    sweeps._swept.clear()
    yield
    lasting.clear()


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    with OAuthServer() as made:
        yield made


@pytest.fixture
def store(target: str, server: OAuthServer) -> str:
    write(target, json.dumps({"version": 1, "logins": {"example": server.login()}}).encode())
    return target


def login(store: str) -> dict[str, Any]:
    found: dict[str, Any] = read_store(store).value["logins"]["example"]
    return found


def expire(store: str) -> None:
    update_store(store, [Put([*AT, "expires"], 1)])


def intents(store: str) -> list[dict[str, Any]]:
    folder = os.path.dirname(store)
    names = [name for name in os.listdir(folder) if name.startswith(".openclaw-refresh-")]
    return [json.loads(read(os.path.join(folder, name))) for name in names]


def go(store: str, server: OAuthServer, **options: Any) -> Refreshed:
    return refresh_stored(store, AT, endpoint(server.url, "script"), **options)


def never(attempt: Attempt) -> dict[str, Any]:
    raise AssertionError("nobody may refresh here")


# --- the order of things ---


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


def test_the_locks_are_taken_in_order_and_released_in_reverse(store: str, server: OAuthServer) -> None:
    first = store + ".first"
    go(store, server, locks=[first, store])
    with holder(store), pytest.raises(RefreshContention):
        expire_behind(store)
        refresh_stored(store, AT, never, locks=[first, store], timeout=0.05)
    assert not os.path.exists(first + ".lock")
    os.unlink(store + ".lock")


def expire_behind(store: str) -> None:
    value = read_store(store).value
    value["logins"]["example"]["expires"] = 1
    write(store, json.dumps(value).encode())


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


# --- the intent ---


def test_the_intent_is_there_before_the_request_private_and_without_a_token(store: str, server: OAuthServer) -> None:
    seen: list[tuple[dict[str, Any], int]] = []

    def refresh(attempt: Attempt) -> dict[str, Any]:
        (name,) = [name for name in beside(store) if name.startswith(".openclaw-refresh-")]
        path = os.path.join(os.path.dirname(store), name)
        seen.append((json.loads(read(path)), stat.S_IMODE(os.stat(path).st_mode)))
        assert name == f".openclaw-refresh-{seen[0][0]['generation'][:32]}.json"
        assert SECRET not in read(path).decode()
        return endpoint(server.url, "script")(attempt)

    refresh_stored(store, AT, refresh)
    keys, mode = seen[0]
    assert (keys["state"], keys["pid"], mode) == ("sent", os.getpid(), 0o600)
    assert list(keys)[-2:] == ["generation", "state"]


def test_intents_can_have_a_directory_of_their_own(store: str, server: OAuthServer, tmp_path: Any) -> None:
    os.mkdir(tmp_path / "intents")
    server.planned.append((500, {}, {}))
    with pytest.raises(RefreshOutcomeUnknown) as caught:
        go(store, server, intents=tmp_path / "intents")
    assert caught.value.intent is not None
    assert os.listdir(tmp_path / "intents") == [os.path.basename(caught.value.intent)]


def test_where_the_store_cannot_be_replaced_no_request_is_made(store: str) -> None:
    os.link(store, store + "2")
    with pytest.raises(StoreUnsupported):
        refresh_stored(store, AT, never)
    os.unlink(store + "2")
    assert beside(store) == []


@pytest.mark.parametrize("harm", ["lost lock", "another generation"])
def test_what_has_changed_since_the_intent_ends_in_no_request_with_the_old_token(
    store: str, server: OAuthServer, harm: str
) -> None:
    def act() -> None:
        if harm == "lost lock":
            os.unlink(store + ".lock")
        else:
            value = read_store(store).value
            value["logins"]["example"]["note"] = "changed"
            value["logins"]["example"]["access"] = "another"
            write(store, json.dumps(value).encode())

    with at("refresh:intended", act) as reached:
        assert go(store, server).how == "refreshed"
    assert reached.count("refresh:intended") == 2
    assert reached.count("refresh:verified") == 1
    assert (server.most(), intents(store), beside(store)) == (1, [], [])


KILLED = """
import os, signal, sys
from openclaw_lock_helpers import _points
from openclaw_lock_helpers.oauth import refresh_stored
from openclaw_lock_driver._endpoint import endpoint
store, url, point = sys.argv[1:]
_points.arm(lambda reached: os.kill(os.getpid(), signal.SIGKILL) if reached == point else None)
refresh_stored(store, ["logins", "example"], endpoint(url, "script"))
"""

#: By point: what whoever comes next is told.
AFTER_A_KILL = {
    "refresh:read": "refreshed",
    "refresh:locked": "refreshed",
    "refresh:intended": "refresh_outcome_unknown",
    "refresh:verified": "refresh_outcome_unknown",
    "refresh:answered": "refresh_outcome_unknown",
    "store:written": "refresh_outcome_unknown",
    "store:verified": "refresh_outcome_unknown",
    "store:renamed": "fresh",
    "refresh:saved": "fresh",
    "release:compared": "fresh",
}


def process(script: str, *arguments: str) -> subprocess.Popen[str]:
    path = os.pathsep.join(os.path.join(ROOT, folder) for folder in ("driver", "src"))
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outcome_of(act: Callable[[], Refreshed]) -> str:
    try:
        return act().how
    except RefreshError as error:
        return error.code


@pytest.mark.parametrize("point", AFTER_A_KILL)
def test_after_a_kill_at_any_moment_no_token_is_sent_again(store: str, server: OAuthServer, point: str) -> None:
    with process(KILLED, store, server.url, point) as killed:
        assert killed.wait() == -9
    for _ in range(2):
        outcome = outcome_of(lambda: go(store, server, timeout=20))
        assert outcome in (AFTER_A_KILL[point], "fresh")
    assert server.most() <= 1
    assert server.alive
    if AFTER_A_KILL[point] == "refresh_outcome_unknown":
        update_store(store, [Put(AT, {**server.login(), "refresh": server.current, "access": "new login"})])
        assert (go(store, server).how, server.alive) == ("refreshed", True)


def test_a_dead_senders_token_is_sent_again_only_where_the_caller_says_so(store: str, server: OAuthServer) -> None:
    with process(KILLED, store, server.url, "refresh:verified") as killed:
        assert killed.wait() == -9
    with pytest.raises(RefreshOutcomeUnknown) as caught:
        go(store, server)
    assert caught.value.holder is not None
    assert caught.value.holder.pid == killed.pid
    with at("refresh:intended", lambda: os.unlink(store + ".lock")) as reached:
        assert go(store, server, resend="if-dead").how == "refreshed"
    assert (
        reached.count("refresh:intended") == 2
    )  # a replacement is not taken back: it became unknown, and was replaced
    assert (intents(store), [name for name in beside(store) if "reclaim" in name]) == ([], [])


def test_a_dead_reclaimers_guard_of_an_intent_is_broken(store: str, server: OAuthServer) -> None:
    with process(KILLED, store, server.url, "refresh:verified") as killed:
        assert killed.wait() == -9
    with pytest.raises(RefreshOutcomeUnknown) as caught:
        go(store, server)
    write(f"{caught.value.intent}.reclaim", payload())
    assert go(store, server, resend="if-dead").how == "refreshed"
    assert not os.path.exists(f"{caught.value.intent}.reclaim")


def test_a_living_senders_token_is_never_sent_again(store: str, server: OAuthServer) -> None:
    """Its locks are lost; the intent holds."""
    server.may_answer.clear()
    first: list[Refreshed] = []
    thread = threading.Thread(target=lambda: first.append(go(store, server)))
    thread.start()
    server.arrived.wait()
    os.unlink(store + ".lock")
    for resend in ("never", "if-dead"):
        with pytest.raises(RefreshContention) as caught:
            refresh_stored(store, AT, never, timeout=0.05, resend=resend)
        assert "under way" in str(caught.value)
    adopted: list[Refreshed] = []
    waiting = threading.Thread(target=lambda: adopted.append(refresh_stored(store, AT, never)))
    waiting.start()
    server.may_answer.set()
    thread.join()
    waiting.join()
    assert (first[0].how, adopted[0].how) == ("refreshed", "adopted")
    assert (server.most(), beside(store)) == (1, [])


@pytest.mark.parametrize("content", [b"", b"{", b'{"state":"sent"}', b"x" * 70_000, None])
def test_an_intent_that_cannot_be_read_is_an_unknown_outcome(
    store: str, server: OAuthServer, content: bytes | None
) -> None:
    server.planned.append((500, {}, {}))
    with pytest.raises(RefreshOutcomeUnknown) as caught:
        go(store, server)
    path = str(caught.value.intent)
    os.unlink(path)
    if content is None:
        os.mkdir(path)
    else:
        write(path, content)
    for resend in ("never", "if-dead"):
        with pytest.raises(RefreshOutcomeUnknown):
            refresh_stored(store, AT, never, resend=resend)
    if content is None:
        os.rmdir(path)


# --- what the refresh function says ---


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
        refresh_stored(store, AT, endpoint(url, "script"))
    assert go(store, server).how == "refreshed"


def test_a_rejection_has_no_more_in_it_than_its_code(store: str) -> None:
    def refresh(attempt: Attempt) -> dict[str, Any]:
        raise RefreshRejected(f"Token {attempt.refresh_token} is no good")

    with pytest.raises(RefreshTokenRejected):
        refresh_stored(store, AT, refresh)
    assert [keys["reason"] for keys in intents(store)] == ["other"]


def _replaced(store: str, **changes: Any) -> None:
    value = read_store(store).value
    value["logins"]["example"].update(changes)
    write(store, json.dumps(value).encode())


def test_whoever_loses_a_race_adopts_what_the_winner_has_stored(store: str) -> None:
    def refresh(attempt: Attempt) -> dict[str, Any]:
        _replaced(store, access="winner", refresh="winner", expires=time.time() * 1000 + 400_000)
        raise RefreshRejected

    assert refresh_stored(store, AT, refresh).how == "adopted"
    assert login(store)["access"] == "winner"


def test_whoever_loses_to_one_that_is_not_fresh_begins_again_once(store: str) -> None:
    sent: list[str] = []

    def refresh(attempt: Attempt) -> dict[str, Any]:
        sent.append(attempt.refresh_token)
        _replaced(store, access=f"x{len(sent)}", refresh=f"y{len(sent)}", expires=0)
        raise RefreshRejected

    with pytest.raises(RefreshTokenRejected):
        refresh_stored(store, AT, refresh)
    assert sent == [OAuthServer.token("r", 0), "y1"]


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


def test_a_refresh_function_that_does_not_end_is_told_to_stop_then_given_up_and_saved_if_it_comes_back(
    store: str, server: OAuthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flights, "CALL_GRACE_MS", 1)
    told, go_on = threading.Event(), threading.Event()

    def refresh(attempt: Attempt) -> dict[str, Any]:
        attempt.stopped.wait()
        told.set()
        go_on.wait()
        return endpoint(server.url, "script")(Attempt(attempt.credential, 60))

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


# --- saving ---


def test_a_lock_that_was_lost_meanwhile_is_taken_again_for_the_save(store: str, server: OAuthServer) -> None:
    def refresh(attempt: Attempt) -> dict[str, Any]:
        answer = endpoint(server.url, "script")(attempt)
        os.unlink(store + ".lock")
        return answer

    assert refresh_stored(store, AT, refresh).how == "refreshed"
    assert login(store)["access"] == server.token("a", 1)
    assert beside(store) == []


def test_other_keys_that_were_written_meanwhile_stay(store: str, server: OAuthServer) -> None:
    def refresh(attempt: Attempt) -> dict[str, Any]:
        _replaced(store, note="theirs")
        return endpoint(server.url, "script")(attempt)

    assert refresh_stored(store, AT, refresh).how == "refreshed"
    assert (login(store)["note"], login(store)["access"]) == ("theirs", server.token("a", 1))


def test_a_writer_without_the_lock_is_survived_three_times(store: str, server: OAuthServer) -> None:
    count = [0]

    def harm() -> None:
        count[0] += 1
        _replaced(store, note=str(count[0]))

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
        answer = endpoint(server.url, "script")(attempt)
        expires = time.time() * 1000 + 400_000 if fresh else 0
        _replaced(store, access="newer", refresh="newer", expires=expires)
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
        answer = endpoint(server.url, "script")(attempt)
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


# --- signals, interrupts, asyncio ---

SIGNALLED = """
import os, signal, sys, threading
from openclaw_lock_helpers.oauth import refresh_stored
from openclaw_lock_driver._endpoint import endpoint
store, url = sys.argv[1:]
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
def main():
    print("go", flush=True)
    print(refresh_stored(store, ["logins", "example"], endpoint(url, "script")).how, flush=True)
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
        return endpoint(server.url, "script")(attempt)

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
        return endpoint(server.url, "script")(attempt)

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with pytest.raises(Alarm):
            refresh_stored(store, AT, refresh)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert login(store)["access"] == server.token("a", 1)
    assert beside(store) == []


def test_a_cancelled_task_ends_when_the_flight_has_settled(store: str, server: OAuthServer) -> None:
    async def main() -> None:
        server.may_answer.clear()
        task = asyncio.ensure_future(async_refresh_stored(store, AT, endpoint(server.url, "script")))
        await asyncio.to_thread(server.arrived.wait)
        for _ in range(2):
            task.cancel()
            await asyncio.sleep(0)
        assert not task.done()
        server.may_answer.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert login(store)["access"] == server.token("a", 1)
    assert beside(store) == []


@pytest.mark.parametrize("saved", [True, False])
def test_what_a_cancelled_refresh_has_completed_can_be_had(store: str, server: OAuthServer, saved: bool) -> None:
    outcomes: list[Any] = []
    told: list[str] = []
    tasks: list[asyncio.Future[None]] = []

    async def refresh(attempt: Attempt) -> dict[str, Any]:
        tasks[0].cancel()
        if not saved:
            os.link(store, store + "2")
        return await asyncio.to_thread(endpoint(server.url, "script"), attempt)

    async def caller() -> None:
        try:
            await async_refresh_stored(store, AT, refresh)
        except RefreshCancelled as cancelled:
            told.append(f"{cancelled!r}{vars(cancelled)}{pickle.dumps(cancelled)!r}")
            outcomes.append(cancelled.outcome())
            raise

    async def main() -> None:
        tasks.append(asyncio.ensure_future(caller()))
        await tasks[0]

    if saved:
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(main())
        assert outcomes[0].access == server.token("a", 1)
    else:
        with pytest.raises(RefreshNotSaved) as caught:
            asyncio.run(main())
        assert caught.value.credential()["access"] == server.token("a", 1)
    assert SECRET not in told[0]


def test_a_cancelled_task_that_waits_ends_at_once(store: str) -> None:
    waits: list[float] = []

    async def main() -> None:
        task = asyncio.ensure_future(
            async_refresh_stored(store, AT, never, on_wait=lambda _holder, waited: waits.append(waited))
        )
        await asyncio.to_thread(until, lambda: waits)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with holder(store):
        asyncio.run(main())
    os.unlink(store + ".lock")
    assert beside(store) == []


def test_the_refresh_function_may_be_a_coroutine(store: str, server: OAuthServer) -> None:
    ended: list[str] = []

    async def refresh(attempt: Attempt) -> dict[str, Any]:
        return await asyncio.to_thread(endpoint(server.url, "script"), attempt)

    async def endless(attempt: Attempt) -> dict[str, Any]:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")
        raise AssertionError

    async def main() -> None:
        assert (await async_refresh_stored(store, AT, refresh)).how == "refreshed"
        with pytest.raises(RefreshOutcomeUnknown):
            await async_refresh_stored(store, AT, endless, call_timeout=0.01, rejected=login(store)["access"])

    asyncio.run(main())
    assert ended == ["cancelled"]
    assert [keys["state"] for keys in intents(store)] == ["unknown"]


def test_a_login_that_is_stored_elsewhere(store: str, server: OAuthServer) -> None:
    kept = [server.login()]
    options: dict[str, Any] = {
        "read": lambda: kept[-1],
        "save": kept.append,
        "refresh": endpoint(server.url, "script"),
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


# --- many, and secrets ---

WAITER = """
import sys
from openclaw_lock_helpers.oauth import refresh_stored
from openclaw_lock_driver._endpoint import endpoint
store, url = sys.argv[1:]
refresh = endpoint(url, "script")
print("ready", flush=True)
for line in sys.stdin:
    print(refresh_stored(store, ["logins", "example"], refresh).access, flush=True)
"""


def test_many_processes_make_one_request_an_expiry_and_get_one_token(store: str, server: OAuthServer) -> None:
    crowd = [process(WAITER, store, server.url) for _ in range(8)]
    try:
        for one in crowd:
            expect(one, "ready")
        for turn in range(1, 11):
            expire(store)
            for one in crowd:
                assert one.stdin is not None
                one.stdin.write("\n")
                one.stdin.flush()
            for one in crowd:
                expect(one, server.token("a", turn))
            assert (server.issued, server.most()) == (turn, 1)
    finally:
        for one in crowd:
            one.kill()
            one.communicate()
    assert server.alive


def test_threads_of_one_process_make_one_request(store: str, server: OAuthServer) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(go(store, server).access)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, sum(server.posts.values())) == ([server.token("a", 1)] * 12, 1)


def printed(error: BaseException) -> str:
    """All that an error says of itself, with the local variables of this package's frames."""
    ours: list[Any] = []
    chain: list[BaseException | None] = [error]
    while chain:
        one = chain.pop()
        if one is not None:
            stack = traceback.TracebackException.from_exception(one, capture_locals=True).stack
            ours += [frame.locals for frame in stack if "openclaw_lock_helpers" in frame.filename]
            chain += [one.__cause__, one.__context__]
    told = "".join(traceback.format_exception(error))
    copies = [pickle.dumps(error), pickle.dumps(copy.copy(error)), vars(copy.copy(error))]
    return f"{told}{error!r}{error.args}{vars(error)}{copies}{ours}"


def _refusals(store: str, server: OAuthServer) -> Iterator[Callable[[], object]]:
    def planned(*answer: Any) -> Callable[[], object]:
        def act() -> object:
            server.planned.append(answer)
            return go(store, server)

        return act

    def raising(make: Callable[[Attempt], Exception]) -> Callable[[], object]:
        def refresh(attempt: Attempt) -> dict[str, Any]:
            raise make(attempt)

        return lambda: refresh_stored(store, AT, refresh)

    yield planned(400, {"error": "invalid_client", "error_description": SECRET}, {})
    yield planned(429, {SECRET: SECRET}, {})
    yield raising(lambda attempt: RefreshNotSent(f"sent {attempt.credential}"))
    yield lambda: refresh_stored(store, [*AT, "x"], never)
    yield lambda: refresh_stored(store, AT, never, locks=[store + "2"])
    yield raising(lambda attempt: RefreshRejected(attempt.refresh_token))
    yield raising(lambda attempt: ValueError(f"no {attempt.refresh_token}", attempt))

    def doomed(attempt: Attempt) -> dict[str, Any]:
        os.link(store, store + "2")
        return {"access_token": f"a2-{SECRET}", "refresh_token": f"r2-{SECRET}"}

    def not_saved() -> object:
        try:
            return refresh_stored(store, AT, doomed, rejected=login(store)["access"])
        finally:
            os.unlink(store + "2")

    yield not_saved


def test_no_error_has_a_token_in_it(store: str, server: OAuthServer) -> None:
    codes: list[str] = []
    for turn, refuse in enumerate(_refusals(store, server)):
        _replaced(store, access=f"a{turn}-{SECRET}", refresh=f"r{turn}-{SECRET}")
        with pytest.raises((RefreshError, StoreError)) as caught:
            refuse()
        error: Any = caught.value
        codes.append(error.code)
        assert SECRET not in printed(error)
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.path) == (type(error), str(error), error.path)
        if isinstance(again, RefreshNotSaved):
            with pytest.raises(LookupError):
                again.credential()
    assert codes == [
        *["refresh_failed"] * 3,
        "refresh_unavailable",
        "store_not_locked",
        "refresh_rejected",
        "refresh_outcome_unknown",
        "refresh_not_saved",
    ]
    for name in beside(store):
        assert SECRET.encode() not in read(os.path.join(os.path.dirname(store), name))


def test_what_holds_tokens_does_not_print_them(store: str, server: OAuthServer) -> None:
    found = go(store, server)
    attempt = Attempt(server.login(), 1)
    assert SECRET not in f"{found!r}{attempt!r}"
    with pytest.raises(TypeError):
        pickle.dumps(attempt)


def test_the_tests_have_a_referee(server: OAuthServer) -> None:
    """A spent token that comes again burns the family."""
    refresh = endpoint(server.url, "script")
    refresh(Attempt(server.login(), 60))
    with pytest.raises(RefreshRejected):
        refresh(Attempt(server.login(), 60))
    assert (server.alive, server.most()) == (False, 2)
