"""Evidence in, one answer out: the pure table of spec/verdict.md. No I/O, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ._generated.constants import BEING_WRITTEN_MS, HEARTBEATS_MISSED

if TYPE_CHECKING:
    from collections.abc import Callable


class Evidence:
    """The fields of spec/verdict.md. A subclass may gather each when it is first asked for."""

    object: str
    content: str
    quiet_ms: float
    silent_ms: float
    heartbeat_ms: int | None
    pid: int | None
    created_at: str
    created_at_age_ms: float
    domain: str
    boot: str
    mount: str
    process: str
    start: str
    descriptor: str
    search: str
    witness: str
    kernel_lock: str
    any_descriptor: str
    namespaces: bool


class Policy(NamedTuple):
    """What the caller decides (VERDICT-13)."""

    #: The age that age-dependent rows ask for.
    stale_ms: float
    #: The caller's word that nobody outside this PID namespace uses the directory.
    trust_pids: bool = False


class Verdict(NamedTuple):
    verdict: str
    reason: str
    conclusive: bool


def _looks_dead(e: Evidence) -> bool:
    return e.process in ("gone", "zombie", "thread") or (e.process == "live" and e.start == "differs")


def _elsewhere_or_dead(e: Evidence) -> bool:
    return e.domain == "different" or _looks_dead(e)


def _unplaced_and_dead(e: Evidence) -> bool:
    return e.domain == "unknown" and _looks_dead(e)


def is_silent(silent_ms: float, heartbeat_ms: int | None, policy: Policy) -> bool:
    """VERDICT-12."""
    return silent_ms > 0 and silent_ms >= max(policy.stale_ms, HEARTBEATS_MISSED * (heartbeat_ms or 0))


def _ownerless_expired(e: Evidence, policy: Policy) -> bool:
    expired = e.created_at == "unparsable" or (e.created_at == "past" and e.created_at_age_ms >= policy.stale_ms)
    return e.pid is None and expired and e.quiet_ms >= policy.stale_ms


def _abandoned(e: Evidence, policy: Policy) -> bool:
    if e.content != "empty" or e.quiet_ms < policy.stale_ms:
        return False
    nothing = ("none", "none-here") if policy.trust_pids else ("none",)
    return e.kernel_lock in nothing and e.any_descriptor in nothing


def _no_sign_of_life(e: Evidence, policy: Policy) -> bool:
    # Silence without one of these could be a stopped holder's.
    return is_silent(e.silent_ms, e.heartbeat_ms, policy) and (
        e.boot == "differs" or e.witness == "refused" or _unplaced_and_dead(e)
    )


def _live_unrecorded(e: Evidence) -> bool:
    return e.process == "live" and e.start == "unrecorded"


def _descriptor_absent(e: Evidence) -> bool:
    return _live_unrecorded(e) and e.descriptor == "absent"


_Row = tuple["Callable[[Evidence, Policy], bool]", Verdict]


def _row(when: Callable[[Evidence, Policy], bool], verdict: str, reason: str, conclusive: bool = False) -> _Row:
    return when, Verdict(verdict, reason, conclusive)


_C = True

#: Row n of spec/verdict.md is _TABLE[n - 1]. The first that applies wins, and within a row cheap evidence comes first.
_TABLE: tuple[_Row, ...] = (
    _row(lambda e, _: e.object != "regular", "foreign", "not-regular"),
    _row(lambda e, _: e.content == "oversized", "foreign", "oversized"),
    _row(lambda e, _: e.content == "empty" and e.kernel_lock == "held", "foreign", "empty-kernel-locked"),
    _row(lambda e, _: e.content == "empty" and e.quiet_ms < BEING_WRITTEN_MS, "being-written", "empty-young"),
    _row(_abandoned, "stale", "empty-abandoned"),
    _row(lambda e, _: e.content == "empty", "foreign", "empty"),
    _row(lambda e, _: e.content == "garbage" and e.quiet_ms < BEING_WRITTEN_MS, "being-written", "garbage-young"),
    _row(lambda e, _: e.content == "garbage", "foreign", "garbage"),
    _row(lambda e, _: e.pid is None and e.created_at == "absent", "foreign", "no-owner"),
    _row(_ownerless_expired, "stale", "ownerless-expired"),
    _row(lambda e, _: e.pid is None, "unknown", "ownerless-young"),
    _row(lambda e, _: e.descriptor == "open", "held", "descriptor-open", _C),
    _row(
        lambda e, _: e.domain != "different" and e.process == "live" and e.start == "equal",
        "held",
        "start-time-equal",
        _C,
    ),
    _row(lambda e, _: e.domain == "same" and e.process == "gone", "stale", "process-gone", _C),
    _row(lambda e, _: e.domain == "same" and e.process == "zombie", "stale", "process-zombie", _C),
    _row(lambda e, _: e.domain == "same" and e.process == "thread", "stale", "pid-is-a-thread", _C),
    _row(
        lambda e, _: e.domain == "same" and e.process == "live" and e.start == "differs",
        "stale",
        "start-time-differs",
        _C,
    ),
    _row(lambda e, _: e.domain != "same" and e.search == "found", "held", "found-in-namespace", _C),
    _row(lambda e, _: e.witness == "answers", "held", "witness-answers", _C),
    _row(
        lambda e, _: e.witness == "refused" and e.boot == "equal" and e.mount == "equal",
        "stale",
        "witness-refused",
        _C,
    ),
    _row(lambda e, _: e.witness == "inherited", "stale", "witness-inherited", _C),
    _row(lambda e, _: not e.namespaces and _unplaced_and_dead(e), "stale", "looks-dead", _C),
    _row(
        lambda e, _: _elsewhere_or_dead(e) and e.boot == "equal" and e.search == "nobody",
        "stale",
        "nobody-in-any-namespace",
        _C,
    ),
    _row(lambda e, _: _unplaced_and_dead(e) and e.search == "nobody", "stale", "nobody-in-any-namespace"),
    _row(lambda e, policy: policy.trust_pids and _elsewhere_or_dead(e), "stale", "pids-trusted", _C),
    _row(_no_sign_of_life, "stale", "no-sign-of-life"),
    _row(lambda e, _: e.domain == "different", "unknown", "other-domain"),
    _row(lambda e, _: _looks_dead(e), "unknown", "looks-dead-unproven"),
    _row(
        lambda e, policy: _descriptor_absent(e) and e.quiet_ms >= policy.stale_ms,
        "stale",
        "descriptor-absent",
    ),
    _row(lambda e, _: _descriptor_absent(e), "unknown", "identity-young"),
    _row(lambda e, _: _live_unrecorded(e), "unknown", "identity-unknown"),
    _row(lambda e, _: e.process == "live", "unknown", "start-time-unreadable"),
    _row(lambda e, _: True, "unknown", "process-unknown"),
)


def judge(evidence: Evidence, policy: Policy) -> Verdict:
    """The first row that applies (VERDICT-1)."""
    return next(verdict for when, verdict in _TABLE if when(evidence, policy))
