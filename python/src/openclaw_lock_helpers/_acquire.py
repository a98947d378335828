"""One acquire, as a generator of pauses: the sync lock sleeps them, the async lock awaits them.

Between two pauses everything is done in one go. What the generator has published is handed to the lock object as its
last act; until then the registry takes back whatever a generator that has ended leaves (see ``_publication``).
"""

from __future__ import annotations

import errno
import os
import time
import weakref
from typing import TYPE_CHECKING

from . import _guard, _heartbeat, _leftovers, _nesting, _paths, _payload, _points, _sidecar, _sweep, _wait, _witnesses
from ._clock import AgeClock
from ._errors import FileLockError
from ._generated.constants import SETTLE_MS, WAIT_EVENT_MS
from ._identity import own_identity
from ._judge import Judge, reuse_seconds
from ._publication import Publication, register
from ._refusals import Refusals
from ._verdict import Policy

if TYPE_CHECKING:
    from collections.abc import Generator

    from ._describe import Judged
    from ._options import Options
    from ._publication import Owner

#: A hold is touched no oftener than this, however short its ``stale`` is.
_MIN_TOUCH_SECONDS = 0.01
#: Looks without a pause that may go by because others are faster, before it counts as waiting.
_MAX_RACES = 8
_CLEAN_SECONDS = 1.0


