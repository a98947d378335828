"""Walks every state that a world can reach, and says what is wrong with the worst of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Generic, Protocol, TypeVar

S = TypeVar("S")


class World(Protocol[S]):
    def initial(self) -> S: ...

    def steps(self, state: S) -> Iterator[S]:
        """What may come next by somebody's own doing."""

    def misfortunes(self, state: S) -> Iterator[S]:
        """What may come next otherwise. Nobody's way to the end may depend on it."""

    def violation(self, state: S) -> str: ...

    def limits(self, state: S) -> Iterable[str]:
        """The declared limits of exclusion that have struck on the way here."""

    def finished(self, state: S) -> bool: ...

    def obstacle(self, state: S) -> str:
        """What keeps the others from finishing, where that is something that the contract declares."""

    def line(self, state: S) -> str: ...


@dataclass
class Outcome(Generic[S]):
    """`violation` is the promise that was broken, after `trace`. `waiting` counts the states from which our living
    processes cannot finish any more, by what stands in their way; `limits` those behind a declared limit."""

    states: int = 0
    violation: str = ""
    trace: list[S] = field(default_factory=list)
    waiting: Counter[str] = field(default_factory=Counter)
    limits: Counter[str] = field(default_factory=Counter)


def explore(world: World[S]) -> Outcome[S]:
    """Breadth first, so that a trace is as short as any."""
    start = world.initial()
    states, index, parents = [start], {start: 0}, [0]
    backward: list[list[int]] = [[]]
    outcome: Outcome[S] = Outcome()
    for here, state in enumerate(states):  # grows while it is walked
        wrong = world.violation(state)
        if wrong:
            return Outcome(len(states), wrong, trace(states, parents, here), limits=outcome.limits)
        for limit in world.limits(state):
            outcome.limits[limit] += 1
        for after, own in chain(zip(world.steps(state), repeat(True)), zip(world.misfortunes(state), repeat(False))):
            there = index.setdefault(after, len(states))
            if there == len(states):
                states.append(after)
                parents.append(here)
                backward.append([])
            if own:
                backward[there].append(here)
    outcome.states = len(states)
    for here in unfinishable(world, states, backward):
        why = world.obstacle(states[here])
        if not outcome.trace or (not why and outcome.waiting[""] == 0):
            outcome.trace = trace(states, parents, here)
        outcome.waiting[why] += 1
    return outcome


def trace(states: list[S], parents: list[int], here: int) -> list[S]:
    found = [here]
    while here:
        here = parents[here]
        found.append(here)
    return [states[each] for each in reversed(found)]


def unfinishable(world: World[S], states: list[S], backward: list[list[int]]) -> list[int]:
    """States from which no way leads to one that is finished."""
    todo = [here for here, state in enumerate(states) if world.finished(state)]
    reached = bytearray(len(states))
    for here in todo:
        reached[here] = 1
    while todo:
        for before in backward[todo.pop()]:
            if not reached[before]:
                reached[before] = 1
                todo.append(before)
    return [here for here in range(len(states)) if not reached[here]]
