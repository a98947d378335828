"""What a visitor sweeps: witnesses that were never finished (PUBLISH-8), and dead ones that nothing names (WITNESS-9).

Any time may pass between two steps, so the age at which something is swept does not matter here.
"""

from __future__ import annotations

from witness_asking import REFUSED, connect
from witness_state import Steps, View


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


STEPS = {
    "sweep-ask": sweep_ask,
    "sweep-names": sweep_names,
    "sweep-unlink": sweep_unlink,
}
