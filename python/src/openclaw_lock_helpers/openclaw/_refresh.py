"""Refreshes a login in OpenClaw's own store, where that is a JSON store (STATE-8)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal

from .._bare import bare
from .._errors import FileLockError
from .._generated.constants import REFRESH_TIMEOUT_MS
from ..oauth._errors import RefreshError
from ..oauth._refusals import Refusals
from ..oauth._run import run, run_async
from ..oauth._terms import Secret, Terms
from ..store import _refusals as store_refusals
from ..store._errors import StoreError
from ._backing import OpenClawBacking, OwnerChanged, current_owner, is_usable_now
from ._lock_names import lock_directory, make_lock_directory, refresh_lock_targets
from ._stores import Stores

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..oauth._public import AsyncRefreshFunction, RefreshFunction
    from ..oauth._result import Refreshed

_OURS = (RefreshError, StoreError, FileLockError)


class _Login:
    """One call. How its locks are named, and where they are, is decided anew whenever the owner has changed."""

    def __init__(
        self,
        where: tuple[str, str | None, str, str],
        refresh: Callable[..., Any],
        rejected: Secret,
        resend: str,
        call_timeout: float | None,
        options: Mapping[str, Any],
    ) -> None:
        state_dir, agent_id, self._provider, self._profile_id = where
        self._stores = Stores(state_dir, agent_id)
        self._locks = refresh_lock_targets(self._stores.state_dir, self._provider, self._profile_id)
        self._refresh = refresh
        self._rejected = rejected
        self._resend = resend
        self._call_timeout = call_timeout
        self._options = dict(options)
        self._timeout = self._options.pop("timeout", REFRESH_TIMEOUT_MS / 1000)
        self._started = time.monotonic()
        self._rounds = 0

    def terms(self) -> Terms:
        owner = current_owner(self._stores, self._profile_id)
        path = self._stores.json_path(owner)
        if owner == "none":
            raise Refusals(path).unavailable("OpenClaw has no such login", self._waited())
        timeout = self._timeout
        if self._rounds:
            timeout = self._timeout - self._waited()
            if timeout <= 0:
                raise Refusals(path).unavailable("its store keeps changing", self._waited(), "try again")
        self._rounds += 1
        terms = Terms(
            OpenClawBacking(self._stores, self._provider, self._profile_id, owner, self._options),
            self._refresh,
            locks=[*self._locks, path],
            intents=lock_directory(self._stores.state_dir),
            fresh=is_usable_now,
            rejected=self._rejected,
            resend=self._resend,
            call_timeout=self._call_timeout,
            options={**self._options, "timeout": timeout},
        )
        try:
            make_lock_directory(self._stores.state_dir)
        except OSError as error:
            raise store_refusals.failed(lock_directory(self._stores.state_dir), error) from error
        return terms

    def _waited(self) -> float:
        return time.monotonic() - self._started


def refresh_credential(
    state_dir: str,
    agent_id: str | None,
    provider: str,
    profile_id: str,
    refresh: RefreshFunction,
    *,
    rejected: str | None = None,
    resend: Literal["never", "if-dead"] = "never",
    call_timeout: float | None = None,
    **options: Any,
) -> Refreshed:
    """A usable login of OpenClaw's, refreshed under its own locks and saved where it belongs.

    Only releases up to 2026.6.1, with a JSON store: a later one's is not ours to write. Ask
    :func:`wait_for_fresh_credential` there.

    Args:
        state_dir: see :func:`resolve_state_dir`.
        agent_id: the agent; ``None`` is ``main``.
        provider: as the login says it.
        profile_id: key of the login in the store.
        refresh, rejected, resend, call_timeout, options: as in :func:`openclaw_lock_helpers.oauth.refresh_stored`.

    Raises:
        StoreUnsupported: it is a SQLite store; ``hint`` has the remedy.
        RefreshError, StoreError, FileLockError: as there.
    """
    hidden = Secret(rejected)
    del rejected
    try:
        login = _Login((state_dir, agent_id, provider, profile_id), refresh, hidden, resend, call_timeout, options)
        while True:
            try:
                return run(login.terms())
            except OwnerChanged:
                continue
    except _OURS as error:
        raise bare(error) from error.__cause__


async def async_refresh_credential(
    state_dir: str,
    agent_id: str | None,
    provider: str,
    profile_id: str,
    refresh: AsyncRefreshFunction,
    *,
    rejected: str | None = None,
    resend: Literal["never", "if-dead"] = "never",
    call_timeout: float | None = None,
    **options: Any,
) -> Refreshed:
    """The twin of :func:`refresh_credential` for asyncio."""
    hidden = Secret(rejected)
    del rejected
    try:
        login = _Login((state_dir, agent_id, provider, profile_id), refresh, hidden, resend, call_timeout, options)
        while True:
            try:
                return await run_async(login.terms())
            except OwnerChanged:
                continue
    except _OURS as error:
        raise bare(error) from error.__cause__
