"""One call of the refresh function, in a thread of its own: it can be told to stop, and given up."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, NoReturn

from ._errors import RefreshNotSent, RefreshRejected
from ._merge import has_answered
from ._outcome import Answer, NotSent, Outcome, Rejected, Unknown
from ._scrub import told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextvars import Context


class Attempt:
    """What a refresh function is given.

    Attributes:
        credential: the stored credential. Secret.
        timeout: seconds that the whole call may take.
        stopped: set when that time is over; whoever can, gives up then.
    """

    def __init__(self, credential: dict[str, Any], timeout: float) -> None:
        self.credential = credential
        self.timeout = timeout
        self.stopped = threading.Event()
        self._deadline = time.monotonic() + timeout

    @property
    def refresh_token(self) -> str:
        """The refresh token to send. Secret."""
        return str(self.credential["refresh"])

    @property
    def remaining(self) -> float:
        """Seconds left."""
        return max(0.0, self._deadline - time.monotonic())

    def __repr__(self) -> str:
        return "<Attempt>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an Attempt holds a token, and is neither copied nor pickled")


class Call:
    """``wait`` until it is over, or ``give_up``: then ``late`` gets what still arrives."""

    def __init__(self, refresh: Callable[[Attempt], Mapping[str, Any]], attempt: Attempt, context: Context) -> None:
        self._refresh = refresh
        self.attempt = attempt
        self._context = context
        self._over = threading.Event()
        self._mutex = threading.Lock()
        self._outcome: Outcome | None = None
        self._late: Callable[[Outcome], None] | None = None

    def start(self) -> None:
        # A daemon: a refresh function that hangs for ever must not keep the process from ending.
        threading.Thread(target=self._run, name="openclaw-refresh-call", daemon=True).start()

    def wait(self, seconds: float) -> Outcome | None:
        self._over.wait(seconds)
        return self._outcome

    def give_up(self, late: Callable[[Outcome], None]) -> Outcome | None:
        """Its outcome, if it has one by now; else ``late`` is called with it, if it ever has."""
        with self._mutex:
            if self._outcome is None:
                self._late = late
            return self._outcome

    def _run(self) -> None:
        outcome = self._context.run(outcome_of, self._refresh, self.attempt)
        with self._mutex:
            self._outcome = outcome
            late = self._late
        self._over.set()
        if late is not None:
            late(outcome)


def outcome_of(refresh: Callable[[Attempt], Mapping[str, Any]], attempt: Attempt) -> Outcome:
    """What the refresh function made of it. Nothing is kept of its error but the words (REFRESH-12)."""
    try:
        answer = refresh(attempt)
    except RefreshRejected as error:
        return Rejected(str(error), told(error, attempt.credential))
    except RefreshNotSent as error:
        return NotSent(told(error, attempt.credential))
    except BaseException as error:
        return Unknown(told(error, attempt.credential))
    try:
        answer = dict(answer)
    except (TypeError, ValueError):
        return Unknown("the refresh function returned no mapping")
    return Answer(answer) if has_answered(answer) else Unknown("the answer has no access token")
