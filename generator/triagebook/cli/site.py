"""Where the settings of a book's site lie."""

from __future__ import annotations

from pathlib import Path

from triagebook.errors import TriagebookError


def find_config(root: Path) -> Path | None:
    """The `mkdocs.yml` of the repository that holds a book: beside the book's folder or above it."""
    for folder in root.resolve().parents:
        if (folder / "mkdocs.yml").is_file():
            return folder / "mkdocs.yml"
        if (folder / ".git").exists():
            break
    return None


def config_of(root: Path) -> Path:
    """The same where there must be one."""
    found = find_config(root)
    if found is None:
        raise TriagebookError(
            f"there is no mkdocs.yml beside {root}, so there is no site to build", "make one: triagebook init"
        )
    return found
