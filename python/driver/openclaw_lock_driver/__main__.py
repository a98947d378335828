"""python -m openclaw_lock_driver: JSON Lines on standard input and output, each request in a thread of its own."""

from __future__ import annotations

import json
import os
import socket
import threading
from typing import TYPE_CHECKING

from openclaw_lock_helpers import __version__
from openclaw_lock_helpers._identity import platform_name

from . import (
    _adopting,
    _arm,
    _children,
    _foreigners,
    _forms,
    _held,
    _loop,
    _refreshes,
    _rounds,
    _signals,
    _states,
    _stores,
    _verdicts,
)
from ._replies import reply_to
from ._wire import Reply, Request, text, write_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NAME = "python"
_CAPABILITIES = (
    "basic",
    "cancel",
    "lost",
    "inspect",
    "judge",
    "observe",
    "classify",
    "body",
    "nested",
    "threads",
    "points",
    "reclaim",
    "guard",
    "detail",
    "process",
    "witness",
    "exit-hook",
    "adopt",
    "store",
    "refresh",
    "openclaw",
    "foreign",
    "signals",
    "fork",
    "exec",
    *(("peer-credentials",) if hasattr(socket, "SO_PEERCRED") else ()),
)


def _hello(_request: Request) -> Reply:
    return {
        "protocol": 1,
        "name": _NAME,
        "version": __version__,
        "language": "python",
        "platform": platform_name(),
        "pid": os.getpid(),
        "capabilities": _CAPABILITIES,
    }


def _rounds_of(request: Request) -> Reply:
    return _rounds.loop(request, _NAME)


def _chdir(request: Request) -> Reply:
    os.chdir(text(request, "path"))
    return {}


def _umask(request: Request) -> Reply:
    os.umask(request["mask"])
    return {}


#: Done in the reading thread, in the order in which they are asked for: they are short, and change the process.
_AT_ONCE: dict[str, Callable[[Request], Reply]] = {
    "hello": _hello,
    "arm": _arm.arm,
    "cancel": _held.cancel,
    "chdir": _chdir,
    "umask": _umask,
    "bye": lambda _request: {},
}

_THREADED: dict[str, Callable[[Request], Reply]] = {
    "acquire": _held.acquire,
    "release": _held.release,
    "verify": _held.verify,
    "await-lost": _held.await_lost,
    "inspect": _verdicts.inspect,
    "judge": _verdicts.judge,
    "observe": _verdicts.observe,
    "classify": _verdicts.classify,
    "body": _forms.body,
    "nested": _forms.nested,
    "threads": _forms.threads,
    "loop": _rounds_of,
    "adopt": _adopting.adopt,
    "store-parse": _stores.parse,
    "store-edit": _stores.edit,
    "store-read": _stores.read,
    "store-update": _stores.update,
    "store-mounted": _stores.mounted,
    "generation": _refreshes.generation,
    "fresh": _refreshes.fresh,
    "merge": _refreshes.merged,
    "refresh": _refreshes.refresh,
    "retry-save": _refreshes.retry_save,
    "state-paths": _states.paths,
    "credential": _states.credential,
    "credential-owner": _states.owner,
    "openclaw-refresh": _states.refresh,
    "openclaw-wait": _states.wait,
    "cache-put": _states.cache_put,
    "foreign": _foreigners.foreign,
    "kernel-locks": _foreigners.kernel_locks,
    "abandoned": _foreigners.abandoned,
    "release-on-signals": _signals.release,
    "child": _children.child,
}


def _answer(request: Request, verb: Callable[[Request], Reply]) -> None:
    try:
        reply = {"status": "ok", **verb(request)}
    except BaseException as error:
        reply = reply_to(error)
    write_line({"id": request.get("id"), **reply})


def _unknown(request: Request) -> Reply:
    raise TypeError(f"unknown verb: {request.get('verb')}")


def _lines() -> Iterator[bytes]:
    """Not by ``sys.stdin``: the interpreter cannot end while another thread waits inside of that."""
    rest = b""
    while data := os.read(0, 65536):
        *whole, rest = (rest + data).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _serve() -> None:
    for line in _lines():
        if not line.strip():
            continue
        try:
            request = json.loads(line)
        except ValueError:
            request = None
        if not isinstance(request, dict):
            write_line({"id": None, "status": "error", "message": "the line is not a JSON object"})
            continue
        verb = str(request.get("verb"))
        if verb in _THREADED:
            # A daemon: a wait that is under way at the end of the input does not keep the process.
            threading.Thread(target=_answer, args=(request, _THREADED[verb]), daemon=True).start()
        else:
            _answer(request, _AT_ONCE.get(verb, _unknown))
        if verb == "bye":
            return


def _serve_and_stop() -> None:
    try:
        _serve()
    finally:
        _loop.stop()


def main() -> None:
    _loop.make()
    threading.Thread(target=_serve_and_stop, daemon=True).start()
    _loop.run_forever()


main()
