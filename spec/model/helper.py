"""The contract's own process: `H` publishes by link, `L` lives on a file system without hard links (PUBLISH-4).

Each function is one step, and makes at most one system call that others can see. A check and the act that relies on it
are always two steps. `me.lock`, `me.guard` and `me.marker` are set before the file is published.
"""

from __future__ import annotations

from places import PROVEN, STALE, UNKNOWN, abandoned, judge
from state import AGED, DIRECTORY, EMPTY, Name, Process, Steps, Value, View

IDLE = ("done", "clean", "clean-unlink")


def verdict(view: View, lock: Value) -> str:
    """Of a lock. An empty one is stale when nobody has it open (row 5), where that can be known."""
    if lock[2] != EMPTY:
        return judge(view, lock)
    is_closed = view.weak("descriptor-closed") and view.alive(lock) and view.processes[lock[0]].step in IDLE
    return STALE if view.weak("empty-by-age") or is_closed or abandoned(view, lock) else UNKNOWN


def orphaned(view: View, name: Name, value: Value) -> bool:
    """RECLAIM-6, RECLAIM-8: may this guard or marker be broken?"""
    if value[2] == DIRECTORY:
        return view.weak("directory-by-age")
    if value[2] == EMPTY:
        return False
    if view.weak("guard-by-age" if name == "guard" else "marker-by-age"):
        return True
    return judge(view, value, name) in ((PROVEN, STALE) if view.weak("guard-by-silence") else (PROVEN,))


# --- publish ---


def look(view: View) -> Steps:
    if view.setting.candidates:
        for name, value in view.files.items():
            if name[0] == "candidate" and value[0] != view.i:
                yield view.go("look", view.without(name))  # PUBLISH-8; here of any age, which is more than can happen
    guard = view.files.get("guard")
    if guard is None or view.weak("guard-ignored"):
        yield view.go(begin(view), lock=view.me.lock or view.fresh())
    if guard and orphaned(view, "guard", guard):
        yield view.go("claim", breaking=("guard", guard))


def begin(view: View) -> str:
    return "candidate" if view.setting.candidates else "publish"


def candidate(view: View) -> Steps:
    assert view.me.lock
    yield view.go("publish", view.put(("candidate", view.me.lock), view.me.lock))


def publish(view: View) -> Steps:
    """The lock, plainly or under the guard."""
    own, reclaiming = view.me.lock, view.me.guard is not None
    assert own
    source: Name = ("candidate", own)
    swept = view.setting.candidates and source not in view.files
    if (
        view.files.get("lock") == own
        and not view.weak("reply-believed")
        and not (swept and view.weak("sweep-believed"))
    ):
        # PUBLISH-3, whatever the reply was: a link that worked can also be followed by a sweep, and be answered ENOENT.
        yield view.go("uncandidate" if view.setting.candidates else "drop-compare" if reclaiming else "critical")
    elif swept:
        yield view.go("drop-compare" if reclaiming else "look", lock=None)
    elif "lock" in view.files:
        kept = (own[0], own[1], AGED) if view.weak("candidate-kept") and not reclaiming else None
        yield view.go("drop-compare" if reclaiming else "judge", view.without(source), lock=kept)
    elif view.setting.kinds[view.i] == "L":
        yield view.go("write-lock", view.put("lock", (own[0], own[1], EMPTY)))
    elif view.setting.candidates:
        yield view.go("uncandidate", view.put("lock", own))
    else:
        plainly = "watch" if view.weak("guard-watched") else "critical"
        yield view.go("drop-compare" if reclaiming else plainly, view.put("lock", own))


def watch(view: View) -> Steps:
    """Not in the contract: a lock counts only when no guard has been seen since it was published."""
    guard = view.files.get("guard")
    if guard is None:
        yield view.go("settle")
    elif orphaned(view, "guard", guard):
        yield view.go("claim", breaking=("guard", guard))


def uncandidate(view: View) -> Steps:
    assert view.me.lock
    after = "drop-compare" if view.me.guard else "critical"
    yield view.go(after, view.without(("candidate", view.me.lock)))


def write(view: View, name: Name, own: Value, after: str) -> Steps:
    """Through the descriptor: reaches our own file, whether or not it still has the name."""
    still = view.files.get(name) == (own[0], own[1], EMPTY)
    yield view.go(after, view.put(name, own) if still else None)


