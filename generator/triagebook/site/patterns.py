"""Patterns: the known root causes, and the issues that show each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from triagebook.book import Entry, natural
from triagebook.markdown import Linked
from triagebook.model.base import Prose
from triagebook.model.defect import Certainty
from triagebook.model.pattern import Pattern
from triagebook.model.planning import Work

from .fields import state_of
from .issue import work_view
from .page import Page
from .paging import Listing, Some, further, some
from .see import PATTERNS, See, pattern_path
from .shelf import Shelf

Shown = tuple[Entry, Certainty]


class PatternRow(Struct, frozen=True):
    """A pattern in a list."""

    title: Linked
    summary: Prose
    issues: Some


class IssueOfPattern(Struct, frozen=True):
    """An issue that a pattern causes."""

    link: Linked
    state: str
    certainty: str


def patterns_view(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, PATTERNS)
    by_title = sorted(shelf.book.patterns.items(), key=lambda item: item[1].title)
    return {"see": see, "patterns": [_row(_listing(shelf, name, found), found, see) for name, found in by_title]}


def _row(listing: Listing[Shown], pattern: Pattern, see: See) -> PatternRow:
    links = [see.issue(entry.id) for entry, _ in listing.items]
    issues = some(links, lambda words: listing.to(1, words, see))
    return PatternRow(see.to(listing.begins, pattern.title), pattern.summary, issues)


def pattern_pages(shelf: Shelf, name: str, pattern: Pattern) -> Iterator[Page]:
    listing = _listing(shelf, name, pattern)
    view = partial(_pattern, shelf, name, pattern, listing)
    yield Page(listing.begins, pattern.title, "pages/pattern.md.j2", view, PATTERNS)
    yield from further(shelf.book, PATTERNS, listing)


def _pattern(shelf: Shelf, name: str, pattern: Pattern, listing: Listing[Shown]) -> Mapping[str, object]:
    work = pattern.playbook
    see = See(shelf.book, listing.begins, work=work)
    return {
        "see": see,
        "id": name,
        "pattern": pattern,
        "issues": listing.part(see),
        **work_view(work or Work(), see),
        "work": work,
    }


def _listing(shelf: Shelf, name: str, pattern: Pattern) -> Listing[Shown]:
    """The issues that name it as a cause."""
    found = sorted(shelf.shown_by.get(name, []), key=lambda item: natural(item[0].id))
    page = pattern_path(name)
    at = "Issues that show it"
    return Listing("shown", pattern.title, page, page.removesuffix("/index.md"), found, _rows, at=at, room=100)


def _rows(found: Sequence[Shown], see: See) -> list[IssueOfPattern]:
    return [
        IssueOfPattern(see.titled(entry.id), state_of(entry.issue), f"cause {sure.value.replace('-', ' ')}")
        for entry, sure in found
    ]
