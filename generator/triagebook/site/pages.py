"""Which pages the site has: a book and what was found in it -> pages, each made when it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from triagebook.facts.case import Case
from triagebook.rules import RULES as ALL_RULES

from .home import home_view, lead
from .issue import issue_view
from .logs import contradictions_pages, evidence_pages
from .overview import list_view
from .page import Page
from .paging import Listing, further
from .parts import components_pages, files_pages
from .patterns import pattern_pages, patterns_view
from .places import environments_pages, impact_pages
from .reference import facts_view, rule_view, rules_view
from .relations import relations_pages
from .rows import finding_view, issue_rows
from .schema import FILES as SCHEMAS
from .schema import schema_path, schema_view, schemas_view
from .see import (
    BOOK,
    FACTS,
    HOME,
    ISSUES,
    PATTERNS,
    REFERENCE,
    RULES,
    SCHEMA,
    See,
    issue_path,
    rule_path,
)
from .shelf import Shelf, lookup_of
from .turns import turns_pages


def book_pages(shelf: Shelf) -> Iterator[Page]:
    """The pages on all issues together, and those to look things up."""
    book = shelf.book
    yield Page(HOME, book.catalog.title, "pages/home.md.j2", partial(home_view, shelf), HOME, wide=True)
    yield from _issues_pages(shelf)
    yield Page(PATTERNS, "Patterns", "pages/patterns.md.j2", partial(patterns_view, shelf), PATTERNS)
    for name, pattern in book.patterns.items():
        yield from pattern_pages(shelf, name, pattern)
    yield from _of_the_book(shelf)
    yield from _reference(shelf)


def issue_page(shelf: Shelf, case: Case) -> Page:
    entry = case.entry
    title = f"{entry.id} · {case.issue.title}"
    return Page(issue_path(entry.id), title, "pages/issue.md.j2", partial(_issue, shelf, case), ISSUES, lookup_of(case))


def _of_the_book(shelf: Shelf) -> Iterator[Page]:
    """What can be seen of all records together."""
    yield Page(BOOK, "The book", "pages/list.md.j2", partial(list_view, shelf, BOOK), BOOK)
    yield from turns_pages(shelf)
    yield from components_pages(shelf)
    yield from files_pages(shelf)
    yield from environments_pages(shelf)
    yield from impact_pages(shelf)
    yield from relations_pages(shelf)
    yield from evidence_pages(shelf)
    yield from contradictions_pages(shelf)


def _reference(shelf: Shelf) -> Iterator[Page]:
    """What there is to look up."""
    yield Page(REFERENCE, "Reference", "pages/list.md.j2", partial(list_view, shelf, REFERENCE), REFERENCE)
    yield Page(RULES, "Rules", "pages/rules.md.j2", partial(rules_view, shelf), REFERENCE)
    for rule in ALL_RULES:
        title = f"{rule.code} · {rule.name}"
        yield Page(rule_path(rule.code), title, "pages/rule.md.j2", partial(rule_view, shelf, rule), RULES)
    yield Page(FACTS, "Facts", "pages/facts.md.j2", partial(facts_view, shelf), REFERENCE)
    yield Page(SCHEMA, "Schema", "pages/schemas.md.j2", partial(schemas_view, shelf), REFERENCE)
    for kind in SCHEMAS:
        title = f"Schema: {kind}"
        yield Page(schema_path(kind), title, "pages/schema.md.j2", partial(schema_view, shelf, kind), SCHEMA)


def _issues_pages(shelf: Shelf) -> Iterator[Page]:
    listing = Listing("issues", "Issues", ISSUES, "issues/page", shelf.ordered, issue_rows)
    yield Page(ISSUES, "Issues", "pages/issues.md.j2", partial(_issues, shelf, listing), ISSUES)
    yield from further(shelf.book, ISSUES, listing)


def _issues(shelf: Shelf, listing: Listing[Case]) -> Mapping[str, object]:
    see = See(shelf.book, ISSUES)
    return {"see": see, "lead": lead(shelf), "issues": listing.part(see), "unread": shelf.book.unread_issues}


def _issue(shelf: Shelf, case: Case) -> Mapping[str, object]:
    see = See(shelf.book, issue_path(case.entry.id), case.entry)
    findings = [finding_view(finding, see) for finding in shelf.findings_in(case.entry.id)]
    return issue_view(case, see, findings)