def write_lock(view: View) -> Steps:
    assert view.me.lock
    yield from write(view, "lock", view.me.lock, "verify-lock")


def verify_lock(view: View) -> Steps:
    ours = view.files.get("lock") == view.me.lock
    after = "drop-compare" if view.me.guard else ("critical" if ours else "look")
    yield view.go(after, lock=view.me.lock if ours else None)


# --- reclaim ---


def judge_lock(view: View) -> Steps:
    lock = view.files.get("lock")
    if lock is None or verdict(view, lock) not in (STALE, PROVEN):
        yield view.go("look")
    elif view.weak("no-guard"):
        yield view.go("judge-again", seen=lock, lock=None)
    else:
        yield view.go("take-guard", seen=lock, lock=None, guard=view.fresh())


def take_guard(view: View) -> Steps:
    own = view.me.guard
    assert own
    if view.files.get("guard") == own and not view.weak("reply-believed"):
        yield view.go("judge-again")
    elif "guard" in view.files:
        yield view.go("look", guard=None, seen=None)
    elif view.setting.kinds[view.i] == "L":
        yield view.go("write-guard", view.put("guard", (own[0], own[1], EMPTY)))
    else:
        yield view.go("judge-again", view.put("guard", own))


def write_guard(view: View) -> Steps:
    assert view.me.guard
    yield from write(view, "guard", view.me.guard, "verify-guard")


def verify_guard(view: View) -> Steps:
    if view.files.get("guard") == view.me.guard:
        yield view.go("judge-again")
    else:
        yield view.go("look", guard=None, seen=None)


def judge_again(view: View) -> Steps:
    """RECLAIM-2: the same bytes, and still stale."""
    lock, seen = view.files.get("lock"), view.me.seen
    again = verdict(view, lock) if lock is not None and lock == seen else ""
    if again in (STALE, PROVEN) or view.weak("not-judged-again"):
        by_silence = again == STALE and lock is not None and view.alive(lock)
        yield view.go("unlink-stale", by_silence=by_silence)
    else:
        yield view.go("drop-compare", seen=None)


def unlink_stale(view: View) -> Steps:
    gone = view.without("lock")
    if view.weak("guard-dropped-early"):
        yield view.go("drop-compare", gone, seen=None, by_silence=False)
    else:
        yield view.go(begin(view), gone, seen=None, by_silence=False, lock=view.me.lock or view.fresh())


def drop_compare(view: View) -> Steps:
    if view.me.guard and view.files.get("guard") == view.me.guard:
        yield view.go("drop-unlink")
    else:
        yield view.go("settle" if view.me.lock else "look", guard=None)


def drop_unlink(view: View) -> Steps:
    yield view.go("settle" if view.me.lock else "look", view.without("guard"), guard=None)


def settle(view: View) -> Steps:
    """RECLAIM-5: verified once more before it counts as acquired."""
    ours = view.files.get("lock") == view.me.lock
    yield view.go("critical") if ours else view.go("look", lock=None)


# --- repair a guard ---


def claim(view: View) -> Steps:
    """RECLAIM-7: the marker's name is made of the bytes to be broken, so it stands for this one generation."""
    assert view.me.breaking
    name, value = view.me.breaking
    if view.weak("break-by-name"):
        yield view.go("look", view.without(name), breaking=None)
        return
    marker: Name = ("marker", value)
    there = view.files.get(marker)
    if there is None:
        own = view.fresh()
        claimed = view.me._replace(marker=(marker, own))
        if view.setting.kinds[view.i] == "L":
            yield view.put(marker, (own[0], own[1], EMPTY)), claimed._replace(step="write-marker")
        else:
            yield view.put(marker, own), claimed._replace(step="break-compare")
    elif view.me.marker == (marker, there) and not view.weak("reply-believed"):
        yield view.go("break-compare")
    elif orphaned(view, marker, there) and not view.weak("shallow-markers"):
        yield view.go("claim", breaking=(marker, there))
    else:
        yield view.go("look", breaking=None)


def write_marker(view: View) -> Steps:
    assert view.me.marker
    yield from write(view, *view.me.marker, "verify-marker")


