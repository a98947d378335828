"""refresh.md, step by step: processes that refresh one or two logins of one store, whose lock may be lost at any time.

A run fails when a token is sent twice, but for the limits that are declared, or when a credential that is newer than
the one that was sent is written over. What a wait's deadline does, what the margin saves (REFRESH-2), and providers
that do not rotate are not here. A save is one step: what may come between its last check and its rename is store.md's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from refresh_state import REJECTED, SENT, UNKNOWN, Budget, Intent, Process, Request, Setting, State

OPENCLAW = "OpenClaw knows no intents"
RESENT = "sent again after its maker's death, as the caller asked"
UNPROVEN = "intent of a maker not known to be dead"
SIGNED_IN = 10  # a token of another sign-in, which the provider knows beside the first


class Refreshes:
    """World[State]."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def initial(self) -> State:
        logins = 2 if "K" in self.setting.kinds else 1
        return State(
            processes=(Process(),) * len(self.setting.kinds),
            budget=self.setting.budget,
            lock=-1,
            stored=(0,) * logins,
            fresh=(False,) * logins,
            accepted=tuple((login, 0) for login in range(logins)),
        )

    def steps(self, state: State) -> Iterator[State]:
        for i, process in enumerate(state.processes):
            if not process.ended:
                yield from Step(self.setting, state, i).all()

    def misfortunes(self, state: State) -> Iterator[State]:
        budget = state.budget
        if budget.crashes:
            for i, process in enumerate(state.processes):
                if not process.gone and (process.step != "done" or any(intent.maker == i for intent in state.intents)):
                    yield replaced(state.spend("crashes"), i, process._replace(step="dead"))
        if budget.thefts and state.lock != -1:
            yield state.spend("thefts")._replace(lock=-1)
        if budget.revocations:
            yield state.spend("revocations")._replace(accepted=())
        for login, fresh in enumerate(state.fresh):
            if budget.expiries and fresh:
                yield state.spend("expiries")._replace(fresh=put(state.fresh, login, False))
            if budget.sign_ins:
                token = SIGNED_IN * (1 + state.stored[login] // SIGNED_IN)
                signed_in = state.spend("sign_ins")._replace(stored=put(state.stored, login, token))
                yield signed_in._replace(
                    fresh=put(state.fresh, login, True), accepted=(*signed_in.accepted, (login, token))
                )

    def violation(self, state: State) -> str:
        return state.broken

    def limits(self, state: State) -> tuple[str, ...]:
        return state.limits

    def finished(self, state: State) -> bool:
        return all(process.ended for process in state.processes)

    def obstacle(self, state: State) -> str:
        makers = [intent.maker for intent in state.intents if intent.state == SENT]
        return (
            UNPROVEN if any(maker in self.setting.unproven and state.processes[maker].gone for maker in makers) else ""
        )

    def line(self, state: State) -> str:
        each = ", ".join(
            f"{kind}{i} {process.outcome or process.step}"
            for i, (kind, process) in enumerate(zip(self.setting.kinds, state.processes, strict=True))
        )
        intents = ", ".join(f"{intent.name} {intent.state} by {intent.maker}" for intent in state.intents)
        requests = ", ".join(f"{request.login}:{request.token} by {request.sender}" for request in state.requests)
        return f"{each}; lock {state.lock}; stored {state.stored}; intents [{intents}]; requests [{requests}]"


class Step:
    """What one process may do next."""

    def __init__(self, setting: Setting, state: State, i: int) -> None:
        self.setting, self.state, self.i = setting, state, i
        self.process, self.kind, self.login = state.processes[i], setting.kinds[i], setting.login(i)

    def weak(self, weakness: str) -> bool:
        return weakness in self.setting.weaknesses

    @property
    def name(self) -> str:
        return "intent" if self.weak("named-after-the-lock") else f"{self.login}:{self.process.token}"

    @property
    def in_store(self) -> bool:
        return self.state.stored[self.login] == self.process.token

    def dead(self, maker: int) -> bool:
        """Conclusively."""
        return self.state.processes[maker].gone and maker not in self.setting.unproven

    def found(self) -> Intent | None:
        """The intent of this generation."""
        intent = self.state.intent(self.name)
        return intent if intent and intent[1:3] == (self.login, self.process.token) else None

    def go(self, step: str, state: State | None = None, **changes: Any) -> State:
        return replaced(state or self.state, self.i, self.process._replace(step=step, **changes))

    def released(self, state: State | None = None) -> State:
        state = state or self.state
        return state._replace(lock=-1) if state.lock == self.i else state

    def end(self, outcome: str, state: State | None = None) -> State:
        return replaced(self.released(state), self.i, Process(step="done", outcome=outcome))

    def all(self) -> Iterator[State]:
        yield from getattr(self, self.process.step.replace("-", "_"))()

    # --- before the intent ---

    def read(self) -> Iterator[State]:
        yield self.end("fresh") if self.state.fresh[self.login] else self.go("take", token=-1)

    def take(self) -> Iterator[State]:
        if self.state.fresh[self.login]:
            yield self.end("adopted")
        elif self.is_free():
            yield self.go("reread", self.state._replace(lock=self.i))

    def is_free(self) -> bool:
        lock = self.state.lock
        return lock in (-1, self.i) or self.state.processes[lock].ended

    def reread(self) -> Iterator[State]:
        if self.state.fresh[self.login]:
            yield self.end("adopted")
        else:
            yield self.go("post" if self.kind == "O" else "look", token=self.state.stored[self.login])

    def look(self) -> Iterator[State]:
        intent = self.found()
        if intent is None:
            yield self.go("verify" if self.weak("verified-first") else "intend")
        elif self.may_replace(intent):
            yield self.go("replace" if self.weak("no-guard") else "guard")
        elif intent.state == SENT and not self.dead(intent.maker):
            yield self.go("wait", self.released())
        else:
            yield self.end(f"refused, {intent.state}")

    def may_replace(self, intent: Intent) -> bool:
        is_over = self.dead(intent.maker) or intent.state == UNKNOWN or self.weak("living-resent")
        return self.kind == "R" and is_over

    def wait(self) -> Iterator[State]:
        intent = self.found()
        if intent is None or intent.state != SENT or self.dead(intent.maker) or not self.in_store:
            yield self.go("read", token=-1)

    # --- resend: the own intent replaces the other, under its guard ---

    def guard(self) -> Iterator[State]:
        holder = dict(self.state.guards).get(self.name, -1)
        if holder == -1 or self.state.processes[holder].gone:
            others = tuple(guard for guard in self.state.guards if guard[0] != self.name)
            yield self.go("judge", self.state._replace(guards=(*others, (self.name, self.i))))

    def judge(self) -> Iterator[State]:
        intent = self.found()
        if intent and self.may_replace(intent):
            yield self.go("replace")
        else:
            yield self.go("look", self.unguarded())

    def replace(self) -> Iterator[State]:
        """By rename. Removed and then published, nothing would say in between that the token has been sent."""
        if self.weak("removed-then-published"):
            after = self.state.without(self.name)
        else:
            after = self.state.with_intent(Intent(self.name, self.login, self.process.token, self.i))
        yield self.go("unguard", after, again=True)

    def unguard(self) -> Iterator[State]:
        yield self.go("intend" if self.weak("removed-then-published") else "verify", self.unguarded())

    def unguarded(self) -> State:
        kept = tuple(guard for guard in self.state.guards if guard != (self.name, self.i))
        return self.state._replace(guards=kept)

    # --- the flight ---

    def intend(self) -> Iterator[State]:
        if self.state.intent(self.name) and not self.weak("replaced-by-rename"):
            if self.weak("cleaned-by-name"):
                yield self.go("look", self.state.without(self.name))
            else:
                yield self.go("look")
        else:
            made = self.state.with_intent(Intent(self.name, self.login, self.process.token, self.i))
            yield self.go("post" if self.weak("verified-first") else "verify", made)

    def verify(self) -> Iterator[State]:
        is_held = self.state.lock == self.i and (self.in_store or self.weak("store-not-read-again"))
        if is_held or self.weak("not-verified"):
            yield self.go("intend" if self.weak("verified-first") else "post")
        elif self.weak("verified-first"):
            yield self.go("read", self.released())
        else:
            yield self.go("withdraw", then="read")

    def post(self) -> Iterator[State]:
        if self.kind != "O":
            if self.state.budget.refusals:
                yield self.go("withdraw", self.state.spend("refusals"), then="not sent")
            if self.state.budget.given_up and self.weak("given-up-is-unknown"):
                yield self.go("late", self.marked(UNKNOWN, self.state.spend("given_up")))
        yield from self.sends()

    def late(self) -> Iterator[State]:
        """The call has returned; the refresh function runs on."""
        yield from self.sends()

    def sends(self) -> Iterator[State]:
        sent = self.requested()
        token = (self.login, self.process.token)
        if token not in sent.accepted:
            yield self.end("rejected", sent) if self.kind == "O" else self.go("mark", sent, then=REJECTED)
            return
        accepted = tuple(sorted({*sent.accepted, (self.login, token[1] + 1)} - {token}))
        rotated = sent._replace(accepted=accepted)
        yield self.go("retake", rotated, got=token[1] + 1)
        if self.state.budget.losses and self.kind != "O":
            yield self.go("mark", rotated.spend("losses"), then=UNKNOWN)

    def requested(self) -> State:
        """The state after the request, with what it breaks."""
        state, token = self.state, self.process.token
        before = [each.sender for each in state.requests if each[:2] == (self.login, token)]
        after = state._replace(requests=tuple(sorted((*state.requests, Request(self.login, token, self.i)))))
        if not before:
            return after
        if self.kind == "O" or any(self.setting.kinds[sender] == "O" for sender in before):
            return limited(after, OPENCLAW)
        # Who has ended will send nothing more: the caller of `resend` takes no other risk than that of a lost answer.
        if self.process.again and all(state.processes[sender].ended for sender in before):
            return limited(after, RESENT)
        return after._replace(broken="a token is sent twice")

    def mark(self) -> Iterator[State]:
        """The outcome goes into the own intent, by rename. Nobody else touches it while its maker lives."""
        then = self.process.then
        if self.weak(f"{then}-is-removed"):
            yield self.go("withdraw")
        else:
            yield self.end(then, self.marked(then, self.state))

    def marked(self, how: str, state: State) -> State:
        intent = state.intent(self.name)
        return state.with_intent(intent._replace(state=how)) if intent and intent.maker == self.i else state

    def retake(self) -> Iterator[State]:
        if self.is_free():
            state = self.state._replace(lock=self.i)
            yield self.go("clear" if self.weak("intent-removed-first") else "save", state)

    def save(self) -> Iterator[State]:
        """OpenClaw does not look at what is stored by now."""
        is_ours = self.state.lock == self.i
        if not is_ours and self.kind != "O":
            yield self.go("retake")
            return
        after = self.state
        if self.in_store or self.kind == "O" or self.weak("saved-over-anything"):
            if not self.in_store:
                broken = "a newer credential is written over"
                after = limited(after, OPENCLAW) if self.kind == "O" else after._replace(broken=broken)
            after = after._replace(
                stored=put(after.stored, self.login, self.process.got), fresh=put(after.fresh, self.login, True)
            )
        if self.kind == "O" or self.weak("intent-removed-first"):
            yield self.end("refreshed", after)
        else:
            yield self.go("clear", after)

    def clear(self) -> Iterator[State]:
        yield self.go("withdraw", then="save" if self.weak("intent-removed-first") else "refreshed")

    # --- the own intent is removed: compared, then unlinked by name ---

    def withdraw(self) -> Iterator[State]:
        intent = self.state.intent(self.name)
        is_own = intent is not None and intent.maker == self.i
        yield self.go("unlink" if is_own or self.weak("removed-by-name") else "withdrawn")

    def unlink(self) -> Iterator[State]:
        """What has replaced another goes back to `unknown`: it was sent before, if not by this process."""
        if self.process.again and self.process.then != "refreshed" and not self.weak("forgotten"):
            yield self.go("withdrawn", self.marked(UNKNOWN, self.state))
        else:
            yield self.go("withdrawn", self.state.without(self.name))

    def withdrawn(self) -> Iterator[State]:
        then = self.process.then
        if then == "save":
            yield self.go("save", then="")
        elif then == "read":
            yield replaced(self.released(), self.i, Process())
        else:
            yield self.end(then)


def replaced(state: State, i: int, process: Process) -> State:
    return state._replace(processes=(*state.processes[:i], process, *state.processes[i + 1 :]))


def put(values: tuple[Any, ...], index: int, value: Any) -> tuple[Any, ...]:
    return (*values[:index], value, *values[index + 1 :])


def limited(state: State, limit: str) -> State:
    return state._replace(limits=tuple(sorted({*state.limits, limit})))


def budget_of(options: dict[str, Any]) -> Budget:
    """Takes the fields of Budget out of `options`."""
    return Budget(**{key: options.pop(key) for key in Budget._fields if key in options})
