"""Which pages the site has: a book and what was found in it -> pages, each made when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from triagebook.facts.case import Case
from triagebook.rules import RULES as ALL_RULES

from .components import components_pages
from .content import SiteContent, lookup_of
from .contradictions import contradictions_pages
from .environments import environments_pages
from .evidence_log import evidence_pages
from .home import home_view, lead
from .impact import impact_pages
from .issue import issue_view
from .linker import Linker
from .next_actions import next_actions_pages
from .overview import list_view
from .page import Page
from .paging import Listing, further
from .paths import (
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
    NEXT_ACTIONS,
    PATTERNS,
    REFERENCE,
    RELATIONS,
    RULES,
    SCHEMA,
    issue_path,
    rule_path,
)
from .patterns import pattern_pages, patterns_view
from .reference import facts_view, rule_view, rules_view
from .relations import relations_pages
from .schema import FILES as SCHEMAS
from .schema import schema_path, schema_view, schemas_view
from .table_rows import finding_view, issue_rows
from .touched_files import files_pages

# What can be seen of all records together: by the first page of a folder, what makes all pages in it.
FOLDERS: Mapping[str, Callable[[SiteContent], Iterator[Page]]] = {
    NEXT_ACTIONS: next_actions_pages,
    COMPONENTS: components_pages,
    FILES: files_pages,
    ENVIRONMENTS: environments_pages,
    IMPACT: impact_pages,
    RELATIONS: relations_pages,
    EVIDENCE: evidence_pages,
    CONTRADICTIONS: contradictions_pages,
}


def other_pages(content: SiteContent) -> Iterator[Page]:
    """The other pages of the book: where to begin, and what there is to look up."""
    book = content.book
    yield Page(HOME, book.catalog.title, "pages/home.md.j2", partial(home_view, content), HOME, wide=True)
    yield from _issues_pages(content)
    yield Page(PATTERNS, "Patterns", "pages/patterns.md.j2", partial(patterns_view, content), PATTERNS)
    for name, pattern in book.patterns.items():
        yield from pattern_pages(content, name, pattern)
    yield Page(BOOK, "The book", "pages/list.md.j2", partial(list_view, content, BOOK), BOOK)
    yield from _reference(content)


def issue_page(content: SiteContent, case: Case) -> Page:
    entry = case.entry
    title = f"{entry.id} · {case.issue.title}"
    return Page(
        issue_path(entry.id), title, "pages/issue.md.j2", partial(_issue, content, case), ISSUES, lookup_of(case)
    )


def _reference(content: SiteContent) -> Iterator[Page]:
    """What there is to look up."""
    yield Page(REFERENCE, "Reference", "pages/list.md.j2", partial(list_view, content, REFERENCE), REFERENCE)
    yield Page(RULES, "Rules", "pages/rules.md.j2", partial(rules_view, content), REFERENCE)
    for rule in ALL_RULES:
        title = f"{rule.code} · {rule.name}"
        yield Page(rule_path(rule.code), title, "pages/rule.md.j2", partial(rule_view, content, rule), RULES)
    yield Page(FACTS, "Facts", "pages/facts.md.j2", partial(facts_view, content), REFERENCE)
    yield Page(SCHEMA, "Schema", "pages/schemas.md.j2", partial(schemas_view, content), REFERENCE)
    for kind in SCHEMAS:
        title = f"Schema: {kind}"
        yield Page(schema_path(kind), title, "pages/schema.md.j2", partial(schema_view, content, kind), SCHEMA)


def _issues_pages(content: SiteContent) -> Iterator[Page]:
    listing = Listing("issues", "Issues", ISSUES, "issues/page", content.ordered, issue_rows)
    yield Page(ISSUES, "Issues", "pages/issues.md.j2", partial(_issues, content, listing), ISSUES)
    yield from further(content.book, ISSUES, listing)


def _issues(content: SiteContent, listing: Listing[Case]) -> Mapping[str, object]:
    link = Linker(content.book, ISSUES)
    return {"see": link, "lead": lead(content), "issues": listing.part(link), "unread": content.book.unread_issues}


def _issue(content: SiteContent, case: Case) -> Mapping[str, object]:
    link = Linker(content.book, issue_path(case.entry.id), case.entry)
    findings = [finding_view(finding, link) for finding in content.findings_in(case.entry.id)]
    return issue_view(case, link, findings)
