#!/usr/bin/env python3
"""A reading of the pure rules of refresh.md that no helper shares, compared with every vector."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from oracle_state import LATEST, MARGIN, number, text

HERE = Path(__file__).parent
RULES = ("REFRESH-2", "REFRESH-4", "REFRESH-10")


class RefusedError(Exception):
    """`code` of refresh.md."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def generation(credential: dict[str, Any]) -> str:
    tokens = [value if isinstance(value, str) else "" for value in map(credential.get, ("refresh", "access"))]
    if re.search("[\0\ud800-\udfff]", "".join(tokens)):
        raise RefusedError("refresh_unavailable")
    return hashlib.sha256("\0".join(["openclaw-refresh-generation:v1", *tokens]).encode()).hexdigest()


def fresh(first: Any, credential: Any, rejected: str | None, now: int) -> bool:
    access, expires = text(credential, "access"), number(credential, "expires")
    if access == "" or expires is None or credential["access"] == rejected:
        return False
    if expires > 0 and expires - now > MARGIN:
        return True
    if not isinstance(first, dict) or generation(first) == generation(credential):
        return False
    before = number(first, "expires")
    return before is None or expires > before


def lifetime(said: Any) -> int | None:
    """Whole milliseconds, or None where nothing usable was said."""
    if isinstance(said, str):
        said = int(said) if re.fullmatch("[0-9]{1,15}", said) else None
    if isinstance(said, bool) or not isinstance(said, int | float) or said <= 0 or said > LATEST:
        return None
    return int(said * 1000)


def merge(stored: dict[str, Any], answer: dict[str, Any], requested_at: int) -> dict[str, Any]:
    if text(answer, "access_token") == "":
        raise RefusedError("refresh_outcome_unknown")
    accounts = text(stored, "accountId"), text(answer, "account_id")
    addresses = text(stored, "email").lower(), text(answer, "email").lower()
    decides = next((pair for pair in (accounts, addresses) if all(pair)), ("", ""))
    if decides[0] != decides[1]:
        raise RefusedError("refresh_identity")
    lives = lifetime(answer.get("expires_in"))
    if lives is None or requested_at + lives > LATEST:
        lives = 3_600_000
    new = stored | {"access": answer["access_token"], "expires": requested_at + lives}
    for theirs, ours in (("refresh_token", "refresh"), ("account_id", "accountId"), ("email", "email")):
        if text(answer, theirs) != "":
            new[ours] = answer[theirs]
    return new


def answer(case: dict[str, Any]) -> dict[str, Any]:
    try:
        if "generation" in case:
            return {"generation": generation(case["generation"])}
        if "fresh" in case:
            return {"fresh": fresh(**case["fresh"])}
        asked = case["merge"]
        return {"credential": merge(asked["stored"], asked["answer"], asked["requestedAt"])}
    except RefusedError as refused:
        return {"code": refused.code}


def main() -> int:
    failed, reached = 0, Counter[str]()
    for case in json.loads((HERE / "refresh.json").read_text()):
        got = answer(case)
        reached[case["rule"]] += 1
        if got != case["expect"]:
            failed += 1
            print(f"refresh: {case['name']}\n  expected {case['expect']}\n  got      {got}"[:2000])
    missing = [rule for rule in RULES if reached[rule] < 2]
    print(f"{failed} differ; cases per rule: {dict(reached)}; rules with fewer than two: {missing}")
    return 1 if failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())
