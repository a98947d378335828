"""Refreshes: who takes part, and what must come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from expectation import HOLDS, UNSAFE, Configuration
from refresh import OPENCLAW, RESENT, UNPROVEN, Refreshes, budget_of
from refresh_state import Setting
from walk import Outcome


@dataclass(frozen=True)
class Refresh(Configuration):
    def result(self, outcome: Outcome[Any]) -> str:
        return super().result(outcome).replace("one holder at most", "one request for each token")


def refresh(name: str, kinds: str, *weaknesses: str, **more: Any) -> Configuration:
    """`more`: fields of Setting, of Budget, of Configuration."""
    budget = budget_of(more)
    expected = {key: more.pop(key) for key in ("expect", "waits", "limits", "deep") if key in more}
    setting = Setting(kinds, budget, weaknesses=weaknesses, **more)
    happens = " ".join(f"{count} {what.replace('_', ' ')}" for what, count in budget._asdict().items() if count)
    who = f"{kinds}, {happens}" if happens else kinds
    return Refresh(f"refresh: {name}", Refreshes(setting), who, **expected)


def weak(weaknesses: str, name: str, kinds: str, expect: str = UNSAFE, **more: Any) -> Configuration:
    return refresh(name, kinds, *weaknesses.split(), expect=expect, **more)


# fmt: off
PROTOCOL: Sequence[Configuration] = [
    refresh("killed anywhere", "HHH", crashes=2, expiries=1),
    refresh("killed, and a lock is lost", "HHH", crashes=1, thefts=1, expiries=1),
    refresh("two locks are lost", "HHH", thefts=2, expiries=1),
    refresh("two logins under one lock", "HHK", crashes=1, thefts=1, expiries=1),
    refresh("an answer is lost, a request is not sent", "HHH", crashes=1, thefts=1, losses=1, refusals=1),
    refresh("somebody signs in meanwhile", "HH", crashes=1, thefts=1, expiries=1, sign_ins=1),
    refresh("the provider has revoked the login", "HHH", crashes=1, thefts=1, expiries=1, revocations=1),
    refresh("`resend`", "RRH", crashes=1, thefts=1, limits=(RESENT,)),
    refresh("`resend`, two deaths", "RRR", crashes=2, thefts=1, limits=(RESENT,)),
    refresh("`resend`, an answer is lost", "RRR", losses=1, thefts=1, refusals=1, limits=(RESENT,)),
    refresh("a maker not known to be dead", "HHH", unproven=(0,), crashes=1, thefts=1, waits=(UNPROVEN,)),
    refresh("a maker not known to be dead, `resend`", "HRR", unproven=(0,), crashes=1, thefts=1, waits=(UNPROVEN,), limits=(RESENT,)),
    refresh("OpenClaw beside it, nobody killed", "HHO", expiries=1),
    refresh("OpenClaw beside it, one killed", "HHO", crashes=1, limits=(OPENCLAW,)),
    refresh("OpenClaw beside it, a lock is lost", "HHO", thefts=1, limits=(OPENCLAW,)),
]

WEAKENED: Sequence[Configuration] = [
    weak("verified-first", "locks verified before the intent", "HHH", thefts=1, expiries=1),
    weak("not-verified", "locks not verified", "HHH", thefts=1, expiries=1),
    weak("store-not-read-again", "locks verified, the store not read again: safe, and a request more", "HHH", HOLDS, crashes=1, thefts=1, expiries=1, sign_ins=1),
    weak("named-after-the-lock replaced-by-rename", "one intent for each lock, an intent of another generation replaced", "HKH", crashes=1),
    weak("replaced-by-rename", "intent published by rename", "HHH", thefts=1, crashes=1),
    weak("cleaned-by-name", "removed by name where publishing failed", "HHH", thefts=1, crashes=1),
    weak("removed-by-name replaced-by-rename", "published by rename and removed by name", "HHH", thefts=1, crashes=1),
    weak("removed-by-name", "removed by name only where it was published: safe", "HHH", HOLDS, crashes=1, thefts=1, expiries=1),
    weak("intent-removed-first", "saved after the intent is removed", "HH", crashes=1),
    weak("saved-over-anything", "saved over whatever is stored", "HH", sign_ins=1),
    weak("rejected-is-removed", "a rejected token's intent is removed", "HH", revocations=1),
    weak("unknown-is-removed", "the intent is removed when the answer is lost", "HH", losses=1),
    weak("living-resent", "`resend` of a living maker", "RR", thefts=1),
    weak("no-guard", "`resend` without a guard", "RRR", thefts=2, crashes=1),
    weak("removed-then-published", "`resend` removes, then publishes", "RHH", crashes=1, losses=1),
    weak("forgotten", "`resend` that sends nothing removes the intent", "RHH", losses=1, refusals=1),
    weak("given-up-is-unknown", "`unknown` while the refresh function still runs", "RR", given_up=1, thefts=1),
]

DEEP: Sequence[Configuration] = [
    refresh("deep: four processes", "HHHH", crashes=2, thefts=2, expiries=1, deep=True),
    refresh("deep: everything with `resend`", "RRR", crashes=2, thefts=2, losses=1, refusals=1, expiries=1, limits=(RESENT,), deep=True),
    refresh("deep: two logins, everything", "HRK", crashes=2, thefts=2, expiries=1, limits=(RESENT,), deep=True),
    weak("no-guard", "deep: `resend` without a guard, four processes", "RRRR", thefts=2, crashes=1, deep=True),
]

ALL: Sequence[Configuration] = [*PROTOCOL, *WEAKENED, *DEEP]
