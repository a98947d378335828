"""Start times where there is no /proc, in OpenClaw's unit for the platform (PAYLOAD-2)."""

from __future__ import annotations

import os

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: How many of the platform's units are a second.
UNITS_PER_SECOND = {"darwin": 1, "win32": 1000}


def start_time(platform: str, pid: int) -> int | None:
    """``None`` where it cannot be known: a start time in a wrong unit gets a live lock stolen at once."""
    if platform == "darwin":
        return _darwin(pid)
    if platform == "win32":
        from ._windows import creation_time

        return creation_time(pid)
    return None


def _darwin(pid: int) -> int | None:
    import subprocess

    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
    command = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=2, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return parse_lstart(done.stdout.decode("ascii", "replace")) if done.returncode == 0 else None


def parse_lstart(text: str) -> int | None:
    """Epoch seconds of ``Sat Nov 21 10:00:00 2026``, as ``ps`` prints it under ``LC_ALL=C``."""
    from ._timestamp import parse_timestamp

    words = text.split()
    if len(words) != 5 or words[1] not in _MONTHS:
        return None
    _, month, day, clock, year = words
    moment = parse_timestamp(f"{year:0>4}-{_MONTHS.index(month) + 1:02d}-{day:0>2}T{clock}Z")
    return None if moment is None else moment // 1000
