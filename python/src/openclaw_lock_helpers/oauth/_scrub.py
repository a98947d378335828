"""The words of somebody else's error, without the tokens of the attempt (REFRESH-12)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, quote_plus

from .._text import printable

_MAX_WORDS = 300
#: What a credential says that is no secret.
_PUBLIC = frozenset(("type", "provider", "accountId", "email"))


def told(error: BaseException, credential: dict[str, Any]) -> str:
    """Its class and its message, fit to be printed. The object itself, with all that it refers to, is let go."""
    try:
        words = str(error)
    except Exception:
        words = ""
    return printable(
        scrubbed(f"{type(error).__name__}: {words}" if words else type(error).__name__, credential), _MAX_WORDS
    )


def scrubbed(text: str, credential: dict[str, Any]) -> str:
    secrets = [value for key, value in credential.items() if key not in _PUBLIC and isinstance(value, str)]
    shapes = {shape for secret in secrets if secret.strip() for shape in _shapes(secret)}
    for shape in sorted(shapes, key=len, reverse=True):
        text = text.replace(shape, "***")
    return text


def _shapes(secret: str) -> tuple[str, ...]:
    """As it stands, in a URL, in a form, in JSON, in a repr."""
    whole = secret.encode("utf-8", "replace").decode()
    return secret, quote(whole, safe=""), quote_plus(whole), json.dumps(secret)[1:-1], repr(secret)[1:-1]
