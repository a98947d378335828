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
class LockState:
    """What is at a lock path.

    Attributes:
        lock_path: the sidecar looked at.
        verdict: as in :class:`Holder`, or ``free`` when nothing is there.
        reason: the row of spec/verdict.md, or ``absent``.
        conclusive: whether the verdict rests on proof.
        holder: who the lock names, or ``None`` when nothing is there.
    """

    lock_path: str
    verdict: str
    reason: str
    conclusive: bool
    holder: Holder | None
