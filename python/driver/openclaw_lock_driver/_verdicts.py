"""The pure parts: classification, observation on a fake system, the table; and a look at a real lock."""

from __future__ import annotations

import base64
from typing import Any

from openclaw_lock_helpers import inspect_lock
from openclaw_lock_helpers._generated.constants import STALE_MS
from openclaw_lock_helpers._observe import Observation
from openclaw_lock_helpers._payload import classify as classify_bytes
from openclaw_lock_helpers._verdict import Evidence, Policy
from openclaw_lock_helpers._verdict import judge as judge_evidence

from ._fake import FakePlace, FakeSystem, subject_of
from ._replies import holder_of, kernel_locks_of
from ._wire import Reply, Request, number, read_time, text


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)


def judge(request: Request) -> Reply:
    evidence = Evidence()
    for name in Evidence.__annotations__:
        setattr(evidence, name, read_time(request["evidence"].get(_camel(name))))
    return judge_evidence(evidence, _policy(request))._asdict()


def _policy(request: Request) -> Policy:
    return Policy(number(request, "staleMs", STALE_MS), request.get("trustPids") is True)


def observe(request: Request) -> Reply:
    lock: dict[str, Any] = request["lock"]
    seen = Observation(FakeSystem(request["system"]), subject_of(lock), FakePlace(lock, request["system"]))
    verdict = judge_evidence(seen, _policy(request))
    return {"evidence": {_camel(k): v for k, v in seen.gathered().items()}, **verdict._asdict()}


def classify(request: Request) -> Reply:
    content = classify_bytes(base64.b64decode(text(request, "bytes")))
    if content.kind != "json":
        return {"content": content.kind}
    return {
        "content": content.kind,
        "pid": content.pid,
        "starttime": content.starttime,
        "createdAt": content.created_at,
        "strings": content.strings,
        "heartbeatMs": content.heartbeat_ms,
    }


def inspect(request: Request) -> Reply:
    state = inspect_lock(text(request, "target"))
    return {
        "state": {
            "lockPath": state.lock_path,
            "verdict": state.verdict,
            "reason": state.reason,
            "conclusive": state.conclusive,
            "holder": holder_of(state.holder),
            "kind": state.kind,
            "kernelLocks": kernel_locks_of(state.kernel_locks),
        }
    }
