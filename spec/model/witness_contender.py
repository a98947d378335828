"""A contender that judges by the witness alone: reads a lock, asks, takes the guard, compares, unlinks, publishes.

Reading a lock and connecting to what it names are two steps. A guard is judged and broken in one: its repair is
explored in helper.py.
"""

from __future__ import annotations

from witness_asking import is_dead
from witness_holder import close
from witness_state import Steps, View
from witness_sweep import sweep

HOLDING = ("critical", "compare", "unlink")


def look(view: View) -> Steps:
    for want in view.me.locks if view.is_visitor else (view.me.want,):
        at = View(view.setting, view.state, view.i, want)
        guard, lock = at.files.get(("guard", want)), at.files.get(("lock", want))
        if guard:
            if is_dead(at, guard):
                yield at.go("look", files=at.without(("guard", want)))
        elif lock:
            yield at.go("ask", seen=lock)
        else:
            yield at.go("publish")
    if view.is_visitor:
        yield from sweep(view)


def judge(view: View) -> Steps:
    seen = view.me.seen
    assert seen
    refused_before = view.weak("refusal-kept-by-name") and seen[2] == view.me.cached
    if is_dead(view, seen) or refused_before:
        yield view.go("take-guard", cached=seen[2] if view.weak("refusal-kept-by-name") else None)
    else:
        yield view.go("look", seen=None)


def take_guard(view: View) -> Steps:
    if view.at("guard") in view.files:
        yield view.go("look", seen=None)
    else:
        guard = view.fresh_value()
        yield view.go("judge-again", files=view.put(view.at("guard"), guard), guard=guard)


def judge_again(view: View) -> Steps:
    """The same bytes: the refusal stands, and is not asked for again."""
    seen = view.me.seen
    assert seen
    lock = view.files.get(view.at("lock"))
    is_same = lock == seen or (lock is not None and view.weak("bytes-not-compared"))
    if is_same and not (view.weak("asked-again") and not is_dead(view, seen)):
        yield view.go("unlink-stale")
    else:
        yield view.go("drop-guard", seen=None)


def unlink_stale(view: View) -> Steps:
    yield view.go("publish", files=view.without(view.at("lock")), seen=None)


def publish(view: View) -> Steps:
    if view.at("lock") in view.files:
        yield view.go("drop-guard" if view.me.guard else "look")
        return
    value = view.fresh_value()
    files = view.put(view.at("lock"), value)
    after = "bind" if view.weak("published-first") and not view.is_visitor else "critical"
    socket = view.me.picked if view.me.socket is None else view.me.socket
    yield view.go("drop-guard" if view.me.guard else after, files=files, value=value, socket=socket, picked=None)


def drop_guard(view: View) -> Steps:
    is_own = view.files.get(view.at("guard")) == view.me.guard
    files = view.without(view.at("guard")) if is_own else view.files
    yield view.go("critical" if view.me.value else "look", files=files, guard=None)


def critical(view: View) -> Steps:
    if view.is_visitor:
        is_own = view.files.get(view.at("lock")) == view.me.value
        yield view.go("look", files=view.without(view.at("lock")) if is_own else view.files, value=None)
    elif view.weak("closed-before-unlink") and view.me.socket is not None:
        yield close(view, "compare")
    else:
        yield view.go("compare")


def compare(view: View) -> Steps:
    if view.files.get(view.at("lock")) == view.me.value:
        yield view.go("unlink")
    else:
        yield view.go("unref", value=None)


def unlink(view: View) -> Steps:
    yield view.go("unref", files=view.without(view.at("lock")), value=None)


STEPS = {
    "look": look,
    "ask": judge,
    "take-guard": take_guard,
    "judge-again": judge_again,
    "unlink-stale": unlink_stale,
    "publish": publish,
    "drop-guard": drop_guard,
    "critical": critical,
    "compare": compare,
    "unlink": unlink,
}
