#!/usr/bin/env python3
"""Explores the configurations and prints a line each. Exit status 1 if one comes out otherwise than expected.

usage: run.py [--deep] [--show TEXT]    --show: only those whose name contains TEXT, with the trace that was found
"""

from __future__ import annotations

import argparse
import sys
import time

from configurations import ALL, HOLDS, STUCK, UNSAFE, Configuration
from state import State

from model import Outcome, explore


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deep", action="store_true", help="the large configurations too (minutes)")
    parser.add_argument("--show", metavar="TEXT", default="")
    options = parser.parse_args()
    passed = failed = 0
    for configuration in ALL:
        if (configuration.deep and not options.deep) or options.show not in configuration.name:
            continue
        started = time.monotonic()
        outcome = explore(configuration.setting)
        good = as_expected(configuration, outcome)
        passed, failed = passed + good, failed + (not good)
        print(line(configuration, outcome, good, time.monotonic() - started), flush=True)
        if outcome.trace and (options.show or not good):
            show(outcome.trace)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def as_expected(configuration: Configuration, outcome: Outcome) -> bool:
    if configuration.expect == UNSAFE:
        return bool(outcome.violation)
    if outcome.violation:
        return False
    if configuration.expect == STUCK:
        return bool(outcome.waiting[""])
    return set(outcome.waiting) == set(configuration.waits)


def line(configuration: Configuration, outcome: Outcome, good: bool, seconds: float) -> str:
    setting = configuration.setting
    happens = " ".join(f"{count} {what.replace('_', ' ')}" for what, count in setting.budget._asdict().items() if count)
    who = f"{setting.kinds}{f' x{setting.rounds}' if setting.rounds > 1 else ''}{f', {happens}' if happens else ''}"
    size = f"{outcome.states} states in {seconds:.1f} s"
    return f"{'ok    ' if good else 'FAILED'} {configuration.name} [{who}]: {result(configuration, outcome)}; {size}"


def result(configuration: Configuration, outcome: Outcome) -> str:
    as_it_must = "fails as it must: " if configuration.expect != HOLDS else ""
    if outcome.violation:
        return f"{as_it_must}{outcome.violation} after {len(outcome.trace) - 1} steps"
    if not outcome.waiting:
        return "one holder at most, everybody finishes"
    reasons = ", ".join(f"{why or 'no reason'} ({count} states)" for why, count in sorted(outcome.waiting.items()))
    return (
        f"{as_it_must}one holder at most; some wait for ever, {len(outcome.trace) - 1} steps away, because of {reasons}"
    )


def show(trace: list[State]) -> None:
    for number, state in enumerate(trace):
        processes = "  ".join(f"{p.step if p.mood == 'running' else p.mood}" for p in state.processes)
        files = ", ".join(
            f"{name if isinstance(name, str) else ' of '.join(map(str, name))}={value}"
            for name, value in sorted(state.files, key=str)
        )
        print(f"    {number:3} {processes:60} {files}")


if __name__ == "__main__":
    sys.exit(main())
