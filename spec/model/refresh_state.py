"""What a state of refresh.md's protocol is made of."""

from __future__ import annotations

from typing import NamedTuple

SENT, REJECTED, UNKNOWN = "sent", "rejected", "unknown"


class Process(NamedTuple):
    step: str = "read"
    token: int = -1  # the generation that it means to spend, or has spent
    got: int = -1  # the generation that the provider answered with
    then: str = ""  # what follows when its intent is withdrawn
    again: bool = False  # its intent has replaced another, and it may send a token again (`resend`)
    outcome: str = ""

    @property
    def gone(self) -> bool:
        return self.step == "dead"

    @property
    def ended(self) -> bool:
        return self.step in ("dead", "done")


class Intent(NamedTuple):
    name: str
    login: int
    token: int
    maker: int
    state: str = SENT


class Request(NamedTuple):
    """One that the provider has answered, or whose token it has refused."""

    login: int
    token: int
    sender: int


class Budget(NamedTuple):
    crashes: int = 0
    thefts: int = 0  # a lock taken from a living holder: by age, from another container, by hand
    expiries: int = 0
    losses: int = 0  # the provider rotates, and its answer is lost
    refusals: int = 0  # not sent: nothing was consumed
    sign_ins: int = 0  # somebody signs in again, with no lock
    revocations: int = 0  # the provider takes no token any more
    given_up: int = 0  # a refresh function that does not stop when it is told to


class Setting(NamedTuple):
    """A letter of `kinds` is a process: `H` a helper, `R` one with `resend: "if-dead"`, `K` another login's helper, `O`
    OpenClaw before intents. Death of the processes in `unproven` is never conclusive to anybody else."""

    kinds: str
    budget: Budget
    unproven: tuple[int, ...] = ()
    weaknesses: tuple[str, ...] = ()

    def login(self, process: int) -> int:
        return 1 if self.kinds[process] == "K" else 0


class State(NamedTuple):
    processes: tuple[Process, ...]
    budget: Budget
    lock: int  # its holder, or -1
    stored: tuple[int, ...]  # by login
    fresh: tuple[bool, ...]
    accepted: tuple[tuple[int, int], ...] = ()  # (login, token) that the provider would take
    intents: tuple[Intent, ...] = ()
    guards: tuple[tuple[str, int], ...] = ()  # (intent's name, its holder)
    requests: tuple[Request, ...] = ()
    limits: tuple[str, ...] = ()
    broken: str = ""

    def intent(self, name: str) -> Intent | None:
        return next((intent for intent in self.intents if intent.name == name), None)

    def without(self, name: str) -> State:
        return self._replace(intents=tuple(intent for intent in self.intents if intent.name != name))

    def with_intent(self, intent: Intent) -> State:
        others = self.without(intent.name).intents
        return self._replace(intents=tuple(sorted((*others, intent))))

    def spend(self, what: str) -> State:
        return self._replace(budget=self.budget._replace(**{what: getattr(self.budget, what) - 1}))
