"""Where the settings of a book's site lie."""

from __future__ import annotations

from pathlib import Path

from triagebook.errors import TriagebookError


def config_of(root: Path) -> Path:
    """The `mkdocs.yml` of the repository that holds a book: beside the book's folder or above it."""
    for folder in root.resolve().parents:
        if (folder / "mkdocs.yml").is_file():
            return folder / "mkdocs.yml"
        if (folder / ".git").exists():
            break
    raise TriagebookError(
        f"there is no mkdocs.yml beside {root}, so there is no site to build", "make one: triagebook init"
    )
