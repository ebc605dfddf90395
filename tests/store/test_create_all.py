"""New files are written together or not at all, and never outside the book."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from triagebook.errors import TriagebookError
from triagebook.store import write
from triagebook.store.write import create_all

TWO = {"7/evidence/a.yaml": b"a", "7/evidence/b.yaml": b"b"}


def nothing() -> None:
    pass


def there(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_all_files_are_written_and_no_other(tmp_path: Path) -> None:
    """In a folder that may not be there yet; no other file is left."""
    create_all(tmp_path, TWO, nothing)
    assert there(tmp_path) == sorted(TWO)
    assert (tmp_path / "7/evidence/b.yaml").read_bytes() == b"b"


def test_a_taken_name_keeps_the_old_file_and_writes_nothing(tmp_path: Path) -> None:
    """What is there stays, and nothing else is written."""
    (tmp_path / "7/evidence").mkdir(parents=True)
    (tmp_path / "7/evidence/b.yaml").write_bytes(b"old")
    with pytest.raises(TriagebookError, match=r"b\.yaml is already there"):
        create_all(tmp_path, TWO, nothing)
    assert there(tmp_path) == ["7/evidence/b.yaml"]
    assert (tmp_path / "7/evidence/b.yaml").read_bytes() == b"old"


def failing(name: str, problem: OSError) -> Callable[..., None]:
    real = getattr(os, name)
    calls = []

    def call(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise problem
        real(*arguments)

    return call


def test_a_full_disk_removes_the_files_already_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the second file: the first one goes too."""
    monkeypatch.setattr(write.os, "fsync", failing("fsync", OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(TriagebookError, match=r"(?i)no space left on device|can't be written"):
        create_all(tmp_path, TWO, nothing)
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == [], "nor is a folder left without its files"


def test_a_record_is_named_after_the_files_that_it_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a machine that stops leaves no evidence without its kept file."""
    (tmp_path / "7/evidence").mkdir(parents=True)
    named: list[str] = []
    replace = Path.replace

    def noted(self: Path, target: Path) -> Path:
        named.append(target.name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    create_all(tmp_path, {"7/evidence/a.yaml": b"a", "7/evidence/junit.xml.gz": b"b"}, nothing)
    assert named == ["junit.xml.gz", "a.yaml"]


def test_a_check_under_the_lock_can_refuse_the_write(tmp_path: Path) -> None:
    """Once no other writer is at work, and before anything is written."""

    def object_() -> None:
        raise TriagebookError("no", "do")

    with pytest.raises(TriagebookError, match="no"):
        create_all(tmp_path, TWO, object_)
    assert there(tmp_path) == []


def test_a_link_out_of_the_book_is_refused(tmp_path: Path) -> None:
    """Evidence is not written elsewhere."""
    book, elsewhere = tmp_path / "book", tmp_path / "elsewhere"
    (book / "7").mkdir(parents=True)
    elsewhere.mkdir()
    (book / "7/evidence").symlink_to(elsewhere)
    with pytest.raises(TriagebookError, match="leads out of the book"):
        create_all(book, TWO, nothing)
    assert there(elsewhere) == []


def test_a_file_with_the_name_of_a_folder_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "7").write_text("")
    with pytest.raises(TriagebookError, match="because a file has its name"):
        create_all(tmp_path, TWO, nothing)
