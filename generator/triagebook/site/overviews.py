"""The pages that list issues by what their records name: components, environments, revenue, customers and files.

Also the page of all evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct, field

from triagebook.book import Book, natural
from triagebook.facts.case import Case
from triagebook.facts.ledger.grading import moment
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.markdown import Linked
from triagebook.model.catalog import Component, Environment, Stream
from triagebook.model.defect import Revenue, Source
from triagebook.model.evidence import Evidence
from triagebook.model.values import Place
from triagebook.views.evidence import EvidenceRow, evidence_row
from triagebook.views.verdict import environment_title

from .content import SiteContent
from .page import Page
from .paging import SHORT, FirstFew, Item, Listing, share, some, with_further
from .paths import COMPONENTS, ENVIRONMENTS, EVIDENCE, EXPLORE, FILES, IMPACT


def _listing(kind: str, page: str, folder: str, title: str, items: Sequence[Item], of: int = 1) -> Listing[Item]:
    """One of several listings on a page, below a heading with its title."""
    return Listing(kind, title, page, folder, items, at=title, room=share(of))


def _title(known: Mapping[str, Component] | Mapping[str, Stream], name: str) -> str:
    return str(known[name].title) if name in known else name


# ── components ───────────────────────────────────────────────────────────────────────────────────────

SHOWN = 5  # issues of a component; the table of issues has the others


class ComponentView(Struct, frozen=True):
    """A component with its issues."""

    title: str
    record: Component | None  # none if it is not in the catalog
    cases: Sequence[Case]
    open: int
    total: int
    more: Linked | str  # leads to all of them


def components_pages(content: SiteContent) -> Iterator[Page]:
    known = content.book.catalog.components
    by_name: dict[str, list[Case]] = {name: [] for name in known}
    for case in content.ordered:
        for name in case.issue.components:
            by_name.setdefault(str(name), []).append(case)
    components = [_component(content, name, cases) for name, cases in by_name.items()]
    none = [case for case in content.ordered if not case.issue.components]
    without = _listing("issues", COMPONENTS, "components", "Issues without a component", none)
    view = partial(dict[str, object], components=components, without=without)
    page = Page(COMPONENTS, "Components", "pages/components.md.j2", view, content.linker, EXPLORE)
    yield from with_further(page, without)


def _component(content: SiteContent, name: str, cases: Sequence[Case]) -> ComponentView:
    known = content.book.catalog.components
    more = content.linker.filtered(f"All {len(cases):,} issues", component=name) if len(cases) > SHOWN else ""
    open_ = sum(case.issue.closed is None for case in cases)
    return ComponentView(_title(known, name), known.get(name), cases[:SHOWN], open_, len(cases), more)


# ── environments ─────────────────────────────────────────────────────────────────────────────────────


class EnvironmentView(Struct, frozen=True):
    """An environment with the number of open fixes in each state, which open the table of these issues."""

    title: str
    record: Environment | None
    required: bool
    counts: Sequence[Linked]


class Matrix(Struct, frozen=True):
    """Issues by environment."""

    environments: Mapping[str, str]  # titles by name
    cases: Sequence[Case]


def environments_pages(content: SiteContent) -> Iterator[Page]:
    places = [*content.book.catalog.environments]
    places += sorted({name for case in content.open for name in case.ledger.environments}.difference(places))
    rows = partial(matrix, content.book)
    everywhere = Listing("matrix", "Environments", ENVIRONMENTS, "environments", content.open, rows, room=100)
    each = [_environment(content, name) for name in places]
    view = partial(dict[str, object], matrix=everywhere, source=content.inquiry.source, environments=each)
    page = Page(ENVIRONMENTS, "Environments", "pages/environments.md.j2", view, content.linker, EXPLORE)
    yield from with_further(page, everywhere)


def matrix(book: Book, cases: Sequence[Case]) -> Matrix:
    """Issues by environment: those that any issue requires or has evidence from, in the catalog's order."""
    known = book.catalog.environments
    named = {name for case in cases for name in case.ledger.environments}
    places = [*(name for name in known if name in named), *sorted(named.difference(known))]
    return Matrix({name: environment_title(book, name) for name in places}, cases)


def _environment(content: SiteContent, name: str) -> EnvironmentView:
    states = Counter(case.verdict.environments[name].state for case in content.open if name in case.ledger.environments)
    counts = [
        content.linker.filtered(f"{states[state]:,} {state.value}", state="open", environment=f"{name}:{state.value}")
        for state in EnvironmentStatus
        if states[state]
    ]
    known = content.book.catalog
    return EnvironmentView(
        environment_title(content.book, name), known.environments.get(name), name in known.required, counts
    )


# ── impact ───────────────────────────────────────────────────────────────────────────────────────────


class StreamView(Struct, frozen=True):
    """A revenue stream: its worth, and what issues put at risk."""

    record: Stream | None
    at_risk: str  # counted once for all issues
    issues: Listing[tuple[Case, Revenue]]


