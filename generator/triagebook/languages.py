"""The languages whose code can be searched by structure: their names and their files."""

from __future__ import annotations

import tomllib
from pathlib import Path, PurePosixPath

from msgspec import Struct


class Language(Struct, frozen=True):
    """A language, by the name that the parser has for it."""

    name: str
    files: tuple[str, ...]  # patterns of the files that are written in it
    around: tuple[str, ...] = ()  # what a piece of code may need around it to stand in a file


_WRITTEN = tomllib.loads((Path(__file__).parent / "languages.toml").read_text(encoding="utf-8"))
LANGUAGES = {
    name: Language(name, tuple(f"*.{ending}" for ending in row["files"]), tuple(row.get("around", ())))
    for name, row in _WRITTEN.items()
}
_OTHER_NAMES = {other: name for name, row in _WRITTEN.items() for other in row.get("also", ())}


def language_of_file(path: str) -> str:
    """The language of a file, by its ending; Python where that says nothing."""
    ending = f"*{PurePosixPath(path).suffix}"
    return next((language.name for language in LANGUAGES.values() if ending in language.files), "python")


def language_of(name: str) -> Language | None:
    """The language that a record names, whatever it calls it."""
    lower = name.lower()
    return LANGUAGES.get(_OTHER_NAMES.get(lower, lower))
