"""Processes in different PID namespaces, on different mounts and kernels (places.py)."""

from __future__ import annotations

from configurations import EMPTY_GUARD, EMPTY_LOCK, STOPPED_GUARD, STOPPED_LOCK, STOPPED_MARKER, protocol, weakened
from expectation import HOLDS, STUCK, UNSAFE
from limits import LATE, LATE_CLEANING, NO_HEART, OPENCLAW, PAST_GUARD, SILENT

LOCK_UNPROVEN, GUARD_UNPROVEN, MARKER_UNPROVEN = (
    f"{what} of another namespace, without a witness" for what in ("lock", "guard", "marker")
)
GUARD_BEHIND, GUARD_ABROAD = "guard behind another mount", "guard of another kernel"

# fmt: off
PROTOCOL = [
    protocol("containers, crashes", "HHH", places="abc", was="a", crashes=2),
    protocol("containers, interrupts and crashes", "HHH", places="aab", was="b", interrupts=1, crashes=1),
    protocol("containers, orphaned guard at first", "HHH", places="abc", was="c", start="dead-guard", crashes=2),
    protocol("containers, stopped and woken", "HHH", places="abc", was="c", stops=1, wakes=1, crashes=1, waits=(STOPPED_LOCK, STOPPED_GUARD, STOPPED_MARKER)),
    protocol("host and containers, each with a witness", "HHH", places="hab", was="b", witness="always", crashes=2),
    protocol("host and containers, `auto`: what died on the host waits for the host", "HHH", places="hab", was="b", crashes=2, waits=(LOCK_UNPROVEN, GUARD_UNPROVEN, MARKER_UNPROVEN)),
    protocol("the host needs no witness", "HHH", places="hha", was="b", witness="never"),
    protocol("containers without a witness: never taken", "HH", places="ab", was="a", witness="never", crashes=1, stops=1, wakes=1, waits=(LOCK_UNPROVEN, GUARD_UNPROVEN, STOPPED_LOCK, STOPPED_GUARD)),
    protocol("`trustPids`, alone in the directory", "HHH", places="aaa", was="b", start="dead-guard", witness="never", trusting="a", crashes=1),
    protocol("without `trustPids` the same waits", "HH", places="aa", was="b", witness="never", waits=(LOCK_UNPROVEN,)),
    protocol("`trustPids`, after a reboot", "HHH", places="aaa", was="x", start="dead-guard", trusting="a", crashes=1),
    protocol("another kernel, crashes", "HHH", places="aax", was="x", crashes=2, waits=(GUARD_ABROAD,)),
    protocol("another kernel, stopped and woken", "HHH", places="aax", was="x", stops=1, wakes=1, waits=(STOPPED_LOCK, STOPPED_GUARD), limits=(SILENT, LATE, PAST_GUARD)),
    protocol("another mount, stopped and woken", "HHH", places="aao", was="o", stops=1, wakes=1, crashes=1, waits=(STOPPED_LOCK, STOPPED_GUARD, GUARD_BEHIND), limits=(SILENT, LATE, PAST_GUARD)),
    protocol("another kernel, interrupts", "HHH", places="aax", was="x", interrupts=1, limits=(LATE_CLEANING, LATE, PAST_GUARD)),
    protocol("without hard links, in a container: empty locks stay", "LL", places="aa", was="a", crashes=1, waits=(EMPTY_LOCK, EMPTY_GUARD)),
    protocol("the same with `trustPids`", "LL", places="aa", was="a", trusting="a", crashes=1, waits=(EMPTY_GUARD,)),
    protocol("without hard links, two containers", "LL", places="ab", was="a", crashes=1, waits=(EMPTY_LOCK, EMPTY_GUARD)),
    protocol("without hard links, another kernel", "LLL", places="hhx", was="x", stops=1, wakes=1, waits=(STOPPED_LOCK, STOPPED_GUARD), limits=(SILENT, LATE, PAST_GUARD)),
    protocol("with G3 in another container", "HHF", places="aab", was="a", limits=(OPENCLAW, NO_HEART, LATE, PAST_GUARD)),
]

WEAKENED = [
    weakened("guard-by-silence", "silence breaks a guard", "HH", UNSAFE, places="ax", was="a", stops=1, wakes=1),
    weakened("silence-on-one-kernel", "silence counts on one kernel without a witness", "HH", UNSAFE, places="ab", was="a", witness="never", stops=1),
    weakened("refusal-of-another-mount", "a refusal is believed from another mount", "HH", UNSAFE, places="ao", was="a"),
    weakened("refusal-of-another-boot", "a refusal is believed from another boot", "HH", UNSAFE, places="ax", was="a", witness="always"),
    weakened("witness-of-locks-only", "a guard names no witness", "HH", STUCK, places="ab", was="a", crashes=1, waits=(GUARD_UNPROVEN,)),
    weakened("pid-of-another-namespace", "a pid is looked for in the own namespace only", "HH", UNSAFE, places="ab", was="a"),
    weakened("start-of-another-namespace", "a pid and start time of another namespace count as life", "HH", STUCK, places="ab", was="c"),
    weakened("", "`trustPids`, untruthfully", "HH", UNSAFE, places="ab", was="a", witness="never", trusting="b"),
    weakened("", "`trustPids`, untruthfully, on another kernel", "HH", UNSAFE, places="ax", was="a", trusting="x"),
    weakened("", "`trustPids`, untruthfully, where each has a witness: safe", "HHH", HOLDS, places="abc", was="c", trusting="abc", crashes=2),
]

# Rules that the contract does not have, and what they would buy.
STRONGER = [
    weakened("guard-watched", "stronger: a lock counts only when no guard has been seen since", "HHH", HOLDS, places="aax", was="x", stops=1, wakes=1, waits=(STOPPED_LOCK, STOPPED_GUARD), limits=(SILENT, LATE)),
    weakened("left-overs-beaten", "stronger: what an interrupt left is beaten too", "HHH", HOLDS, places="aax", was="x", interrupts=1),
]

ALL = [*PROTOCOL, *WEAKENED, *STRONGER]
