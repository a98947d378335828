"""One call of a refresh: look, wait, look again, and at most one request (REFRESH-1)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal

from .._changes import Changes
from .._errors import (
    FileLockForeign,
    FileLockGuardOrphaned,
    FileLockStale,
    FileLockTimeout,
)
from .._generated.constants import FENCE_TIMEOUT_MS
from .._points import reach
from .._wait import Pauses
from ._errors import RefreshNotSaved
from ._fences import first_seen
from ._flight import Flight
from ._intent import tidied
from ._intents import Intents, may_be_replaced
from ._locks import Locks
from ._result import Refreshed

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._intents import Found
    from ._terms import Terms

#: What ends a wait; the others say that there is nothing to wait for.
_GAVE_UP = (FileLockTimeout, FileLockForeign, FileLockStale, FileLockGuardOrphaned)


class Job:
    """
    Args:
        terms: what was asked for.
        pause: waits for so many seconds; what it raises ends the call, while nothing is in flight.
        fly: runs a flight to its end, whatever happens meanwhile.
    """

    def __init__(self, terms: Terms, pause: Callable[[float], None], fly: Callable[[Flight], None]) -> None:
        self._terms = terms
        self._pause = pause
        self._fly = fly
        self._locks = Locks(terms.targets, terms.lock_options)
        self._first: dict[str, Any] | None = None
        self._rejections = 0
        self._flight: Flight | None = None

    @property
    def unsaved(self) -> RefreshNotSaved | None:
        """What has the only copy of a credential: whatever else ends the call must hand it on."""
        result = None if self._flight is None else self._flight.result
        return result if isinstance(result, RefreshNotSaved) else None

    def run(self) -> Refreshed:
        """
        Raises:
            RefreshError, StoreError, FileLockError: see :func:`refresh_stored`.
        """
        terms = self._terms
        first = terms.backing.read().credential
        reach("refresh:read")
        if first is not None and terms.is_fresh(None, first):
            return Refreshed("fresh", first)
        self._first = first
        fenced = self._is_fenced(first)
        if not fenced:
            self._check(first)
        while True:
            if fenced:
                adopted = self._wait_for_the_fence()
                if adopted is not None:
                    return Refreshed("adopted", adopted)
            try:
                adopted = self._locks.take(terms.deadline, self._pause, self._fresh_by_now, terms.backing.watched())
            except _GAVE_UP as error:
                raise terms.refusals.contention(error, terms.waited()) from error
            if adopted is not None:
                return Refreshed("adopted", adopted)
            try:
                result = self._under_locks()
            finally:
                self._locks.release()
            if isinstance(result, Refreshed):
                return result
            fenced = result == "fenced"
            if isinstance(result, Intents):
                adopted = self._wait_for(result)
                if adopted is not None:
                    return Refreshed("adopted", adopted)

    def _check(self, credential: dict[str, Any] | None) -> str:
        generation = self._terms.generation(credential)
        if isinstance(generation, str):
            return generation
        raise generation

    def _fresh_by_now(self) -> dict[str, Any] | None:
        found = self._terms.backing.read().credential
        return found if self._terms.is_fresh(self._first, found) else None

    def _under_locks(self) -> Refreshed | Intents | Literal["fenced"] | None:
        """A result, what to wait for, or ``None`` to begin again at the locks."""
        terms = self._terms
        reach("refresh:locked")
        stored = terms.backing.read().credential
        if stored is not None and terms.is_fresh(self._first, stored):
            return Refreshed("adopted", stored)
        if self._is_fenced(stored):
            return "fenced"
        generation = self._check(stored)
        assert stored is not None
        intents = Intents(terms.intent_path(generation), generation, terms.options)
        found = intents.look()
        over = None
        if found is not None:
            if terms.resend and may_be_replaced(found):
                over = intents
            elif self._is_under_way(found):
                return intents
            else:
                self._refuse(found, intents.lock_path)
        reserve = terms.backing.prepare(self._locks.held)
        flight = Flight(terms, self._locks.handed_over(), stored, generation, reserve)
        self._flight = flight
        flight.over = over
        flight.may_try_another = self._rejections == 0
        self._fly(flight)
        result = flight.result
        if isinstance(result, Refreshed):
            return result
        if isinstance(result, Exception):
            raise result
        if result == "rejected-again":
            self._rejections += 1
        elif over is not None:
            return intents  # somebody else is at it
        return None

    def _is_fenced(self, credential: dict[str, Any] | None) -> bool:
        fence = self._terms.backing.fence(credential)
        if fence == "failed":
            words = "OpenClaw's own refresh of it has failed"
            raise self._terms.refusals.rejected(None, words, self._terms.waited())
        return fence is not None

    def _wait_for_the_fence(self) -> dict[str, Any] | None:
        """Until it is gone, adopting meanwhile; no longer than a refresh that is alive can take (STATE-6)."""
        terms, pauses, changes = self._terms, Pauses(), Changes(self._terms.backing.watched())
        while True:
            if changes.due():
                changes.taken()
                credential = terms.backing.read().credential
                if terms.is_fresh(self._first, credential):
                    return credential
                if not self._is_fenced(credential):
                    return None
                limit = min(terms.deadline, first_seen(credential) + FENCE_TIMEOUT_MS / 1000)
            remaining = limit - time.monotonic()
            if remaining <= 0:
                raise terms.refusals.fenced(terms.waited())
            self._pause(pauses.next(remaining))

    def _is_under_way(self, found: Found) -> bool:
        return found.state == "sent" and not found.is_dead()

    def _refuse(self, found: Found, path: str) -> None:
        refusals, waited = self._terms.refusals, self._terms.waited()
        if found.state == "rejected":
            raise refusals.rejected(path, f"the provider said {tidied(found.reason or '')} before", waited)
        raise refusals.left(found.judged, path, waited)

    def _wait_for(self, intents: Intents) -> dict[str, Any] | None:
        """Until there is something else to do at the locks, adopting meanwhile."""
        terms, pauses = self._terms, Pauses()
        changes = Changes([*terms.backing.watched(), intents.lock_path])
        while True:
            if changes.due():
                changes.taken()
                adopted = self._fresh_by_now()
                if adopted is not None:
                    return adopted
            remaining = terms.deadline - time.monotonic()
            found = intents.look()
            if remaining <= 0:
                adopted = self._fresh_by_now()
                if adopted is None:
                    judged = None if found is None else found.judged
                    raise terms.refusals.under_way(judged, intents.lock_path, terms.waited())
                return adopted
            self._pause(pauses.next(remaining))
            if found is None or not self._is_under_way(found):
                return None
