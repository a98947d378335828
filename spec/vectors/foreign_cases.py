"""Cases of `foreign.json`: what is named how, who has locked it, and what is abandoned. Every expectation is written by hand."""

# One case a line.
# fmt: off

from __future__ import annotations

import base64
import itertools
from typing import Any

CASES: list[dict[str, Any]] = []
MAX_PID = 2147483647


def named(name: str, wanted: str, content: str | bytes | dict[str, Any] | None = None, pid: int | None = None, rule: str = "FOREIGN-1", **lock: Any) -> None:
    made: dict[str, Any] = {"kind": "regular", "directory": "/srv/state"} | lock
    if isinstance(content, bytes):
        made["base64"] = base64.b64encode(content).decode()
    elif isinstance(content, dict):
        made["repeat"] = content
    elif content is not None:
        made["text"] = content
    CASES.append({"name": name, "rule": rule, "lock": made, "expect": {"kind": wanted, "pid": pid}})


def owner(name: str, kind: str, content: str | bytes, pid: int | None) -> None:
    named(name, kind, content, pid, rule="FOREIGN-2")


# --- objects ---
named("an empty directory", "proper-lockfile", kind="directory", entries=[])
named("an empty directory in a repository of git", "proper-lockfile", kind="directory", entries=[], directory="/srv/x/.git")
named("a directory with a file", "directory", kind="directory", entries=["a"])
named("a directory with a hidden file", "directory", kind="directory", entries=[".a"])
named("a directory that could not be listed", "directory", kind="directory", entries=None)
for each in ("symlink", "fifo", "socket", "device"):
    named(f"a {each}", each, kind=each)
    named(f"a {each} in a repository of git", each, kind=each, directory="/srv/.git")

# --- size ---
named("64 KiB and a byte of digits", "oversized", {"unit": "7", "times": 65537})
named("64 KiB and a byte in a repository of git", "oversized", {"unit": "7", "times": 65537}, directory="/srv/.git")
named("64 KiB and a byte, locked with flock", "oversized", {"unit": "7", "times": 65537}, kernelLocks=["flock"])
named("64 KiB of text is only garbage", "garbage", {"unit": "x", "times": 65536})
named("empty", "empty", "")
named("a newline is not empty", "garbage", "\n")
named("a space is not empty", "garbage", " ")

# --- git ---
named("git's index, partly written", "git", b"DIRC\0\0\0\2\0\0")
named("DIRC alone", "git", "DIRC")
named("DIR is garbage", "garbage", "DIR")
named("dirc is garbage", "garbage", "dirc")
named("DIRC after a space is garbage", "garbage", " DIRC")
named("git's index, locked with flock too", "git", "DIRC", kernelLocks=["flock"])
named("git's config, partly written", "git", "[core]\n\tbare = fal", directory="/srv/x/.git")
named("an empty file in .git", "git", "", directory="/srv/x/.git")
named("below .git", "git", "7a7a\n", directory="/srv/x/.git/refs/heads")
named("in a bare repository", "git", "7a7a\n", directory="/srv/x.git")
named("in .git itself, at the root", "git", "", directory="/.git")
named("a pid file in .git", "git", "4711\n", directory="/srv/.git")
named(".github is not .git", "pid-file", "4711\n", 4711, directory="/srv/.github")
named(".gitter is not .git", "empty", "", directory="/srv/.gitter/x")
named("git without a dot", "empty", "", directory="/srv/git")
named("upper case is another name", "empty", "", directory="/srv/.GIT")

# --- kernel locks ---
named("flock on an empty file", "flock", "", kernelLocks=["flock"])
named("flock on text", "flock", "anything\n", kernelLocks=["flock"])
named("flock on a pid file", "flock", "4711\n", kernelLocks=["flock"])
named("flock on a soft lock of filelock", "flock", "4711\nhost\n", kernelLocks=["flock"])
named("flock on JSON without owner", "flock", "{}", kernelLocks=["flock"])
named("fcntl on an empty file", "fcntl", "", kernelLocks=["fcntl"])
named("an open file description lock is fcntl", "fcntl", "", kernelLocks=["ofd"])
named("both: flock comes first", "flock", "", kernelLocks=["fcntl", "flock"])
named("no kernel lock was found", "empty", "", kernelLocks=[])

