"""What the README shows works as it stands."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

from refreshing import ROOT
from support import beside, read, write

if TYPE_CHECKING:
    import pytest

    from oauth_server import OAuthServer


def example(section: str) -> str:
    text = read(os.path.join(ROOT, "README.md")).decode().split(f"{section}\n")[1]
    found = re.search("```python\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_lock(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(os.path.dirname(target))
    os.rename(target, "openclaw.json")
    exec(example("# openclaw-lock-helpers"), {})
    assert json.loads(read("openclaw.json"))["skills"]["weather"] == {"enabled": True}
    assert os.listdir() == ["openclaw.json"]


def test_the_refresh(
    target: str, server: OAuthServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(os.path.dirname(target))
    os.unlink(target)
    write("auth.json", json.dumps({"logins": {"xai": server.login()}}).encode())
    code = example("## Refresh").replace("https://auth.example/token", server.url)
    for _ in range(2):
        exec(code, {})
    assert capsys.readouterr().out.split() == ["refreshed", "fresh"]
    assert json.loads(read("auth.json"))["logins"]["xai"]["access"] == server.token("a", 1)
    assert beside(os.path.abspath("auth.json")) == []
