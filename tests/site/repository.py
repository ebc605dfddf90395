"""A repository with a book and its site, which is edited and built, again and again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.kit.pages import MINIMAL, PATTERN, make_book
from tests.kit.paths import FULL
from triagebook.cache_folder import VARIABLE as CACHE
from triagebook.site.mkdocs.build import build_site

CONFIG = """
site_name: Test
docs_dir: docs
site_dir: made
use_directory_urls: false
theme: {name: material, font: false}
plugins: [triagebook]
nav: [{Start: index.md}, {Notes: notes.md}]
"""
CAUSED = "causes: [{says: 'A call is awaited.', state: confirmed, pattern: awaited-sync-call}]\n"
RECORDS = {
    "1/issue.yaml": MINIMAL + CAUSED,
    "2/issue.yaml": MINIMAL + "relations: [{to: '1', kind: related, why: 'The same chat.'}, {to: '9', kind: blocks}]\n",
    "3/issue.yaml": MINIMAL + "relations: [{to: '2', kind: related}]\n",
    "4/issue.yaml": MINIMAL,
    "patterns/awaited-sync-call.yaml": PATTERN,
}


class Repository:
    """A book with its site, which can be built anew or upon what was built before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_book(folder / "issues", RECORDS)
        shutil.copytree(FULL, folder / "issues", dirs_exist_ok=True)
        (folder / "docs").mkdir()
        (folder / "docs/notes.md").write_text("# Notes\n\n[issue](issues/1/index.md#what-the-record-says)\n")
        (folder / "mkdocs.yml").write_text(CONFIG)

    def build(self) -> dict[str, bytes]:
        build_site(self.folder / "mkdocs.yml", strict=False)
        return self.site()

    def site(self) -> dict[str, bytes]:
        made = self.folder / "made"
        return {str(path.relative_to(made)): path.read_bytes() for path in made.rglob("*") if path.is_file()}

    def clean(self) -> dict[str, bytes]:
        """What a build makes that knows of none before."""
        aside, here = self.folder / "aside", self.folder / "made"
        here.rename(aside)
        kept = os.environ.pop(CACHE)
        os.environ[CACHE] = f"{kept}-clean"
        try:
            return self.build()
        finally:
            os.environ[CACHE] = kept
            shutil.rmtree(here)
            aside.rename(here)


# ── edits ────────────────────────────────────────────────────────────────────────────────────────────

Edit = Callable[[Path, int], object]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def replace(name: str, old: str, new: str) -> Edit:
    """One text instead of another in a file, or the other way round where that was done before."""

    def edit(folder: Path, _: int) -> None:
        path = folder / name
        if path.exists():
            text = path.read_text(encoding="utf-8")
            write(path, text.replace(new, old) if new in text else text.replace(old, new))

    return edit


def there_or_not(name: str, text: str) -> Edit:
    """A file that was not there; or not there any more."""

    def edit(folder: Path, _: int) -> None:
        path = folder / name
        path.unlink() if path.exists() else write(path, text)

    return edit


RECORD_EDITS: dict[str, Edit] = {
    "a title": replace("issues/2/issue.yaml", "The chat does not open", "Nothing opens"),
    "a title that another page shows": replace("issues/1/issue.yaml", "The chat does not open", "The chat is shut"),
    "a relation": replace("issues/3/issue.yaml", "{to: '2'", "{to: '1'"),
    "an issue that others name": there_or_not(
        "issues/8/issue.yaml", MINIMAL + "relations: [{to: '4', kind: related}]\n"
    ),
    "an issue less": lambda folder, _: shutil.rmtree(folder / "issues/2", ignore_errors=True),
    "a record that can't be read": there_or_not("issues/5/issue.yaml", "title: [\n"),
    "a document": replace("issues/4/issue.yaml", "high", "critical"),
    "evidence": there_or_not(
        "issues/4/evidence/seen.yaml", "kind: observation\nphase: before\nsummary: It was seen.\n"
    ),
}
