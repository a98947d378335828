"""Outcomes of the contract as replies."""

from __future__ import annotations

import asyncio
import errno
import pickle
import traceback
from typing import TYPE_CHECKING

from openclaw_lock_helpers import FileLockError
from openclaw_lock_helpers.oauth import RefreshError, RefreshNotSaved
from openclaw_lock_helpers.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openclaw_lock_helpers import Holder, KernelLock

    from ._wire import Reply


def holder_of(holder: Holder | None) -> Reply | None:
    if holder is None:
        return None
    return {
        "pid": holder.pid,
        "command": holder.command,
        "ageMs": None if holder.age is None else holder.age * 1000,
        "verdict": holder.verdict,
        "reason": holder.reason,
    }


def kernel_locks_of(locks: Iterable[KernelLock]) -> list[Reply]:
    return [dict(vars(lock)) for lock in locks]


def detail_of(error: FileLockError) -> Reply:
    found = {
        "message": str(error),
        "lockPath": error.lock_path,
        "target": error.target,
        "waitedMs": error.waited * 1000,
        "hint": error.hint,
        "holder": holder_of(error.holder),
        "kind": error.kind,
        "kernelLocks": kernel_locks_of(error.kernel_locks) or None,
        "errno": _name_of(error.errno),
        "path": error.path,
    }
    return {key: value for key, value in found.items() if value is not None}


def _name_of(number: int | None) -> str | None:
    return None if number is None else errno.errorcode.get(number, str(number))


def _store_detail_of(error: StoreError) -> Reply:
    found = {
        "message": str(error),
        "hint": error.hint,
        "kind": error.kind,
        "errno": _name_of(error.errno),
        "path": error.path,
        "printed": printed(error),
    }
    return {key: value for key, value in found.items() if value is not None}


#: What ``refresh_not_saved`` has handed back, by the handle that the reply named.
_unsaved: dict[str, RefreshNotSaved] = {}


def unsaved_of(handle: str) -> RefreshNotSaved:
    if handle not in _unsaved:
        raise TypeError(f"no such handle: {handle}")
    return _unsaved[handle]


def _refresh_detail_of(error: RefreshError) -> Reply:
    handle = None
    if isinstance(error, RefreshNotSaved):
        handle = f"unsaved-{len(_unsaved)}"
        _unsaved[handle] = error
    found = {
        "message": str(error),
        "hint": error.hint,
        "waitedMs": error.waited * 1000,
        "holder": holder_of(error.holder),
        "path": error.path,
        "intent": error.intent,
        "handle": handle,
        "printed": printed(error),
    }
    return {key: value for key, value in found.items() if value is not None}


def printed(error: BaseException) -> str:
    """All that an error says of itself, however it is asked."""
    told = "".join(traceback.format_exception(error))
    return f"{told}\n{error!r}\n{error.args}\n{vars(error)}\n{pickle.dumps(error)!r}"


def reply_to(error: BaseException) -> Reply:
    """The reply to a failed operation: the contract's own outcome, or that the driver broke."""
    if isinstance(error, FileLockError):
        return {"status": "refused", "code": error.code, "error": detail_of(error)}
    if isinstance(error, StoreError):
        return {"status": "refused", "code": error.code, "error": _store_detail_of(error)}
    if isinstance(error, RefreshError):
        return {"status": "refused", "code": error.code, "error": _refresh_detail_of(error)}
    if isinstance(error, asyncio.CancelledError):
        return {"status": "refused", "code": "cancelled", "error": {"message": "cancelled by the runner"}}
    return {"status": "error", "message": "".join(traceback.format_exception(error))}
