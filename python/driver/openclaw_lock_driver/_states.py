"""OpenClaw's directories and logins."""

from __future__ import annotations

from typing import Any

from openclaw_lock_helpers.oauth import token_endpoint
from openclaw_lock_helpers.oauth._said import same_account
from openclaw_lock_helpers.openclaw import (
    CredentialCache,
    async_refresh_credential,
    async_wait_for_fresh_credential,
    owner_of,
    refresh_lock_targets,
)
from openclaw_lock_helpers.openclaw._credential import adoptable_at, fence_of, usable_at
from openclaw_lock_helpers.openclaw._directories import Surroundings, agent_dir

from . import _held
from ._options import arguments
from ._refreshes import settled, terms
from ._wire import Reply, Request, number, text


def paths(request: Request) -> Reply:
    exists = set(request["exists"])
    around = Surroundings(request["env"], request.get("home"), text(request, "cwd"), exists.__contains__)
    state_dir = around.state_dir(request.get("profile"))
    reply: Reply = {
        "stateDir": state_dir,
        "agentDir": agent_dir(state_dir, request.get("agentId")),
        "mainAgentDir": around.main_agent_dir(state_dir),
    }
    if request.get("provider") is not None:
        reply["refreshLocks"] = refresh_lock_targets(state_dir, request["provider"], request.get("profileId") or "")
    return reply


def credential(request: Request) -> Reply:
    stored, main, now = request["credential"], request.get("main"), number(request, "now", 0)
    return {
        "usable": usable_at(stored, now),
        "fence": fence_of(stored),
        "mayAdopt": adoptable_at(stored, main, now),
        "sameAccount": same_account(stored, main) if isinstance(main, dict) else None,
    }


def owner(request: Request) -> Reply:
    return {"owner": owner_of(request.get("main"), request.get("agent"))}


def _where(request: Request) -> tuple[str, str, str, str]:
    return text(request, "stateDir"), text(request, "agentId"), text(request, "provider"), text(request, "profileId")


def refresh(request: Request) -> Reply:
    ask = token_endpoint(text(request, "url"), text(request, "clientId"))
    return settled(request, async_refresh_credential(*_where(request), ask, **terms(request)))


def wait(request: Request) -> Reply:
    options: dict[str, Any] = {k: v for k, v in arguments(request).items() if k in ("timeout", "trust_pids")}
    work = async_wait_for_fresh_credential(*_where(request), rejected=request.get("rejected"), **options)
    found = _held.result_of(request, work)
    return {"access": found["access"], "expires": found["expires"]}


def cache_put(request: Request) -> Reply:
    cache = CredentialCache(text(request, "path"), state_dir=text(request, "stateDir"), agent_id=request.get("agentId"))
    changed = cache.put(
        text(request, "key"),
        request["credential"],
        provider_does_not_rotate=request.get("providerDoesNotRotate") is True,
        **arguments(request),
    )
    return {"changed": changed}
