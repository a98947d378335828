"""Holds again and again without asking: a counter that loses an update, or a log with a gap, is a double holder."""

from __future__ import annotations

import os
import time

from openclaw_lock_helpers import FileLock

from ._options import arguments
from ._wire import Reply, Request, number, text


def loop(request: Request, name: str) -> Reply:
    counter, rounds, hold = text(request, "counter"), int(number(request, "rounds", 1)), number(request, "holdMs", 0)
    log = text(request, "log")
    lock = FileLock(text(request, "target"), **arguments(request))
    longest = total = 0.0
    for _ in range(rounds):
        started = time.monotonic()
        lock.acquire()
        took = (time.monotonic() - started) * 1000
        longest, total = max(longest, took), total + took
        try:
            following = _read(counter) + 1
            if hold > 0:
                time.sleep(hold / 1000)
            _replace(counter, following)
            _append(log, f"{name} {os.getpid()} {following}\n")
        finally:
            lock.release()
    return {"completed": rounds, "acquireMs": {"max": longest, "mean": total / rounds if rounds else 0}}


def _read(path: str) -> int:
    try:
        with open(path, encoding="ascii") as file:
            return int(file.read().strip() or "0")
    except FileNotFoundError:
        return 0


def _replace(path: str, value: int) -> None:
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="ascii") as file:
        file.write(f"{value}\n")
    os.replace(temporary, path)


def _append(path: str, line: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(fd, line.encode())
    finally:
        os.close(fd)
