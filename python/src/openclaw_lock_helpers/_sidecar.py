"""Candidate, link, read, compare, unlink: the only module that changes the lock file (and guard and marker)."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING

from . import _points
from ._descriptors import with_file, write_all
from ._generated.constants import MAX_READ_BYTES
from ._publication import is_mine, lasting, registry
from ._system import Subject

if TYPE_CHECKING:
    from ._publication import Publication

_COMMON = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _COMMON
CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _COMMON
_WINDOWS = sys.platform == "win32"

#: From ``link``: there are no hard links here, for us (PUBLISH-4).
_NO_LINKS = frozenset(
    getattr(errno, name)
    for name in ("EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV", "EMLINK", "EACCES")
    if hasattr(errno, name)
)
#: From ``open`` and ``read``: what is there now is no regular file, so it is not ours.
_NOT_REGULAR = frozenset(
    getattr(errno, name)
    for name in ("ELOOP", "EISDIR", "ENXIO", "EINVAL", "EAGAIN", "EMLINK", "EFTYPE")
    if hasattr(errno, name)
)
#: From ``rmdir`` and ``unlink``: there is something in it, or the one has become the other.
_SOMETHING_ELSE = frozenset((errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EISDIR))
_GONE = frozenset((errno.ENOENT, errno.ENOTDIR))

_KINDS = (
    (stat.S_ISREG, "regular"),
    (stat.S_ISDIR, "directory"),
    (stat.S_ISLNK, "symlink"),
    (stat.S_ISFIFO, "fifo"),
    (stat.S_ISSOCK, "socket"),
)


class Snapshot(Subject):
    """What was seen at a path in one look. ``data`` holds at most one byte more than a reader takes."""

    __slots__ = ("mtime_ns",)

    def __init__(self, kind: str, found: os.stat_result, data: bytes) -> None:
        super().__init__(kind, found.st_dev, found.st_ino, data)
        self.mtime_ns = found.st_mtime_ns

    def same_as(self, other: Snapshot) -> bool:
        """The same bytes, not touched since. The inode does not count: some file systems change it now and then."""
        return (self.kind, self.data, self.mtime_ns) == (other.kind, other.data, other.mtime_ns)

    def is_object(self, other: Snapshot) -> bool:
        """The same object, too."""
        return self.same_as(other) and (self.dev, self.ino) == (other.dev, other.ino)


def exists(path: str) -> bool:
    try:
        os.lstat(path)
    except FileNotFoundError:
        return False
    return True


def snapshot(path: str) -> Snapshot | None:
    """What is at ``path``, or ``None`` for nothing. Opens regular files only, and never waits (PAYLOAD-5)."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None
    kind = next((name for test, name in _KINDS if test(found.st_mode)), "device")
    if kind != "regular":
        return Snapshot(kind, found, b"")
    try:
        return _read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in _NOT_REGULAR:  # it became one between the two looks
            return snapshot(path)
        raise


def _read(path: str) -> Snapshot:
    def read(fd: int) -> Snapshot:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)
        return Snapshot("regular", found, _read_up_to(fd, MAX_READ_BYTES + 1))

    return with_file(path, _READ, read)


def _read_up_to(fd: int, limit: int) -> bytes:
    data = os.read(fd, limit)
    while 0 < len(data) < limit:
        more = os.read(fd, limit - len(data))
        if not more:
            break
        data += more
    return data


def publish(publication: Publication, *, is_lock: bool) -> bool:
    """Makes the candidate and links it to its path. False if something is there already (or swept our candidate).

    On every way out but success nothing is left, unless the way out is itself interrupted: then the registry knows.

    Raises:
        OSError: a system call failed.
    """
    try:
        with publication.mutex:
            if not publication.over and _publish(publication, is_lock):
                return True
    except BaseException:
        try:
            withdraw(publication)
        except OSError:
            publication.ending = True
        raise
    withdraw(publication)
    return False


def _publish(publication: Publication, is_lock: bool) -> bool:
    candidate = publication.candidate
    assert candidate is not None
    publication.descriptors.open(candidate, CREATE)
    fill(publication)
    if is_lock:
        _points.reach("acquire:candidate")
    publication.may_exist = True
    try:
        os.link(candidate, publication.path)
    except OSError as error:
        # Our own bytes there: the link was made, and its answer lost (PUBLISH-3).
        if not holds(publication):
            publication.may_exist = False
            if error.errno in _NO_LINKS:
                return _publish_exclusively(publication)
            if error.errno not in (errno.EEXIST, errno.ENOENT):  # somebody was first, or swept the candidate
                raise
            return False
    if is_lock:
        _points.reach("acquire:linked")
    _unlink_candidate(publication)
    if _WINDOWS:  # an open descriptor would keep the file from being unlinked
        publication.descriptors.close()
    return True


def _publish_exclusively(publication: Publication) -> bool:
    """Where there are no hard links. A kill between the two system calls leaves an empty lock (spec/limits.md)."""
    _unlink_candidate(publication)
    publication.descriptors.close()
    publication.exclusive = True
    publication.may_exist = True
    try:
        publication.descriptors.open(publication.path, CREATE)
    except FileExistsError:
        publication.may_exist = False
        return False
    fill(publication)
    complete = holds(publication)
    if _WINDOWS:
        publication.descriptors.close()
    return complete


