"""From the intent on: what nothing interrupts (REFRESH-8). Runs in a thread of its own."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Literal

from .. import _nesting, _publication, _signals
from .._errors import FileLockError
from .._generated.constants import CALL_GRACE_MS, RETAKE_TIMEOUT_MS
from .._points import reach
from ..store import _refusals as store_refusals
from ..store._errors import StoreError
from ._attempt import Attempt, Call
from ._generation import generation_of
from ._intent import OwnIntent, tidied
from ._late import save_late
from ._outcome import Answer, NotSent, Outcome, Rejected
from ._result import Refreshed
from ._unsaved import Unsaved

if TYPE_CHECKING:
    from ._backing import Reserve
    from ._intents import Intents
    from ._locks import Locks
    from ._terms import Terms

#: Nothing was sent: begin again at the locks. Or: sent and rejected, and something else is stored by now.
Again = Literal["again", "rejected-again"]
_TOUCH_SECONDS = 5.0


class Flight:
    """One attempt to spend one generation. ``locks`` are held; the flight releases them."""

    def __init__(
        self, terms: Terms, locks: Locks, credential: dict[str, Any], generation: str, reserve: Reserve
    ) -> None:
        self._terms = terms
        self._locks = locks
        self._credential = credential
        self._generation = generation
        self._reserve = reserve
        self._intent = OwnIntent(terms.intent_path(generation), generation, terms.options)
        self._requested_at_ms = 0
        self._mutex = threading.Lock()
        self._begun = self._called_off = False
        #: Somebody's intent is there, and is to be replaced.
        self.over: Intents | None = None
        self.may_try_another = True
        self.settled = threading.Event()
        self.result: Refreshed | Exception | Again = "again"

    def call_off(self) -> bool:
        """Whether it has not begun, and now never will."""
        with self._mutex:
            self._called_off = not self._begun
            return self._called_off

    def abandon(self) -> None:
        """Instead of :meth:`run`."""
        self._reserve.discard()
        self._locks.release()

    def run(self) -> None:
        with self._mutex:
            if self._called_off:
                return
            self._begun = True
        _publication.flights.add(self)
        try:
            self.result = self._run()
        except Exception as error:
            self.result = error
        except BaseException as error:
            self.result = RuntimeError(f"a refresh ended by {type(error).__name__}")
        finally:
            self._reserve.discard()
            self._locks.release()
            self.settled.set()
            _signals.settled(self)

    def _run(self) -> Refreshed | Exception | Again:
        try:
            if not (self._intent.publish() if self.over is None else self.over.replace(self._intent)):
                return "again"
        except OSError as error:
            return store_refusals.failed(self._intent.path, error)
        reach("refresh:intended")
        try:
            if not self._is_unchanged():
                self._intent.take_back()
                return "again"
        except BaseException:
            self._intent.take_back()
            raise
        reach("refresh:verified")
        self._requested_at_ms = time.time_ns() // 1_000_000
        outcome = self._call()
        if outcome is None:
            return self._terms.refusals.unknown(
                self._intent.path, "the refresh function did not end in time", self._terms.waited()
            )
        reach("refresh:answered")
        return self._settle(outcome)

    def _is_unchanged(self) -> bool:
        if not self._locks.verify():
            return False
        stored = self._terms.backing.read().credential
        return stored is not None and generation_of(stored) == self._generation

    def _call(self) -> Outcome | None:
        """``None``: it does not end, and may still send."""
        attempt = Attempt(dict(self._credential), self._terms.call_timeout)
        for lock in self._locks.held:
            if lock._hold is not None:
                self._terms.context.run(_nesting.enter, lock._hold)
        call = Call(self._terms.refresh, attempt, self._terms.context)
        try:
            call.start()
        except RuntimeError:
            return NotSent("no thread could be started")
        outcome = self._wait(call, self._terms.call_timeout)
        if outcome is None:
            attempt.stopped.set()
            outcome = self._wait(call, CALL_GRACE_MS / 1000)
        return outcome or call.give_up(self._late)

    def _wait(self, call: Call, seconds: float) -> Outcome | None:
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            outcome = call.wait(max(0.0, min(left, _TOUCH_SECONDS)))
            if outcome is not None or left <= 0:
                return outcome
            self._reserve.touch()

    def _settle(self, outcome: Outcome) -> Refreshed | Exception | Again:
        refusals, waited = self._terms.refusals, self._terms.waited()
        if isinstance(outcome, Answer):
            return self._unsaved(outcome).attempt(self._reserve)
        if isinstance(outcome, NotSent):
            self._intent.take_back()
            return refusals.failed(outcome.words, waited)
        if isinstance(outcome, Rejected):
            return self._rejected(outcome)
        self._intent.mark("unknown")
        return refusals.unknown(self._intent.path, outcome.words, waited)

    def _unsaved(self, answer: Answer) -> Unsaved:
        return Unsaved(
            self._terms,
            self._locks,
            self._credential,
            self._generation,
            answer.keys,
            self._requested_at_ms,
            self._intent,
        )

    def _rejected(self, outcome: Rejected) -> Refreshed | Exception | Again:
        """Whoever loses a race for a token must not take a fresh one for rejected."""
        terms = self._terms
        stored = self._stored_by_now()
        if stored is not None and generation_of(stored) != self._generation:
            if terms.is_fresh(self._credential, stored):
                self._intent.remove()
                return Refreshed("adopted", stored)
            if self.may_try_another:
                self._intent.remove()
                return "rejected-again"
        self._intent.mark("rejected", outcome.reason)
        words = f"the provider said {tidied(outcome.reason)}"
        return terms.refusals.rejected(self._intent.path, words, terms.waited())

    def _stored_by_now(self) -> dict[str, Any] | None:
        try:
            if not self._locks.verify():
                self._locks.retake(RETAKE_TIMEOUT_MS / 1000)
        except FileLockError:
            pass  # a look without the lock is better than none
        try:
            return self._terms.backing.reread().credential
        except StoreError:
            return None

    def _late(self, outcome: Outcome) -> None:
        """In the call's thread, when the flight has long been over: a completed refresh is saved all the same."""
        self.settled.wait()  # until then the locks are another thread's
        if not isinstance(outcome, Answer):
            try:
                self._settle(outcome)
            finally:
                self._locks.release()
        elif not save_late(self._unsaved(outcome)):
            self._intent.mark("unknown")