def verify_marker(view: View) -> Steps:
    assert view.me.marker
    name, own = view.me.marker
    if view.files.get(name) == own:
        yield view.go("break-compare")
    else:
        yield view.go("look", marker=None, breaking=None)


def break_compare(view: View) -> Steps:
    assert view.me.breaking
    name, value = view.me.breaking
    yield view.go("break-unlink" if view.files.get(name) == value else "unmark")


def break_unlink(view: View) -> Steps:
    assert view.me.breaking
    after = "unlink-guarded" if view.weak("breaker-takes-lock") and view.me.breaking[0] == "guard" else "unmark"
    yield view.go(after, view.without(view.me.breaking[0]))


def unlink_guarded(view: View) -> Steps:
    """A weakness: the breaker goes on to remove the lock that the dead reclaimer was about to remove."""
    yield view.go("unmark", view.without("lock"))


def unmark(view: View) -> Steps:
    assert view.me.marker
    after = "watch" if view.weak("guard-watched") and view.me.lock else "look"
    yield view.go(after, view.without(view.me.marker[0]), marker=None, breaking=None)


# --- hold, release ---


def critical(view: View) -> Steps:
    yield view.go("release-compare")
    if view.me.dozed:
        yield view.go("critical", dozed=False)  # it beats within a second of waking, and until then it may do anything


def release_compare(view: View) -> Steps:
    ours = view.files.get("lock") == view.me.lock
    if ours or view.weak("release-by-name"):
        yield view.go("release-unlink")
    else:
        yield view.go("next", lock=None)  # lost, and said so


def release_unlink(view: View) -> Steps:
    yield view.go("next", view.without("lock"), lock=None)


def following(view: View) -> Steps:
    left = view.me.left - 1
    yield view.go("look" if left else "done", left=left)


# --- misfortunes ---


def lost_reply(view: View) -> Steps:
    """A link does its work, and is then asked for again."""
    if view.setting.kinds[view.i] == "H" and view.me.step in ("publish", "take-guard", "claim"):
        for files, after in STEPS[view.me.step](view):
            if files is not None and len(files) > len(view.files):
                yield files, after._replace(step=view.me.step)


def interrupted(process: Process) -> Process:
    """The operation is abandoned where it was. The process lives on, and knows what it may have left."""
    return process._replace(step="clean", seen=None, breaking=None, by_silence=False)


def clean(view: View) -> Steps:
    """PUBLISH-9: at the next acquire. Own files are known by their bytes, unwritten ones by the open descriptor."""
    if view.weak("nothing-cleaned"):
        yield view.go("look", lock=None, guard=None, marker=None)
        return
    first = leftover(view)
    if first is None:
        yield view.go("look")
        return
    field, name, own = first
    there = view.files.get(name)
    ours = there is not None and there[:2] == own[:2] and not (view.weak("cleaned-by-bytes") and there[2] == EMPTY)
    if ours or view.weak("cleaned-by-name"):
        yield view.go("clean-unlink")
    else:
        yield view.go("clean", **{field: None})


def clean_unlink(view: View) -> Steps:
    first = leftover(view)
    assert first
    yield view.go("clean", view.without(first[1]), **{first[0]: None})


def leftover(view: View) -> tuple[str, Name, Value] | None:
    me = view.me
    if me.marker:
        return "marker", *me.marker
    if me.lock:
        return "lock", "lock", me.lock
    if me.guard:
        return "guard", "guard", me.guard
    return None


STEPS = {
    "look": look,
    "candidate": candidate,
    "publish": publish,
    "watch": watch,
    "uncandidate": uncandidate,
    "write-lock": write_lock,
    "verify-lock": verify_lock,
    "judge": judge_lock,
    "take-guard": take_guard,
    "write-guard": write_guard,
    "verify-guard": verify_guard,
    "judge-again": judge_again,
    "unlink-stale": unlink_stale,
    "drop-compare": drop_compare,
    "drop-unlink": drop_unlink,
    "settle": settle,
    "claim": claim,
    "write-marker": write_marker,
    "verify-marker": verify_marker,
    "break-compare": break_compare,
    "break-unlink": break_unlink,
    "unlink-guarded": unlink_guarded,
    "unmark": unmark,
    "critical": critical,
    "release-compare": release_compare,
    "release-unlink": release_unlink,
    "next": following,
    "clean": clean,
    "clean-unlink": clean_unlink,
}
