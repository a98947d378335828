"""What a login is now, whichever kind of store it is in. No lock is taken."""

from __future__ import annotations

import time
from typing import Any, Literal

from .._bare import bare
from ..store._errors import StoreError
from ._credential import adoptable_at
from ._stores import Stores


def recognise_store(state_dir: str, agent_id: str | None = None) -> Literal["sqlite", "json", "none"]:
    """Which kind of store an agent has: ``sqlite`` is read only for us (STATE-4).

    Raises:
        StoreError: the state database cannot be read.
    """
    try:
        stores = Stores(state_dir, agent_id)
        return stores.kind_of(stores.agent_dir)
    except StoreError as error:
        raise bare(error) from error.__cause__


def read_credential(state_dir: str, agent_id: str | None, profile_id: str) -> dict[str, Any] | None:
    """The login that an agent would use: its own, or main's where it has none, or may adopt that. Secret.

    Raises:
        StoreError: a store cannot be read.
    """
    try:
        return effective(Stores(state_dir, agent_id), profile_id)
    except StoreError as error:
        raise bare(error) from error.__cause__


def effective(stores: Stores, profile_id: str) -> dict[str, Any] | None:
    main, own = stores.main(profile_id), stores.agent(profile_id)
    found: dict[str, Any] | None = main if own is None or adoptable_at(own, main, time.time() * 1000) else own
    return found
