"""A login of a script's own, in a store of its own (STATE-10)."""

from __future__ import annotations

import os
import stat
from typing import Any

from .._bare import bare
from .._errors import FileLockError
from .._lock import FileLock
from .._paths import check_target
from ..oauth._said import said
from ..store import _refusals
from ..store._edit import Put
from ..store._errors import StoreError
from ..store._replace import replace
from ..store._snapshot import look
from ._directories import SQLITE
from ._stores import JSON, Stores

_STORES = (JSON, SQLITE, "openclaw.sqlite")
_Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]


class CredentialCache:
    """A JSON store, for its owner alone (mode 0600), outside OpenClaw's directories.

    **Not for OpenClaw's own logins.** A refresh token that rotates is spent by whoever refreshes it first: once a copy
    in a cache is refreshed, OpenClaw's is burned, and the provider may end the whole login. Therefore :meth:`put`
    refuses a credential whose refresh token OpenClaw has too. Sign in a second time for the script.

    A credential is refreshed where it lies: ``refresh_stored(cache.path, [key], ...)``.

    Args:
        path: the cache's own file.
        state_dir: of the OpenClaw whose logins it must not be.
        agent_id: the agent whose logins are looked at, beside main's.
    """

    def __init__(self, path: _Path, *, state_dir: str, agent_id: str | None = None) -> None:
        self.path = check_target(path)
        self._stores = Stores(state_dir, agent_id)

    def get(self, key: str) -> dict[str, Any] | None:
        """The credential under ``key``, or ``None``. Secret.

        Raises:
            StoreError: the cache cannot be read.
        """
        try:
            found = look(self.path).value.get(key)
        except StoreError as error:
            raise bare(error) from error.__cause__
        return found if isinstance(found, dict) else None

    def put(
        self, key: str, credential: dict[str, Any], *, provider_does_not_rotate: bool = False, **options: Any
    ) -> bool:
        """Stores a credential; whether a byte has changed.

        Args:
            key: where in the cache.
            credential: the whole credential.
            provider_does_not_rotate: your word that refreshing it here burns nothing.
            options: those of :class:`FileLock`.

        Raises:
            StoreUnsupported: OpenClaw has that refresh token too, or cannot be asked; or the path is OpenClaw's.
            StoreError, FileLockError: the cache cannot be written.
        """
        try:
            self._refuse_openclaws_own()
            if not provider_does_not_rotate:
                self._refuse_a_copy(credential)
            return self._put(key, credential, options)
        except (StoreError, FileLockError) as error:
            raise bare(error) from error.__cause__

    def _put(self, key: str, credential: dict[str, Any], options: dict[str, Any]) -> bool:
        with FileLock(self.path, **options) as lock:
            snapshot = look(lock.target)
            if snapshot.exists and stat.S_IMODE(os.stat(lock.target).st_mode) != 0o600:
                try:
                    os.chmod(lock.target, 0o600)
                except OSError as error:
                    raise _refusals.failed(lock.target, error) from error
                snapshot = look(lock.target)
            return replace(snapshot, [Put([key], credential)], [lock])

    def _refuse_openclaws_own(self) -> None:
        place = os.path.realpath(self.path)
        state_dir = os.path.realpath(self._stores.state_dir)
        parts = os.path.relpath(place, state_dir).split(os.sep)
        own = os.path.dirname(place) in map(os.path.realpath, (self._stores.agent_dir, self._stores.main_dir))
        # By its name too: it may be another OpenClaw's.
        if own or parts[0] in ("agents", "state", "locks", "credentials") or os.path.basename(place) in _STORES:
            raise _refusals.burned(self.path, "is OpenClaw's own")

    def _refuse_a_copy(self, credential: dict[str, Any]) -> None:
        if not said(credential, "refresh"):
            return
        known: list[Any] | None
        try:
            known = self._stores.all()
        except StoreError:
            known = None
        if known is None:
            raise _refusals.burned(self.path, "may get a login of OpenClaw's, whose store cannot be read")
        if any(isinstance(each, dict) and each.get("refresh") == credential["refresh"] for each in known):
            raise _refusals.burned(self.path, "would get a login of OpenClaw's: to refresh it here burns it there")
