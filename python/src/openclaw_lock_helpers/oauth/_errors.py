"""How a refresh can end without a fresh credential (spec/refresh.md). No error has a token in it (REFRESH-12)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .._holder import Holder
    from ._result import Refreshed


class RefreshError(Exception):
    """What every refusal of this module is.

    Attributes:
        code: stable name of the outcome, the same in every language of the contract.
        path: the store.
        intent: path of the file that says which token was sent, where there is one.
        holder: who was last seen to hold a lock, or to be refreshing.
        waited: seconds between the call and the refusal.
        hint: one sentence: what to do next.
    """

    code: str = "refresh_error"

    def __init__(
        self,
        message: str = "",
        *,
        path: str | None = None,
        intent: str | None = None,
        holder: Holder | None = None,
        waited: float = 0.0,
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.path = path
        self.intent = intent
        self.holder = holder
        self.waited = waited
        self.hint = hint


class RefreshContention(RefreshError, TimeoutError):
    """The wait for a lock, or for a refresh under way, ended. The login is not affected."""

    code = "refresh_contention"


class RefreshTokenRejected(RefreshError):
    """The provider said no to this refresh token, now or before: sign in again."""

    code = "refresh_rejected"


class RefreshOutcomeUnknown(RefreshError):
    """This token was sent, and nobody knows the answer: it is not sent again by itself."""

    code = "refresh_outcome_unknown"


class RefreshFailed(RefreshError):
    """No request was accepted; the token is as good as before."""

    code = "refresh_failed"


class RefreshUnavailable(RefreshError):
    """There is nothing that could be refreshed."""

    code = "refresh_unavailable"


class HandsBack(Protocol):
    def credential(self) -> dict[str, Any]: ...

    def save(self) -> Refreshed: ...


class RefreshNotSaved(RefreshError):
    """Refreshed, and the result could not be saved: the old token is spent, the new one is in this object alone.

    Neither a copy of it nor a pickle has the credential.
    """

    code = "refresh_not_saved"

    def credential(self) -> dict[str, Any]:
        """The new credential: a secret that is nowhere else.

        Raises:
            LookupError: this is a copy, and has none.
        """
        return _unsaved(self).credential()

    def retry_save(self) -> Refreshed:
        """Saves it after all, if what is stored is still what was sent. Can be repeated, from any thread.

        Raises:
            RefreshNotSaved, RefreshIdentity: as before.
            LookupError: this is a copy, and has no credential.
        """
        return _unsaved(self).save()


class RefreshIdentity(RefreshNotSaved):
    """The provider answered for another account than the stored one; nothing was saved."""

    code = "refresh_identity"


class _Hidden:
    """In no ``__dict__``, so in no pickle, copy or ``vars``."""

    def __init__(self) -> None:
        from weakref import WeakKeyDictionary

        self._kept: WeakKeyDictionary[BaseException, Any] = WeakKeyDictionary()

    def keep(self, error: BaseException, what: Any) -> None:
        self._kept[error] = what

    def find(self, error: BaseException) -> Any:
        """
        Raises:
            LookupError: it is a copy of the error that something was kept for.
        """
        try:
            return self._kept[error]
        except KeyError:
            raise LookupError("a copy of this error has no credential: ask the original one") from None


hidden = _Hidden()


def _unsaved(error: RefreshNotSaved) -> HandsBack:
    found: HandsBack = hidden.find(error)
    return found


class RefreshCancelled(asyncio.CancelledError):
    """A task was cancelled when its refresh could not be stopped any more, and that has completed.

    Handle it as any ``CancelledError``. What was refreshed is saved; whoever wants it still, asks :meth:`outcome`.
    """

    def outcome(self) -> Refreshed:
        """What the call would have returned.

        Raises:
            RefreshNotSaved: what it would have raised: the new credential is in that error alone.
        """
        found: Refreshed | RefreshNotSaved = hidden.find(self)
        if isinstance(found, RefreshNotSaved):
            raise found
        return found


class RefreshRejected(Exception):
    """Raised by a refresh function: the provider's final no to this token (``invalid_grant``).

    Args:
        reason: the OAuth error code, and nothing else.
    """

    def __init__(self, reason: str = "invalid_grant") -> None:
        super().__init__(reason)


class RefreshNotSent(Exception):
    """Raised by a refresh function: nothing can have been consumed.

    No connection was made; it was the caller's own fault, such as ``invalid_client``; a 429; a 503 with
    ``Retry-After``. When in doubt raise something else: the token then counts as sent.

    Args:
        reason: why.
    """

    def __init__(self, reason: str = "not sent") -> None:
        super().__init__(reason)
