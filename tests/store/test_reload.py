"""Reloading some folders gives the same book as loading all of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from triagebook.store.load import load, reload

ISSUE = "title: A\nseverity: high\nopened: 2026-01-02\nsummary: B.\n"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


CHANGES: dict[str, Callable[[Path], object]] = {
    "2": lambda book: write(book / "2/issue.yaml", ISSUE.replace("A", "C")),
    "10": lambda book: write(book / "10/issue.yaml", ISSUE),
    "1": lambda book: shutil.rmtree(book / "1"),
    "3": lambda book: write(book / "3/issue.yaml", "title: [\n"),
    "4": lambda book: write(book / "4/issue.yaml", ISSUE),
    "5": lambda book: write(book / "5/evidence/seen.yaml", "kind: nothing\n"),
    "6": lambda book: (shutil.rmtree(book / "6"), (book / "6").symlink_to(book.parent)),
    "notes.txt": lambda book: write(book / "notes.txt", "What is this?"),
    "no id": lambda book: (book / "no id").mkdir(),
}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "issues"
    write(folder / "catalog.yaml", "title: Book\n")
    for name in "123567":
        write(folder / name / "issue.yaml", ISSUE)
    write(folder / "4/issue.yaml", "title: A\nsurprise: B\n")  # it can't be read
    return folder


@pytest.mark.parametrize("names", [[name] for name in CHANGES] + [list(CHANGES)], ids=" ".join)
def test_a_reloaded_book_equals_a_freshly_loaded_one(book: Path, names: list[str]) -> None:
    before = load(book)
    for name in names:
        CHANGES[name](book)
    after, whole = reload(before, names), load(book)
    assert after == whole
    assert list(after.book.issues) == list(whole.book.issues)
    assert all(after.book.issues[name] is before.book.issues[name] for name in after.book.issues if name not in names)
