"""TERM, INT and HUP wait until a flight has settled, where they would end the process (REFRESH-8)."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

_NAMES = ("SIGTERM", "SIGINT", "SIGHUP")


class HeldSignals:
    """Between :meth:`hold` and :meth:`let_go`, both called in the main thread, or both of no effect.

    A second signal of the same kind takes effect at once.
    """

    #: A second one of a signal has come whose handler has taken the place of ours.
    all_forced = False

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._pending: list[int] = []
        self._forced = False

    @property
    def forced(self) -> bool:
        """A second signal has come: its exception is not to be held up."""
        return self._forced or HeldSignals.all_forced

    def hold(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
            handler = signal.getsignal(number)
            if handler is signal.SIG_DFL or (number == signal.SIGINT and handler is signal.default_int_handler):
                self._before[number] = handler
                signal.signal(number, self._take_note)

    def _take_note(self, number: int, _frame: FrameType | None) -> None:
        if number not in self._pending:
            self._pending.append(number)
            return
        self._forced = True
        self._restore(number)
        signal.raise_signal(number)

    def _restore(self, number: int) -> None:
        before = self._before.pop(number, None)
        if before is not None and signal.getsignal(number) == self._take_note:
            signal.signal(number, before)

    def hand_over(self, number: int) -> tuple[Any, bool]:
        """To another handler: what the signal did before, and whether it has come."""
        before = self._before.pop(number, signal.SIG_DFL)
        noted = number in self._pending
        if noted:
            self._pending.remove(number)
        return before, noted

    def let_go(self) -> None:
        """Whatever came meanwhile takes effect now: it may end the process, or raise ``KeyboardInterrupt``."""
        for number in list(self._before):
            self._restore(number)
        pending, self._pending = self._pending, []
        for number in pending:
            if not self.forced:
                signal.raise_signal(number)
