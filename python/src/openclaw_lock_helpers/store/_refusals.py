"""The errors of one store, with their sentences."""

from __future__ import annotations

import errno
import os

from .._refusals import PERMISSION, who_and_mode
from .._text import MAX_PATH, printable
from . import _errors
from ._errors import StoreError, make

_INVALID = {
    "huge": "is larger than 16 MiB",
    "empty": "is empty",
    "bom": "begins with a byte-order mark",
    "nul": "has a NUL byte in it",
    "encoding": "is not UTF-8",
    "torn": "ends in the middle of its JSON",
    "garbage": "is not JSON",
    "deep": "is nested too deep",
    "duplicate-key": "has a key twice in one object",
    "not-an-object": "has something else where an object is needed",
}
_UNSUPPORTED = {
    "mount-point": ("is a mount point", "mount its directory instead of the file"),
    "symlink": ("is a symbolic link", "name the file that it leads to"),
    "directory": ("is a directory", "name a file"),
    "device": ("is a device", "name a regular file"),
    "fifo": ("is a named pipe", "name a regular file"),
    "socket": ("is a socket", "name a regular file"),
    "sqlite": (
        "is a SQLite store, which OpenClaw alone writes",
        "sign in with: openclaw models auth login, or keep a login of your own in a cache of your own",
    ),
    "sqlite-unreadable": (
        "is a SQLite store, and this Python has no sqlite3",
        "use a Python that has it, or keep a login of your own in a cache of your own",
    ),
    "hard-link": ("has another name (hard link)", "keep one of its names"),
}


def missing(path: str) -> StoreError:
    hint = "make it with the program that owns it"
    return make(_errors.StoreMissing, path, "is not there", hint, errno=errno.ENOENT)


def invalid(path: str, kind: str) -> StoreError:
    return make(_errors.StoreInvalid, path, _INVALID[kind], "look at the file; nothing was changed", kind=kind)


def unsupported(path: str, kind: str) -> StoreError:
    what, hint = _UNSUPPORTED[kind]
    return make(_errors.StoreUnsupported, path, what, hint, kind=kind.partition("-un")[0])


def unreadable(path: str, words: str) -> StoreError:
    """A database that says so; its own message may have content in it."""
    return make(_errors.StoreIO, path, f"cannot be read as SQLite ({words})", "see whether OpenClaw itself can read it")


def burned(path: str, why: str) -> StoreError:
    hint = "sign in a second time for this script, or pass provider_does_not_rotate=True if you know that it does not"
    return make(_errors.StoreUnsupported, path, why, hint)


def not_locked(path: str) -> StoreError:
    hint = "take its lock, and begin again from the read"
    return make(_errors.StoreNotLocked, path, "is not locked by the caller", hint)


def changed(path: str) -> StoreError:
    hint = "begin again from the read"
    return make(_errors.StoreChanged, path, "was written by somebody without the lock", hint)


def failed(path: str, error: OSError) -> StoreError:
    """A system call's failure as one of ours."""
    reason = os.strerror(error.errno) if error.errno else "unknown error"
    if error.errno == errno.EBUSY:
        return unsupported(path, "mount-point")
    if error.errno in PERMISSION:
        place, known = who_and_mode(path)
        hint = f"run as its owner, or change the mode of {printable(place, MAX_PATH)}"
        what = f"cannot be used: {reason} at {printable(place, MAX_PATH)}{known}"
        return make(_errors.StorePermission, path, what, hint, errno=error.errno)
    return make(_errors.StoreIO, path, f"cannot be used: {reason}", "look at the file", errno=error.errno)
