"""Whether a foreign lock may be removed, for a caller who has asked for that (FOREIGN-6). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ._verdict import is_silent

if TYPE_CHECKING:
    from ._verdict import Policy


class Leftover(Protocol):
    """The evidence. A class may gather each when it is first asked for."""

    @property
    def removable(self) -> bool: ...
    @property
    def object(self) -> str: ...
    @property
    def quiet_ms(self) -> float: ...
    @property
    def silent_ms(self) -> float: ...
    @property
    def kernel_lock(self) -> str: ...
    @property
    def any_descriptor(self) -> str: ...
    @property
    def owner(self) -> str: ...


def abandoned(e: Leftover, policy: Policy) -> str:
    """The first row that applies; only ``abandoned`` allows anything."""
    if not e.removable:
        return "not-removable"
    if not is_quiet(e, policy):
        return "recent"
    if e.owner == "lives":
        return "owner-lives"
    if e.object == "regular":
        if e.kernel_lock == "held" or e.any_descriptor == "open":
            return "in-use"
        nothing = ("none", "none-here") if policy.trust_pids else ("none",)
        if e.kernel_lock not in nothing or e.any_descriptor not in nothing:
            return "cannot-see"
    return "cannot-see" if e.owner == "unknown" else "abandoned"


def is_quiet(e: Leftover, policy: Policy) -> bool:
    # Both are asked at every look: silence is what has been watched.
    silent_ms = e.silent_ms
    return e.quiet_ms >= policy.stale_ms and is_silent(silent_ms, None, policy)