# --- cross-process-lock ---
owner("cross-process-lock", "cross-process-lock", '{"pID":4711,"lockTime":1700000000000}', 4711)
owner("cross-process-lock with white space", "cross-process-lock", '{ "lockTime": 1, "pID": 4711 }\n', 4711)
owner("cross-process-lock without a number", "cross-process-lock", '{"pID":"4711"}', None)
owner("cross-process-lock with pid 0", "cross-process-lock", '{"pID":0}', None)
owner("cross-process-lock with a negative pid", "cross-process-lock", '{"pID":-4711}', None)
owner("cross-process-lock with a fraction", "cross-process-lock", '{"pID":4711.5}', None)
owner("cross-process-lock with the largest pid", "cross-process-lock", f'{{"pID":{MAX_PID}}}', MAX_PID)
owner("cross-process-lock with one more", "cross-process-lock", f'{{"pID":{MAX_PID + 1}}}', None)
owner("cross-process-lock with an exponent", "cross-process-lock", '{"pID":4711e0}', 4711)
owner("cross-process-lock with null", "cross-process-lock", '{"pID":null}', None)
owner("the key spelt otherwise", "json-without-owner", '{"PID":4711}', None)
owner("the key further inside", "json-without-owner", '{"a":{"pID":4711}}', None)
owner("the key as text", "garbage", '["pID",4711]', None)
owner("the key escaped", "cross-process-lock", '{"p\\u0049D":4711}', 4711)
owner("not JSON, with the key", "garbage", '{"pID":4711', None)

# --- filelock ---
LEASE = "filelock/2\npid=4711\nhost=h\nmode=lease\ntoken=a\nduration=30\nstart=1\n"
owner("a lease", "filelock-lease", LEASE, 4711)
owner("an exclusive marker", "filelock-lease", LEASE.replace("lease", "exclusive"), 4711)
owner("a lease with the pid further down", "filelock-lease", "filelock/2\nhost=h\npid=4711\n", 4711)
owner("a lease with two pids: the first", "filelock-lease", "filelock/2\npid=4711\npid=4712\n", 4711)
owner("a lease without a pid", "filelock-lease", "filelock/2\nhost=h\n", None)
owner("a lease with an empty pid", "filelock-lease", "filelock/2\npid=\nhost=h\n", None)
owner("a lease whose pid is text", "filelock-lease", "filelock/2\npid=x\npid=4711\n", None)
owner("a lease whose pid has a sign", "filelock-lease", "filelock/2\npid=+4711\n", None)
owner("a lease whose host looks like a pid", "filelock-lease", "filelock/2\nhost=pid=1\n", None)
owner("a lease cut off after its first line", "filelock-lease", "filelock/2\n", None)
owner("a lease cut off before", "garbage", "filelock/2", None)
owner("another version", "garbage", "filelock/3\npid=4711\n", None)
owner("the strict marker", "filelock-strict", b"1\nfilelock-strict-v1\0\n0\n", None)
owner("the strict marker alone", "filelock-strict", b"1\nfilelock-strict-v1\0", None)
owner("the strict marker without its NUL is a soft lock's shape", "filelock-soft", "1\nfilelock-strict-v1\n", 1)
owner("a soft lock", "filelock-soft", "4711\nworkstation\n", 4711)
owner("a soft lock with a token", "filelock-soft", "4711\nworkstation\n1234567890123456\n", 4711)
owner("a soft lock with a token of 20 digits", "filelock-soft", "4711\nworkstation\n12345678901234567890\n", 4711)
owner("a soft lock as filelock 4.2 writes it", "filelock-soft", "449\nworkstation\n4628315628389613304812524345302080575932323111829812097426\n", 449)
owner("a soft lock with a token of 64 digits", "filelock-soft", "4711\nworkstation\n" + "7" * 64 + "\n", 4711)
owner("a soft lock with a token of 65 digits", "garbage", "4711\nworkstation\n" + "7" * 65 + "\n", None)
owner("a soft lock with a pid of 21 digits", "filelock-soft", "9" * 21 + "\nworkstation\n", None)
owner("a soft lock, last newline missing", "filelock-soft", "4711\nworkstation", 4711)
owner("a soft lock of Windows", "filelock-soft", "4711\r\nworkstation\r\n133700000000000000\r\n", 4711)
owner("a soft lock with a host of digits", "filelock-soft", "4711\n4712\n", 4711)
owner("a soft lock with three numbers", "filelock-soft", "4711\n4712\n4713\n", 4711)
owner("a soft lock with a host of spaces", "filelock-soft", "4711\n \n", 4711)
owner("a soft lock with a host that is not UTF-8", "filelock-soft", b"4711\n\xff\xfe\n", 4711)
owner("a soft lock without a host", "garbage", "4711\n\n", None)
owner("a soft lock with text as its token", "garbage", "4711\nworkstation\ntoken\n", None)
owner("four lines", "garbage", "4711\nworkstation\n1\n2\n", None)
owner("an empty fourth line", "garbage", "4711\nworkstation\n1\n\n", None)

