"""What can be wrong with a store (spec/store.md). No error holds a value or a key of it (STORE-9)."""

from __future__ import annotations

from typing import Any

from .._text import MAX_PATH, printable


class StoreError(Exception):
    """What every refusal of this module is.

    Attributes:
        code: stable name of the outcome, the same in every language of the contract.
        path: the store.
        hint: one sentence: what to do next.
        kind: what the store is instead of one (``torn``, ``symlink``, ...), or ``None``.
        errno: of the system call that failed, or ``None``.
    """

    code: str = "store_error"
    errno: int | None

    def __init__(
        self,
        message: str = "",
        *,
        path: str | None = None,
        hint: str = "",
        kind: str | None = None,
        errno: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.hint = hint
        self.kind = kind
        self.errno = errno

    def __str__(self) -> str:  # that of OSError would print errno in front
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.errno), self.__dict__.copy()


def _rebuild(cls: type[StoreError], message: str, errno: int | None) -> StoreError:
    return cls(message, errno=errno)


class StoreMissing(StoreError, FileNotFoundError):
    """There is no such file."""

    code = "store_missing"


class StoreInvalid(StoreError, ValueError):
    """What is there is no store; ``kind`` says what it is. It was not touched."""

    code = "store_invalid"


class StoreUnsupported(StoreError):
    """A store that cannot be replaced, or of another kind; ``kind`` says which."""

    code = "store_unsupported"


class StoreNotLocked(StoreError):
    """The locks do not include the store's own, or one of them is lost."""

    code = "store_not_locked"


class StoreChanged(StoreError):
    """Somebody wrote without the lock."""

    code = "store_changed"


class StorePermission(StoreError, PermissionError):
    """``EACCES``, ``EPERM`` or ``EROFS``; path, owner and mode are named."""

    code = "store_permission"


class StoreIO(StoreError, OSError):
    """Any other system call that failed, with its ``errno``."""

    code = "store_io"


def make(cls: type[StoreError], path: str, what: str, hint: str, **details: Any) -> StoreError:
    name = cls.code.replace("_", " ")
    return cls(f"{name}: {printable(path, MAX_PATH)} {what}; {hint}", path=path, hint=hint, **details)
