"""The pages that list issues by what their records name: components, environments, revenue, customers and files.

Also the page of all evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial

from msgspec import Struct, field

from triagebook.book import Book, natural
from triagebook.facts.book_facts import at_risk_in
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.markdown import Linked
from triagebook.model.catalog import Component, Environment, Stream
from triagebook.model.values import Quantity
from triagebook.views.verdict import environment_title

from .content import SiteContent
from .listed import ListedEvidence, ListedIssue, Loss
from .page import Page
from .paging import SHORT, FirstFew, Item, Listing, ListingPage, further, share, some
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
    issues: Sequence[ListedIssue]
    open: int
    total: int
    more: Linked | str  # leads to all of them


def components_pages(content: SiteContent) -> Iterator[Page]:
    view = partial(_components, content)
    yield Page(COMPONENTS, "Components", "pages/components.md.j2", view, content.linker, EXPLORE)
    yield from further(content.linker, EXPLORE, _without_component(content))


def _without_component(content: SiteContent) -> Listing[ListedIssue]:
    none = [issue for issue in content.ordered if not issue.components]
    return _listing("issues", COMPONENTS, "components", "Issues without a component", none)


def _components(content: SiteContent) -> Mapping[str, object]:
    known = content.book.catalog.components
    by_name: dict[str, list[ListedIssue]] = {name: [] for name in known}
    for issue in content.ordered:
        for name in issue.components:
            by_name.setdefault(name, []).append(issue)
    components = [_component(content, name, issues) for name, issues in by_name.items()]
    return {"components": components, "without": _without_component(content).on(1, content.linker)}


def _component(content: SiteContent, name: str, issues: Sequence[ListedIssue]) -> ComponentView:
    known = content.book.catalog.components
    more = content.linker.filtered(f"All {len(issues):,} issues", component=name) if len(issues) > SHOWN else ""
    open_ = sum(issue.closed is None for issue in issues)
    return ComponentView(_title(known, name), known.get(name), issues[:SHOWN], open_, len(issues), more)


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
    issues: Sequence[ListedIssue]


def environments_pages(content: SiteContent) -> Iterator[Page]:
    view = partial(_environments, content)
    yield Page(ENVIRONMENTS, "Environments", "pages/environments.md.j2", view, content.linker, EXPLORE)
    yield from further(content.linker, EXPLORE, _matrix(content))


def _matrix(content: SiteContent) -> Listing[ListedIssue]:
    rows = partial(matrix, content.book)
    return Listing("matrix", "Environments", ENVIRONMENTS, "environments", content.open, rows)


def _environments(content: SiteContent) -> Mapping[str, object]:
    places = [*content.book.catalog.environments]
    places += sorted({name for issue in content.open for name in issue.environments}.difference(places))
    each = [_environment(content, name) for name in places]
    return {"matrix": _matrix(content).on(1, content.linker), "source": content.source, "environments": each}


def matrix(book: Book, issues: Sequence[ListedIssue]) -> Matrix:
    """Issues by environment: those that any issue requires or has evidence from, in the catalog's order."""
    known = book.catalog.environments
    named = {name for issue in issues for name in issue.environments}
    places = [*(name for name in known if name in named), *sorted(named.difference(known))]
    return Matrix({name: environment_title(book, name) for name in places}, issues)


