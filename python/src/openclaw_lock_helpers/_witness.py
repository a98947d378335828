"""A socket that listens beside a lock, and the asking: the kernel closes it when its process dies (spec/witness.md)."""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from . import _points
from ._descriptors import with_file
from ._generated.constants import MAX_SOCKET_PATH_BYTES
from ._paths import witness_names

if TYPE_CHECKING:
    import socket
    import weakref
    from collections.abc import Callable, Generator

_T = TypeVar("_T")

#: Full, it answers no less; but who connects then is not told whether a fork of a dead owner has it.
_BACKLOG = 128
_DIRECTORY = os.O_RDONLY | getattr(os, "O_PATH", 0) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_CREDENTIALS = 12

#: Held between the making of a socket and its remembering, and by a fork: a child closes only what it knows of.
_no_fork = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_no_fork.acquire, after_in_parent=_no_fork.release, after_in_child=_no_fork.release)


class Witness:
    """A witness of this process, from before its first name exists until it is closed."""

    __slots__ = (
        "_file",
        "_socket",
        "directory",
        "ending",
        "made",
        "name",
        "operation",
        "path",
        "pid",
        "temporary",
        "used",
    )

    def __init__(self, directory: str, operation: weakref.ref[Generator[Any, Any, Any]] | None) -> None:
        temporary, self.name = witness_names(os.urandom(8).hex())
        self.directory = directory
        self.temporary = os.path.join(directory, temporary)
        self.path = os.path.join(directory, self.name)
        self.pid = os.getpid()
        #: The acquire that makes it.
        self.operation = operation
        self.made = False
        #: Nobody names it any more who does not do so already; whoever meets it closes it.
        self.ending = False
        #: When it was last named, on the monotonic clock.
        self.used = time.monotonic()
        self._file: tuple[int, int] | None = None
        self._socket: socket.socket | None = None

    def make(self) -> None:
        """In this order: bound and not yet listening it refuses, as a dead one does (WITNESS-2).

        Raises:
            OSError: it cannot be made here. The caller closes it.
        """
        import socket  # who needs no witness does not pay for this import

        with _no_fork:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        _at(self.temporary, self._socket.bind)
        os.chmod(self.temporary, 0o666)
        self._socket.listen(_BACKLOG)
        _points.reach("witness:listening")
        os.rename(self.temporary, self.path)
        self._file = _file_at(self.path)
        self.made = True
        _points.reach("witness:named")

    def leads_here(self) -> bool:
        """Whether its name still leads to it: the directory may have been replaced, or tidied up."""
        try:
            return self._file == _file_at(self.path)
        except OSError:
            return False

    def drain(self) -> None:
        """Lets go of what has connected (WITNESS-6)."""
        while self._socket is not None:
            try:
                self._socket.accept()[0].close()
            except OSError:
                return

    def close(self, *, unlink: bool) -> None:
        """Can be repeated after any interruption; never raises an ``OSError``."""
        if unlink:
            _remove(self.temporary)
            if not self.made or self.leads_here():  # else that is a copy, which may be evidence
                _remove(self.path)
        if self._socket is not None:
            try:
                self._socket.close()
            except OSError:
                return


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:  # it refuses from now on, and is swept
        return


def _file_at(path: str) -> tuple[int, int]:
    found = os.lstat(path)
    return found.st_dev, found.st_ino


def _at(path: str, use: Callable[[str], _T]) -> _T:
    """``use`` with an address of the socket at ``path`` that fits the kernel's structure (WITNESS-3)."""
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH_BYTES:
        return use(path)
    if not os.path.exists("/proc/self/fd"):
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), path)
    directory, name = os.path.split(path)
    return with_file(directory, _DIRECTORY, lambda fd: use(f"/proc/self/fd/{fd}/{name}"))


def connect(path: str) -> int:
    """Connects to the witness at ``path``, without waiting, and closes at once.

    Returns:
        The pid of the process that listens, or listened before it left the socket to a fork; 0 if it cannot be known.

    Raises:
        OSError: it does not answer; spec/errno.md says what that means.
    """
    import socket

    # To connect to a file that is no socket is refused as well.
    if not stat.S_ISSOCK(os.lstat(path).st_mode):
        raise OSError(errno.ENOTSOCK, os.strerror(errno.ENOTSOCK), path)
    family = getattr(socket, "AF_UNIX", None)
    if family is None:
        raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT), path)
    with socket.socket(family, socket.SOCK_STREAM) as asking:
        asking.setblocking(False)
        _at(path, asking.connect)
        option = getattr(socket, "SO_PEERCRED", None)
        if option is None:
            return 0
        try:
            return int.from_bytes(asking.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS)[:4], sys.byteorder)
        except OSError:
            return 0


def answer(asking: Callable[[], int], is_dead: Callable[[int], bool]) -> str:
    """What connecting to a witness says (WITNESS-7); ``is_dead`` judges its maker by pid."""
    try:
        maker = asking()
    except OSError as error:
        # A full backlog is alive.
        return {errno.EAGAIN: "answers", errno.ECONNREFUSED: "refused"}.get(error.errno or 0, "unknown")
    return "inherited" if maker and is_dead(maker) else "answers"
