"""The life of a witness: who takes part, and what must come out."""

from __future__ import annotations

from typing import Any

from expectation import HOLDS, STUCK, UNSAFE, Configuration
from witness_state import Budget, Setting
from witness_world import Witnesses

NO_WITNESS, NAME_GONE, ANOTHERS = (
    "lock without a witness",
    "lock whose witness's name is gone",
    "lock whose witness another has open",
)
GUARD_NAME_GONE = "guard whose witness's name is gone"
STOPPED = tuple(f"{what} of a stopped process" for what in ("lock", "guard", "sock", "tmp"))


def life(name: str, kinds: str, *weaknesses: str, **more: Any) -> Configuration:
    """`more`: fields of Setting, of Budget, of Configuration."""
    budget = Budget(**{key: more.pop(key) for key in Budget._fields if key in more})
    expected = {key: more.pop(key) for key in ("expect", "waits", "deep") if key in more}
    takers = tuple((process, "a") for process, kind in enumerate(kinds) if kind != "f")
    setting = Setting(kinds, budget, more.pop("threads", takers), weaknesses=weaknesses, **more)
    return Configuration(f"witness: {name}", Witnesses(setting), who(setting), **expected)


def weak(weakness: str, name: str, kinds: str, expect: str, **more: Any) -> Configuration:
    return life(name, kinds, *weakness.split(), expect=expect, **more)


def who(setting: Setting) -> str:
    happens = " ".join(
        f"{count} {what}" for what, count in setting.budget._asdict().items() if count and what != "births"
    )
    threads = f" with {len(setting.threads)} threads" if len(setting.threads) > len(setting.kinds) else ""
    return f"{setting.kinds}{threads}{f' x{setting.rounds}' if setting.rounds > 1 else ''}{f', {happens}' if happens else ''}"


TWO = ((0, "a"), (0, "b"), (1, "ab"))  # two threads and two locks in one process

# fmt: off
PROTOCOL = [
    life("crashes", "HHV", crashes=2),
    life("used again, crashes", "HV", rounds=3, crashes=1),
    life("its name unlinked before it is closed", "HHV", unlinked_first=True, crashes=1),
    life("shared by two threads and two locks", "HV", threads=TWO, crashes=1),
    life("interrupts and a crash", "HV", interrupts=2, crashes=1),
    life("two helpers, interrupts", "HHV", interrupts=1),
    life("shared, interrupts", "HV", threads=TWO, interrupts=1),
    life("the program ends while it holds", "HHV", exits=1, crashes=1),
    life("stopped for ever", "HHV", stops=1, crashes=1, waits=STOPPED),
    life("a fork, idle", "HfV", crashes=1, rounds=2),
    life("a fork that takes locks itself", "HgV", crashes=1),
    life("a fork, stopped before it has closed it", "HgV", stops=1, crashes=1, waits=(*STOPPED, ANOTHERS)),
    life("a fork that keeps it, its backlog full", "HfP", "fork-keeps", full=True, crashes=1, waits=(ANOTHERS,)),
    life("restarted", "HrV", crashes=1, rounds=2),
    life("somebody removes its name", "HV", cleaners=1, crashes=1, rounds=2, waits=(NAME_GONE,)),
    life("swept in the making, and done without", "HV", unfinished_swept=True, crashes=1, waits=(NO_WITNESS,)),
    life("swept in the making, and made again", "HHV", unfinished_swept=True, made_again=True, crashes=1),
    life("contender on another mount", "HM", crashes=1, waits=("lock behind another mount", NAME_GONE)),
    life("contender on another kernel", "HB", crashes=1, waits=("lock of another kernel", NAME_GONE)),
    life("swept from another mount, just before it is named", "HVM", crashes=1, waits=(NAME_GONE,)),
]

