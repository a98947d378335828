"""Cases of `verdict.json`: a lock on a fake system, and the answer. Every expectation is written by hand."""

# One case a line.
# fmt: off

from __future__ import annotations

import json
from typing import Any

from fake_system import (
    BOOT,
    CONTAINER,
    DEV,
    INITIAL,
    INO,
    LOCK,
    NOW,
    OTHER_BOOT,
    OTHER_CONTAINER,
    OTHER_DEVICE,
    OTHER_FILE,
    OTHER_TIME,
    TIME,
    WITNESS,
    Elsewhere,
    Linux,
    container,
    darwin,
    foreign_proc,
    hidepid,
    win32,
)

CASES: list[dict[str, Any]] = []
STALE = 30000
OLD, YOUNG = 40000, 5000  # quietMs on either side of `stale`

Lock = dict[str, Any]
System = Linux | Elsewhere


def case(
    name: str,
    rule: str,
    lock: Lock,
    system: System,
    verdict: str,
    reason: str,
    final: bool = False,
    stale: int = STALE,
    trust: bool = False,
) -> None:
    expect = {"verdict": verdict, "reason": reason, "conclusive": final}
    policy = {"staleMs": stale} | ({"trustPids": True} if trust else {})
    CASES.append({"name": name, "rule": rule, "lock": lock, "system": system.build(), **policy, "expect": expect})


def raw(text: str, quiet: int = OLD, dev: str = DEV, ino: str = INO) -> Lock:
    return {"kind": "regular", "text": text, "quietMs": quiet, "dev": dev, "ino": ino}


def other(kind: str, quiet: int = OLD) -> Lock:
    return {"kind": kind, "quietMs": quiet, "dev": DEV, "ino": INO}


def openclaw(pid: object, start: object = None, quiet: int = OLD, created: str | None = "2026-11-21T09:59:00.000Z") -> Lock:
    """A lock of OpenClaw: no domain."""
    payload = {"pid": pid, "createdAt": created, "starttime": start}
    return raw(json.dumps({key: value for key, value in payload.items() if value is not None}, indent=2) + "\n", quiet)


def ours(pid: int, start: int | None, quiet: int = YOUNG, **changes: object) -> Lock:
    """A lock of this contract, made on the contender's own machine and in the initial PID namespace unless changed."""
    payload = {
        "pid": pid,
        "createdAt": "2026-11-21T09:59:55.000Z",
        "starttime": start,
        "protocol": 1,
        "token": "00112233445566778899aabbccddeeff",
        "platform": "linux",
        "bootId": BOOT,
        "pidNamespace": INITIAL,
        "timeNamespace": TIME,
        "dev": DEV,
        "host": "workstation",
        "heartbeatMs": 10000,
        "helper": "python/1.2.0",
    } | changes
    return raw(json.dumps({key: value for key, value in payload.items() if value is not None}, indent=2) + "\n", quiet)


def silent(lock: Lock, ms: int | None = None) -> Lock:
    """The same lock, watched for long enough (VERDICT-12)."""
    return lock | {"silentMs": lock["quietMs"] if ms is None else ms}


def elsewhere(platform: str, pid: int, start: int | None, quiet: int = YOUNG) -> Lock:
    """A lock of this contract from a platform that has no boot id and no namespaces."""
    return ours(pid, start, quiet, platform=platform, bootId=None, pidNamespace=None, timeNamespace=None)


def mac(pid: int, start: int | None, quiet: int = YOUNG) -> Lock:
    return elsewhere("darwin", pid, start, quiet)


def windows(pid: int, start: int | None, quiet: int = YOUNG) -> Lock:
    return elsewhere("win32", pid, start, quiet)


# --- rows 1 and 2: not a lock at all ---
for kind in ("directory", "symlink", "fifo", "socket", "device"):
    case(f"{kind} at the lock path", "VERDICT-11", other(kind), Linux(), "foreign", "not-regular")
case("directory on macOS", "VERDICT-11", other("directory", 0), darwin(), "foreign", "not-regular")
OVERSIZED = {"kind": "regular", "repeat": {"prefix": '{"pid":77}', "unit": " ", "times": 65527}, "quietMs": OLD, "dev": DEV, "ino": INO}
FULL = OVERSIZED | {"repeat": {"prefix": '{"pid":77}', "unit": " ", "times": 65526}}
case("65537 bytes, its pid gone", "VERDICT-11", OVERSIZED, Linux(), "foreign", "oversized")
case("65537 bytes, macOS", "VERDICT-11", OVERSIZED, darwin(), "foreign", "oversized")
case("65536 bytes, its pid gone", "VERDICT-11", FULL, Linux(), "stale", "nobody-in-any-namespace")

# --- rows 3 to 6: empty ---
EMPTY = raw("")
HELD_BY_FLOCK = "1: FLOCK  ADVISORY  WRITE 88 08:01:131142 0 EOF"
case("empty, old, nobody has it", "VERDICT-9", EMPTY, Linux(), "stale", "empty-abandoned")
case("empty, exactly stale", "VERDICT-9", raw("", 30000), Linux(), "stale", "empty-abandoned")
case("empty, one ms short of stale", "VERDICT-9", raw("", 29999), Linux(), "foreign", "empty")
case("empty, 2000 ms", "VERDICT-9", raw("", 2000), Linux(), "foreign", "empty")
case("empty, 1999 ms", "VERDICT-9", raw("", 1999), Linux(), "being-written", "empty-young")
case("empty, new", "VERDICT-9", raw("", 0), Linux(), "being-written", "empty-young")
case("empty, stale is 180 s, 179999 ms", "VERDICT-9", raw("", 179999), Linux(), "foreign", "empty", stale=180000)
case("empty, stale is 180 s, 180000 ms", "VERDICT-9", raw("", 180000), Linux(), "stale", "empty-abandoned", stale=180000)
case("empty, stale is 0: young all the same", "VERDICT-9", raw("", 1999), Linux(), "being-written", "empty-young", stale=0)
case("empty, an open descriptor", "VERDICT-9", EMPTY, Linux().process(88, 9000, descriptors=[OTHER_FILE, LOCK]), "foreign", "empty")
case("empty, an open descriptor of our own", "VERDICT-9", EMPTY, Linux().process(500, 490000, descriptors=[LOCK]), "foreign", "empty")
case("empty, an open descriptor on the same inode of another device", "VERDICT-9", EMPTY, Linux().process(88, 9000, descriptors=[OTHER_DEVICE]), "stale", "empty-abandoned")
case("empty, descriptors of a stranger unreadable: passed over", "VERDICT-9", EMPTY, Linux().process(88, 9000).error("/proc/88/fd", "EACCES"), "stale", "empty-abandoned")
case("empty, one descriptor of a stranger unreadable, a later one open", "VERDICT-9", EMPTY, Linux().process(88, 9000, descriptors=[{"error": "EACCES"}, LOCK]), "foreign", "empty")
case("empty, flock held", "VERDICT-9", EMPTY, Linux().locks(HELD_BY_FLOCK), "foreign", "empty-kernel-locked")
case("empty, new, flock held", "VERDICT-9", raw("", 0), Linux().locks(HELD_BY_FLOCK), "foreign", "empty-kernel-locked")
for line in (
    "2: POSIX  ADVISORY  WRITE 88 08:01:131142 0 EOF",
    "3: POSIX  ADVISORY  READ  88 08:01:131142 100 109",
    "4: OFDLCK ADVISORY  WRITE -1 08:01:131142 0 EOF",
    "5: LEASE  ACTIVE    READ  88 08:01:131142 0 EOF",
    "6: FLOCK  ADVISORY  READ  0 08:01:131142 0 EOF",
    "7: -> FLOCK  ADVISORY  WRITE 89 08:01:131142 0 EOF",
    "8:    -> POSIX  ADVISORY  WRITE 89 08:01:131142 0 EOF",
    "1234: FLOCK  MSNFS     WRITE 88 08:01:131142 0 EOF",
):
    case(f"empty, kernel lock: {line.split(':', 1)[1].strip()}", "VERDICT-9", EMPTY, Linux().locks(line), "foreign", "empty-kernel-locked")
