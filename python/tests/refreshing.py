"""What the tests of refreshes share."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import pickle
import subprocess
import sys
import traceback
from typing import TYPE_CHECKING, Any

from oauth_server import OAuthServer
from openclaw_lock_helpers.oauth import (
    Attempt,
    Refreshed,
    RefreshError,
    refresh_stored,
    token_endpoint,
)
from openclaw_lock_helpers.store import Put, read_store, update_store
from support import read, write

if TYPE_CHECKING:
    from collections.abc import Callable

AT = ["logins", "example"]


ROOT = os.path.join(os.path.dirname(__file__), "..")


def login(store: str) -> dict[str, Any]:
    found: dict[str, Any] = read_store(store).value["logins"]["example"]
    return found


def expire(store: str) -> None:
    update_store(store, [Put([*AT, "expires"], 1)])


def replaced(store: str, **changes: Any) -> None:
    value = read_store(store).value
    value["logins"]["example"].update(changes)
    write(store, json.dumps(value).encode())


def intents(store: str) -> list[dict[str, Any]]:
    folder = os.path.dirname(store)
    names = [name for name in os.listdir(folder) if name.startswith(".openclaw-refresh-")]
    found = []
    for name in names:
        with contextlib.suppress(FileNotFoundError):  # it has gone since it was listed
            found.append(json.loads(read(os.path.join(folder, name))))
    return found


def go(store: str, server: OAuthServer, **options: Any) -> Refreshed:
    return refresh_stored(store, AT, token_endpoint(server.url, "script"), **options)


def never(attempt: Attempt) -> dict[str, Any]:
    raise AssertionError("nobody may refresh here")


def process(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": os.path.join(ROOT, "src")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outcome_of(act: Callable[[], Refreshed]) -> str:
    try:
        return act().how
    except RefreshError as error:
        return error.code


def printed(error: BaseException) -> str:
    """All that an error says of itself, with the local variables of this package's frames."""
    ours: list[Any] = []
    chain: list[BaseException | None] = [error]
    while chain:
        one = chain.pop()
        if one is not None:
            stack = traceback.TracebackException.from_exception(one, capture_locals=True).stack
            ours += [frame.locals for frame in stack if "openclaw_lock_helpers" in frame.filename]
            chain += [one.__cause__, one.__context__]
    told = "".join(traceback.format_exception(error))
    copies = [pickle.dumps(error), pickle.dumps(copy.copy(error)), vars(copy.copy(error))]
    return f"{told}{error!r}{error.args}{vars(error)}{copies}{ours}"
