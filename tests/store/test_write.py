"""Files are written whole or not at all, by one writer at a time, and never outside the book."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triagebook.errors import BusyError, InvalidEditError, TriagebookError
from triagebook.findings import Edit
from triagebook.store import write
from triagebook.store.edit import apply
from triagebook.store.load import load
from triagebook.store.yaml import read_plain

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "issues"
    (root / "7").mkdir(parents=True)
    (root / "7/issue.yaml").write_text("title: old\n")
    (root / "catalog.yaml").write_text("title: Book\n")
    return root


def set_title(file: str, value: str = "new") -> Edit:
    return Edit(file, ("title",), "set", value)


def run(what: str, root: Path, *arguments: int) -> None:
    command = [sys.executable, str(Path(__file__).with_name("writers.py")), what, str(root), *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@needs_fork
def test_a_writer_killed_at_any_line_leaves_the_old_or_the_new_file(tmp_path: Path) -> None:
    run("die_at_every_line", tmp_path)


@needs_fork
def test_a_writer_killed_at_any_moment_leaves_the_old_or_the_new_file(tmp_path: Path) -> None:
    run("die_at_any_moment", tmp_path, 150)


@needs_fork
def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    run("append_at_once", tmp_path, 8, 25)
    data = read_plain((tmp_path / "7/issue.yaml").read_text())
    assert isinstance(data, dict)
    labels = data["labels"]
    assert len(labels) == 8 * 25
    for writer in range(8):  # each one's come in their order
        assert [label for label in labels if label.startswith(f"{writer}-")] == [f"{writer}-{n}" for n in range(25)]
    assert [path.name for path in (tmp_path / "7").iterdir()] == ["issue.yaml"]


@needs_fork
def test_only_one_of_many_concurrent_creators_succeeds(tmp_path: Path) -> None:
    run("create_at_once", tmp_path, 8)
    assert (tmp_path / "9.md").read_text() in set("01234567")


def test_a_writer_stops_waiting_after_a_time(book: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(book)  # the same book by another name
    with write.locked(tmp_path / "link"), pytest.raises(BusyError, match="another process") as error:
        write.write(book, "7/issue.yaml", "title: new\n", patience=0.05)
    assert "try again" in error.value.do
    assert (book / "7/issue.yaml").read_text() == "title: old\n"


def test_two_books_do_not_wait_for_each_other(book: Path, tmp_path: Path) -> None:
    with write.locked(tmp_path / "other"):
        write.write(book, "7/issue.yaml", "title: new\n", patience=0)


def test_the_lock_file_is_outside_the_book(book: Path) -> None:
    write.edit(book, [set_title("7/issue.yaml")])
    assert sorted(str(path.relative_to(book)) for path in book.rglob("*")) == ["7", "7/issue.yaml", "catalog.yaml"]


def test_a_lock_folder_of_another_user_is_refused(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / f"triagebook-{os.geteuid()}").symlink_to(tmp_path / "7")
    with pytest.raises(TriagebookError, match=r"belongs to another user|can't be made"):
        write.write(book, "7/issue.yaml", "title: new\n")
    (tmp_path / "7").mkdir()
    with pytest.raises(TriagebookError, match="belongs to another user"):
        write.write(book, "7/issue.yaml", "title: new\n")


# ── all or nothing ───────────────────────────────────────────────────────────────────────────────────


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_edits_of_several_files_are_written_together(book: Path) -> None:
    edits = [set_title("7/issue.yaml"), set_title("catalog.yaml"), Edit("7/issue.yaml", ("owner",), "set", "backend")]
    assert write.edit(book, edits) == ["7/issue.yaml", "catalog.yaml"]
    assert contents(book) == {"7/issue.yaml": b"title: new\nowner: backend\n", "catalog.yaml": b"title: new\n"}
    assert write.edit(book, edits) == []


@pytest.mark.parametrize(
    "bad",
    [
        Edit("catalog.yaml", ("title", "x"), "set", "y"),
        Edit("nothing.yaml", ("title",), "set", "y"),
        Edit("7", ("title",), "set", "y"),
        Edit("../catalog.yaml", ("title",), "set", "y"),
        Edit("latin.yaml", ("title",), "set", "y"),
    ],
)
def test_one_failing_edit_leaves_every_file_unchanged(book: Path, bad: Edit) -> None:
    (book / "latin.yaml").write_bytes(b"title: \xe9\n")
    before = contents(book)
    with pytest.raises(TriagebookError) as error:
        write.edit(book, [set_title("7/issue.yaml"), bad])
    assert bad.file.removeprefix("../") in error.value.what
    assert contents(book) == before


def test_one_failing_replacement_restores_the_other_files(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if target.name == "catalog.yaml":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    before = contents(book)
    with pytest.raises(TriagebookError, match=r"catalog\.yaml can't be written: no space left"):
        write.edit(book, [set_title("7/issue.yaml"), set_title("catalog.yaml")])
    assert contents(book) == before


def test_a_file_saved_by_an_editor_meanwhile_is_not_overwritten(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(text: str, edits: list[Edit]) -> str:
        (book / "7/issue.yaml").write_text("title: by hand\n")
        return apply(text, edits)

    monkeypatch.setattr(write, "apply", slow)
    with pytest.raises(BusyError, match="changed by another program"):
        write.edit(book, [set_title("7/issue.yaml")])
    assert contents(book)["7/issue.yaml"] == b"title: by hand\n"


def test_a_new_file_never_overwrites_an_existing_one(book: Path) -> None:
    write.create(book, "8/evidence/a.yaml", "kind: value\n")
    with pytest.raises(TriagebookError, match=r"8/evidence/a\.yaml is already there"):
        write.create(book, "8/evidence/a.yaml", "other\n")
    write.create(book, "8/evidence/b.yaml", "kind: value\n")
    assert contents(book / "8") == {"evidence/a.yaml": b"kind: value\n", "evidence/b.yaml": b"kind: value\n"}


@pytest.mark.parametrize("work", [write.write, write.create])
def test_a_file_is_synced_before_it_gets_its_name(
    book: Path, work: Callable[[Path, str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def logged(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            steps.append(
                step if step != "sync" else "sync folder" if stat.S_ISDIR(os.fstat(*arguments).st_mode) else step
            )
            return function(*arguments)

        return call

    monkeypatch.setattr(os, "fsync", logged("sync", fsync))
    monkeypatch.setattr(Path, "replace", logged("name", replace))
    work(book, "7/affected.yaml", "title: x\n")
    assert steps == ["sync", "name", "sync folder"]


def test_a_lone_surrogate_is_not_written(book: Path) -> None:
    with pytest.raises(InvalidEditError):
        write.write(book, "7/issue.yaml", "title: \ud800\n")
    assert contents(book)["7/issue.yaml"] == b"title: old\n"


def test_line_ends_and_byte_order_marks_are_kept(book: Path) -> None:
    write.write(book, "7/issue.yaml", "\ufefftitle: old\r\nowner: a\r\n")
    write.edit(book, [set_title("7/issue.yaml")])
    assert contents(book)["7/issue.yaml"] == b"\xef\xbb\xbftitle: new\r\nowner: a\r\n"


def test_leftovers_of_killed_writers_are_ignored_and_later_removed(book: Path) -> None:
    fresh, stale = book / "7/.triagebook-1.tmp", book / "7/.triagebook-2.tmp"
    for path in (fresh, stale):
        path.write_text("title: half")
    os.utime(stale, (time.time() - 7200,) * 2)
    assert not [finding for finding in load(book).findings if "triagebook" in finding.file]
    write.edit(book, [set_title("7/issue.yaml")])
    assert fresh.exists()
    assert not stale.exists()


# ── where, and with what rights ──────────────────────────────────────────────────────────────────────

OUTSIDE = [
    "",
    ".",
    "..",
    "../x.yaml",
    "7/../../x.yaml",
    "7/..",
    "/x.yaml",
    "x\0.yaml",
    "out/x.yaml",
    "out.yaml",
    "loop/x",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_is_written_outside_the_book(book: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x.yaml").write_text("title: theirs\n")
    (book / "out").symlink_to(tmp_path / "elsewhere")
    (book / "out.yaml").symlink_to(tmp_path / "elsewhere/x.yaml")
    (book / "loop").symlink_to("loop")
    before = contents(tmp_path)
    for work in (
        lambda: write.write(book, name, "title: ours\n"),
        lambda: write.create(book, name, "title: ours\n"),
        lambda: write.edit(book, [set_title(name)]),
    ):
        with pytest.raises(TriagebookError) as error:
            work()
        assert error.value.do
    assert contents(tmp_path) == before


def test_a_link_within_the_book_stays_a_link(book: Path) -> None:
    (book / "8").symlink_to("7")
    write.edit(book, [set_title("8/issue.yaml")])
    assert (book / "8").is_symlink()
    assert (book / "7/issue.yaml").read_text() == "title: new\n"


def test_permissions_are_kept(book: Path) -> None:
    (book / "7/issue.yaml").chmod(0o640)
    write.edit(book, [set_title("7/issue.yaml")])
    assert (book / "7/issue.yaml").stat().st_mode & 0o777 == 0o640
    before = os.umask(0o027)
    try:
        write.create(book, "7/affected.yaml", "title: x\n")
    finally:
        os.umask(before)
    assert (book / "7/affected.yaml").stat().st_mode & 0o777 == 0o640


def test_a_file_in_place_of_a_folder_is_a_clear_error(book: Path) -> None:
    with pytest.raises(TriagebookError, match=r"the folder of catalog\.yaml/x can't be made"):
        write.create(book, "catalog.yaml/x", "")


@pytest.mark.parametrize(("read_only", "mode"), [("7", 0o555), ("7", 0o111), ("7/issue.yaml", 0o444)])
def test_a_missing_write_permission_is_a_clear_error(as_nobody: Path, read_only: str, mode: int) -> None:
    book = as_nobody
    (book / "7").mkdir()
    (book / "7/issue.yaml").write_text("title: old\n")
    (book / read_only).chmod(mode)
    for work in (
        lambda: write.write(book, "7/issue.yaml", "title: new\n"),
        lambda: write.edit(book, [set_title("7/issue.yaml")]),
    ):
        with pytest.raises(TriagebookError, match=r"7/issue\.yaml can't be written: permission denied") as error:
            work()
        assert "may write" in error.value.do
    assert (book / "7/issue.yaml").read_text() == "title: old\n"
