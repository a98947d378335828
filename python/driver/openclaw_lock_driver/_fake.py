"""The fake system of a vector (spec/vectors/README.md). What it does not name does not exist."""

from __future__ import annotations

import base64
import errno
from typing import TYPE_CHECKING, Any

from openclaw_lock_helpers._identity import Identity
from openclaw_lock_helpers._system import Subject, System
from openclaw_lock_helpers._timestamp import parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator


def failure(name: str) -> OSError:
    return OSError(getattr(errno, name), name)


class FakeSystem(System):
    def __init__(self, vector: dict[str, Any]) -> None:
        own = vector["self"]
        self._own = Identity(
            own["pid"],
            vector["platform"],
            starttime=own.get("starttime"),
            boot_id=own.get("bootId"),
            pid_namespace=own.get("pidNamespace"),
            time_namespace=own.get("timeNamespace"),
        )
        self._vector = vector

    @property
    def own(self) -> Identity:
        return self._own

    def now_ms(self) -> int:
        now = parse_timestamp(self._vector["now"])
        assert now is not None
        return now

    def _find(self, table: str, key: str, path: str) -> Any:
        failed = self._vector.get("errors", {}).get(path)
        if failed is not None:
            raise failure(failed)
        entries = self._vector.get(table, {})
        if key not in entries:
            raise failure("ENOENT")
        return entries[key]

    def read(self, path: str) -> str:
        return str(self._find("files", path, path))

    def readlink(self, path: str) -> str:
        return str(self._find("links", path, path))

    def processes(self) -> list[int]:
        if "/proc" in self._vector.get("errors", {}):
            raise failure(self._vector["errors"]["/proc"])
        paths = [*self._vector.get("files", {}), *self._vector.get("errors", {})]
        split = [path.split("/") for path in paths]
        return sorted({int(p[2]) for p in split if len(p) == 4 and p[3] == "stat" and p[2].isdigit()})

    def descriptors(self, pid: int) -> Iterator[tuple[int, int] | None]:
        folder = "/proc/self/fd" if pid == self._own.pid else f"/proc/{pid}/fd"
        for entry in self._find("descriptors", str(pid), folder):
            yield None if "error" in entry else (int(entry["dev"]), int(entry["ino"]))

    def signal(self, pid: int) -> None:
        answer = self._vector.get("signals", {}).get(str(pid), "ESRCH")
        if answer != "ok":
            raise failure(answer)

    def start_time(self, pid: int) -> int | None:
        found = self._vector.get("startTimes", {}).get(str(pid))
        return None if found is None else int(found)


class FakePlace:
    """Where a vector's lock is, and how long it has been watched there."""

    def __init__(self, lock: dict[str, Any], system: dict[str, Any]) -> None:
        self._lock = lock
        self._witnesses = system.get("witnesses", {})

    def quiet_ms(self) -> float:
        return float(self._lock.get("quietMs", 0))

    def silent_ms(self) -> float:
        return float(self._lock.get("silentMs", 0))

    def directory_dev(self) -> int:
        return int(self._lock.get("directoryDev", self._lock.get("dev", 0)))

    def connect(self, name: str) -> int:
        answer = self._witnesses.get(name, {"connect": "ENOENT"})
        if answer["connect"] != "ok":
            raise failure(answer["connect"])
        return int(answer.get("peer", 0))


def bytes_of(vector: dict[str, Any]) -> bytes:
    """The bytes of a vector, in whichever of its forms they are given."""
    if "base64" in vector:
        return base64.b64decode(vector["base64"])
    if "repeat" in vector:
        given = vector["repeat"]
        times = given.get("times", 0)
        text: str = (
            given.get("prefix", "")
            + given.get("unit", "") * times
            + given.get("middle", "")
            + given.get("closing", "") * times
            + given.get("suffix", "")
        )
        return text.encode()
    return str(vector.get("text", vector.get("bytes", ""))).encode()


def subject_of(lock: dict[str, Any]) -> Subject:
    return Subject(lock.get("kind", "regular"), int(lock.get("dev", 0)), int(lock.get("ino", 0)), bytes_of(lock))
