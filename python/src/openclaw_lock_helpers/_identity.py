"""Who this process is, and in which domain its pid means something."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_WANTING = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.EINTR, errno.EAGAIN)
#: It has this inode on every Linux.
_INITIAL_PID_NAMESPACE = "pid:[4026531836]"


class Identity:
    """What a process records of itself; ``None`` for what it cannot know, or what its platform does not have."""

    __slots__ = ("boot_id", "host", "pid", "pid_namespace", "platform", "starttime", "time_namespace")

    def __init__(
        self,
        pid: int,
        platform: str,
        *,
        starttime: int | None = None,
        boot_id: str | None = None,
        pid_namespace: str | None = None,
        time_namespace: str | None = None,
        host: str | None = None,
    ) -> None:
        self.pid = pid
        self.platform = platform
        self.starttime = starttime
        self.boot_id = boot_id
        self.pid_namespace = pid_namespace
        self.time_namespace = time_namespace
        self.host = host

    def in_initial_namespace(self) -> bool:
        """Only from there are all processes of the machine seen."""
        return self.pid_namespace == _INITIAL_PID_NAMESPACE

    def domain(self) -> dict[str, str | None]:
        """What we have to compare, under the payload's names (VERDICT-4)."""
        # The time namespace says whether start times compare, not whose pids are whose.
        keys: dict[str, str | None] = {"platform": self.platform}
        if self.platform == "linux":
            keys["bootId"] = self.boot_id
            keys["pidNamespace"] = self.pid_namespace
        return keys


def platform_name() -> str:
    """Node's name of this platform: ``freebsd14`` is ``freebsd``."""
    return sys.platform if sys.platform == "win32" else sys.platform.rstrip("0123456789")


_own: Identity | None = None


def own_identity() -> Identity:
    """
    Raises:
        OSError: just now it cannot be read.
    """
    global _own
    own = _own
    if own is None or own.pid != os.getpid():
        _own = own = _read_own()
    return own


def _forget() -> None:
    # A child in a new PID namespace may have its parent's number, so the pid alone does not tell.
    global _own
    _own = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _read_own() -> Identity:
    pid, platform = os.getpid(), platform_name()
    if platform != "linux":
        from ._starttime import start_time

        return Identity(pid, platform, starttime=start_time(platform, pid), host=_host())
    return Identity(
        pid,
        platform,
        # By /proc/self: in a PID namespace that still shows another's /proc, our number is somebody else (PAYLOAD-4).
        starttime=start_ticks(_read("/proc/self/stat")),
        boot_id=(_read("/proc/sys/kernel/random/boot_id") or "").strip() or None,
        pid_namespace=_link("/proc/self/ns/pid"),
        time_namespace=_link("/proc/self/ns/time"),
        host=_host(),
    )


def start_ticks(stat: str | None) -> int | None:
    """Field 22 of ``/proc/PID/stat``, counted after the last ``)``: a command may hold spaces and brackets."""
    fields = (stat or "").rpartition(")")[2].split()
    return int(fields[19]) if len(fields) > 19 and fields[19].isascii() and fields[19].isdigit() else None


def _host() -> str | None:
    """For people only, and bounded as the writers' schema bounds it."""
    name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return "".join(c if c.isprintable() else "?" for c in name)[:255] or None


def _read(path: str) -> str | None:
    def read() -> str:
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "replace")

    return _unless_not_there(read)


def _link(path: str) -> str | None:
    return _unless_not_there(lambda: os.readlink(path))


def _unless_not_there(read: Callable[[], str]) -> str | None:
    """``None`` for good. What fails for want of something is an error: half an identity could get our locks stolen."""
    try:
        return read()
    except OSError as error:
        if error.errno in _WANTING:
            raise
        return None
