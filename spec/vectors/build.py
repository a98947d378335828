#!/usr/bin/env python3
"""Writes the vectors from the cases. `--check` only says whether they are current."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import foreign_cases
import payload_cases
import refresh_cases
import state_cases
import store_cases
import verdict_cases

HERE = Path(__file__).parent
FILES = {
    "payload.json": payload_cases.CASES,
    "verdict.json": verdict_cases.CASES,
    "store.json": store_cases.CASES,
    "state.json": state_cases.CASES,
    "refresh.json": refresh_cases.CASES,
    "foreign.json": foreign_cases.CASES,
}


def text(cases: list[dict[str, Any]]) -> str:
    """One case a line: a change of one case is a change of one line."""
    names = [case["name"] for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SystemExit(f"names used twice: {twice}")
    return "[\n" + ",\n".join(json.dumps(case, allow_nan=False) for case in cases) + "\n]\n"


def main() -> int:
    check = sys.argv[1:] == ["--check"]
    outdated = 0
    for name, cases in FILES.items():
        path, wanted = HERE / name, text(cases)
        if not check:
            path.write_text(wanted)
        elif not path.exists() or path.read_text() != wanted:
            print(f"{name} is not what build.py makes")
            outdated = 1
        print(f"{name}: {len(cases)} cases")
    return outdated


if __name__ == "__main__":
    sys.exit(main())
