"""A refresh function for a token endpoint: what counts as sent, and what it never does."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from oauth_server import SECRET, OAuthServer
from openclaw_lock_helpers import FileLockInvalidOption
from openclaw_lock_helpers.oauth import Attempt, RefreshNotSent, RefreshRejected, token_endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def attempt(server: OAuthServer, timeout: float = 60) -> Attempt:
    return Attempt(server.login(), timeout)


@contextmanager
def listening(serve: Callable[[socket.socket], object]) -> Iterator[str]:
    """One connection is served."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            connection, _ = listener.accept()
            with connection:
                serve(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/a/token?x=1"
        thread.join()


def test_it_posts_a_form_and_returns_what_is_answered() -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        while b"refresh_token=" not in b"".join(seen):
            seen.append(connection.recv(65536))
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"access_token":"x"}')

    with listening(serve) as url:
        refresh = token_endpoint(url, "me", "secret &", fields={"scope": "all of it"}, headers={"X-Y": "z"})
        assert refresh(Attempt({"refresh": "r+/"}, 60)) == {"access_token": "x"}
    head, _, body = b"".join(seen).partition(b"\r\n\r\n")
    assert head.startswith(b"POST /a/token?x=1 HTTP/1.1\r\n")
    assert {b"Connection: close", b"X-Y: z", b"Content-Type: application/x-www-form-urlencoded"} <= set(
        head.split(b"\r\n")
    )
    assert sorted(body.split(b"&")) == [
        b"client_id=me",
        b"client_secret=secret+%26",
        b"grant_type=refresh_token",
        b"refresh_token=r%2B%2F",
        b"scope=all+of+it",
    ]


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind"),
    [
        (400, {"error": "invalid_grant"}, {}, RefreshRejected),
        (401, {"error": "invalid_grant"}, {}, RefreshRejected),
        (403, {"error": "invalid_grant"}, {}, RuntimeError),
        (401, {"error": "invalid_client"}, {}, RefreshNotSent),
        (400, {"error": "slow_down"}, {}, RuntimeError),
        (400, {"error": ["invalid_grant"]}, {}, RuntimeError),
        (429, ["x"], {}, RefreshNotSent),
        (503, {}, {"Retry-After": "1"}, RefreshNotSent),
        (503, {}, {}, RuntimeError),
        (307, {}, {"Location": "/token"}, RuntimeError),
        (302, {}, {"Location": "/token"}, RuntimeError),
        (200, ["x"], {}, ValueError),
        (200, {"x": "y" * (1 << 20)}, {}, ValueError),
    ],
)
def test_what_is_answered_says_whether_the_token_counts_as_sent(
    server: OAuthServer, status: int, body: Any, headers: dict[str, str], kind: type[Exception]
) -> None:
    server.planned.append((status, body, headers))
    with pytest.raises(kind) as caught:
        token_endpoint(server.url, "script")(attempt(server))
    assert type(caught.value) is kind
    assert SECRET not in str(caught.value)
    assert sum(server.posts.values()) == 1


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"nonsense\r\n\r\n"])
def test_an_answer_that_is_cut_off_is_unknown_and_not_asked_for_again(answer: bytes) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    with listening(serve) as url, pytest.raises(Exception) as caught:  # noqa: PT011
        token_endpoint(url)(Attempt({"refresh": "r"}, 60))
    assert not isinstance(caught.value, RefreshNotSent | RefreshRejected)


def test_where_nothing_listens_or_nothing_can_be_made_of_it_nothing_was_sent() -> None:
    with OAuthServer() as gone:
        url = gone.url
    for wrong in (token_endpoint(url), token_endpoint("http://x.invalid/"), token_endpoint(url, headers={"a": "b\nc"})):
        with pytest.raises(RefreshNotSent):
            wrong(Attempt({"refresh": "r"}, 60))


def test_a_handshake_that_fails_has_sent_nothing() -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        seen.append(connection.recv(65536))
        connection.sendall(b"no TLS here\r\n")

    with listening(serve) as url, pytest.raises(RefreshNotSent):
        token_endpoint(url.replace("http:", "https:"))(Attempt({"refresh": SECRET}, 60))
    assert SECRET.encode() not in seen[0]


def test_it_ends_when_its_time_is_over() -> None:
    ended = threading.Event()

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not ended.is_set():
            time.sleep(0.001)
            try:
                connection.sendall(b" ")
            except OSError:
                return

    one = Attempt({"refresh": "r"}, 60)
    with listening(serve) as url:
        one.stopped.set()
        with pytest.raises(RefreshNotSent):
            token_endpoint(url)(one)
    with listening(serve) as url:
        one = Attempt({"refresh": "r"}, 60)
        timer = threading.Timer(0.05, one.stopped.set)
        timer.start()
        with pytest.raises(TimeoutError):
            token_endpoint(url)(one)
        ended.set()
        timer.join()


@pytest.mark.parametrize("url", ["", "example.com/token", "ftp://x/", "https://", "https://x:y/", "https://x/ y", None])
def test_what_is_no_url_is_refused_before_anything(url: Any) -> None:
    with pytest.raises(FileLockInvalidOption):
        token_endpoint(url)
