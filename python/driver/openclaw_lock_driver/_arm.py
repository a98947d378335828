"""Stops or kills this process at a named point (spec/points.md)."""

from __future__ import annotations

import signal
import threading

from openclaw_lock_helpers import _points

from ._wire import Reply, Request, number, text, write_line

_ACTIONS = {"stop": "SIGSTOP", "kill": "SIGKILL"}


def arm(request: Request) -> Reply:
    point, action = text(request, "point"), getattr(signal, _ACTIONS[text(request, "action")])
    counting = threading.Lock()
    left = int(number(request, "nth", 1))

    def hook(reached: str) -> None:
        nonlocal left
        if reached != point:
            return
        with counting:
            left -= 1
            if left != 0:
                return
        _points.arm(None)
        write_line({"event": "point", "point": reached})
        signal.pthread_kill(threading.get_ident(), action)  # to this thread: it must not take another step

    _points.arm(hook)
    return {}
