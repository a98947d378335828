"""Waits until somebody else has refreshed a login (STATE-9). Takes no lock, and refreshes nothing."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from .. import _options
from .._bare import bare
from .._changes import Changes
from .._errors import FileLockError
from .._generated.constants import FENCE_TIMEOUT_MS, REFRESH_STALE_MS, WAIT_FOR_FRESH_TIMEOUT_MS
from .._inspect import inspect_lock
from .._wait import Pauses
from ..oauth._errors import RefreshContention, RefreshError
from ..oauth._fences import first_seen
from ..oauth._refusals import Refusals
from ..oauth._said import WHITE, said
from ..oauth._terms import Secret
from ..store._errors import StoreError
from ._credential import fence_of, usable_at
from ._lock_names import refresh_lock_targets
from ._read import effective
from ._stores import Stores

if TYPE_CHECKING:
    from collections.abc import Generator

    from .._holder import Holder

_OURS = (RefreshError, StoreError, FileLockError)


class _Wait:
    def __init__(
        self, where: tuple[str, str | None, str, str], rejected: Secret, timeout: float, trust_pids: bool | None
    ) -> None:
        state_dir, agent_id, provider, self._profile_id = where
        self._stores = Stores(state_dir, agent_id)
        self._provider = provider.strip(WHITE).lower()
        self._locks = refresh_lock_targets(self._stores.state_dir, provider, self._profile_id)
        self._rejected = rejected
        self._trust_pids = _options.check_trust(trust_pids)
        self._started = time.monotonic()
        self._deadline = self._started + _options._seconds("timeout", timeout)
        self._refusals = Refusals(self._stores.json_path("agent"))
        self._someone: Holder | None = None
        self._sign = False
        self.value: dict[str, Any] | None = None

    def start(self) -> Generator[float, None, None]:
        """Pauses; when it ends ``value`` is there."""
        changes, pauses = Changes(self._stores.watched()), Pauses()
        while True:
            remaining = self._deadline - time.monotonic()
            if changes.due() or remaining <= 0:
                changes.taken()
                if self._look():
                    return
                self._look_at_locks()
            if remaining <= 0:
                raise self._given_up()
            yield pauses.next(remaining)

    def _look(self) -> bool:
        credential = effective(self._stores, self._profile_id)
        fence = fence_of(credential)
        if fence == "failed":
            raise self._refusals.rejected(None, "OpenClaw's own refresh of it has failed", self._waited())
        if fence is not None:
            self._sign = True
            if time.monotonic() - first_seen(credential) >= FENCE_TIMEOUT_MS / 1000:
                raise self._refusals.fenced(self._waited())
        if credential is None or said(credential, "provider").lower() != self._provider:
            return False
        if usable_at(credential, time.time() * 1000) and credential["access"] != self._rejected.value:
            self.value = credential
            return True
        return False

    def _look_at_locks(self) -> None:
        for target in self._locks:
            try:
                state = inspect_lock(target, stale=REFRESH_STALE_MS / 1000, trust_pids=self._trust_pids)
            except FileLockError:  # no such directory: nobody has ever refreshed
                continue
            if state.verdict not in ("free", "stale"):
                self._sign = True
                self._someone = state.holder

    def _given_up(self) -> RefreshError:
        waited = self._waited()
        if not self._sign:
            words = "nobody is refreshing it"
            return self._refusals.unavailable(words, waited, "run OpenClaw, or: openclaw models auth login")
        error: RefreshContention = self._refusals.under_way(None, self._locks[0] + ".lock", waited)
        error.intent, error.holder = None, self._someone
        return error

    def _waited(self) -> float:
        return time.monotonic() - self._started


def wait_for_fresh_credential(
    state_dir: str,
    agent_id: str | None,
    provider: str,
    profile_id: str,
    *,
    rejected: str | None = None,
    timeout: float = WAIT_FOR_FRESH_TIMEOUT_MS / 1000,
    trust_pids: bool | None = None,
) -> dict[str, Any]:
    """The login, as soon as it is usable and is not the rejected one. Secret.

    Args:
        state_dir, agent_id, provider, profile_id: as in :func:`refresh_credential`.
        rejected: an access token that is known to be of no use.
        timeout: seconds to wait.
        trust_pids: as in :class:`FileLock`, for a look at the refresh locks.

    Raises:
        RefreshContention: a refresh was under way, and has not ended.
        RefreshUnavailable: nobody is refreshing it.
        RefreshTokenRejected: OpenClaw has tried, and failed.
        StoreError: a store cannot be read.
    """
    hidden = Secret(rejected)
    del rejected
    try:
        waiting = _Wait((state_dir, agent_id, provider, profile_id), hidden, timeout, trust_pids)
        for pause in waiting.start():
            time.sleep(pause)
        return waiting.value or {}
    except _OURS as error:
        raise bare(error) from error.__cause__


async def async_wait_for_fresh_credential(
    state_dir: str,
    agent_id: str | None,
    provider: str,
    profile_id: str,
    *,
    rejected: str | None = None,
    timeout: float = WAIT_FOR_FRESH_TIMEOUT_MS / 1000,
    trust_pids: bool | None = None,
) -> dict[str, Any]:
    """The twin of :func:`wait_for_fresh_credential` for asyncio."""
    hidden = Secret(rejected)
    del rejected
    try:
        waiting = _Wait((state_dir, agent_id, provider, profile_id), hidden, timeout, trust_pids)
        for pause in waiting.start():
            await asyncio.sleep(pause)
        return waiting.value or {}
    except _OURS as error:
        raise bare(error) from error.__cause__