# --- pid files ---
owner("a pid file", "pid-file", "4711\n", 4711)
owner("a pid file without newline", "pid-file", "4711", 4711)
owner("a pid file of Windows", "pid-file", "4711\r\n", 4711)
owner("a pid file of UUCP", "pid-file", "      4711\n", 4711)
owner("a pid file with a tab", "pid-file", "\t4711 \n", 4711)
owner("a pid file with a leading zero", "pid-file", "04711\n", 4711)
owner("pid 0", "pid-file", "0\n", None)
owner("the largest pid", "pid-file", f"{MAX_PID}\n", MAX_PID)
owner("one more than the largest pid", "pid-file", f"{MAX_PID + 1}\n", None)
owner("64 digits", "pid-file", "9" * 64, None)
owner("65 digits", "garbage", "9" * 65, None)
owner("a sign", "garbage", "-4711\n", None)
owner("a plus", "garbage", "+4711\n", None)
owner("a fraction", "garbage", "4711.5\n", None)
owner("digits of another script", "garbage", "\u0664\u0667\n", None)
owner("a vertical tab is no white space here", "garbage", "\u000b4711\n", None)
owner("two newlines", "garbage", "4711\n\n", None)
owner("a newline in front", "garbage", "\n4711\n", None)
owner("a NUL behind", "garbage", "4711\0\n", None)
owner("a byte-order mark in front", "garbage", "\ufeff4711\n", None)

# --- half of a lock ---
TORN = '{\n  "pid": '
for length in range(1, len(TORN) + 1):
    named(f"a lock cut off after {length} bytes", "openclaw-torn", TORN[:length])
named("a lock cut off in its pid", "openclaw-torn", TORN + "47")
named("a lock cut off later", "openclaw-torn", TORN + '4711,\n  "createdAt": "2026-')
named("a lock with something behind its beginning", "openclaw-torn", TORN + "x")
named("a lock in one line, cut off", "garbage", '{"pid": 47')
named("with a carriage return", "garbage", '{\r\n  "pid": 47')
named("another key first", "garbage", '{\n  "lease": 47')

# --- JSON, and the rest ---
named("an object without owner", "json-without-owner", '{\n  "lease": "a7"\n}\n')
named("an empty object", "json-without-owner", "{}")
named("an array", "garbage", "[]")
named("text in quotes", "garbage", '"x"')
named("null", "garbage", "null")
named("text", "garbage", "do not touch\n")
named("bytes", "garbage", b"\x00\xff\x80")


