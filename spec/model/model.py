"""Explores every state that a setting can reach, and says what is wrong with the worst of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat

import helper
import openclaw
from state import DIRECTORY, EMPTY, Files, Name, Process, Setting, State, View

OURS = "HL"
IMMUNE = (*helper.IDLE, "next", "critical")  # where an interrupt leaves nothing, or the with-form releases


@dataclass
class Outcome:
    """`violation` is the promise that was broken, after `trace`. `waiting` counts the states from which our living
    processes cannot finish any more, by what stands in their way."""

    states: int = 0
    violation: str = ""
    trace: list[State] = field(default_factory=list)
    waiting: Counter[str] = field(default_factory=Counter)
    example: State | None = None


def violation(state: State) -> str:
    """At most one live holder, and its lock in place. Under the guard a published lock counts as held already."""
    lock = dict(state.files).get("lock")
    holders = []
    for process in state.processes:
        published = process.step in ("uncandidate", "drop-compare", "drop-unlink", "rmdir") and process.lock is not None
        if process.mood != "dead" and not process.robbed and (process.step in helper.HOLDING or published):
            holders.append(process)
    if len(holders) > 1:
        return "two holders"
    if holders and lock != holders[0].lock:
        return "a live holder's lock is not in place"
    return ""


def steps(setting: Setting, state: State) -> Iterator[State]:
    """What may come next by somebody's own doing."""
    files = dict(state.files)
    for i, process in enumerate(state.processes):
        if process.mood == "running" and process.step != "done":
            table = helper.STEPS if setting.kinds[i] in OURS else openclaw.STEPS
            for changed, after in table[process.step](View(setting, files, state.processes, i)):
                yield replaced(state, files if changed is None else changed, i, after)


def misfortunes(setting: Setting, state: State) -> Iterator[State]:
    """What may come next otherwise. Nobody's way to the end may depend on it."""
    files, budget = dict(state.files), state.budget
    for i, process in enumerate(state.processes):
        if process.mood != "running" or process.step == "done":
            continue
        if budget.crashes and setting.kinds[i] in setting.mortal:
            yield replaced(state, files, i, Process(step="done", left=0, mood="dead"), crashes=budget.crashes - 1)
        if budget.stops and setting.kinds[i] in OURS:
            yield replaced(state, files, i, process._replace(mood="stopped"), stops=budget.stops - 1)
        if budget.interrupts and setting.kinds[i] in OURS and process.step not in IMMUNE:
            yield replaced(state, files, i, helper.interrupted(process), interrupts=budget.interrupts - 1)
        if budget.lost_replies and setting.kinds[i] in OURS:
            for changed, after in helper.lost_reply(View(setting, files, state.processes, i)):
                if changed is not None:
                    yield replaced(state, changed, i, after, lost_replies=budget.lost_replies - 1)
        if budget.hands and process.step == "critical" and files.get("lock") == process.lock:
            left = {name: value for name, value in files.items() if name != "lock"}
            yield replaced(state, left, i, process._replace(robbed=True), hands=budget.hands - 1)


def replaced(state: State, files: Files, i: int, process: Process, **spent: int) -> State:
    processes = (*state.processes[:i], process, *state.processes[i + 1 :])
    return State(frozenset(files.items()), processes, state.budget._replace(**spent) if spent else state.budget)


def explore(setting: Setting) -> Outcome:
    """Breadth first, so that a trace is as short as any."""
    start = setting.initial()
    states, index, parents = [start], {start: 0}, [0]
    backward: list[list[int]] = [[]]
    for here, state in enumerate(states):  # grows while it is walked
        wrong = violation(state)
        if wrong:
            return Outcome(len(states), wrong, trace(states, parents, here))
        for after, own in chain(
            zip(steps(setting, state), repeat(True)), zip(misfortunes(setting, state), repeat(False))
        ):
            there = index.setdefault(after, len(states))
            if there == len(states):
                states.append(after)
                parents.append(here)
                backward.append([])
            if own:
                backward[there].append(here)
    outcome = Outcome(len(states))
    for here in unfinishable(setting, states, backward):
        why = obstacle(states[here])
        outcome.waiting[why] += 1
        if not outcome.trace or not why:
            outcome.trace = trace(states, parents, here)
    return outcome


def trace(states: list[State], parents: list[int], here: int) -> list[State]:
    found = [here]
    while here:
        here = parents[here]
        found.append(here)
    return [states[each] for each in reversed(found)]


def unfinishable(setting: Setting, states: list[State], backward: list[list[int]]) -> list[int]:
    """States from which no way leads to one in which all our running processes have finished."""

    def finished(state: State) -> bool:
        ours = (process for process, kind in zip(state.processes, setting.kinds, strict=True) if kind in OURS)
        return all(process.mood != "running" or process.step == "done" for process in ours)

    todo = [here for here, state in enumerate(states) if finished(state)]
    reached = bytearray(len(states))
    for here in todo:
        reached[here] = 1
    while todo:
        for before in backward[todo.pop()]:
            if not reached[before]:
                reached[before] = 1
                todo.append(before)
    return [here for here in range(len(states)) if not reached[here]]


def obstacle(state: State) -> str:
    """What keeps the others waiting, where that is something that the contract declares."""
    files = dict(state.files)

    def why(name: Name) -> str:
        value = files[name]
        what = name if isinstance(name, str) else "marker"
        owner = state.processes[value[0]].mood if value[0] >= 0 else "dead"
        if owner == "stopped":
            return f"{what} of a stopped process"
        if owner == "dead" and value[2] in (EMPTY, DIRECTORY):
            return f"orphaned {what}: {value[2]}"
        return why(("marker", value)) if what != "lock" and ("marker", value) in files else ""

    return next((found for name in ("guard", "lock") if name in files and (found := why(name))), "")
