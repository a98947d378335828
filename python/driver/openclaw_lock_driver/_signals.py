"""Signals that release all locks first."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from openclaw_lock_helpers import release_on_signals

from . import _loop

if TYPE_CHECKING:
    from openclaw_lock_helpers import SignalRelease

    from ._wire import Reply, Request

_undo: list[SignalRelease] = []


def release(request: Request) -> Reply:
    _loop.run(_in_the_main_thread(request))
    return {}


async def _in_the_main_thread(request: Request) -> None:
    if request.get("undo") is True:
        while _undo:
            _undo.pop()()
        return
    _undo.append(release_on_signals(*(getattr(signal, f"SIG{name}") for name in request.get("signals") or ())))
