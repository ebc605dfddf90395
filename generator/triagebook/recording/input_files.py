"""Reads input files and result files, within size limits: folders, patterns, and packed files too."""

from __future__ import annotations

import glob
import gzip
import os
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from triagebook.errors import TriagebookError
from triagebook.intake.input_text import MAX_BYTES, UnknownFormatError, UnreadableError, too_large
from triagebook.intake.results import Results
from triagebook.intake.tests import read
from triagebook.model.values import Digest

STDIN = "-"
# Of the files that are read in a folder.
_ENDINGS = frozenset({".xml", ".trx", ".json", ".jsonl", ".ndjson", ".tap", ".txt", ".gz", ".zip"})
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError)


class InputFile(Struct, frozen=True, dict=True):
    """A file that was read."""

    path: str  # as given
    name: str
    data: bytes
    written: datetime | None = None  # when it was last modified, if known

    @cached_property
    def sha256(self) -> str:
        return Digest.of(self.data)


class ResultFile(Struct, frozen=True):
    """A file and the test results in it."""

    source: InputFile
    results: Results


def read_all(paths: list[str], form: str | None, stdin: BinaryIO) -> tuple[list[ResultFile], list[UnreadableError]]:
    """The result files, and why others can't be read. In a folder or an archive, files without results are skipped."""
    readings, problems = list[ResultFile](), list[UnreadableError]()
    for path in dict.fromkeys(paths):
        for file, is_named in expanded(path):
            try:
                for source, is_own in unpacked(take(file, stdin)):
                    try:
                        readings.append(ResultFile(source, read(source.data, form)))
                    except UnreadableError as error:
                        if (is_named and is_own) or not isinstance(error, UnknownFormatError):
                            problems.append(UnreadableError(f"{source.path}: {error.what}", error.do))
            except UnreadableError as problem:
                problems.append(problem)
    if not readings:
        what = "no file matches" if all(map(glob.has_magic, paths)) else "no test results"
        none = UnreadableError(f"{', '.join(paths)}: {what}", "name the file that the test runner wrote")
        problems = problems or [none]
        raise TriagebookError("; ".join(problem.what for problem in problems), problems[0].do)
    return readings, problems


def expanded(path: str) -> Iterator[tuple[str, bool]]:
    """The files of a folder or a pattern, and whether each was named by the user."""
    folder = Path(path)
    if path == STDIN or folder.is_file():
        yield path, True
    elif folder.is_dir():
        found = sorted(file for file in folder.rglob("*") if file.suffix.lower() in _ENDINGS and file.is_file())
        yield from ((str(file), False) for file in found)
    elif glob.has_magic(path):
        named = sorted(glob.glob(path, recursive=True), key=len, reverse=True)  # noqa: PTH207
        once = {Path(file).resolve(): file for file in named if Path(file).is_file()}  # links may lead in a circle
        yield from ((file, True) for file in sorted(once.values()))
    else:
        yield path, True


def unpacked(source: InputFile) -> Iterator[tuple[InputFile, bool]]:
    """The files inside a packed file, and whether it holds just one. Its results count once, packed or not."""
    try:
        if source.data.startswith(_GZIP):
            with gzip.GzipFile(fileobj=BytesIO(source.data)) as stream:
                data = _bounded(stream, source.path)
            name = source.name.removesuffix(".gz")
            yield replace(source, name=name, data=data), True
        elif source.data.startswith(_ZIP):
            yield from ((member, False) for member in _members(source))
        else:
            yield source, True
    except _BROKEN as error:
        what = f"{source.path}: it can't be unpacked: {str(error).lower()}"
        raise UnreadableError(what, "pack it again without a password") from None


def _members(source: InputFile) -> Iterator[InputFile]:
    left = MAX_BYTES
    with zipfile.ZipFile(BytesIO(source.data)) as archive:
        for member in sorted(archive.namelist()):
            path, name = f"{source.path}/{member}", Path(member).name
            if Path(name).suffix.lower() in _ENDINGS - {".gz", ".zip"}:
                with archive.open(member) as stream:
                    data = stream.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise _too_large(source.path, MAX_BYTES - left)
                yield InputFile(path, name, data, source.written)


def take(path: str, stdin: BinaryIO) -> InputFile:
    """Read a file or standard input, up to the size limit."""
    if path == STDIN:
        return InputFile("standard input", "stdin", _bounded(stdin, "standard input"))
    file = Path(path)
    try:
        if file.is_dir():
            raise UnreadableError(f"{path} is a folder", "name a file in it")
        size, at = file.stat().st_size, datetime.fromtimestamp(file.stat().st_mtime, UTC)
        if size > MAX_BYTES:
            raise _too_large(path, size)
        # Opening a pipe without a writer would block; a pipe with a writer is read like a file.
        with os.fdopen(os.open(file, os.O_RDONLY | _WITHOUT_WAITING), "rb") as stream:
            if hasattr(os, "set_blocking"):
                os.set_blocking(stream.fileno(), True)
            return InputFile(file.as_posix(), file.name, _bounded(stream, path), at)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UnreadableError(f"{path}: {why}", "check the path and its permissions") from None


def _bounded(stream: BinaryIO | gzip.GzipFile, path: str) -> bytes:
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _too_large(path, len(data))
    return data


def _too_large(path: str, size: int) -> UnreadableError:
    error = too_large(size)
    return UnreadableError(f"{path}: {error.what}", error.do)