class Acquisition:
    """One call of acquire."""

    def __init__(self, owner: Owner, options: Options, *, keep: bool) -> None:
        self._owner = owner
        self._options = options
        self._keep = keep
        self._started = time.monotonic()
        self._deadline = self._started + options.timeout
        self._foreign_since: float | None = None
        self._hook_due = 0.0
        self._removes_foreign = options.remove_foreign and options.reclaim
        self._search_due = 0.0
        self._clean_due = self._started
        self._races = 0
        self._unreadable: OSError | None = None
        #: Somebody was in the way: what is waited for is more than a moment's courtesy.
        self.contending = False
        self._touch_every = max(options.stale / 3, _MIN_TOUCH_SECONDS)
        self.won: Publication | None = None
        self.lock_path = options.target + ".lock"
        self.refusals = Refusals(options.target, self.lock_path)
        self._running: weakref.ref[Generator[float, None, None]] | None = None

    def start(self) -> Generator[float, None, None]:
        """The generator of pauses, in seconds; when it ends, the owner holds the lock. It raises what refuses it."""
        running = self._run()
        self._running = weakref.ref(running)
        return running

    def undo(self, running: Generator[float, None, None]) -> None:
        """After any exception out of the generator, or between two of its pauses: leaves nothing behind."""
        if self.won is not None:
            self.won.ending = True
        running.close()
        _leftovers.clean()
        if not _leftovers.is_clean():
            _heartbeat.ensure(self._touch_every)  # others wait for our guard: it is tried again, and not only by us

    def _run(self) -> Generator[float, None, None]:
        _leftovers.clean()
        self._prepare()
        pause = min(_wait.give_way(self.lock_path), self._options.timeout)
        if pause > 0:
            yield pause
        pauses = _wait.Pauses()
        while True:
            judged, reclaimed = self._guarded_attempt()
            if self.won is not None:
                if not reclaimed and self._hand_over():
                    return
                if not reclaimed:
                    continue
                # An OpenClaw that judged the same dead lock and knows no guard may remove ours now (RECLAIM-5).
                yield SETTLE_MS / 1000
                if self._still_there() and self._hand_over():
                    return
                continue
            if judged is None and self._races <= _MAX_RACES:
                continue
            remaining = self._remaining(judged)
            if remaining <= 0:
                raise self._expired(judged)
            self._races = 0
            self.contending = True
            _wait.waited(self.lock_path)
            self._call_hook(judged)
            self._clean_now_and_then()
            yield pauses.next(remaining)

    def _clean_now_and_then(self) -> None:
        """What could not be removed may be what we wait for."""
        now = time.monotonic()
        if now >= self._clean_due:
            self._clean_due = now + _CLEAN_SECONDS
            _leftovers.clean()

    def _prepare(self) -> None:
        try:
            if self._options.create_parent:
                _paths.make_parent(self._options.target)
            target, self.lock_path = _paths.resolve(self._options.target)
            self.refusals = Refusals(target, self.lock_path)
            self._directory = os.path.dirname(self.lock_path)
            self._dev = os.stat(self._directory).st_dev
        except OSError as error:
            raise self.refusals.failed(error, self.waited()) from error
        if _nesting.holds(self.lock_path):
            raise self.refusals.reentrant()
        self._guard_path = _paths.guard_of(self.lock_path)
        self._clock = AgeClock(self.lock_path, self._running)
        self.judge = Judge(Policy(self._options.stale * 1000, self._options.trust_pids), self._clock)
        _sweep.sweep(self._directory, self._clock.now_ms)

    def waited(self) -> float:
        return time.monotonic() - self._started

    def _guarded_attempt(self) -> tuple[Judged | None, bool]:
        try:
            return self._attempt()
        except FileLockError:
            raise
        except OSError as error:
            if error.errno != errno.ESTALE:
                raise self.refusals.failed(error, self.waited()) from error
            self._wait_for(error)  # a server has forgotten a handle, and may find it again
            return None, False

    def _wait_for(self, error: OSError) -> None:
        """What cannot be read may be readable, or gone, in a moment; at the deadline it is what is told."""
        self._unreadable = error
        self._races = _MAX_RACES + 1

    def _attempt(self) -> tuple[Judged | None, bool]:
        """One look and what follows from it: who is in the way (``None``: look again), and whether we reclaimed."""
        self._unreadable = None
        lock_there = _sidecar.exists(self.lock_path)
        if _sidecar.exists(self._guard_path):
            return self._at_guard(), False
        if lock_there:
            return self._at_lock()
        self._foreign_since = None
        _points.reach("acquire:looked")
        self.won = self.publish(self.lock_path, is_lock=True)
        self._races += 1
        return None, False

    def _at_guard(self) -> Judged | None:
        try:
            guard = self.judge.look(self._guard_path)
        except PermissionError as error:  # somebody else's, and likely gone in a moment
            self._wait_for(error)
            return None
        if guard is None:
            self._races += 1
            return None
        if not _guard.is_conclusively_dead(guard):
            return guard
        if not self._options.reclaim:
            raise self.refusals.stale(guard, self.waited())
        return None if _guard.break_guard(self, guard) else guard

    def _at_lock(self) -> tuple[Judged | None, bool]:
        judged = self.judge.look(self.lock_path)
        verdict = "" if judged is None else judged.verdict.verdict
        if verdict != "foreign":
            self._foreign_since = None
        elif self._foreign_since is None:
            self._foreign_since = time.monotonic()
        if judged is None:
            self._races += 1
            return None, False
        if verdict == "foreign" and not self._removes_foreign:
            self._refuse_what_never_changes(judged)
            return judged, False
        if verdict == "foreign" and not self._is_abandoned(judged):
            if not judged.named().removable:
                self._refuse_what_never_changes(judged)
            return judged, False
        if verdict not in ("stale", "foreign"):
            return judged, False
        if not self._options.reclaim:
            raise self.refusals.stale(judged, self.waited())
        self._races += 1
        self.won = _guard.reclaim(self, judged)
        return None, True

    def _refuse_what_never_changes(self, judged: Judged) -> None:
        if judged.verdict.reason in ("not-regular", "oversized"):
            raise self._foreign(judged)

    def _is_abandoned(self, judged: Judged) -> bool:
        """Silence is asked for at every look; the rest takes a search through every process, and not at every look."""
        named = judged.named()
        if not named.is_quiet():
            return False
        begun = time.monotonic()
        if begun < self._search_due and self._remaining(judged) > 0:
            return False
        answer = named.answer()
        now = time.monotonic()
        self._search_due = now + reuse_seconds(now - begun)
        return answer == "abandoned"

    def may_remove(self, judged: Judged) -> bool:
        if judged.verdict.verdict == "foreign":
            return self._removes_foreign and judged.named().answer() == "abandoned"
        return judged.verdict.verdict == "stale"

    def publish(self, path: str, *, is_lock: bool) -> Publication | None:
        """Tries to publish at ``path``: registered first, then made, then linked."""
        token = os.urandom(16).hex()
        publication = Publication(path, _paths.candidate_of(self.lock_path, token), token)
        publication.operation = self._running
        register(publication)
        try:
            publication.data = _payload.serialise(
                own_identity(),
                token,
                dev=self._dev,
                heartbeat_ms=round(self._touch_every * 1000),
                witness=self._name_witness(publication),
                purpose=self._options.purpose,
            )
        except ValueError as error:
            raise self.refusals.invalid(error) from error
        return publication if _sidecar.publish(publication, is_lock=is_lock) else None

    def _name_witness(self, publication: Publication) -> str | None:
        policy = self._options.witness
        if not _witnesses.wanted(policy):
            return None
        try:
            return _witnesses.name_one(publication, self._directory)
        except OSError as error:
            if policy == "auto":
                return None
            raise self.refusals.no_witness(error, self.waited()) from error

    def _still_there(self) -> bool:
        publication = self.won
        assert publication is not None
        try:
            if _sidecar.holds(publication):
                return True
            self.won = None
            _sidecar.withdraw(publication)
            return False
        except OSError as error:
            raise self.refusals.failed(error, self.waited()) from error

    def _remaining(self, judged: Judged | None) -> float:
        now = time.monotonic()
        remaining = self._deadline - now
        if judged is not None and self._foreign_since is not None and judged.path == self.lock_path:
            remaining = min(remaining, self._foreign_since + self._options.foreign_timeout - now)
        return remaining

    def _expired(self, judged: Judged | None) -> FileLockError:
        waited = self.waited()
        if judged is None:
            unreadable = self._unreadable
            return self.refusals.failed(unreadable, waited) if unreadable else self.refusals.timeout(None, waited)
        if judged.path == self.lock_path:
            foreign = judged.verdict.verdict == "foreign"
            return self._foreign(judged) if foreign else self.refusals.timeout(judged, waited)
        # A guard that names nobody is never removed by us; a young one may belong to an OpenClaw at work (RECLAIM-8).
        orphaned = judged.observation.pid is None and self.judge.quiet_ms(judged) >= self._options.stale * 1000
        return self.refusals.guard_orphaned(judged, waited) if orphaned else self.refusals.timeout(judged, waited)

    def _foreign(self, judged: Judged) -> FileLockError:
        removal = None
        if self._options.remove_foreign:
            removal = judged.named().answer() if self._options.reclaim else "forbidden"
        return self.refusals.foreign(judged, self.waited(), removal)

    def _call_hook(self, judged: Judged | None) -> None:
        hook = self._options.on_wait
        if hook is not None and (waited := self.waited()) >= self._hook_due:
            self._hook_due = waited + WAIT_EVENT_MS / 1000
            hook(None if judged is None else judged.holder(), waited)

    def _hand_over(self) -> bool:
        """False if a signal that was to release all locks has taken back this one."""
        publication = self.won
        assert publication is not None
        _heartbeat.ensure(self._touch_every)
        publication.since = publication.touched = time.monotonic()
        publication.touched_at = time.time()
        publication.touch_every = self._touch_every
        publication.owner = weakref.ref(self._owner)
        if self._keep:
            publication.keep = self._owner
        self._owner._hold = publication
        if publication.over:
            self.won = None
            publication.keep = None
        return not publication.over
