#!/usr/bin/env python3
"""A reading of payload.md and verdict.md that no helper shares, compared with every vector; exit 1 if one differs."""

from __future__ import annotations

import base64
import datetime
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DOMAIN = ("platform", "bootId", "pidNamespace", "timeNamespace")
WITNESS = re.compile(r"\.openclaw-lock-[0-9a-f]{16}\.sock")
INITIAL = "pid:[4026531836]"
TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
EPOCH = datetime.datetime(1970, 1, 1)


def content_of(case: dict[str, Any], key: str) -> bytes:
    if "base64" in case:
        return base64.b64decode(str(case["base64"]))
    if "repeat" in case:
        part = {"prefix": "", "middle": "", "closing": "", "suffix": ""} | case["repeat"]
        times = part["times"]
        text = part["prefix"] + part["unit"] * times + part["middle"] + part["closing"] * times + part["suffix"]
        return str(text).encode()
    return str(case[key]).encode()


# --- payload.md ---


def depth(text: str) -> int:
    deepest = level = 0
    for bracket in re.findall(r"[\[\]{}]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text, flags=re.S)):
        level += 1 if bracket in "[{" else -1
        deepest = max(deepest, level)
    return deepest


def no_constant(name: str) -> float:
    raise ValueError(name)


def whole(value: object, low: int, high: int) -> int | None:
    return int(value) if isinstance(value, float) and value.is_integer() and low <= value <= high else None


def created_ms(value: object) -> str | int:
    if not isinstance(value, str):
        return "absent"
    found = TIME.fullmatch(value)
    if not found:
        return "unparsable"
    try:
        moment = datetime.datetime.strptime(found[1], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return "unparsable"
    if found[1][-2:] > "59" or (found[3] and (found[4] > "23" or found[5] > "59")):
        return "unparsable"
    offset = 0 if not found[3] else (int(found[4]) * 60 + int(found[5])) * (-1 if found[3] == "-" else 1)
    return ((moment - EPOCH) // datetime.timedelta(seconds=1) - offset * 60) * 1000 + int(
        (found[2] or "").ljust(3, "0")[:3]
    )


def classify(content: bytes) -> dict[str, Any]:
    if not content:
        return {"content": "empty"}
    if len(content) > 65536:
        return {"content": "oversized"}
    text = content.decode("utf-8", "replace")
    try:
        if depth(text) > 32:
            return {"content": "garbage"}
        value = json.loads(text, parse_constant=no_constant, parse_int=float, parse_float=float)
    except ValueError:
        return {"content": "garbage"}
    if not isinstance(value, dict):
        return {"content": "garbage"}
    return {
        "content": "json",
        "pid": whole(value.get("pid"), 1, 2**31 - 1),
        "starttime": whole(value.get("starttime"), 0, 2**53 - 1),
        "createdAt": created_ms(value.get("createdAt")),
        "strings": {key: value[key] for key in (*DOMAIN, "dev", "witness") if counts(key, value.get(key))},
        "heartbeatMs": whole(value.get("heartbeatMs"), 1, 31536000000),
    }


def counts(key: str, value: object) -> bool:
    return isinstance(value, str) and value != "" and (key != "witness" or WITNESS.fullmatch(value) is not None)


# --- verdict.md: observation ---


class System:
    def __init__(self, case: dict[str, Any]) -> None:
        system = case["system"]
        self.this, self.platform = system["self"], system["platform"]
        self.files, self.links = system.get("files", {}), system.get("links", {})
        self.signals, self.errors = system.get("signals", {}), system.get("errors", {})
        self.fds, self.starts = system.get("descriptors", {}), system.get("startTimes", {})
        self.now = int(created_ms(system["now"]))
        self.key = {"dev": case["lock"]["dev"], "ino": case["lock"]["ino"]}
        self.witnesses = system.get("witnesses", {})
        own = self.files.get(f"/proc/{self.this['pid']}/status", "")
        alone = len((re.search(r"^NSpid:(.*)$", own, re.M) or [" ", "x"])[1].split()) == 1
        self.usable = alone and self.links.get("/proc/self") == str(self.this["pid"]) and "/proc/1/stat" in self.files
        self.nothing = "none" if self.this.get("pidNamespace") == INITIAL else "none-here"
        self.initial = self.usable and self.this.get("pidNamespace") == INITIAL

    def pids(self) -> list[str]:
        paths = [re.fullmatch(r"/proc/([0-9]+)/stat", path) for path in (*self.files, *self.errors)]
        return [path[1] for path in paths if path]

    def status(self, pid: object) -> dict[str, str] | None:
        text = self.files.get(f"/proc/{pid}/status") if self.usable else None
        return dict(line.split(":\t", 1) for line in text.splitlines()) if text is not None else None

    def descriptor(self, pid: object) -> str:
        entries = self.fds.get(str(pid))
        if not self.usable or f"/proc/{pid}/fd" in self.errors or entries is None:
            return "unreadable"
        if self.key in entries:
            return "open"
        return "unreadable" if any("error" in entry for entry in entries) else "absent"

    def start(self, pid: object) -> int | None:
        if self.platform != "linux":
            found = self.starts.get(str(pid))
            return None if found is None else int(found)
        text = self.files.get(f"/proc/{pid}/stat") if self.usable else None
        return int(text.rpartition(")")[2].split()[19]) if text is not None else None


def life(status: dict[str, str]) -> str:
    return "zombie" if status["State"][0] in "ZX" and int(status["Threads"]) <= 1 else "live"


def process(system: System, pid: int) -> str:
    signal = system.signals.get(str(pid), "ESRCH")
    if signal == "ESRCH":
        return "gone"
    status = system.status(pid)
    if status is None:
        return "live" if signal == "ok" else "unknown"
    return "thread" if status["Tgid"] != str(pid) else life(status)


def plausible(system: System, start: int) -> bool:
    if system.platform == "linux":
        uptime = system.files.get("/proc/uptime")
        return uptime is None or start <= round(float(uptime.split()[0]) * 100)
    unit = {"darwin": 1000, "win32": 1}[system.platform]
    return 946684800000 <= start * unit <= system.now + 86400000


def search(system: System, pid: int, start: int | None, namespace: str | None) -> str:
    if not system.initial:
        return "unavailable"
    unreadable = False
    for each in system.pids():
        if any(system.errors.get(f"/proc/{each}/{file}") == "EACCES" for file in ("stat", "status")):
            unreadable = True
            continue
        status = system.status(each)
        if status is None or status["NSpid"].split()[-1] != str(pid) or life(status) == "zombie":
            continue
        if namespace is not None and system.links.get(f"/proc/{each}/ns/pid", namespace) != namespace:
            continue
        if system.start(each) == start if start is not None else system.descriptor(each) != "absent":
            return "found"
    return "unavailable" if unreadable else "nobody"


def ask(system: System, name: str, start: int | None) -> str:
    answer = system.witnesses.get(name, {"connect": "ENOENT"})
    if answer["connect"] == "ECONNREFUSED":
        return "refused"
    if answer["connect"] not in ("ok", "EAGAIN"):
        return "unknown"
    peer = answer.get("peer", 0)
    if answer["connect"] == "EAGAIN" or peer == 0:
        return "answers"
    status, actual = system.status(peer), system.start(peer)
    other = start is not None and actual is not None and actual != start
    dead = process(system, peer) == "gone" or (status is not None and life(status) == "zombie") or other
    return "inherited" if dead else "answers"


def kernel_lock(system: System) -> str:
    text = system.files.get("/proc/locks")
    if not system.usable or text is None:
        return "unknown"
    dev = int(system.key["dev"])
    major, minor = (dev >> 8 & 0xFFF) | (dev >> 32 & ~0xFFF), (dev & 0xFF) | (dev >> 12 & ~0xFF)
    return "held" if f"{major:02x}:{minor:02x}:{system.key['ino']}" in text.split() else system.nothing


def observe(case: dict[str, Any]) -> dict[str, Any]:
    system, lock = System(case), case["lock"]
    evidence = {"object": lock["kind"], "quietMs": lock["quietMs"], "namespaces": system.platform == "linux"}
    evidence["silentMs"] = lock.get("silentMs", 0)
    if lock["kind"] != "regular":
        return evidence
    payload = classify(content_of(lock, "text"))
    evidence |= {"content": payload["content"], "kernelLock": kernel_lock(system), "anyDescriptor": "unknown"}
    if system.usable:
        anyone = any(system.key in entries for entries in system.fds.values())
        evidence["anyDescriptor"] = "open" if anyone else system.nothing
    if payload["content"] != "json":
        return evidence
    pid, created, strings = payload["pid"], payload["createdAt"], payload["strings"]
    evidence |= {"pid": pid, "createdAt": created}
    if isinstance(created, int):
        evidence |= {"createdAt": "future" if created > system.now else "past", "createdAtAgeMs": system.now - created}
    if pid is None:
        return evidence
    mine = {"platform": system.platform} | {key: system.this[key] for key in DOMAIN[1:3] if key in system.this}
    domain = {key: strings[key] for key in DOMAIN[:3] if key in strings}
    if any(value != mine[key] for key, value in domain.items() if key in mine):
        evidence["domain"] = "different"
    else:
        whole_domain = domain.items() >= mine.items() and (system.platform != "linux" or len(mine) == 3)
        evidence["domain"] = "same" if whole_domain else "unknown"
    boots = strings.get("bootId"), mine.get("bootId")
    evidence["boot"] = "unknown" if None in boots else "equal" if boots[0] == boots[1] else "differs"
    if domain.get("platform", system.platform) != system.platform:
        evidence["boot"] = "differs"
    here = lock.get("directoryDev", lock["dev"])
    evidence["mount"] = "unknown" if "dev" not in strings else "equal" if strings["dev"] == here else "differs"
    evidence["heartbeatMs"] = payload["heartbeatMs"]
    start = payload["starttime"]
    elsewhen = "timeNamespace" in strings and strings["timeNamespace"] != system.this.get("timeNamespace")
    if start is not None and (elsewhen or not plausible(system, start)):
        start = None
    evidence["process"] = process(system, pid)
    actual = system.start(pid)
    evidence["start"] = (
        "unrecorded" if start is None else "unreadable" if actual is None else "equal" if actual == start else "differs"
    )
    evidence["descriptor"] = system.descriptor(pid) if evidence["process"] == "live" else "unreadable"
    if evidence["domain"] != "same":
        evidence["search"] = search(system, pid, start, strings.get("pidNamespace"))
    if "witness" in strings:
        evidence["witness"] = ask(system, strings["witness"], start)
    return evidence


# --- verdict.md: the table ---


def row(e: dict[str, Any], stale: int, trust: bool) -> int:
    get = e.get
    content, quiet, domain, seen = get("content"), e["quietMs"], get("domain"), get("search")
    live, dead = get("process") == "live", get("process") in ("gone", "zombie", "thread")
    same, dead = domain == "same", dead or (live and get("start") == "differs")
    no_pid, bare = get("pid") is None, live and get("start") == "unrecorded"
    expired = get("createdAt") == "unparsable" or (get("createdAt") == "past" and get("createdAtAgeMs", 0) >= stale)
    nothing, nobody = ("none", "none-here") if trust else ("none",), seen == "nobody"
    silent = e["silentMs"] > 0 and e["silentMs"] >= max(stale, 3 * (get("heartbeatMs") or 0))
    witness, unplaced = get("witness"), dead and domain == "unknown"
    rows = [
        e["object"] != "regular",
        content == "oversized",
        content == "empty" and get("kernelLock") == "held",
        content == "empty" and quiet < 2000,
        content == "empty" and quiet >= stale and get("kernelLock") in nothing and get("anyDescriptor") in nothing,
        content == "empty",
        content == "garbage" and quiet < 2000,
        content == "garbage",
        no_pid and get("createdAt") == "absent",
        no_pid and expired and quiet >= stale,
        no_pid,
        get("descriptor") == "open",
        domain != "different" and live and get("start") == "equal",
        same and get("process") == "gone",
        same and get("process") == "zombie",
        same and get("process") == "thread",
        same and live and get("start") == "differs",
        not same and seen == "found",
        witness == "answers",
        witness == "refused" and get("boot") == "equal" and get("mount") == "equal",
        witness == "inherited",
        unplaced and not e["namespaces"],
        (dead or domain == "different") and nobody and get("boot") == "equal",
        unplaced and nobody,
        (dead or domain == "different") and trust,
        (get("boot") == "differs" or witness == "refused" or unplaced) and silent,
        domain == "different",
        dead,
        bare and get("descriptor") == "absent" and quiet >= stale,
        bare and get("descriptor") == "absent",
        bare,
        live,
        True,
    ]
    return rows.index(True) + 1


def table() -> dict[int, dict[str, Any]]:
    """The outcome of each row, read from the spec itself."""
    found = re.findall(
        r"^\| (\d+) \|.*\| ([a-z-]+)( C)? \| `([a-z-]+)` \|$", (HERE / "../verdict.md").read_text(), re.M
    )
    return {int(number): {"verdict": v, "reason": reason, "conclusive": bool(c)} for number, v, c, reason in found}


def main() -> int:
    failed, reached, outcome = 0, Counter[int](), table()
    for case in json.loads((HERE / "payload.json").read_text()):
        got = classify(content_of(case, "bytes"))
        if got != case["expect"]:
            failed += 1
            print(f"payload: {case['name']}\n  expected {case['expect']}\n  got      {got}")
    for case in json.loads((HERE / "verdict.json").read_text()):
        evidence = observe(case)
        number = row(evidence, case["staleMs"], case.get("trustPids", False))
        reached[number] += 1
        if outcome[number] != case["expect"]:
            failed += 1
            got = outcome[number]
            print(f"verdict: {case['name']}\n  expected {case['expect']}\n  got      {got}\n  from     {evidence}")
    missing = [number for number in outcome if reached[number] < 2]
    print(f"{failed} differ; cases per row: {dict(sorted(reached.items()))}; rows with fewer than two: {missing}")
    return 1 if failed or missing or len(outcome) != 33 else 0


if __name__ == "__main__":
    sys.exit(main())
