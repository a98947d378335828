"""The protocol's options as the arguments of a lock."""

from __future__ import annotations

from typing import Any

from ._wire import Request, read_time

_TIMES = {"timeoutMs": "timeout", "staleMs": "stale", "foreignTimeoutMs": "foreign_timeout"}
_OTHERS = {
    "purpose": "purpose",
    "createParent": "create_parent",
    "reclaim": "reclaim",
    "witness": "witness",
    "trustPids": "trust_pids",
    "removeForeign": "remove_foreign",
}


def arguments(request: Request) -> dict[str, Any]:
    given = request.get("options") or {}
    found: dict[str, Any] = {}
    for key, name in _TIMES.items():
        if key in given:
            value = read_time(given[key])
            found[name] = value / 1000 if isinstance(value, int | float) and not isinstance(value, bool) else value
    for key, name in _OTHERS.items():
        if key in given:
            found[name] = given[key]
    return found
