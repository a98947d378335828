"""The narrow interface through which evidence is read, so that vectors can fake it (spec/vectors/README.md)."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from ._identity import own_identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._identity import Identity


class System:
    """This machine. Every method raises ``OSError`` for what it cannot read."""

    @property
    def own(self) -> Identity:
        return own_identity()

    def now_ms(self) -> int:
        """The wall clock, for ``createdAt`` and for plausibility only."""
        return time.time_ns() // 1_000_000

    def read(self, path: str) -> str:
        with open(path, "rb", buffering=0) as file:
            return file.readall().decode("utf-8", "replace")

    def readlink(self, path: str) -> str:
        return os.readlink(path)

    def processes(self) -> list[int]:
        return [int(name) for name in os.listdir("/proc") if name.isascii() and name.isdigit()]

    def descriptors(self, pid: int) -> Iterator[tuple[int, int] | None]:
        """Device and inode of each open file of a process; ``None`` for one that could not be looked at."""
        folder = "/proc/self/fd" if pid == self.own.pid else f"/proc/{pid}/fd"
        for name in os.listdir(folder):
            try:
                found = os.stat(f"{folder}/{name}")
            except FileNotFoundError:  # closed since it was listed, as the listing's own descriptor always is
                continue
            except OSError:
                yield None
                continue
            yield found.st_dev, found.st_ino

    def signal(self, pid: int) -> None:
        """Signal 0, or what stands for it."""
        if self.own.platform == "win32":
            from ._windows import probe

            probe(pid)
        else:
            os.kill(pid, 0)

    def start_time(self, pid: int) -> int | None:
        """The platform's own means where there is no /proc."""
        from ._starttime import start_time

        return start_time(self.own.platform, pid)


class Subject:
    """What is judged: a lock's place in the file system and its bytes, without its name."""

    __slots__ = ("data", "dev", "ino", "kind")

    def __init__(self, kind: str, dev: int, ino: int, data: bytes) -> None:
        self.kind = kind
        self.dev = dev
        self.ino = ino
        self.data = data


REAL = System()
