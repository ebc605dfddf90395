"""The files of a folder that are worth a search, and their text: nothing ignored, binary, huge, or outside of it."""

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from pathspec import GitIgnoreSpec

from triagebook.model.values import Place

MAX_BYTES = 2_000_000  # beyond this, files are generated
_LOOK_FOR_ZERO = 8_000  # bytes; git tells binary files in the same way
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class NotSearchedError(Exception):
    """Why a file is not searched, in a few words; nothing for what is no file."""


def read_file(path: str) -> bytes:
    """The text of a file."""
    return as_text(_bytes_of(path))


def as_text(data: bytes) -> bytes:
    """Text as UTF-8 without a byte order mark. Whether it is UTF-8, only those who read it can tell."""
    if data.startswith(_UTF16):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError:
            raise NotSearchedError("not UTF-16, as it says") from None
    if b"\0" in data[:_LOOK_FOR_ZERO]:
        raise NotSearchedError("binary")
    return data.removeprefix(codecs.BOM_UTF8)


def _bytes_of(path: str) -> bytes:
    try:
        handle = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise NotSearchedError("not checked out") from None
    except OSError as error:
        reason = "" if error.errno in {errno.ELOOP, errno.EISDIR} else (error.strerror or str(error)).lower()
        raise NotSearchedError(reason) from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise NotSearchedError("")
        if found.st_size > MAX_BYTES:
            raise NotSearchedError(f"more than {MAX_BYTES // 1_000_000} MB")
        with os.fdopen(handle, "rb", buffering=0, closefd=False) as file:
            return file.read()
    except OSError as error:
        raise NotSearchedError((error.strerror or str(error)).lower()) from None
    finally:
        os.close(handle)


def is_recordable(path: str) -> bool:
    """Can a record name a file? A name with a colon, a backslash or a line break in it can't stand there."""
    return re.fullmatch(Place.pattern, path) is not None and path.isprintable()


class Inside:
    """Tells whether a path stays in a folder, whatever links there are above it."""

    def __init__(self, folder: Path) -> None:
        self._root = os.path.realpath(folder)
        self._known = {"": True}

    def __call__(self, path: str) -> bool:
        above = path.rpartition("/")[0]
        if above not in self._known:
            real = os.path.realpath(f"{self._root}/{above}")
            self._known[above] = real == os.path.normpath(f"{self._root}/{above}")
        return self._known[above]


# ── without git ──────────────────────────────────────────────────────────────────────────────────────


class _Ignoring(Struct, frozen=True):
    """What one .gitignore says, and the folder it speaks of."""

    above: str
    spec: GitIgnoreSpec

    def of(self, path: str) -> bool | None:
        return self.spec.check_file(path[len(self.above) :]).include


def walk(folder: Path) -> Iterator[str]:
    """The files in a folder without git; each .gitignore in it is obeyed, links are not followed."""
    waiting: list[tuple[str, tuple[_Ignoring, ...]]] = [("", ())]
    while waiting:
        above, rules = waiting.pop()
        try:
            entries = sorted(os.scandir(folder / above), key=lambda entry: entry.name)
        except OSError:
            continue
        rules = (*_rules_in(folder, above, entries), *rules)
        below = []
        for entry in entries:
            path = above + entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git" and not _ignored(f"{path}/", rules):
                    below.append((f"{path}/", rules))
            elif entry.is_file(follow_symlinks=False) and not _ignored(path, rules):
                yield path
        waiting += reversed(below)


def _rules_in(folder: Path, above: str, entries: Sequence[os.DirEntry[str]]) -> Iterator[_Ignoring]:
    if any(entry.name == ".gitignore" and entry.is_file() for entry in entries):
        text = (folder / above / ".gitignore").read_text(encoding="utf-8", errors="replace")
        yield _Ignoring(above, GitIgnoreSpec.from_lines(text.splitlines()))


def _ignored(path: str, rules: Sequence[_Ignoring]) -> bool:
    """The nearest .gitignore that says anything of a path decides."""
    return bool(next((said for rule in rules if (said := rule.of(path)) is not None), False))
