from __future__ import annotations

import copy
import inspect
import pickle
import unicodedata

import pytest

import openclaw_lock_helpers
from openclaw_lock_helpers import FileLock, FileLockError, FileLockTimeout, Holder
from openclaw_lock_helpers._text import printable
from support import payload, write

CLASSES = [
    value
    for name in openclaw_lock_helpers.__all__
    if inspect.isclass(value := getattr(openclaw_lock_helpers, name)) and issubclass(value, FileLockError)
]
CODES = {
    "FileLockError": "file_lock_error",
    "FileLockTimeout": "file_lock_timeout",
    "FileLockStale": "file_lock_stale",
    "FileLockForeign": "file_lock_foreign",
    "FileLockLost": "file_lock_lost",
    "FileLockGuardOrphaned": "file_lock_guard_orphaned",
    "FileLockReentrant": "file_lock_reentrant",
    "FileLockPermission": "file_lock_permission",
    "FileLockUnsupported": "file_lock_unsupported",
    "FileLockInvalidOption": "file_lock_invalid_option",
    "FileLockIO": "file_lock_io",
}


def test_every_outcome_of_the_contract_has_its_class() -> None:
    assert {cls.__name__: cls.code for cls in CLASSES} == CODES


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_an_error_survives_pickling_and_copying(cls: type[FileLockError], protocol: int) -> None:
    error = cls(
        "what happened",
        target="/a",
        lock_path="/a.lock",
        waited=1.5,
        holder=Holder(1, "init", 2.0, "held", "descriptor-open"),
        hint="wait",
        kind="garbage",
        errno=13,
        path="/a.lock",
    )
    for other in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error), copy.deepcopy(error)):
        assert type(other) is cls
        assert str(other) == "what happened"
        assert vars(other) == vars(error)
        assert other.errno == 13


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode 漢", "plain ünïcode 漢"),
        ("\x1b[31m\r\n\t\0\x7f", "\\x1b[31m\\x0d\\x0a\\x09\\x00\\x7f"),
        ("\u202e\u2066\u200f\u061c", "\\u202e\\u2066\\u200f\\u061c"),
        ("\udcff\udc80", "\\xff\\x80"),
        ("\ud800\u2028\ufeff", "\\ud800\\u2028\\ufeff"),
        ("\U000e0001", "\\U000e0001"),
        ("x" * 65, "x" * 64 + "…"),
    ],
)
def test_text_of_others_is_escaped_and_bounded(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_no_message_holds_an_unescaped_byte_of_a_name(target: str) -> None:
    odd = target + "\x1b[2J\n\u202e\udcff"
    write(odd + ".lock", payload(pid=1, starttime=None, bootId="\x1b[2J", pidNamespace="\u202e"))
    with pytest.raises(FileLockTimeout) as caught:
        FileLock(odd, timeout=0).acquire()
    text = str(caught.value) + caught.value.hint
    assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs")]
    assert caught.value.target == odd
    assert str(caught.value).startswith(f"file lock timeout for {target}\\x1b[2J\\x0a\\u202e\\xff: ")


def test_an_error_of_a_system_call_names_its_cause(target: str) -> None:
    with pytest.raises(FileLockError) as caught:
        FileLock(target + "/below").acquire()
    assert isinstance(caught.value, OSError)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == caught.value.errno
