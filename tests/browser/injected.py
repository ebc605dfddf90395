"""`python -m tests.browser.injected build`: the site of the record that fills every field, each text of it hostile."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from tests.kit.sites import one_rule_of_each_family
from triagebook.book import Book
from triagebook.model.base import Line, Prose, Record, Text
from triagebook.site import reference
from triagebook.site.mkdocs.build import build_site
from triagebook.store.load import load

from .payloads import PAYLOADS

WORDS = {Text, Line, Prose}  # the other kinds of text have a form that is checked: a path, a commit, an address


def hostile(value: Any) -> Any:
    """A record in which every text holds all payloads; names that people choose freely, too."""
    match value:
        case Record():
            parts = {name: hostile(getattr(value, name)) for name in type(value).model_fields}
            return value.model_copy(update=parts)
        case Mapping():
            return MappingProxyType(
                {_named(key, number): hostile(item) for number, (key, item) in enumerate(value.items())}
            )
        case tuple():
            return tuple(hostile(item) for item in value)
    if type(value) not in WORDS:
        return value
    return type(value)(" ".join(" ".join(PAYLOADS).split()) if type(value) is Line else "\n\n".join(PAYLOADS))


def _named(key: Any, number: int) -> Any:
    return type(key)(f"{number} {PAYLOADS[number % len(PAYLOADS)]}") if type(key) in WORDS else key


def injected(book: Book) -> Book:
    issues = {
        name: replace(
            entry, issue=hostile(entry.issue), affected=hostile(entry.affected), evidence=hostile(entry.evidence)
        )
        for name, entry in book.issues.items()
    }
    return replace(book, issues=issues, patterns=hostile(book.patterns), catalog=hostile(book.catalog))


if __name__ == "__main__":
    reference.ALL_RULES = one_rule_of_each_family()
    here = Path.cwd()
    loaded = load(here / "issues")
    build_site(here / "mkdocs.yml", strict=False, loaded=replace(loaded, book=injected(loaded.book)))
