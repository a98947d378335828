"""Which with-forms the running code is inside of (WAIT-8)."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._publication import Owner, Publication

# Publications, not locks: these refer to their lock weakly, so a context that outlives a with-form keeps none alive.
_inside: ContextVar[tuple[Publication, ...]] = ContextVar("openclaw_lock_helpers_inside", default=())


def enter(publication: Publication) -> None:
    _inside.set((*(p for p in _inside.get() if not p.over), publication))


def leave(publication: Publication) -> None:
    inside = _inside.get()
    if publication in inside:
        _inside.set(tuple(p for p in inside if p is not publication))


def innermost(owner: Owner) -> Publication | None:
    """The hold of the innermost with-form of ``owner`` in this context, released or not."""
    return next((p for p in reversed(_inside.get()) if p.owner is not None and p.owner() is owner), None)


def holds(lock_path: str) -> bool:
    """Whether the running code is inside the with-form of this lock, and still has it."""
    return any(p.path == lock_path and p.live() for p in _inside.get())
