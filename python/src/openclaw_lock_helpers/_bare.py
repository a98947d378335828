"""Errors without the frames that they came through: these have secrets in their local variables."""

from __future__ import annotations

from typing import TypeVar

_E = TypeVar("_E", bound=BaseException)


def bare(error: _E) -> _E:
    """``error``, with no traceback on it nor on all that it was made of. To be raised by a public function."""
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            one.__traceback__ = None
            left += (one.__cause__, one.__context__)
    return error
