"""What says that a token is being spent (REFRESH-4 to 6)."""

from __future__ import annotations

import json
import os
import stat
import threading
from typing import Any

import pytest

from oauth_server import SECRET, OAuthServer
from openclaw_lock_helpers.oauth import (
    Attempt,
    RefreshContention,
    Refreshed,
    RefreshOutcomeUnknown,
    refresh_stored,
    token_endpoint,
)
from openclaw_lock_helpers.store import StoreUnsupported, read_store
from refreshing import AT, go, intents, never
from support import at, beside, read, write


def test_the_intent_is_there_before_the_request_private_and_without_a_token(store: str, server: OAuthServer) -> None:
    seen: list[tuple[dict[str, Any], int]] = []

    def refresh(attempt: Attempt) -> dict[str, Any]:
        (name,) = [name for name in beside(store) if name.startswith(".openclaw-refresh-")]
        path = os.path.join(os.path.dirname(store), name)
        seen.append((json.loads(read(path)), stat.S_IMODE(os.stat(path).st_mode)))
        assert name == f".openclaw-refresh-{seen[0][0]['generation'][:32]}.json"
        assert SECRET not in read(path).decode()
        return token_endpoint(server.url, "script")(attempt)

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
