"""What several tests need: other processes, dead pids, locks of others, points."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from openclaw_lock_helpers import _ask_witness, _points
from openclaw_lock_helpers._identity import own_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOLD = """
import sys
from openclaw_lock_helpers import FileLock
lock = FileLock(sys.argv[1])
lock.acquire()
print("held", flush=True)
sys.stdin.readline()
lock.release()
print("released", flush=True)
"""


def run(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A Python process that runs ``script``, with pipes in and out."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def expect(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline().strip() == line


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@contextlib.contextmanager
def holder(target: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of ``target``."""
    with run(HOLD, target) as process:
        expect(process, "held")
        try:
            yield process
        finally:
            process.kill()


def in_child(work: Callable[[], None]) -> None:
    """Runs ``work`` in a forked child, which fails if it raises."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def payload(**changes: Any) -> bytes:
    """A helper's payload of this domain; by default that of a process that is gone."""
    own = own_identity()
    keys: dict[str, Any] = {
        "pid": None,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "starttime": 1,
        "protocol": 1,
        "token": os.urandom(16).hex(),
        "platform": own.platform,
        "bootId": own.boot_id,
        "pidNamespace": own.pid_namespace,
        "timeNamespace": own.time_namespace,
        **changes,
    }
    if keys["pid"] is None:
        keys["pid"] = dead_pid()
    return (json.dumps({k: v for k, v in keys.items() if v is not None}, indent=2) + "\n").encode()


def write(path: str, data: bytes, age: float = 0.0) -> None:
    """A file whose modification time lies ``age`` seconds back."""
    with open(path, "wb") as file:
        file.write(data)
    found = os.stat(path).st_mtime - age
    os.utime(path, (found, found))


def read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def beside(target: str) -> list[str]:
    """Every name in the target's directory but its own."""
    return sorted(name for name in os.listdir(os.path.dirname(target)) if name != os.path.basename(target))


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Waits for an event that other threads or processes bring about; the bound is for a wedge only."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come about"
        time.sleep(0.002)


@contextlib.contextmanager
def at(point: str, action: Callable[[], object]) -> Iterator[list[str]]:
    """Runs ``action`` once, at the first reach of ``point``; yields the points reached, in order."""
    reached: list[str] = []

    def hook(name: str) -> None:
        first = name == point and point not in reached
        reached.append(name)
        if first:
            action()

    _points.arm(hook)
    try:
        yield reached
    finally:
        _points.arm(None)


def witnesses(folder: str) -> list[str]:
    """The bare names of the witnesses in ``folder``, finished or not."""
    return sorted(name for name in os.listdir(folder) if name.startswith(".openclaw-lock-") and len(name) in (36, 35))


def witness_of(lock_path: str) -> str:
    """The bare name that a lock of ours names."""
    return str(json.loads(read(lock_path))["witness"])


def answer(path: str) -> str:
    """What connecting to the witness at ``path`` says, if whoever made it lives."""
    return _ask_witness.answer_of(lambda: _ask_witness.connect(path), lambda _maker: False)


@contextlib.contextmanager
def listening(folder: str, digits: str, backlog: int = 128) -> Iterator[str]:
    """A living witness of somebody in ``folder``; yields its bare name."""
    name = f".openclaw-lock-{digits}.sock"
    with socket.socket(socket.AF_UNIX) as living:
        living.bind(os.path.join(folder, name))
        living.listen(backlog)
        try:
            yield name
        finally:
            os.unlink(os.path.join(folder, name))


def dead_witness(folder: str, digits: str, age: float = 0.0) -> str:
    """The witness of a process that is gone; its bare name."""
    name = f".openclaw-lock-{digits}.sock"
    path = os.path.join(folder, name)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
        dead.listen()
    found = os.stat(path).st_mtime - age
    os.utime(path, (found, found))
    return name


#: What only the machine's first PID namespace can tell: that nobody, anywhere, is the holder.
needs_the_first_namespace = pytest.mark.skipif(
    not own_identity().in_initial_namespace(), reason="in a container's PID namespace"
)

#: A PID namespace that is neither the machine's first nor ours.
ELSEWHERE = "pid:[4026999999]"


def neighbour(target: str, **changes: Any) -> bytes:
    """A helper's payload from another container on this machine, beside ``target``; as if this process had made it."""
    dev, start = str(os.stat(os.path.dirname(target)).st_dev), own_identity().starttime
    return payload(**{"pid": 1, "starttime": start, "pidNamespace": ELSEWHERE, "dev": dev, **changes})
