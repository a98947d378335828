"""Takes the file locks that OpenClaw takes: ``<file>.lock``, from Python, without dependencies.

    with FileLock("openclaw.json", timeout=10) as lock:
        ...  # read inside the lock, never before

See spec/ in https://github.com/openclaw/lock-helpers for the contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._errors import (
    FileLockError,
    FileLockForeign,
    FileLockGuardOrphaned,
    FileLockInvalidOption,
    FileLockIO,
    FileLockLost,
    FileLockPermission,
    FileLockReentrant,
    FileLockStale,
    FileLockTimeout,
    FileLockUnsupported,
)
from ._generated import constants as _constants
from ._lock import FileLock

if TYPE_CHECKING:
    from ._adopt import Acquired, Adopted, acquire_or_adopt, async_acquire_or_adopt
    from ._aio import AsyncFileLock
    from ._holder import Holder, KernelLock, LockState
    from ._inspect import inspect_lock
    from ._signals import SignalRelease, release_on_signals

__all__ = [
    "Acquired",
    "Adopted",
    "AsyncFileLock",
    "FileLock",
    "FileLockError",
    "FileLockForeign",
    "FileLockGuardOrphaned",
    "FileLockIO",
    "FileLockInvalidOption",
    "FileLockLost",
    "FileLockPermission",
    "FileLockReentrant",
    "FileLockStale",
    "FileLockTimeout",
    "FileLockUnsupported",
    "Holder",
    "KernelLock",
    "LockState",
    "SignalRelease",
    "__version__",
    "acquire_or_adopt",
    "async_acquire_or_adopt",
    "inspect_lock",
    "release_on_signals",
]

__version__ = _constants.VERSION

# asyncio and dataclasses take longer to import than all the rest: who does not use them does not pay for them.
_LAZY = {
    "Acquired": "_adopt",
    "Adopted": "_adopt",
    "AsyncFileLock": "_aio",
    "Holder": "_holder",
    "KernelLock": "_holder",
    "LockState": "_holder",
    "SignalRelease": "_signals",
    "acquire_or_adopt": "_adopt",
    "async_acquire_or_adopt": "_adopt",
    "inspect_lock": "_inspect",
    "release_on_signals": "_signals",
}


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{_LAZY[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
