"""The life of a witness (witness.md): made, named, shared, let go; and the contender that asks it.

Each function is one step of a thread, and makes at most one system call that others can see. Reading a lock and connecting to
what it names are two steps. A guard is judged and broken in one: its repair is explored elsewhere (helper.py).
"""

from __future__ import annotations

from witness_state import IMMORTAL, Socket, State, Steps, Value, View, closed

ANSWERS, INHERITED, REFUSED, UNKNOWN = "answers", "inherited", "refused", "unknown"
HOLDING = ("critical", "compare", "unlink")


# --- the holder's side ---


def start(view: View) -> Steps:
    """WITNESS-1. One thread makes it; the others wait until it has its name."""
    current = view.mine.current
    if view.weak("published-first"):
        yield view.go("look")
    elif current is None:
        yield bind(view)
    elif view.weak("used-unfinished"):
        yield view.go("look", socket=current)
    elif view.mine.ready and view.weak("counted-late"):
        yield view.go("look", picked=current)
    elif view.mine.ready:
        yield view.go("look" if view.weak("name-not-checked") else "check", socket=current)


def check(view: View) -> Steps:
    socket = view.me.socket
    assert socket is not None
    if view.leads(socket):
        yield view.go("look")
    else:
        yield view.go("start", socket=None, process=forgotten(view, socket))


def bind(view: View) -> State:
    planned = view.me.value[2] if view.me.value else None
    name = view.fresh_name() if planned is None else planned
    socket = name or 100 * view.me.process + 1
    maker = 0 if view.weak("primarys") else view.me.process
    sockets = {**view.sockets, socket: Socket(name, maker, False, frozenset({maker}))}
    files = view.put(("sock" if view.weak("final-name-first") else "tmp", name), socket)
    process = view.mine._replace(current=socket, ready=False)
    return view.go("listen", files=files, sockets=sockets, process=process, socket=socket)


def listen(view: View) -> Steps:
    socket = view.me.socket
    assert socket is not None
    sockets = {**view.sockets, socket: view.sockets[socket]._replace(listening=True)}
    if view.weak("final-name-first"):
        yield view.go("look", sockets=sockets, process=view.mine._replace(ready=True))
    else:
        yield view.go("rename", sockets=sockets)


def rename(view: View) -> Steps:
    socket = view.me.socket
    assert socket is not None
    name = view.sockets[socket].name
    if view.files.get(("tmp", name)) == socket:
        files = {**view.without(("tmp", name)), ("sock", name): socket}
        after = "critical" if view.weak("published-first") else "look"
        yield view.go(after, files=files, process=view.mine._replace(ready=True))
    else:  # swept while it was made (PUBLISH-8): it does without, or makes another
        after = "start" if view.setting.made_again else "look"
        sockets = closed(view.sockets, view.me.process, socket)
        yield view.go(after, sockets=sockets, socket=None, process=forgotten(view, socket))


def unref(view: View) -> Steps:
    socket, left = view.me.socket, view.me.left - 1
    if view.weak("closed-at-release") and socket is not None:
        yield close(view, "start" if left else "done", left=left)
    else:
        yield view.go("start" if left else "done", left=left, socket=None)


def close(view: View, step: str, **changes: int) -> State:
    """A weakness, whenever a thread does it: something published may still name it."""
    socket = view.me.socket
    assert socket is not None
    sockets = closed(view.sockets, view.me.process, socket)
    return view.go(step, sockets=sockets, socket=None, process=forgotten(view, socket), **changes)


def forgotten(view: View, socket: int) -> object:
    return view.mine._replace(current=None, ready=False) if view.mine.current == socket else view.mine


# --- the contender's side ---


def ask(view: View, value: Value) -> str:
    """WITNESS-7 and WITNESS-8. What a refusal through another mount or from another boot says is nothing."""
    name = value[2]
    if name == IMMORTAL:
        return ANSWERS
    if name is None or ("sock", name) not in view.files:
        return REFUSED if view.weak("absence-is-death") else UNKNOWN
    return connect(view, name)


def connect(view: View, name: int) -> str:
    socket = view.sockets[view.files["sock", name]]
    if view.kind in "MB" or not socket.listening or not socket.open_in:
        return REFUSED
    is_maker_dead = view.state.processes[socket.maker].mood == "dead"
    if (view.kind == "P" and is_maker_dead) or view.weak("unseen-is-dead") or view.weak("other-clock"):
        return INHERITED
    return REFUSED if view.weak("full-is-dead") else ANSWERS


def is_dead(view: View, value: Value) -> bool:
    answer = ask(view, value)
    return answer == INHERITED or (answer == REFUSED and (view.kind not in "MB" or view.weak("refusal-believed")))


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


# --- the sweep (WITNESS-9) ---


def sweep(view: View) -> Steps:
    for kind, name in view.files:
        if kind == "tmp":
            maker = view.state.processes[view.sockets[view.files[kind, name]].maker]
            if maker.mood == "dead" or view.setting.unfinished_swept:
                yield view.go("look", files=view.without((kind, name)))
        elif kind == "sock" and (view.kind not in "MB" or not view.weak("swept-where-believed")):
            yield view.go("sweep-names" if view.weak("names-first") else "sweep-ask", target=int(name))


def sweep_ask(view: View) -> Steps:
    name = view.me.target
    assert name is not None
    refuses = ("sock", name) in view.files and connect(view, name) == REFUSED
    if refuses and view.weak("names-first"):
        yield view.go("sweep-unlink")
    elif refuses:
        yield view.go("sweep-names")
    else:
        yield view.go("look", target=None)


def sweep_names(view: View) -> Steps:
    """Asked first, and the names read afterwards: who refuses publishes nothing more."""
    kinds = ("lock",) if view.weak("guards-overlooked") else ("lock", "guard")
    named = {value[2] for name, value in view.files.items() if name[0] in kinds}
    if view.me.target in named and not view.weak("named-swept"):
        yield view.go("look", target=None)
    else:
        yield view.go("sweep-ask" if view.weak("names-first") else "sweep-unlink")


def sweep_unlink(view: View) -> Steps:
    assert view.me.target is not None
    yield view.go("look", files=view.without(("sock", view.me.target)), target=None)


# --- after an interrupt ---


def clean(view: View) -> Steps:
    """PUBLISH-9: lock, guard, then what was being made, then the reference."""
    me, socket = view.me, view.me.socket
    if me.value:
        if view.files.get(view.at("lock")) == me.value:
            yield view.go("clean-unlink")
        else:
            yield view.go("clean", value=None)
    elif me.guard:
        is_own = view.files.get(view.at("guard")) == me.guard
        yield view.go("clean", files=view.without(view.at("guard")) if is_own else view.files, guard=None)
    elif socket is not None and socket == view.mine.current and not view.mine.ready:
        files = view.without(("tmp", view.sockets[socket].name))
        sockets = closed(view.sockets, me.process, socket)
        yield view.go("start", files=files, sockets=sockets, socket=None, process=forgotten(view, socket))
    else:
        yield view.go("start", socket=None)


def clean_unlink(view: View) -> Steps:
    yield view.go("clean", files=view.without(view.at("lock")), value=None)


def bind_after(view: View) -> Steps:
    """A weakness: the lock names it already."""
    yield bind(view)


STEPS = {
    "start": start,
    "check": check,
    "bind": bind_after,
    "listen": listen,
    "rename": rename,
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
    "unref": unref,
    "sweep-ask": sweep_ask,
    "sweep-names": sweep_names,
    "sweep-unlink": sweep_unlink,
    "clean": clean,
    "clean-unlink": clean_unlink,
}
