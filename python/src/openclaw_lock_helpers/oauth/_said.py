"""What a credential says, in whatever shape somebody has stored it (REFRESH-11)."""

from __future__ import annotations

from typing import Any

#: ECMA-262, WhiteSpace and LineTerminator. ``str.strip`` takes another set.
WHITE = "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
#: Of an ECMAScript date, in ms.
LATEST_MS = 8_640_000_000_000_000


def said(credential: Any, key: str) -> str:
    """The text under ``key`` without white space around it; empty where there is none."""
    value = credential.get(key) if isinstance(credential, dict) else None
    return value.strip(WHITE) if isinstance(value, str) else ""


def time_ms(credential: Any, key: str = "expires") -> float | None:
    """The epoch milliseconds under ``key``, if it is a number that can be a time."""
    value = credential.get(key) if isinstance(credential, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -LATEST_MS <= value <= LATEST_MS else None


def tokens_of(credential: Any) -> tuple[str, str]:
    """Refresh token and access token, exactly as stored; empty where there is no text."""
    if not isinstance(credential, dict):
        return "", ""
    refresh, access = (credential.get(key) for key in ("refresh", "access"))
    return refresh if isinstance(refresh, str) else "", access if isinstance(access, str) else ""


def same_account(stored: Any, other: Any) -> bool:
    provider = said(stored, "provider").lower()
    if not provider or provider != said(other, "provider").lower():
        return False
    mine, theirs = said(stored, "accountId"), said(other, "accountId")
    if mine and theirs:
        return mine == theirs
    mine, theirs = said(stored, "email").lower(), said(other, "email").lower()
    if mine and theirs:
        return mine == theirs
    if any(said(stored, key) and stored[key] == other.get(key) for key in ("refresh", "access")):
        return True
    return not said(stored, "accountId") and not said(stored, "email")
