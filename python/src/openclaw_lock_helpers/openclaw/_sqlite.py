"""OpenClaw's SQLite databases, read only, and nothing made beside them (STATE-11)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .._changes import trace
from ..store import _refusals
from ..store._content import parse

if TYPE_CHECKING:
    from collections.abc import Callable

#: For another process that checkpoints, or begins to write.
_BUSY_SECONDS = 1.0
_LOOKS = 20


def cell(path: str, table: str, column: str, key_column: str, key: str) -> dict[str, Any] | None:
    """The JSON object in one cell, or ``None`` where there is no such file, table or row.

    Raises:
        StoreError: it cannot be read, or is no such object.
    """
    query = f"SELECT {column} FROM {table} WHERE {key_column} = ?"
    found = _read(path, lambda connection: _first(connection, table, query, key))
    if found is None:
        return None
    content = parse(found if isinstance(found, bytes) else str(found).encode("utf-8", "surrogatepass"))
    if isinstance(content, str):
        raise _refusals.invalid(path, content)
    return content.value()


def _first(connection: Any, table: str, query: str, key: str) -> Any:
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is None:
        return None
    row = connection.execute(query, (key,)).fetchone()
    return None if row is None else row[0]


def _read(path: str, use: Callable[[Any], Any]) -> Any:
    try:
        import sqlite3
    except ImportError:
        raise _refusals.unsupported(path, "sqlite-unreadable") from None
    for _ in range(_LOOKS):
        before = trace(path)
        if len(before) == 1:
            return None
        wal = _has_content(path + "-wal")
        words = ""
        try:
            found = _query(sqlite3, path, "mode=ro" if wal else "mode=ro&immutable=1", use)
        except sqlite3.Error as error:
            words = type(error).__name__
        if not wal and (trace(path) != before or _has_content(path + "-wal")):
            continue  # somebody wrote while we took it for unchanging
        if words:
            raise _refusals.unreadable(path, words)
        return found
    raise _refusals.changed(path)


def _query(sqlite3: Any, path: str, how: str, use: Callable[[Any], Any]) -> Any:
    connection = sqlite3.connect(f"file:{quote(os.fsencode(path))}?{how}", uri=True, timeout=_BUSY_SECONDS)
    try:
        return use(connection)
    finally:
        connection.close()


def _has_content(path: str) -> bool:
    try:
        return os.stat(path).st_size > 0
    except OSError:
        return False
