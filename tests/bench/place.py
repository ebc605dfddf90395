"""Where a book of one size lies, with all that is made of it."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

_TITLE = re.compile(r"(not awaitable)(?: \((\d+)\))?")  # how the title of every issue ends, whatever tool keeps it


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one size."""

    root: Path
    issues: int

    @property
    def project(self) -> Path:
        """A repository with a book in it, as a team has it."""
        return self.root / "project"

    @property
    def book(self) -> Path:
        return self.project / "issues"

    @property
    def site(self) -> Path:
        return self.project / "build" / "site"

    @property
    def pages(self) -> Path:
        """The pages of the site as plain Markdown, with settings that name no plugin."""
        return self.root / "pages"

    @property
    def one(self) -> int:
        """The issue that is looked at, and changed."""
        return self.issues // 2 + 1


def gone(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def retitle(path: Path) -> None:
    """Change the title of an issue in its file: what changes the most pages by the fewest letters."""
    text = path.read_text(encoding="utf-8")
    new, changes = _TITLE.subn(lambda found: f"{found[1]} ({int(found[2] or 0) + 1})", text, count=1)
    if not changes:
        raise OSError(f"{path} has no title to change")
    path.write_text(new, encoding="utf-8")


def kilobytes(folder: Path, pattern: str = "*") -> float:
    return (
        sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file() and ".git" not in path.parts) / 1e3
    )
