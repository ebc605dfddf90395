"""The pages of patterns: the known root causes, and the issues of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from triagebook.book import natural
from triagebook.markdown import Linked
from triagebook.model.pattern import Pattern
from triagebook.model.planning import Work
from triagebook.views.record import work_view

from .content import SiteContent
from .linker import Linker
from .listed import ListedIssue
from .page import Page
from .paging import FirstFew, Listing, further, some
from .paths import EXPLORE, PATTERNS, pattern_path

Shown = tuple[ListedIssue, str]  # with how certain it is


def patterns_pages(content: SiteContent) -> Iterator[Page]:
    patterns, linker = content.book.patterns, content.linker
    view = partial(_patterns, content)
    yield Page(PATTERNS, "Patterns", "pages/patterns.md.j2", view, linker, EXPLORE)
    linkers = {name: Linker(content.book, work=pattern.playbook) for name, pattern in patterns.items()}
    for name, pattern in patterns.items():
        view = partial(_pattern, content, name, pattern)
        yield Page(pattern_path(name), pattern.title, "pages/pattern.md.j2", view, linkers[name], PATTERNS)
    for name, pattern in patterns.items():
        yield from further(linkers[name], PATTERNS, _listing(content, name, pattern))


def _patterns(content: SiteContent) -> Mapping[str, object]:
    by_title = sorted(content.book.patterns.items(), key=lambda item: item[1].title)
    return {"patterns": [_row(content.linker, _listing(content, name, found), found) for name, found in by_title]}


def _row(linker: Linker, listing: Listing[Shown], pattern: Pattern) -> tuple[Pattern, Linked, FirstFew]:
    links = [linker.issue(issue.id) for issue, _ in listing.items]
    issues = some(links, lambda words: listing.to(1, words, linker))
    return pattern, linker.to(listing.begins, pattern.title), issues


def _pattern(content: SiteContent, name: str, pattern: Pattern) -> Mapping[str, object]:
    work = pattern.playbook
    return {
        "id": name,
        "pattern": pattern,
        "issues": _listing(content, name, pattern).on(1, content.linker),
        **work_view(content.book, work or Work()),
        "work": work,
    }


def _listing(content: SiteContent, name: str, pattern: Pattern) -> Listing[Shown]:
    """The issues that name it as a cause."""
    found = [(issue, issue.causes[name]) for issue in content.listed.values() if name in issue.causes]
    found.sort(key=lambda item: natural(item[0].id))
    page = pattern_path(name)
    at = "Issues with this cause"
    return Listing("of_pattern", pattern.title, page, page.removesuffix("/index.md"), found, at=at, room=100)
