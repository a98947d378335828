"""The stores of an agent and of main, whichever kind they are (STATE-4)."""

from __future__ import annotations

import os
from typing import Any, Literal

from ..store._snapshot import look
from ._directories import SQLITE, agent_dir, here
from ._sqlite import cell

JSON = "auth-profiles.json"
Kind = Literal["sqlite", "json", "none"]


class Stores:
    """Of one agent. Nothing is remembered between two looks."""

    def __init__(self, state_dir: str, agent_id: str | None) -> None:
        self.state_dir = os.path.abspath(state_dir)
        self.agent_dir = agent_dir(self.state_dir, agent_id)
        self.main_dir = here().main_agent_dir(self.state_dir)
        self.is_main = self.agent_dir in (self.main_dir, agent_dir(self.state_dir, None))

    def kind(self) -> Kind:
        """Of both together: what one writes the other reads."""
        kinds = {self.kind_of(self.agent_dir), self.kind_of(self.main_dir)}
        return "sqlite" if "sqlite" in kinds else "json" if "json" in kinds else "none"

    def kind_of(self, directory: str) -> Kind:
        if os.path.lexists(os.path.join(directory, SQLITE)) or self._main_is_shared():
            return "sqlite"
        return "json" if os.path.lexists(os.path.join(directory, JSON)) else "none"

    def agent(self, profile_id: str) -> Any:
        """The credential in the agent's own store; ``None`` for main, whose own is the other one."""
        return None if self.is_main else _profile(self._store_of(self.agent_dir), profile_id)

    def main(self, profile_id: str) -> Any:
        return _profile(self._main(), profile_id)

    def all(self) -> list[Any]:
        """Every credential of both."""
        stores = [self._main()] + ([] if self.is_main else [self._store_of(self.agent_dir)])
        profiles = [store.get("profiles") for store in stores if store is not None]
        return [credential for each in profiles if isinstance(each, dict) for credential in each.values()]

    def watched(self) -> list[str]:
        """Whatever changes when a credential does."""
        databases = [self._shared_path(), *(os.path.join(each, SQLITE) for each in (self.agent_dir, self.main_dir))]
        files = [path + suffix for path in databases for suffix in ("", "-wal")]
        files += [os.path.join(each, JSON) for each in (self.agent_dir, self.main_dir)]
        return [*dict.fromkeys([*files, *map(os.path.dirname, files)])]

    def json_path(self, owner: str) -> str:
        return os.path.join(self.main_dir if owner == "main" or self.is_main else self.agent_dir, JSON)

    def _main(self) -> dict[str, Any] | None:
        if self._main_is_shared():
            return self._state("authProfiles.store")
        return self._store_of(self.main_dir)

    def _store_of(self, directory: str) -> dict[str, Any] | None:
        database = os.path.join(directory, SQLITE)
        if os.path.lexists(database):
            return cell(database, "auth_profile_store", "store_json", "store_key", "primary")
        if self._main_is_shared():  # JSON files beside it are left-overs
            return None
        found = look(os.path.join(directory, JSON))
        return found.value if found.exists else None

    def _main_is_shared(self) -> bool:
        flag = self._state("auth.sharedStore")
        return flag is not None and flag.get("location") == "state-db"

    def _state(self, key: str) -> dict[str, Any] | None:
        return cell(self._shared_path(), "config_machine_state", "value_json", "state_key", key)

    def _shared_path(self) -> str:
        return os.path.join(self.state_dir, "state", "openclaw.sqlite")


def _profile(store: dict[str, Any] | None, profile_id: str) -> Any:
    profiles = None if store is None else store.get("profiles")
    found = profiles.get(profile_id) if isinstance(profiles, dict) else None
    return found if isinstance(found, dict) else None