def impact_pages(content: SiteContent) -> Iterator[Page]:
    impacts = [(case, case.issue.impact) for case in content.ordered if case.issue.impact]
    risks = [(case, revenue) for case, impact in impacts for revenue in impact.revenue]
    names = [*content.book.catalog.streams]
    names += sorted({str(revenue.stream) for _, revenue in risks}.difference(names))
    streams = [_stream(content, name, [each for each in risks if each[1].stream == name], len(names)) for name in names]
    open_ = [(case, impact) for case, impact in impacts if case.issue.closed is None]
    lost = [(case, share) for case, impact in open_ for share in impact.share]
    shares = Listing("shares", "Lost shares", IMPACT, "impact/shares", lost, at="Lost shares", room=100)
    segments = []
    for name, segment in content.book.catalog.segments.items():
        if reached := [case for case, impact in open_ if name in impact.segments]:
            folder = f"impact/customers/{name}"
            segments.append(Listing("issues", str(segment.title), IMPACT, folder, reached, at="Customers", room=SHORT))
    total = content.fact("book.revenue")
    view = partial(
        dict[str, object],
        total=str(total) if total.value is not None else "",
        streams=streams,
        shares=shares,
        segments=[(segment.title, _reached(content, segment)) for segment in segments],
    )
    page = Page(IMPACT, "Impact", "pages/impact.md.j2", view, content.linker, EXPLORE)
    yield from with_further(page, shares, *(stream.issues for stream in streams), *segments)


def _stream(content: SiteContent, name: str, risks: list[tuple[Case, Revenue]], of: int) -> StreamView:
    known = content.book.catalog.streams
    fact = content.fact("book.revenue", stream=name) if name in known else None
    return StreamView(
        record=known.get(name),
        at_risk=str(fact) if fact and fact.value is not None else "",
        issues=_listing("risks", IMPACT, f"impact/streams/{name}", _title(known, name), risks, of),
    )


def _reached(content: SiteContent, segment: Listing[Case]) -> FirstFew:
    links = [content.linker.issue(case.entry.id) for case in segment.items]
    return some(links, lambda words: segment.to(2, words, content.linker))


# ── files ────────────────────────────────────────────────────────────────────────────────────────────

SHARED_FILES = 20  # listed first, as several issues affect them


class TouchedFile(Struct):
    """A file of the source code with its affected lines and the issues that affect it."""

    source: Source
    at: Place
    lines: set[int] = field(default_factory=set)
    issues: list[str] = field(default_factory=list)


def files_pages(content: SiteContent) -> Iterator[Page]:
    files = _touched(content)
    lines = [(file, few) for file in files for few in _in_lines(file.issues)]
    rows = partial(_file_rows, content)
    listing = Listing("files", "Files", FILES, "files", lines, rows, at="By folder")
    shared = [(file, file.issues) for file in files if len(file.issues) > 1]
    shared.sort(key=lambda each: (-len(each[1]), each[0].at.path))
    view = partial(dict[str, object], total=len(files), shared=list(rows(shared[:SHARED_FILES])), files=listing)
    yield from with_further(Page(FILES, "Files", "pages/files.md.j2", view, content.linker, EXPLORE), listing)


def _touched(content: SiteContent) -> list[TouchedFile]:
    """Every affected file once."""
    found: dict[tuple[str, str], TouchedFile] = {}
    affected = ((name, case.entry.affected) for name, case in content.cases.items() if case.entry.affected)
    for name, record in affected:
        for location in record.locations:
            key = str(location.at.path), str(record.source.repository)
            file = found.setdefault(key, TouchedFile(record.source, location.at))
            file.lines.update(location.at.lines or (0,))
            if name not in file.issues[-1:]:
                file.issues.append(name)
    return [found[key] for key in sorted(found)]


def _in_lines(issues: Sequence[str]) -> Iterator[Sequence[str]]:
    """The issues of a file in portions that fit on a line."""
    issues = sorted(issues, key=natural)
    yield from (issues[at : at + SHORT] for at in range(0, len(issues), SHORT))


def _file_rows(
    content: SiteContent, lines: Sequence[tuple[TouchedFile, Sequence[str]]]
) -> Iterator[tuple[Linked, int, FirstFew]]:
    for file, issues in lines:
        links = [content.linker.issue(name, name, "affected-files") for name in issues]
        target = content.linker.at(file.source).place(file.at).target
        yield Linked(file.at.path, target, code=True), len(file.lines), some(links)


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────────

Piece = tuple[Case, str, Evidence]  # with its name


def evidence_pages(content: SiteContent) -> Iterator[Page]:
    """All evidence of the book, the newest first."""
    every = [(case, name, record) for case in content.cases.values() for name, record in case.entry.evidence.items()]
    every.sort(key=lambda item: (moment(item[2]), item[0].entry.id, item[1]), reverse=True)
    log = Listing("log", "Evidence", EVIDENCE, "evidence", every, _evidence_rows)
    view = partial(dict[str, object], log=log)
    yield from with_further(Page(EVIDENCE, "Evidence", "pages/log.md.j2", view, content.linker, EVIDENCE), log)


def _evidence_rows(pieces: Sequence[Piece]) -> list[tuple[str, EvidenceRow]]:
    return [(case.entry.id, evidence_row(case, name, record)) for case, name, record in pieces]
