"""Where OpenClaw keeps its state, and what is an agent's (STATE-1, STATE-2)."""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING

from .._errors import FileLockInvalidOption
from ..oauth._said import WHITE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NO_ID = re.compile(r"[^a-z0-9_-]+")
_MAX_ID = 64
SQLITE = "openclaw-agent.sqlite"


class Surroundings:
    """What decides where things are.

    Args:
        env: the environment.
        home: the system's own home of this user, or ``None``.
        cwd: the working directory.
        exists: whether there is something at a path.
    """

    def __init__(
        self, env: Mapping[str, str], home: str | None, cwd: str, exists: Callable[[str], bool] = os.path.exists
    ) -> None:
        self._env = env
        self._system_home = home
        self._cwd = cwd
        self._exists = exists

    def state_dir(self, profile: str | None = None) -> str:
        name = (profile or "").strip(WHITE)
        if name:
            return self._profile_dir(name)
        given = self._env.get("OPENCLAW_STATE_DIR", "").strip(WHITE)
        if given:
            return self._user_path(given)
        new, old = self._in_home(".openclaw"), self._in_home(".clawdbot")
        return old if self._exists(old) and not self._exists(new) else new

    def main_agent_dir(self, state_dir: str) -> str:
        """Only releases with a SQLite store read the variable."""
        given = self._env.get("OPENCLAW_AGENT_DIR", "").strip(WHITE)
        if given:
            directory = self._user_path(given)
            if self._exists(posixpath.join(directory, SQLITE)):
                return directory
        return agent_dir(state_dir, None)

    def _profile_dir(self, name: str) -> str:
        if name.lower() == "default":
            return self._in_home(".openclaw")
        if not _NAME.fullmatch(name):
            raise FileLockInvalidOption(
                "profile must be letters, digits, _ and -, at most 64", hint="pass the name of a profile"
            )
        return self._in_home(f".openclaw-{name}")

    def _in_home(self, name: str) -> str:
        return posixpath.join(self._home(), name)

    def _home(self) -> str:
        candidates = (self._env.get("HOME"), self._env.get("USERPROFILE"), self._system_home)
        next_home = next(filter(None, map(_said, candidates)), None)
        wanted = _said(self._env.get("OPENCLAW_HOME"))
        if wanted is None:
            return self._absolute(next_home or self._cwd)
        if not _is_in_home(wanted):
            return self._absolute(wanted)
        return self._cwd if next_home is None else self._absolute(next_home + wanted[1:])

    def _user_path(self, path: str) -> str:
        return self._absolute(self._home() + path[1:] if _is_in_home(path) else path)

    def _absolute(self, path: str) -> str:
        return "/" + posixpath.normpath(posixpath.join(self._cwd, path)).lstrip("/")


def _said(value: str | None) -> str | None:
    value = (value or "").strip(WHITE)
    return None if value in ("", "undefined", "null") else value


def _is_in_home(path: str) -> bool:
    return path == "~" or path.startswith(("~/", "~\\"))


def agent_dir(state_dir: str, agent_id: str | None) -> str:
    agent = (agent_id or "").strip(WHITE)
    if not _NAME.fullmatch(agent):
        agent = _NO_ID.sub("-", agent.lower()).strip("-")[:_MAX_ID] or "main"
    return posixpath.join(state_dir, "agents", agent.lower(), "agent")


def here() -> Surroundings:
    """This process's."""
    return Surroundings(os.environ, _home_of_user(), os.getcwd())


def _home_of_user() -> str | None:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError, OSError):
        return None


def resolve_state_dir(profile: str | None = None) -> str:
    """OpenClaw's state directory as its own processes find it: by profile, by environment, in the home.

    Args:
        profile: name of a profile; it wins over the environment.

    Raises:
        FileLockInvalidOption: no profile can have that name.
    """
    return here().state_dir(profile)


def resolve_agent_dir(state_dir: str, agent_id: str | None = None) -> str:
    """The directory of an agent, by default ``main``. The id is normalised as OpenClaw does it."""
    return agent_dir(state_dir, agent_id)


def resolve_main_agent_dir(state_dir: str) -> str:
    """Where main's store is: ``OPENCLAW_AGENT_DIR`` may say, for a SQLite store only."""
    return here().main_agent_dir(state_dir)
