"""Finds the folder of the book: the one that holds `catalog.yaml`, given or in a parent folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triagebook.errors import NoBookError

if TYPE_CHECKING:
    from pathlib import Path

CATALOG = "catalog.yaml"
FOLDER = "issues"
ISSUE = "issue.yaml"


def book_at(place: Path) -> Path:
    """The book in a given folder: the folder itself, or `issues` in it."""
    for folder in (place, place / FOLDER):
        if (folder / CATALOG).is_file():
            return folder
    raise NoBookError(
        f"there is no book in {place}", f"name the folder that holds {CATALOG}, or make one: triagebook init"
    )


def book_above(start: Path) -> Path:
    """The nearest book, in a folder or one of its parents."""
    for place in (start, *start.parents):
        for folder in (place, place / FOLDER):
            if (folder / CATALOG).is_file():
                return folder
    raise NoBookError(
        f"there is no book in {start}, nor in a folder above it",
        "name one with --book DIR, or make one: triagebook init",
    )


def issues_in(root: Path) -> list[str]:
    """The ids of a book's issues, from folder names alone."""
    return [path.parent.name for path in root.glob(f"[!.]*/{ISSUE}") if path.parent.name != "patterns"]