# --- FOREIGN-3 ---
def locked(name: str, text: str, *found: tuple[str, str, int | None], major: int = 8, minor: int = 1, inode: str = "131142") -> None:
    wanted = [{"type": kind, "access": access, "pid": pid} for kind, access, pid in found]
    CASES.append({"name": name, "rule": "FOREIGN-3", "locks": text, "major": major, "minor": minor, "inode": inode, "expect": {"kernelLocks": wanted}})


OURS = "08:01:131142 0 EOF\n"
locked("no locks at all", "")
locked("flock", "1: FLOCK  ADVISORY  WRITE 4711 " + OURS, ("flock", "WRITE", 4711))
locked("fcntl", "1: POSIX  ADVISORY  WRITE 4711 " + OURS, ("fcntl", "WRITE", 4711))
locked("an open file description", "1: OFDLCK ADVISORY  WRITE -1 " + OURS, ("ofd", "WRITE", None))
locked("shared", "1: FLOCK  ADVISORY  READ 4711 " + OURS, ("flock", "READ", 4711))
locked("a mandatory lock", "1: POSIX  MANDATORY READ 4711 " + OURS, ("fcntl", "READ", 4711))
locked("a range", "1: POSIX  ADVISORY  READ 4711 08:01:131142 128 255\n", ("fcntl", "READ", 4711))
locked("of another namespace", "1: FLOCK  ADVISORY  WRITE 0 " + OURS, ("flock", "WRITE", None))
locked("a kernel lease", "1: LEASE  ACTIVE    READ 4711 " + OURS)
locked("a delegation", "1: DELEG  ACTIVE    READ 4711 " + OURS)
locked("a lease that is being broken", "1: LEASE  BREAKING  UNLCK 4711 " + OURS)
locked("one that waits", "1: FLOCK  ADVISORY  WRITE 4711 " + OURS + "1: -> FLOCK  ADVISORY  WRITE 4712 " + OURS, ("flock", "WRITE", 4711))
locked("only one that waits", "1: -> POSIX  ADVISORY  WRITE 4712 " + OURS)
locked("two readers", "1: FLOCK  ADVISORY  READ 4711 " + OURS + "2: FLOCK  ADVISORY  READ 4712 " + OURS, ("flock", "READ", 4711), ("flock", "READ", 4712))
locked("both kinds", "1: POSIX  ADVISORY  WRITE 4712 " + OURS + "2: FLOCK  ADVISORY  WRITE 4711 " + OURS, ("fcntl", "WRITE", 4712), ("flock", "WRITE", 4711))
locked("two ranges of one process are one lock", "1: POSIX  ADVISORY  WRITE 4711 08:01:131142 0 9\n2: POSIX  ADVISORY  WRITE 4711 08:01:131142 20 29\n", ("fcntl", "WRITE", 4711))
locked("a range to read and one to write are two", "1: POSIX  ADVISORY  READ 4711 08:01:131142 0 9\n2: POSIX  ADVISORY  WRITE 4711 08:01:131142 20 29\n", ("fcntl", "READ", 4711), ("fcntl", "WRITE", 4711))
locked("another inode", "1: FLOCK  ADVISORY  WRITE 4711 08:01:131143 0 EOF\n")
locked("an inode that begins so", "1: FLOCK  ADVISORY  WRITE 4711 08:01:1311420 0 EOF\n")
locked("an inode that ends so", "1: FLOCK  ADVISORY  WRITE 4711 08:01:9131142 0 EOF\n")
locked("another minor", "1: FLOCK  ADVISORY  WRITE 4711 08:02:131142 0 EOF\n")
locked("another major", "1: FLOCK  ADVISORY  WRITE 4711 18:01:131142 0 EOF\n")
locked("hexadecimal devices", "1: FLOCK  ADVISORY  WRITE 4711 fd:12c:7 0 EOF\n", ("flock", "WRITE", 4711), major=253, minor=300, inode="7")
locked("an inode beyond 2^53", "1: FLOCK  ADVISORY  WRITE 4711 00:20:18446744073709551557 0 EOF\n", ("flock", "WRITE", 4711), major=0, minor=32, inode="18446744073709551557")
locked("one beside it", "1: FLOCK  ADVISORY  WRITE 4711 00:20:18446744073709551558 0 EOF\n", major=0, minor=32, inode="18446744073709551557")
locked("many digits in front", "1000: FLOCK  ADVISORY  WRITE 4711 " + OURS, ("flock", "WRITE", 4711))
locked("a line cut off", "1: FLOCK  ADVISORY  WRITE 47")
locked("a line without its range", "1: FLOCK  ADVISORY  WRITE 4711 08:01:131142", )
locked("a type from the future", "1: FUTURE ADVISORY  WRITE 4711 " + OURS)
locked("others around it", "1: FLOCK  ADVISORY  WRITE 1 08:01:1 0 EOF\n2: POSIX  ADVISORY  WRITE 4711 " + OURS + "3: POSIX  ADVISORY  READ 2 00:19:9 0 0\n", ("fcntl", "WRITE", 4711))


