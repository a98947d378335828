#!/usr/bin/env python3
"""Explores the configurations and prints a line each. Exit status 1 if one comes out otherwise than expected.

usage: run.py [--deep] [--show TEXT]    --show: only those whose name contains TEXT, with the trace that was found
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from typing import Any

import configurations
import places_cases
import refresh_cases
import witness_cases
from expectation import Configuration
from walk import Outcome, explore

ALL = [*configurations.ALL, *places_cases.ALL, *witness_cases.ALL, *refresh_cases.ALL]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deep", action="store_true", help="the large configurations too (minutes)")
    parser.add_argument("--show", metavar="TEXT", default="")
    options = parser.parse_args()
    gc.disable()  # nothing here has cycles, and millions of tuples are looked through for them
    passed = failed = 0
    for configuration in ALL:
        if (configuration.deep and not options.deep) or options.show not in configuration.name:
            continue
        started = time.monotonic()
        outcome = explore(configuration.world)
        good = configuration.met(outcome)
        passed, failed = passed + good, failed + (not good)
        print(line(configuration, outcome, good, time.monotonic() - started), flush=True)
        if outcome.trace and (options.show or not good):
            for number, state in enumerate(outcome.trace):
                print(f"    {number:3} {configuration.world.line(state)}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def line(configuration: Configuration, outcome: Outcome[Any], good: bool, seconds: float) -> str:
    said = f"{configuration.name} [{configuration.who}]: {configuration.result(outcome)}"
    return f"{'ok    ' if good else 'FAILED'} {said}; {outcome.states} states in {seconds:.1f} s"


if __name__ == "__main__":
    sys.exit(main())
