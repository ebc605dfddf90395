"""A file that something was read from: its bytes, within bounds, and what they hold."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from triagebook.code.digests import digest
from triagebook.errors import TriagebookError
from triagebook.intake.results import Results, UnreadableError
from triagebook.intake.tests import MAX_BYTES, read, too_large

STDIN = "-"


class InputFile(Struct, frozen=True):
    """A file as it was read."""

    path: str  # as it was named
    name: str
    data: bytes
    sha256: str
    written: datetime | None  # when it was last written, where that is known


class ResultFile(Struct, frozen=True):
    """A file of test results, read."""

    source: InputFile
    results: Results


def read_all(paths: list[str], form: str | None, stdin: BinaryIO) -> list[ResultFile]:
    """All files, or an error that names every one that can't be read."""
    readings: list[ResultFile] = []
    problems: list[UnreadableError] = []
    for path in dict.fromkeys(paths):
        try:
            source = take(path, stdin)
            readings.append(ResultFile(source, _results(source, form)))
        except UnreadableError as problem:
            problems.append(problem)
    if problems:
        raise TriagebookError("; ".join(problem.what for problem in problems), problems[0].do)
    return readings


def _results(source: InputFile, form: str | None) -> Results:
    try:
        return read(source.data, form)
    except UnreadableError as error:
        raise UnreadableError(f"{source.path}: {error.what}", error.do) from None


def take(path: str, stdin: BinaryIO) -> InputFile:
    """The bytes of a file, or of what comes through a pipe; never more than can be dealt with."""
    if path == STDIN:
        return _source("standard input", "stdin", _bounded(stdin, "standard input"), None)
    file = Path(path)
    try:
        if file.is_dir():
            raise UnreadableError(f"{path} is a folder", "name the files in it")
        size, at = file.stat().st_size, datetime.fromtimestamp(file.stat().st_mtime, UTC)
        if size > MAX_BYTES:
            raise _too_large(path, size)
        with file.open("rb") as stream:
            return _source(path, file.name, _bounded(stream, path), at)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UnreadableError(f"{path}: {why}", "see that it exists, and that you may read it") from None


def _source(path: str, name: str, data: bytes, written: datetime | None) -> InputFile:
    return InputFile(path, name, data, digest(data), written)


def _bounded(stream: BinaryIO, path: str) -> bytes:
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _too_large(path, len(data))
    return data


def _too_large(path: str, size: int) -> UnreadableError:
    error = too_large(size)
    return UnreadableError(f"{path}: {error.what}", error.do)
