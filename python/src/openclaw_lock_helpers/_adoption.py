"""One call of acquire-or-adopt, as a generator of pauses like the acquire inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from ._changes import Changes
from ._errors import FileLockError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from ._acquire import Acquisition
    from ._base import BaseLock

_T = TypeVar("_T")


class Adoption(Generic[_T]):
    """When :meth:`start` has ended, either ``value`` is there or the lock is held."""

    def __init__(self, lock: BaseLock, try_adopt: Callable[[], _T | None], watch: Iterable[str]) -> None:
        self._lock = lock
        self._try_adopt = try_adopt
        self._changes = Changes(watch)
        self._asked_in_the_wait = False
        self.value: _T | None = None
        self._acquisition: Acquisition | None = None
        self._running: Generator[float, None, None] | None = None

    def start(self) -> Generator[float, None, None]:
        if self._ask():
            return
        acquisition = self._acquisition = self._lock._acquisition(keep=False)
        running = self._running = acquisition.start()
        refusal = None
        while True:
            try:
                pause = next(running)
            except StopIteration:
                break
            except FileLockError as error:
                refusal = error
                break
            # In its last pause, after a reclaim, it holds the lock already (ADOPT-4).
            if acquisition.contending and acquisition.won is None and self._is_due() and self._ask():
                self.undo()
                return
            yield pause
        if refusal is None:
            self._lock._taken(acquisition)
            return
        self.undo()
        if not self._ask():
            raise refusal

    def undo(self) -> None:
        """Leaves nothing behind; after any exception, too."""
        if self._acquisition is not None and self._running is not None:
            self._acquisition.undo(self._running)

    def _is_due(self) -> bool:
        return not self._asked_in_the_wait or self._changes.due()

    def _ask(self) -> bool:
        self._asked_in_the_wait = self._acquisition is not None
        self._changes.taken()
        self.value = self._try_adopt()
        return self.value is not None
