"""One request for each refresh token (spec/refresh.md).

from openclaw_lock_helpers.oauth import refresh_stored, token_endpoint

login = refresh_stored("logins.json", ["logins", "example"], token_endpoint("https://auth.example/token", "my-script"))
login.access  # a secret
"""

from __future__ import annotations

from ._attempt import Attempt
from ._endpoint import token_endpoint
from ._errors import (
    RefreshCancelled,
    RefreshContention,
    RefreshError,
    RefreshFailed,
    RefreshIdentity,
    RefreshNotSaved,
    RefreshNotSent,
    RefreshOutcomeUnknown,
    RefreshRejected,
    RefreshTokenRejected,
    RefreshUnavailable,
)
from ._public import async_refresh_once, async_refresh_stored, refresh_once, refresh_stored
from ._result import Refreshed

__all__ = [
    "Attempt",
    "RefreshCancelled",
    "RefreshContention",
    "RefreshError",
    "RefreshFailed",
    "RefreshIdentity",
    "RefreshNotSaved",
    "RefreshNotSent",
    "RefreshOutcomeUnknown",
    "RefreshRejected",
    "RefreshTokenRejected",
    "RefreshUnavailable",
    "Refreshed",
    "async_refresh_once",
    "async_refresh_stored",
    "refresh_once",
    "refresh_stored",
    "token_endpoint",
]
