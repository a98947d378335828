"""JSON stores."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING

from openclaw_lock_helpers.store import Put, Remove, async_update_store, read_store
from openclaw_lock_helpers.store import _refusals as refusals
from openclaw_lock_helpers.store._content import parse as parse_bytes
from openclaw_lock_helpers.store._edit import NEW, edited
from openclaw_lock_helpers.store._mounts import is_mount_point

from . import _held
from ._options import arguments
from ._wire import Reply, Request, text

if TYPE_CHECKING:
    from typing import Any


def _edits(request: Request) -> list[Put | Remove]:
    given: list[dict[str, Any]] = request["edits"]
    return [Remove(edit["at"]) if "remove" in edit else Put(edit["at"], edit["value"]) for edit in given]


def parse(request: Request) -> Reply:
    found = parse_bytes(base64.b64decode(text(request, "bytes")))
    return {"kind": found if isinstance(found, str) else None}


def edit(request: Request) -> Reply:
    given = request.get("bytes")
    found = edited(NEW if given is None else base64.b64decode(given), _edits(request))
    if isinstance(found, str):
        raise refusals.invalid("the store", found)
    return {"bytes": base64.b64encode(found).decode()}


def read(request: Request) -> Reply:
    found = read_store(text(request, "path"))
    return {"size": len(found.data), "value": found.value}


def update(request: Request) -> Reply:
    work = async_update_store(text(request, "path"), _edits(request), **arguments(request))
    return {"changed": _held.result_of(request, work)}


def mounted(request: Request) -> Reply:
    path = os.fsencode(text(request, "path"))
    return {"mountPoint": is_mount_point(text(request, "mountinfo").encode(), path)}
