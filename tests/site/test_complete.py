"""Nothing is left out: whatever a record holds stands on its page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, get_args

import pytest
from books import FULL, pages

from triagebook.markdown import plain
from triagebook.model.affected import Affected
from triagebook.model.base import Commit, Record
from triagebook.model.evidence import Evidence
from triagebook.model.issue import Issue
from triagebook.model.pattern import Pattern
from triagebook.model.scalars import leaves
from triagebook.model.values import DocRef, Place
from triagebook.store.load import Loaded, load

# What the catalog and the other records call the things that the full record names by id.
NAMES = {
    "chat": "Chat",
    "staging": "Staging",
    "production": "Production",
    "unit": "Unit tests",
    "product": "Product code",
    "enterprise": "Enterprise",
    "subscriptions": "Subscriptions",
    "backend": "Backend team",
    "developer": "Developer",
    "drop-await": "Remove the keyword",
    "reproduce": "Reproduce the defect",
    "same-cause": "Has the same cause as",
    "awaited-sync-call": "A synchronous call is awaited",
    "unawaited": "A coroutine is not awaited",
}


@pytest.fixture(scope="module")
def full() -> Loaded:
    loaded = load(FULL)
    assert not loaded.findings
    return loaded


def test_the_page_of_an_issue_says_all_of_its_records(full: Loaded) -> None:
    entry = full.book.issues["7"]
    page = text(full, "issues/7/index.md")
    for file, record in entry.files():
        assert missing(record, page) == [], file


def test_the_page_of_a_pattern_says_all_of_its_record(full: Loaded) -> None:
    pattern = full.book.patterns["awaited-sync-call"]
    assert missing(pattern, text(full, "patterns/awaited-sync-call/index.md")) == []


def test_the_full_records_fill_every_field(full: Loaded) -> None:
    """So that a new field of the model can't be forgotten: put it into `full/`, then into a template."""
    entry = full.book.issues["7"]
    found = {
        field for record in [*dict(entry.files()).values(), *full.book.patterns.values()] for field in filled(record)
    }
    seen: set[type[Record]] = set()
    wanted = {field for kind in (Issue, Affected, Pattern, *Evidence.__subclasses__()) for field in fields(kind, seen)}
    assert sorted(wanted - found) == []


def text(full: Loaded, path: str) -> str:
    page = next(page for page in pages(full.book, ()) if page.path == path)
    return plain(page.text()[0]).replace("\\", "")


def missing(record: Record, page: str) -> list[tuple[object, ...]]:
    """The values of a record that its page does not show, by where they stand."""
    return [
        (*way, words)
        for way, value in leaves(record)
        if way not in {("kind",), ("partial",), ("dirty",)}  # a page says these in words
        for words in words_of(value)
        if not any(form in page for form in (words, NAMES.get(words, words), words.replace("-", " ")))
    ]


def words_of(value: object) -> Iterator[str]:
    """How a value stands on a page."""
    match value:
        case datetime():
            yield f"{value:%Y-%m-%d %H:%M}"
        case date():
            yield value.isoformat()
        case DocRef(on_the_web=True):
            yield value.document.removeprefix("https://")
        case DocRef():
            yield f"{value.document}, line {value.first}"
        case Place():
            yield str(value.path)
            yield from map(str, value.lines)
        case Commit():
            yield value[:9]
        case _:
            words = f"{value:,}" if isinstance(value, int) else str(value)
            first = words.strip().splitlines()[0].replace("\\", "")
            yield re.sub(r"\{\{ affected.locations \}\}", "3", first)


# ── fields ───────────────────────────────────────────────────────────────────────────────────────────


def fields(kind: type[Record], seen: set[type[Record]]) -> Iterator[str]:
    """Every field that a kind of record can have, and those of the records in it."""
    if kind not in seen:
        seen.add(kind)
        for name, info in kind.model_fields.items():
            yield declared(kind, name)
            for inner in kinds_in(info.annotation):
                yield from fields(inner, seen)


def kinds_in(annotation: Any) -> Iterator[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for part in get_args(annotation):
        yield from kinds_in(part)


def filled(value: object) -> Iterator[str]:
    """Every field that a record fills, and those of the records in it."""
    if isinstance(value, Record):
        for name in value.model_fields_set:
            yield declared(type(value), name)
            yield from filled(getattr(value, name))
    elif isinstance(value, tuple | Mapping):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from filled(item)


def declared(kind: type[Record], name: str) -> str:
    """A field, by the kind of record that declares it."""
    first = next(base for base in reversed(kind.__mro__) if name in getattr(base, "model_fields", {}))
    return f"{first.__name__}.{name}"
