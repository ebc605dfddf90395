"""Nothing is left out: whatever a record holds stands on its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest

from tests.kit.completeness import missing
from tests.kit.pages import pages
from tests.kit.paths import FULL
from triagebook.markdown import plain
from triagebook.model.affected import Affected
from triagebook.model.base import Record
from triagebook.model.evidence import Evidence
from triagebook.model.issue import Issue
from triagebook.model.pattern import Pattern
from triagebook.store.load import Loaded, load


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
