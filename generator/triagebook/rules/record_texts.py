"""The words in a record, and who is speaking: the people who keep it, a command, or something quoted as it was."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from triagebook.model.base import Line, Path, Prose, Text, Url
from triagebook.model.evidence import Evidence
from triagebook.model.scalars import values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from triagebook.book import Book
    from triagebook.facts.case import Case
    from triagebook.findings import Field
    from triagebook.model.scalars import Value

_CODE = re.compile(r"(```|~~~).*?(?:\1|\Z)|(`+)(?!`).*?(?<!`)\2(?!`)", re.DOTALL)


class Speaker(Enum):
    """Who speaks in a text."""

    OWN = auto()  # those who keep the record
    COMMAND = auto()
    NAME = auto()  # a path or an address
    QUOTED = auto()  # error texts, code, settings, claims: they say what they say


class RecordText(Struct, frozen=True):
    """A text of a record, and where it stands."""

    file: str
    field: Field
    text: str
    speaker: Speaker

    @property
    def in_claims(self) -> bool:
        return self.field[0] == "claims"

    @property
    def without_code(self) -> str:
        """The text without the code in it: what stands between backticks is quoted."""
        return _CODE.sub(" ", self.text) if "`" in self.text or "~~~" in self.text else self.text


@lru_cache(maxsize=1)  # several rules look at them, one after the other
def texts_of_issue(case: Case) -> tuple[RecordText, ...]:
    """All texts of an issue. Evidence is left out: it is never edited, so nothing in it can be mended."""
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
        return None  # an id, a reference, a digest
    return Speaker.COMMAND if way[-1] == "run" else Speaker.QUOTED
