"""Since when this process has seen a fence: nothing in it says when it was made, or by whom (STATE-6)."""

from __future__ import annotations

import time
from typing import Any

from ._said import tokens_of

_MAX_REMEMBERED = 256
#: By digest, so that no token lies about.
_seen: dict[bytes, float] = {}


def first_seen(credential: Any) -> float:
    """On the monotonic clock; now, if this is the first time."""
    from hashlib import sha256

    digest = sha256("\0".join(tokens_of(credential)).encode("utf-8", "surrogatepass")).digest()
    if digest not in _seen and len(_seen) >= _MAX_REMEMBERED:
        _seen.clear()
    return _seen.setdefault(digest, time.monotonic())
