"""A refresh function: one POST to a token endpoint, and what its answer means (REFRESH-9)."""

from __future__ import annotations

import errno
import json
import socket
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from openclaw_lock_helpers.oauth import RefreshNotSent, RefreshRejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from openclaw_lock_helpers.oauth import Attempt

#: RFC 6749, 5.2, without invalid_grant: the caller's own fault.
_CALLERS_FAULT = ("invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope")
_NEVER_CONNECTED = (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_ignored: object) -> None:
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def endpoint(url: str, client_id: str) -> Callable[[Attempt], dict[str, Any]]:
    def refresh(attempt: Attempt) -> dict[str, Any]:
        form = {"grant_type": "refresh_token", "refresh_token": attempt.refresh_token, "client_id": client_id}
        request = urllib.request.Request(url, urllib.parse.urlencode(form).encode())
        try:
            with _opener.open(request, timeout=max(attempt.remaining, 0.001)) as response:
                answer: dict[str, Any] = json.load(response)
                return answer
        except urllib.error.HTTPError as error:
            with error:
                code = _code_of(error)
            if error.code in (400, 401) and code == "invalid_grant":
                raise RefreshRejected(code) from None
            if (error.code in (400, 401) and code in _CALLERS_FAULT) or error.code == 429:
                raise RefreshNotSent(f"HTTP {error.code} {code}") from None
            if error.code == 503 and error.headers.get("Retry-After"):
                raise RefreshNotSent("HTTP 503") from None
            raise
        except urllib.error.URLError as error:
            reason = error.reason
            if isinstance(reason, socket.gaierror) or getattr(reason, "errno", None) in _NEVER_CONNECTED:
                raise RefreshNotSent(str(reason)) from None
            raise

    return refresh


def _code_of(error: urllib.error.HTTPError) -> str:
    try:
        code = json.load(error)["error"]
    except (OSError, ValueError, TypeError, KeyError):
        return ""
    return code if isinstance(code, str) else ""
