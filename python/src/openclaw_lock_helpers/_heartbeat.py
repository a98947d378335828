"""Looks after what is held: notices its loss, and touches long holds (RELEASE-6, RELEASE-9).

One daemon thread for the whole process. It starts with the first lock, ends when there has been nothing to watch for a
while, keeps no lock alive, and throws nothing.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING

from . import _leftovers, _witnesses
from ._generated.constants import LOSS_CHECK_MS
from ._publication import registry
from ._sidecar import holds

if TYPE_CHECKING:
    from ._publication import Publication

#: A round takes time too, and "at least every second" is meant from look to look.
_LOOK_SECONDS = 0.9 * LOSS_CHECK_MS / 1000
_IDLE_ROUNDS = 5
_CAN_TOUCH = os.utime in os.supports_fd

_wake = threading.Event()
_thread: threading.Thread | None = None


def ensure(touch_every: float) -> None:
    """Sees to it that the thread runs. Call it with the publication registered, and before the lock is handed out.

    No mutex, which an interrupt might leave taken: one thread too many may be started, and the latest goes on alone.
    """
    if touch_every < _LOOK_SECONDS:
        _wake.set()  # the thread may be asleep for longer than that
    thread = _thread
    if thread is None or not thread.is_alive():
        try:
            threading.Thread(target=_run, name="openclaw-lock-helpers", daemon=True).start()
        except RuntimeError:  # no thread to be had, or the interpreter is ending: a lock is worth more than a watch
            return


def _forget() -> None:
    global _wake, _thread
    _wake, _thread = threading.Event(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _run() -> None:
    global _thread
    me = _thread = threading.current_thread()
    idle = 0
    while _thread is me:
        pause = _round()
        idle = 0 if registry else idle + 1
        if idle >= _IDLE_ROUNDS:
            # Withdrawn first, and then looked again: whoever registers later finds no thread, and starts one.
            _thread = None
            if not registry:
                return
            idle = 0
            if _thread is None:
                _thread = me
        _wake.wait(pause)
        _wake.clear()


def _round() -> float:
    """A function of its own, so that no local variable keeps a lock alive while the thread sleeps."""
    pause = _LOOK_SECONDS
    for publication in list(registry.values()):
        if publication.live():
            try:
                _look_after(publication)
            except OSError:  # unreadable just now is no loss
                pass
            pause = min(pause, publication.touch_every)
    _witnesses.drain()
    _leftovers.clean()
    return pause


def _look_after(publication: Publication) -> None:
    if not holds(publication):
        # A release that runs at the same time has said so before it unlinked.
        if not publication.removing and publication.live():
            publication.lost = True
            _signal(publication)
        return
    # The monotonic clock stands still while the machine sleeps, and the wall clock can be set back.
    now, at = time.monotonic(), time.time()
    since = max(now - publication.touched, at - publication.touched_at)
    if _CAN_TOUCH and since >= publication.touch_every:
        with publication.mutex:  # or release might close the descriptor, and somebody else get its number
            if publication.descriptors:
                _touch(publication.descriptors[0])
        publication.touched, publication.touched_at = now, at  # a touch that has failed is tried again at the next look


def _touch(fd: int) -> None:
    """Later than before by the file system's own clock, even where that was set back: what stands still is silent."""
    before = os.fstat(fd).st_mtime_ns
    os.utime(fd)
    if os.fstat(fd).st_mtime_ns <= before:
        os.utime(fd, ns=(before + 1_000_000, before + 1_000_000))


def _signal(publication: Publication) -> None:
    owner = None if publication.owner is None else publication.owner()
    if owner is None or publication.signalled:
        return
    publication.signalled = True
    try:
        owner._tell_lost()
    except Exception:
        threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
