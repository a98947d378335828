"""Many refresh at once, and one request is made."""

from __future__ import annotations

import threading

import pytest

from oauth_server import OAuthServer
from openclaw_lock_helpers.oauth import (
    Attempt,
    RefreshRejected,
    token_endpoint,
)
from refreshing import expire, go, process
from support import expect

WAITER = """
import sys
from openclaw_lock_helpers.oauth import refresh_stored, token_endpoint
store, url = sys.argv[1:]
refresh = token_endpoint(url, "script")
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


def test_the_tests_have_a_referee(server: OAuthServer) -> None:
    """A spent token that comes again burns the family."""
    refresh = token_endpoint(server.url, "script")
    refresh(Attempt(server.login(), 60))
    with pytest.raises(RefreshRejected):
        refresh(Attempt(server.login(), 60))
    assert (server.alive, server.most()) == (False, 2)
