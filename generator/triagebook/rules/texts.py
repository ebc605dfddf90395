"""The words in a record, and who is speaking: the people who keep it, a command, or something quoted as it was."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from triagebook.model.base import Line, Path, Prose, Text, Url
from triagebook.model.evidence import Evidence
from triagebook.model.walk import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triagebook.book import Book
    from triagebook.facts.case import Case
    from triagebook.findings import Field
    from triagebook.model.base import Record

_CODE = re.compile(r"(```|~~~).*?(?:\1|\Z)|(`+)(?!`).*?(?<!`)\2(?!`)", re.DOTALL)


class Voice(Enum):
    """Who speaks in a text."""

    OWN = auto()  # those who keep the record
    COMMAND = auto()
    NAME = auto()  # a path or an address
    QUOTED = auto()  # error texts, code, settings, claims: they say what they say


class Said(NamedTuple):
    """A text of a record, and where it stands."""

    file: str
    field: Field
    text: str
    voice: Voice

    @property
    def in_claims(self) -> bool:
        return self.field[0] == "claims"

    @property
    def in_words(self) -> str:
        """The text without the code in it: what stands between backticks is quoted."""
        return _CODE.sub(" ", self.text)


@lru_cache(maxsize=1)  # several rules look at them, one after the other
def said_in_issue(case: Case) -> tuple[Said, ...]:
    """All texts of an issue. Evidence is left out: it is never edited, so nothing in it can be mended."""
    files = [(file, record) for file, record in case.entry.files() if not isinstance(record, Evidence)]
    return tuple(said for file, record in files for said in _said(file, record))


def said_in_book(book: Book) -> Iterator[Said]:
    """All texts of the catalog and the patterns."""
    yield from _said("catalog.yaml", book.catalog)
    for name, pattern in book.patterns.items():
        yield from _said(f"patterns/{name}.yaml", pattern)


def _said(file: str, record: Record) -> Iterator[Said]:
    for way, value in leaves(record):
        if isinstance(value, str) and (voice := _voice(value, way)):
            yield Said(file, way, str(value), voice)


def _voice(value: str, way: Field) -> Voice | None:
    if isinstance(value, Prose | Line):
        return Voice.OWN
    if isinstance(value, Path | Url):
        return Voice.NAME
    if type(value) is not Text:
        return None  # an id, a reference, a digest
    return Voice.COMMAND if way[-1] == "run" else Voice.QUOTED
