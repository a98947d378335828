"""Which tokens a login has, as a digest; and whether what it has is fresh (REFRESH-2, REFRESH-4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .._generated.constants import FRESH_MARGIN_MS
from ._said import WHITE, said, time_ms, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable

_NO_TOKEN = re.compile("[\0\ud800-\udfff]")


def generation_of(credential: Any) -> str | None:
    """64 hex digits, or ``None`` where a token has NUL or half a character in it."""
    from hashlib import sha256

    tokens = tokens_of(credential)
    if any(map(_NO_TOKEN.search, tokens)):
        return None
    return sha256("\0".join(("openclaw-refresh-generation:v1", *tokens)).encode()).hexdigest()


def is_unexpired(credential: Any, now_ms: float) -> bool:
    """The default test of a caller: there is an access token, and more than five minutes are left to it."""
    expires = time_ms(credential)
    return (
        said(credential, "access") != "" and expires is not None and expires > 0 and expires - now_ms > FRESH_MARGIN_MS
    )


def is_fresh(first: Any, credential: Any, rejected: str | None, test: Callable[[Any], bool]) -> bool:
    """
    Args:
        first: what this call read first, or ``None``.
        credential: what is stored now.
        rejected: an access token that the caller knows to be of no use.
        test: the caller's own.
    """
    if not isinstance(credential, dict):
        return False
    if rejected is not None and rejected.strip(WHITE) and credential.get("access") == rejected:
        return False
    return test(credential) or _has_moved_on(first, credential)


def _has_moved_on(first: Any, credential: Any) -> bool:
    """Somebody has refreshed it meanwhile, however short it lives: else every waiter would do so in turn."""
    if not isinstance(first, dict) or tokens_of(first) == tokens_of(credential) or not said(credential, "access"):
        return False
    before, now = time_ms(first), time_ms(credential)
    return now is not None and (before is None or now > before)
