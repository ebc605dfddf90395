"""The book as it was at a revision: its files taken out of git into a folder that is gone afterwards."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from triagebook.errors import TriagebookError
from triagebook.store.load import load

if TYPE_CHECKING:
    from triagebook.book import Book


def book_at(root: Path, revision: str) -> Book:
    """The book in a folder of a git repository, as a revision has it."""
    if revision.startswith("-"):
        raise TriagebookError(f"`{revision}` is no revision", "name a commit, a branch or a tag")
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(root), "archive", "--format=tar", revision, "."],  # noqa: S607
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise TriagebookError("git is not installed", "install git, or leave the option out") from None
    if done.returncode:
        problem = done.stderr.decode(errors="replace").strip().splitlines()
        raise TriagebookError(
            f"the book at `{revision}` can't be read: {problem[-1] if problem else 'git failed'}",
            f"name a commit, a branch or a tag that `git -C {root.as_posix()} log` shows",
        )
    with TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
        return load(Path(folder)).book
