"""The holder's side of witness.md: made, named, shared by the threads of a process, let go.

Each function is one step of a thread, and makes at most one system call that others can see.
"""

from __future__ import annotations

from witness_state import Process, Socket, State, Steps, View, closed


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


def forgotten(view: View, socket: int) -> Process:
    return view.mine._replace(current=None, ready=False) if view.mine.current == socket else view.mine


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
    "unref": unref,
    "clean": clean,
    "clean-unlink": clean_unlink,
}
