"""The texts of a record, each with its origin: our own words, a command, a name or a quotation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from functools import lru_cache

from msgspec import Struct

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.findings import Field
from triagebook.model.base import Line, Path, Prose, Text, Url
from triagebook.model.evidence import Evidence
from triagebook.model.scalars import Value, values

_CODE = re.compile(r"(```|~~~).*?(?:\1|\Z)|(`+)(?!`).*?(?<!`)\2(?!`)", re.DOTALL)


class Speaker(Enum):
    """Whose words a text is."""

    OWN = auto()  # prose of the people who keep the record
    COMMAND = auto()
    NAME = auto()  # a path or a URL
    QUOTED = auto()  # error texts, code, settings, claims: never reworded


class RecordText(Struct, frozen=True):
    """A text of a record and its field."""

    file: str
    field: Field
    text: str
    speaker: Speaker

    @property
    def in_claims(self) -> bool:
        return self.field[0] == "claims"

    @property
    def without_code(self) -> str:
        """The text without the code between backticks, which is quoted."""
        return _CODE.sub(" ", self.text) if "`" in self.text or "~~~" in self.text else self.text


@lru_cache(maxsize=1)  # several rules in a row ask for the same issue
def texts_of_issue(case: Case) -> tuple[RecordText, ...]:
    """All texts of an issue except evidence, which is never edited."""
    evidence = {file for file, record in case.entry.files() if isinstance(record, Evidence)}
    return tuple(_said(value for value in case.values if value[0] not in evidence))


def texts_of_book(book: Book) -> Iterator[RecordText]:
    """All texts of the catalog and the patterns."""
    yield from _said(values(book.shared_files()))


def _said(found: Iterable[Value]) -> Iterator[RecordText]:
    for file, way, value in found:
        if isinstance(value, str) and (speaker := _speaker(value, way)):
            yield RecordText(file, way, str(value), speaker)


def _speaker(value: str, way: Field) -> Speaker | None:
    if isinstance(value, Prose | Line):
        return Speaker.OWN
    if isinstance(value, Path | Url):
        return Speaker.NAME
    if type(value) is not Text:
        return None  # ids, references and digests
    return Speaker.COMMAND if way[-1] == "run" else Speaker.QUOTED
