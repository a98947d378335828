"""What this process has put, or is about to put, at a path: and who answers for it.

An exception can arrive between any two bytecodes (a signal handler that raises, such as Ctrl-C's). Therefore a
publication stands in the registry *before* its first name appears on disk, and whether somebody still answers for it is
read off objects that no interrupted code has to update: a generator that has ended, a weak reference that has died.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Protocol

from ._descriptors import Descriptors

if TYPE_CHECKING:
    import weakref
    from collections.abc import Callable, Generator

    from ._witness import Witness


class Owner(Protocol):
    """A lock object, as far as a publication needs to know it."""

    _hold: Publication | None

    def _tell_lost(self) -> None: ...


def in_progress(operation: weakref.ref[Generator[Any, Any, Any]] | None) -> bool:
    """An acquire is still running, in whatever thread or task."""
    running = None if operation is None else operation()
    return getattr(running, "gi_frame", None) is not None


class Publication:
    """A lock, guard or marker of this process, from before its candidate exists until it is taken back."""

    __slots__ = (
        "candidate",
        "data",
        "descriptors",
        "ending",
        "exclusive",
        "keep",
        "lost",
        "may_exist",
        "mode",
        "mutex",
        "operation",
        "over",
        "owner",
        "path",
        "pid",
        "removing",
        "signalled",
        "since",
        "synced",
        "token",
        "touch_every",
        "touched",
        "touched_at",
        "witness",
    )

    def __init__(self, path: str, candidate: str, token: str) -> None:
        self.path = path
        self.candidate: str | None = candidate
        self.token = token
        self.data = b""
        self.mode = 0o444
        #: Its bytes are on the disk before its name is there.
        self.synced = False
        self.pid = os.getpid()
        #: Pins the inode, and is evidence of life (PUBLISH-7).
        self.descriptors = Descriptors()
        #: The path may have our bytes.
        self.may_exist = False
        #: Made at its final path, so that it may be there incomplete (PUBLISH-4).
        self.exclusive = False
        #: Its end was asked for; whoever meets it finishes the work.
        self.ending = False
        #: Our bytes were seen at the path, and the unlink may have happened: its absence is no loss.
        self.removing = False
        self.over = False
        self.lost = False
        self.signalled = False
        #: One remover at a time: two that have both compared would unlink twice, the second time somebody else's.
        #: Reentrant only so that a signal handler can see that its own thread has it.
        #: Held too while files are made, and by a reclaimer while it relies on its guard: at exit these are waited for.
        #: Only ever taken by `with`, between whose entry or exit and its body the interpreter looks for no signals.
        self.mutex = threading.RLock()
        self.operation: weakref.ref[Generator[Any, Any, Any]] | None = None
        self.owner: weakref.ref[Owner] | None = None
        #: Keeps the owner alive: a lock taken by ``acquire()`` is held until it is released, referenced or not.
        self.keep: object = None
        self.since = 0.0
        self.touch_every = 0.0
        #: The last touch, by the monotonic clock and by the wall clock.
        self.touched = 0.0
        self.touched_at = 0.0
        #: What its bytes name; that stays open as long as this is registered.
        self.witness: Witness | None = None

    def owned(self) -> bool:
        owner = None if self.owner is None else self.owner()
        return owner is not None and owner._hold is self

    def live(self) -> bool:
        """Held by somebody in this process, as far as we have seen."""
        return not self.over and not self.ending and not self.lost and self.pid == os.getpid() and self.owned()

    def abandoned(self) -> bool:
        """Nobody answers for it any more. In this order: an acquire hands over *before* it stops being in progress."""
        return self.ending or (not in_progress(self.operation) and not self.owned())


#: By token. Everything of this process that is on disk, or may be.
registry: dict[str, Publication] = {}

#: By token, too. What outlives this process if that dies: nobody takes it back but the one who made it.
lasting: dict[str, Publication] = {}

#: Steps of other kinds that belong together, each with a mutex that is taken meanwhile, as those of publications are.
steps: set[Any] = set()

#: Refreshes whose token may have been sent, and whose answer is not saved yet.
flights: set[object] = set()

#: The thread in which the interpreter runs what is left to do at exit, once that has come to us.
_last_thread: int | None = None


def register(publication: Publication) -> None:
    """Before the first name of ``publication`` appears on disk.

    Raises:
        SystemExit: the process is ending, and this is not the thread that ends it. What it published now would stay.
    """
    registry[publication.token] = publication
    # In this order, as the other side says so before it looks: either it sees the publication, or we see its word.
    stop_at_exit()


def stop_at_exit() -> None:
    if _last_thread is not None and _last_thread != threading.get_ident():
        raise SystemExit


def is_busy() -> bool:
    """Whether this thread, interrupted by a signal handler, is in the middle of steps that belong together."""
    mutexes = [*(publication.mutex for publication in (*registry.values(), *lasting.values())), *steps]
    return any(is_mine(mutex) for mutex in mutexes)


def undivided(work: Callable[[], None]) -> None:
    """Does ``work`` as such steps: no signal that is to release all locks does so in between."""
    mutex = threading.RLock()
    steps.add(mutex)
    try:
        with mutex:
            work()
    finally:
        steps.discard(mutex)


def is_mine(mutex: Any) -> bool:
    """Whether this thread has it."""
    return bool(mutex._is_owned())


def exiting() -> bool:
    return _last_thread is not None


def begin_exit() -> None:
    global _last_thread
    _last_thread = threading.get_ident()


def _forget() -> None:
    """In a forked child: what the parent holds is the parent's (RELEASE-8). Descriptors go, files stay."""
    global _last_thread
    _last_thread = None
    for publication in (*registry.values(), *lasting.values()):
        publication.over = True
        publication.keep = None
        publication.mutex = threading.RLock()  # another thread of the parent may have had it
        try:
            publication.descriptors.close()
        except OSError:
            continue
    registry.clear()
    lasting.clear()
    steps.clear()
    flights.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
