"""What is in a lock: what we write, and what we make of what others wrote (spec/payload.md)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ._generated.constants import (
    MAX_DEPTH,
    MAX_PAYLOAD_BYTES,
    MAX_PID,
    MAX_READ_BYTES,
    MAX_TIMEOUT_MS,
    PROTOCOL_VERSION,
    VERSION,
)
from ._paths import is_witness
from ._timestamp import parse_timestamp

if TYPE_CHECKING:
    from typing import Any

    from ._identity import Identity

_TEXTS = ("platform", "bootId", "pidNamespace", "timeNamespace", "dev", "witness")
_MAX_SAFE_INTEGER = 2**53 - 1
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.:[]/+")


def serialise(
    own: Identity,
    token: str,
    *,
    dev: int,
    heartbeat_ms: int | None,
    witness: str | None,
    purpose: str | None,
    more: dict[str, str] | None = None,
) -> bytes:
    """The bytes of one publication (PAYLOAD-1).

    Args:
        own: who publishes.
        token: 32 hex digits, new for every publication.
        dev: device of the lock's directory.
        heartbeat_ms: how often the lock's modification time is touched while it is held.
        witness: bare name of a socket that listens beside the lock.
        purpose: the caller's words.
        more: keys that follow those of a lock.

    Raises:
        ValueError: larger than a payload may be.
    """
    keys: dict[str, int | str | None] = {
        "pid": own.pid,
        "createdAt": _now(),
        "starttime": own.starttime,
        "protocol": PROTOCOL_VERSION,
        "token": token,
        "platform": own.platform,
        "bootId": own.boot_id,
        "pidNamespace": own.pid_namespace,
        "timeNamespace": own.time_namespace,
        "dev": str(dev),
        "host": own.host,
        "heartbeatMs": heartbeat_ms,
        "witness": witness,
        "helper": f"python/{VERSION}",
        "purpose": purpose,
        **(more or {}),
    }
    lines = ",\n".join(f'  "{key}": {_literal(value)}' for key, value in keys.items() if value is not None)
    data = f"{{\n{lines}\n}}\n".encode()
    if len(data) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"payload of {len(data)} bytes; at most {MAX_PAYLOAD_BYTES} are allowed")
    return data


def _now() -> str:
    milliseconds = time.time_ns() // 1_000_000
    whole = time.gmtime(milliseconds // 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', whole)}.{milliseconds % 1000:03d}Z"


def _literal(value: int | str) -> str:
    if isinstance(value, int):
        return str(value)
    if _PLAIN.issuperset(value):
        return f'"{value}"'
    import json

    return json.dumps(value, ensure_ascii=False)


class Content:
    """A lock's bytes, classified (PAYLOAD-6). ``created_at`` is ``absent``, ``unparsable`` or epoch milliseconds."""

    __slots__ = ("created_at", "heartbeat_ms", "kind", "pid", "starttime", "strings")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.pid: int | None = None
        self.starttime: int | None = None
        self.created_at: int | str = "absent"
        #: The texts that count, under the payload's names.
        self.strings: dict[str, str] = {}
        self.heartbeat_ms: int | None = None


def classify(data: bytes) -> Content:
    if not data:
        return Content("empty")
    if len(data) > MAX_READ_BYTES:
        return Content("oversized")
    keys = parse_object(data.decode("utf-8", "replace"))
    if keys is None:
        return Content("garbage")
    content = Content("json")
    content.pid = integer(keys.get("pid"), 1, MAX_PID)
    content.starttime = integer(keys.get("starttime"), 0, _MAX_SAFE_INTEGER)
    created_at = keys.get("createdAt")
    if isinstance(created_at, str):
        moment = parse_timestamp(created_at)
        content.created_at = "unparsable" if moment is None else moment
    for key in _TEXTS:
        value = keys.get(key)
        if isinstance(value, str) and value and (key != "witness" or is_witness(value)):
            content.strings[key] = value
    content.heartbeat_ms = integer(keys.get("heartbeatMs"), 1, MAX_TIMEOUT_MS)
    return content


def parse_object(text: str) -> dict[str, Any] | None:
    """The keys of one JSON object by RFC 8259, numbers as IEEE doubles (PAYLOAD-7), or ``None``."""
    if _too_deep(text):  # looked for first: the parser's own limit is the interpreter's stack
        return None
    import json  # an uncontended acquire never gets here

    try:
        value = json.loads(text, parse_int=float, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _too_deep(text: str) -> bool:
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return False
    depth = 0
    in_string = escaped = False
    for c in text:
        if in_string:
            if escaped:
                escaped = False
            elif c == "\\":
                escaped = True
            elif c == '"':
                in_string = False
        elif c == '"':
            in_string = True
        elif c in "{[":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif c in "}]":
            depth -= 1
    return False


def integer(value: object, least: int, most: int) -> int | None:
    """Every number was parsed as a float, so ``true`` is none; infinities fail the range."""
    if isinstance(value, float) and least <= value <= most and value.is_integer():
        return int(value)
    return None
