"""Asking the witness of somebody else's lock: nothing is sent (WITNESS-7)."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING

from ._socket_path import with_address

if TYPE_CHECKING:
    from collections.abc import Callable

#: Of the kernel's ``struct ucred``: pid, uid, gid.
_CREDENTIALS = 12


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
        with_address(path, asking.connect)
        option = getattr(socket, "SO_PEERCRED", None)
        if option is None:
            return 0
        try:
            return int.from_bytes(asking.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS)[:4], sys.byteorder)
        except OSError:
            return 0


def answer_of(asking: Callable[[], int], is_dead: Callable[[int], bool]) -> str:
    """What connecting to a witness says (WITNESS-7); ``is_dead`` judges its maker by pid."""
    try:
        maker = asking()
    except OSError as error:
        # A full backlog is alive.
        return {errno.EAGAIN: "answers", errno.ECONNREFUSED: "refused"}.get(error.errno or 0, "unknown")
    return "inherited" if maker and is_dead(maker) else "answers"
