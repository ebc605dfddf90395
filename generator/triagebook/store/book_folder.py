"""Finds the folder of the book: the one that holds `catalog.yaml`, given or in a parent folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from triagebook.errors import NoBookError

CATALOG = "catalog.yaml"
FOLDER = "issues"
ISSUE = "issue.yaml"


def book_at(place: Path) -> Path:
    """The book in a given folder: the folder itself, or `issues` in it."""
    advice = f"name the folder that holds {CATALOG}, or create one: triagebook init"
    return _first_book([place], f"there is no book in {place}", advice)


def book_above(start: Path) -> Path:
    """The nearest book, in a folder or one of its parents."""
    what = f"there is no book in {start} or in a folder above it"
    return _first_book([start, *start.parents], what, "name one with --book DIR, or create one: triagebook init")


def _first_book(places: Iterable[Path], what: str, advice: str) -> Path:
    for folder in (folder for place in places for folder in (place, place / FOLDER)):
        if (folder / CATALOG).is_file():
            return folder
    raise NoBookError(what, advice)


def issues_in(root: Path) -> list[str]:
    """The ids of a book's issues, from folder names alone."""
    return [path.parent.name for path in root.glob(f"[!.]*/{ISSUE}") if path.parent.name != "patterns"]