def fill(publication: Publication) -> None:
    fd = publication.descriptors[0]
    write_all(fd, publication.data)
    if not _WINDOWS:
        try:
            os.fchmod(fd, publication.mode)  # whatever the umask (PUBLISH-6)
        except OSError as error:
            if error.errno not in _NO_LINKS:  # a file system without modes
                raise
    if publication.synced:
        os.fsync(fd)


def _unlink_candidate(publication: Publication) -> None:
    if publication.candidate is not None:
        try:
            os.unlink(publication.candidate)
        except FileNotFoundError:
            pass
        publication.candidate = None


def holds(publication: Publication) -> bool:
    """Whether the path has our bytes; ownership is nothing else (RELEASE-1).

    Raises:
        OSError: it cannot be told.
    """
    try:
        there = with_file(publication.path, _READ, lambda fd: _read_up_to(fd, len(publication.data) + 1))
    except OSError as error:
        if error.errno in _GONE or error.errno in _NOT_REGULAR:
            return False
        if error.errno in (errno.EACCES, errno.EPERM) and publication.descriptors and not _same_inode(publication):
            return False  # not for us to read, and not ours
        raise
    return there == publication.data


def _same_inode(publication: Publication) -> bool:
    """Whether the path leads to the file that our descriptor pins."""
    if not publication.descriptors:
        return False
    ours = os.fstat(publication.descriptors[0])
    try:
        there = os.lstat(publication.path)
    except FileNotFoundError:
        return False
    return (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino)


def is_over(publication: Publication) -> bool:
    """Whoever cleans up may have been at it, and have done better than we."""
    with publication.mutex:
        return publication.over


def withdraw_abandoned(publication: Publication) -> None:
    """As :func:`withdraw`, if nobody answers for it any more: a release that has failed answers for its lock again."""
    if is_mine(publication.mutex):
        return
    with publication.mutex:
        if publication.over or publication.abandoned():
            withdraw(publication, inside=True)


def withdraw(
    publication: Publication, compared: str | None = None, unlinked: str | None = None, *, inside: bool = False
) -> bool:
    """Takes a publication back, if it is still there with our bytes; can be repeated after any failure.

    Args:
        publication: what to take back.
        compared: the point to reach before the unlink.
        unlinked: the point to reach after it.
        inside: the caller has the mutex.

    Returns:
        False if the path was found gone or somebody else's. What is there then is left alone.

    Raises:
        OSError: the lock could not be read or unlinked; it still stands.
    """
    if publication.pid != os.getpid():
        return True  # our parent's (RELEASE-8)
    if is_mine(publication.mutex) and not inside:
        return True  # called by a signal handler inside of what this thread is at, which will go on
    with publication.mutex:
        if not publication.over:
            _unlink_candidate(publication)
            if publication.may_exist and not _unlink(publication, compared, unlinked):
                publication.lost = True
        _finish(publication)
    return not publication.lost


def _unlink(publication: Publication, compared: str | None, unlinked: str | None) -> bool:
    if not holds(publication) and not (publication.exclusive and _same_inode(publication)):
        return publication.removing
    publication.removing = True
    if compared is not None:
        _points.reach(compared)
    try:
        os.unlink(publication.path)
    except FileNotFoundError:  # it was ours when the guarded work was over
        return True
    except OSError:
        if _is_gone(publication.path):  # it was made, and its answer lost
            return True
        publication.removing = False
        raise
    if unlinked is not None:
        _points.reach(unlinked)
    return True


def _is_gone(path: str) -> bool:
    try:
        return not exists(path)
    except OSError:
        return False


def _finish(publication: Publication) -> None:
    publication.over = True
    publication.keep = None
    publication.descriptors.close()
    lasting.pop(publication.token, None)
    registry.pop(publication.token, None)  # last: who is registered is finished by the next clean-up


def remove(path: str) -> None:
    """Unlinks what the caller has judged and excluded others from: a stale lock, guard or marker."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def remove_judged(path: str, found: Snapshot) -> bool:
    """As :func:`remove`, by what ``found`` was: a directory by ``rmdir``, so that what is not empty stays.

    Returns:
        False if it stays, being something else by now.
    """
    try:
        if found.kind == "directory":
            os.rmdir(path)
        else:
            os.unlink(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        if error.errno not in _SOMETHING_ELSE:
            raise
        return False
    return True


def modified_ns(probe: Publication) -> int:
    """Modification time that the file system gives to a file made now, under the name of a candidate.

    Raises:
        OSError: no file can be made.
    """
    candidate = probe.candidate
    modified = 0
    with probe.mutex:
        if candidate is None or probe.over:
            raise OSError(errno.EINTR, "taken back at exit")
        try:
            modified = with_file(candidate, CREATE, lambda fd: os.fstat(fd).st_mtime_ns)
        finally:
            remove(candidate)
    return modified