def _environment(content: SiteContent, name: str) -> EnvironmentView:
    states = Counter(issue.environments[name] for issue in content.open if name in issue.environments)
    counts = [
        content.linker.filtered(
            f"{states[state.value]:,} {state.value}", state="open", environment=f"{name}:{state.value}"
        )
        for state in EnvironmentStatus
        if states[state.value]
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
    issues: ListingPage


Risk = tuple[ListedIssue, Loss]


class Losses(Struct, frozen=True):
    """What issues put at risk, by stream, and what open ones cost."""

    streams: Mapping[str, Listing[Risk]]
    shares: Listing[Risk]
    segments: Sequence[Listing[ListedIssue]]


def impact_pages(content: SiteContent) -> Iterator[Page]:
    yield Page(IMPACT, "Impact", "pages/impact.md.j2", partial(_impact, content), content.linker, EXPLORE)
    losses = _losses(content)
    yield from further(content.linker, EXPLORE, losses.shares, *losses.streams.values(), *losses.segments)


def _losses(content: SiteContent) -> Losses:
    risks = [(issue, risk) for issue in content.ordered for risk in issue.revenue]
    known = content.book.catalog.streams
    by_name: dict[str, list[Risk]] = {name: [] for name in [*known, *sorted({risk.of for _, risk in risks} - {*known})]}
    for issue, risk in risks:
        by_name[risk.of].append((issue, risk))
    streams = {
        name: _listing("risks", IMPACT, f"impact/streams/{name}", _title(known, name), own, len(by_name))
        for name, own in by_name.items()
    }
    lost = [(issue, share) for issue in content.open for share in issue.shares]
    shares = Listing("shares", "Lost shares", IMPACT, "impact/shares", lost, at="Lost shares")
    segments = []
    for name, segment in content.book.catalog.segments.items():
        if reached := [issue for issue in content.open if name in issue.segments]:
            folder = f"impact/customers/{name}"
            segments.append(Listing("issues", str(segment.title), IMPACT, folder, reached, at="Customers", room=SHORT))
    return Losses(streams, shares, segments)


def _impact(content: SiteContent) -> Mapping[str, object]:
    losses = _losses(content)
    risks = [risk for listing in losses.streams.values() for risk in listing.items]
    return {
        "total": _at_risk(risks),
        "streams": [_stream(content, name, listing) for name, listing in losses.streams.items()],
        "shares": losses.shares.on(1, content.linker),
        "segments": [(segment.title, _reached(content, segment)) for segment in losses.segments],
    }


def _at_risk(risks: Sequence[Risk]) -> str:
    """What open issues put at risk, as the fact `book.revenue` says it; empty if it is unknown."""
    amounts: dict[str, list[Quantity]] = {}
    for issue, risk in sorted(risks, key=lambda risk: risk[0].id):
        if issue.closed is None:
            amounts.setdefault(risk.of, []).append(Quantity.parse(risk.amount))
    return str(at_risk_in(amounts.values()) or "")


def _stream(content: SiteContent, name: str, listing: Listing[Risk]) -> StreamView:
    known = content.book.catalog.streams
    return StreamView(
        record=known.get(name),
        at_risk=_at_risk(listing.items) if name in known else "",
        issues=listing.on(1, content.linker),
    )


def _reached(content: SiteContent, segment: Listing[ListedIssue]) -> FirstFew:
    links = [content.linker.issue(issue.id) for issue in segment.items]
    return some(links, lambda words: segment.to(2, words, content.linker))


# ── files ────────────────────────────────────────────────────────────────────────────────────────────

SHARED_FILES = 20  # listed first, as several issues affect them


class TouchedFile(Struct):
    """A file of the source code with its affected lines and the issues that affect it."""

    path: str
    target: str | None
    lines: set[int] = field(default_factory=set)
    issues: list[str] = field(default_factory=list)


def files_pages(content: SiteContent) -> Iterator[Page]:
    yield Page(FILES, "Files", "pages/files.md.j2", partial(_files, content), content.linker, EXPLORE)
    yield from further(content.linker, EXPLORE, _by_folder(content, _touched(content)))


def _by_folder(content: SiteContent, files: Sequence[TouchedFile]) -> Listing[tuple[TouchedFile, Sequence[str]]]:
    lines = [(file, few) for file in files for few in _in_lines(file.issues)]
    return Listing("files", "Files", FILES, "files", lines, partial(_file_rows, content), at="By folder")


def _files(content: SiteContent) -> Mapping[str, object]:
    files = _touched(content)
    shared = [(file, file.issues) for file in files if len(file.issues) > 1]
    shared.sort(key=lambda each: (-len(each[1]), each[0].path))
    rows, listing = _file_rows(content, shared[:SHARED_FILES]), _by_folder(content, files).on(1, content.linker)
    return {"total": len(files), "shared": rows, "files": listing}


@lru_cache(maxsize=1)  # several pages ask
def _touched(content: SiteContent) -> list[TouchedFile]:
    """Every affected file once."""
    found: dict[tuple[str, str], TouchedFile] = {}
    for issue in content.listed.values():
        for one in issue.files:
            file = found.setdefault((one.path, one.repository), TouchedFile(one.path, one.target))
            file.lines.update(one.lines or (0,))
            if issue.id not in file.issues[-1:]:
                file.issues.append(issue.id)
    return [found[key] for key in sorted(found)]


def _in_lines(issues: Sequence[str]) -> Iterator[Sequence[str]]:
    """The issues of a file in portions that fit on a line."""
    issues = sorted(issues, key=natural)
    yield from (issues[at : at + SHORT] for at in range(0, len(issues), SHORT))


def _file_rows(
    content: SiteContent, lines: Sequence[tuple[TouchedFile, Sequence[str]]]
) -> list[tuple[Linked, int, FirstFew]]:
    def links(issues: Sequence[str]) -> FirstFew:
        return some([content.linker.issue(name, name, "affected-files") for name in issues])

    return [(Linked(file.path, file.target, code=True), len(file.lines), links(issues)) for file, issues in lines]


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────────


def evidence_pages(content: SiteContent) -> Iterator[Page]:
    """All evidence of the book, the newest first."""
    linker = content.linker
    yield Page(EVIDENCE, "Evidence", "pages/log.md.j2", lambda: {"log": _log(content).on(1, linker)}, linker, EVIDENCE)
    yield from further(linker, EVIDENCE, _log(content))


def _log(content: SiteContent) -> Listing[tuple[str, ListedEvidence]]:
    every = [(issue.id, piece) for issue in content.listed.values() for piece in issue.evidence]
    every.sort(key=lambda item: (item[1].moment, item[0], item[1].name), reverse=True)
    return Listing("log", "Evidence", EVIDENCE, "evidence", every)
