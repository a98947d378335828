"""The driver, as the conformance suite starts it. What each verb means is the suite's to test."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from oauth_server import SECRET, OAuthServer
from openclaw_lock_helpers import FileLock
from support import answer, beside, read, witnesses, write

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = os.path.join(os.path.dirname(__file__), "..")


class Driver:
    def __init__(self) -> None:
        path = os.pathsep.join(os.path.join(ROOT, folder) for folder in ("driver", "src"))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "openclaw_lock_driver"],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ids = 0

    def send(self, verb: str, **fields: Any) -> int:
        assert self.process.stdin is not None
        self.ids += 1
        self.process.stdin.write(json.dumps({"id": self.ids, "verb": verb, **fields}) + "\n")
        self.process.stdin.flush()
        return self.ids

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        reply: dict[str, Any] = json.loads(self.process.stdout.readline())
        return reply

    def ask(self, verb: str, **fields: Any) -> dict[str, Any]:
        number = self.send(verb, **fields)
        reply = self.receive()
        assert reply.pop("id") == number
        return reply


@pytest.fixture
def driver() -> Iterator[Driver]:
    made = Driver()
    with made.process:
        try:
            yield made
        finally:
            made.process.kill()


def test_an_acquire_that_waits_keeps_nobody_waiting_and_can_be_cancelled(driver: Driver, target: str) -> None:
    assert driver.ask("hello", protocol=1)["name"] == "python"
    first = driver.ask("acquire", target=target, handle="a")
    assert (first["status"], first["waits"], first["lockPath"]) == ("ok", 0, target + ".lock")
    waiting = driver.send("acquire", target=target, handle="b", options={"timeoutMs": 600_000})
    assert driver.ask("verify", handle="a") == {"status": "ok", "held": True}
    assert driver.ask("inspect", target=target)["state"]["verdict"] == "held"
    cancel = driver.send("cancel", request=waiting)
    replies = {reply["id"]: reply for reply in (driver.receive(), driver.receive())}
    assert replies[cancel]["status"] == "ok"
    assert (replies[waiting]["status"], replies[waiting]["code"]) == ("refused", "cancelled")
    assert driver.ask("release", handle="a") == {"status": "ok"}
    assert driver.ask("release", handle="a") == {"status": "ok"}
    assert driver.ask("release", handle="b")["status"] == "error"
    assert driver.ask("bye") == {"status": "ok"}
    assert driver.process.wait() == 0
    assert beside(target) == []


def test_a_refusal_carries_the_holder(driver: Driver, target: str) -> None:
    driver.ask("acquire", target=target, handle="a")
    reply = driver.ask("acquire", target=target, handle="b", options={"timeoutMs": 0})
    assert reply["code"] == "file_lock_timeout"
    assert reply["error"]["holder"]["pid"] == driver.process.pid
    assert reply["error"]["lockPath"] == target + ".lock"


def test_wrong_times_arrive_as_they_were_meant(driver: Driver, target: str) -> None:
    for value in ("NaN", "Infinity", "-Infinity", -1):
        reply = driver.ask("acquire", target=target, handle="a", options={"timeoutMs": value})
        assert reply["code"] == "file_lock_invalid_option"


@pytest.mark.parametrize(
    ("ends", "outcome", "attached"),
    [
        ("return", "returned", None),
        ("throw", "body-error", None),
        ("cancel", "cancelled", None),
        ("timeout", "cancelled", None),
        ("lost-and-throw", "body-error", "file_lock_lost"),
    ],
)
def test_a_body_ends_as_it_is_told(driver: Driver, target: str, ends: str, outcome: str, attached: str | None) -> None:
    reply = driver.ask("body", target=target, ends=ends)
    original = outcome == "body-error"
    assert reply == {"status": "ok", "outcome": outcome, "original": original, "attached": attached}
    assert beside(target) == []


def test_both_forms_know_their_nesting(driver: Driver, target: str) -> None:
    for _ in range(2):
        assert driver.ask("nested", target=target)["outcome"] == "file_lock_reentrant"


def test_threads_and_loops_count_what_they_held(driver: Driver, target: str) -> None:
    reply = driver.ask("threads", target=target, workers=4, rounds=3)
    assert (reply["completed"], reply["overlaps"]) == (12, 0)
    counter, log = target + ".counter", target + ".log"
    reply = driver.ask("loop", target=target, counter=counter, log=log, rounds=3, holdMs=0)
    assert reply["completed"] == 3
    with open(log) as file:
        assert file.read() == "".join(f"python {driver.process.pid} {n}\n" for n in (1, 2, 3))


def test_a_loss_is_told(driver: Driver, target: str) -> None:
    driver.ask("acquire", target=target, handle="a")
    assert driver.ask("await-lost", handle="a", timeoutMs=0) == {"status": "ok", "lost": False, "signals": 0}
    os.unlink(target + ".lock")
    assert driver.ask("await-lost", handle="a", timeoutMs=20_000) == {"status": "ok", "lost": True, "signals": 1}
    assert driver.ask("release", handle="a")["code"] == "file_lock_lost"


def test_an_armed_point_says_so_and_kills(driver: Driver, target: str) -> None:
    assert driver.ask("arm", point="acquire:linked", action="kill", nth=2) == {"status": "ok"}
    driver.ask("acquire", target=target, handle="a")
    driver.send("acquire", target=target + "2", handle="b")
    assert driver.receive() == {"event": "point", "point": "acquire:linked"}
    assert driver.process.wait() == -9
    candidates = [name for name in beside(target) if name.startswith(".openclaw-lock-")]
    assert len(candidates) == 1
    os.unlink(os.path.join(os.path.dirname(target), candidates[0]))


def test_the_process_itself_can_be_told_where_it_is(driver: Driver, target: str) -> None:
    assert driver.ask("chdir", path=os.path.dirname(target)) == {"status": "ok"}
    assert driver.ask("umask", mask=0o777) == {"status": "ok"}
    assert driver.ask("acquire", target="config.json", handle="a")["lockPath"] == target + ".lock"


def test_what_the_driver_does_not_know_is_an_error_and_no_end(driver: Driver) -> None:
    assert driver.process.stdin is not None
    driver.process.stdin.write("no json\n\n[1]\n")
    driver.process.stdin.flush()
    for _ in range(2):
        reply = driver.receive()
        assert (reply["id"], reply["status"]) == (None, "error")
    assert driver.ask("no-such-verb")["status"] == "error"
    assert driver.ask("acquire")["status"] == "error"


def test_at_the_end_of_input_the_helpers_own_exit_releases(driver: Driver, target: str) -> None:
    driver.ask("acquire", target=target, handle="a")
    driver.send("acquire", target=target, handle="b", options={"timeoutMs": 600_000})
    assert driver.process.stdin is not None
    driver.process.stdin.close()
    assert driver.process.wait() == 0
    assert beside(target) == []
    write(target, b"")


def test_it_adopts_and_reads_and_replaces_stores(driver: Driver, target: str) -> None:
    write(target, b'{"a":"old"}')
    asked = {"target": target, "handle": "a", "store": target, "at": ["a"], "unless": "old"}
    reply = driver.ask("adopt", **asked)
    assert (reply["adopted"], reply["looks"], reply["lockPath"]) == (False, 1, target + ".lock")
    edits = [{"at": ["a"], "value": "new"}]
    assert driver.ask("store-update", path=target, edits=edits, options={"timeoutMs": 0})["code"] == "file_lock_timeout"
    waiting = driver.send("adopt", **{**asked, "handle": "b", "options": {"timeoutMs": 600_000}})
    cancel = driver.send("cancel", request=waiting)
    replies = {reply["id"]: reply for reply in (driver.receive(), driver.receive())}
    assert (replies[waiting]["code"], replies[cancel]["status"]) == ("cancelled", "ok")
    assert driver.ask("release", handle="a") == {"status": "ok"}
    assert driver.ask("store-update", path=target, edits=edits) == {"status": "ok", "changed": True}
    assert driver.ask("store-read", path=target) == {"status": "ok", "size": 11, "value": {"a": "new"}}
    reply = driver.ask("adopt", **asked)
    assert reply == {"status": "ok", "adopted": True, "value": "new", "looks": 1}
    reply = driver.ask("store-read", path=target + "2")
    assert (reply["status"], reply["code"], reply["error"]["path"]) == ("refused", "store_missing", target + "2")


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    with OAuthServer() as made:
        yield made


def _asked(target: str, server: OAuthServer) -> dict[str, Any]:
    write(target, json.dumps({"login": server.login()}).encode())
    return {"store": target, "at": ["login"], "url": server.url, "clientId": "script"}


def test_it_refreshes_and_hands_back_what_could_not_be_saved(driver: Driver, target: str, server: OAuthServer) -> None:
    asked = _asked(target, server)
    reply = driver.ask("refresh", **asked)
    assert (reply["status"], reply["how"], reply["access"]) == ("ok", "refreshed", server.token("a", 1))
    assert driver.ask("refresh", **asked)["how"] == "fresh"
    server.may_answer.clear()
    server.arrived.clear()
    waiting = driver.send("refresh", **asked, rejected=server.token("a", 1))
    server.arrived.wait()
    os.link(target, target + "2")
    server.may_answer.set()
    reply = driver.receive()
    assert (reply["id"], reply["code"]) == (waiting, "refresh_not_saved")
    assert SECRET not in json.dumps(reply)
    os.unlink(target + "2")
    assert driver.ask("retry-save", handle=reply["error"]["handle"]) == {"status": "ok", "how": "refreshed"}
    assert server.most() == 1


def test_a_signal_waits_for_the_flight_here_too(driver: Driver, target: str, server: OAuthServer) -> None:
    server.may_answer.clear()
    driver.send("refresh", **_asked(target, server))
    server.arrived.wait()
    driver.process.terminate()
    assert driver.ask("inspect", target=target)["state"]["verdict"] == "held"
    server.may_answer.set()
    assert driver.process.wait() == -15
    assert json.loads(read(target))["login"]["access"] == server.token("a", 1)
    assert beside(target) == []


def test_a_refresh_that_waits_can_be_cancelled(driver: Driver, target: str, server: OAuthServer) -> None:
    asked = _asked(target, server)
    driver.ask("acquire", target=target, handle="a")
    waiting = driver.send("refresh", **asked)
    driver.send("cancel", request=waiting)
    replies = {reply["id"]: reply for reply in (driver.receive(), driver.receive())}
    assert replies[waiting]["code"] == "cancelled"
    assert sum(server.posts.values()) == 0


def open_files(pid: int) -> set[str]:
    found = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):  # closed since it was listed
            found.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    return found


@pytest.mark.parametrize("how", ["fork", "exec"])
@pytest.mark.parametrize("witness", ["always", "never"])
def test_children_have_no_part_in_the_lock(driver: Driver, target: str, how: str, witness: str) -> None:
    driver.ask("acquire", target=target, handle="a", options={"witness": witness})
    due = {"status": "ok", "outcome": None if how == "fork" else "impossible", "pid": None}
    for _ in range(2):
        assert driver.ask("child", how=how, handle="a", ends="exit") == due
        assert driver.ask("verify", handle="a")["held"] is True
        assert driver.ask("acquire", target=target, handle="b", options={"timeoutMs": 0})["status"] == "refused"
    staying = driver.ask("child", how=how, handle="a", ends="stay")["pid"]
    assert target + ".lock" not in open_files(staying)
    driver.process.kill()
    driver.process.wait()
    try:
        with FileLock(target, timeout=0):
            os.kill(staying, 0)
    finally:
        os.kill(staying, signal.SIGKILL)
    for name in witnesses(os.path.dirname(target)):
        assert answer(os.path.join(os.path.dirname(target), name)) == "refused"
        os.unlink(os.path.join(os.path.dirname(target), name))


def test_a_signal_releases_where_that_is_asked_for(driver: Driver, target: str) -> None:
    driver.ask("acquire", target=target, handle="a")
    for undo in (False, True, False):
        assert driver.ask("release-on-signals", signals=["TERM"], undo=undo) == {"status": "ok"}
    driver.process.terminate()
    assert driver.process.wait() == -signal.SIGTERM
    assert beside(target) == []