case(
    "empty, kernel lock: ours is the last of many",
    "VERDICT-9",
    EMPTY,
    Linux().locks("1: POSIX  ADVISORY  WRITE 44 00:19:11 0 EOF", "2: FLOCK  ADVISORY  WRITE 45 08:01:99 0 EOF", "2: -> FLOCK  ADVISORY  WRITE 46 08:01:99 0 EOF", "3: FLOCK  ADVISORY  WRITE 88 08:01:131142 0 EOF"),
    "foreign",
    "empty-kernel-locked",
)
for line in (
    "1: FLOCK  ADVISORY  WRITE 88 08:01:13114 0 EOF",
    "1: FLOCK  ADVISORY  WRITE 88 08:01:1311423 0 EOF",
    "1: FLOCK  ADVISORY  WRITE 88 08:02:131142 0 EOF",
    "1: FLOCK  ADVISORY  WRITE 88 18:01:131142 0 EOF",
    "1: POSIX  ADVISORY  WRITE 88 00:19:7 131142 131142",
    "1: POSIX  ADVISORY  WRITE 131142 00:19:7 0 EOF",
    "1: POSIX  ADVISORY  WRITE 88 <none>:0 0 EOF",
    "1: POSIX  *NOINODE* WRITE 88 <none>:0 0 EOF",
):
    case(f"empty, somebody else's kernel lock: {line[3:]}", "VERDICT-9", EMPTY, Linux().locks(line), "stale", "empty-abandoned")
for dev, spelled in (("8", "00:08"), ("44", "00:2c"), ("66307", "103:03"), ("1113388", "fd:12c")):
    case(f"empty, device {dev} is {spelled}", "VERDICT-9", raw("", OLD, dev), Linux().locks(f"1: FLOCK  ADVISORY  WRITE 88 {spelled}:131142 0 EOF"), "foreign", "empty-kernel-locked")
case("empty, device numbers are hexadecimal", "VERDICT-9", raw("", OLD, "16"), Linux().locks("1: FLOCK  ADVISORY  WRITE 88 00:16:131142 0 EOF"), "stale", "empty-abandoned")
case("empty, /proc/locks unreadable", "VERDICT-9", EMPTY, Linux().error("/proc/locks", "EACCES"), "foreign", "empty")
case("empty, no /proc/locks", "VERDICT-9", EMPTY, Linux().without("/proc/locks"), "foreign", "empty")
case("empty, in a container: nothing is held here, but here is not everywhere", "VERDICT-9", EMPTY, container(), "foreign", "empty")
case("empty, in a container, flock held there", "VERDICT-9", EMPTY, container().locks(HELD_BY_FLOCK), "foreign", "empty-kernel-locked")
case("empty, in a container that shares with nobody", "VERDICT-13", EMPTY, container(), "stale", "empty-abandoned", trust=True)
case("empty, in a container that shares with nobody, flock held", "VERDICT-13", EMPTY, container().locks(HELD_BY_FLOCK), "foreign", "empty-kernel-locked", trust=True)
case("empty, in a container that shares with nobody, an open descriptor", "VERDICT-13", EMPTY, container().process(88, 9000, descriptors=[LOCK]), "foreign", "empty", trust=True)
case("empty, in a container that shares with nobody, one ms short of stale", "VERDICT-13", raw("", 29999), container(), "foreign", "empty", trust=True)
case("empty, in a container that shares with nobody, /proc of another namespace", "VERDICT-13", EMPTY, foreign_proc(), "foreign", "empty", trust=True)
case("empty, new, in a container", "VERDICT-9", raw("", 1999), container(), "being-written", "empty-young")
case("empty, hidepid", "VERDICT-9", EMPTY, hidepid(), "foreign", "empty")
case("empty, no /proc", "VERDICT-9", EMPTY, Linux().without("/proc/self", "/proc/1/stat"), "foreign", "empty")
case("empty, macOS", "VERDICT-9", EMPTY, darwin(), "foreign", "empty")
case("empty, new, Windows", "VERDICT-9", raw("", 1999), win32(), "being-written", "empty-young")

# --- rows 7 and 8: garbage ---
case("garbage, new", "VERDICT-11", raw('{"pid": 7', 1999), Linux(), "being-written", "garbage-young")
case("garbage, new, macOS", "VERDICT-11", raw("{", 0), darwin(), "being-written", "garbage-young")
case("garbage, 2000 ms", "VERDICT-11", raw('{"pid": 7', 2000), Linux(), "foreign", "garbage")
case("garbage, never removed by age", "VERDICT-11", raw("4711\n", 86400000), Linux(), "foreign", "garbage")
case("white space only is garbage, not empty", "VERDICT-11", raw("\n"), Linux(), "foreign", "garbage")
case("garbage, macOS", "VERDICT-11", raw("locked", 86400000), darwin(), "foreign", "garbage")

# --- rows 9 to 11: no pid ---
LONG_AGO, JUST_STALE, JUST_YOUNG = "2020-01-01T00:00:00.000Z", "2026-11-21T09:59:30.000Z", "2026-11-21T09:59:30.001Z"
case("object without owner", "VERDICT-11", raw("{}", 86400000), Linux(), "foreign", "no-owner")
case("object without owner, new", "VERDICT-11", raw("{}", 0), Linux(), "foreign", "no-owner")
case("pid as text, createdAt a number", "VERDICT-11", raw('{"pid":"77","createdAt":1577836800000}'), Linux(), "foreign", "no-owner")
case("no pid, created long ago", "VERDICT-11", openclaw(None, created=LONG_AGO), Linux(), "stale", "ownerless-expired")
case("pid as text, created long ago: as OpenClaw", "VERDICT-11", openclaw("77", created=LONG_AGO), Linux().process(77, 9000), "stale", "ownerless-expired")
for pid in (0, -1, 1.5, 2147483648, True):
    case(f"pid {json.dumps(pid)}, created long ago", "VERDICT-11", openclaw(pid, created=LONG_AGO), Linux(), "stale", "ownerless-expired")
case("no pid, created exactly stale ago", "VERDICT-11", openclaw(None, created=JUST_STALE), Linux(), "stale", "ownerless-expired")
case("no pid, created one ms short of stale ago", "VERDICT-11", openclaw(None, created=JUST_YOUNG), Linux(), "unknown", "ownerless-young")
case("no pid, created long ago, file young", "VERDICT-11", openclaw(None, quiet=29999, created=LONG_AGO), Linux(), "unknown", "ownerless-young")
case("no pid, created long ago, file exactly stale", "VERDICT-11", openclaw(None, quiet=30000, created=LONG_AGO), Linux(), "stale", "ownerless-expired")
case("no pid, created in the future, file old", "VERDICT-11", openclaw(None, quiet=86400000, created="2026-11-21T10:00:00.001Z"), Linux(), "unknown", "ownerless-young")
case("no pid, created now, file old", "VERDICT-11", openclaw(None, quiet=86400000, created=NOW), Linux(), "unknown", "ownerless-young")
case("no pid, createdAt unparsable, file old", "VERDICT-11", openclaw(None, created="yesterday"), Linux(), "stale", "ownerless-expired")
case("no pid, createdAt empty, file old", "VERDICT-11", openclaw(None, created=""), Linux(), "stale", "ownerless-expired")
case("no pid, createdAt unparsable, file young", "VERDICT-11", openclaw(None, quiet=29999, created="yesterday"), Linux(), "unknown", "ownerless-young")
case("no pid, created long ago, in a container", "VERDICT-11", openclaw(None, created=LONG_AGO), container(), "stale", "ownerless-expired")
case("no pid, created long ago, macOS", "VERDICT-11", openclaw(None, created=LONG_AGO), darwin(), "stale", "ownerless-expired")
case("no pid, created long ago, stale is 180 s, file 40 s old", "VERDICT-11", openclaw(None, created=LONG_AGO), Linux(), "unknown", "ownerless-young", stale=180000)

