"""A driver for the lock conformance suite, to be filled in (spec/driver.md).

JSON Lines: a request on standard input, its reply on standard output, with the same id. Standard error is a log.
"""

import json
import os
import sys
import threading

CAPABILITIES = []  # add "basic" once acquire, release, verify and loop are written
PLATFORMS = {"win32": "win32", "darwin": "darwin"}

held = {}  # handle -> whatever your library gives for a lock
out = threading.Lock()


class Refused(Exception):
    """The contract's own outcome (spec/errors.md), not a failure of the driver."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def hello(request):
    return {
        "protocol": 1,
        "name": "mine",
        "version": "0.0.0",
        "language": "python",
        "platform": PLATFORMS.get(sys.platform, "linux"),
        "pid": os.getpid(),
        "capabilities": CAPABILITIES,
    }


def acquire(request):
    # held[request["handle"]] = your_library.acquire(request["target"], **request.get("options", {}))
    # return {"lockPath": ..., "waitedMs": ..., "waits": 0, "token": ...}
    # except YourTimeout as error: raise Refused("file_lock_timeout", str(error))
    raise NotImplementedError("acquire is not written yet")


def release(request):
    raise NotImplementedError("release is not written yet")


def verify(request):
    raise NotImplementedError("verify is not written yet")


def loop(request):
    raise NotImplementedError("loop is not written yet")


def bye(request):
    return {}


VERBS = {"hello": hello, "acquire": acquire, "release": release, "verify": verify, "loop": loop, "bye": bye}


def write(message):
    # One write for each line: two threads may answer at once.
    with out:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


def answer(request):
    try:
        verb = VERBS.get(request["verb"])
        if verb is None:
            raise NotImplementedError(f"unknown verb {request['verb']}")
        write({"id": request["id"], "status": "ok", **verb(request)})
    except Refused as refused:
        error = {"message": str(refused)}
        write({"id": request["id"], "status": "refused", "code": refused.code, "error": error})
    except Exception as broken:
        write({"id": request["id"], "status": "error", "message": f"{type(broken).__name__}: {broken}"})
    if request.get("verb") == "bye":
        os._exit(0)


for line in sys.stdin:
    # A thread for each request: an acquire that waits must not keep the driver from answering others.
    threading.Thread(target=answer, args=(json.loads(line),), daemon=True).start()
