"""Named points between two steps (spec/points.md), where tests stop, kill or interleave."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_hook: Callable[[str], None] | None = None


def reach(point: str) -> None:
    if _hook is not None:
        _hook(point)


def arm(hook: Callable[[str], None] | None) -> None:
    """Calls ``hook`` with the name of each point that is reached from now on; ``None`` disarms."""
    global _hook
    _hook = hook
