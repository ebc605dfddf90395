"""Searches the files of a folder with several detectors. Nothing binary, huge or outside the folder is read."""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field

from triagebook.model.values import Place

from .detectors import CompiledDetector

MAX_BYTES = 2_000_000  # beyond this, files are generated
_LOOK_FOR_ZERO = 8_000  # bytes; git recognises binary files in the same way
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class NotSearchedError(Exception):
    """Why a file is not searched, in a few words; empty if it is not a file."""


class Matches(Struct, frozen=True):
    """What one detector found: for each file the lines and their text."""

    found: dict[str, dict[int, str]] = field(default_factory=dict)
    searched: set[str] = field(default_factory=set)
    skipped: dict[str, str] = field(default_factory=dict)  # its files that were not searched, and why

    @property
    def places(self) -> set[tuple[str, int]]:
        return {(path, line) for path, lines in self.found.items() for line in lines}


def search_files(folder: Path, paths: Sequence[str], searches: Sequence[CompiledDetector]) -> list[Matches]:
    """Search with each detector in its files; each file is read once."""
    root = os.path.realpath(folder)
    outside = {above for above in {path.rpartition("/")[0] for path in paths} if _leads_out(root, above)}
    matches = [Matches() for _ in searches]
    for path in paths:
        wanted = [(search, own) for search, own in zip(searches, matches, strict=True) if search.is_for(path)]
        if not wanted or path.rpartition("/")[0] in outside:
            continue
        try:
            data = read_file(root, path)
        except NotSearchedError as why:
            for _, own in wanted if str(why) else ():
                own.skipped[path] = str(why)
            continue
        for search, own in wanted:
            own.searched.add(path)
            if lines := search.lines(data):
                own.found[path] = lines
    return matches


def read_file(root: str, path: str) -> bytes:
    """The text of a file below a folder. A record can't name one with a colon, a backslash or a line break."""
    if not re.fullmatch(Place.pattern, path) or not path.isprintable():
        raise NotSearchedError("no record can hold its name")
    file = Path(root, path)
    try:
        about = file.lstat()
        if not stat.S_ISREG(about.st_mode):
            raise NotSearchedError("")
        if about.st_size > MAX_BYTES:
            raise NotSearchedError(f"more than {MAX_BYTES // 1_000_000} MB")
        return as_text(file.read_bytes())
    except FileNotFoundError:
        raise NotSearchedError("not checked out") from None
    except OSError as error:
        raise NotSearchedError((error.strerror or str(error)).lower()) from None


def as_text(data: bytes) -> bytes:
    """Text as UTF-8 without a byte order mark. Other encodings than UTF-16 are not converted."""
    if data.startswith(_UTF16):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError:
            raise NotSearchedError("not UTF-16, although it is marked so") from None
    if b"\0" in data[:_LOOK_FOR_ZERO]:
        raise NotSearchedError("binary")
    return data.removeprefix(codecs.BOM_UTF8)


def _leads_out(root: str, folder: str) -> bool:
    """Does a link above a file lead elsewhere?"""
    path = f"{root}/{folder}" if folder else root
    return os.path.realpath(path) != os.path.normpath(path)
