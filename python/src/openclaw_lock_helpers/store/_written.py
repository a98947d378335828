"""Values as JSON text, as ECMAScript's ``JSON.stringify`` writes them (STORE-6)."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from .._errors import FileLockInvalidOption
from .._generated.constants import MAX_STORE_DEPTH

_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Style(NamedTuple):
    """How a value at one place is written. ``line``: line break and indentation of its key, if that begins a line."""

    line: str | None
    colon: str
    unit: str


class TooDeep(Exception):
    pass


def written(value: Any, style: Style, depth: int = 0) -> str:
    """
    Raises:
        FileLockInvalidOption: there is no JSON for it.
        TooDeep: it could be in no store; it may contain itself.
    """
    if not isinstance(value, dict | list | tuple):
        return _scalar(value)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    if not value:
        return opening + closing
    if depth >= MAX_STORE_DEPTH:
        raise TooDeep
    inner = style if style.line is None else style._replace(line=style.line + style.unit)
    if isinstance(value, dict):
        parts = [quoted(key) + style.colon + written(each, inner, depth + 1) for key, each in value.items()]
    else:
        parts = [written(each, inner, depth + 1) for each in value]
    if style.line is None or inner.line is None:
        return opening + (", " if style.colon[-1] in " \t" else ",").join(parts) + closing
    return opening + inner.line + ("," + inner.line).join(parts) + style.line + closing


def quoted(text: object) -> str:
    if not isinstance(text, str):
        raise FileLockInvalidOption("a key of a store must be text", hint="pass a str")
    return '"' + "".join(map(_character, well_formed(text))) + '"'


def well_formed(text: str) -> str:
    """Two halves of a character, side by side, are that character."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _character(sign: str) -> str:
    if sign in _SHORT:
        return _SHORT[sign]
    return f"\\u{ord(sign):04x}" if sign < " " or "\ud800" <= sign <= "\udfff" else sign


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, int):
        return _decimal(value)
    if isinstance(value, float) and math.isfinite(value):
        return _double(value)
    raise FileLockInvalidOption("a value of a store must be what JSON can say", hint="numbers must be finite")


def _decimal(value: int) -> str:
    try:
        return int.__repr__(value)
    except ValueError:  # more digits than the interpreter converts
        raise FileLockInvalidOption("a number has too many digits", hint="pass a smaller one") from None


def _double(value: float) -> str:
    """ECMA-262, Number::toString. The shortest digits are those of ``repr``; where the point goes is not."""
    mantissa, _, exponent = float.__repr__(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    # The value is 0.digits times ten to this power.
    power = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if not digits:
        return "0"
    if len(digits) <= power <= 21:
        text = digits.ljust(power, "0")
    elif 0 < power <= 21:
        text = f"{digits[:power]}.{digits[power:]}"
    elif -6 < power <= 0:
        text = "0." + "0" * -power + digits
    else:
        text = digits[0] + (f".{digits[1:]}" if digits[1:] else "") + f"e{power - 1:+d}"
    return text if value > 0 else "-" + text
