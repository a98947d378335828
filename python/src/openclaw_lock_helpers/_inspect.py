"""A look at a lock, without taking it."""

from __future__ import annotations

import os

from . import _paths
from ._base import DEFAULT_STALE
from ._clock import AgeClock
from ._holder import LockState
from ._judge import Judge
from ._options import check_stale, check_trust
from ._refusals import Refusals
from ._verdict import Policy


def inspect_lock(
    target: str | bytes | os.PathLike[str] | os.PathLike[bytes],
    *,
    stale: float = DEFAULT_STALE,
    trust_pids: bool | None = None,
) -> LockState:
    """Says who holds the lock of a file, and whether it lives. Changes nothing, and waits for nothing.

    Args:
        target: the guarded file, not its lock.
        stale: seconds after which locks that can only be judged by age are taken for dead.
        trust_pids: as in :class:`FileLock`.

    Raises:
        FileLockInvalidOption: an argument is wrong.
        FileLockPermission: the lock or its directory cannot be read.
        FileLockIO: another system call failed, or the directory is missing.
    """
    policy = Policy(check_stale(stale) * 1000, check_trust(trust_pids))
    path = _paths.check_target(target)
    refusals = Refusals(path, path + ".lock")
    try:
        resolved, lock_path = _paths.resolve(path)
        refusals = Refusals(resolved, lock_path)
        judged = Judge(policy, AgeClock(lock_path)).look(lock_path)
    except OSError as error:
        raise refusals.failed(error, 0.0) from error
    locks = refusals.kernel_locks()
    if judged is None:
        return LockState(lock_path, "free", "absent", False, None, kernel_locks=locks)
    verdict = judged.verdict
    return LockState(
        lock_path, verdict.verdict, verdict.reason, verdict.conclusive, judged.holder(), judged.kind(), locks
    )
