"""How a dead holder's lock is taken, and how a dead reclaimer's guard is broken (spec/reclaim.md).

Both are plain functions without a pause in them: nothing is awaited while a guard or marker stands (RECLAIM-3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from . import _points, _sidecar
from ._paths import guard_of, marker_of

if TYPE_CHECKING:
    from ._describe import Judged
    from ._judge import Judge
    from ._publication import Publication


class Contender(Protocol):
    lock_path: str
    judge: Judge

    def publish(self, path: str, *, is_lock: bool) -> Publication | None:
        """A new publication at ``path``, or ``None`` if something is there."""


class Reclaimer(Contender, Protocol):
    def may_remove(self, judged: Judged) -> bool:
        """What is at the lock path is a dead holder's, or may be removed for another reason."""


def is_conclusively_dead(judged: Judged) -> bool:
    """Age is not enough to break a guard: a reclaimer that was stopped would lose (RECLAIM-6)."""
    return judged.verdict.verdict == "stale" and judged.verdict.conclusive


def reclaim(contender: Reclaimer, judged: Judged) -> Publication | None:
    """Takes the lock that was judged stale, or foreign and abandoned (RECLAIM-2, FOREIGN-5). ``None``: begin again.

    Raises:
        OSError: a system call failed; the guard is dropped, or remembered if that failed too.
    """
    lock_path = contender.lock_path
    _points.reach("reclaim:judged")
    guard = contender.publish(guard_of(lock_path), is_lock=False)
    if guard is None:
        return None
    won = None
    try:
        with guard.mutex:
            if not guard.over:
                won = _reclaim_under_guard(contender, judged)
        return won
    finally:
        guard.ending = True
        try:
            _sidecar.withdraw(guard, compared="reclaim:unguarding")
        except BaseException:
            if won is not None:
                won.ending = True
                try:
                    _sidecar.withdraw(won)
                except OSError:
                    pass
            raise


def _reclaim_under_guard(contender: Reclaimer, judged: Judged) -> Publication | None:
    lock_path = contender.lock_path
    _points.reach("reclaim:guarded")
    again = contender.judge.afresh(lock_path)
    if again is None or not _is_what_was(again, judged) or not contender.may_remove(again):
        return None
    _points.reach("reclaim:rejudged")
    if not _sidecar.remove_judged(lock_path, again.found):
        return None
    _points.reach("reclaim:unlinked")
    won = contender.publish(lock_path, is_lock=True)
    if won is not None:
        _points.reach("reclaim:published")
    return won


def _is_what_was(again: Judged, judged: Judged) -> bool:
    """Of what is foreign the object counts as well: a directory has no bytes, and is removed by its name."""
    if judged.verdict.verdict == "foreign":
        return again.found.is_object(judged.found)
    return again.found.same_as(judged.found)


def break_guard(contender: Contender, guard: Judged) -> bool:
    """Breaks a dead reclaimer's guard, or the marker of one that died breaking it (RECLAIM-7).

    Returns:
        True to look again at once, False if a living process is at it.

    Raises:
        OSError: a system call failed; the marker is dropped, or remembered if that failed too.
    """
    target = guard
    while True:
        path = marker_of(contender.lock_path, target.found.data)
        marker = contender.publish(path, is_lock=False)
        if marker is not None:
            break
        breaker = contender.judge.afresh(path)
        if breaker is None:
            return True
        if not is_conclusively_dead(breaker):
            return False
        target = breaker
    try:
        with marker.mutex:
            if not marker.over:
                _break_under_marker(target)
        return True
    finally:
        marker.ending = True
        _sidecar.withdraw(marker)


def _break_under_marker(target: Judged) -> None:
    _points.reach("break:marked")
    now = _sidecar.snapshot(target.path)
    if now is None or now.data != target.found.data:
        return
    _points.reach("break:compared")
    _sidecar.remove(target.path)
    _points.reach("break:unlinked")
