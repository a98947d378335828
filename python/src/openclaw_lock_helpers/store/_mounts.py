"""Whether a file is a mount point, as a bind mount of one file makes it (STORE-8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Final

_ESCAPE: Final = re.compile(rb"\\([0-3][0-7]{2})")


def is_mount_point(mountinfo: bytes, path: bytes) -> bool:
    """
    Args:
        mountinfo: the text of ``/proc/self/mountinfo``.
        path: absolute, links in its directory resolved.
    """
    lines = (line.split(b" ") for line in mountinfo.split(b"\n"))
    return any(len(fields) > 4 and _ESCAPE.sub(_undone, fields[4]) == path for fields in lines)


def _undone(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 8)])


def mounts() -> bytes:
    """Nothing where that cannot be told: the rename itself then says ``EBUSY``."""
    try:
        with open("/proc/self/mountinfo", "rb") as file:
            return file.read()
    except OSError:
        return b""
