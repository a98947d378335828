"""The errors of an acquire and a release, with their sentences (ERROR-2)."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from . import _errors, _kernel_locks
from ._describe import sentence, who
from ._system import REAL
from ._text import MAX_PATH, printable, seconds

if TYPE_CHECKING:
    from ._describe import Judged
    from ._holder import KernelLock

#: From ``bind`` and its like: this platform or file system has no sockets, or none with so long a name.
_NO_SOCKETS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EAFNOSUPPORT, errno.ENAMETOOLONG)
PERMISSION = (errno.EACCES, errno.EPERM, errno.EROFS)

#: Why it was not removed, though that was asked for (FOREIGN-6); ``abandoned`` is what has changed meanwhile.
_NOT_REMOVED = {
    "not-removable": "what this is nobody removes for you",
    "recent": "it has not been silent for long enough",
    "owner-lives": "its process lives",
    "in-use": "a process has it open or locked",
    "cannot-see": "from here not every process can be seen (trust_pids=True is your word that there are no others)",
    "abandoned": "it has changed just now",
    "forbidden": "you said reclaim=False",
}


#: A file that stays for ever; one that OpenClaw's rules take when its locker has ended; what may be precious.
_NO_COMMAND = ("filelock-strict", "flock", "fcntl", "directory")


class Refusals:
    """Makes the errors of one call."""

    def __init__(self, target: str, lock_path: str) -> None:
        self.target = target
        self.lock_path = lock_path
        self.shown = printable(target, MAX_PATH)
        self.shown_lock = printable(lock_path, MAX_PATH)

    def timeout(self, judged: Judged | None, waited: float) -> _errors.FileLockTimeout:
        holder = None if judged is None else judged.holder()
        known = "other processes were faster" if judged is None or holder is None else sentence(judged, holder)
        if judged is not None and judged.path != self.lock_path:
            known = f"a dead lock is being removed, {known}"
        hint = _advice(judged, self.shown_lock)
        locks = self.kernel_locks()
        return _errors.FileLockTimeout(
            f"file lock timeout for {self.shown}: {known}, waited {seconds(waited)}; {self._locked(locks)}{hint}",
            target=self.target,
            lock_path=self.lock_path,
            waited=waited,
            holder=holder,
            hint=hint,
            kernel_locks=locks,
        )

    def kernel_locks(self) -> tuple[KernelLock, ...]:
        return _kernel_locks.on_paths(REAL, self.lock_path, self.target)

    def _locked(self, locks: tuple[KernelLock, ...]) -> str:
        """The first on the lock and the first on the target, in sentences that more follows."""
        told = ""
        for on, shown in (("lock", self.shown_lock), ("target", self.shown)):
            first = next((lock for lock in locks if lock.on == on), None)
            if first is not None:
                told += f"{shown} is locked with {first.type} by {who(first.pid, first.command)}; "
        return told

    def stale(self, judged: Judged, waited: float) -> _errors.FileLockStale:
        holder = judged.holder()
        hint = f"allow reclaim, or remove {printable(judged.path, MAX_PATH)}"
        locks = self.kernel_locks()
        return _errors.FileLockStale(
            f"file lock stale for {self.shown}: {sentence(judged, holder)}; {self._locked(locks)}{hint}",
            target=self.target,
            lock_path=self.lock_path,
            waited=waited,
            holder=holder,
            hint=hint,
            kernel_locks=locks,
            path=judged.path,
        )

    def foreign(self, judged: Judged, waited: float, removal: str | None = None) -> _errors.FileLockForeign:
        """``removal``: why it was not removed, where that was asked for."""
        named, holder = judged.named(), judged.holder()
        entry = named.entry
        made_by = "" if named.pid is None else f", which names {who(named.pid, holder.command)}"
        hint = entry.remedy
        if entry.kind not in _NO_COMMAND:
            hint += f", then: {_command(judged)}"
        if removal is not None:
            hint += f" (not removed: {_NOT_REMOVED[removal]})"
        locks = self.kernel_locks()
        return _errors.FileLockForeign(
            f"file lock foreign for {self.shown}: {self.shown_lock} is {entry.what}{made_by}, "
            f"waited {seconds(waited)}; {self._locked(locks)}{hint}",
            target=self.target,
            lock_path=self.lock_path,
            waited=waited,
            holder=holder,
            hint=hint,
            kind=entry.kind,
            kernel_locks=locks,
            path=judged.path,
        )

    def guard_orphaned(self, judged: Judged, waited: float) -> _errors.FileLockGuardOrphaned:
        command = _command(judged)
        hint = f"once no OpenClaw process runs: {command}"
        return _errors.FileLockGuardOrphaned(
            f"file lock guard orphaned for {self.shown}: {printable(judged.path, MAX_PATH)} names no owner and "
            f"nobody may remove it, waited {seconds(waited)}; {hint}",
            target=self.target,
            lock_path=self.lock_path,
            waited=waited,
            holder=judged.holder(),
            hint=hint,
            kind=judged.found.kind,
            path=judged.path,
        )

    def reentrant(self) -> _errors.FileLockReentrant:
        hint = "use the lock that you have"
        return _errors.FileLockReentrant(
            f"file lock reentrant for {self.shown}: it is taken by the block that this call is in; {hint}",
            target=self.target,
            lock_path=self.lock_path,
            hint=hint,
        )

    def lost(self) -> _errors.FileLockLost:
        hint = "treat what was written since as unprotected"
        return _errors.FileLockLost(
            f"file lock lost for {self.shown}: {self.shown_lock} is gone or somebody else's; {hint}",
            target=self.target,
            lock_path=self.lock_path,
            hint=hint,
        )

    def invalid(self, error: ValueError) -> _errors.FileLockInvalidOption:
        return _errors.FileLockInvalidOption(
            f"file lock invalid option for {self.shown}: {error}", target=self.target, lock_path=self.lock_path
        )

    def no_witness(self, error: OSError, waited: float) -> _errors.FileLockError:
        """``witness="always"``, and none can be made (WITNESS-3)."""
        if error.errno not in _NO_SOCKETS:
            return self.failed(error, waited)
        hint = 'pass witness="auto" to do without'
        return _errors.FileLockUnsupported(
            f"file lock unsupported for {self.shown}: no socket can listen beside {self.shown_lock} "
            f"({os.strerror(error.errno or 0)}); {hint}",
            target=self.target,
            lock_path=self.lock_path,
            waited=waited,
            hint=hint,
            errno=error.errno,
        )

    def failed(self, error: OSError, waited: float) -> _errors.FileLockError:
        """A system call's failure as one of ours."""
        path = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else self.lock_path
        reason = os.strerror(error.errno) if error.errno else "unknown error"
        if error.errno in PERMISSION:
            path, known = who_and_mode(path)
            hint = f"run as its owner, or change the mode of {printable(path, MAX_PATH)}"
            kind: type[_errors.FileLockError] = _errors.FileLockPermission
            text = f"file lock permission for {self.shown}: {reason} at {printable(path, MAX_PATH)}{known}"
        else:
            hint = f"look at {printable(path, MAX_PATH)}"
            if error.errno == errno.ENOENT:
                hint = "make the directory first, or pass create_parent=True"
            kind = _errors.FileLockIO
            text = f"file lock io for {self.shown}: {reason} at {printable(path, MAX_PATH)}"
        return kind(
            f"{text}; {hint}",
            target=self.target,
            lock_path=self.lock_path,
            waited=waited,
            hint=hint,
            errno=error.errno,
            path=path,
        )


def who_and_mode(path: str) -> tuple[str, str]:
    """The file, or where there is none its directory; and whose it is."""
    for place in (path, os.path.dirname(path)):
        try:
            found = os.lstat(place)
        except OSError:
            continue
        return place, f" (owner uid {found.st_uid}, mode {stat.S_IMODE(found.st_mode):04o})"
    return path, ""


def _advice(judged: Judged | None, shown_lock: str) -> str:
    if judged is None or judged.verdict.verdict in ("held", "being-written"):
        return "wait longer, or look at what that process does"
    hint = f"if no process that uses {shown_lock} runs any more, here or in a container: {_command(judged)}"
    if judged.verdict.reason in ("other-domain", "looks-dead-unproven"):
        hint += "; in a container that shares the directory with nobody, set OPENCLAW_LOCKS_TRUST_PIDS=1"
    return hint


def _command(judged: Judged) -> str:
    from shlex import quote

    tool = "rmdir" if judged.found.kind == "directory" else "rm"
    return f"{tool} -- {printable(quote(judged.path), MAX_PATH)}"