# --- row 12: the lock is open ---
OPEN = Linux().process(77, 9000, descriptors=[OTHER_FILE, LOCK])
case("holder has it open, no starttime", "VERDICT-7", openclaw(77, quiet=86400000), OPEN, "held", "descriptor-open", True)
case("holder has it open, starttime equal", "VERDICT-7", ours(77, 9000), OPEN, "held", "descriptor-open", True)
case("holder has it open, starttime differs: life wins", "VERDICT-7", ours(77, 8999), OPEN, "held", "descriptor-open", True)
case("holder has it open, other boot recorded: life wins", "VERDICT-7", ours(77, 9000, bootId=OTHER_BOOT), OPEN, "held", "descriptor-open", True)
case("holder has it open, other time namespace", "VERDICT-6", ours(77, 5, timeNamespace=OTHER_TIME), OPEN, "held", "descriptor-open", True)
case("open entry behind an unreadable one", "VERDICT-7", openclaw(77), Linux().process(77, 9000, descriptors=[{"error": "EACCES"}, LOCK]), "held", "descriptor-open", True)
case("zombie leader with threads has it open", "VERDICT-7", openclaw(77), Linux().process(77, 9000, "Z", 3, descriptors=[LOCK]), "held", "descriptor-open", True)
case("own lock in this process", "VERDICT-7", ours(500, 490000), Linux().process(500, 490000, descriptors=[LOCK]), "held", "descriptor-open", True)
case("own lock in this process, container", "VERDICT-7", ours(7, 490000, pidNamespace=CONTAINER), container().process(7, 490000, descriptors=[LOCK]), "held", "descriptor-open", True)

# --- row 13: the recorded process lives ---
LIVE = Linux().process(77, 9000)
case("live, start equal", "VERDICT-10", ours(77, 9000), LIVE, "held", "start-time-equal", True)
case("live, start equal, a day without a sign", "VERDICT-10", ours(77, 9000, 86400000), LIVE, "held", "start-time-equal", True)
case("live, start equal, OpenClaw, a day old", "VERDICT-10", openclaw(77, 9000, 86400000, LONG_AGO), LIVE, "held", "start-time-equal", True)
case("live, start equal, stale is 0", "VERDICT-10", ours(77, 9000, 86400000), LIVE, "held", "start-time-equal", True, stale=0)
case("live, start equal, stopped", "VERDICT-10", ours(77, 9000, OLD), Linux().process(77, 9000, "T"), "held", "start-time-equal", True)
case("live, start equal, other user's (EPERM)", "VERDICT-5", ours(77, 9000, OLD), Linux().process(77, 9000, signal="EPERM"), "held", "start-time-equal", True)
case("live, start equal, other user's, descriptors unreadable", "VERDICT-5", openclaw(77, 9000), Linux().process(77, 9000, signal="EPERM").error("/proc/77/fd", "EACCES"), "held", "start-time-equal", True)
case("live, start equal though another boot is recorded", "VERDICT-4", ours(77, 9000, bootId=OTHER_BOOT), LIVE, "held", "found-in-namespace", True)
case("live, start equal though another PID namespace is recorded", "VERDICT-4", ours(77, 9000, pidNamespace=CONTAINER), LIVE, "held", "found-in-namespace", True)
case("zombie leader with threads, start equal", "VERDICT-5", ours(77, 9000, OLD), Linux().process(77, 9000, "Z", 2), "held", "start-time-equal", True)
case("starttime 0, equal", "VERDICT-6", ours(77, 0), Linux().process(77, 0), "held", "start-time-equal", True)
case("starttime as 9e3", "PAYLOAD-7", raw('{"pid":77,"starttime":9e3}'), LIVE, "held", "start-time-equal", True)
case("starttime exactly the uptime", "VERDICT-6", openclaw(77, 500000), Linux().process(77, 500000), "held", "start-time-equal", True)
JUST_STARTED = Linux().process(77, 102812)
JUST_STARTED.files["/proc/uptime"] = "1028.12 9000.00\n"
case("starttime exactly the uptime, which no double holds a hundred times", "VERDICT-6", openclaw(77, 102812), JUST_STARTED, "held", "start-time-equal", True)
for comm in (") R 1 1", "a) Z 1 1 1 1", "a b", "(sd-pam)", "x\n) Z 1 1", "State:\tZ", "", "\u00fc\U0001f512"):
    case(f"process called {comm!r}", "PAYLOAD-2", ours(77, 9000, OLD), Linux().process(77, 9000, comm=comm), "held", "start-time-equal", True)
case("own lock in this process, its descriptor closed", "VERDICT-6", ours(500, 490000, OLD), Linux(), "held", "start-time-equal", True)
case("higher protocol, live", "PAYLOAD-10", ours(77, 9000, OLD, protocol=2), LIVE, "held", "start-time-equal", True)
case("macOS: live, start equal", "VERDICT-6", mac(77, 1795200000), darwin().process(77, 1795200000), "held", "start-time-equal", True)
case("Windows: live, start equal", "VERDICT-6", windows(77, 1795200000123), win32().process(77, 1795200000123), "held", "start-time-equal", True)
case("macOS: OpenClaw, live, start equal", "VERDICT-6", openclaw(77, 1795200000, 86400000), darwin().process(77, 1795200000), "held", "start-time-equal", True)

# --- rows 14 to 17: dead in the same domain, taken at once ---
case("gone", "VERDICT-5", ours(77, 9000, 0), Linux(), "stale", "process-gone", True)
case("gone, no starttime", "VERDICT-5", ours(77, None, 0), Linux(), "stale", "process-gone", True)
case("gone, in the same container", "VERDICT-5", ours(77, 9000, 0, pidNamespace=CONTAINER), container(), "stale", "process-gone", True)
case("gone, hidepid: signal 0 is enough", "VERDICT-5", ours(77, 9000, 0), hidepid(), "stale", "process-gone", True)
case("gone, higher protocol", "PAYLOAD-10", ours(77, 9000, 0, protocol=2), Linux(), "stale", "process-gone", True)
case("gone, stale is 180 s: conclusive death waits for nothing", "VERDICT-5", ours(77, 9000, 0), Linux(), "stale", "process-gone", True, stale=180000)
case("gone, a kernel without time namespaces", "VERDICT-4", ours(77, 9000, 0, timeNamespace=None), Linux().me(timeNamespace=None), "stale", "process-gone", True)
case("gone, macOS", "VERDICT-4", mac(77, 1795200000), darwin(), "stale", "process-gone", True)
case("gone, Windows", "VERDICT-4", windows(77, 1795200000123), win32(), "stale", "process-gone", True)
case("zombie", "VERDICT-5", ours(77, 9000, 0), Linux().process(77, 9000, "Z"), "stale", "process-zombie", True)
case("zombie, in the same container", "VERDICT-5", ours(77, 9000, 0, pidNamespace=CONTAINER), container().process(77, 9000, "Z"), "stale", "process-zombie", True)
case("zombie of another user (EPERM)", "VERDICT-5", ours(77, 9000, 0), Linux().process(77, 9000, "Z", signal="EPERM"), "stale", "process-zombie", True)
case("dead state X", "VERDICT-5", ours(77, 9000, 0), Linux().process(77, 9000, "X", 0), "stale", "process-zombie", True)
case("zombie called as if it ran", "VERDICT-5", ours(77, 9000, 0), Linux().process(77, 9000, "Z", comm=") S 1 1"), "stale", "process-zombie", True)
case("pid is a thread", "VERDICT-5", ours(88, 9000, 0), Linux().process(77, 9000, threads=2).thread(88, 77), "stale", "pid-is-a-thread", True)
case("pid is a thread, in the same container", "VERDICT-5", ours(88, 9000, 0, pidNamespace=CONTAINER), container().process(77, 9000, threads=2).thread(88, 77), "stale", "pid-is-a-thread", True)
case("recycled pid", "VERDICT-6", ours(77, 8999, 0), LIVE, "stale", "start-time-differs", True)
case("recycled pid, now another user's", "VERDICT-6", ours(77, 8999, 0), Linux().process(77, 9000, signal="EPERM"), "stale", "start-time-differs", True)
case("recycled pid, descriptors unreadable", "VERDICT-6", ours(77, 8999, 0), Linux().process(77, 9000).error("/proc/77/fd", "EACCES"), "stale", "start-time-differs", True)
case("recycled pid is ours", "VERDICT-6", ours(500, 8999, 0), Linux(), "stale", "start-time-differs", True)
case("recycled pid 1 after the restart of a container", "VERDICT-6", ours(1, 8999, 0, pidNamespace=CONTAINER), container(1), "stale", "start-time-differs", True)
case("recycled pid of a zombie leader with threads", "VERDICT-6", ours(77, 8999, 0), Linux().process(77, 9000, "Z", 2), "stale", "start-time-differs", True)
case("recycled pid called as if it were the old one", "PAYLOAD-2", ours(77, 8999, 0), Linux().process(77, 9000, comm=") S 1 77 77 0 -1 1 1 1 1 1 1 1 1 1 20 0 1 0 8999 1"), "stale", "start-time-differs", True)
case("gone, its time namespace was another", "VERDICT-4", ours(77, 5, 0, timeNamespace=OTHER_TIME), Linux(), "stale", "process-gone", True)
case("zombie, its time namespace was another", "VERDICT-4", ours(77, 5, 0, timeNamespace=OTHER_TIME), Linux().process(77, 9000, "Z"), "stale", "process-zombie", True)
case("recycled pid, macOS", "VERDICT-6", mac(77, 1795200000), darwin().process(77, 1795200001), "stale", "start-time-differs", True)
case("recycled pid, Windows", "VERDICT-6", windows(77, 1795200000123), win32().process(77, 1795200000124), "stale", "start-time-differs", True)

