"""Signal handlers that raise, by a real timer: what Ctrl-C does."""

from __future__ import annotations

import os
import random
import signal
from typing import TYPE_CHECKING

import pytest

from openclaw_lock_helpers import FileLock, _acquire
from openclaw_lock_helpers._publication import registry
from support import beside, payload, write

if TYPE_CHECKING:
    from types import FrameType

ROUNDS = 400

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


class Alarm(BaseException):
    pass


def raise_alarm(_number: int, _frame: FrameType | None) -> None:
    raise Alarm


@pytest.mark.parametrize("stale", [False, True], ids=["free", "dead holder"])
def test_a_signal_at_a_random_moment_leaves_nothing_in_the_way(
    target: str, monkeypatch: pytest.MonkeyPatch, stale: bool
) -> None:
    monkeypatch.setattr(_acquire, "SETTLE_MS", 0)
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    dead = payload()
    before = signal.signal(signal.SIGALRM, raise_alarm)
    interrupted = 0
    opened = 0
    try:
        for round_ in range(ROUNDS):
            if stale and not os.path.exists(target + ".lock"):
                write(target + ".lock", dead)
            lock = FileLock(target, timeout=0)
            try:
                signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-6, 2e-3 if stale else 3e-4))
                while True:
                    with lock:
                        pass
            except Alarm:
                interrupted += 1
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            if lock.held:
                lock.release()
            with FileLock(target, timeout=0):
                assert beside(target) == ["config.json.lock"]
            assert beside(target) == []
            assert not registry
            if round_ == 20:  # by now the watch and every cache are there
                opened = len(os.listdir("/proc/self/fd"))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert interrupted == ROUNDS
    assert len(os.listdir("/proc/self/fd")) <= opened + 2  # the watch may be looking at something
