"""How a job is run: in the caller's thread up to the flight, or in one beside the event loop."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
import time
from typing import TYPE_CHECKING, Any

from .._bare import bare
from .._held_signals import HeldSignals
from ._errors import RefreshCancelled, RefreshNotSaved, hidden
from ._job import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._attempt import Attempt
    from ._flight import Flight
    from ._result import Refreshed
    from ._terms import Terms

_HOLD_SECONDS = 10.0


def run(terms: Terms) -> Refreshed:
    job = Job(terms, time.sleep, fly)
    try:
        return job.run()
    except BaseException as error:
        unsaved = job.unsaved
        if unsaved is None or unsaved is error:
            raise
        raise bare(error) from bare(unsaved)


def fly(flight: Flight) -> None:
    """In a thread that no signal handler can interrupt. Returns, or raises what came meanwhile, when it has settled."""
    signals = HeldSignals()
    came: BaseException | None = None
    try:
        try:
            signals.hold()
            # No daemon: the interpreter waits for it.
            threading.Thread(target=flight.run, name="openclaw-refresh").start()
        except BaseException as error:
            if flight.call_off():
                flight.abandon()
                raise
            came = error
        while not flight.settled.is_set():
            try:
                flight.settled.wait()
            except BaseException as error:
                if came is not None or signals.forced:
                    raise
                came = error
    finally:
        signals.let_go()
    if came is not None:
        raise came


class _Cancelled(BaseException):
    pass


class _Beside:
    """Runs a job in a thread beside the loop."""

    def __init__(self, terms: Terms, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._terms = terms
        self._cancelled = threading.Event()
        self._signals = HeldSignals()
        self.over: asyncio.Future[Refreshed | None] = loop.create_future()

    def start(self) -> None:
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._run,), name="openclaw-refresh").start()

    def cancel(self) -> None:
        self._cancelled.set()

    def _run(self) -> None:
        result: Refreshed | None = None
        failure: BaseException | None = None
        try:
            result = Job(self._terms, self._pause, self._fly).run()
        except _Cancelled:
            pass
        except BaseException as error:
            failure = error
        self._in_loop(lambda: self._finish(result, failure))

    def _finish(self, result: Refreshed | None, failure: BaseException | None) -> None:
        if self.over.done():
            return
        if failure is not None:
            self.over.set_exception(failure)
        else:
            self.over.set_result(result)

    def _in_loop(self, act: Callable[[], None]) -> bool:
        try:
            self._loop.call_soon_threadsafe(act)
        except RuntimeError:  # the loop is closed: nobody waits for us any more
            return False
        return True

    def _pause(self, seconds: float) -> None:
        if self._cancelled.wait(seconds):
            raise _Cancelled

    def _fly(self, flight: Flight) -> None:
        """This thread is no daemon, and no signal handler interrupts it: only the signals are the loop's to hold."""
        holding = threading.Event()

        def hold() -> None:
            self._signals.hold()
            holding.set()

        if self._cancelled.is_set():
            flight.abandon()
            raise _Cancelled
        if self._in_loop(hold):
            holding.wait(_HOLD_SECONDS)
        try:
            flight.run()
        finally:
            self._in_loop(self._signals.let_go)


async def run_async(terms: Terms) -> Refreshed:
    """Cancelled, it ends at once while it waits; in flight, when that has settled, and the result is saved.

    The cancellation is not swallowed, though the refresh has completed: whoever cancels a task once expects it to end.
    """
    loop = asyncio.get_running_loop()
    terms.refresh = _in_the_loop(terms.refresh, loop)
    beside = _Beside(terms, loop)
    beside.start()
    cancelled: asyncio.CancelledError | None = None
    while not beside.over.done():
        try:
            await asyncio.shield(beside.over)
        except asyncio.CancelledError as error:
            cancelled = error
            beside.cancel()
        except BaseException:
            break
    if cancelled is not None:
        failure = beside.over.exception()  # asked in any case: it is nobody's any more
        completed = failure if isinstance(failure, RefreshNotSaved) else None if failure else beside.over.result()
        if completed is None:
            raise cancelled
        carrier = RefreshCancelled()
        hidden.keep(carrier, completed)
        if isinstance(completed, RefreshNotSaved):
            raise carrier from bare(completed)
        raise carrier
    result = beside.over.result()
    assert result is not None
    return result


def _in_the_loop(refresh: Callable[[Attempt], Any], loop: asyncio.AbstractEventLoop) -> Callable[[Attempt], Any]:
    """``refresh`` may be a coroutine function: that runs in the loop, and is cancelled when its time is over."""

    def call(attempt: Attempt) -> Mapping[str, Any]:
        answer = refresh(attempt)
        if not inspect.isawaitable(answer):
            return answer  # type: ignore[no-any-return]
        tasks: list[asyncio.Future[Any]] = []
        over = threading.Event()

        def start() -> None:
            tasks.append(asyncio.ensure_future(answer))
            tasks[0].add_done_callback(lambda _task: over.set())

        loop.call_soon_threadsafe(start)
        if not over.wait(attempt.remaining):
            attempt.stopped.wait()
            loop.call_soon_threadsafe(lambda: tasks[0].cancel())
            over.wait()  # until it has ended indeed: until then it may still send
        return tasks[0].result()  # type: ignore[no-any-return]

    return call