# --- row 18: found below us in a namespace ---
IN_CONTAINER = {"pidNamespace": CONTAINER}
POD = Linux().process(4321, 9000, inner=1)
case("holder is pid 1 of a container", "VERDICT-8", ours(1, 9000, OLD, **IN_CONTAINER), POD, "held", "found-in-namespace", True)
case("OpenClaw is pid 1 of a container", "VERDICT-8", openclaw(1, 9000, 86400000), POD, "held", "found-in-namespace", True)
case("OpenClaw in a container, its number free here", "VERDICT-8", openclaw(17, 9000), Linux().process(4321, 9000, inner=17), "held", "found-in-namespace", True)
case("found, no starttime, lock open there", "VERDICT-8", openclaw(1), Linux().process(4321, 9000, inner=1, descriptors=[LOCK]), "held", "found-in-namespace", True)
case("found, no starttime, descriptors unreadable", "VERDICT-8", openclaw(1), Linux().process(4321, 9000, inner=1).error("/proc/4321/fd", "EACCES"), "held", "found-in-namespace", True)
case("found, no starttime, one descriptor unreadable", "VERDICT-8", openclaw(1), Linux().process(4321, 9000, inner=1, descriptors=[{"error": "EACCES"}]), "held", "found-in-namespace", True)
case("found, other time namespace, lock open there", "VERDICT-8", ours(1, 5, OLD, pidNamespace=CONTAINER, timeNamespace=OTHER_TIME), Linux().process(4321, 9000, inner=1, descriptors=[LOCK]), "held", "found-in-namespace", True)
case("found, a zombie leader with threads", "VERDICT-8", openclaw(17, 9000), Linux().process(4321, 9000, "Z", 2, inner=17), "held", "found-in-namespace", True)
case("found, though another process cannot be read", "VERDICT-8", openclaw(17, 9000), Linux().process(600, 1).error("/proc/600/stat", "EACCES").error("/proc/600/status", "EACCES").process(4321, 9000, inner=17), "held", "found-in-namespace", True)
case("found, other boot recorded: life wins", "VERDICT-8", ours(17, 9000, OLD, pidNamespace=CONTAINER, bootId=OTHER_BOOT), Linux().process(4321, 9000, inner=17), "held", "found-in-namespace", True)
case("found in our own namespace, no starttime, descriptors unreadable", "VERDICT-8", openclaw(77, quiet=86400000), Linux().process(77, 9000, signal="EPERM").error("/proc/77/fd", "EACCES"), "held", "found-in-namespace", True)
case("found, its PID namespace is the recorded one", "VERDICT-8", ours(1, 9000, OLD, **IN_CONTAINER), Linux().process(4321, 9000, inner=1).link("/proc/4321/ns/pid", CONTAINER), "held", "found-in-namespace", True)
case("pid and start are those of another container's first process", "VERDICT-8", ours(1, 9000, OLD, **IN_CONTAINER), Linux().process(4321, 9000, inner=1).link("/proc/4321/ns/pid", OTHER_CONTAINER), "stale", "nobody-in-any-namespace", True)
case("found, its PID namespace cannot be read", "VERDICT-8", ours(1, 9000, OLD, **IN_CONTAINER), Linux().process(4321, 9000, inner=1).error("/proc/4321/ns/pid", "EACCES"), "held", "found-in-namespace", True)
case("found, no PID namespace recorded", "VERDICT-8", openclaw(1, 9000), Linux().process(4321, 9000, inner=1).link("/proc/4321/ns/pid", OTHER_CONTAINER), "held", "found-in-namespace", True)
case("one of two containers with the pid and start is the recorded one", "VERDICT-8", ours(1, 9000, OLD, **IN_CONTAINER), Linux().process(4320, 9000, inner=1).link("/proc/4320/ns/pid", OTHER_CONTAINER).process(4321, 9000, inner=1).link("/proc/4321/ns/pid", CONTAINER), "held", "found-in-namespace", True)
TWO_BELOW = Linux().process(4321, 9000, inner=17)
TWO_BELOW.files["/proc/4321/status"] = TWO_BELOW.files["/proc/4321/status"].replace("NSpid:\t4321\t17", "NSpid:\t4321\t300\t17")
case("found two namespaces below", "VERDICT-8", openclaw(17, 9000), TWO_BELOW, "held", "found-in-namespace", True)
case("in between is not innermost", "VERDICT-8", openclaw(300, 9000), TWO_BELOW, "stale", "nobody-in-any-namespace")
case("PID namespace is the same: no search", "VERDICT-8", ours(17, 9000, OLD), Linux().process(4321, 9000, inner=17), "stale", "process-gone", True)

