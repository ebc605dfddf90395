"""The book as it was at a revision: its files taken out of git into a folder that is gone afterwards."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from triagebook.code import git
from triagebook.errors import TriagebookError
from triagebook.store.load import load

if TYPE_CHECKING:
    from triagebook.book import Book


def book_at(root: Path, revision: str) -> Book:
    """The book in a folder of a git repository, as a revision has it."""
    if revision.startswith("-"):
        raise TriagebookError(f"`{revision}` is no revision", "name a commit, a branch or a tag")
    done = git.run(root, "archive", "--format=tar", revision, ".")
    if done.returncode:
        problem = git.text(done.stderr).strip().splitlines()
        raise TriagebookError(
            f"the book at `{revision}` can't be read: {problem[-1] if problem else 'git failed'}",
            f"name a commit, a branch or a tag that `git -C {root.as_posix()} log` shows",
        )
    with TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
        return load(Path(folder)).book
