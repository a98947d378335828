"""What others leave: its name, who has locked a file in the kernel, whether it is abandoned. Pure."""

from __future__ import annotations

from types import SimpleNamespace

from openclaw_lock_helpers import _abandoned, _foreign, _kernel_locks
from openclaw_lock_helpers._generated.constants import STALE_MS
from openclaw_lock_helpers._verdict import Policy

from ._fake import bytes_of
from ._wire import Reply, Request, number, text


def foreign(request: Request) -> Reply:
    lock = request["lock"]
    found = _foreign.Found(
        lock["kind"],
        lock.get("directory", "/"),
        bytes_of(lock),
        lock.get("entries"),
        lock.get("kernelLocks", ()),
    )
    entry = _foreign.name(found)
    return {
        "kind": entry.kind,
        "what": entry.what,
        "remedy": entry.remedy,
        "removable": entry.removable,
        "pid": _foreign.pid_in(entry, found),
    }


def kernel_locks(request: Request) -> Reply:
    found = _kernel_locks.parse(text(request, "locks"), request["major"], request["minor"], int(text(request, "inode")))
    return {"kernelLocks": [line._asdict() for line in found]}


def abandoned(request: Request) -> Reply:
    given = request["evidence"]
    evidence = SimpleNamespace(
        removable=given["removable"],
        object=given["object"],
        quiet_ms=given["quietMs"],
        silent_ms=given["silentMs"],
        kernel_lock=given["kernelLock"],
        any_descriptor=given["anyDescriptor"],
        owner=given["owner"],
    )
    policy = Policy(number(request, "staleMs", STALE_MS), request.get("trustPids") is True)
    return {"answer": _abandoned.abandoned(evidence, policy)}
