"""Which pages the site has: a book and what was found in it -> pages, each made when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
    COMPONENTS,
    CONTRADICTIONS,
    ENVIRONMENTS,
    EVIDENCE,
    FACTS,
    FILES,
    HOME,
    IMPACT,
    ISSUES,
    PATTERNS,
    REFERENCE,
    RELATIONS,
    RULES,
    SCHEMA,
    TURNS,
    See,
    issue_path,
    rule_path,
)
from .shelf import Shelf, lookup_of
from .turns import turns_pages

# What can be seen of all records together: by the first page of a folder, what makes all pages in it.
FOLDERS: Mapping[str, Callable[[Shelf], Iterator[Page]]] = {
    TURNS: turns_pages,
    COMPONENTS: components_pages,
    FILES: files_pages,
    ENVIRONMENTS: environments_pages,
    IMPACT: impact_pages,
    RELATIONS: relations_pages,
    EVIDENCE: evidence_pages,
    CONTRADICTIONS: contradictions_pages,
}


def other_pages(shelf: Shelf) -> Iterator[Page]:
    """The other pages of the book: where to begin, and what there is to look up."""
    book = shelf.book
    yield Page(HOME, book.catalog.title, "pages/home.md.j2", partial(home_view, shelf), HOME, wide=True)
    yield from _issues_pages(shelf)
    yield Page(PATTERNS, "Patterns", "pages/patterns.md.j2", partial(patterns_view, shelf), PATTERNS)
    for name, pattern in book.patterns.items():
        yield from pattern_pages(shelf, name, pattern)
    yield Page(BOOK, "The book", "pages/list.md.j2", partial(list_view, shelf, BOOK), BOOK)
    yield from _reference(shelf)


def issue_page(shelf: Shelf, case: Case) -> Page:
    entry = case.entry
    title = f"{entry.id} · {case.issue.title}"
    return Page(issue_path(entry.id), title, "pages/issue.md.j2", partial(_issue, shelf, case), ISSUES, lookup_of(case))


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
