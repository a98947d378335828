"""OpenClaw's own logins: where they are, and what may be done with them (spec/state.md).

from openclaw_lock_helpers.openclaw import resolve_state_dir, wait_for_fresh_credential

login = wait_for_fresh_credential(resolve_state_dir(), None, "xai", "xai:me")
"""

from __future__ import annotations

from ._cache import CredentialCache
from ._credential import fence_of, is_fence, is_usable, may_adopt, owner_of
from ._directories import resolve_agent_dir, resolve_main_agent_dir, resolve_state_dir
from ._lock_names import refresh_lock_targets
from ._read import read_credential, recognise_store
from ._refresh import async_refresh_credential, refresh_credential
from ._wait import async_wait_for_fresh_credential, wait_for_fresh_credential

__all__ = [
    "CredentialCache",
    "async_refresh_credential",
    "async_wait_for_fresh_credential",
    "fence_of",
    "is_fence",
    "is_usable",
    "may_adopt",
    "owner_of",
    "read_credential",
    "recognise_store",
    "refresh_credential",
    "refresh_lock_targets",
    "resolve_agent_dir",
    "resolve_main_agent_dir",
    "resolve_state_dir",
    "wait_for_fresh_credential",
]
