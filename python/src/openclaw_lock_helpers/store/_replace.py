"""A store is replaced under its lock (STORE-5 to STORE-8)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .. import _points
from .._bare import bare
from .._errors import FileLockError
from .._paths import resolve
from .._publication import undivided
from . import _refusals
from ._edit import edited
from ._errors import StoreError
from ._mounts import is_mount_point, mounts
from ._snapshot import kind_of, read
from ._sweep import remove_finished, sweep
from ._temporary import Temporary, sync_directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .._base import BaseLock
    from ._edit import Put, Remove
    from ._snapshot import Identity, Snapshot


def replace_store(snapshot: Snapshot, edits: Iterable[Put | Remove], *, locks: Sequence[BaseLock]) -> bool:
    """Makes the edited content of ``snapshot``, which was read under ``locks``, the store.

    Args:
        snapshot: what :func:`read_store` returned while the locks were held.
        edits: in order; if one is refused none is made.
        locks: held locks, one of them that of the store's own path.

    Returns:
        Whether a byte has changed. If none has, nothing is written.

    Raises:
        StoreNotLocked: the store's lock is not among ``locks``, or one of them is lost.
        StoreInvalid: the result would be no store.
        StoreUnsupported: a file of this kind cannot be replaced.
        StoreChanged: it is not any more what was read.
        StorePermission, StoreIO: a system call failed; the store is untouched.
        FileLockInvalidOption: an edit's path or value is wrong.
    """
    try:
        return replace(snapshot, edits, locks)
    except (StoreError, FileLockError) as error:
        raise bare(error) from error.__cause__


def replace(
    snapshot: Snapshot,
    edits: Iterable[Put | Remove],
    locks: Sequence[BaseLock],
    temporary: Temporary | None = None,
) -> bool:
    """As :func:`replace_store`. ``temporary`` was made by :func:`prepare`, and is used up or of no use afterwards."""
    path = snapshot.path
    verify(path, locks)
    before = snapshot.text_to_edit()
    data = edited(before, edits)
    if isinstance(data, str):
        raise _refusals.invalid(path, data)
    if data == before:
        return False
    expected = None if snapshot.identity is None else (snapshot.data, snapshot.identity)
    try:
        like, parted = replaceable(path)
        if parted and like is not None and expected is not None:
            expected = snapshot.data, (*expected[1][:4], like.st_ctime_ns)
        made = temporary
        if made is None or not made.is_there(like):
            made = _make(path, like)
        try:
            made.write(data)
            _points.reach("store:written")
            undivided(lambda: _become_if_unchanged(made, path, expected, locks))
        finally:
            made.discard()
        _points.reach("store:renamed")
        sync_directory(os.path.dirname(path))
    except StoreError:
        raise
    except OSError as error:
        raise _refusals.failed(path, error) from error
    return True


def _become_if_unchanged(
    made: Temporary, path: str, expected: tuple[bytes, Identity] | None, locks: Sequence[BaseLock]
) -> None:
    verify(path, locks)
    if read(path) != expected:
        raise _refusals.changed(path)
    _points.reach("store:verified")
    _become(made, path, new=expected is None)


def _become(made: Temporary, path: str, *, new: bool) -> None:
    try:
        made.become(path, new=new)
    except FileExistsError:
        raise _refusals.changed(path) from None


def prepare(path: str, size: int) -> Temporary:
    """A temporary file beside the store, filled to ``size`` bytes and synced (REFRESH-6).

    Raises:
        StoreError: the store cannot be replaced, or there is no room.
    """
    try:
        made = _make(path, replaceable(path)[0])
        try:
            made.reserve(size)
        except BaseException:
            made.discard()
            raise
    except StoreError:
        raise
    except OSError as error:
        raise _refusals.failed(path, error) from error
    return made


def _make(path: str, like: os.stat_result | None) -> Temporary:
    made = Temporary(path)
    try:
        made.make(like)
        sweep(os.path.dirname(path), made.made_ns())
    except BaseException:
        made.discard()
        raise
    return made


def replaceable(path: str) -> tuple[os.stat_result | None, bool]:
    """What is at ``path`` and can be replaced, or ``None`` for nothing; and whether we have unlinked a second name.

    Raises:
        StoreUnsupported: it cannot (STORE-8).
        OSError: it cannot be told.
    """
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None, False
    place = os.path.join(os.path.realpath(os.path.dirname(path), strict=True), os.path.basename(path))
    if is_mount_point(mounts(), os.fsencode(place)):
        raise _refusals.unsupported(path, "mount-point")
    kind = kind_of(found)
    if kind is not None:
        raise _refusals.unsupported(path, kind)
    if found.st_nlink == 1:
        return found, False
    remove_finished(path)
    found = os.lstat(path)
    if found.st_nlink > 1:
        raise _refusals.unsupported(path, "hard-link")
    return found, True


def verify(path: str, locks: Sequence[BaseLock]) -> None:
    """
    Raises:
        StoreNotLocked: see :func:`replace_store`.
    """
    try:
        _, own = resolve(path)
    except OSError as error:
        raise _refusals.failed(path, error) from error
    if not any(lock.lock_path == own for lock in locks) or not all(lock.verify() for lock in locks):
        raise _refusals.not_locked(path)
