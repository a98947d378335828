"""Addresses of sockets: the kernel's structure for them has less room than a path may need (WITNESS-3)."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, TypeVar

from ._descriptors import with_file
from ._generated.constants import MAX_SOCKET_PATH_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

_DIRECTORY = os.O_RDONLY | getattr(os, "O_PATH", 0) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


def with_address(path: str, use: Callable[[str], _T]) -> _T:
    """What ``use`` makes of an address of the socket at ``path``; never a part of it.

    Raises:
        OSError: ``ENAMETOOLONG`` where there is no /proc to shorten it, and what ``use`` raises.
    """
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH_BYTES:
        return use(path)
    if not os.path.exists("/proc/self/fd"):
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), path)
    directory, name = os.path.split(path)
    return with_file(directory, _DIRECTORY, lambda fd: use(f"/proc/self/fd/{fd}/{name}"))
