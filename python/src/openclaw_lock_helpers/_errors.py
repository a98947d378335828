"""One vocabulary of outcomes (spec/errors.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._holder import Holder, KernelLock


class FileLockError(Exception):
    """What every refusal of this package is.

    Attributes:
        code: stable name of the outcome, the same in every language of the contract.
        target: the guarded file; absolute, its parent resolved.
        lock_path: the sidecar beside it.
        waited: seconds between the call and the refusal.
        holder: who was last seen to hold the lock, or ``None``.
        hint: one sentence: what to do next.
        kind: what a foreign object is (``proper-lockfile``, ``garbage``, ``pid-file``, ...), or ``None``.
        kernel_locks: who has locked the lock file or the guarded file in the kernel; known of refusals that end a wait.
        errno: of the system call that failed, or ``None``.
        path: the file that system call was about, or ``None``.
    """

    code: str = "file_lock_error"
    errno: int | None

    def __init__(
        self,
        message: str = "",
        *,
        target: str | None = None,
        lock_path: str | None = None,
        waited: float = 0.0,
        holder: Holder | None = None,
        hint: str = "",
        kind: str | None = None,
        kernel_locks: tuple[KernelLock, ...] = (),
        errno: int | None = None,
        path: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.target = target
        self.lock_path = lock_path
        self.waited = waited
        self.holder = holder
        self.hint = hint
        self.kind = kind
        self.kernel_locks = kernel_locks
        self.errno = errno
        self.path = path

    def __str__(self) -> str:  # that of OSError would print errno in front
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # errno is not in __dict__ where OSError keeps it in its own structure.
        return _rebuild, (type(self), self.message, self.errno), self.__dict__.copy()


def _rebuild(cls: type[FileLockError], message: str, errno: int | None) -> FileLockError:
    return cls(message, errno=errno)


class FileLockTimeout(FileLockError, TimeoutError):
    """The wait ended, and the lock is held or cannot be judged."""

    code = "file_lock_timeout"


class FileLockStale(FileLockError):
    """The holder is dead, and the caller forbade removal (``reclaim=False``)."""

    code = "file_lock_stale"


class FileLockForeign(FileLockError):
    """What is at the lock path is no lock of this contract; ``kind`` says what it is."""

    code = "file_lock_foreign"


class FileLockLost(FileLockError):
    """Release found the lock gone, or somebody else's: what was written since is unprotected."""

    code = "file_lock_lost"


class FileLockGuardOrphaned(FileLockError):
    """A guard that nobody can judge is in the way; ``hint`` names the one command that repairs it."""

    code = "file_lock_guard_orphaned"


class FileLockReentrant(FileLockError, RuntimeError):
    """The caller is inside the with-form of the lock that it asks for."""

    code = "file_lock_reentrant"


class FileLockPermission(FileLockError, PermissionError):
    """``EACCES``, ``EPERM`` or ``EROFS``; ``path``, its owner and its mode are named."""

    code = "file_lock_permission"


class FileLockUnsupported(FileLockError):
    """The platform or the file system lacks what is needed."""

    code = "file_lock_unsupported"


class FileLockInvalidOption(FileLockError, ValueError):
    """An argument is wrong; nothing was touched."""

    code = "file_lock_invalid_option"


class FileLockIO(FileLockError, OSError):
    """Any other system call that failed, with its ``errno``."""

    code = "file_lock_io"
