"""Which file is the lock of a file (spec/paths.md)."""

from __future__ import annotations

import os

from ._errors import FileLockInvalidOption, FileLockIO
from ._text import MAX_PATH, printable

_SEPARATORS = os.sep + (os.altsep or "")
_HEX = frozenset("0123456789abcdef")
PREFIX = ".openclaw-lock-"
UNFINISHED = ".tmp"
WITNESS = ".sock"
INTENT = ".openclaw-refresh-"


def check_target(target: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> str:
    """The target as an absolute path, with ``.`` and ``..`` taken out by name, and no link resolved.

    Raises:
        FileLockInvalidOption: it names no file (PATH-3).
    """
    try:
        text = os.fsdecode(target)
    except TypeError:
        raise FileLockInvalidOption(
            f"target must be a path, not {type(target).__name__}", hint="pass a str, bytes or os.PathLike"
        ) from None
    name = text[max((text.rfind(separator) for separator in _SEPARATORS), default=-1) + 1 :]
    if not name or name in (".", "..") or "\0" in text:
        raise FileLockInvalidOption(
            f"target names no file: '{printable(text, MAX_PATH)}'", target=text, hint="pass the path of a file"
        )
    try:
        return os.path.abspath(text)
    except OSError as error:
        raise FileLockIO(
            f"file lock io for {printable(text, MAX_PATH)}: the working directory is gone",
            target=text,
            hint="pass an absolute path",
            errno=error.errno,
        ) from error


def resolve(target: str) -> tuple[str, str]:
    """The target with its parent resolved, and its lock (PATH-1).

    Raises:
        OSError: the parent is missing, or cannot be reached.
    """
    parent, name = os.path.split(target)
    resolved = os.path.join(os.path.realpath(parent, strict=True), name)
    return resolved, resolved + ".lock"


def make_parent(target: str) -> None:
    """Makes what is missing of the parent, mode 0700 for every directory that is new (PATH-4)."""
    _make(os.path.dirname(target))


def _make(directory: str) -> None:
    try:
        os.mkdir(directory, 0o700)
    except FileExistsError:
        return
    except FileNotFoundError:
        above = os.path.dirname(directory)
        if above == directory:
            raise
        _make(above)
        try:
            os.mkdir(directory, 0o700)
        except FileExistsError:
            return


def candidate_of(lock_path: str, token: str) -> str:
    return os.path.join(os.path.dirname(lock_path), f"{PREFIX}{token}{UNFINISHED}")


def witness_names(digits: str) -> tuple[str, str]:
    """Bare names of a witness that is being made, and of one that listens."""
    return f"{PREFIX}{digits}{UNFINISHED}", f"{PREFIX}{digits}{WITNESS}"


def is_unfinished(name: str) -> bool:
    """A candidate, or a witness that is being made."""
    return _is_ours(name, UNFINISHED, 32) or _is_ours(name, UNFINISHED, 16)


def is_witness(name: str) -> bool:
    return _is_ours(name, WITNESS, 16)


def _is_ours(name: str, suffix: str, digits: int) -> bool:
    return (
        name.startswith(PREFIX)
        and name.endswith(suffix)
        and len(name) == len(PREFIX) + digits + len(suffix)
        and _HEX.issuperset(name[len(PREFIX) : -len(suffix)])
    )


def is_marker(name: str) -> bool:
    guard, _, digest = name.rpartition(".")
    return _is_guard(guard) and len(digest) == 16 and _HEX.issuperset(digest)


def _is_guard(name: str) -> bool:
    """Of a lock, or of an intent."""
    guarded = name.removesuffix(".reclaim")
    digits = guarded.removeprefix(INTENT).removesuffix(".json")
    return guarded != name and (
        guarded.endswith(".lock")
        or (guarded == f"{INTENT}{digits}.json" and len(digits) == 32 and _HEX.issuperset(digits))
    )


def is_lock_or_guard(name: str) -> bool:
    return name.endswith((".lock", ".lock.reclaim")) or is_marker(name)


def intent_name(generation: str) -> str:
    """Bare name of the intent to spend this generation of a login (REFRESH-4)."""
    return f"{INTENT}{generation[:32]}.json"


def is_intent(name: str) -> bool:
    return name.startswith(INTENT) and ".json" in name


def guard_of(lock_path: str) -> str:
    return lock_path + ".reclaim"


def marker_of(lock_path: str, broken: bytes) -> str:
    """The name for the one who breaks the guard or marker with these bytes (RECLAIM-7); flat, however deep."""
    return f"{guard_of(lock_path)}.{marker_digits(broken)}"


def marker_digits(broken: bytes) -> str:
    from hashlib import sha256  # only the repair of a dead reclaimer's guard pays for this import

    return sha256(broken).hexdigest()[:16]
