"""The pages of patterns: the known root causes, and the issues of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from msgspec import Struct

from triagebook.book import Entry, natural
from triagebook.markdown import Linked
from triagebook.model.base import Prose
from triagebook.model.defect import Certainty
from triagebook.model.pattern import Pattern
from triagebook.model.planning import Work

from .content import SiteContent
from .issues import work_view
from .linker import Linker
from .page import Page
from .paging import FirstFew, Listing, further, some
from .paths import PATTERNS, pattern_path

Shown = tuple[Entry, Certainty]


class PatternRow(Struct, frozen=True):
    """A pattern in a list."""

    title: Linked
    summary: Prose
    issues: FirstFew


def patterns_pages(content: SiteContent) -> Iterator[Page]:
    yield Page(content.link(PATTERNS), "Patterns", "pages/patterns.md.j2", partial(_patterns, content), PATTERNS)
    for name, pattern in content.book.patterns.items():
        listing = _listing(content, name, pattern)
        view = partial(_pattern, name, pattern, listing)
        link = Linker(content.book, listing.begins, work=pattern.playbook)
        yield Page(link, pattern.title, "pages/pattern.md.j2", view, PATTERNS)
        yield from further(content.book, PATTERNS, listing)


def _patterns(content: SiteContent, link: Linker) -> Mapping[str, object]:
    by_title = sorted(content.book.patterns.items(), key=lambda item: item[1].title)
    rows = [_row(_listing(content, name, found), found, link) for name, found in by_title]
    return {"patterns": rows}


def _row(listing: Listing[Shown], pattern: Pattern, link: Linker) -> PatternRow:
    links = [link.issue(entry.id) for entry, _ in listing.items]
    issues = some(links, lambda words: listing.to(1, words, link))
    return PatternRow(link.to(listing.begins, pattern.title), pattern.summary, issues)


def _pattern(name: str, pattern: Pattern, listing: Listing[Shown], link: Linker) -> Mapping[str, object]:
    work = pattern.playbook
    return {
        "id": name,
        "pattern": pattern,
        "issues": listing.part(link),
        **work_view(work or Work(), link),
        "work": work,
    }


def _listing(content: SiteContent, name: str, pattern: Pattern) -> Listing[Shown]:
    """The issues that name it as a cause."""
    found = sorted(content.shown_by.get(name, []), key=lambda item: natural(item[0].id))
    page = pattern_path(name)
    at = "Issues with this cause"
    return Listing("of_pattern", pattern.title, page, page.removesuffix("/index.md"), found, at=at, room=100)
