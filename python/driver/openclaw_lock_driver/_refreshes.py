"""Refreshes, and the pure rules about credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw_lock_helpers.oauth import RefreshCancelled, RefreshIdentity, async_refresh_stored, token_endpoint
from openclaw_lock_helpers.oauth._generation import generation_of, is_fresh, is_unexpired
from openclaw_lock_helpers.oauth._merge import has_answered, merge
from openclaw_lock_helpers.oauth._refusals import Refusals

from . import _held
from ._options import arguments
from ._replies import unsaved_of
from ._wire import Reply, Request, number, read_time, text

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from openclaw_lock_helpers.oauth import Refreshed

_refusals = Refusals("the store")


def generation(request: Request) -> Reply:
    found = generation_of({key: request.get(key) for key in ("refresh", "access")})
    if found is None:
        raise _refusals.unavailable("its tokens are not text", 0.0)
    return {"generation": found}


def fresh(request: Request) -> Reply:
    now = number(request, "now", 0)
    found = is_fresh(
        request.get("first"),
        request.get("credential"),
        request.get("rejected"),
        lambda credential: is_unexpired(credential, now),
    )
    return {"fresh": found}


def merged(request: Request) -> Reply:
    answer = request.get("answer")
    if not isinstance(answer, dict) or not has_answered(answer):
        raise _refusals.unknown("", "no answer", 0.0)
    found = merge(request["stored"], answer, int(number(request, "requestedAt", 0)))
    if not found.same_account:
        raise RefreshIdentity
    return {"credential": found.credential}


def refresh(request: Request) -> Reply:
    work = async_refresh_stored(
        text(request, "store"),
        request["at"],
        token_endpoint(text(request, "url"), text(request, "clientId")),
        locks=request.get("locks"),
        intents=request.get("intents"),
        **terms(request),
    )
    return settled(request, work)


def terms(request: Request) -> dict[str, Any]:
    limit = read_time(request.get("callTimeoutMs", 120_000))
    return {
        "rejected": request.get("rejected"),
        "resend": request.get("resend") or "never",
        "call_timeout": limit / 1000 if isinstance(limit, int | float) else limit,
        **arguments(request),
    }


def settled(request: Request, work: Coroutine[Any, Any, Refreshed]) -> Reply:
    """Cancelled in flight it answers what has come of that."""
    found = _held.result_of(request, _outcome(work))
    return {"how": found.how, "access": found.access, "expires": found.expires}


async def _outcome(work: Coroutine[Any, Any, Refreshed]) -> Refreshed:
    try:
        return await work
    except RefreshCancelled as cancelled:
        return cancelled.outcome()


def retry_save(request: Request) -> Reply:
    return {"how": unsaved_of(text(request, "handle")).retry_save().how}
