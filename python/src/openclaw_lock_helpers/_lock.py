"""The lock for code that may block."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from . import _nesting
from ._base import BaseLock

if TYPE_CHECKING:
    from types import TracebackType

_Self = TypeVar("_Self", bound="FileLock")


class FileLock(BaseLock):
    """The lock of one file, held by at most one thread of one process at a time; the one that OpenClaw takes.

    Use it as a context manager, or call :meth:`acquire` and :meth:`release`. It can be used again after a release. An
    exception that comes from a signal handler (Ctrl-C) at any moment leaves nothing behind that the next acquire of
    this process, or its exit, does not remove.

    Args:
        target: the file to guard; the lock is ``<target>.lock``. A relative path is resolved here, once.
        timeout: seconds to wait; 0 tries once.
        stale: seconds after which locks that can only be judged by age are taken for dead.
        foreign_timeout: longest wait in seconds for an object that is no lock of this contract.
        purpose: words for those who wait, at most 256 bytes of UTF-8; anybody can read them.
        create_parent: make the directory (mode 0700) if it is missing.
        reclaim: take the lock of a dead holder; ``False`` reports it as :class:`FileLockStale`.
        remove_foreign: take what another locker has left and nobody uses any more: a file or an empty directory of a
            kind that names itself, silent for ``stale``, whose process is dead (FOREIGN-6). It is watched for two
            seconds first, so ``foreign_timeout`` must be longer.
        witness: whether a socket beside the lock lets other containers see that its holder lives (Linux): ``auto``
            makes one in every PID namespace but the machine's first, ``always`` insists, ``never`` makes none. Without
            it the environment's ``OPENCLAW_LOCKS_WITNESS`` decides, and else it is ``auto``.
        trust_pids: your word that nobody outside this PID namespace uses the directory, now or since the namespace
            began: a lock whose process is not here is then a dead one's. Without it ``OPENCLAW_LOCKS_TRUST_PIDS``
            (``1`` or ``0``) decides, and else it is ``False``.
        on_wait: called with the holder and the seconds waited, when a wait begins and at most once a second after;
            what it raises ends the wait.
        on_lost: called once with this lock, from a thread of this package, when the lock is found lost.

    Raises:
        FileLockInvalidOption: an argument is wrong; nothing was touched.
    """

    def acquire(self) -> None:
        """Takes the lock. It stays taken until :meth:`release` or the end of the process.

        Raises:
            FileLockTimeout: it was held until the end of ``timeout``.
            FileLockError: any other refusal; see the subclasses.
        """
        acquisition = self._acquisition(keep=True)
        running = acquisition.start()
        try:
            for pause in running:
                time.sleep(pause)
            self._taken(acquisition)
        except BaseException:
            acquisition.undo(running)
            raise

    def __enter__(self: _Self) -> _Self:
        acquisition = self._acquisition(keep=False)
        running = acquisition.start()
        try:
            for pause in running:
                time.sleep(pause)
            self._taken(acquisition)
            if acquisition.won is not None:
                _nesting.enter(acquisition.won)
            return self
        except BaseException:
            acquisition.undo(running)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._leave(error)
