"""What a state of the model is made of, and what a process can find out and do in one system call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

# The content of one publication: who made it, which of his it is, and how it reads. A number is used again as soon as
# nothing in the state mentions it: contents are only ever compared, so nothing changes but the number of states.
Value: TypeAlias = "tuple[int, int, str]"
FULL, EMPTY, AGED, DIRECTORY = "full", "empty", "aged", "directory"

# "lock", "guard", ("marker", what it breaks), ("candidate", what is to be published).
Name: TypeAlias = "str | tuple[str, Value]"
Files: TypeAlias = "dict[Name, Value]"

LONG_DEAD: Value = (-1, 0, FULL)  # owner of what lies there before anybody starts
EARLIER_DEAD: Value = (-1, 1, FULL)


class Process(NamedTuple):
    """One process. What it publishes is remembered here before it is published (PUBLISH-9)."""

    step: str = "look"
    lock: Value | None = None
    guard: Value | None = None
    marker: tuple[Name, Value] | None = None
    seen: Value | None = None  # the lock that was judged stale
    breaking: tuple[Name, Value] | None = None  # the guard or marker that was judged orphaned
    left: int = 1  # acquisitions still to be made
    mood: str = "running"  # or "dead", or "stopped" (alive, without a step until it wakes, if ever)
    dozed: bool = False  # was stopped, and its heart has not beaten since
    by_silence: bool = False  # `seen` was judged stale without proof
    robbed: str = ""  # how its lock was removed, where a human or a declared limit did it (limits.py)


class Budget(NamedTuple):
    """How often each misfortune may still happen."""

    crashes: int = 0
    interrupts: int = 0
    stops: int = 0
    wakes: int = 0  # a stopped process goes on
    hands: int = 0  # a human removes a living holder's lock
    lost_replies: int = 0  # a link that worked is tried once more by the file system, and answers EEXIST


class State(NamedTuple):
    files: frozenset[tuple[Name, Value]]
    processes: tuple[Process, ...]
    budget: Budget


@dataclass(frozen=True)
class Setting:
    """One configuration: who takes part, what may happen, and which rule is left out."""

    kinds: str
    budget: Budget
    rounds: int = 1
    start: str = (
        "dead-lock"  # or "free", "dead-guard" (a dead lock and a dead guard), "dead-marker" (and a dead marker)
    )
    candidates: bool = False  # are candidates files that anybody may sweep at any time?
    mortal: str = "HL"  # kinds that may crash
    weakness: str = ""
    places: str = ""  # where each process runs (places.py); nothing: all in one PID namespace
    was: str = "h"  # where the owner of what lies there at first had run
    witness: str = "auto"  # policy of all (WITNESS-1)
    trusting: str = ""  # places whose processes were told `trustPids`

    def place(self, i: int) -> str:
        """Of process `i`; of the long dead one too."""
        return self.was if i < 0 else self.places[i] if self.places else "h"

    def initial(self) -> State:
        files: Files = {} if self.start == "free" else {"lock": LONG_DEAD}
        if self.start in ("dead-guard", "dead-marker"):
            files["guard"] = EARLIER_DEAD
        if self.start == "dead-marker":
            files[("marker", EARLIER_DEAD)] = LONG_DEAD
        processes = tuple(Process(left=self.rounds) for _ in self.kinds)
        return State(frozenset(files.items()), processes, self.budget)


Step: TypeAlias = "tuple[Files | None, Process]"
Steps: TypeAlias = Iterator[Step]


@dataclass
class View:
    """A state as process `i` finds it. Every method that yields a step stands for one system call."""

    setting: Setting
    files: Files
    processes: tuple[Process, ...]
    i: int

    @property
    def me(self) -> Process:
        return self.processes[self.i]

    def weak(self, weakness: str) -> bool:
        return self.setting.weakness == weakness

    def place(self, i: int) -> str:
        return self.setting.place(i)

    def alive(self, value: Value) -> bool:
        return value[0] >= 0 and self.processes[value[0]].mood != "dead"

    def go(self, step: str, files: Files | None = None, **changes: Any) -> Step:
        if "lock" in changes:
            changes.update(robbed="", dozed=False)
        return files, self.me._replace(step=step, **changes)

    def put(self, name: Name, value: Value) -> Files:
        return {**self.files, name: value}

    def without(self, *names: Name) -> Files:
        """unlink(2): by name, whatever is there by now."""
        return {name: value for name, value in self.files.items() if name not in names}

    def fresh(self, kind: str = FULL) -> Value:
        """The content of a new publication: unlike any that anybody has, or remembers."""
        used = {value[1] for value in self._mentioned() if value[0] == self.i}
        return self.i, next(n for n in range(len(used) + 1) if n not in used), kind

    def _mentioned(self) -> Iterator[Value]:
        for name, value in self.files.items():
            yield value
            if isinstance(name, tuple):
                yield name[1]
        for process in self.processes:
            yield from (value for value in (process.lock, process.guard, process.seen) if value)
            for pair in (process.marker, process.breaking):
                if pair:
                    yield pair[1]
                    if isinstance(pair[0], tuple):
                        yield pair[0][1]
