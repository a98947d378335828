"""What OpenClaw's credentials say: usable, fenced, whose (STATE-5 to STATE-8)."""

from __future__ import annotations

import re
import time
from typing import Any, Literal

from ..oauth._generation import is_unexpired
from ..oauth._said import said, same_account, time_ms, tokens_of

FENCE = "openclaw-oauth-refresh-fence:v1:"
_FAILED = {
    key: re.compile(rf"{re.escape(FENCE)}[0-9a-f]{{32}}:failed:{key}:[0-9a-f]{{64}}") for key in ("access", "refresh")
}


def is_fence(value: object) -> bool:
    """Whether a stored token is none, but OpenClaw's note that it is refreshing, or has failed to."""
    return isinstance(value, str) and value.startswith(FENCE)


def fence_of(credential: Any) -> Literal["pending", "failed"] | None:
    """Of a credential as it is stored."""
    if not isinstance(credential, dict):
        return None
    fences = {key: credential[key] for key in _FAILED if is_fence(credential.get(key))}
    if not fences:
        return None
    return "failed" if all(_FAILED[key].fullmatch(value) for key, value in fences.items()) else "pending"


def is_usable(credential: Any, now: float | None = None) -> bool:
    """Whether it can be sent to the provider: five minutes are left at ``now`` (epoch seconds), and it is no fence."""
    return usable_at(credential, (time.time() if now is None else now) * 1000)


def usable_at(credential: Any, now_ms: float) -> bool:
    return (
        isinstance(credential, dict)
        and credential.get("type") == "oauth"
        and fence_of(credential) is None
        and is_unexpired(credential, now_ms)
    )


def may_adopt(stored: Any, main: Any, now: float | None = None) -> bool:
    """Whether an agent that has ``stored`` may use the credential of main's store (STATE-7)."""
    return adoptable_at(stored, main, (time.time() if now is None else now) * 1000)


def adoptable_at(stored: Any, main: Any, now_ms: float) -> bool:
    if not isinstance(stored, dict) or stored.get("type") != "oauth" or not usable_at(main, now_ms):
        return False
    mine, theirs = time_ms(stored), time_ms(main)
    return (mine is None or (theirs is not None and theirs > mine)) and same_account(stored, main)


def owner_of(main: Any, agent: Any) -> Literal["main", "agent", "none"]:
    """Whose store a login is refreshed in (STATE-8)."""
    if not isinstance(agent, dict):
        return "main" if isinstance(main, dict) else "none"
    if not isinstance(main, dict) or not main.get("type") == agent.get("type") == "oauth":
        return "agent"
    if not same_account(agent, main):
        return "agent"
    mine, theirs = time_ms(agent), time_ms(main)
    if theirs is not None:
        return "main" if mine is None or theirs >= mine else "agent"
    is_same = tokens_of(agent) == tokens_of(main) and said(agent, "refresh") != ""
    return "main" if mine is None and is_same else "agent"
