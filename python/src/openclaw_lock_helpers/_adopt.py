"""Acquire a lock, or adopt what somebody else has done meanwhile (spec/adopt.md)."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from . import _nesting
from ._adoption import Adoption
from ._aio import AsyncFileLock
from ._errors import FileLockInvalidOption
from ._lock import FileLock
from ._paths import check_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from typing_extensions import Self

_T = TypeVar("_T")
_L = TypeVar("_L", FileLock, AsyncFileLock)
_Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]


class Adopted(Generic[_T]):
    """Somebody else has done the work; no lock was taken. As a context manager it does nothing.

    Attributes:
        value: what ``try_adopt`` returned.
    """

    adopted: Literal[True] = True

    def __init__(self, value: _T) -> None:
        self.value = value

    def __repr__(self) -> str:  # the value may be a secret
        return "<Adopted>"

    def __enter__(self) -> Self:
        return self

    async def __aenter__(self) -> Self:
        return self

    def __exit__(self, *_ignored: object) -> None: ...

    async def __aexit__(self, *_ignored: object) -> None: ...


class Acquired(Generic[_L]):
    """The lock is held: by this object, and as long as somebody has it or ``lock``. As a context manager it releases.

    What was read before says nothing any more: read it again, inside (ADOPT-5).

    Attributes:
        lock: the :class:`FileLock` or :class:`AsyncFileLock`.
    """

    adopted: Literal[False] = False

    def __init__(self, lock: _L) -> None:
        self.lock: _L = lock

    def __repr__(self) -> str:
        return f"<Acquired {self.lock!r}>"

    def __enter__(self) -> Self:
        if self.lock._hold is not None:
            _nesting.enter(self.lock._hold)
        return self

    async def __aenter__(self) -> Self:
        return self.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.lock._leave(error)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.lock._leave(error)


def acquire_or_adopt(
    target: _Path, *, try_adopt: Callable[[], _T | None], watch: Iterable[_Path] | None = None, **options: Any
) -> Adopted[_T] | Acquired[FileLock]:
    """Takes the lock of ``target``, unless what it is wanted for turns up meanwhile.

    Args:
        target: the file to guard.
        try_adopt: looks at the store, without a lock, and returns what it wanted, or ``None``. It is asked first of
            all, when the lock is taken by somebody, whenever a watched path has changed, every second, and once more
            before a refusal; never while this lock is held. What it raises ends the wait.
        watch: paths whose change makes it worth asking; by default the target alone.
        options: those of :class:`FileLock`.

    Returns:
        :class:`Adopted` or :class:`Acquired`; both are context managers.

    Raises:
        FileLockError: as :meth:`FileLock.acquire`, if ``try_adopt`` still has nothing then.
    """
    lock: FileLock = FileLock(target, **options)
    adoption = Adoption(lock, _callable(try_adopt), _paths(lock, watch))
    try:
        for pause in adoption.start():
            time.sleep(pause)
    except BaseException:
        adoption.undo()
        raise
    return Acquired(lock) if adoption.value is None else Adopted(adoption.value)


async def async_acquire_or_adopt(
    target: _Path, *, try_adopt: Callable[[], _T | None], watch: Iterable[_Path] | None = None, **options: Any
) -> Adopted[_T] | Acquired[AsyncFileLock]:
    """The twin of :func:`acquire_or_adopt` for asyncio. ``try_adopt`` is a plain function, called in the event loop."""
    lock = AsyncFileLock(target, **options)
    adoption = Adoption(lock, _callable(try_adopt), _paths(lock, watch))
    lock._loop = asyncio.get_running_loop()
    try:
        for pause in adoption.start():
            await asyncio.sleep(pause)
    except BaseException:
        adoption.undo()
        raise
    return Acquired(lock) if adoption.value is None else Adopted(adoption.value)


def _callable(try_adopt: Callable[[], _T | None]) -> Callable[[], _T | None]:
    if not callable(try_adopt):
        raise FileLockInvalidOption("try_adopt must be callable", hint="pass a function that returns a value or None")
    return try_adopt


def _paths(lock: FileLock | AsyncFileLock, watch: Iterable[_Path] | None) -> list[str]:
    if isinstance(watch, str | bytes | os.PathLike):
        raise FileLockInvalidOption("watch must be a list of paths", hint="pass a list of paths")
    return [lock.target] if watch is None else [check_target(path) for path in watch]
