"""python locker.py <library>: reads `lock <target>`, `unlock` and `exit`, a line each.

Answers `locked`, `unlocked` or `refused <why>`.
"""

import sys
from collections.abc import Callable

PATIENCE_S = 1.0
"""Long enough for the libraries to look at a lock several times."""

SOFT_PATIENCE_S = 4.0
"""SoftFileLock takes what it cannot read when it has not changed for two seconds."""

Release = Callable[[], object]


def filelock(target: str) -> Release:
    from filelock import FileLock

    lock = FileLock(f"{target}.lock", timeout=PATIENCE_S)
    lock.acquire()
    return lock.release


def filelock_soft(target: str) -> Release:
    from filelock import SoftFileLock

    lock = SoftFileLock(f"{target}.lock", timeout=SOFT_PATIENCE_S)
    lock.acquire()
    return lock.release


def portalocker(target: str) -> Release:
    from portalocker import Lock

    lock = Lock(f"{target}.lock", "w", timeout=PATIENCE_S)
    lock.acquire()
    return lock.release


def portalocker_pid(target: str) -> Release:
    from portalocker import PidFileLock

    lock = PidFileLock(target, timeout=PATIENCE_S)
    lock.acquire()
    return lock.release


def fasteners(target: str) -> Release:
    from fasteners import InterProcessLock

    lock = InterProcessLock(f"{target}.lock")
    if not lock.acquire(timeout=PATIENCE_S):
        raise TimeoutError("it is locked")
    return lock.release


LOCKERS = {
    "filelock": filelock,
    "filelock-soft": filelock_soft,
    "portalocker": portalocker,
    "portalocker-pid": portalocker_pid,
    "fasteners": fasteners,
}


def main() -> None:
    name = sys.argv[1]
    if sys.argv[2:] == ["--trial"]:
        __import__(name.partition("-")[0])
        return
    release: Release = lambda: None  # noqa: E731
    for line in sys.stdin:
        verb, _, target = line.strip().partition(" ")
        if verb == "exit":
            return
        try:
            if verb == "lock":
                release = LOCKERS[name](target)
                print("locked", flush=True)
            else:
                release()
                print("unlocked", flush=True)
        except Exception as error:
            print("refused", type(error).__name__, " ".join(str(error).split()), flush=True)


main()
