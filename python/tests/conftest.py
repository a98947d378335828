from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from oauth_server import OAuthServer
from openclaw_lock_helpers import _points, _publication, _sweep, _wait, _witnesses
from openclaw_lock_helpers._identity import own_identity
from openclaw_lock_helpers.store import _sweep as store_sweep
from support import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def target(tmp_path: Path) -> Iterator[str]:
    """A file to guard, in a directory of its own. Afterwards no candidate, guard or marker of ours may be left."""
    path = os.path.realpath(tmp_path / "config.json")
    with open(path, "w") as file:
        file.write("{}\n")
    yield path
    _witnesses.clean(0)
    left = [name for name in os.listdir(tmp_path) if name.startswith(".openclaw-lock-")]
    assert left == []


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    with OAuthServer() as made:
        yield made


@pytest.fixture
def store(target: str, server: OAuthServer) -> str:
    """A JSON store with an expired login of the server's."""
    write(target, json.dumps({"version": 1, "logins": {"example": server.login()}}).encode())
    return target


@pytest.fixture
def in_a_container(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process takes itself for one in a PID namespace of a container; ``auto`` is in force."""
    own = own_identity()
    monkeypatch.delenv("OPENCLAW_LOCKS_WITNESS")
    monkeypatch.setattr(own, "pid_namespace", "pid:[4026888888]")


@pytest.fixture(autouse=True)
def clean_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test begins with a process that has no history, and leaves it holding nothing.

    Wherever the tests run, in a container or not, only those that ask for a witness have one.
    """
    monkeypatch.setenv("OPENCLAW_LOCKS_WITNESS", "never")
    monkeypatch.delenv("OPENCLAW_LOCKS_TRUST_PIDS", raising=False)
    _sweep._swept.clear()
    store_sweep._swept.clear()
    _wait._greed.clear()
    yield
    _points.arm(None)
    _publication.lasting.clear()
    assert not _publication.registry
    _witnesses.clean(0)
    assert not _witnesses._all
