#!/usr/bin/env python3
"""A reading of foreign.md that no helper shares, compared with every case of `foreign.json`."""

from __future__ import annotations

import base64
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import oracle

HERE = Path(__file__).parent
KINDS = json.loads((HERE.parent / "foreign.json").read_text())["kinds"]
MAX_PID, MAX_READ = 2147483647, 65536
NUMBER, TEXT = rb"[ \t\r]*[0-9]{1,64}[ \t\r]*", rb"[^\n]+"


def content_of(lock: dict[str, Any]) -> bytes:
    if "base64" in lock:
        return base64.b64decode(lock["base64"])
    if "repeat" in lock:
        return str(lock["repeat"]["unit"] * lock["repeat"]["times"]).encode()
    return str(lock.get("text", "")).encode()


def latin(text: str) -> bytes:
    return text.encode("latin-1")


def is_shaped(data: bytes, shapes: list[list[str]]) -> bool:
    body = re.sub(rb"\r?\n\Z", b"", data, count=1)
    alternatives = (b"\n".join(NUMBER if part == "number" else TEXT for part in shape) for shape in shapes)
    return any(re.fullmatch(each, body) for each in alternatives)


def fits(when: dict[str, Any], lock: dict[str, Any], data: bytes) -> bool:
    regular = lock["kind"] == "regular"
    if lock["kind"] != when.get("object", "regular"):
        return False
    if not regular:
        return "entries" not in when or lock.get("entries") == []
    size = "oversized" if len(data) > MAX_READ else "" if data else "empty"
    parsed = oracle.classify(data) if size == "" else {"content": size}
    value = json.loads(data) if parsed["content"] == "json" else None
    tests = {
        "size": lambda want: size == want,
        "directory": lambda want: any(name.endswith(want) for name in lock["directory"].split("/")),
        "kernelLock": lambda want: bool({want, "ofd" if want == "fcntl" else want} & set(lock.get("kernelLocks", []))),
        "begins": lambda want: any(data.startswith(latin(each)) for each in want),
        "key": lambda want: isinstance(value, dict) and want in value,
        "lines": lambda want: is_shaped(data, want),
        "torn": lambda want: (
            parsed["content"] == "garbage" and (data.startswith(latin(want)) or latin(want).startswith(data))
        ),
        "content": lambda want: parsed["content"] == want,
    }
    return all(tests[key](want) for key, want in when.items() if key != "object")


def pid_of(entry: dict[str, Any], data: bytes) -> int | None:
    said: Any = None
    where = entry.get("pid", {})
    if "key" in where:
        said = json.loads(data)[where["key"]]
        said = int(said) if type(said) in (int, float) and said == int(said) else None
    elif "line" in where:
        prefix = latin(where["line"])
        line = next((each for each in data.split(b"\n") if each.startswith(prefix)), b"")
        digits = line[len(prefix) :].strip(b" \t\r")
        said = int(digits) if re.fullmatch(rb"[0-9]+", digits) else None
    return said if said is not None and 1 <= said <= MAX_PID else None


def locks_on(text: str, major: int, minor: int, inode: str) -> list[dict[str, Any]]:
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"\d+: +(\w+) +\w+ +(\w+) +(-?\d+) +([0-9a-f]+):([0-9a-f]+):(\d+) +\d+ +\w+", line)
        kind = {"FLOCK": "flock", "POSIX": "fcntl", "OFDLCK": "ofd"}.get(match[1]) if match else None
        if match and kind and (int(match[4], 16), int(match[5], 16), match[6]) == (major, minor, inode):
            lock = {"type": kind, "access": match[2], "pid": max(int(match[3]), 0) or None}
            found += [] if lock in found else [lock]
    return found


def abandoned(fact: dict[str, Any], stale: int, trust: bool) -> str:
    if not fact["removable"]:
        return "not-removable"
    if min(fact["quietMs"], fact["silentMs"]) < stale:
        return "recent"
    if fact["owner"] == "lives":
        return "owner-lives"
    enough = {"none", "none-here"} if trust else {"none"}
    if fact["object"] == "regular":
        if fact["kernelLock"] == "held" or fact["anyDescriptor"] == "open":
            return "in-use"
        if not {fact["kernelLock"], fact["anyDescriptor"]} <= enough:
            return "cannot-see"
    return "cannot-see" if fact["owner"] == "unknown" else "abandoned"


def answer(case: dict[str, Any]) -> dict[str, Any]:
    if "locks" in case:
        return {"kernelLocks": locks_on(case["locks"], case["major"], case["minor"], case["inode"])}
    if "evidence" in case:
        return {"answer": abandoned(case["evidence"], case["staleMs"], case["trustPids"])}
    data = content_of(case["lock"])
    entry = next(each for each in KINDS if fits(each["when"], case["lock"], data))
    return {"kind": entry["kind"], "pid": pid_of(entry, data)}


def main() -> int:
    failed, reached = 0, Counter[str]()
    for case in json.loads((HERE / "foreign.json").read_text()):
        got = answer(case)
        reached[str(got.get("kind", got.get("answer")))] += 1
        if got != case["expect"]:
            failed += 1
            print(f"foreign: {case['name']}\n  expected {case['expect']}\n  got      {got}")
    wanted = {entry["kind"] for entry in KINDS} | {
        "not-removable",
        "recent",
        "owner-lives",
        "in-use",
        "cannot-see",
        "abandoned",
    }
    missing = [each for each in sorted(wanted) if not reached[each]]
    print(f"{failed} differ; reached: {dict(reached)}; never reached: {missing}")
    return 1 if failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())
