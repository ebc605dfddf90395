"""What the commands of the site share: the mkdocs.yml that belongs to a book, and an option."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.errors import TriagebookError

since_option = click.option(
    "--since",
    metavar="REV",
    help="On the first page, list what changed since this commit, branch or tag. Default: the previous commit.",
)


def find_config(root: Path) -> Path | None:
    """The `mkdocs.yml` beside the book or above it, within its repository."""
    for folder in root.resolve().parents:
        if (folder / "mkdocs.yml").is_file():
            return folder / "mkdocs.yml"
        if (folder / ".git").exists():
            break
    return None


def config_of(root: Path) -> Path:
    """The mkdocs.yml of a book; an error if there is none."""
    found = find_config(root)
    if found is None:
        what = f"there is no mkdocs.yml beside the book `{root}`, so there is no site to build"
        raise TriagebookError(what, "create one: triagebook init")
    return found
