"""What a state of the witness's world is made of: one directory, its sockets, and the processes that have them open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple, TypeAlias

# Who published it, which of his it is, and the name of the witness that it names. Numbers are used again as soon as
# nothing in the state mentions them: they are only ever compared.
Value: TypeAlias = "tuple[int, int, int | None]"
Name: TypeAlias = "tuple[str, int | str]"  # ("lock", "a"), ("guard", "a"); ("tmp", 0), ("sock", 0): a socket
Files: TypeAlias = "dict[Name, Any]"

VISITORS = "VPMB"
IMMORTAL = -1  # names the witness of a visitor


class Socket(NamedTuple):
    name: int
    maker: int
    listening: bool
    open_in: frozenset[int]


class Process(NamedTuple):
    mood: str = "running"  # or "unborn", "forked" (not yet itself), "stopped" (for ever), "exiting", "dead"
    current: int | None = None  # the socket that its next acquire uses again
    ready: bool = False  # it has its final name
    closing: int | None = None


class Thread(NamedTuple):
    process: int
    locks: str  # the locks that it may want, one at a time
    left: int
    step: str = "start"
    want: str = ""
    socket: int | None = None  # its reference: counted, so that nobody closes it
    picked: int | None = None  # a weakness: a reference that is not counted yet
    value: Value | None = None  # its lock, set before it is published
    guard: Value | None = None
    seen: Value | None = None
    cached: int | None = None  # a weakness: a name that has refused
    target: int | None = None  # the name that is being swept


class Budget(NamedTuple):
    crashes: int = 0
    interrupts: int = 0
    stops: int = 0
    exits: int = 0  # the program ends while it holds; handlers run
    cleaners: int = 0  # somebody removes a witness's name
    births: int = 1


class State(NamedTuple):
    files: frozenset[tuple[Name, Any]]
    sockets: frozenset[tuple[int, Socket]]
    processes: tuple[Process, ...]
    threads: tuple[Thread, ...]
    budget: Budget


@dataclass(frozen=True)
class Setting:
    """`kinds`, a letter a process. `H`: a helper. `V`: a visitor from a sibling container, who comes again and again,
    takes what is dead, sweeps, and never dies; `P`: one who sees the others' pids; `M`: one on another mount; `B`: one
    on another kernel. `f`: a child that process 0 forks, and that never ends; `g`: one that takes locks. `r`: the next
    process in the place of process 0 after its death. `threads`: for each, its process and the locks that it may want.
    """

    kinds: str
    budget: Budget
    threads: tuple[tuple[int, str], ...]
    rounds: int = 1
    unfinished_swept: bool = False  # is a witness swept that its maker, stopped or slow, has not finished yet?
    made_again: bool = False  # and does it make another then, instead of doing without?
    unlinked_first: bool = False  # an idle one: its name, then its descriptor
    full: bool = False  # nobody accepts, and the backlog of all is full: EAGAIN
    weaknesses: tuple[str, ...] = ()

    def initial(self) -> State:
        processes = tuple(Process("unborn" if kind in "fgr" else "running") for kind in self.kinds)
        threads = tuple(
            Thread(process, locks, self.rounds, "look" if self.kinds[process] in VISITORS else "start", locks[0])
            for process, locks in self.threads
        )
        return State(frozenset(), frozenset(), processes, threads, self.budget)


Steps: TypeAlias = Iterator[State]


@dataclass
class View:
    """A state as thread `i` finds it. Changes go through `go`."""

    setting: Setting
    state: State
    i: int
    want: str = ""  # the lock that a visitor turns to next

    def __post_init__(self) -> None:
        self.files: Files = dict(self.state.files)
        self.sockets = dict(self.state.sockets)
        self.want = self.want or self.me.want

    @property
    def me(self) -> Thread:
        return self.state.threads[self.i]

    @property
    def mine(self) -> Process:
        return self.state.processes[self.me.process]

    @property
    def kind(self) -> str:
        return self.setting.kinds[self.me.process]

    @property
    def is_visitor(self) -> bool:
        return self.kind in VISITORS

    def weak(self, weakness: str) -> bool:
        return weakness in self.setting.weaknesses

    def at(self, what: str) -> Name:
        return what, self.want

    def go(self, step: str, **changes: Any) -> State:
        """Changes of this thread; `files`, `sockets` and `process` are those of the rest."""
        files, sockets = changes.pop("files", self.files), changes.pop("sockets", self.sockets)
        process = changes.pop("process", None)
        changed = self.me._replace(step=step, want=self.want, **changes)
        threads = replaced(self.state.threads, self.i, changed)
        processes = replaced(self.state.processes, self.me.process, process) if process else self.state.processes
        return settled(self.state._replace(processes=processes, threads=threads), files, sockets)

    def put(self, name: Name, value: Any) -> Files:
        return {**self.files, name: value}

    def without(self, *names: Name) -> Files:
        return {name: value for name, value in self.files.items() if name not in names}

    def leads(self, socket: int) -> bool:
        """Does its name still lead to it, by device and inode?"""
        return self.files.get(("sock", self.sockets[socket].name)) == socket

    def fresh_value(self) -> Value:
        used = {value[1] for value in mentioned(self.state) if value[0] == self.me.process}
        return self.me.process, next(n for n in count() if n not in used), self.witness_name()

    def witness_name(self) -> int | None:
        if self.is_visitor:
            return IMMORTAL
        if self.weak("published-first"):
            return self.fresh_name()
        socket = self.me.picked if self.me.socket is None else self.me.socket
        return None if socket is None else self.sockets[socket].name

    def fresh_name(self) -> int:
        """Random digits: like no name that anybody has, or remembers."""
        if self.weak("name-used-again"):
            return 0
        known = {int(name[1]) for name in self.files if name[0] in ("tmp", "sock")} | set(self.sockets)
        known.update(value[2] for value in mentioned(self.state) if value[2] is not None)
        thoughts = [process.closing for process in self.state.processes]
        thoughts += [n for thread in self.state.threads for n in (thread.target, thread.cached)]
        known.update(n for n in thoughts if n is not None)
        return next(n for n in count(100 * self.me.process + 1) if n not in known)


def mentioned(state: State) -> Iterator[Value]:
    yield from (value for name, value in state.files if name[0] in ("lock", "guard"))
    for thread in state.threads:
        yield from (value for value in (thread.value, thread.guard, thread.seen) if value)


def replaced(values: tuple[Any, ...], i: int, value: Any) -> tuple[Any, ...]:
    return (*values[:i], value, *values[i + 1 :])


def settled(state: State, files: Files, sockets: dict[int, Socket]) -> State:
    """A socket that nobody has open, no name leads to and nobody thinks of is gone."""
    kept = {files[name] for name in files if name[0] in ("tmp", "sock")}
    kept.update(n for thread in state.threads for n in (thread.socket, thread.picked))
    kept.update(process.current for process in state.processes)
    left = frozenset((n, socket) for n, socket in sockets.items() if socket.open_in or n in kept)
    return state._replace(files=frozenset(files.items()), sockets=left)


def closed(sockets: dict[int, Socket], process: int, *which: int) -> dict[int, Socket]:
    """Without the descriptors of one process, for these sockets."""
    gone = {n: sockets[n]._replace(open_in=sockets[n].open_in - {process}) for n in which if n in sockets}
    return {**sockets, **gone}
