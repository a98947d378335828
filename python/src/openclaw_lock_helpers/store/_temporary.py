"""The file that is to become the store, made beside it (STORE-7)."""

from __future__ import annotations

import errno
import os
import stat
import time

from .._descriptors import Descriptors, write_all
from .._generated.constants import STORE_TOUCH_MS

PREFIX = ".openclaw-store-"
SUFFIX = ".tmp"
_CREATE = (
    os.O_RDWR
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
#: From ``fsync`` of a directory, and from ``open`` where it may be written to and not be read.
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES, errno.EBADF)
_FILLER = b" " * 65536


class Temporary:
    """Every method raises ``OSError``; whatever happens, call :meth:`discard` at last."""

    def __init__(self, store: str) -> None:
        self.path = os.path.join(os.path.dirname(store), f"{PREFIX}{os.urandom(16).hex()}{SUFFIX}")
        self._descriptors = Descriptors()
        self._touched = time.monotonic()

    def make(self, like: os.stat_result | None) -> None:
        """With owner and mode of the store, or for us alone where there is none yet."""
        fd = self._descriptors.open(self.path, _CREATE, 0o600)
        if like is None:
            os.fchmod(fd, 0o600)
            return
        own = os.fstat(fd)
        if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
            os.fchown(fd, like.st_uid, like.st_gid)
        os.fchmod(fd, stat.S_IMODE(like.st_mode))

    def is_there(self, like: os.stat_result | None) -> bool:
        """Nobody has swept it, and the store has the owner and mode that it was made for."""
        if not self._descriptors:
            return False
        own = os.fstat(self._descriptors[0])
        try:
            there = os.lstat(self.path)
        except FileNotFoundError:
            return False
        mode = 0o600 if like is None else stat.S_IMODE(like.st_mode)
        owner = (own.st_uid, own.st_gid) if like is None else (like.st_uid, like.st_gid)
        return (own.st_dev, own.st_ino, own.st_uid, own.st_gid, stat.S_IMODE(own.st_mode)) == (
            there.st_dev,
            there.st_ino,
            *owner,
            mode,
        )

    def made_ns(self) -> int:
        """The file system's clock, as of now or a little before."""
        return os.fstat(self._descriptors[0]).st_mtime_ns

    def reserve(self, size: int) -> None:
        """Fills it to ``size`` bytes, so that there is room for them whatever becomes of the disk (REFRESH-6)."""
        fd = self._descriptors[0]
        os.lseek(fd, 0, os.SEEK_SET)
        while size > 0:
            write_all(fd, _FILLER[:size])
            size -= len(_FILLER)
        os.fsync(fd)

    def write(self, data: bytes) -> None:
        fd = self._descriptors[0]
        os.lseek(fd, 0, os.SEEK_SET)
        write_all(fd, data)
        os.ftruncate(fd, len(data))
        os.fsync(fd)

    def touch(self) -> None:
        """Called often enough, keeps it from being taken for a left-over (STORE-10)."""
        now = time.monotonic()
        if self._descriptors and now - self._touched >= STORE_TOUCH_MS / 1000:
            self._touched = now
            os.utime(self._descriptors[0])

    def become(self, store: str, *, new: bool) -> None:
        """Raises ``FileExistsError`` where the store is to be a ``new`` file, and is there."""
        if new:
            os.link(self.path, store)
        else:
            os.rename(self.path, store)
            self.path = ""

    def discard(self) -> None:
        """Its name goes, unless it is the store's now. Never raises: what resists is swept later."""
        try:
            if self.path and self._descriptors:
                os.unlink(self.path)
        except OSError:
            pass
        self._descriptors.close()


def sync_directory(directory: str, *, strict: bool = False) -> None:
    """As far as it can be, unless ``strict``: what was renamed is renamed all the same."""
    try:
        fd = os.open(directory, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        if strict and error.errno not in _NO_SYNC:
            raise
