"""The text of files that are searched: nothing binary, huge or outside of the folder."""

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
from pathlib import Path

from triagebook.model.values import Place

MAX_BYTES = 2_000_000  # beyond this, files are generated
_LOOK_FOR_ZERO = 8_000  # bytes; git recognises binary files in the same way
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class NotSearchedError(Exception):
    """Why a file is not searched, in a few words; empty where it is not a file."""


def read_file(path: str) -> bytes:
    """The text of a file."""
    return as_text(_bytes_of(path))


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
    """Can a record name this file? A name with a colon, a backslash or a line break is not possible there."""
    return re.fullmatch(Place.pattern, path) is not None and path.isprintable()


class Inside:
    """Checks that a path stays in a folder, whatever links there are above it."""

    def __init__(self, folder: Path) -> None:
        self._root = os.path.realpath(folder)
        self._known = {"": True}

    def __call__(self, path: str) -> bool:
        above = path.rpartition("/")[0]
        if above not in self._known:
            real = os.path.realpath(f"{self._root}/{above}")
            self._known[above] = real == os.path.normpath(f"{self._root}/{above}")
        return self._known[above]