# --- rows 19 to 21: the witness ---
BESIDE = {"pidNamespace": OTHER_CONTAINER, "witness": WITNESS}
NEIGHBOUR = ours(1, 9000, OLD, **BESIDE)
case("neighbour container's witness answers", "WITNESS-7", NEIGHBOUR, container().witness("ok", 0), "held", "witness-answers", True)
case("neighbour container's witness answers, a day without a sign", "WITNESS-7", silent(ours(1, 9000, 86400000, **BESIDE)), container().witness("ok", 0), "held", "witness-answers", True)
case("neighbour container's witness answers, pids trusted: life wins", "VERDICT-13", NEIGHBOUR, container().witness("ok", 0), "held", "witness-answers", True, trust=True)
case("neighbour container's witness has a full backlog", "WITNESS-7", NEIGHBOUR, container().witness("EAGAIN"), "held", "witness-answers", True)
case("witness answers, who made it cannot be asked", "WITNESS-7", NEIGHBOUR, container().witness("ok"), "held", "witness-answers", True)
case("witness answers, nobody is found: life wins", "WITNESS-7", NEIGHBOUR, Linux().witness("ok", 0), "held", "witness-answers", True)
case("witness answers through another mount", "WITNESS-8", NEIGHBOUR | {"directoryDev": "44"}, container().witness("ok", 0), "held", "witness-answers", True)
case("host's witness answers a container", "WITNESS-7", ours(77, 9000, OLD, witness=WITNESS), container().witness("ok", 0), "held", "witness-answers", True)
case("witness answers, other boot recorded: life wins", "WITNESS-7", silent(ours(1, 9000, OLD, **BESIDE, bootId=OTHER_BOOT)), container().witness("ok", 0), "held", "witness-answers", True)
case("witness answers, no domain recorded", "WITNESS-7", silent(raw(json.dumps({"pid": 77, "starttime": 9000, "witness": WITNESS}))), container().witness("ok", 0), "held", "witness-answers", True)
case("witness answers, same domain, start unreadable", "WITNESS-7", ours(77, 9000, OLD, witness=WITNESS), hidepid().process(77, 9000).witness("ok", 77), "held", "witness-answers", True)
case("witness answers, its maker seen and alive", "WITNESS-7", ours(1, 9000, OLD, **BESIDE), Linux().process(4321, 9000, inner=99).witness("ok", 4321), "held", "witness-answers", True)
case("witness refuses", "WITNESS-8", ours(1, 9000, 0, **BESIDE), container().witness("ECONNREFUSED"), "stale", "witness-refused", True)
case("witness refuses, the pid and start time are those of a process here", "WITNESS-8", ours(7, 300000, 0, **BESIDE), container().process(7, 300000).witness("ECONNREFUSED"), "stale", "witness-refused", True)
case("witness refuses, hidepid", "WITNESS-8", ours(17, 9000, 0, **BESIDE), hidepid().witness("ECONNREFUSED"), "stale", "witness-refused", True)
case("witness refuses, same domain, start unreadable", "WITNESS-8", ours(77, 9000, 0, witness=WITNESS), hidepid().process(77, 9000).witness("ECONNREFUSED"), "stale", "witness-refused", True)
case("witness refuses, host's, seen from a container", "WITNESS-8", ours(77, 9000, 0, witness=WITNESS), container().witness("ECONNREFUSED"), "stale", "witness-refused", True)
case("witness refuses through another mount", "WITNESS-8", NEIGHBOUR | {"directoryDev": "44"}, container().witness("ECONNREFUSED"), "unknown", "other-domain")
case("witness refuses, no device recorded", "WITNESS-8", ours(1, 9000, OLD, **BESIDE, dev=None), container().witness("ECONNREFUSED"), "unknown", "other-domain")
case("witness refuses, device as a number is none", "PAYLOAD-9", ours(1, 9000, OLD, **BESIDE, dev=2049), container().witness("ECONNREFUSED"), "unknown", "other-domain")
case("witness refuses, file of another device than its directory", "WITNESS-8", raw(NEIGHBOUR["text"], OLD, dev="77") | {"directoryDev": DEV}, container().witness("ECONNREFUSED"), "stale", "witness-refused", True)
case("witness refuses, other boot", "WITNESS-8", ours(1, 9000, OLD, **BESIDE, bootId=OTHER_BOOT), container().witness("ECONNREFUSED"), "unknown", "other-domain")
case("witness refuses, boot not recorded", "WITNESS-8", ours(1, 9000, OLD, **BESIDE, bootId=None), container().witness("ECONNREFUSED"), "unknown", "other-domain")
case("witness refuses, holder found: life wins", "WITNESS-8", ours(1, 9000, OLD, pidNamespace=CONTAINER, witness=WITNESS), Linux().process(4321, 9000, inner=1).witness("ECONNREFUSED"), "held", "found-in-namespace", True)
case("witness refuses, holder has the lock open: life wins", "WITNESS-8", ours(77, 9000, OLD, witness=WITNESS), Linux().process(77, 9000, descriptors=[LOCK]).witness("ECONNREFUSED"), "held", "descriptor-open", True)
for errno in ("ENOENT", "ENOTDIR", "EACCES", "EPERM", "ENAMETOOLONG", "ENOTSOCK", "EPROTOTYPE", "ETIMEDOUT", "EINPROGRESS", "EMFILE"):
    case(f"witness: {errno} tells nothing", "WITNESS-7", NEIGHBOUR, container().witness(errno), "unknown", "other-domain")
case("witness is not there", "WITNESS-7", NEIGHBOUR, container(), "unknown", "other-domain")
for name in ("/run/docker.sock", "../.openclaw-lock-0123456789abcdef.sock", ".openclaw-lock-0123456789abcdef.tmp", ".openclaw-lock-0123456789abcdef.sock\n", ".openclaw-lock-0123456789ABCDEF.sock", ""):
    case(f"a witness called {name!r} is not asked", "WITNESS-7", ours(1, 9000, OLD, pidNamespace=OTHER_CONTAINER, witness=name), container().witness("ok", 0, name), "unknown", "other-domain")
case("a witness that is a number is not asked", "PAYLOAD-9", ours(1, 9000, OLD, pidNamespace=OTHER_CONTAINER, witness=7), container().witness("ok", 0), "unknown", "other-domain")
case("same domain, gone: its witness is not asked", "WITNESS-7", ours(77, 9000, 0, witness=WITNESS), Linux().witness("ok", 77), "stale", "process-gone", True)
case("witness answers, its maker is gone: a fork has it", "WITNESS-7", ours(1, 9000, 0, **BESIDE), Linux().witness("ok", 4321), "stale", "witness-inherited", True)
case("witness answers, its maker is a zombie", "WITNESS-7", ours(1, 9000, 0, **BESIDE), Linux().process(4321, 9000, "Z", inner=1).witness("ok", 4321), "stale", "witness-inherited", True)
case("witness answers, its maker's number has another process now", "WITNESS-7", ours(1, 9000, 0, **BESIDE), Linux().process(4321, 9999).witness("ok", 4321), "stale", "witness-inherited", True)
case("witness answers, its maker's start cannot be read", "WITNESS-7", ours(1, 9000, 0, **BESIDE), Linux().process(4321, 9999).error("/proc/4321/stat", "EACCES").error("/proc/4321/status", "EACCES").witness("ok", 4321), "held", "witness-answers", True)
case("witness answers, its maker lives, no start recorded", "WITNESS-7", ours(1, None, 0, **BESIDE), Linux().process(4321, 9999).witness("ok", 4321), "held", "witness-answers", True)
case("witness answers, its maker lives, start of another time namespace", "WITNESS-7", ours(1, 5, 0, **BESIDE, timeNamespace=OTHER_TIME), Linux().process(4321, 9999).witness("ok", 4321), "held", "witness-answers", True)

# --- row 22: platforms without PID namespaces, no domain recorded ---
case("macOS: OpenClaw gone", "VERDICT-11", openclaw(77, quiet=0), darwin(), "stale", "looks-dead", True)
case("macOS: OpenClaw's pid recycled", "VERDICT-11", openclaw(77, 1795200000, 0), darwin().process(77, 1795200001), "stale", "looks-dead", True)
case("Windows: OpenClaw gone", "VERDICT-11", openclaw(77, quiet=0), win32(), "stale", "looks-dead", True)
case("Windows: OpenClaw's pid recycled", "VERDICT-11", openclaw(77, 1795200000123, 0), win32().process(77, 1795200000124), "stale", "looks-dead", True)

