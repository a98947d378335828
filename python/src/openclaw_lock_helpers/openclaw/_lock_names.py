"""The refresh locks of a login, by both of OpenClaw's schemes (STATE-3)."""

from __future__ import annotations

import os
import posixpath
import re
import stat

from .._errors import FileLockInvalidOption
from ..oauth._said import WHITE
from ..store._written import quoted, well_formed

_LONE = re.compile("[\ud800-\udfff]")
_PRIME = 1099511628211
_LEFT, _RIGHT = 14695981039346656037, 11160318154034397263
_ADDED = 11400714819323198485
_MASK = 2**64 - 1


def refresh_lock_targets(state_dir: str, provider: str, profile_id: str) -> tuple[str, str]:
    """The two files to lock, in order: releases up to 2026.6.5 lock the first, later ones the second.

    Raises:
        FileLockInvalidOption: the provider is blank, or has a capital sigma in it.
    """
    if not isinstance(provider, str) or not isinstance(profile_id, str):
        raise FileLockInvalidOption("provider and profile id must be text", hint="pass two str")
    provider = provider.strip(WHITE)
    if not provider or "\u03a3" in provider:
        raise FileLockInvalidOption("there is no refresh lock for that provider", hint="pass the name of a provider")
    provider = provider.lower()
    directory = lock_directory(state_dir)
    return (
        posixpath.join(directory, f"sha256-{_digest(provider, profile_id)}"),
        posixpath.join(directory, f"lock-{_lanes(provider, profile_id)}"),
    )


def lock_directory(state_dir: str) -> str:
    return posixpath.join(state_dir, "locks", "oauth-refresh")


def _digest(provider: str, profile_id: str) -> str:
    from hashlib import sha256

    text = _LONE.sub("\ufffd", well_formed(f"{provider}\0{profile_id}"))
    return sha256(text.encode()).hexdigest()


def _lanes(provider: str, profile_id: str) -> str:
    left, right = _LEFT, _RIGHT
    for byte in f"[{quoted(provider)},{quoted(profile_id)}]".encode():
        left = (left ^ byte) * _PRIME & _MASK
        right = (right ^ (byte + _ADDED)) * _PRIME & _MASK
    return f"{left:016x}{right:016x}"


def make_lock_directory(state_dir: str) -> None:
    """As OpenClaw would find it: for the owner of the state directory alone. One that is there stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    like = os.stat(state_dir)
    for path in (posixpath.join(state_dir, "locks"), lock_directory(state_dir)):
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            continue
        made = os.stat(path)
        if (made.st_uid, made.st_gid) != (like.st_uid, like.st_gid):
            os.chown(path, like.st_uid, like.st_gid)
        if stat.S_IMODE(made.st_mode) != 0o700:
            os.chmod(path, 0o700)
