"""What a token endpoint answered, written over what is stored (REFRESH-10)."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from .._generated.constants import ASSUMED_LIFETIME_MS
from ._said import LATEST_MS, said

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIGITS = re.compile("[0-9]{1,15}")


class Merged(NamedTuple):
    credential: dict[str, Any]
    #: The keys that were written.
    changes: dict[str, Any]
    #: The provider did not answer for another account.
    same_account: bool


def has_answered(answer: Mapping[str, Any]) -> bool:
    return said(dict(answer), "access_token") != ""


def merge(stored: dict[str, Any], answer: Mapping[str, Any], requested_at_ms: int) -> Merged:
    """``answer`` has an access token."""
    answer = dict(answer)
    lives = _lifetime_ms(answer.get("expires_in"))
    if lives is None or requested_at_ms + lives > LATEST_MS:
        lives = ASSUMED_LIFETIME_MS
    changes: dict[str, Any] = {"access": answer["access_token"], "expires": requested_at_ms + lives}
    for theirs, ours in (("refresh_token", "refresh"), ("account_id", "accountId"), ("email", "email")):
        if said(answer, theirs):
            changes[ours] = answer[theirs]
    return Merged({**stored, **changes}, changes, _same_account(stored, answer))


def _same_account(stored: dict[str, Any], answer: dict[str, Any]) -> bool:
    mine, theirs = said(stored, "accountId"), said(answer, "account_id")
    if mine and theirs:
        return mine == theirs
    mine, theirs = said(stored, "email").lower(), said(answer, "email").lower()
    return not mine or not theirs or mine == theirs


def _lifetime_ms(value: Any) -> int | None:
    if isinstance(value, str):
        value = int(value) if _DIGITS.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= LATEST_MS:
        return None
    milliseconds = value * 1000
    return int(milliseconds) if math.isfinite(milliseconds) else None
