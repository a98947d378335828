"""An exception at any moment (Ctrl-C, any signal handler) leaves nothing that the next acquire does not remove."""

from __future__ import annotations

import dis
import errno
import os
import random
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

import openclaw_lock_helpers
from openclaw_lock_helpers import FileLock, _acquire
from openclaw_lock_helpers._publication import registry
from support import beside, payload, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

PACKAGE = os.path.dirname(openclaw_lock_helpers.__file__)


class Interrupt(BaseException):
    pass


@cache
def checkpoints(code: CodeType) -> frozenset[int]:
    """Offsets before which the interpreter looks for signals: behind calls, entries of functions and jumps back."""
    found: set[int] = set()
    before = ""
    for instruction in dis.get_instructions(code):
        if before.startswith(("CALL", "RESUME", "POP_JUMP")):
            found.add(instruction.offset)
        if "JUMP" in instruction.opname and isinstance(instruction.argval, int):
            found.add(instruction.argval)
        before = instruction.opname
    return frozenset(found)


class Injector:
    """Raises at the nth event (``line`` or ``opcode``) inside the package, in this thread."""

    def __init__(self, nth: int, event: str) -> None:
        self.left = nth
        self.event = event
        self.where: tuple[str, str, int] | None = None

    def __call__(self, frame: FrameType, event: str, _arg: object) -> Any:
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        frame.f_trace_opcodes = self.event == "opcode"
        if event == self.event and (event == "line" or frame.f_lasti in checkpoints(frame.f_code)):
            self.left -= 1
            if self.left == 0:
                self.where = (os.path.basename(frame.f_code.co_filename), frame.f_code.co_name, frame.f_lineno)
                raise Interrupt
        return self

    def run(self, work: Callable[[], object]) -> bool:
        """Whether ``work`` was interrupted."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            work()
        except Interrupt:
            return True
        finally:
            sys.settrace(before)
        return self.where is not None  # swallowed: by an on-exit clean-up, or inside a finaliser


def acquire_and_release(lock: FileLock) -> None:
    lock.acquire()
    lock.release()


def with_form(lock: FileLock) -> None:
    with lock:
        pass


def no_links(*_arguments: object) -> None:
    raise OSError(errno.EPERM, "no hard links here")


class Scene:
    """What is there before each attempt, and what is attempted."""

    def __init__(self, work: Callable[[FileLock], None], *left: str) -> None:
        self.work = work
        self.left = {suffix: payload() for suffix in left}

    def set_up(self, target: str) -> None:
        for suffix, data in self.left.items():
            write(target + suffix, data)


SCENES: dict[str, Callable[[], Scene]] = {
    "acquire and release": lambda: Scene(acquire_and_release),
    "with": lambda: Scene(with_form),
    "repair": lambda: Scene(with_form, ".lock", ".lock.reclaim"),
}


def interrupt_everywhere(target: str, scene: Scene, event: str, first: int = 1, stride: int = 1) -> int:
    """Repeats the scene, interrupted one event later each time, until an attempt gets through; how many it took."""
    nth, interrupted = first, True
    while interrupted:
        scene.set_up(target)
        lock = FileLock(target, timeout=0)
        injector = Injector(nth, event)
        interrupted = injector.run(lambda: scene.work(lock))  # noqa: B023
        if lock.held:
            assert lock.verify(), injector.where
            lock.release()
        with FileLock(target, timeout=0):  # the caller has nothing now, so nothing may be in the way
            assert beside(target) == ["config.json.lock"], injector.where
        assert beside(target) == [], injector.where
        assert not registry, injector.where
        nth += stride
    return nth


# An interrupted `with open()` is closed by the interpreter, which says so.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(params=[True, False], ids=["links", "no links"])
def links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(_acquire, "SETTLE_MS", 0)
    if not request.param:
        monkeypatch.setattr(os, "link", no_links)
    return bool(request.param)


@pytest.mark.usefixtures("links")
@pytest.mark.parametrize("scene", SCENES)
def test_an_interrupt_at_any_line_leaves_nothing_in_the_way(target: str, scene: str) -> None:
    assert interrupt_everywhere(target, SCENES[scene](), "line") > 100


@pytest.mark.usefixtures("links")
@pytest.mark.parametrize("scene", SCENES)
def test_an_interrupt_wherever_signals_are_looked_for_leaves_nothing_in_the_way(target: str, scene: str) -> None:
    # All of them take minutes: a stride from a random start sees every region, and over many runs every one.
    stride = int(os.environ.get("INTERRUPT_STRIDE", "11"))
    first = random.randint(1, stride)
    print(f"first {first}, stride {stride}")
    assert interrupt_everywhere(target, SCENES[scene](), "opcode", first, stride) > 100
