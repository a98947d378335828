"""A login in OpenClaw's JSON store, as releases up to 2026.6.1 have it (STATE-8)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .._errors import FileLockError
from .._generated.constants import REFRESH_STALE_MS
from .._lock import FileLock
from ..oauth._backing import JsonBacking, Stored
from ..oauth._said import WHITE, said, same_account, time_ms
from ..store import _refusals as store_refusals
from ..store._edit import Put
from ..store._errors import StoreError
from ..store._replace import replace
from ..store._snapshot import look
from ._credential import fence_of, owner_of, usable_at

if TYPE_CHECKING:
    from ._stores import Stores


class OwnerChanged(Exception):
    """The login belongs to another store by now: other locks are needed."""


class OpenClawBacking(JsonBacking):
    """The login in the store of ``owner``, as long as it is the owner."""

    def __init__(self, stores: Stores, provider: str, profile_id: str, owner: str, options: dict[str, Any]) -> None:
        super().__init__(stores.json_path(owner), ["profiles", profile_id])
        self._stores = stores
        self._provider = provider.strip(WHITE).lower()
        self._profile_id = profile_id
        self._owner = owner
        self._options = options

    def watched(self) -> list[str]:
        return self._stores.watched()

    def read(self) -> Stored:
        if current_owner(self._stores, self._profile_id) not in (self._owner, "none"):
            raise OwnerChanged
        return super().read()

    def reread(self) -> Stored:
        refuse_sqlite(self._stores, self.path)
        return super().read()

    def objection(self, credential: dict[str, Any]) -> str | None:
        if credential.get("type") != "oauth":
            return "it is no OAuth login"
        if said(credential, "provider").lower() != self._provider:
            return "it is a login of another provider"
        return None

    def fence(self, credential: dict[str, Any] | None) -> str | None:
        return fence_of(credential)

    def saved(self, credential: dict[str, Any], changes: dict[str, Any]) -> None:
        """OpenClaw writes an agent's into main's store too. That this fails is no failure."""
        if self._owner == "main" or self._stores.is_main:
            return
        try:
            path = self._stores.json_path("main")
            with FileLock(path, **{**self._options, "timeout": 10.0, "stale": REFRESH_STALE_MS / 1000}) as lock:
                self._mirror(path, credential, changes, lock)
        except (FileLockError, StoreError):
            return

    def _mirror(self, path: str, credential: dict[str, Any], changes: dict[str, Any], lock: FileLock) -> None:
        snapshot = look(path)
        profiles = snapshot.value.get("profiles")
        theirs = profiles.get(self._profile_id) if isinstance(profiles, dict) else None
        if not isinstance(theirs, dict) or theirs.get("type") != "oauth" or fence_of(theirs) is not None:
            return
        before, now = time_ms(theirs), time_ms(credential)
        if before is None or now is None or before >= now or not same_account(theirs, credential):
            return
        replace(snapshot, [Put(["profiles", self._profile_id, key], value) for key, value in changes.items()], [lock])


def current_owner(stores: Stores, profile_id: str) -> str:
    """
    Raises:
        StoreUnsupported: it is a SQLite store, which only OpenClaw writes.
    """
    refuse_sqlite(stores, stores.json_path("agent"))
    return owner_of(stores.main(profile_id), stores.agent(profile_id))


def refuse_sqlite(stores: Stores, path: str) -> None:
    if stores.kind() == "sqlite":
        raise store_refusals.unsupported(path, "sqlite")


def is_usable_now(credential: Any) -> bool:
    return usable_at(credential, time.time() * 1000)
