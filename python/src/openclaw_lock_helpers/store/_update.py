"""Read, edit and replace, under the store's lock."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .._aio import AsyncFileLock
from .._bare import bare
from .._errors import FileLockError
from .._lock import FileLock
from ._errors import StoreError
from ._replace import replace
from ._snapshot import look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .._base import BaseLock
    from ._edit import Put, Remove

    Edits = Iterable[Put | Remove]

_Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]


def update_store(path: _Path, edit: Edits | Callable[[dict[str, Any]], Edits], **options: Any) -> bool:
    """Changes a JSON store, and nothing in it but what the edits name. One that is not there is made.

    Args:
        path: the store.
        edit: the edits, or a function that makes them of what is stored; it is called with the lock held.
        options: those of :class:`FileLock`.

    Returns:
        Whether a byte has changed.

    Raises:
        StoreError: it cannot be read or replaced; it is untouched.
        FileLockError: its lock cannot be had. At the end, :class:`FileLockLost`: the store was replaced, by somebody
            who had lost its lock in that very moment.
    """
    try:
        with FileLock(path, **options) as lock:
            return _update(lock, edit)
    except (StoreError, FileLockError) as error:
        raise bare(error) from error.__cause__


async def async_update_store(path: _Path, edit: Edits | Callable[[dict[str, Any]], Edits], **options: Any) -> bool:
    """The twin of :func:`update_store` for asyncio: the wait for the lock is awaited, ``edit`` is a plain function."""
    try:
        async with AsyncFileLock(path, **options) as lock:
            return _update(lock, edit)
    except (StoreError, FileLockError) as error:
        raise bare(error) from error.__cause__


def _update(lock: BaseLock, edit: Edits | Callable[[dict[str, Any]], Edits]) -> bool:
    snapshot = look(lock.target)
    return replace(snapshot, edit(snapshot.value) if callable(edit) else edit, [lock])
