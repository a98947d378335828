"""Children of this process: one that it forks, and a program that it executes (RELEASE-11)."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from openclaw_lock_helpers import FileLockError

from . import _held, _loop
from ._wire import Reply, Request, text

if TYPE_CHECKING:
    from openclaw_lock_helpers import AsyncFileLock

_SLEEP = "import time; time.sleep(36000)"

#: Those that stay, and who started them: a forked child has no part in their end either.
_staying: list[tuple[int, int]] = []


def child(request: Request) -> Reply:
    lock, how, stays = _held.find(request).lock, text(request, "how"), text(request, "ends") == "stay"
    if how == "exec":
        return _execute(stays)
    if how == "fork":
        return _fork(lock, stays)
    raise TypeError(f"no such child: {how}")


def _execute(stays: bool) -> Reply:
    """Not by ``close_fds``: what must not be inherited must say so of itself."""
    command = [sys.executable, "-S", "-c", _SLEEP if stays else ""]
    null = subprocess.DEVNULL
    started = subprocess.Popen(command, stdin=null, stdout=null, stderr=null, close_fds=False)
    if not stays:
        started.wait()
        return {"outcome": "impossible", "pid": None}
    _staying.append((os.getpid(), started.pid))
    return {"outcome": "impossible", "pid": started.pid}


def _fork(lock: AsyncFileLock, stays: bool) -> Reply:
    reading, writing = os.pipe()
    pid = _loop.run(_fork_in_the_main_thread(lock, writing, stays))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        outcome = json.loads(pipe.read())
    if not stays:
        os.waitpid(pid, 0)
        return {"outcome": outcome, "pid": None}
    _staying.append((os.getpid(), pid))
    return {"outcome": outcome, "pid": pid}


async def _fork_in_the_main_thread(lock: AsyncFileLock, writing: int, stays: bool) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            _be_a_child(lock, writing, stays)
        finally:
            os._exit(1)
    return pid


def _be_a_child(lock: AsyncFileLock, writing: int, stays: bool) -> None:
    outcome = None
    try:
        lock.release()
    except FileLockError as error:
        outcome = error.code
    # The runner waits for the end of these pipes.
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    if not stays:
        # Not by SystemExit: to close our copy of the parent's event loop would stop the parent's.
        atexit._run_exitfuncs()
    os.write(writing, json.dumps(outcome).encode())
    os.close(writing)
    while stays:
        signal.pause()
    os._exit(0)


def _end() -> None:
    for parent, pid in _staying:
        if parent == os.getpid():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


atexit.register(_end)
