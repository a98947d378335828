"""Fake systems for the cases of `verdict.json`: text as the kernel writes it, no judgement."""

from __future__ import annotations

from typing import Any

NOW = "2026-11-21T10:00:00.000Z"
BOOT = "0f0e0d0c-0b0a-4900-8807-060504030201"
OTHER_BOOT = "ffffffff-0b0a-4900-8807-060504030201"
INITIAL = "pid:[4026531836]"
CONTAINER = "pid:[4026532701]"
OTHER_CONTAINER = "pid:[4026532999]"
TIME = "time:[4026531834]"
OTHER_TIME = "time:[4026532777]"
WITNESS = ".openclaw-lock-0123456789abcdef.sock"
DEV, INO = "2049", "131142"  # 8:1, so 08:01 in /proc/locks
LOCK = {"dev": DEV, "ino": INO}
OTHER_FILE = {"dev": DEV, "ino": "131143"}
OTHER_DEVICE = {"dev": "2050", "ino": INO}
UPTIME = "5000.00 9000.00\n"  # 500000 ticks


class Linux:
    """A Linux of which the contender is process 500, in the initial PID namespace, with a usable /proc."""

    def __init__(self, pid: int = 500, namespace: str = INITIAL) -> None:
        self.this: dict[str, Any] = {
            "pid": pid,
            "starttime": 490000,
            "bootId": BOOT,
            "pidNamespace": namespace,
            "timeNamespace": TIME,
        }
        self.files: dict[str, str] = {"/proc/uptime": UPTIME, "/proc/locks": ""}
        self.links = {"/proc/self": str(pid)}
        self.signals: dict[str, str] = {}
        self.descriptors: dict[str, list[dict[str, str]]] = {}
        self.errors: dict[str, str] = {}
        self.witnesses: dict[str, dict[str, Any]] = {}
        self.process(pid, start=490000)
        if pid != 1:
            self.process(1, start=3, comm="init")

    def process(
        self,
        pid: int,
        start: int,
        state: str = "S",
        threads: int = 1,
        inner: int | None = None,
        comm: str = "node",
        descriptors: list[dict[str, str]] | None = None,
        signal: str = "ok",
    ) -> Linux:
        """Adds a process; `inner` is its number in a PID namespace below ours."""
        self.files[f"/proc/{pid}/stat"] = stat(pid, start, state, threads, comm)
        self.files[f"/proc/{pid}/status"] = status(pid, pid, state, threads, inner, comm)
        self.descriptors[str(pid)] = [] if descriptors is None else descriptors
        self.signals[str(pid)] = signal
        return self

    def thread(self, tid: int, of: int) -> Linux:
        """Adds a thread: `/proc/<tid>` opens although no listing of `/proc` shows it."""
        self.files[f"/proc/{tid}/status"] = status(tid, of, "S", 2, None, "worker")
        self.signals[str(tid)] = "ok"
        return self

    def link(self, path: str, to: str) -> Linux:
        self.links[path] = to
        return self

    def witness(self, connect: str, peer: int | None = None, name: str = WITNESS) -> Linux:
        """Adds a witness beside the lock: how connecting to it goes, and whom SO_PEERCRED names."""
        self.witnesses[name] = {"connect": connect} | ({} if peer is None else {"peer": peer})
        return self

    def without(self, *paths: str) -> Linux:
        for path in paths:
            self.files.pop(path, None)
            self.links.pop(path, None)
        return self

    def error(self, path: str, errno: str) -> Linux:
        self.without(path)
        self.errors[path] = errno
        if path.endswith("/fd"):
            self.descriptors.pop(path.split("/")[2], None)
        return self

    def locks(self, *lines: str) -> Linux:
        self.files["/proc/locks"] = "".join(f"{line}\n" for line in lines)
        return self

    def me(self, **changes: Any) -> Linux:
        for key, value in changes.items():
            if value is None:
                del self.this[key]
            else:
                self.this[key] = value
        return self

    def build(self) -> dict[str, Any]:
        return {
            "platform": "linux",
            "now": NOW,
            "self": self.this,
            "files": self.files,
            "links": self.links,
            "signals": self.signals,
            "descriptors": self.descriptors,
            "errors": self.errors,
            "witnesses": self.witnesses,
        }


def container(pid: int = 7) -> Linux:
    """A contender in a PID namespace of its own, with that namespace's /proc."""
    return Linux(pid, CONTAINER)


def foreign_proc() -> Linux:
    """A contender in a PID namespace of its own that still shows the /proc of the namespace above: it is 9123 there."""
    system = container()
    system.links["/proc/self"] = "9123"
    return system.process(9123, start=490000, inner=7)


def hidepid() -> Linux:
    """/proc mounted with hidepid=1: foreign processes are listed and cannot be read."""
    return Linux().error("/proc/1/stat", "EACCES").error("/proc/1/status", "EACCES").error("/proc/1/fd", "EACCES")


class Elsewhere:
    """A platform without /proc. Start times are in that platform's unit."""

    def __init__(self, platform: str, start: int) -> None:
        self.platform = platform
        self.this: dict[str, Any] = {"pid": 500, "starttime": start}
        self.signals: dict[str, str] = {"500": "ok"}
        self.starts: dict[str, int] = {"500": start}

    def process(self, pid: int, start: int | None, signal: str = "ok") -> Elsewhere:
        self.signals[str(pid)] = signal
        if start is not None:
            self.starts[str(pid)] = start
        return self

    def build(self) -> dict[str, Any]:
        return {
            "platform": self.platform,
            "now": NOW,
            "self": self.this,
            "signals": self.signals,
            "startTimes": self.starts,
        }


def darwin() -> Elsewhere:
    return Elsewhere("darwin", 1795250000)


def win32() -> Elsewhere:
    return Elsewhere("win32", 1795250000123)


def stat(pid: int, start: int, state: str, threads: int, comm: str) -> str:
    return (
        f"{pid} ({comm}) {state} 1 {pid} {pid} 0 -1 4194560 4501 0 3 0 120 31 0 0 20 0 {threads} 0 {start} "
        "1024000000 14500 18446744073709551615 1 1 0 0 0 0 0 4096 134234626 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
    )


STATES = {"S": "sleeping", "R": "running", "D": "disk sleep", "T": "stopped", "Z": "zombie", "X": "dead"}


def status(pid: int, leader: int, state: str, threads: int, inner: int | None, comm: str) -> str:
    numbers = str(pid) if inner is None else f"{pid}\t{inner}"
    name = comm.replace("\\", "\\\\").replace("\n", "\\n")
    return (
        f"Name:\t{name}\nUmask:\t0022\nState:\t{state} ({STATES[state]})\nTgid:\t{leader}\nNgid:\t0\nPid:\t{pid}\n"
        f"PPid:\t1\nTracerPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t64\nGroups:\t \nNStgid:\t{numbers}\n"
        f"NSpid:\t{numbers}\nNSpgid:\t{numbers}\nNSsid:\t{numbers}\nThreads:\t{threads}\nSigQ:\t0/31000\n"
    )
