"""What a process finds out about an owner elsewhere: rows 13 to 28 of verdict.md, reduced to what decides them.

A witness answers as long as its process lives; witness.py explores whether it does.
"""

from __future__ import annotations

from typing import NamedTuple

from state import Name, Process, Value, View


class Place(NamedTuple):
    kernel: int
    initial: bool  # the initial PID namespace, from which all others on this kernel can be searched
    mount: int


# A letter is one PID namespace.
PLACES = {
    "h": Place(1, True, 1),
    "a": Place(1, False, 1),
    "b": Place(1, False, 1),
    "c": Place(1, False, 1),
    "o": Place(1, False, 2),  # sees the directory through an overlay
    "x": Place(2, True, 1),  # another kernel, where the directory has the same device number by chance
}
HELD, UNKNOWN, STALE, PROVEN = "held", "unknown", "stale", "stale, conclusive"


def judge(view: View, value: Value, name: Name = "lock") -> str:
    """`value` is what its reader found at `name`."""
    owner, alive = value[0], view.alive(value)
    truth = HELD if alive else PROVEN
    here, there = view.place(view.i), view.place(owner)
    if here == there:
        return truth
    reader, other = PLACES[here], PLACES[there]
    if view.weak("pid-of-another-namespace"):
        return PROVEN  # its number is nobody's here
    if view.weak("start-of-another-namespace"):
        return HELD  # its number is somebody's here, with the same start time
    if owner >= 0 and view.setting.kinds[owner] in "FGO":
        if reader.kernel == other.kernel and reader.initial:
            return HELD if alive else STALE  # row 24
        return PROVEN if here in view.setting.trusting else STALE  # it beats no heart, so it is always silent
    same_kernel, same_mount = reader.kernel == other.kernel, reader.mount == other.mount
    if witness(view, there, name):
        answers = alive and same_kernel and same_mount
        believed = (
            (same_kernel or view.weak("refusal-of-another-boot"))
            and (same_mount or view.weak("refusal-of-another-mount"))
        )  # fmt: skip
        if answers or believed:
            return HELD if answers else PROVEN
    if same_kernel and reader.initial:
        return truth
    if here in view.setting.trusting:
        return PROVEN
    is_watched = not same_kernel or witness(view, there, name) or view.weak("silence-on-one-kernel")
    return STALE if is_watched and silent(view, value) else UNKNOWN


def witness(view: View, there: str, name: Name) -> bool:
    policy = view.setting.witness
    if view.weak("witness-of-locks-only") and name != "lock":
        return False
    return policy == "always" or (policy == "auto" and not PLACES[there].initial)


def abandoned(view: View, empty: Value) -> bool:
    """Row 5: no visible process has it open. A writer on another kernel is not visible, so it had better not sleep."""
    here, there = view.place(view.i), view.place(empty[0])
    reader, other = PLACES[here], PLACES[there]
    if view.alive(empty) and (here == there or (reader.initial and reader.kernel == other.kernel)):
        return False
    return here in view.setting.trusting or (reader.initial and silent(view, empty))


def silent(view: View, value: Value) -> bool:
    """Who runs beats while he holds. Nobody beats for what an interrupt has left, nor for guard and marker."""
    if not view.alive(value):
        return True
    owner: Process = view.processes[value[0]]
    is_left_over = owner.step in ("clean", "clean-unlink") and not view.weak("left-overs-beaten")
    return owner.mood == "stopped" or owner.dozed or is_left_over
