"""What a search on the site can find: issues, patterns, rules, pages and sections of hand-written pages.

An issue is one entry: its title, summary, errors, files and tests. Its reports repeat these and are found through it.
A page that only lists other pages is found by its title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup
from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.issue_facts import DEFINITIONS
from triagebook.markdown import fill, without_figures
from triagebook.reports import KINDS
from triagebook.rules import RULES as ALL_RULES
from triagebook.views.claims import TITLES

from .content import SiteContent, lookup_of
from .paths import FACTS, issue_path, kind_path, pattern_path, rule_path
from .reports import title_of
from .schema import FILES as SCHEMAS
from .schema import schema_path
from .sections import BOOK_SECTIONS, REFERENCE_SECTIONS

_SECTION = re.compile(r'<h2 id="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)
_HEADERLINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)


class SearchEntry(Struct, frozen=True):
    """Something that can be found."""

    path: str  # of its page, among the sources of the site
    kind: str
    title: str
    texts: tuple[str, ...] = ()
    id: str = ""
    note: str = ""  # shown after its kind
    anchor: str = ""


def entries(content: SiteContent) -> Iterator[SearchEntry]:
    """Everything in the book that can be found."""
    for case in content.cases.values():
        yield _issue(case)
    for name, pattern in content.book.patterns.items():
        texts = (name, pattern.summary, *pattern.errors, pattern.remedy or "")
        yield SearchEntry(pattern_path(name), "Pattern", pattern.title, texts)
    for contradiction, title in TITLES.items():
        yield SearchEntry(kind_path(contradiction), "Contradictions", title)
    for section in (*BOOK_SECTIONS, *REFERENCE_SECTIONS):
        facts = (f"{fact.name}: {fact.summary}" for fact in DEFINITIONS.values()) if section.path == FACTS else ()
        yield SearchEntry(section.path, "Page", section.title, (section.summary, *facts))
    for rule in ALL_RULES:
        yield SearchEntry(
            rule_path(rule.code), "Rule", rule.name, (rule.summary(), rule.why, rule.remedy), id=rule.code
        )
    for kind, (says, records) in SCHEMAS.items():
        named = (f"{name}: {field.description}" for record in records for name, field in record.model_fields.items())
        yield SearchEntry(schema_path(kind), "Schema", kind.capitalize(), (says, *named))


def _issue(case: Case) -> SearchEntry:
    issue, entry, lookup = case.issue, case.entry, lookup_of(case)
    patterns = case.book.patterns
    return SearchEntry(
        path=issue_path(entry.id),
        kind="Issue",
        title=issue.title,
        id=entry.id,
        note=f"{issue.severity.value}, {issue.state}",
        texts=(
            *case.ledger.recorded_errors,
            without_figures(fill(issue.summary, lookup)),
            *(str(symptom.says or symptom.error) for symptom in issue.symptoms),
            *(patterns[cause.pattern].title for cause in issue.causes if cause.pattern and cause.pattern in patterns),
            *(str(cause.says) for cause in issue.causes if cause.says),
            *(f"{noticed.what} {noticed.error or ''}" for noticed in issue.noticed),
            " ".join([*issue.components, *issue.labels]),
            *_tests(case),
            *_files(case),
            ". ".join(map(title_of, KINDS)),
        ),
    )


def _tests(case: Case) -> Iterator[str]:
    """The planned tests, grouped by file and class."""
    by_place: dict[str, dict[str, None]] = {}
    for test in case.ledger.tests:
        place = "::".join(filter(None, (test.path, test.class_)))
        by_place.setdefault(place, {})[test.name] = None
    return (" ".join([place, *names]) for place, names in by_place.items())


def _files(case: Case) -> dict[str, None]:
    locations = case.entry.affected.locations if case.entry.affected else ()
    changes = case.issue.fix.changes if case.issue.fix else ()
    return dict.fromkeys([*(place.at.path for place in locations), *(str(c.path) for c in changes if c.path)])


def written(path: str, title: str, html: str) -> Iterator[SearchEntry]:
    """A hand-written page and each of its sections."""
    folder = path.partition("/")[0] if "/" in path else "page"
    kind = folder.replace("-", " ").capitalize()
    head, *sections = _SECTION.split(html)
    yield SearchEntry(path, kind, _text(title), (_text(head),))
    for anchor, heading, body in zip(*[iter(sections)] * 3, strict=True):
        yield SearchEntry(path, kind, f"{_text(heading)} · {_text(title)}", (_text(body),), anchor=anchor)


def _text(html: str) -> str:
    return Markup(_HEADERLINK.sub("", html)).striptags()  # noqa: S704  (of a hand-written page, turned into text)
