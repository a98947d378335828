"""Acquire or adopt."""

from __future__ import annotations

import time
from typing import Any

from openclaw_lock_helpers import async_acquire_or_adopt
from openclaw_lock_helpers.store import StoreError, read_store

from . import _held
from ._wire import Reply, Request, text


def value_at(value: Any, at: list[str]) -> Any:
    for key in at:
        value = value.get(key) if isinstance(value, dict) else None
    return value


class _Looks:
    def __init__(self, request: Request) -> None:
        self.path, self.at, self.unless = text(request, "store"), request["at"], request.get("unless")
        self.count = 0

    def __call__(self) -> str | None:
        self.count += 1
        try:
            found = value_at(read_store(self.path).value, self.at)
        except StoreError as error:
            if error.code != "store_missing":
                raise
            return None
        return found if isinstance(found, str) and found != self.unless else None


def adopt(request: Request) -> Reply:
    held, looks = _held.begin(request), _Looks(request)
    started = time.monotonic()
    outcome = _held.result_of(
        request, async_acquire_or_adopt(held.target, try_adopt=looks, watch=[looks.path], **held.options)
    )
    if outcome.adopted:
        return {"adopted": True, "value": outcome.value, "looks": looks.count}
    held.lock = outcome.lock
    return {"adopted": False, "looks": looks.count, **_held.keep(request, held, time.monotonic() - started)}