# --- rows 23 and 24: nobody anywhere ---
case("container ended, boot equal", "VERDICT-8", ours(1, 9000, 0, **IN_CONTAINER), Linux(), "stale", "nobody-in-any-namespace", True)
case("container ended, boot equal, number free here", "VERDICT-8", ours(17, 9000, 0, **IN_CONTAINER), Linux(), "stale", "nobody-in-any-namespace", True)
case("container ended, no starttime, number free here", "VERDICT-8", ours(17, None, 0, **IN_CONTAINER), Linux(), "stale", "nobody-in-any-namespace", True)
case("container ended, its number is another container's now", "VERDICT-8", ours(17, 8999, 0, **IN_CONTAINER), Linux().process(4321, 9000, inner=17), "stale", "nobody-in-any-namespace", True)
case("in the container only a zombie is left", "VERDICT-8", ours(17, 9000, 0, **IN_CONTAINER), Linux().process(4321, 9000, "Z", inner=17), "stale", "nobody-in-any-namespace", True)
case("in the container, no starttime, lock not open there", "VERDICT-8", ours(17, None, 0, **IN_CONTAINER), Linux().process(4321, 9000, inner=17, descriptors=[OTHER_FILE]), "stale", "nobody-in-any-namespace", True)
case("other PID and time namespace, same pid lives here, lock not open", "VERDICT-6", ours(77, 5, 0, pidNamespace=CONTAINER, timeNamespace=OTHER_TIME), LIVE, "stale", "nobody-in-any-namespace", True)
case("boot recorded and equal, PID namespace not recorded, gone", "VERDICT-4", ours(77, 9000, 0, pidNamespace=None), Linux(), "stale", "nobody-in-any-namespace", True)
case("search: a process that vanishes is no match", "VERDICT-8", ours(17, 9000, 0, **IN_CONTAINER), Linux().process(600, 9000, inner=17).without("/proc/600/status"), "stale", "nobody-in-any-namespace", True)
case("search: a process that vanishes while it is read is no match", "VERDICT-8", ours(17, 9000, 0, **IN_CONTAINER), Linux().process(600, 9000, inner=17).error("/proc/600/stat", "ESRCH").error("/proc/600/status", "ESRCH"), "stale", "nobody-in-any-namespace", True)
case("OpenClaw gone", "VERDICT-8", openclaw(77, 9000, 0), Linux(), "stale", "nobody-in-any-namespace")
case("OpenClaw gone, no starttime", "VERDICT-8", openclaw(77, quiet=0), Linux(), "stale", "nobody-in-any-namespace")
case("OpenClaw's pid recycled", "VERDICT-8", openclaw(77, 8999, 0), LIVE, "stale", "nobody-in-any-namespace")
case("OpenClaw a zombie", "VERDICT-8", openclaw(77, 9000, 0), Linux().process(77, 9000, "Z"), "stale", "nobody-in-any-namespace")
case("OpenClaw's pid is a thread now", "VERDICT-8", openclaw(88, quiet=0), Linux().process(77, 9000, threads=2).thread(88, 77), "stale", "nobody-in-any-namespace")
case("OpenClaw's number in a container, started at another time", "VERDICT-8", openclaw(17, 8999), Linux().process(4321, 9000, inner=17), "stale", "nobody-in-any-namespace")
case("all but the boot recorded and equal, gone", "VERDICT-4", ours(77, 9000, 0, bootId=None), Linux(), "stale", "nobody-in-any-namespace")
case("search: another process's descriptors are not asked when the start is recorded", "VERDICT-8", openclaw(17, 8999), Linux().process(4321, 9000, inner=17).error("/proc/4321/fd", "EACCES"), "stale", "nobody-in-any-namespace")

# --- row 25: the word of the caller ---
case("neighbour container, pids trusted", "VERDICT-13", ours(1, 9000, 0, pidNamespace=OTHER_CONTAINER), container(), "stale", "pids-trusted", True, trust=True)
case("neighbour container's pid and start time are those of a process here, pids trusted", "VERDICT-13", ours(7, 300000, 0, pidNamespace=OTHER_CONTAINER), container().process(7, 300000), "stale", "pids-trusted", True, trust=True)
case("other boot, pids trusted", "VERDICT-13", ours(77, 9000, 0, bootId=OTHER_BOOT), container(), "stale", "pids-trusted", True, trust=True)
case("other platform, pids trusted", "VERDICT-13", mac(77, 1795200000), container(), "stale", "pids-trusted", True, trust=True)
case("OpenClaw gone, pids trusted", "VERDICT-13", openclaw(77, 9000, 0), container(), "stale", "pids-trusted", True, trust=True)
case("OpenClaw's pid 1 restarted, pids trusted", "VERDICT-13", openclaw(1, 8999, 0), container(1), "stale", "pids-trusted", True, trust=True)
case("OpenClaw lives, start equal, pids trusted", "VERDICT-13", openclaw(77, 9000), container().process(77, 9000), "held", "start-time-equal", True, trust=True)
case("OpenClaw lives, no start recorded, pids trusted, young", "VERDICT-13", openclaw(77, quiet=YOUNG), container().process(77, 9000), "unknown", "identity-young", trust=True)
case("OpenClaw cannot be judged, pids trusted", "VERDICT-13", openclaw(77, 9000, 86400000), hidepid().process(77, 9000, signal="EPERM"), "unknown", "process-unknown", trust=True)
case("found in a namespace, pids trusted: life wins", "VERDICT-13", ours(1, 9000, OLD, **IN_CONTAINER), POD, "held", "found-in-namespace", True, trust=True)

# --- row 26: no sign of life ---
case("OpenClaw gone, seen from a container, silent", "VERDICT-12", silent(openclaw(77, 9000)), container(), "stale", "no-sign-of-life")
case("OpenClaw's pid 1 restarted, seen by the new one, silent", "VERDICT-12", silent(openclaw(1, 8999)), container(1), "stale", "no-sign-of-life")
case("OpenClaw gone, seen from a container, exactly stale", "VERDICT-12", silent(openclaw(77, 9000, 30000)), container(), "stale", "no-sign-of-life")
case("OpenClaw gone, seen from a container, one ms short of stale", "VERDICT-12", silent(openclaw(77, 9000, 29999)), container(), "unknown", "looks-dead-unproven")
case("OpenClaw gone, seen from a container, old but not watched", "VERDICT-12", openclaw(77, 9000, 86400000), container(), "unknown", "looks-dead-unproven")
case("OpenClaw gone, seen from a container, stale is 0, not watched", "VERDICT-12", openclaw(77, 9000, 86400000), container(), "unknown", "looks-dead-unproven", stale=0)
case("OpenClaw gone, seen from a container, stale is 0, watched", "VERDICT-12", silent(openclaw(77, 9000, 2000)), container(), "stale", "no-sign-of-life", stale=0)
case("OpenClaw gone, hidepid, silent", "VERDICT-12", silent(openclaw(77, 9000)), hidepid(), "stale", "no-sign-of-life")
case("OpenClaw lives, start unreadable, silent: it does not look dead", "VERDICT-12", silent(openclaw(77, 9000, 86400000)), hidepid().process(77, 9000), "unknown", "start-time-unreadable")
case("other boot, silent", "VERDICT-12", silent(ours(77, 9000, OLD, bootId=OTHER_BOOT)), Linux(), "stale", "no-sign-of-life")
case("other boot, silent, a process has its number", "VERDICT-12", silent(ours(77, 9000, OLD, bootId=OTHER_BOOT)), Linux().process(77, 9001), "stale", "no-sign-of-life")
case("other boot, silent for stale, but not for three beats", "VERDICT-12", silent(ours(77, 9000, 44999, bootId=OTHER_BOOT, heartbeatMs=15000)), Linux(), "unknown", "other-domain")
case("other boot, silent for three beats", "VERDICT-12", silent(ours(77, 9000, 45000, bootId=OTHER_BOOT, heartbeatMs=15000)), Linux(), "stale", "no-sign-of-life")
case("other boot, silent, no beat promised", "VERDICT-12", silent(ours(77, 9000, 30000, bootId=OTHER_BOOT, heartbeatMs=None)), Linux(), "stale", "no-sign-of-life")
for beat in (0, -5, 1.5, "15000", 31536000001, True):
    case(f"a heartbeat of {json.dumps(beat)} is none", "PAYLOAD-9", silent(ours(77, 9000, 30000, bootId=OTHER_BOOT, heartbeatMs=beat)), Linux(), "stale", "no-sign-of-life")
