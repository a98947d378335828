#!/usr/bin/env python3
"""A reading of state.md and REFRESH-11 that no helper shares, compared with every vector; exit 1 if one differs."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RULES = ("STATE-1", "STATE-2", "STATE-3", "STATE-5", "STATE-6", "STATE-7", "STATE-8", "REFRESH-11")
# ECMA-262, WhiteSpace and LineTerminator: what OpenClaw's trim() takes off. str.strip() takes another set.
WHITE = "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
FENCE = "openclaw-oauth-refresh-fence:v1:"
LATEST, MARGIN = 8_640_000_000_000_000, 300_000


class RefusedError(Exception):
    pass


# --- STATE-1 to 3 ---


def absolute(path: str, cwd: str) -> str:
    return "/" + posixpath.normpath(posixpath.join(cwd, path)).lstrip("/")


def home_value(value: str | None) -> str | None:
    value = (value or "").strip(WHITE)
    return None if value in ("", "undefined", "null") else value


def under_tilde(path: str, home: str) -> str | None:
    """`path` with a leading `~` replaced, or None where `~` is part of a name."""
    return home + path[1:] if path == "~" or path[:2] in ("~/", "~\\") else None


class Paths:
    def __init__(self, asked: dict[str, Any]) -> None:
        self.asked, self.env, self.cwd = asked, asked["env"], asked["cwd"]

    def home(self) -> str:
        system = (
            home_value(self.env.get("HOME"))
            or home_value(self.env.get("USERPROFILE"))
            or home_value(self.asked["home"])
        )
        wanted = home_value(self.env.get("OPENCLAW_HOME"))
        if wanted is None:
            return absolute(system or self.cwd, self.cwd)
        if under_tilde(wanted, "") is None:
            return absolute(wanted, self.cwd)
        return self.cwd if system is None else absolute(str(under_tilde(wanted, system)), self.cwd)

    def user_path(self, path: str) -> str:
        return absolute(under_tilde(path, self.home()) or path, self.cwd)

    def profile_dir(self, name: str) -> str:
        if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}", name):
            raise RefusedError
        return self.home() + "/.openclaw" + ("" if name.lower() == "default" else f"-{name}")

    def state_dir(self) -> str:
        profile = (self.asked.get("profile") or "").strip(WHITE)
        if profile:
            return self.profile_dir(profile)
        given = (self.env.get("OPENCLAW_STATE_DIR") or "").strip(WHITE)
        if given:
            return self.user_path(given)
        new, old = self.home() + "/.openclaw", self.home() + "/.clawdbot"
        return old if old in self.asked["exists"] and new not in self.asked["exists"] else new

    def agent_dir(self) -> str:
        agent = (self.asked.get("agentId") or "").strip(WHITE)
        if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}", agent):
            agent = re.sub(r"[^a-z0-9_-]+", "-", agent.lower()).strip("-")[:64] or "main"
        return f"{self.state_dir()}/agents/{agent.lower()}/agent"

    def main_agent_dir(self) -> str:
        given = (self.env.get("OPENCLAW_AGENT_DIR") or "").strip(WHITE)
        if given and self.user_path(given) + "/openclaw-agent.sqlite" in self.asked["exists"]:
            return self.user_path(given)
        return f"{self.state_dir()}/agents/main/agent"

    def refresh_locks(self) -> list[str]:
        provider, profile = self.asked["provider"].strip(WHITE), self.asked["profileId"]
        if not provider or "\u03a3" in provider:
            raise RefusedError
        provider = provider.lower()
        directory = f"{self.state_dir()}/locks/oauth-refresh"
        return [f"{directory}/sha256-{sha256(provider, profile)}", f"{directory}/lock-{lanes([provider, profile])}"]


def sha256(*parts: str) -> str:
    """Over the parts with NUL between; a lone surrogate is U+FFFD."""
    text = "\0".join(parts)
    return hashlib.sha256(re.sub("[\ud800-\udfff]", "\ufffd", text).encode()).hexdigest()


def lanes(pair: list[str]) -> str:
    quoted = json.dumps(pair, ensure_ascii=False, separators=(",", ":"))
    text = re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", quoted)
    left, right = 14695981039346656037, 11160318154034397263
    for byte in text.encode():
        left = (left ^ byte) * 1099511628211 % 2**64
        right = (right ^ (byte + 11400714819323198485)) * 1099511628211 % 2**64
    return f"{left:016x}{right:016x}"


def answer_paths(asked: dict[str, Any]) -> dict[str, Any]:
    paths = Paths(asked)
    try:
        answer: dict[str, Any] = {
            "stateDir": paths.state_dir(),
            "agentDir": paths.agent_dir(),
            "mainAgentDir": paths.main_agent_dir(),
        }
        if "provider" in asked:
            answer["refreshLocks"] = paths.refresh_locks()
    except RefusedError:
        return {"code": "file_lock_invalid_option"}
    return answer


# --- STATE-5 to 7, REFRESH-11 ---


def text(credential: Any, key: str) -> str:
    """What is said under `key`, without white space around it; nothing if it is no text."""
    value = credential.get(key) if isinstance(credential, dict) else None
    return value.strip(WHITE) if isinstance(value, str) else ""


def number(credential: Any, key: str) -> float | None:
    value = credential.get(key) if isinstance(credential, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LATEST:
        return None
    return float(value)


def fence(credential: Any) -> str | None:
    if not isinstance(credential, dict):
        return None
    marked = [
        (key, str(credential.get(key))) for key in ("access", "refresh") if str(credential.get(key)).startswith(FENCE)
    ]
    if not marked:
        return None
    failed = [re.fullmatch(rf"{FENCE}[0-9a-f]{{32}}:failed:{key}:[0-9a-f]{{64}}", value) for key, value in marked]
    return "failed" if all(failed) else "pending"


def usable(credential: Any, now: int) -> bool:
    if not isinstance(credential, dict) or credential.get("type") != "oauth" or fence(credential):
        return False
    expires = number(credential, "expires")
    return text(credential, "access") != "" and expires is not None and expires > 0 and expires - now > MARGIN


def same_account(stored: Any, other: Any) -> bool:
    provider = text(stored, "provider").lower()
    if provider == "" or provider != text(other, "provider").lower():
        return False
    said = [(text(stored, key), text(other, key)) for key in ("accountId", "email")]
    if all(said[0]):
        return said[0][0] == said[0][1]
    if all(said[1]):
        return said[1][0].lower() == said[1][1].lower()
    if any(text(stored, key) != "" and stored[key] == other.get(key) for key in ("refresh", "access")):
        return True
    return said[0][0] == said[1][0] == ""


def may_adopt(stored: Any, main: Any, now: int) -> bool:
    if not isinstance(stored, dict) or stored.get("type") != "oauth" or not usable(main, now):
        return False
    mine, theirs = number(stored, "expires"), number(main, "expires")
    return (mine is None or (theirs is not None and theirs > mine)) and same_account(stored, main)


def owner(main: Any, agent: Any) -> str:
    if not isinstance(agent, dict):
        return "main" if isinstance(main, dict) else "none"
    if (
        not isinstance(main, dict)
        or not main.get("type") == agent.get("type") == "oauth"
        or not same_account(agent, main)
    ):
        return "agent"
    mine, theirs = number(agent, "expires"), number(main, "expires")
    if theirs is not None:
        return "main" if mine is None or theirs >= mine else "agent"
    equal = all(agent.get(key, "") == main.get(key, "") for key in ("refresh", "access"))
    return "main" if mine is None and equal and text(agent, "refresh") != "" else "agent"


def answer_credential(case: dict[str, Any]) -> dict[str, Any]:
    stored, main, now = case["credential"], case["main"], case["now"]
    return {
        "usable": usable(stored, now),
        "fence": fence(stored),
        "mayAdopt": may_adopt(stored, main, now),
        "sameAccount": same_account(stored, main) if isinstance(main, dict) else None,
    }


def answer(case: dict[str, Any]) -> dict[str, Any]:
    if "paths" in case:
        return answer_paths(case["paths"])
    if "owner" in case:
        return {"owner": owner(**case["owner"])}
    return answer_credential(case)


def main() -> int:
    failed, reached = 0, Counter[str]()
    for case in json.loads((HERE / "state.json").read_text()):
        whole, expect = answer(case), case["expect"]
        got = {key: whole.get(key) for key in expect} if "code" not in whole else whole
        reached[case["rule"]] += 1
        if got != expect:
            failed += 1
            print(f"state: {case['name']}\n  expected {expect}\n  got      {got}"[:2000])
    missing = [rule for rule in RULES if reached[rule] < 2]
    print(f"{failed} differ; cases per rule: {dict(reached)}; rules with fewer than two: {missing}")
    return 1 if failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())
