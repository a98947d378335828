"""What is told about the one who has a lock. Imported when there is somebody to tell about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Holder:
    """The owner of a lock as observed.

    Attributes:
        pid: process id that the lock records, or ``None``.
        command: short name of that process, where it runs here and is not known to be another one.
        age: seconds since the lock says it was made, else since it was last touched; ``None`` if unknown.
        verdict: ``held``, ``stale``, ``being-written``, ``foreign`` or ``unknown``.
        reason: the row of spec/verdict.md that said so.
    """

    pid: int | None
    command: str | None
    age: float | None
    verdict: str
    reason: str


@dataclass(frozen=True)
class KernelLock:
    """A lock of the kernel on the lock file, or on the file that it guards. Neither OpenClaw nor this package sees it
    as a lock: whoever wants both takes both.

    Attributes:
        on: ``lock`` or ``target``.
        type: ``flock``, ``fcntl`` (``lockf``) or ``ofd`` (an open file description's).
        access: ``READ`` or ``WRITE``.
        pid: of the process that has it, or ``None``.
        command: that process's short name, or ``None``.
    """

    on: str
    type: str
    access: str
    pid: int | None
    command: str | None


@dataclass(frozen=True)
class LockState:
    """What is at a lock path.

    Attributes:
        lock_path: the sidecar looked at.
        verdict: as in :class:`Holder`, or ``free`` when nothing is there.
        reason: the row of spec/verdict.md, or ``absent``.
        conclusive: whether the verdict rests on proof.
        holder: who the lock names, or ``None`` when nothing is there.
        kind: what it is, if it is foreign (spec/foreign.json), or ``None``.
        kernel_locks: who has locked the lock file or the guarded file in the kernel, there or not.
    """

    lock_path: str
    verdict: str
    reason: str
    conclusive: bool
    holder: Holder | None
    kind: str | None = None
    kernel_locks: tuple[KernelLock, ...] = ()