case("a heartbeat of a year is believed", "PAYLOAD-9", silent(ours(77, 9000, 86400000, bootId=OTHER_BOOT, heartbeatMs=31536000000)), Linux(), "unknown", "other-domain")
case("other boot, silent for less than a stale of 180 s", "VERDICT-12", silent(ours(77, 9000, OLD, bootId=OTHER_BOOT)), Linux(), "unknown", "other-domain", stale=180000)
case("other platform: a macOS lock, silent", "VERDICT-12", silent(mac(77, 1795200000, OLD)), Linux(), "stale", "no-sign-of-life")
case("other platform: a Linux lock seen by macOS, silent", "VERDICT-12", silent(ours(77, 9000, OLD)), darwin(), "stale", "no-sign-of-life")
case("other boot, silent, witness of another mount refuses", "VERDICT-12", silent(ours(1, 9000, OLD, **BESIDE, bootId=OTHER_BOOT)) | {"directoryDev": "44"}, container().witness("ECONNREFUSED"), "stale", "no-sign-of-life")
case("witness refuses through another mount, silent", "VERDICT-12", silent(NEIGHBOUR) | {"directoryDev": "44"}, container().witness("ECONNREFUSED"), "stale", "no-sign-of-life")
case("neighbour container without a witness, silent for a day: a stopped holder is silent too", "VERDICT-12", silent(ours(1, 9000, 86400000, pidNamespace=OTHER_CONTAINER)), container(), "unknown", "other-domain")
case("the host's lock without a witness seen from a container, silent for a day", "VERDICT-12", silent(ours(77, 9000, 86400000)), container(), "unknown", "other-domain")
case("neighbour container, its witness not there, silent for a day", "VERDICT-12", silent(ours(1, 9000, 86400000, **BESIDE)), container(), "unknown", "other-domain")

# --- row 27: somewhere else ---
case("other boot, gone", "VERDICT-4", ours(77, 9000, 86400000, bootId=OTHER_BOOT), Linux(), "unknown", "other-domain")
case("other boot, recycled pid", "VERDICT-4", ours(77, 8999, 86400000, bootId=OTHER_BOOT), LIVE, "unknown", "other-domain")
case("other platform, gone", "VERDICT-4", mac(77, 1795200000), Linux(), "unknown", "other-domain")
case("other platform: a Linux lock seen by macOS", "VERDICT-4", ours(77, 9000, 86400000), darwin(), "unknown", "other-domain")
case("other platform: a macOS lock seen by Windows", "VERDICT-4", mac(77, 1795200000), win32(), "unknown", "other-domain")
case("neighbour container's pid and start time are those of a process here", "VERDICT-1", ours(7, 300000, 86400000, pidNamespace=OTHER_CONTAINER), container().process(7, 300000), "unknown", "other-domain")
case("neighbour container, boot equal: not visible from here", "VERDICT-8", ours(1, 9000, 86400000, pidNamespace=OTHER_CONTAINER), container(), "unknown", "other-domain")
case("the host's lock seen from a container", "VERDICT-8", ours(77, 9000, 86400000), container(), "unknown", "other-domain")
case("another container's lock, hidepid", "VERDICT-8", ours(17, 9000, 86400000, **IN_CONTAINER), hidepid(), "unknown", "other-domain")
case("another container's lock, one process unreadable", "VERDICT-8", ours(17, 9000, 86400000, **IN_CONTAINER), Linux().process(600, 1).error("/proc/600/stat", "EACCES").error("/proc/600/status", "EACCES"), "unknown", "other-domain")
case("neighbour container's number lives here, no starttime", "VERDICT-4", ours(1, None, 86400000, pidNamespace=OTHER_CONTAINER), container(), "unknown", "other-domain")
case("other boot, no starttime, old", "VERDICT-4", ours(77, None, 86400000, bootId=OTHER_BOOT), LIVE, "unknown", "other-domain")
case("higher protocol, other boot", "PAYLOAD-10", ours(77, 9000, 86400000, bootId=OTHER_BOOT, protocol=2), Linux(), "unknown", "other-domain")

# --- row 28: looks dead, and nobody can tell ---
case("OpenClaw gone, seen from a container", "VERDICT-8", openclaw(77, 9000, 86400000), container(), "unknown", "looks-dead-unproven")
case("OpenClaw's pid recycled, seen from a container", "VERDICT-8", openclaw(1, 8999, 86400000), container(), "unknown", "looks-dead-unproven")
case("OpenClaw a zombie, seen from a container", "VERDICT-8", openclaw(77, 9000, 86400000), container().process(77, 9000, "Z"), "unknown", "looks-dead-unproven")
case("OpenClaw gone, hidepid", "VERDICT-8", openclaw(77, 9000, 86400000), hidepid(), "unknown", "looks-dead-unproven")
case("OpenClaw gone, no /proc", "VERDICT-8", openclaw(77, 9000, 86400000), Linux().without("/proc/self", "/proc/1/stat"), "unknown", "looks-dead-unproven")
case("OpenClaw gone, one process unreadable", "VERDICT-8", openclaw(77, 9000, 86400000), Linux().process(600, 1).error("/proc/600/stat", "EACCES").error("/proc/600/status", "EACCES"), "unknown", "looks-dead-unproven")
case("OpenClaw gone, another namespace's /proc", "VERDICT-8", openclaw(77, 9000, 86400000), foreign_proc(), "unknown", "looks-dead-unproven")
case("boot recorded and equal, PID namespace not, gone, in a container", "VERDICT-4", ours(77, 9000, 86400000, pidNamespace=None), container(), "unknown", "looks-dead-unproven")

