"""What the sync and the async lock share: everything but the way they pause."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from . import _nesting, _sidecar, _wait, _witnesses
from ._acquire import Acquisition
from ._errors import FileLockError
from ._generated.constants import FOREIGN_TIMEOUT_MS, STALE_MS, TIMEOUT_MS
from ._options import Options
from ._refusals import Refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._holder import Holder
    from ._publication import Publication

DEFAULT_TIMEOUT = TIMEOUT_MS / 1000
DEFAULT_STALE = STALE_MS / 1000
DEFAULT_FOREIGN_TIMEOUT = FOREIGN_TIMEOUT_MS / 1000


class BaseLock:
    def __init__(
        self,
        target: str | bytes | os.PathLike[str] | os.PathLike[bytes],
        timeout: float = DEFAULT_TIMEOUT,
        *,
        stale: float = DEFAULT_STALE,
        foreign_timeout: float = DEFAULT_FOREIGN_TIMEOUT,
        purpose: str | None = None,
        create_parent: bool = False,
        reclaim: bool = True,
        remove_foreign: bool = False,
        witness: Literal["auto", "always", "never"] | None = None,
        trust_pids: bool | None = None,
        on_wait: Callable[[Holder | None, float], object] | None = None,
        on_lost: Callable[[Any], object] | None = None,
    ) -> None:
        self._options = Options(
            target,
            timeout,
            stale=stale,
            foreign_timeout=foreign_timeout,
            purpose=purpose,
            create_parent=create_parent,
            reclaim=reclaim,
            remove_foreign=remove_foreign,
            witness=witness,
            trust_pids=trust_pids,
            on_wait=on_wait,
            on_lost=on_lost,
        )
        self._target = self._options.target
        self._lock_path = self._options.target + ".lock"
        self._hold: Publication | None = None

    @property
    def target(self) -> str:
        """The guarded file: absolute; its parent resolved once the lock has been taken."""
        return self._target

    @property
    def lock_path(self) -> str:
        """The sidecar beside the target."""
        return self._lock_path

    @property
    def held(self) -> bool:
        """Whether this object has the lock, as far as has been seen: :meth:`verify` looks."""
        hold = self._hold
        return hold is not None and hold.live()

    @property
    def lost(self) -> bool:
        """Whether the lock was found gone, or somebody else's, while this object had it."""
        hold = self._hold
        return hold is not None and hold.lost and hold.pid == os.getpid()

    def verify(self) -> bool:
        """Looks whether the lock is still ours, without side effect (RELEASE-5). What cannot be read is not ours."""
        hold = self._hold
        if hold is None or hold.over or hold.pid != os.getpid():
            return False
        try:
            return _sidecar.holds(hold)
        except OSError:
            return False

    def release(self) -> None:
        """Gives the lock back. Doing so twice, or in a forked child, does nothing.

        Raises:
            FileLockLost: the lock was gone, or somebody else's; what is there was left alone.
            FileLockPermission: it could not be read or unlinked; it is still held, and this can be tried again.
            FileLockIO: the same, for another reason.
        """
        self._end(self._hold)

    def _acquisition(self, *, keep: bool) -> Acquisition:
        return Acquisition(self, self._options, keep=keep)

    def _taken(self, acquisition: Acquisition) -> None:
        self._target, self._lock_path = acquisition.refusals.target, acquisition.lock_path

    def _leave(self, error: BaseException | None) -> None:
        """The end of a with-form, whose body has failed with ``error`` or not at all."""
        hold = _nesting.innermost(self) or self._hold
        if hold is None:
            return
        hold.ending = True  # first of all: an interrupt from here on leaves it to the next acquire
        _nesting.leave(hold)
        try:
            self._end(hold)
        except FileLockError as refusal:
            # Whoever has left the form does not try again: the clean-up does, every second.
            hold.ending = True
            if error is None:
                raise
            attach(error, refusal)

    def _end(self, hold: Publication | None) -> None:
        if hold is None or hold.over or hold.pid != os.getpid():
            return
        hold.ending = True
        refusals = Refusals(self._target, hold.path)
        try:
            kept = _sidecar.withdraw(hold, "release:compared", "release:unlinked")
        except OSError as error:
            hold.ending = False
            if not _sidecar.is_over(hold):
                raise refusals.failed(error, 0.0) from error
            kept = not hold.lost
        _witnesses.release(hold)
        _wait.held(hold.path, time.monotonic() - hold.since)
        if not kept:
            raise refusals.lost()

    def _tell_lost(self) -> None:
        if self._options.on_lost is not None:
            self._options.on_lost(self)

    def __repr__(self) -> str:
        state = "held" if self.held else "lost" if self.lost else "free"
        return f"<{type(self).__name__} {self._lock_path!r} {state}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} belongs to one process, and is neither copied nor pickled")


def attach(error: BaseException, refusal: FileLockError) -> None:
    """The body's error wins; ours goes with it as ``error.lock_error``, and as a note where there are notes."""
    try:
        error.lock_error = refusal  # type: ignore[attr-defined]
        if hasattr(error, "add_note"):
            error.add_note(f"{refusal.code}: {refusal}")
    except Exception:  # a class without room, or with a __setattr__ of its own: the error itself is what counts
        return
