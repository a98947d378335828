"""Lines in and out."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any

Request = dict[str, Any]
Reply = dict[str, Any]

_output = threading.Lock()


def write_line(message: Reply) -> None:
    """One whole line on standard output before it returns, also where that is a pipe that is full."""
    rest = memoryview(json.dumps(message, allow_nan=False).encode() + b"\n")
    with _output:
        while rest:
            try:
                rest = rest[os.write(1, rest) :]
            except BlockingIOError:
                time.sleep(0.001)


def text(request: Request, field: str) -> str:
    value = request.get(field)
    if not isinstance(value, str):
        raise TypeError(f"{request.get('verb')} needs {field}")
    return value


def number(request: Request, field: str, fallback: float) -> float:
    value = request.get(field, fallback)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{request.get('verb')}: {field} must be a number")
    return value


def read_time(value: object) -> object:
    """What JSON cannot say comes as text."""
    return float(value) if isinstance(value, str) and value in ("NaN", "Infinity", "-Infinity") else value