WEAKENED = [
    weak("final-name-first", "bound under its final name, and swept", "HV", STUCK, crashes=1, waits=(NAME_GONE,)),
    weak("final-name-first used-unfinished", "bound under its final name, and used before it listens", "HV", UNSAFE, threads=TWO),
    weak("used-unfinished", "used before it has its name", "HV", STUCK, threads=TWO, crashes=1, waits=(NAME_GONE,)),
    weak("published-first absence-is-death", "published first, and absence is death", "HV", UNSAFE),
    weak("published-first", "published first", "HV", STUCK, crashes=1, waits=(NAME_GONE,)),
    weak("absence-is-death", "absence is death, and somebody removes its name", "HV", UNSAFE, cleaners=1),
    weak("absence-is-death", "absence is death: safe while nobody else removes names", "HHV", HOLDS, crashes=1),
    weak("refusal-believed", "a refusal is believed from another mount", "HM", UNSAFE),
    weak("refusal-believed", "a refusal is believed from another boot", "HB", UNSAFE),
    weak("full-is-dead", "a full backlog is death", "HV", UNSAFE, full=True),
    weak("unseen-is-dead", "a peer whose pid is not visible is dead", "HV", UNSAFE),
    weak("other-clock", "the peer's start time compared across time namespaces", "HV", UNSAFE),
    weak("closed-at-release", "closed at the first of two releases", "HV", UNSAFE, threads=TWO),
    weak("closed-before-unlink", "closed before its lock is unlinked", "HV", UNSAFE),
    weak("counted-late", "evicted while another thread is about to publish", "HV", UNSAFE, threads=TWO),
    weak("counted-late", "the same, its name unlinked before it is closed", "HV", STUCK, threads=TWO, unlinked_first=True, crashes=1, waits=(NAME_GONE,)),
    weak("left-over-unwitnessed", "closed although an interrupt has left a lock", "HV", UNSAFE, interrupts=1),
    weak("exit-unlinks", "unlinked at exit although a lock names it", "HV", STUCK, exits=1, waits=(NAME_GONE,)),
    weak("named-swept", "a named one is swept", "HV", STUCK, crashes=1, waits=(NAME_GONE,)),
    weak("guards-overlooked", "one is swept that a guard names", "HHV", STUCK, crashes=2, waits=(GUARD_NAME_GONE,)),
    weak("names-first", "names are read before it is asked, then swept", "HV", STUCK, crashes=1, waits=(NAME_GONE,)),
    weak("fork-keeps", "a fork keeps it, its maker is not asked for", "HfV", STUCK, crashes=1, waits=(ANOTHERS,)),
    weak("fork-keeps", "a fork keeps it, its maker is asked for", "HfP", HOLDS, crashes=1),
    weak("fork-uses-closed", "a fork goes on with its parent's, closed", "HgV", UNSAFE, crashes=1),
    weak("fork-uses-open", "a fork goes on with its parent's, open; its maker is asked for", "HgP", UNSAFE, crashes=1),
    weak("primarys", "it belongs to the primary of a cluster", "HHV", UNSAFE, crashes=1),
    weak("name-used-again refusal-kept-by-name", "its name is used again, and a refusal kept for the name", "HrV", UNSAFE, crashes=1, rounds=2),
    weak("name-used-again", "its name is used again", "HrV", STUCK, crashes=1, waits=(ANOTHERS,)),
    weak("refusal-kept-by-name", "a refusal is kept for the name: safe while names are fresh", "HrV", HOLDS, crashes=1),
    weak("bytes-not-compared", "a refusal is kept, and the bytes are not compared under the guard", "HHV", UNSAFE, crashes=1),
    weak("asked-again", "asked again under the guard: safe, and needless", "HHV", HOLDS, crashes=1),
    weak("swept-where-believed", "swept only where a refusal counts", "HVM", HOLDS, crashes=1),
]

DEEP = [
    life("deep: used again, crashes", "HHV", rounds=2, crashes=2, deep=True),
    life("deep: shared, two rounds", "HV", threads=TWO, rounds=2, crashes=1, deep=True),
    life("deep: the program ends while it holds, two rounds", "HHV", exits=1, crashes=1, rounds=2, deep=True),
    life("deep: two helpers, interrupts and a crash", "HHV", interrupts=1, crashes=1, deep=True),
    life("deep: shared, interrupts and a crash", "HV", threads=TWO, interrupts=1, crashes=1, deep=True),
    life("deep: two visitors", "HHVV", crashes=2, deep=True),
    life("deep: a fork, interrupts and a crash", "HgV", interrupts=1, crashes=1, deep=True),
    life("deep: restarted, two rounds, interrupts", "HrV", rounds=2, interrupts=1, crashes=1, deep=True),
    life("deep: a fork of two threads", "HgV", threads=((0, "a"), (0, "b"), (1, "a"), (2, "ab")), crashes=1, deep=True),
]

ALL = [*PROTOCOL, *WEAKENED, *DEEP]
