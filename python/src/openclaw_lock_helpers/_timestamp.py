"""The one form of time that counts in a lock (PAYLOAD-9)."""

from __future__ import annotations

_SHAPE = "dddd-dd-ddTdd:dd:dd"
_DIGITS = frozenset("0123456789")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def parse_timestamp(text: str) -> int | None:
    """Epoch milliseconds of ``YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)``; ``None`` for any other text.

    Written out because ``datetime`` accepts more, and less before 3.11, and knows no year 0.
    """
    head, rest = text[: len(_SHAPE)], text[len(_SHAPE) :]
    if not _shaped(head, _SHAPE):
        return None
    milliseconds = 0
    if rest.startswith("."):
        digits = len(rest[1:]) - len(rest[1:].lstrip("0123456789"))
        if digits == 0:
            return None
        milliseconds = int(rest[1 : 1 + min(digits, 3)].ljust(3, "0"))
        rest = rest[1 + digits :]
    offset = _offset(rest)
    year, month, day = int(head[:4]), int(head[5:7]), int(head[8:10])
    hour, minute, second = int(head[11:13]), int(head[14:16]), int(head[17:19])
    if offset is None or not 1 <= month <= 12 or not 1 <= day <= _days(year, month):
        return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    days = _days_since_epoch(year, month, day)
    return ((days * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + milliseconds


def _shaped(text: str, shape: str) -> bool:
    if len(text) != len(shape):
        return False
    return all(c in _DIGITS if s == "d" else c == s for c, s in zip(text, shape, strict=True))


def _offset(zone: str) -> int | None:
    """Minutes east of UTC."""
    if zone == "Z":
        return 0
    if zone[:1] not in ("+", "-") or not _shaped(zone[1:], "dd:dd"):
        return None
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 23 or minutes > 59:
        return None
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days(year: int, month: int) -> int:
    return 29 if month == 2 and _leap(year) else _DAYS[month - 1]


def _days_since_epoch(year: int, month: int, day: int) -> int:
    before = year - 1
    leaps = before // 4 - before // 100 + before // 400
    january_first = 365 * year + leaps - 719_527  # 1970-01-01 is day 0
    return january_first + sum(_days(year, m) for m in range(1, month)) + day - 1
