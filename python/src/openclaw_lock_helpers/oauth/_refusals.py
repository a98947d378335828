"""The errors of a refresh, with their sentences. None is made with a token in hand (REFRESH-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._describe import sentence
from .._text import MAX_PATH, printable, seconds
from ..store import _refusals as store_refusals
from . import _errors
from ._errors import hidden

if TYPE_CHECKING:
    from .._describe import Judged
    from .._errors import FileLockError
    from ..store._errors import StoreError
    from ._errors import HandsBack

_SIGN_IN = "sign in again"


def store_missing(path: str) -> StoreError:
    return store_refusals.missing(path)


def store_not_locked(path: str) -> StoreError:
    return store_refusals.not_locked(path)


class Refusals:
    """Makes the errors of one call."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.shown = printable(path, MAX_PATH)

    def contention(self, cause: FileLockError, waited: float) -> _errors.RefreshContention:
        hint = "wait longer, or see what the named holder is doing; the login is not affected"
        error = _errors.RefreshContention(
            f"refresh contention for {self.shown}: {cause}, waited {seconds(waited)}; {hint}",
            path=self.path,
            holder=cause.holder,
            waited=waited,
            hint=hint,
        )
        error.__cause__ = cause
        return error

    def under_way(self, judged: Judged | None, intent: str, waited: float) -> _errors.RefreshContention:
        holder = None if judged is None else judged.holder()
        who = "somebody" if judged is None or holder is None else sentence(judged, holder)
        hint = "wait longer, or see what that process is doing"
        return _errors.RefreshContention(
            f"refresh contention for {self.shown}: a refresh is under way ({who}, {self._shown_intent(intent)}), "
            f"waited {seconds(waited)}; {hint}",
            path=self.path,
            intent=intent,
            holder=holder,
            waited=waited,
            hint=hint,
        )

    def fenced(self, waited: float) -> _errors.RefreshContention:
        hint = "sign in with: openclaw models auth login"
        return _errors.RefreshContention(
            f"refresh contention for {self.shown}: OpenClaw has been refreshing this login for too long, its refresh "
            f"was probably killed; waited {seconds(waited)}; {hint}",
            path=self.path,
            waited=waited,
            hint=hint,
        )

    def rejected(self, intent: str | None, words: str, waited: float) -> _errors.RefreshTokenRejected:
        return _errors.RefreshTokenRejected(
            f"refresh rejected for {self.shown}: {words}; {_SIGN_IN}",
            path=self.path,
            intent=intent,
            waited=waited,
            hint=_SIGN_IN,
        )

    def unknown(self, intent: str, words: str, waited: float) -> _errors.RefreshOutcomeUnknown:
        hint = f'{_SIGN_IN}, or pass resend="if-dead" if the provider bears a token that is sent twice'
        return _errors.RefreshOutcomeUnknown(
            f"refresh outcome unknown for {self.shown}: {words} ({self._shown_intent(intent)}); {hint}",
            path=self.path,
            intent=intent,
            waited=waited,
            hint=hint,
        )

    def left(self, judged: Judged | None, intent: str, waited: float) -> _errors.RefreshOutcomeUnknown:
        """An intent of somebody else that says that the token may be spent."""
        if judged is None:
            words = "what says that this token was sent cannot be read"
        else:
            holder = judged.holder()
            age = "" if holder.age is None else f" {seconds(holder.age)} ago"
            words = f"pid {holder.pid} sent this token{age}, and nobody knows the answer"
        error = self.unknown(intent, words, waited)
        error.holder = None if judged is None else judged.holder()
        return error

    def failed(self, words: str, waited: float) -> _errors.RefreshFailed:
        hint = "try again"
        return _errors.RefreshFailed(
            f"refresh failed for {self.shown}: {words}; {hint}", path=self.path, waited=waited, hint=hint
        )

    def unavailable(self, what: str, waited: float, hint: str = "sign in") -> _errors.RefreshUnavailable:
        return _errors.RefreshUnavailable(
            f"refresh unavailable for {self.shown}: {what}; {hint}", path=self.path, waited=waited, hint=hint
        )

    def not_saved(
        self, intent: str, words: str, cause: Exception | None, unsaved: HandsBack
    ) -> _errors.RefreshNotSaved:
        hint = "mend the cause, then call retry_save(): the old token is spent"
        error = _errors.RefreshNotSaved(
            f"refresh not saved for {self.shown}: {words}; {hint}", path=self.path, intent=intent, hint=hint
        )
        error.__cause__ = cause
        hidden.keep(error, unsaved)
        return error

    def identity(self, intent: str, unsaved: HandsBack) -> _errors.RefreshIdentity:
        hint = "sign in with the right account"
        error = _errors.RefreshIdentity(
            f"refresh identity for {self.shown}: the provider answered for another account, nothing was saved; {hint}",
            path=self.path,
            intent=intent,
            hint=hint,
        )
        hidden.keep(error, unsaved)
        return error

    def _shown_intent(self, intent: str) -> str:
        return f"see {printable(intent, MAX_PATH)}"
