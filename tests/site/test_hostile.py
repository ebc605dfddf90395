"""Whatever people write into a record: its page keeps its shape, and all that follows stays to be seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from types import MappingProxyType

import pytest
from msgspec.structs import replace

from tests.kit.hostile import HOSTILE
from tests.kit.markup import to_html
from tests.kit.pages import pages
from tests.kit.paths import FULL
from triagebook.book import Book
from triagebook.markup import Html
from triagebook.model.base import Line, Prose, Record, Text
from triagebook.store.load import load

KEPT = ("note", "mitigation", "title")  # fields that stay as they are, to be looked for on the page


@pytest.fixture(scope="module")
def book() -> Book:
    return load(FULL).book


@pytest.fixture(scope="module")
def shape(book: Book) -> list[int]:
    return [heading.level for heading in page_of(book).headings]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_prose_changes_the_structure_of_a_page(book: Book, shape: list[int], text: str) -> None:
    marks: list[str] = []

    def changed(value: object, name: str) -> object:
        if name in KEPT and isinstance(value, Prose | Line):
            marks.append(f"VISIBLE{len(marks)}")
            return type(value)(marks[-1])
        if isinstance(value, Prose):
            return Prose(text)
        if type(value) is Text:
            return Text(text)
        if type(value) is Line:
            return Line(" ".join(text.split()))
        return value

    entry = book.issues["7"]
    affected, evidence = rebuilt(entry.affected, changed), rebuilt(entry.evidence, changed)
    other = replace(entry, issue=rebuilt(entry.issue, changed), affected=affected, evidence=evidence)
    html = page_of(replace(book, issues={**book.issues, "7": other}))
    assert [heading.level for heading in html.headings] == shape
    seen = " ".join(words_outside_code(html.body))
    assert [mark for mark in marks if not re.search(rf"\b{mark}\b", seen)] == []


def page_of(book: Book) -> Html:
    page = next(page for page in pages(book, ()) if page.path == "issues/7/index.md")
    return to_html(page.text()[0], link=lambda address: address)


def rebuilt(value: object, changed: Callable[[object, str], object], name: str = "") -> object:
    """A record with its values changed."""
    match value:
        case Record():
            parts = {field: rebuilt(getattr(value, field), changed, field) for field in type(value).model_fields}
            return value.model_copy(update=parts)
        case Mapping():
            return MappingProxyType({key: rebuilt(item, changed, name) for key, item in value.items()})
        case tuple():
            return tuple(rebuilt(item, changed, name) for item in value)
    return changed(value, name)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.depth += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "pre"

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.words.append(data)


def words_outside_code(body: str) -> Iterator[str]:
    reader = _Words()
    reader.feed(body)
    reader.close()
    yield from reader.words
