"""A refresh that has completed, and is not thrown away (REFRESH-7)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from .._errors import FileLockError
from .._generated.constants import RETAKE_TIMEOUT_MS
from .._points import reach
from ..store._errors import StoreChanged, StoreError, StoreNotLocked
from ._backing import Reserve
from ._generation import generation_of
from ._merge import Merged, merge
from ._result import Refreshed

if TYPE_CHECKING:
    from ._backing import Backing, Stored
    from ._errors import RefreshNotSaved
    from ._intent import OwnIntent
    from ._locks import Locks
    from ._terms import Terms

_TRIES = 4


class Unsaved:
    """What the provider answered to the token of one generation."""

    def __init__(
        self,
        terms: Terms,
        locks: Locks,
        sent: dict[str, Any],
        generation: str,
        answer: dict[str, Any],
        requested_at_ms: int,
        intent: OwnIntent,
    ) -> None:
        self._terms = terms
        self._backing: Backing = terms.backing
        self._sent = sent
        self._generation = generation
        self._answer = answer
        self._requested_at_ms = requested_at_ms
        self._intent = intent
        self._locks = locks
        self._saved: Refreshed | None = None
        self._mutex = threading.Lock()

    def __repr__(self) -> str:
        return "<Unsaved>"

    def credential(self) -> dict[str, Any]:
        return self._merged(self._sent).credential

    def save(self) -> Refreshed:
        """Again, with locks of its own."""
        with self._mutex:
            result = self._saved or self.attempt(Reserve())
            self._locks.release()
        if isinstance(result, Refreshed):
            return result
        raise result

    def attempt(self, reserve: Reserve) -> Refreshed | RefreshNotSaved:
        """Saves it over the generation that was sent, under the locks; these stay held, the caller releases them."""
        cause: Exception | None = None
        for _ in range(_TRIES):
            try:
                if not self._locks.verify():
                    self._locks.retake(RETAKE_TIMEOUT_MS / 1000)
                found = self._save_over(self._backing.reread(), reserve)
            except (StoreChanged, StoreNotLocked) as error:
                cause = error
            except Exception as error:
                cause = error
                break
            else:
                if isinstance(found, Refreshed):
                    self._saved = found
                return found
        return self._not_saved(cause)

    def _save_over(self, stored: Stored, reserve: Reserve) -> Refreshed | RefreshNotSaved:
        if stored.credential is None or generation_of(stored.credential) != self._generation:
            return self._elsewhere(stored)
        merged = self._merged(stored.credential)
        if not merged.same_account:
            return self._terms.refusals.identity(self._intent.path, self)
        if generation_of(merged.credential) == self._generation:
            self._intent.remove()  # behind the save it would say that what is stored then was sent
        self._backing.save(stored, merged.changes, self._locks.held, reserve)
        reach("refresh:saved")
        self._backing.saved(merged.credential, merged.changes)
        self._intent.remove()
        return Refreshed("refreshed", merged.credential)

    def _elsewhere(self, stored: Stored) -> Refreshed | RefreshNotSaved:
        """Something else is stored by now, and stays."""
        if stored.credential is not None and self._terms.is_fresh(self._sent, stored.credential):
            self._intent.remove()
            return Refreshed("adopted", stored.credential)
        return self._terms.refusals.not_saved(
            self._intent.path, "something else is stored by now, and is not fresh", None, self
        )

    def _not_saved(self, cause: Exception | None) -> RefreshNotSaved:
        known = isinstance(cause, StoreError | FileLockError)
        words = str(cause) if known else f"saving failed ({type(cause).__name__})"
        return self._terms.refusals.not_saved(self._intent.path, words, cause if known else None, self)

    def _merged(self, stored: dict[str, Any]) -> Merged:
        return merge(stored, self._answer, self._requested_at_ms)
