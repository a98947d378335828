"""Where a login is stored: a JSON store, or whatever the caller's functions know."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol

from .._generated.constants import RESERVE_BYTES
from ..store._edit import Put
from ..store._replace import prepare, replace, verify
from ..store._snapshot import Snapshot, look
from . import _refusals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._base import BaseLock
    from ..store._temporary import Temporary


class Stored:
    """One look at a login. ``credential`` is ``None`` where there is none."""

    __slots__ = ("credential", "source")

    def __init__(self, credential: dict[str, Any] | None, source: Any = None) -> None:
        self.credential = credential
        self.source = source


class Reserve:
    """Room for the result, made before a token is spent (REFRESH-6)."""

    def __init__(self, temporary: Temporary | None = None) -> None:
        self.temporary = temporary

    def touch(self) -> None:
        if self.temporary is not None:
            try:
                self.temporary.touch()
            except OSError:
                pass

    def discard(self) -> None:
        if self.temporary is not None:
            self.temporary.discard()
            self.temporary = None


class Backing(Protocol):
    #: For messages.
    path: str

    def watched(self) -> list[str]:
        """Paths whose change makes it worth to read again."""

    def read(self) -> Stored:
        """Without a lock, or under it. Raises :class:`StoreError`."""

    def reread(self) -> Stored:
        """After the request, where the answer to it belongs. Raises :class:`StoreError`."""

    def objection(self, credential: dict[str, Any]) -> str | None:
        """Why a credential is none that this call could refresh or return."""

    def fence(self, credential: dict[str, Any] | None) -> str | None:
        """``pending`` or ``failed``: instead of a token there is a note that somebody else is refreshing."""

    def prepare(self, locks: Sequence[BaseLock]) -> Reserve:
        """Makes sure that a result can be saved. Raises :class:`StoreError`."""

    def save(self, stored: Stored, changes: dict[str, Any], locks: Sequence[BaseLock], reserve: Reserve) -> None:
        """Writes ``changes`` over ``stored``, which was read under ``locks``. Raises :class:`StoreError`."""

    def saved(self, credential: dict[str, Any], changes: dict[str, Any]) -> None:
        """Called with the locks held after a result was saved; raises nothing."""


class Plain:
    """What most logins need no more of."""

    def objection(self, credential: dict[str, Any]) -> str | None:
        return None

    def fence(self, credential: dict[str, Any] | None) -> str | None:
        return None

    def saved(self, credential: dict[str, Any], changes: dict[str, Any]) -> None: ...


class JsonBacking(Plain):
    """The object at a path of keys of a JSON store."""

    def __init__(self, path: str, at: Sequence[str]) -> None:
        self.path = path
        self._at = list(at)

    def watched(self) -> list[str]:
        return [self.path]

    def read(self) -> Stored:
        snapshot = look(self.path)
        if not snapshot.exists:
            raise _refusals.store_missing(self.path)
        value: Any = snapshot.value
        for key in self._at:
            value = value.get(key) if isinstance(value, dict) else None
        return Stored(value if isinstance(value, dict) else None, snapshot)

    def reread(self) -> Stored:
        return self.read()

    def prepare(self, locks: Sequence[BaseLock]) -> Reserve:
        verify(self.path, locks)
        try:
            size = os.stat(self.path).st_size
        except OSError:
            size = 0
        return Reserve(prepare(self.path, size + RESERVE_BYTES))

    def save(self, stored: Stored, changes: dict[str, Any], locks: Sequence[BaseLock], reserve: Reserve) -> None:
        snapshot: Snapshot = stored.source
        edits = [Put([*self._at, key], value) for key, value in changes.items()]
        temporary, reserve.temporary = reserve.temporary, None
        try:
            replace(snapshot, edits, locks, temporary)
        finally:
            if temporary is not None:
                temporary.discard()


class CallerBacking(Plain):
    """The caller's own functions. Whether a result can be saved is then for the caller to know."""

    def __init__(
        self,
        path: str,
        read: Callable[[], dict[str, Any] | None],
        save: Callable[[dict[str, Any]], object],
        watch: Sequence[str],
    ) -> None:
        self.path = path
        self._read = read
        self._save = save
        self._watch = list(watch)

    def watched(self) -> list[str]:
        return self._watch

    def read(self) -> Stored:
        found = self._read()
        return Stored(dict(found) if found is not None else None)

    def reread(self) -> Stored:
        return self.read()

    def prepare(self, locks: Sequence[BaseLock]) -> Reserve:
        return Reserve()

    def save(self, stored: Stored, changes: dict[str, Any], locks: Sequence[BaseLock], reserve: Reserve) -> None:
        if not all(lock.verify() for lock in locks):
            raise _refusals.store_not_locked(self.path)
        self._save({**(stored.credential or {}), **changes})
