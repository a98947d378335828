"""What a connection to a witness says (WITNESS-7), and what is made of it (WITNESS-8; rows 19 to 21 of verdict.md)."""

from __future__ import annotations

from witness_state import IMMORTAL, Value, View

ANSWERS, INHERITED, REFUSED, UNKNOWN = "answers", "inherited", "refused", "unknown"


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
    if view.setting.full:
        return REFUSED if view.weak("full-is-dead") else ANSWERS
    is_maker_dead = view.state.processes[socket.maker].mood == "dead"
    if (view.kind == "P" and is_maker_dead) or view.weak("unseen-is-dead") or view.weak("other-clock"):
        return INHERITED
    return ANSWERS


def is_dead(view: View, value: Value) -> bool:
    answer = ask(view, value)
    return answer == INHERITED or (answer == REFUSED and (view.kind not in "MB" or view.weak("refusal-believed")))
