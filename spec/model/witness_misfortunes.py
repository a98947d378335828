"""What may happen to a process at any step."""

from __future__ import annotations

from collections.abc import Iterator

from witness_state import VISITORS, Process, Setting, State, Thread, closed, replaced, settled

IMMUNE = ("start", "critical", "unref", "done", "clean", "clean-unlink")


def misfortunes(setting: Setting, state: State) -> Iterator[State]:
    for p in range(len(state.processes)):
        yield from of_process(setting, state, p)
    for i in range(len(state.threads)):
        yield from interrupt(setting, state, i)
    if state.budget.cleaners:
        files = dict(state.files)
        for name in [name for name in files if name[0] == "sock"]:
            left = {other: value for other, value in files.items() if other != name}
            yield spent(settled(state, left, dict(state.sockets)), "cleaners")


def of_process(setting: Setting, state: State, p: int) -> Iterator[State]:
    mood, budget = state.processes[p].mood, state.budget
    if mood == "unborn" and budget.births:
        yield from (spent(after, "births") for after in born(setting, state, p))
    if setting.kinds[p] in f"{VISITORS}f":
        return
    if budget.crashes and mood in ("running", "exiting", "forked"):
        yield spent(gone(state, p), "crashes")
    if budget.stops and mood in ("running", "forked"):
        yield spent(with_mood(state, p, "stopped"), "stops")
    if budget.exits and mood == "running":
        yield spent(with_mood(state, p, "exiting"), "exits")


def interrupt(setting: Setting, state: State, i: int) -> Iterator[State]:
    """The thread abandons what it was at, lives on, and removes what it left at some later time."""
    thread = state.threads[i]
    is_running = state.processes[thread.process].mood == "running" and setting.kinds[thread.process] not in VISITORS
    if state.budget.interrupts and is_running and thread.step not in IMMUNE:
        kept = None if "left-over-unwitnessed" in setting.weaknesses else thread.socket
        after = thread._replace(step="clean", seen=None, picked=None, socket=kept)
        yield spent(state._replace(threads=replaced(state.threads, i, after)), "interrupts")


def born(setting: Setting, state: State, p: int) -> Iterator[State]:
    parent = state.processes[0]
    if setting.kinds[p] == "r" and parent.mood == "dead":
        yield with_mood(state, p, "running")
    elif setting.kinds[p] in "fg" and parent.mood == "running":
        sockets = {n: s._replace(open_in=s.open_in | {p}) if 0 in s.open_in else s for n, s in state.sockets}
        child = Process("forked", parent.current if parent.ready else None, parent.ready)
        processes = replaced(state.processes, p, child)
        yield settled(state._replace(processes=processes), dict(state.files), sockets)


def gone(state: State, p: int) -> State:
    """It dies: the kernel closes what it had open, and its files stay."""
    threads = tuple(
        Thread(p, thread.locks, 0, "done", thread.want) if thread.process == p else thread for thread in state.threads
    )
    processes = replaced(state.processes, p, Process("dead"))
    sockets = closed(dict(state.sockets), p, *(n for n, _ in state.sockets))
    return settled(state._replace(processes=processes, threads=threads), dict(state.files), sockets)


def with_mood(state: State, p: int, mood: str) -> State:
    return state._replace(processes=replaced(state.processes, p, state.processes[p]._replace(mood=mood)))


def spent(state: State, what: str) -> State:
    left = getattr(state.budget, what) - 1
    return state._replace(budget=state.budget._replace(**{what: left}))
