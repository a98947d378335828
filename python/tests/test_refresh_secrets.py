"""No token in what an error, or a result, shows (REFRESH-12)."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from oauth_server import SECRET, OAuthServer
from openclaw_lock_helpers.oauth import (
    Attempt,
    RefreshError,
    RefreshNotSaved,
    RefreshNotSent,
    RefreshRejected,
    refresh_stored,
)
from openclaw_lock_helpers.store import StoreError
from refreshing import AT, go, login, never, printed, replaced
from support import beside, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
        replaced(store, access=f"a{turn}-{SECRET}", refresh=f"r{turn}-{SECRET}")
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
