"""A JSON store that is read without a lock and replaced under it (spec/store.md).

from openclaw_lock_helpers.store import Put, read_store, update_store

update_store("openclaw.json", [Put(["skills", "weather", "enabled"], True)])
read_store("openclaw.json").value["skills"]
"""

from __future__ import annotations

from ._edit import Put, Remove
from ._errors import (
    StoreChanged,
    StoreError,
    StoreInvalid,
    StoreIO,
    StoreMissing,
    StoreNotLocked,
    StorePermission,
    StoreUnsupported,
)
from ._replace import replace_store
from ._snapshot import Snapshot, read_store
from ._update import async_update_store, update_store

__all__ = [
    "Put",
    "Remove",
    "Snapshot",
    "StoreChanged",
    "StoreError",
    "StoreIO",
    "StoreInvalid",
    "StoreMissing",
    "StoreNotLocked",
    "StorePermission",
    "StoreUnsupported",
    "async_update_store",
    "read_store",
    "replace_store",
    "update_store",
]
