"""One line of the result: what is explored, and what must come out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from walk import Outcome, World

HOLDS, UNSAFE, STUCK = "holds", "unsafe", "stuck"


@dataclass(frozen=True)
class Configuration:
    """`expect` is HOLDS, or UNSAFE (two holders, or a live holder's lock removed), or STUCK (safe, and somebody waits
    for ever, or something stays for ever: because of `waits`, or for no reason that the model knows). Where it HOLDS,
    `waits` are the declared reasons to wait, and `limits` the declared ways to lose a lock; each must really occur,
    and no other may."""

    name: str
    world: World[Any]
    who: str
    expect: str = HOLDS
    waits: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    deep: bool = False

    def met(self, outcome: Outcome[Any]) -> bool:
        if self.expect == UNSAFE:
            return bool(outcome.violation)
        if outcome.violation or set(outcome.limits) != set(self.limits):
            return False
        if self.expect == STUCK:
            return set(self.waits or ("",)) <= set(outcome.waiting)
        return set(outcome.waiting) == set(self.waits)

    def result(self, outcome: Outcome[Any]) -> str:
        said = "fails as it must: " if self.expect != HOLDS else ""
        if outcome.violation:
            return f"{said}{outcome.violation} after {len(outcome.trace) - 1} steps"
        known = "".join(f"; known limit: {what} ({count} states)" for what, count in sorted(outcome.limits.items()))
        if not outcome.waiting:
            return f"one holder at most, everybody finishes{known}"
        reasons = ", ".join(f"{why or 'no reason'} ({count} states)" for why, count in sorted(outcome.waiting.items()))
        away = len(outcome.trace) - 1
        return f"{said}one holder at most; some wait for ever, {away} steps away, because of {reasons}{known}"
