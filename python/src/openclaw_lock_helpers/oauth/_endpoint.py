"""A refresh function: one POST to a token endpoint, and what its answer means (REFRESH-9)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from .._errors import FileLockInvalidOption
from ._errors import RefreshNotSent, RefreshRejected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from http.client import HTTPConnection, HTTPResponse
    from urllib.parse import SplitResult

    from ._attempt import Attempt

_MOST_BYTES = 1 << 20
_WORD = re.compile("[!-~]+")
#: RFC 6749, 5.2, without invalid_grant: they say nothing of the token.
_CALLERS_FAULT = ("invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope")


def token_endpoint(
    url: str,
    client_id: str | None = None,
    client_secret: str | None = None,
    *,
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Callable[[Attempt], dict[str, Any]]:
    """A refresh function for a token endpoint as of RFC 6749: one POST on a connection of its own.

    It goes through no proxy, follows no redirect and is never tried again. ``invalid_grant`` is a rejection; where no
    connection was made, and for the other errors of RFC 6749, a 429, and a 503 with ``Retry-After``, nothing counts as
    sent.

    Args:
        url: ``https:``, or ``http:`` for tests.
        client_id, client_secret: members of the form, where they are given.
        fields: further members of the form, such as ``scope``.
        headers: further headers.

    Raises:
        FileLockInvalidOption: ``url`` is none.
    """
    place = _place(url)
    known = {"client_id": client_id, "client_secret": client_secret}
    form = {**(fields or {}), **{key: value for key, value in known.items() if value is not None}}
    more = dict(headers or {})

    def refresh(attempt: Attempt) -> dict[str, Any]:
        sent = {"grant_type": "refresh_token", "refresh_token": attempt.refresh_token, **form}
        return _post(place, urlencode(sent).encode(), more, attempt)

    return refresh


def _place(url: str) -> SplitResult:
    try:
        place = urlsplit(url)
        if place.scheme in ("https", "http") and place.hostname and place.port != 0 and _WORD.fullmatch(url):
            return place
    except (ValueError, TypeError, AttributeError):
        pass
    raise FileLockInvalidOption("url must be an https: URL", hint="pass that of the provider's token endpoint")


def _post(place: SplitResult, body: bytes, headers: dict[str, str], attempt: Attempt) -> dict[str, Any]:
    connection = _connection(place, attempt)
    try:
        try:
            connection.connect()
            _begin(connection, place, {**headers, "Content-Length": str(len(body))})
        except Exception as error:
            raise RefreshNotSent(f"no request was made to the token endpoint ({_why(error)})") from None
        if attempt.stopped.is_set():
            raise RefreshNotSent("there was no connection to the token endpoint in time")
        connection.endheaders(body)
        with connection.getresponse() as response:
            return _answer(response, _read(response, attempt))
    finally:
        connection.close()


def _connection(place: SplitResult, attempt: Attempt) -> HTTPConnection:
    from http import client  # slow to import

    kind = client.HTTPSConnection if place.scheme == "https" else client.HTTPConnection
    return kind(place.hostname or "", place.port, timeout=max(attempt.remaining, 0.001))


def _begin(connection: HTTPConnection, place: SplitResult, headers: dict[str, str]) -> None:
    """Sends nothing yet."""
    query = f"?{place.query}" if place.query else ""
    connection.putrequest("POST", (place.path or "/") + query, skip_accept_encoding=True)
    own = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
    for key, value in {**own, **headers}.items():
        connection.putheader(key, value)


def _read(response: HTTPResponse, attempt: Attempt) -> bytes:
    data = bytearray()
    while part := response.read1(65536):
        data += part
        if len(data) > _MOST_BYTES:
            raise ValueError("the answer is longer than 1 MiB")
        if attempt.stopped.is_set():
            raise TimeoutError("the answer took too long")
    return bytes(data)


def _answer(response: HTTPResponse, data: bytes) -> dict[str, Any]:
    status = response.status
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        body = None
    if 200 <= status < 300:
        if not isinstance(body, dict):
            raise ValueError("the answer is no JSON object")
        return body
    code = body.get("error") if isinstance(body, dict) else None
    if status in (400, 401) and code == "invalid_grant":
        raise RefreshRejected(code)
    if status in (400, 401) and code in _CALLERS_FAULT:
        raise RefreshNotSent(f"the token endpoint has answered {status} {code}")
    if status == 429 or (status == 503 and response.headers.get("Retry-After")):
        raise RefreshNotSent(f"the token endpoint has answered {status}")
    raise RuntimeError(f"the token endpoint has answered {status}")


def _why(error: Exception) -> str:
    words = error.strerror if isinstance(error, OSError) else None
    return words or type(error).__name__
