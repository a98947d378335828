"""The functions of this module."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

from .._bare import bare
from .._errors import FileLockError
from .._paths import check_target
from ..store._errors import StoreError
from ._backing import CallerBacking, JsonBacking
from ._errors import RefreshError
from ._run import run, run_async
from ._terms import Secret, Terms

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from ._attempt import Attempt
    from ._result import Refreshed

    Answer = Mapping[str, Any]
    RefreshFunction = Callable[[Attempt], Answer]
    AsyncRefreshFunction = Callable[[Attempt], Answer | Awaitable[Answer]]

_Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]
_OURS = (RefreshError, StoreError, FileLockError)


def refresh_stored(
    store: _Path,
    at: Sequence[str],
    refresh: RefreshFunction,
    *,
    rejected: str | None = None,
    fresh: Callable[[dict[str, Any]], bool] | None = None,
    resend: Literal["never", "if-dead"] = "never",
    call_timeout: float = 120.0,
    locks: Sequence[_Path] | None = None,
    intents: _Path | None = None,
    **options: Any,
) -> Refreshed:
    """A fresh credential of a JSON store, refreshed by at most one process, with at most one request for each token.

    The credential is an object with ``access``, ``refresh`` and ``expires`` (epoch milliseconds). Before the request a
    small file says that this token is being sent (the *intent*); a process that is killed between the request and the
    save leaves it, and nobody sends the token again.

    Args:
        store: the JSON file.
        at: keys that lead to the credential.
        refresh: makes the one request. It is called in a thread of its own with an :class:`Attempt`, and returns what
            the token endpoint answered (``access_token``, ``refresh_token``, ``expires_in``, ...), or raises
            :class:`RefreshRejected`, :class:`RefreshNotSent`, or anything else, which counts as sent. It must neither
            retry nor follow redirects.
        rejected: an access token that is known to be of no use, whatever its expiry.
        fresh: your own test of a credential; by default more than five minutes must be left.
        resend: ``"if-dead"`` sends a token again whose sender died. Only for providers that bear it.
        call_timeout: seconds for the request. In flight nothing ends the call: not Ctrl-C, not TERM (in the main
            thread), not a lost lock. A ``KeyboardInterrupt`` then has as its ``__cause__`` the
            :class:`RefreshNotSaved`, if the result could not be saved.
        locks: files to lock, in this order, the store among them; by default the store alone.
        intents: directory for intents; by default the store's.
        options: those of :class:`FileLock`; ``timeout`` is 150 s and ``stale`` 180 s unless you say otherwise.

    Raises:
        RefreshError: see the subclasses; :class:`RefreshNotSaved` hands the new credential back.
        StoreError: the store cannot be read, or could not be replaced; nothing was sent.
        FileLockError: a lock cannot be had for another reason than that somebody has it.
    """
    hidden = Secret(rejected)
    del rejected
    try:
        terms = _terms(store, at, refresh, locks, intents, fresh, hidden, resend, call_timeout, options)
        return run(terms)
    except _OURS as error:
        raise bare(error) from error.__cause__


async def async_refresh_stored(
    store: _Path,
    at: Sequence[str],
    refresh: AsyncRefreshFunction,
    *,
    rejected: str | None = None,
    fresh: Callable[[dict[str, Any]], bool] | None = None,
    resend: Literal["never", "if-dead"] = "never",
    call_timeout: float = 120.0,
    locks: Sequence[_Path] | None = None,
    intents: _Path | None = None,
    **options: Any,
) -> Refreshed:
    """The twin of :func:`refresh_stored` for asyncio. ``refresh`` may be a coroutine function.

    A task that is cancelled while it waits ends at once; in flight it ends when that has settled and is saved, with
    :class:`RefreshCancelled`.
    """
    hidden = Secret(rejected)
    del rejected
    try:
        terms = _terms(store, at, refresh, locks, intents, fresh, hidden, resend, call_timeout, options)
        return await run_async(terms)
    except _OURS as error:
        raise bare(error) from error.__cause__


def _terms(
    store: _Path,
    at: Sequence[str],
    refresh: Any,
    locks: Sequence[_Path] | None,
    intents: _Path | None,
    fresh: Callable[[dict[str, Any]], bool] | None,
    rejected: Secret,
    resend: str,
    call_timeout: float,
    options: dict[str, Any],
) -> Terms:
    path = check_target(store)
    return Terms(
        JsonBacking(path, at),
        refresh,
        locks=[path] if locks is None else locks,
        intents=os.path.dirname(path) if intents is None else intents,
        fresh=fresh,
        rejected=rejected,
        resend=resend,
        call_timeout=call_timeout,
        options=options,
    )


def refresh_once(
    *,
    read: Callable[[], dict[str, Any] | None],
    save: Callable[[dict[str, Any]], object],
    refresh: RefreshFunction,
    locks: Sequence[_Path],
    intents: _Path,
    watch: Sequence[_Path] = (),
    rejected: str | None = None,
    fresh: Callable[[dict[str, Any]], bool] | None = None,
    resend: Literal["never", "if-dead"] = "never",
    call_timeout: float = 120.0,
    **options: Any,
) -> Refreshed:
    """As :func:`refresh_stored`, for a credential that is stored elsewhere.

    That a result can be saved is then yours to know: what ``save`` raises is :class:`RefreshNotSaved`.

    Args:
        read: returns the stored credential, or ``None``. Called without a lock, and under the locks.
        save: stores a credential. Called under the locks, after ``read``.
        refresh: as there.
        locks: files to lock, in this order.
        intents: directory for intents.
        watch: paths whose change makes it worth to read again while waiting.
        rejected, fresh, resend, call_timeout, options: as there.
    """
    hidden = Secret(rejected)
    del rejected
    try:
        return run(_once(read, save, refresh, locks, intents, watch, fresh, hidden, resend, call_timeout, options))
    except _OURS as error:
        raise bare(error) from error.__cause__


async def async_refresh_once(
    *,
    read: Callable[[], dict[str, Any] | None],
    save: Callable[[dict[str, Any]], object],
    refresh: AsyncRefreshFunction,
    locks: Sequence[_Path],
    intents: _Path,
    watch: Sequence[_Path] = (),
    rejected: str | None = None,
    fresh: Callable[[dict[str, Any]], bool] | None = None,
    resend: Literal["never", "if-dead"] = "never",
    call_timeout: float = 120.0,
    **options: Any,
) -> Refreshed:
    """The twin of :func:`refresh_once` for asyncio; ``read`` and ``save`` are called in another thread."""
    hidden = Secret(rejected)
    del rejected
    try:
        terms = _once(read, save, refresh, locks, intents, watch, fresh, hidden, resend, call_timeout, options)
        return await run_async(terms)
    except _OURS as error:
        raise bare(error) from error.__cause__


def _once(
    read: Callable[[], dict[str, Any] | None],
    save: Callable[[dict[str, Any]], object],
    refresh: Any,
    locks: Sequence[_Path],
    intents: _Path,
    watch: Sequence[_Path],
    fresh: Callable[[dict[str, Any]], bool] | None,
    rejected: Secret,
    resend: str,
    call_timeout: float,
    options: dict[str, Any],
) -> Terms:
    watched = [check_target(path) for path in watch]
    backing = CallerBacking(os.fsdecode(locks[0]) if locks else "", read, save, watched)
    return Terms(
        backing,
        refresh,
        locks=locks,
        intents=intents,
        fresh=fresh,
        rejected=rejected,
        resend=resend,
        call_timeout=call_timeout,
        options=options,
    )
