"""What is explored, and what must come out. A weakness that is found to be safe says so, instead of being left out."""

from __future__ import annotations

from typing import Any

from expectation import HOLDS, STUCK, UNSAFE, Configuration
from state import Budget, Setting

from model import Locks

EMPTY_LOCK, EMPTY_GUARD, EMPTY_MARKER = (f"orphaned {name}: empty" for name in ("lock", "guard", "marker"))
BARE_GUARD = "orphaned guard: directory"
STOPPED_LOCK, STOPPED_GUARD, STOPPED_MARKER = (f"{name} of a stopped process" for name in ("lock", "guard", "marker"))


def protocol(name: str, kinds: str, **more: Any) -> Configuration:
    """`more`: fields of Setting, of Budget, of Configuration."""
    budget = Budget(**{key: more.pop(key) for key in Budget._fields if key in more})
    expected = {key: more.pop(key) for key in ("expect", "waits", "limits", "deep") if key in more}
    setting = Setting(kinds, budget, **more)
    return Configuration(name, Locks(setting), who(setting), **expected)


def weakened(weakness: str, name: str, kinds: str, expect: str, **more: Any) -> Configuration:
    return protocol(name, kinds, expect=expect, weakness=weakness, **more)


def who(setting: Setting) -> str:
    happens = " ".join(f"{count} {what.replace('_', ' ')}" for what, count in setting.budget._asdict().items() if count)
    where = f" in {setting.places}" if setting.places else ""
    return f"{setting.kinds}{where}{f' x{setting.rounds}' if setting.rounds > 1 else ''}{f', {happens}' if happens else ''}"


# fmt: off
PROTOCOL = [
    protocol("helpers, crashes", "HHH", crashes=3),
    protocol("four helpers, crashes", "HHHH", crashes=3),
    protocol("two rounds, crashes", "HHH", rounds=2, crashes=2),
    protocol("no lock at first", "HHH", rounds=2, start="free", crashes=2),
    protocol("orphaned guard at first", "HHH", start="dead-guard", crashes=2),
    protocol("orphaned marker at first", "HHH", start="dead-marker", crashes=2),
    protocol("interrupts", "HHH", interrupts=2),
    protocol("interrupts and crashes", "HHH", interrupts=1, crashes=1),
    protocol("interrupts and crashes, orphaned guard at first", "HH", start="dead-guard", interrupts=2, crashes=1),
    protocol("interrupts and crashes, two rounds", "HHH", rounds=2, interrupts=1, crashes=2),
    protocol("candidates swept at any age", "HHH", candidates=True, crashes=1),
    protocol("candidates swept, interrupts", "HH", candidates=True, interrupts=2, crashes=1),
    protocol("replies lost", "HHH", lost_replies=2, crashes=1),
    protocol("replies lost, candidates, interrupts, orphaned guard at first", "HH", start="dead-guard", candidates=True, lost_replies=2, interrupts=1, crashes=1),
    protocol("one stopped for ever", "HHH", stops=1, crashes=1, waits=(STOPPED_LOCK, STOPPED_GUARD, STOPPED_MARKER)),
    protocol("one stopped for ever, orphaned guard at first", "HH", start="dead-guard", stops=1, crashes=1, waits=(STOPPED_LOCK, STOPPED_GUARD, STOPPED_MARKER)),
    protocol("one interrupted, and never seen again", "HHH", interrupts=1, stops=1, waits=(STOPPED_LOCK, STOPPED_GUARD)),
    protocol("lock removed by hand: the holder loses it", "HHH", hands=2, crashes=1),
    protocol("lock removed by hand, two rounds", "HH", rounds=2, hands=2, crashes=1),
    protocol("with G3, crashes of helpers", "HHF", crashes=2),
    protocol("with two of G3", "HHFF", crashes=1),
    protocol("with G3, two rounds, interrupts", "HF", rounds=2, crashes=1, interrupts=1),
    protocol("with G3, lock removed by hand", "HHF", hands=1, crashes=1),
    protocol("with G3 that crashes: its bare guard stays", "HHF", mortal="HF", crashes=2, waits=(BARE_GUARD,)),
    protocol("with G1, short holds, no dead lock", "HHO", start="free", rounds=2, candidates=True),
    protocol("with G2, no dead lock", "HHG", start="free", rounds=2),
    protocol("without hard links", "LLL"),
    protocol("without hard links, crashes", "LLL", crashes=2, waits=(EMPTY_GUARD, EMPTY_MARKER)),
    protocol("without hard links, no dead lock, crash of one of two", "LL", start="free", crashes=1),
    protocol("without hard links, orphaned guard at first, crashes", "LL", start="dead-guard", crashes=1, waits=(EMPTY_GUARD, EMPTY_MARKER)),
    protocol("without hard links, interrupts", "LLL", interrupts=1),
    protocol("without hard links, interrupts and crashes", "LL", interrupts=2, crashes=1, waits=(EMPTY_GUARD,)),
    protocol("one with hard links, one without", "HL", rounds=2, crashes=1, interrupts=1, waits=(EMPTY_GUARD,)),
    protocol("without hard links, with G3", "LLF", crashes=1, waits=(EMPTY_GUARD,)),
    protocol("without hard links, lock removed by hand", "LL", rounds=2, hands=1),
]

