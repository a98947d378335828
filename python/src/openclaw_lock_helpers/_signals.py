"""Signals that release all locks of the process before they take effect, where the caller asks for that (RELEASE-10).

A handler runs in the main thread, between any two bytecodes: in the middle of an acquire, or of the release of the very
lock that it is to release. There it does nothing, and is run again at the next opportunity. It never waits for what
this thread has, and for other threads only so long.
"""

from __future__ import annotations

import _thread
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

from . import _leftovers, _publication, _wakeups, _witnesses
from ._errors import FileLockInvalidOption, FileLockUnsupported
from ._held_signals import HeldSignals
from ._text import printable

if TYPE_CHECKING:
    from types import FrameType, TracebackType

_DEFAULT = ("SIGTERM", "SIGINT", "SIGHUP")
#: Those that by default end a process, and are not its own fault.
_ALLOWED = (*_DEFAULT, "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGXCPU", "SIGBREAK")
#: What hangs in a system call of a file system that hangs must not keep the process from ending.
_RELEASE_SECONDS = 5.0
_RETRY_SECONDS = 0.001

_IDLE, _NOTED, _ACTING = range(3)


class _Watched:
    """A signal whose handler is ours."""

    def __init__(self, before: Any) -> None:
        #: What it did before, and does when the locks are released.
        self.before = before
        self.asked = True
        self.state = _IDLE
        #: It was not sent by others this time, but by us.
        self.due = False
        self.frame: FrameType | None = None


_watched: dict[int, _Watched] = {}


class SignalRelease:
    """What :func:`release_on_signals` returns: call it, or use it as a context manager, to undo that."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        self._numbers = numbers

    def __call__(self) -> None:
        """The signals do what they did before. Doing so twice is harmless."""
        for number in self._numbers:
            watched = _watched.get(number)
            if watched is not None:
                watched.asked = False
                # A refresh under way is still to be protected, and only the main thread can change a handler.
                if not _publication.flights and _is_main_thread():
                    _restore(number, watched)

    def __enter__(self) -> SignalRelease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self()


def release_on_signals(*signals: int) -> SignalRelease:
    """From now on these signals release all locks of this process first, and then do what they did before.

    A refresh under way settles before that; a second signal of the same kind does not wait. A handler that the program
    has is called when the locks are gone. Where it has none the process ends by the signal, as ever. A signal that is
    ignored stays ignored. To ask twice is as once.

    Args:
        signals: numbers; by default TERM, INT and HUP.

    Returns:
        What undoes it.

    Raises:
        FileLockInvalidOption: none of those signals that end a process and can be handled; nothing was changed.
        FileLockUnsupported: this is not the main thread, which Python handles signals in.
    """
    numbers = tuple(dict.fromkeys(_numbers(signals)))
    if not _is_main_thread():
        raise FileLockUnsupported(
            "signals can be handled from the main thread only", hint="call release_on_signals in the main thread"
        )
    for number in numbers:
        _watch(number)
    _wakeups.begin(lambda number: number in _watched)
    return SignalRelease(numbers)


def _numbers(signals: tuple[int, ...]) -> list[int]:
    if not signals:
        return [getattr(signal, name) for name in _DEFAULT if hasattr(signal, name)]
    allowed = {int(getattr(signal, name)) for name in _ALLOWED if hasattr(signal, name)}
    for number in signals:
        if isinstance(number, bool) or not isinstance(number, int) or number not in allowed:
            raise FileLockInvalidOption(
                f"{printable(repr(number))} is no signal that could release locks", hint=f"use {', '.join(_DEFAULT)}"
            )
    return [int(number) for number in signals]


def _is_main_thread() -> bool:
    return threading.get_ident() == threading.main_thread().ident


def _watch(number: int) -> None:
    before = signal.getsignal(number)
    if before is _handle:
        _watched[number].asked = True
    elif before is not signal.SIG_IGN and before is not None:  # None: a handler that is not Python's, and never was
        noted = False
        if isinstance(held := getattr(before, "__self__", None), HeldSignals):
            before, noted = held.hand_over(number)
        watched = _watched[number] = _Watched(before)
        watched.state = _NOTED if noted else _IDLE
        signal.signal(number, _handle)
        if noted and not _publication.flights:
            _send_soon(number, watched)


def _restore(number: int, watched: _Watched) -> None:
    if signal.getsignal(number) is _handle:
        signal.signal(number, watched.before)
        _watched.pop(number, None)
        if not _watched:
            _wakeups.end()


def _handle(number: int, frame: FrameType | None) -> None:
    watched = _watched.get(number)
    if watched is None or (frame is not None and watched.frame is frame):
        return  # called by the handler that we have just called
    due, watched.due = watched.due, False
    if due and watched.state != _NOTED:
        if watched.state == _IDLE and not watched.asked:
            _restore(number, watched)
        return
    if not due and watched.state != _IDLE:
        HeldSignals.all_forced = True
        _take_effect(number, watched, frame)
        return
    # In this order: who ends a flight looks the other way round.
    watched.state = _NOTED
    if _publication.flights:
        return
    if _is_busy() and _send_soon(number, watched):
        return
    watched.state = _ACTING
    try:
        if watched.asked:
            _release_all(for_good=watched.before is signal.SIG_DFL)
        _take_effect(number, watched, frame)
    finally:
        watched.state = _IDLE
        if not watched.asked:
            _restore(number, watched)


def _is_busy() -> bool:
    """This thread is in the middle of something that only it can finish."""
    return _publication.is_busy() or _witnesses.is_busy()


def _send_soon(number: int, watched: _Watched) -> bool:
    def send() -> None:
        time.sleep(_RETRY_SECONDS)
        watched.due = True
        _send(number)

    # Not by `threading`: this thread may have been interrupted while it held that module's own lock.
    try:
        _thread.start_new_thread(send, ())
    except RuntimeError:
        return False
    return True


def _release_all(*, for_good: bool) -> None:
    if for_good:
        _publication.begin_exit()
    done = _thread.allocate_lock()
    done.acquire()

    def release() -> None:
        try:
            _leftovers.give_up()
        finally:
            done.release()

    try:
        _thread.start_new_thread(release, ())
    except RuntimeError:
        release()
    done.acquire(timeout=_RELEASE_SECONDS)


def _take_effect(number: int, watched: _Watched, frame: FrameType | None) -> None:
    if watched.before is signal.SIG_DFL:
        signal.signal(number, signal.SIG_DFL)
        _watched.pop(number, None)
        os.kill(os.getpid(), number)
        time.sleep(0.2)  # another thread may get it
        os._exit(128 + number)  # the first process of a container does not die of it
    outer, watched.frame = watched.frame, frame
    try:
        watched.before(number, frame)
    finally:
        watched.frame = outer


def settled(flight: object) -> None:
    """A flight has ended, in whatever thread: what has come meanwhile takes effect."""
    _publication.flights.discard(flight)
    if _publication.flights:
        return
    HeldSignals.all_forced = False
    for number, watched in list(_watched.items()):
        if watched.state == _NOTED or not watched.asked:
            watched.due = True
            _send(number)


def _send(number: int) -> None:
    """No real one: if that has been undone meanwhile it would end the process."""
    _thread.interrupt_main(signal.Signals(number))
    _wakeups.poke()


def _forget() -> None:
    for watched in _watched.values():
        watched.state, watched.due = _IDLE, False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
