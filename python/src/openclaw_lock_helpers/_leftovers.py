"""Removes what an interrupted acquire or release of this process has left (PUBLISH-9)."""

from __future__ import annotations

import atexit
import os

from . import _witnesses
from ._publication import begin_exit, registry
from ._sidecar import withdraw, withdraw_abandoned


def clean() -> None:
    """Takes back everything that nobody answers for. Never raises an ``OSError``: what resists is tried again later."""
    for publication in list(registry.values()):
        if publication.over or publication.abandoned():
            try:
                withdraw_abandoned(publication)
            except OSError:
                continue
    _witnesses.clean()


def is_clean() -> bool:
    return not any(publication.over or publication.abandoned() for publication in list(registry.values()))


def give_up() -> None:
    """Takes back everything of this process, held or not. Never raises an ``OSError``."""
    for publication in list(registry.values()):
        if publication.pid == os.getpid():
            try:
                withdraw(publication)
            except OSError:
                continue
    _witnesses.clean(0)


def _at_exit() -> None:
    """Also what is held: its holder is about to die, and a dead holder's lock makes the next one judge and reclaim.

    Daemon threads go on meanwhile, and stop for good later, in the middle of whatever they do: from here on they
    publish nothing, and what they are at is waited for, by its mutex.
    """
    begin_exit()
    give_up()


atexit.register(_at_exit)
