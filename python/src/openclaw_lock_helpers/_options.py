"""The caller's arguments, checked before anything is touched (ERROR-4, WAIT-2)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ._errors import FileLockInvalidOption
from ._generated.constants import MAX_PURPOSE_BYTES, MAX_TIMEOUT_MS
from ._paths import check_target
from ._text import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._holder import Holder

_MAX_SECONDS = MAX_TIMEOUT_MS / 1000
_WITNESS = "OPENCLAW_LOCKS_WITNESS"
_TRUST = "OPENCLAW_LOCKS_TRUST_PIDS"


def _seconds(name: str, value: object) -> float:
    # Not a number fails every comparison, so it fails this one.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MAX_SECONDS:
        raise FileLockInvalidOption(
            f"{name} must be a number of seconds from 0 to {_MAX_SECONDS:.0f} (365 days), not {printable(repr(value))}",
            hint=f"pass {name} in seconds",
        )
    return float(value)


def _purpose(value: object) -> str | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str) and len(value.encode()) <= MAX_PURPOSE_BYTES:
            return value
    except UnicodeEncodeError:
        pass
    raise FileLockInvalidOption(
        f"purpose must be text of at most {MAX_PURPOSE_BYTES} bytes of UTF-8", hint="shorten it"
    )


def _callback(name: str, value: object) -> Any:
    if value is not None and not callable(value):
        raise FileLockInvalidOption(f"{name} must be callable, not {type(value).__name__}", hint="pass a function")
    return value


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise FileLockInvalidOption(f"{name} must be True or False, not {type(value).__name__}", hint="pass a bool")
    return value


class Options:
    """What :class:`FileLock` was given, in seconds as there."""

    __slots__ = (
        "create_parent",
        "foreign_timeout",
        "on_lost",
        "on_wait",
        "purpose",
        "reclaim",
        "remove_foreign",
        "stale",
        "target",
        "timeout",
        "trust_pids",
        "witness",
    )

    def __init__(
        self,
        target: str | bytes | os.PathLike[str] | os.PathLike[bytes],
        timeout: float,
        *,
        stale: float,
        foreign_timeout: float,
        purpose: str | None,
        create_parent: bool,
        reclaim: bool,
        remove_foreign: bool,
        witness: str | None,
        trust_pids: bool | None,
        on_wait: Callable[[Holder | None, float], object] | None,
        on_lost: Callable[[Any], object] | None,
    ) -> None:
        self.timeout = _seconds("timeout", timeout)
        self.stale = check_stale(stale)
        self.foreign_timeout = _seconds("foreign_timeout", foreign_timeout)
        self.purpose = _purpose(purpose)
        self.create_parent = _flag("create_parent", create_parent)
        self.reclaim = _flag("reclaim", reclaim)
        self.remove_foreign = _flag("remove_foreign", remove_foreign)
        self.witness = _witness(witness)
        self.trust_pids = check_trust(trust_pids)
        self.on_wait = _callback("on_wait", on_wait)
        self.on_lost = _callback("on_lost", on_lost)
        self.target = check_target(target)


def check_trust(value: object) -> bool:
    """VERDICT-13: the caller's word, else the environment's."""
    if value is not None:
        return _flag("trust_pids", value)
    return _chosen(_TRUST, os.environ.get(_TRUST) or "0", ("0", "1")) == "1"


def _witness(value: object) -> str:
    """WITNESS-1: as :func:`check_trust`."""
    name = _WITNESS if value is None else "witness"
    return _chosen(name, (os.environ.get(name) or "auto") if value is None else value, ("auto", "always", "never"))


def _chosen(name: str, value: object, choices: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in choices:
        return value
    known = ", ".join(choices)
    raise FileLockInvalidOption(
        f"{name} must be one of {known}, not {printable(repr(value))}", hint=f"use one of {known}"
    )


def check_stale(value: object) -> float:
    return _seconds("stale", value)
