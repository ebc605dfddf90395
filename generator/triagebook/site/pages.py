"""Which pages the site has: a book and what was found in it -> pages, each made when it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.findings import Finding
from triagebook.rules import RULES as ALL_RULES

from .home import home_view, lead, turns_view
from .issue import issue_view
from .logs import contradictions_view, evidence_log, kind_title, kind_view, kinds
from .overview import list_view
from .page import Page
from .parts import components_view, files_view
from .patterns import pattern_view, patterns_view
from .places import environments_view, impact_view
from .reference import facts_view, rule_view, rules_view
from .reports import report_pages
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
    RULES,
    SCHEMA,
    TURNS,
    See,
    issue_path,
    kind_path,
    pattern_path,
    rule_path,
)
from .shelf import Shelf, lookup_of


def pages(book: Book, findings: Sequence[Finding] = (), shelf: Shelf | None = None) -> Iterator[Page]:
    """Every page that is made from the book."""
    shelf = shelf or Shelf(book, findings)
    yield Page(HOME, book.catalog.title, "pages/home.md.j2", partial(home_view, shelf), HOME, wide=True)
    yield Page(ISSUES, "Issues", "pages/issues.md.j2", partial(_issues, shelf), ISSUES)
    yield Page(PATTERNS, "Patterns", "pages/patterns.md.j2", partial(patterns_view, shelf), PATTERNS)
    yield from _issue_pages(shelf)
    for name, pattern in book.patterns.items():
        view = partial(pattern_view, shelf, name, pattern)
        yield Page(pattern_path(name), pattern.title, "pages/pattern.md.j2", view, PATTERNS)
    yield from _of_the_book(shelf)
    yield from _reference(shelf)


def _issue_pages(shelf: Shelf) -> Iterator[Page]:
    for case in shelf.cases.values():
        entry = case.entry
        title = f"{entry.id} · {case.issue.title}"
        view, lookup = partial(_issue, shelf, case), lookup_of(case)
        yield Page(issue_path(entry.id), title, "pages/issue.md.j2", view, ISSUES, lookup)
        yield from report_pages(case)


def _of_the_book(shelf: Shelf) -> Iterator[Page]:
    """What can be seen of all records together."""
    yield Page(BOOK, "The book", "pages/list.md.j2", partial(list_view, shelf, BOOK), BOOK)
    yield Page(TURNS, "Whose turn it is", "pages/turns.md.j2", partial(turns_view, shelf), BOOK)
    yield Page(COMPONENTS, "Components", "pages/components.md.j2", partial(components_view, shelf), BOOK)
    yield Page(FILES, "Files", "pages/files.md.j2", partial(files_view, shelf), BOOK)
    yield Page(ENVIRONMENTS, "Environments", "pages/environments.md.j2", partial(environments_view, shelf), BOOK)
    yield Page(IMPACT, "Impact", "pages/impact.md.j2", partial(impact_view, shelf), BOOK)
    yield Page(EVIDENCE, "Evidence", "pages/log.md.j2", partial(evidence_log, shelf), EVIDENCE, wide=True)
    view = partial(contradictions_view, shelf)
    yield Page(CONTRADICTIONS, "Contradictions", "pages/contradictions.md.j2", view, CONTRADICTIONS)
    for kind in kinds(shelf):
        view = partial(kind_view, shelf, kind)
        yield Page(kind_path(kind), kind_title(kind), "pages/kind.md.j2", view, CONTRADICTIONS)


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


def _issues(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, ISSUES)
    rows = issue_rows(shelf.ordered, see)
    return {"see": see, "lead": lead(shelf), "rows": rows, "unread": shelf.book.unread_issues}


def _issue(shelf: Shelf, case: Case) -> Mapping[str, object]:
    see = See(shelf.book, issue_path(case.entry.id), case.entry)
    findings = [finding_view(finding, see) for finding in shelf.findings_in.get(case.entry.id, [])]
    return issue_view(case, see, findings, shelf.named_by.get(case.entry.id, []))
