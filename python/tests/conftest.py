from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from openclaw_lock_helpers import _points, _publication, _sweep, _wait

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
    left = [name for name in os.listdir(tmp_path) if name.startswith(".openclaw-lock-")]
    assert left == []


@pytest.fixture(autouse=True)
def clean_process() -> Iterator[None]:
    """Each test begins with a process that has no history, and leaves it holding nothing."""
    _sweep._swept.clear()
    _wait._greed.clear()
    yield
    _points.arm(None)
    assert not _publication.registry