# --- rows 29 to 31: live, and no start recorded ---
case("the lock that says pid 1, old, contender is pid 1", "VERDICT-7", openclaw(1), container(1), "stale", "descriptor-absent")
case("the lock that says pid 1, young, contender is pid 1", "VERDICT-7", openclaw(1, quiet=YOUNG), container(1), "unknown", "identity-young")
case("the lock that says pid 1, old, contender is pid 1 and has it open", "VERDICT-7", openclaw(1), container(1).process(1, 490000, descriptors=[LOCK]), "held", "descriptor-open", True)
case("the lock that says pid 1, old, contender is another process of the container", "VERDICT-7", openclaw(1), container(), "stale", "descriptor-absent")
case("the lock that says pid 1, old, pid 1 cannot be looked into", "VERDICT-7", openclaw(1), container().error("/proc/1/fd", "EACCES"), "unknown", "identity-unknown")
case("the lock that says pid 1, old, one descriptor of pid 1 unreadable", "VERDICT-7", openclaw(1), container().process(1, 3, descriptors=[OTHER_FILE, {"error": "EACCES"}]), "unknown", "identity-unknown")
case("the lock that says pid 1, old, on the host: init", "VERDICT-7", openclaw(1), Linux(), "stale", "descriptor-absent")
case("no starttime, exactly stale", "VERDICT-7", openclaw(77, quiet=30000), LIVE, "stale", "descriptor-absent")
case("no starttime, one ms short of stale", "VERDICT-7", openclaw(77, quiet=29999), LIVE, "unknown", "identity-young")
case("no starttime, lock dated in the future, watched for nothing yet", "VERDICT-3", openclaw(77, quiet=0, created=LONG_AGO), LIVE, "unknown", "identity-young")
case("no starttime, lock dated in the future, watched for stale", "VERDICT-3", openclaw(77, quiet=30000, created="2030-01-01T00:00:00.000Z"), LIVE, "stale", "descriptor-absent")
case("no starttime, stale is 180 s, 40 s old", "VERDICT-7", openclaw(77), LIVE, "unknown", "identity-young", stale=180000)
case("no starttime, same inode on another device", "VERDICT-7", openclaw(77), Linux().process(77, 9000, descriptors=[OTHER_DEVICE, OTHER_FILE]), "stale", "descriptor-absent")
case("own domain, no starttime, descriptor absent, old", "VERDICT-7", ours(77, None, OLD), LIVE, "stale", "descriptor-absent")
case("starttime is epoch ms", "VERDICT-6", openclaw(77, 1795255200000), LIVE, "stale", "descriptor-absent")
case("starttime is epoch ms, young", "VERDICT-6", openclaw(77, 1795255200000, YOUNG), LIVE, "unknown", "identity-young")
case("starttime one tick after the uptime", "VERDICT-6", ours(77, 500001, YOUNG), LIVE, "unknown", "identity-young")
case("starttime as text", "PAYLOAD-9", openclaw(77, "8999", YOUNG), LIVE, "unknown", "identity-young")
case("starttime negative", "PAYLOAD-9", openclaw(77, -1, YOUNG), LIVE, "unknown", "identity-young")
case("own domain, no starttime, EPERM, descriptors unreadable", "VERDICT-5", ours(77, None, 86400000), Linux().process(77, 9000, signal="EPERM").error("/proc/77/fd", "EACCES"), "unknown", "identity-unknown")
case("no starttime, hidepid", "VERDICT-7", openclaw(77, quiet=86400000), hidepid().process(77, 9000), "unknown", "identity-unknown")
case("no starttime, another namespace's /proc: its number 77 is a stranger", "VERDICT-7", openclaw(77, quiet=86400000), foreign_proc().process(77, 9000), "unknown", "identity-unknown")
case("the lock that says pid 1, another namespace's /proc: its pid 1 is a stranger", "VERDICT-7", openclaw(1, quiet=86400000), foreign_proc(), "unknown", "identity-unknown")
case("other time namespace, young, descriptor absent", "VERDICT-6", ours(77, 5, YOUNG, timeNamespace=OTHER_TIME), LIVE, "unknown", "identity-young")
case("other time namespace, old, descriptor absent", "VERDICT-6", ours(77, 5, OLD, timeNamespace=OTHER_TIME), LIVE, "stale", "descriptor-absent")
case("other time namespace in a container, old, descriptors unreadable", "VERDICT-6", ours(77, 5, OLD, pidNamespace=CONTAINER, timeNamespace=OTHER_TIME), container().process(77, 9000).error("/proc/77/fd", "EACCES"), "unknown", "identity-unknown")
case("macOS: no starttime", "VERDICT-11", openclaw(77, quiet=86400000), darwin().process(77, 1795200000), "unknown", "identity-unknown")
case("Windows: no starttime", "VERDICT-11", openclaw(77, quiet=86400000), win32().process(77, 1795200000123), "unknown", "identity-unknown")
case("macOS: starttime in Linux ticks is implausible", "VERDICT-6", openclaw(77, 123456, 86400000), darwin().process(77, 1795200000), "unknown", "identity-unknown")
case("macOS: starttime before 2000 is implausible", "VERDICT-6", openclaw(77, 946684799, 86400000), darwin().process(77, 1795200000), "unknown", "identity-unknown")
case("macOS: starttime at the start of 2000 is plausible", "VERDICT-6", openclaw(77, 946684800, 0), darwin().process(77, 1795200000), "stale", "looks-dead", True)
case("macOS: starttime in epoch ms is implausible", "VERDICT-6", openclaw(77, 1795200000000, 86400000), darwin().process(77, 1795200000), "unknown", "identity-unknown")
case("macOS: starttime a day ahead is plausible", "VERDICT-6", openclaw(77, 1795341600, 0), darwin().process(77, 1795200000), "stale", "looks-dead", True)
case("macOS: starttime more than a day ahead is implausible", "VERDICT-6", openclaw(77, 1795341601, 86400000), darwin().process(77, 1795200000), "unknown", "identity-unknown")
case("Windows: starttime in epoch s is implausible", "VERDICT-6", openclaw(77, 1795200000, 86400000), win32().process(77, 1795200000123), "unknown", "identity-unknown")
case("Windows: starttime more than a day ahead is implausible", "VERDICT-6", openclaw(77, 1795341600001, 86400000), win32().process(77, 1795200000123), "unknown", "identity-unknown")

# --- row 32: a start is recorded, and the process's cannot be known ---
case("start unreadable", "VERDICT-6", ours(77, 9000, 86400000), Linux().process(77, 9000).error("/proc/77/stat", "EACCES"), "unknown", "start-time-unreadable")
case("hidepid: the files of a stranger do not count", "VERDICT-5", ours(77, 8999, 86400000), hidepid().process(77, 9000), "unknown", "start-time-unreadable")
case("hidepid=2: pid 1 is not even listed", "VERDICT-5", ours(77, 8999, 86400000), Linux().process(77, 9000).without("/proc/1/stat", "/proc/1/status"), "unknown", "start-time-unreadable")
case("another namespace's /proc: start differs there", "VERDICT-5", ours(77, 8999, 86400000, pidNamespace=CONTAINER), foreign_proc().process(77, 9000), "unknown", "start-time-unreadable")
case("another namespace's /proc: start equal there", "VERDICT-5", ours(77, 9000, 86400000, pidNamespace=CONTAINER), foreign_proc().process(77, 9000), "unknown", "start-time-unreadable")
case("another namespace's /proc: a zombie there", "VERDICT-5", ours(77, 9000, 86400000, pidNamespace=CONTAINER), foreign_proc().process(77, 9000, "Z"), "unknown", "start-time-unreadable")
case("another namespace's /proc: has the lock open there", "VERDICT-7", ours(77, 9000, 86400000, pidNamespace=CONTAINER), foreign_proc().process(77, 9000, descriptors=[LOCK]), "unknown", "start-time-unreadable")
NAMESAKE = container().process(7, 490000, inner=7).process(77, 9000)
NO_NSPID = Linux().process(77, 9000)
NO_NSPID.files["/proc/500/status"] = NO_NSPID.files["/proc/500/status"].replace("NSpid:\t500\n", "")
NO_PROC = Linux().process(77, 9000).without("/proc/self", "/proc/1/stat", "/proc/77/stat", "/proc/77/status")
case("no /proc", "VERDICT-6", ours(77, 9000, 86400000), NO_PROC, "unknown", "start-time-unreadable")
case("signal 0 succeeds, /proc shows nothing", "VERDICT-5", ours(77, 9000, 86400000), Linux().process(77, 9000).without("/proc/77/stat", "/proc/77/status").error("/proc/77/fd", "ENOENT"), "unknown", "start-time-unreadable")
case("macOS: start cannot be asked", "VERDICT-6", mac(77, 1795200000, quiet=86400000), darwin().process(77, None), "unknown", "start-time-unreadable")
case("Windows: OpenClaw, start cannot be asked", "VERDICT-6", openclaw(77, 1795200000123, 86400000), win32().process(77, None), "unknown", "start-time-unreadable")

case("our own number in the namespace above, by chance: its /proc is not ours", "VERDICT-5", ours(77, 8999, 86400000, pidNamespace=CONTAINER), NAMESAKE, "unknown", "start-time-unreadable")
case("a kernel that tells no NSpid: /proc/self is believed", "VERDICT-5", ours(77, 8999, 0), NO_NSPID, "stale", "start-time-differs", True)

# --- row 33: not even that ---
case("EPERM, hidepid", "VERDICT-5", ours(77, 9000, 86400000), hidepid().process(77, 9000, signal="EPERM"), "unknown", "process-unknown")
case("EPERM, status unreadable", "VERDICT-5", ours(77, 9000, 86400000), Linux().process(77, 9000, signal="EPERM").error("/proc/77/status", "EACCES").error("/proc/77/stat", "EACCES").error("/proc/77/fd", "EACCES"), "unknown", "process-unknown")
case("EPERM, macOS", "VERDICT-5", mac(77, None, quiet=86400000), darwin().process(77, None, signal="EPERM"), "unknown", "process-unknown")
case("EPERM, Windows, OpenClaw", "VERDICT-5", openclaw(77, 1795200000123, 86400000), win32().process(77, None, signal="EPERM"), "unknown", "process-unknown")
case("EPERM, another namespace's /proc shows a zombie", "VERDICT-5", ours(77, 9000, 86400000, pidNamespace=CONTAINER), foreign_proc().process(77, 9000, "Z", signal="EPERM"), "unknown", "process-unknown")
