"""One store as it was at one moment, read without a lock (STORE-1 to STORE-4)."""

from __future__ import annotations

import errno
import os
import stat
import time
from typing import Any, NoReturn

from .._bare import bare
from .._descriptors import with_file
from .._generated.constants import MAX_STORE_BYTES, TORN_MS
from .._paths import check_target
from . import _refusals
from ._content import parse
from ._edit import NEW
from ._errors import StoreError

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_CHUNK = 1 << 20
_LOOK_AGAIN_SECONDS = 0.01
#: A file that is written to all the time shows no state that it ever had.
_MAX_READS = 1000

Identity = tuple[int, int, int, int, int]


class Snapshot:
    """A store's content and where it came from.

    Attributes:
        path: absolute.
        value: the object in it; an empty one where there is no file.
        data: its bytes; none where there is no file.
        identity: device, inode, size, modification and status-change time (ns) of the file read, or ``None``.
    """

    __slots__ = ("data", "identity", "path", "value")

    def __init__(self, path: str, value: dict[str, Any], data: bytes, identity: Identity | None) -> None:
        self.path = path
        self.value = value
        self.data = data
        self.identity = identity

    @property
    def exists(self) -> bool:
        return self.identity is not None

    def text_to_edit(self) -> bytes:
        return self.data if self.exists else NEW

    def __repr__(self) -> str:  # the content is nobody's business
        return f"<Snapshot of {self.path!r}, {len(self.data)} bytes>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Snapshot holds what is in the store, and is neither copied nor pickled")


def read_store(path: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> Snapshot:
    """What is in a JSON store now. Takes no lock; a writer that replaces the file does not disturb.

    One that is empty or cut off is looked at again for 0.2 s: old writers write in place.

    Raises:
        StoreMissing: there is no such file.
        StoreInvalid: it is no JSON object, as strictly as STORE-2 says.
        StoreUnsupported: it is no regular file.
        StorePermission, StoreIO: it cannot be read.
    """
    try:
        found = look(check_target(path))
    except StoreError as error:
        raise bare(error) from error.__cause__
    if not found.exists:
        raise _refusals.missing(found.path)
    return found


def look(path: str) -> Snapshot:
    """As :func:`read_store`, but a file that is not there is an empty store."""
    deadline = time.monotonic() + TORN_MS / 1000
    while True:
        found = _look(path)
        if isinstance(found, Snapshot):
            return found
        if found not in ("empty", "torn") or time.monotonic() >= deadline:
            raise _refusals.invalid(path, found)
        time.sleep(_LOOK_AGAIN_SECONDS)


def _look(path: str) -> Snapshot | str:
    """The snapshot, or the kind of what is no store. Nothing is raised while its bytes are in hand."""
    found = read(path)
    if found is None:
        return Snapshot(path, {}, b"", None)
    data, identity = found
    content = parse(data)
    return content if isinstance(content, str) else Snapshot(path, content.value(), data, identity)


def read(path: str) -> tuple[bytes, Identity] | None:
    """Bytes and identity of the regular file at ``path``, or ``None`` for nothing.

    Raises:
        StoreError: it is of another type, or cannot be read.
    """
    reads = _MAX_READS
    while True:
        try:
            found = with_file(path, _READ, _read)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            kind = _kind(path) if error.errno in (errno.ENXIO, errno.EISDIR, errno.EINVAL, errno.ENODEV) else None
            refusal = _refusals.failed(path, error) if kind is None else _refusals.unsupported(path, kind)
            raise refusal from error
        if found is not None:
            return found
        reads -= 1
        if not reads:
            raise _refusals.changed(path)


def _read(fd: int) -> tuple[bytes, Identity] | None:
    before = os.fstat(fd)
    if not stat.S_ISREG(before.st_mode):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    parts: list[bytes] = []
    left = MAX_STORE_BYTES + 1
    while left and before.st_size <= MAX_STORE_BYTES:
        part = os.read(fd, min(left, _CHUNK))
        if not part:
            break
        parts.append(part)
        left -= len(part)
    if before.st_size > MAX_STORE_BYTES:
        parts.append(bytes(MAX_STORE_BYTES + 1))
    after = identity_of(os.fstat(fd))
    return (b"".join(parts), after) if after == identity_of(before) else None


def identity_of(found: os.stat_result) -> Identity:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _kind(path: str) -> str | None:
    try:
        return kind_of(os.stat(path))
    except OSError:
        return None


def kind_of(found: os.stat_result) -> str | None:
    """What a file is that is not a regular one."""
    mode = found.st_mode
    if stat.S_ISREG(mode):
        return None
    kinds = ((stat.S_ISLNK, "symlink"), (stat.S_ISDIR, "directory"), (stat.S_ISFIFO, "fifo"), (stat.S_ISSOCK, "socket"))
    return next((name for test, name in kinds if test(mode)), "device")
