"""A socket that listens beside our locks: the kernel closes it when we die, however that is (spec/witness.md)."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any

from . import _points
from ._paths import witness_names
from ._socket_path import with_address

if TYPE_CHECKING:
    import socket
    import weakref
    from collections.abc import Generator

#: Full, it answers no less; but who connects then is not told whose socket it is.
_BACKLOG = 128

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
        with_address(self.temporary, self._socket.bind)
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
