"""A token endpoint that rotates, and burns a family whose spent token comes again. It counts what it was sent."""

from __future__ import annotations

import json
import threading
import urllib.parse
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

SECRET = "sEcReT"


class OAuthServer:
    """A context manager. ``posts`` counts the requests by refresh token: the referee."""

    def __init__(self, lifetime: float = 3600, rotates: bool = True) -> None:
        self.lifetime = lifetime
        self.rotates = rotates
        self.posts: Counter[str] = Counter()
        self.alive = True
        self.current = self.token("r", 0)
        self.issued = 0
        #: Set when a request has arrived, and waited for before it is answered.
        self.arrived = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        #: Answers instead of the usual one: status, body, headers; in order.
        self.planned: list[tuple[int, Any, dict[str, str]]] = []
        self._mutex = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status, body, headers = server._answer(form["refresh_token"][0])
                data = json.dumps(body).encode()
                try:
                    self.send_response(status)
                    for key, value in headers.items():
                        self.send_header(key, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:  # whoever asked is dead
                    pass

            def log_message(self, *_ignored: Any) -> None: ...

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/token"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})

    @staticmethod
    def token(kind: str, number: int) -> str:
        return f"{kind}-{SECRET}-{number}"

    def _answer(self, token: str) -> tuple[int, Any, dict[str, str]]:
        with self._mutex:
            self.posts[token] += 1
            planned = self.planned.pop(0) if self.planned else None
            if planned is None:
                planned = self._rotate(token)
        self.arrived.set()
        self.may_answer.wait()
        return planned

    def _rotate(self, token: str) -> tuple[int, Any, dict[str, str]]:
        if token != self.current or not self.alive:
            self.alive = self.alive and token == self.current
            return 400, {"error": "invalid_grant", "error_description": f"no {token}"}, {}
        self.issued += 1
        answer = {"access_token": self.token("a", self.issued), "expires_in": self.lifetime}
        if self.rotates:
            self.current = answer["refresh_token"] = self.token("r", self.issued)
        return 200, answer, {}

    def login(self, expires: float = 1) -> dict[str, Any]:
        """What a store has of it at first."""
        return {"access": self.token("a", 0), "refresh": self.token("r", 0), "expires": expires, "note": "kept"}

    def most(self) -> int:
        """How often the token was sent that was sent most."""
        return max(self.posts.values(), default=0)

    def __enter__(self) -> OAuthServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.may_answer.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
