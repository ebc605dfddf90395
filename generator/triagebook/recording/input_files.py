"""Reads input files and result files, within size limits."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from triagebook.code.digests import digest
from triagebook.errors import TriagebookError
from triagebook.intake.input_text import MAX_BYTES, UnreadableError, too_large
from triagebook.intake.results import Results
from triagebook.intake.tests import read

STDIN = "-"


class InputFile(Struct, frozen=True):
    """A file that was read."""

    path: str  # as given
    name: str
    data: bytes
    sha256: str
    written: datetime | None  # when it was last modified, if known


class ResultFile(Struct, frozen=True):
    """A file and the test results in it."""

    source: InputFile
    results: Results


def read_all(paths: list[str], form: str | None, stdin: BinaryIO) -> list[ResultFile]:
    """Read all files; an error names every one that can't be read."""
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
    """Read a file or standard input, up to the size limit."""
    if path == STDIN:
        return _source("standard input", "stdin", _bounded(stdin, "standard input"), None)
    file = Path(path)
    try:
        if file.is_dir():
            raise UnreadableError(f"{path} is a folder", "name a file in it")
        size, at = file.stat().st_size, datetime.fromtimestamp(file.stat().st_mtime, UTC)
        if size > MAX_BYTES:
            raise _too_large(path, size)
        with file.open("rb") as stream:
            return _source(path, file.name, _bounded(stream, path), at)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UnreadableError(f"{path}: {why}", "check that it exists and is readable") from None


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
