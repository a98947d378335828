"""Where exclusion ends by declaration (spec/limits.md): whose lock may be removed from under him, and by whom."""

from __future__ import annotations

from places import PLACES
from state import Files, Process, Setting, State

BY_HAND = "removed by hand"
LEFT_OVER = "what an interrupt left is taken"
SILENT = "a holder that is stopped on another kernel or mount is taken for dead"
NO_HEART = "an OpenClaw in another PID namespace is taken for dead"
LATE = "taken for dead in the middle of its release, it removes its successor's lock"
LATE_CLEANING = "what an interrupt left was taken, and its owner removes the successor's lock in its place"
PAST_GUARD = "whoever was taken for dead has released, and a lock published since is removed in its place"
OPENCLAW = "OpenClaw takes the lock of another PID namespace"

HARMLESS = ("", BY_HAND, LEFT_OVER)


def robbed(setting: Setting, before: State, i: int, files: Files) -> tuple[int, str] | None:
    """Who loses his lock by this step of process `i`, where a limit allows it. The rest is a violation."""
    lock = dict(before.files).get("lock")
    if lock is None or "lock" in files or lock[0] in (-1, i):
        return None
    victim, me = before.processes[lock[0]], before.processes[i]
    if victim.mood == "dead" or victim.lock is None or victim.lock[:2] != lock[:2]:
        return None
    if victim.step in ("publish", "write-lock", "verify-lock", "watch", "settle"):
        return None  # it looks again before it counts as acquired (PUBLISH-3, PUBLISH-4, RECLAIM-5)
    is_left_over = victim.step in ("clean", "clean-unlink")
    why = ""
    if me.step == "unlink-stale" and me.seen:
        taken = mistaken(setting, i, me.seen[0], me.by_silence)
        why = taken if lock == me.seen else PAST_GUARD if taken else ""
    elif me.robbed:
        why = {"release-unlink": LATE, "clean-unlink": LATE_CLEANING}.get(me.step, "")
    return (lock[0], LEFT_OVER if is_left_over else why) if why else None


def holds(process: Process) -> bool:
    """Under the guard a published lock counts as held already."""
    published = process.step in ("uncandidate", "drop-compare", "drop-unlink", "rmdir") and process.lock is not None
    return published or process.step in ("critical", "release-compare", "release-unlink")


def mistaken(setting: Setting, i: int, owner: int, by_silence: bool) -> str:
    """What makes process `i` take a living owner for dead."""
    here, there = setting.place(i), setting.place(owner)
    if here == there or owner < 0:
        return ""
    if setting.kinds[i] in "FG":
        return OPENCLAW
    if not by_silence:
        return ""
    if setting.kinds[owner] in "FG":
        return NO_HEART
    apart = PLACES[here].kernel != PLACES[there].kernel or PLACES[here].mount != PLACES[there].mount
    return SILENT if apart else ""
