"""OpenClaw's own processes (openclaw.md). All create the lock first and write it afterwards.

`F` is G3: a bare directory is its guard, and nobody ever clears it. `G` is G2: no guard. `O` is G1: steals by age, and
releases without looking.
"""

from __future__ import annotations

from state import AGED, DIRECTORY, EMPTY, Steps, Value, View


def dead(view: View, lock: Value) -> bool:
    """An empty lock has no pid, so it is never stale. `O` asks for the age of `createdAt`."""
    if lock[2] == EMPTY:
        return False
    if view.place(lock[0]) != view.place(view.i):
        return True  # the pid is nobody's here
    return not view.alive(lock) or (view.setting.kinds[view.i] == "O" and lock[2] == AGED)


def look(view: View) -> Steps:
    if view.setting.kinds[view.i] != "F" or "guard" not in view.files:
        yield view.go("create")


def create(view: View) -> Steps:
    if "lock" in view.files:
        yield view.go("rmdir" if view.me.guard else "judge")
    else:
        own = view.fresh()
        yield view.go("write", view.put("lock", (own[0], own[1], EMPTY)), lock=own)


def write(view: View) -> Steps:
    own = view.me.lock
    assert own
    still = view.files.get("lock") == (own[0], own[1], EMPTY)
    yield view.go("rmdir" if view.me.guard else "critical", view.put("lock", own) if still else None)


def judge(view: View) -> Steps:
    lock = view.files.get("lock")
    if lock is None or not dead(view, lock):
        yield view.go("look")
    else:
        yield view.go("mkdir" if view.setting.kinds[view.i] == "F" else "judge-again", seen=lock)


def mkdir(view: View) -> Steps:
    if "guard" in view.files:
        yield view.go("look", seen=None)
    else:
        guard = view.fresh(DIRECTORY)
        yield view.go("judge-again", view.put("guard", guard), guard=guard)


def judge_again(view: View) -> Steps:
    if view.files.get("lock") == view.me.seen:
        yield view.go("unlink-stale")
    else:
        yield view.go("rmdir" if view.me.guard else "look", seen=None)


def unlink_stale(view: View) -> Steps:
    yield view.go("create", view.without("lock"), seen=None)


def rmdir(view: View) -> Steps:
    """By name, but only ever a directory."""
    guard = view.files.get("guard")
    gone = view.without("guard") if guard and guard[2] == DIRECTORY else None
    yield view.go("critical" if view.me.lock else "look", gone, guard=None)


def critical(view: View) -> Steps:
    yield view.go("release-compare")


def release_compare(view: View) -> Steps:
    ours = view.files.get("lock") == view.me.lock or view.setting.kinds[view.i] == "O"
    yield view.go("release-unlink") if ours else view.go("next", lock=None)


def release_unlink(view: View) -> Steps:
    yield view.go("next", view.without("lock"), lock=None)


def following(view: View) -> Steps:
    left = view.me.left - 1
    yield view.go("look" if left else "done", left=left)


STEPS = {
    "look": look,
    "create": create,
    "write": write,
    "judge": judge,
    "mkdir": mkdir,
    "judge-again": judge_again,
    "unlink-stale": unlink_stale,
    "rmdir": rmdir,
    "critical": critical,
    "release-compare": release_compare,
    "release-unlink": release_unlink,
    "next": following,
}
