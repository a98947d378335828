"""The witnesses of this process: one for each directory, made before the first lock there, and used again."""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from ._generated.constants import IDLE_WITNESSES
from ._identity import own_identity
from ._publication import exiting, in_progress, is_mine, lasting, registry, stop_at_exit
from ._witness import Witness

if TYPE_CHECKING:
    import weakref
    from collections.abc import Generator

    from ._publication import Publication

#: How often a witness is made anew when its name vanishes while it is made: somebody sweeps.
_ATTEMPTS = 3

_all: dict[str, Witness] = {}

#: One thread at a time makes, drains or closes: threads share a witness, and a descriptor that is closed while it is
#: drained could be somebody else's by then. Reentrant, because a signal handler may take a lock too.
_mutex = threading.RLock()

#: The process whose end is known to multiprocessing.
_worker = 0


def wanted(policy: str) -> bool:
    """``auto``: wherever pids say nothing to others (WITNESS-1). Where we cannot know our namespace, too."""
    own = own_identity()
    if policy == "auto":
        return own.platform == "linux" and not own.in_initial_namespace()
    return policy == "always"


def name_one(publication: Publication, directory: str) -> str:
    """Makes ``publication``, which is registered, name the witness of ``directory``; that stays open for as long.

    Returns:
        The witness's bare name.

    Raises:
        OSError: none can be made.
    """
    if own_identity().platform != "linux":
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
    while True:
        with _mutex:
            stop_at_exit()
            witness = _find(directory) or _make(directory, publication.operation)
            witness.used = time.monotonic()
            publication.witness = witness
        # In this order, as who closes one looks the other way round: a living lock must never name one that refuses.
        if not witness.ending:
            return witness.name


def _find(directory: str) -> Witness | None:
    for witness in list(_all.values()):
        if witness.directory == directory and witness.made and not witness.ending and witness.pid == os.getpid():
            if witness.leads_here():
                return witness
            witness.ending = True
    return None


def _make(directory: str, operation: weakref.ref[Generator[Any, Any, Any]] | None) -> Witness:
    attempts = _ATTEMPTS
    while True:
        witness = Witness(directory, operation)
        _all[witness.name] = witness
        try:
            witness.make()
            _close_at_the_end_of_a_worker()
            return witness
        except BaseException as error:
            _close(witness)
            attempts -= 1
            if not isinstance(error, FileNotFoundError) or not attempts:
                raise


def _close_at_the_end_of_a_worker() -> None:
    """Children of multiprocessing end without a look at what ``atexit`` knows."""
    global _worker
    util = sys.modules.get("multiprocessing.util")
    if util is not None and _worker != os.getpid():
        util.Finalize(None, clean, args=(0,), exitpriority=0)
        _worker = os.getpid()


def clean(keep: int = IDLE_WITNESSES) -> None:
    """Closes what an interrupted acquire has left, what was given up, and of the idle ones all but the latest.

    One that is still named, if only by a lock that could not be removed, keeps its name: it is evidence.
    """
    if not _all:
        return
    with _mutex:
        idle = []
        for witness in list(_all.values()):
            if _is_named(witness):
                continue
            if witness.ending or witness.pid != os.getpid() or not (witness.made or in_progress(witness.operation)):
                _close(witness)
            elif witness.made:
                idle.append(witness)
        idle.sort(key=lambda witness: witness.used)
        for witness in idle[: max(0, len(idle) - keep)]:
            _close(witness)


def release(publication: Publication) -> None:
    """After the end of ``publication``: its witness is idle now, unless another one names it."""
    if publication.witness is not None:
        clean(0 if exiting() else IDLE_WITNESSES)


def drain() -> None:
    """Lets go of what has connected to any of them (WITNESS-6)."""
    if _all:
        with _mutex:
            for witness in list(_all.values()):
                witness.drain()


def is_busy() -> bool:
    """Whether this thread, interrupted by a signal handler, is making or closing one."""
    return is_mine(_mutex)


def _is_named(witness: Witness) -> bool:
    return any(publication.witness is witness for publication in (*registry.values(), *lasting.values()))


def _close(witness: Witness) -> None:
    witness.ending = True
    if not _is_named(witness):
        witness.close(unlink=witness.pid == os.getpid())
        _all.pop(witness.name, None)


def _forget() -> None:
    """In a forked child: our copies go, or the parent's death would not be seen (WITNESS-4). The files stay."""
    global _mutex
    _mutex = threading.RLock()
    for witness in list(_all.values()):
        witness.close(unlink=False)
    _all.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
