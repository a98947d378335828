"""After a kill no token is sent again (REFRESH-5)."""

from __future__ import annotations

import os

import pytest

from oauth_server import OAuthServer
from openclaw_lock_helpers.oauth import (
    RefreshOutcomeUnknown,
)
from openclaw_lock_helpers.store import Put, update_store
from refreshing import AT, go, intents, outcome_of, process
from support import at, beside, payload, write

KILLED = """
import os, signal, sys
from openclaw_lock_helpers import _points
from openclaw_lock_helpers.oauth import refresh_stored, token_endpoint
store, url, point = sys.argv[1:]
_points.arm(lambda reached: os.kill(os.getpid(), signal.SIGKILL) if reached == point else None)
refresh_stored(store, ["logins", "example"], token_endpoint(url, "script"))
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