# --- FOREIGN-6: all of it, one fact changed at a time, and every pair of the rest ---
ABANDONED: dict[str, Any] = {"removable": True, "object": "regular", "quietMs": 40000, "silentMs": 40000, "kernelLock": "none", "anyDescriptor": "none", "owner": "unrecorded"}


def judged(name: str, answer: str, trust: bool = False, **facts: Any) -> None:
    CASES.append({"name": name, "rule": "FOREIGN-6", "evidence": ABANDONED | facts, "staleMs": 30000, "trustPids": trust, "expect": {"answer": answer}})


judged("abandoned", "abandoned")
judged("a directory", "abandoned", object="directory", kernelLock="unknown", anyDescriptor="unknown")
judged("not removable", "not-removable", removable=False)
judged("not removable and recent", "not-removable", removable=False, quietMs=0)
judged("a little too young", "recent", quietMs=29999)
judged("exactly old enough", "abandoned", quietMs=30000)
judged("not watched for long enough", "recent", silentMs=0)
judged("not silent for long enough", "recent", silentMs=29999)
judged("exactly silent enough", "abandoned", silentMs=30000)
judged("a directory that was touched", "recent", object="directory", silentMs=0)
judged("recent, and its owner lives", "recent", quietMs=1, owner="lives")
judged("its owner lives", "owner-lives", owner="lives")
judged("its owner lives, whoever is trusted", "owner-lives", trust=True, owner="lives")
judged("its owner lives, and it is locked", "owner-lives", owner="lives", kernelLock="held")
judged("nobody has that pid", "abandoned", owner="nobody")
judged("whether somebody has that pid cannot be seen", "cannot-see", owner="unknown")
judged("whether somebody has that pid cannot be seen, and it is locked", "in-use", owner="unknown", kernelLock="held")
judged("a directory's owner cannot be seen", "cannot-see", object="directory", owner="unknown")
judged("a directory's owner lives", "owner-lives", object="directory", owner="lives")
for kernel, descriptor, trusted in itertools.product(("held", "none", "none-here", "unknown"), ("open", "none", "none-here", "unknown"), (False, True)):
    pair = {kernel, descriptor}
    if pair & {"held", "open"}:
        wanted = "in-use"
    elif "unknown" in pair or ("none-here" in pair and not trusted):
        wanted = "cannot-see"
    else:
        wanted = "abandoned"
    judged(f"kernel lock {kernel}, descriptor {descriptor}, {'trusted' if trusted else 'not trusted'}", wanted, trust=trusted, kernelLock=kernel, anyDescriptor=descriptor)
    judged(f"a directory: kernel lock {kernel}, descriptor {descriptor}, {'trusted' if trusted else 'not trusted'}", "abandoned", trust=trusted, object="directory", kernelLock=kernel, anyDescriptor=descriptor)
