"""Several processes load a book exactly as one does, whatever is wrong with it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.paths import KIT

from . import broken_files, broken_syntax
from .test_load import BROKEN, ISSUE, make, put

BOTH_WAYS = KIT / "both_ways.py"
FILES = broken_syntax.BROKEN | broken_files.BROKEN

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process does the work")


def test_books_with_one_broken_part_load_the_same_in_several_processes(tmp_path: Path) -> None:
    books = []
    for number, (break_it, _, _) in enumerate(BROKEN.values()):
        books.append(_with_many_issues(make(tmp_path / str(number) / "issues")))
        break_it(books[-1])
    found = _found_both_ways(*books)
    assert len(found) == len(books)
    assert all(re.fullmatch("[1-9] findings, several processes", line) for line in found), found


def test_a_book_of_broken_files_loads_the_same_in_several_processes(tmp_path: Path) -> None:
    book = _with_many_issues(make(tmp_path / "issues"))
    for number, (holds, _, _) in enumerate(FILES.values()):
        put(book / f"broken-{number}/issue.yaml", holds)
    for name, data in {"crlf": ISSUE.replace("\n", "\r\n").encode(), "bom": b"\xef\xbb\xbf" + ISSUE.encode()}.items():
        put(book / f"{name}/issue.yaml", data)
        put(book / f"{name}/affected.yaml", b"\xef\xbb\xbf[]\r\n")
    assert _found_both_ways(book) == [f"{len(FILES) + 4} findings, several processes"]


def test_a_book_with_unreadable_folders_loads_the_same_in_several_processes(as_nobody: Path) -> None:
    book = _with_many_issues(make(as_nobody))
    for number, mode in enumerate((0, 0o444, 0o111)):
        (book / str(100 + number)).chmod(mode)
        (book / f"{110 + number}/issue.yaml").chmod(mode)
    assert _found_both_ways(book) == ["5 findings, several processes"]


def _with_many_issues(book: Path) -> Path:
    for number in range(100, 170):  # enough for two processes
        put(book / f"{number}/issue.yaml", ISSUE)
    return book


def _found_both_ways(*books: Path) -> list[str]:
    command = [sys.executable, BOTH_WAYS, *books]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, user=os.getuid())
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.splitlines()