WEAKENED = [
    weakened("no-guard", "the guard is left out", "HH", UNSAFE),
    weakened("not-judged-again", "unlinked without judging again under the guard", "HH", UNSAFE),
    weakened("guard-by-age", "a guard is broken by age", "HH", UNSAFE),
    weakened("break-by-name", "a guard is broken by its name, without a marker", "HH", UNSAFE, start="dead-guard"),
    weakened("break-by-name", "the same, the guard orphaned on the way", "HHH", UNSAFE, crashes=1),
    weakened("marker-by-age", "a marker is broken by age", "HH", UNSAFE, start="dead-guard"),
    weakened("shallow-markers", "a dead breaker's marker is left", "HHH", STUCK, crashes=2),
    weakened("breaker-takes-lock", "the breaker removes the guarded lock too", "HH", UNSAFE, start="dead-guard"),
    weakened("directory-by-age", "G3's bare guard is broken by age", "HF", UNSAFE),
    weakened("release-by-name", "released by name, lock removed by hand before", "HHH", UNSAFE, hands=1),
    weakened("release-by-name", "released by name: safe while nobody else ever removes a live lock", "HHH", HOLDS, crashes=2),
    weakened("candidate-kept", "a candidate is kept for the next attempt, with G1", "HHO", UNSAFE, start="free", candidates=True),
    weakened("candidate-kept", "a candidate is kept, without G1: safe", "HHH", HOLDS, candidates=True, crashes=1),
    weakened("guard-dropped-early", "the guard is dropped before the own publish: safe, but others may come first", "HHH", HOLDS, crashes=2),
    weakened("guard-ignored", "published past a guard: safe, the guard only keeps removers apart", "HHH", HOLDS, crashes=2),
    weakened("cleaned-by-name", "after an interrupt cleaned by name", "HH", UNSAFE, interrupts=1),
    weakened("nothing-cleaned", "after an interrupt nothing is cleaned", "HH", STUCK, interrupts=1),
    weakened("reply-believed", "EEXIST is believed though the bytes are our own", "HH", STUCK, lost_replies=1),
    weakened("sweep-believed", "ENOENT is believed though our bytes are at the lock path", "HH", STUCK, candidates=True, lost_replies=1),
    weakened("empty-by-age", "no hard links: an empty lock is taken by age alone", "LL", UNSAFE),
    weakened("cleaned-by-bytes", "no hard links: unwritten files are forgotten after an interrupt", "LL", STUCK, interrupts=1),
    weakened("descriptor-closed", "no hard links: descriptor closed before the unwritten lock is cleaned", "LL", UNSAFE, start="free", interrupts=1),
]

KNOWN_LIMITS = [
    weakened("", "known limit: G2 removes by name what it judged before", "HG", UNSAFE),
    weakened("", "known limit: G1 does the same", "HO", UNSAFE),
]

DEEP = [
    protocol("deep: everything at once", "HHH", candidates=True, crashes=1, interrupts=1, stops=1, waits=(STOPPED_LOCK, STOPPED_GUARD, STOPPED_MARKER), deep=True),
    protocol("deep: four helpers, interrupts and crashes", "HHHH", interrupts=1, crashes=1, deep=True),
    protocol("deep: four helpers, orphaned guard at first", "HHHH", start="dead-guard", crashes=2, deep=True),
    protocol("deep: three helpers and G3", "HHHF", crashes=2, deep=True),
    protocol("deep: three rounds", "HHH", rounds=3, crashes=2, interrupts=1, deep=True),
    protocol("deep: no hard links, orphaned guard at first", "LLL", start="dead-guard", crashes=2, interrupts=1, waits=(EMPTY_GUARD, EMPTY_MARKER), deep=True),
]

ALL = [*PROTOCOL, *WEAKENED, *KNOWN_LIMITS, *DEEP]
