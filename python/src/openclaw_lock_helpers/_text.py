"""Text of files and names, made fit for a message (ERROR-3)."""

from __future__ import annotations

#: Longer than any path that Linux accepts.
MAX_PATH = 4096
MAX_NAME = 64


def printable(text: str, limit: int = MAX_NAME) -> str:
    """``text`` with everything escaped that could move a cursor, turn the reading direction or break a line.

    ``str.isprintable`` is false for control, format (bidirectional marks among them), surrogate, private and
    unassigned characters, and for every separator but the space.
    """
    cut = len(text) > limit
    shown = "".join(c if c.isprintable() else _escape(ord(c)) for c in text[:limit])
    return shown + "…" if cut else shown


def _escape(code: int) -> str:
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is not UTF-8 (os.fsdecode)
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def seconds(value: float) -> str:
    return f"{value:.1f} s"
