"""An exception at any moment (Ctrl-C, any signal handler) leaves nothing that the next acquire does not remove."""

from __future__ import annotations

import dis
import errno
import os
import random
import sys
from functools import cache
from threading import RLock
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

import openclaw_lock_helpers
from openclaw_lock_helpers import FileLock, _acquire, _publication, _witness, _witnesses
from openclaw_lock_helpers._publication import registry
from support import answer, beside, payload, witness_of, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

PACKAGE = os.path.dirname(openclaw_lock_helpers.__file__)


class Interrupt(BaseException):
    pass


@cache
def instructions(code: CodeType) -> dict[int, str]:
    return {instruction.offset: instruction.opname for instruction in dis.get_instructions(code)}


def looks_for_signals(name: str, offset: int, following: int) -> bool:
    """Whether the interpreter does so behind this instruction, if that one follows."""
    if "JUMP" in name and "NO_INTERRUPT" not in name:
        return following <= offset or sys.version_info < (3, 11)
    return name.startswith(("CALL", "RESUME"))


@cache
def ends_of_with(code: CodeType) -> frozenset[int]:
    """Offsets of what leaves a ``with``: line events there are between the body and ``__exit__``, signals are not."""
    found: set[int] = set()
    all_of = list(dis.get_instructions(code))
    for first, second, third in zip(all_of, all_of[1:], all_of[2:], strict=False):
        if [i.opname for i in (second, third)] in (
            ["LOAD_CONST"] * 2,
            ["DUP_TOP"] * 2,
        ) and first.opname == "LOAD_CONST":
            found.update(i.offset for i in (first, second, third))
        if first.opname == "POP_BLOCK":
            found.add(first.offset)
    return frozenset(found)


class Injector:
    """Raises at the nth event (``line`` or ``opcode``) inside the package, in this thread."""

    def __init__(self, nth: int, event: str) -> None:
        self.left = nth
        self.event = event
        self.where: tuple[str, str, int] | None = None
        self.before: dict[FrameType, int] = {}

    def __call__(self, frame: FrameType, event: str, _arg: object) -> Any:
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        frame.f_trace_opcodes = self.event == "opcode"
        if event == self.event and self.may_interrupt(frame):
            self.left -= 1
            if self.left == 0:
                self.where = (os.path.basename(frame.f_code.co_filename), frame.f_code.co_name, frame.f_lineno)
                self.interrupt(frame)
        return self

    def interrupt(self, _frame: FrameType) -> None:
        raise Interrupt

    def may_interrupt(self, frame: FrameType) -> bool:
        if self.event == "line":
            return frame.f_lasti not in ends_of_with(frame.f_code)
        before, self.before[frame] = self.before.get(frame), frame.f_lasti
        return before is not None and looks_for_signals(instructions(frame.f_code)[before], before, frame.f_lasti)

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
            self.before.clear()
        return self.where is not None  # swallowed: by an on-exit clean-up, or inside a finaliser


def acquire_and_release(lock: FileLock) -> None:
    lock.acquire()
    lock.release()


def with_form(lock: FileLock) -> None:
    with lock:
        pass


def with_a_witness_that_is_closed(lock: FileLock) -> None:
    with lock:
        pass
    _witnesses.clean(0)


def no_links(*_arguments: object) -> None:
    raise OSError(errno.EPERM, "no hard links here")


class Scene:
    """What is there before each attempt, and what is attempted."""

    def __init__(self, work: Callable[[FileLock], None], *left: str, witness: bool = False) -> None:
        self.work = work
        self.witness = witness
        self.left = {suffix: payload() for suffix in left}

    def lock(self, target: str) -> FileLock:
        return FileLock(target, timeout=0, witness="always" if self.witness else "never")

    def set_up(self, target: str) -> None:
        for suffix, data in self.left.items():
            write(target + suffix, data)


SCENES: dict[str, Callable[[], Scene]] = {
    "acquire and release": lambda: Scene(acquire_and_release),
    "with": lambda: Scene(with_form),
    "repair": lambda: Scene(with_form, ".lock", ".lock.reclaim"),
    "witness": lambda: Scene(with_a_witness_that_is_closed, witness=True),
    "witness, repair": lambda: Scene(with_form, ".lock", ".lock.reclaim", witness=True),
}


@pytest.fixture(autouse=True)
def mutexes(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every mutex made for a publication."""
    made: list[Any] = []

    def lock() -> object:
        made.append(RLock())
        return made[-1]

    monkeypatch.setattr(_publication, "threading", SimpleNamespace(RLock=lock))
    return made


def interrupt_everywhere(
    target: str, scene: Scene, mutexes: list[Any], event: str, first: int = 1, stride: int = 1
) -> int:
    """Repeats the scene, interrupted one event later each time, until an attempt gets through; how many it took."""
    nth, interrupted = first, True
    Injector(sys.maxsize, event).run(
        lambda: scene.work(scene.lock(target))
    )  # the first frames traced are traced by line
    while interrupted:
        scene.set_up(target)
        lock = scene.lock(target)
        injector = Injector(nth, event)
        interrupted = injector.run(lambda: scene.work(lock))  # noqa: B023
        if lock.held:
            assert lock.verify(), injector.where
            lock.release()
        with scene.lock(target) as lock:  # the caller has nothing now, so nothing may be in the way
            named = [witness_of(lock.lock_path)] if scene.witness else []
            assert beside(target) == [*named, "config.json.lock"], injector.where
            assert [answer(os.path.join(os.path.dirname(target), name)) for name in named] == ["answers"] * len(named)
        _witnesses.clean(0)
        assert beside(target) == [], injector.where
        assert not _witnesses._all, injector.where
        assert not [lock for lock in (_witnesses._mutex, _witness._no_fork) if lock._is_owned()], injector.where  # type: ignore[attr-defined]
        assert not registry, injector.where
        assert not [mutex for mutex in mutexes if mutex._is_owned()], injector.where
        mutexes.clear()
        nth += stride
    return nth


# An interrupted `with open()` is closed by the interpreter, which says so.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(params=[*SCENES, *(f"{name}, no links" for name in SCENES if "witness" not in name)])
def scene(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(_acquire, "SETTLE_MS", 0)
    name, links, _ = str(request.param).partition(", no links")
    if links:
        monkeypatch.setattr(os, "link", no_links)
    return SCENES[name]()


def test_an_interrupt_at_any_line_leaves_nothing_in_the_way(target: str, mutexes: list[Any], scene: Scene) -> None:
    assert interrupt_everywhere(target, scene, mutexes, "line") > 100


def test_an_interrupt_wherever_signals_are_looked_for_leaves_nothing_in_the_way(
    target: str, mutexes: list[Any], scene: Scene
) -> None:
    # All of them take minutes: a stride from a random start sees every region, and over many runs every one.
    stride = int(os.environ.get("INTERRUPT_STRIDE", "31"))
    first = random.randint(1, stride)
    print(f"first {first}, stride {stride}")
    assert interrupt_everywhere(target, scene, mutexes, "opcode", first, stride) > 300
