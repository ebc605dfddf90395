"""What the search of the site can find, as data for `search.js`: issues, patterns, people, rules, pages, sections.

The data is a script, as a page opened from a folder can load nothing else. An issue is one entry with many parts, each
with the anchor that leads to it, so that a hit leads to its place. Its reports are found through it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from markupsafe import Markup

from triagebook.facts.case import Case
from triagebook.facts.issue_facts import DEFINITIONS
from triagebook.markdown import fill, without_figures
from triagebook.model.document import Contradiction
from triagebook.model.evidence import Outcome, TestRun
from triagebook.reports import KINDS
from triagebook.rules import RULES as ALL_RULES
from triagebook.views.figures import Figures

from .board import people_of
from .content import SiteContent
from .issues import claims_of
from .linker import Linker, anchor
from .listed import SearchEntry
from .paths import COMPONENTS, ENVIRONMENTS, FACTS, IMPACT, issue_path, kind_path, pattern_path, report_path, rule_path
from .reports import title_of
from .schema import FILES as SCHEMAS
from .schema import schema_path
from .sections import BOOK_SECTIONS, REFERENCE_SECTIONS

DATA = "assets/triagebook/search.data.js"  # beside search.js, which reads it

_SECTION = re.compile(r'<h2 id="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)
_HEADERLINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)


def entries(content: SiteContent) -> Iterator[SearchEntry]:
    """Everything in the book that can be found."""
    yield from content.found.values() or map(entry_of_issue, content.cases.values())
    for name, pattern in content.book.patterns.items():
        parts = [("", text) for text in (name, pattern.summary, pattern.remedy) if text]
        yield SearchEntry(
            pattern_path(name), "Pattern", pattern.title, tuple(parts), expressions=tuple(map(str, pattern.errors))
        )
    for person in people_of(content):
        issues = " ".join(issue.id for issue in person.issues)
        yield SearchEntry(str(person.link.target), "Person", person.link.text, (("", f"open issues {issues}"),))
    yield from _of_catalog(content)
    for claims in Contradiction:
        yield SearchEntry(kind_path(claims), "Claims", claims.heading)
    for section in (*BOOK_SECTIONS, *REFERENCE_SECTIONS):
        facts = [(anchor(fact.name), f"{fact.name}: {fact.summary}") for fact in DEFINITIONS.values()]
        parts = [("", section.summary), *(facts if section.path == FACTS else ())]
        yield SearchEntry(section.path, "Page", section.title, tuple(parts))
    for rule in ALL_RULES:
        told = tuple(("", text) for text in (rule.summary(), rule.why, rule.remedy))
        yield SearchEntry(rule_path(rule.code), "Rule", rule.name, told, id=rule.code)
    for kind, (says, records) in SCHEMAS.items():
        named = (f"{name}: {field.description}" for record in records for name, field in record.model_fields.items())
        yield SearchEntry(schema_path(kind), "Schema", kind.capitalize(), tuple(("", text) for text in (says, *named)))


# ── an issue ─────────────────────────────────────────────────────────────────────────────────────────


def _of_catalog(content: SiteContent) -> Iterator[SearchEntry]:
    """The components, the environments, and the revenue streams that an issue endangers."""
    catalog = content.book.catalog
    at_risk = {risk.of for issue in content.listed.values() for risk in issue.revenue}
    streams = {name: stream for name, stream in catalog.streams.items() if name in at_risk}
    for path, kind, records in (
        (COMPONENTS, "Component", catalog.components),
        (ENVIRONMENTS, "Environment", catalog.environments),
        (IMPACT, "Revenue", streams),
    ):
        for name, record in records.items():
            title = str(record.title)
            says = " ".join([name, *map(str, getattr(record, "paths", ()))])
            yield SearchEntry(path, kind, title, (("", says),), anchor=anchor(title))


def entry_of_issue(case: Case) -> SearchEntry:
    parts = tuple((at, " ".join(str(text).split())) for at, text in _parts(case) if text)
    note = f"{case.issue.severity.value}, {case.issue.state}: {case.verdict.bottom_line}"
    return SearchEntry(issue_path(case.entry.id), "Issue", str(case.issue.title), parts, id=case.entry.id, note=note)


def _parts(case: Case) -> Iterator[tuple[str, object]]:
    issue, lookup, name_of = case.issue, Figures(case).text, Linker(case.book).name
    yield from (("symptoms", error) for error in case.ledger.recorded_errors)
    yield from (("symptoms", symptom.says or symptom.error) for symptom in issue.symptoms)
    yield "", without_figures(fill(issue.summary, lookup))
    for cause in issue.causes:
        known = case.book.patterns.get(cause.pattern) if cause.pattern else None
        yield "causes", f"{known.title if known else ''} {cause.says or ''} {' '.join(map(str, cause.at))}"
    people = f"{issue.owner or ''} {name_of(issue.owner).text if issue.owner else 'nobody'}"
    titles = " ".join(name_of(each).text for each in issue.components)
    yield "what-the-record-says", " ".join([people, titles, *issue.components, *issue.labels])
    yield from (("related-findings", f"{noticed.what} {noticed.error or ''}") for noticed in issue.noticed)
    for place, names in _tests(case).items():
        yield "tests", " ".join([place, *names])
    for location in case.entry.locations:
        yield "affected-files", f"{location.at.path} {location.text or ''}"
    for change in issue.changes:
        yield "fix", f"{change.path or change.setting or ''} {change.commit or ''} {' '.join(map(str, change.what))}"
    for name, record in case.entry.evidence.items():
        errors = record.results.values() if isinstance(record, TestRun) else ()
        seen = dict.fromkeys(result.error or "" for result in errors if result.outcome is not Outcome.PASSED)
        yield anchor(name), " ".join([name, str(record.commit or ""), str(record.environment or ""), *seen])
    for table in claims_of(case, Figures(case)):
        yield from ((entry.anchor, entry.view.claim.says) for entry in table.rows)


def _tests(case: Case) -> Mapping[str, list[str]]:
    """The planned tests by file and class."""
    by_place: dict[str, list[str]] = {}
    for test in case.ledger.tests:
        by_place.setdefault("::".join(filter(None, (test.path, test.class_))), []).append(test.name)
    return by_place


# ── hand-written pages, and the data ─────────────────────────────────────────────────────────────────


def written(path: str, title: str, html: str) -> Iterator[SearchEntry]:
    """A hand-written page with its sections."""
    folder = path.partition("/")[0] if "/" in path else "page"
    head, *sections = _SECTION.split(html)
    parts = [("", _text(head))]
    for at, heading, body in zip(*[iter(sections)] * 3, strict=True):
        parts.append((at, f"{_text(heading)}: {_text(body)}"))
    yield SearchEntry(path, folder.replace("-", " ").capitalize(), _text(title), tuple(parts))


def _text(html: str) -> str:
    return " ".join(Markup(_HEADERLINK.sub("", html)).striptags().split())  # noqa: S704  (turned into text)


def search_data(found: Iterable[tuple[str, SearchEntry]], *, folders: bool) -> str:
    """The script with all entries, each with its address on the site; `folders` is how addresses end."""
    ending = "/" if folders else ".html"
    rows = [
        {
            "url": f"{address}#{entry.anchor}" if entry.anchor else address,
            "kind": entry.kind,
            "title": entry.title,
            "id": entry.id,
            "note": entry.note,
            "parts": entry.parts,
            "expressions": entry.expressions,
        }
        for address, entry in found
    ]
    reports = {title_of(kind): PurePosixPath(report_path("", kind)).stem + ending for kind in KINDS}
    data = json.dumps({"entries": rows, "reports": reports}, ensure_ascii=False, separators=(",", ":"))
    return f"const triagebookSearch = {data};\n"
