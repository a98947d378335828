# Generated from spec/foreign.json; do not edit.
"""How a lock that is nobody's is named."""

from typing import Final, NamedTuple


class ForeignEntry(NamedTuple):
    """One way to name it (FOREIGN-1). ``None`` is no condition."""

    kind: str
    what: str
    remedy: str
    removable: bool
    object: str
    entries: str | None = None
    size: str | None = None
    directory: str | None = None
    kernel_lock: str | None = None
    begins: tuple[bytes, ...] | None = None
    key: str | None = None
    lines: tuple[tuple[str, ...], ...] | None = None
    torn: bytes | None = None
    content: str | None = None
    pid_key: str | None = None
    pid_line: bytes | None = None


#: The first that fits names it.
FOREIGN_ENTRIES: Final = (
    ForeignEntry(
        kind="proper-lockfile",
        what="an empty directory, as proper-lockfile, SQLite's unix-dotfile and OpenClaw before 2026.2.17 make it",
        remedy="end the program that made it",
        removable=True,
        object="directory",
        entries="none",
    ),
    ForeignEntry(
        kind="directory",
        what="a directory with files in it",
        remedy="find out who made it",
        removable=False,
        object="directory",
    ),
    ForeignEntry(
        kind="symlink",
        what="a symbolic link",
        remedy="find out who made it",
        removable=False,
        object="symlink",
    ),
    ForeignEntry(
        kind="fifo",
        what="a named pipe",
        remedy="find out who made it",
        removable=False,
        object="fifo",
    ),
    ForeignEntry(
        kind="socket",
        what="a socket",
        remedy="end the program that listens there",
        removable=False,
        object="socket",
    ),
    ForeignEntry(
        kind="device",
        what="a device",
        remedy="find out who made it",
        removable=False,
        object="device",
    ),
    ForeignEntry(
        kind="oversized",
        what="a file too large for a lock",
        remedy="find out who wrote it",
        removable=False,
        object="regular",
        size="oversized",
    ),
    ForeignEntry(
        kind="git",
        what="a lock of git",
        remedy="let the git command end",
        removable=False,
        object="regular",
        directory=".git",
    ),
    ForeignEntry(
        kind="git",
        what="a lock of git",
        remedy="let the git command end",
        removable=False,
        object="regular",
        begins=(b"DIRC",),
    ),
    ForeignEntry(
        kind="flock",
        what="a file that a program has locked with flock, as filelock, portalocker, gofrs/flock and flock(1) do",
        remedy="end that program, or let it use this contract",
        removable=False,
        object="regular",
        kernel_lock="flock",
    ),
    ForeignEntry(
        kind="fcntl",
        what="a file that a program has locked with fcntl, as fasteners and lockf do",
        remedy="end that program, or let it use this contract",
        removable=False,
        object="regular",
        kernel_lock="fcntl",
    ),
    ForeignEntry(
        kind="empty",
        what="an empty file, as lockers of the flock kind leave behind and npm's lockfile holds",
        remedy="end the program that made it",
        removable=True,
        object="regular",
        size="empty",
    ),
    ForeignEntry(
        kind="cross-process-lock",
        what="a lock of cross-process-lock",
        remedy="end the program that made it",
        removable=True,
        object="regular",
        key="pID",
        pid_key="pID",
    ),
    ForeignEntry(
        kind="filelock-lease",
        what="a lease of Python's filelock",
        remedy="end the Python program that made it",
        removable=True,
        object="regular",
        begins=(b"filelock/2\n",),
        pid_line=b"pid=",
    ),
    ForeignEntry(
        kind="filelock-strict",
        what="the permanent marker of Python's filelock (StrictSoftFileLock)",
        remedy="give that lock another path: its file stays there for ever",
        removable=False,
        object="regular",
        begins=(b"1\nfilelock-strict-v1\x00",),
    ),
    ForeignEntry(
        kind="filelock-soft",
        what="a soft lock of Python's filelock",
        remedy="end the Python program that made it",
        removable=True,
        object="regular",
        lines=(("number", "text",), ("number", "text", "number",),),
        pid_line=b"",
    ),
    ForeignEntry(
        kind="pid-file",
        what="a file with a process id alone, as nightlyone/lockfile and daemons write it",
        remedy="end the program that made it",
        removable=True,
        object="regular",
        lines=(("number",),),
        pid_line=b"",
    ),
    ForeignEntry(
        kind="openclaw-torn",
        what="the beginning of a lock, whose writer was killed while it wrote",
        remedy="remove it once no OpenClaw process runs",
        removable=True,
        object="regular",
        torn=b"{\n  \"pid\": ",
    ),
    ForeignEntry(
        kind="json-without-owner",
        what="JSON that names no owner",
        remedy="find out who wrote it",
        removable=False,
        object="regular",
        content="json",
    ),
    ForeignEntry(
        kind="garbage",
        what="a file that is no lock",
        remedy="find out who wrote it",
        removable=False,
        object="regular",
    ),
)
