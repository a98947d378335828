"""Refreshes in asyncio."""

from __future__ import annotations

import asyncio
import os
import pickle
from typing import Any

import pytest

from oauth_server import SECRET, OAuthServer
from openclaw_lock_helpers.oauth import (
    Attempt,
    RefreshCancelled,
    RefreshNotSaved,
    RefreshOutcomeUnknown,
    async_refresh_stored,
    token_endpoint,
)
from refreshing import AT, intents, login, never
from support import beside, holder, until


def test_a_cancelled_task_ends_when_the_flight_has_settled(store: str, server: OAuthServer) -> None:
    async def main() -> None:
        server.may_answer.clear()
        task = asyncio.ensure_future(async_refresh_stored(store, AT, token_endpoint(server.url, "script")))
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
    causes: list[BaseException | None] = []
    tasks: list[asyncio.Future[None]] = []

    async def refresh(attempt: Attempt) -> dict[str, Any]:
        tasks[0].cancel()
        if not saved:
            os.link(store, store + "2")
        return await asyncio.to_thread(token_endpoint(server.url, "script"), attempt)

    async def caller() -> None:
        try:
            await async_refresh_stored(store, AT, refresh)
        except RefreshCancelled as cancelled:
            told.append(f"{cancelled!r}{vars(cancelled)}{pickle.dumps(cancelled)!r}")
            causes.append(cancelled.__cause__)
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
    assert [isinstance(cause, RefreshNotSaved) for cause in causes] == [not saved]
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
        return await asyncio.to_thread(token_endpoint(server.url, "script"), attempt)

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
