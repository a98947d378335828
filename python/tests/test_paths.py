from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from openclaw_lock_helpers import FileLock, FileLockInvalidOption, FileLockIO, inspect_lock
from support import beside


def test_a_parent_is_resolved_and_a_final_link_is_not(tmp_path: Path) -> None:
    real = Path(os.path.realpath(tmp_path)) / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    (real / "file").write_text("")
    (real / "alias").symlink_to(real / "file")
    with FileLock(tmp_path / "link" / "file") as lock:
        assert lock.lock_path == str(real / "file.lock")
        assert lock.target == str(real / "file")
    with FileLock(tmp_path / "link" / "alias") as lock:
        assert lock.lock_path == str(real / "alias.lock")


def test_dots_are_taken_out_by_name_before_any_link_is_resolved(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a" / "b")
    with FileLock(f"{tmp_path}/link/.././/file") as lock:
        assert lock.lock_path == os.path.realpath(tmp_path) + "/file.lock"


def test_a_relative_target_is_resolved_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lock = FileLock("file")
    monkeypatch.chdir("/")
    with lock:
        assert lock.lock_path == os.path.realpath(tmp_path) + "/file.lock"


@pytest.mark.parametrize("kind", [str, os.fsencode, Path])
def test_every_kind_of_path_is_taken(target: str, kind: type) -> None:
    with FileLock(kind(target)) as lock:
        assert lock.lock_path == target + ".lock"


@pytest.mark.parametrize("bad", ["", "a\0b", "dir/", ".", "..", "dir/.", "dir/..", "/", b"", 5, None, 1.5])
def test_a_target_that_names_no_file_is_refused_before_anything_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dir").mkdir()
    for call in (FileLock, inspect_lock):
        with pytest.raises(FileLockInvalidOption):
            call(bad)
    assert os.listdir(tmp_path) == ["dir"]
    assert os.listdir(tmp_path / "dir") == []


def test_names_that_only_look_like_dots_are_files(tmp_path: Path) -> None:
    for name in ("...", ".hidden", "a.", "ü\u202e\n", "\udcff"):
        with FileLock(tmp_path / name) as lock:
            assert lock.verify()


def test_a_missing_parent_is_reported_at_once_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileLockIO) as caught:
        FileLock(tmp_path / "missing" / "file").acquire()
    assert caught.value.errno == errno.ENOENT
    assert os.listdir(tmp_path) == []


def test_a_missing_parent_is_made_on_request_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with FileLock(tmp_path / "a" / "b" / "file", create_parent=True):
            for folder in (tmp_path / "a", tmp_path / "a" / "b"):
                assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        with FileLock(tmp_path / "a" / "b" / "file", create_parent=True):
            pass
    finally:
        os.umask(before)


def test_an_absolute_target_does_not_need_a_working_directory(target: str, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    before = os.getcwd()
    os.chdir(gone)
    try:
        gone.rmdir()
        with FileLock(target) as lock:
            assert lock.held
        with pytest.raises(FileLockIO):
            FileLock("relative")
    finally:
        os.chdir(before)
    assert beside(target) == []
