"""Makes the main thread handle a signal that came just before a system call in which it now waits.

The interpreter only takes note of a signal, for the main thread to look at between two bytecodes; one that comes behind
the last look and before the call does not interrupt it. So another thread is told of it, too, and interrupts the call,
with a signal that says nothing and that nobody minds.
"""

from __future__ import annotations

import _thread
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_PAUSES = (0.001, 0.01, 0.1)
_NUMBER: int | None = getattr(signal, "SIGURG", None) if hasattr(signal, "pthread_kill") else None

#: Where the interpreter writes the numbers of signals to, and our thread reads them.
_pipe: tuple[int, int] | None = None
_before: Any = None


def _nothing(_number: int, _frame: FrameType | None) -> None:
    pass


def begin(is_ours: Callable[[int], bool]) -> None:
    """In the main thread. A program that is woken in this way already, as an event loop can be, needs no help."""
    global _pipe, _before
    if _NUMBER is None:
        return
    try:
        if _pipe is None:
            _pipe = os.pipe()
            os.set_blocking(_pipe[1], False)
            _thread.start_new_thread(_run, (_pipe[0], is_ours))
        theirs = signal.set_wakeup_fd(_pipe[1], warn_on_full_buffer=False)
    except (OSError, RuntimeError):  # to be woken late is better than nothing
        return
    if theirs not in (-1, _pipe[1]):
        signal.set_wakeup_fd(theirs)
    elif signal.getsignal(_NUMBER) in (signal.SIG_DFL, signal.SIG_IGN):
        _before = signal.signal(_NUMBER, _nothing)


def end() -> None:
    """In the main thread."""
    if _NUMBER is None or _pipe is None:
        return
    there = signal.set_wakeup_fd(-1)
    if there not in (-1, _pipe[1]):
        signal.set_wakeup_fd(there)
    if signal.getsignal(_NUMBER) is _nothing:
        signal.signal(_NUMBER, _before)


def _run(reading: int, is_ours: Callable[[int], bool]) -> None:
    while data := os.read(reading, 64):
        if any(is_ours(number) for number in data):
            for pause in _PAUSES:
                time.sleep(pause)
                poke()


def poke() -> None:
    """Interrupts a system call of the main thread."""
    main = threading.main_thread().ident
    if _NUMBER is not None and main is not None:
        signal.pthread_kill(main, _NUMBER)


def _forget() -> None:
    """In a forked child: the thread is the parent's, and so is what is written there."""
    global _pipe
    pipe, _pipe = _pipe, None
    if pipe is None:
        return
    try:
        there = signal.set_wakeup_fd(-1)
        if there not in (-1, pipe[1]):
            signal.set_wakeup_fd(there)
        for descriptor in pipe:
            os.close(descriptor)
    except (OSError, ValueError):
        return


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
