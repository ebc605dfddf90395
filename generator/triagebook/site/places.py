"""Environments and impact: what is proven where, and what is at risk, each stream of revenue counted once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.environments import Standing
from triagebook.markdown import Linked
from triagebook.model.catalog import Environment, Stream
from triagebook.model.defect import Revenue, Share

from .page import Page
from .paging import SHORT, Listing, Part, Some, further, share, some
from .rows import issue_rows, matrix
from .see import BOOK, ENVIRONMENTS, IMPACT, See
from .shelf import Shelf

_WORST_FIRST = (Standing.FAILED, Standing.UNKNOWN, Standing.PROVEN)


class Stand(Struct, frozen=True):
    """An issue in one environment, with the reason."""

    issue: Linked
    state: str
    why: tuple[str, ...]


class EnvironmentView(Struct, frozen=True):
    """One environment, and how each open issue stands there."""

    title: str
    record: Environment | None
    required: bool
    counts: list[tuple[str, int]]
    stands: Part


class AtRisk(Struct, frozen=True):
    """What one issue says of a stream."""

    issue: Linked
    open: bool
    record: Revenue
    see: See


class StreamView(Struct, frozen=True):
    """A stream of revenue: what it is worth, what is at risk of it, and who says so."""

    title: str
    record: Stream | None
    at_risk: str  # counted once, however many issues endanger it
    issues: Part


class Lost(Struct, frozen=True):
    """A share of something that an issue takes away."""

    issue: Linked
    record: Share
    see: See


# ── environments ─────────────────────────────────────────────────────────────────────────────────────


def environments_pages(shelf: Shelf) -> Iterator[Page]:
    named = {name for case in shelf.open for name in case.environments}
    known = shelf.book.catalog.environments
    places = [*known, *sorted(named.difference(known))]
    everywhere = Listing("matrix", "Environments", ENVIRONMENTS, "environments", shelf.open, matrix, room=100)
    each = {name: _stands(shelf, name, share(len(places))) for name in places}
    view = partial(_environments, shelf, everywhere, each)
    yield Page(ENVIRONMENTS, "Environments", "pages/environments.md.j2", view, BOOK)
    yield from further(shelf.book, BOOK, everywhere, *each.values())


def _environments(
    shelf: Shelf, everywhere: Listing[Case], each: Mapping[str, Listing[tuple[Case, str]]]
) -> Mapping[str, object]:
    see = See(shelf.book, ENVIRONMENTS)
    return {
        "see": see,
        "matrix": everywhere.part(see),
        "environments": [_environment(shelf, name, stands, see) for name, stands in each.items()],
    }


def _stands(shelf: Shelf, name: str, room: int) -> Listing[tuple[Case, str]]:
    record = shelf.book.catalog.environments.get(name)
    title = str(record.title) if record else name
    found = [(case, name) for case in shelf.open if name in case.environments]
    found.sort(key=lambda item: _WORST_FIRST.index(item[0].verdict.environments[name].state))
    return Listing("stands", title, ENVIRONMENTS, f"environments/{name}", found, _stand_rows, at=title, room=room)


def _stand_rows(found: Sequence[tuple[Case, str]], see: See) -> list[Stand]:
    there = ((case, case.verdict.environments[name]) for case, name in found)
    return [Stand(see.titled(case.entry.id), stand.state.value, stand.reasons) for case, stand in there]


def _environment(shelf: Shelf, name: str, stands: Listing[tuple[Case, str]], see: See) -> EnvironmentView:
    states = [case.verdict.environments[name].state for case, _ in stands.items]
    return EnvironmentView(
        title=stands.title,
        record=shelf.book.catalog.environments.get(name),
        required=name in shelf.book.catalog.required,
        counts=[(state.value, states.count(state)) for state in Standing],
        stands=stands.part(see),
    )


# ── impact ───────────────────────────────────────────────────────────────────────────────────────────


def impact_pages(shelf: Shelf) -> Iterator[Page]:
    named = {str(revenue.stream) for case in shelf.cases.values() for revenue in _revenue(case)}
    known = shelf.book.catalog.streams
    names = [*known, *sorted(named.difference(known))]
    streams = {name: _risks(shelf, name, share(len(names))) for name in names}
    shares = _shares(shelf)
    segments = [segment for segment in map(partial(_segment, shelf), shelf.book.catalog.segments) if segment.items]
    view = partial(_impact, shelf, streams, shares, segments)
    yield Page(IMPACT, "Impact", "pages/impact.md.j2", view, BOOK)
    yield from further(shelf.book, BOOK, shares, *streams.values(), *segments)


def _impact(
    shelf: Shelf,
    streams: Mapping[str, Listing[tuple[Case, Revenue]]],
    shares: Listing[tuple[Case, Share]],
    segments: Sequence[Listing[Case]],
) -> Mapping[str, object]:
    see = See(shelf.book, IMPACT)
    total = shelf.fact("book.revenue")
    return {
        "see": see,
        "total": str(total) if total.value is not None else "",
        "streams": [_stream(shelf, name, risks, see) for name, risks in streams.items()],
        "shares": shares.part(see),
        "segments": [(segment.title, _reached(segment, see)) for segment in segments],
    }


def _risks(shelf: Shelf, name: str, room: int) -> Listing[tuple[Case, Revenue]]:
    record = shelf.book.catalog.streams.get(name)
    title = str(record.title) if record else name
    found = [(case, revenue) for case in shelf.ordered for revenue in _revenue(case) if revenue.stream == name]
    return Listing("risks", title, IMPACT, f"impact/streams/{name}", found, _risk_rows, at=title, room=room)


def _risk_rows(found: Sequence[tuple[Case, Revenue]], see: See) -> list[AtRisk]:
    return [
        AtRisk(see.titled(case.entry.id), case.issue.closed is None, revenue, see.of(case.entry))
        for case, revenue in found
    ]


def _stream(shelf: Shelf, name: str, risks: Listing[tuple[Case, Revenue]], see: See) -> StreamView:
    record = shelf.book.catalog.streams.get(name)
    fact = shelf.fact("book.revenue", stream=name) if record else None
    return StreamView(
        title=risks.title,
        record=record,
        at_risk=str(fact) if fact and fact.value is not None else "",
        issues=risks.part(see),
    )


def _shares(shelf: Shelf) -> Listing[tuple[Case, Share]]:
    found = [(case, lost) for case in shelf.open for lost in (case.issue.impact.share if case.issue.impact else ())]
    title = "Shares that are lost"
    return Listing("shares", title, IMPACT, "impact/shares", found, _share_rows, at=title, room=100)


def _share_rows(found: Sequence[tuple[Case, Share]], see: See) -> list[Lost]:
    return [Lost(see.titled(case.entry.id), lost, see.of(case.entry)) for case, lost in found]


def _revenue(case: Case) -> Sequence[Revenue]:
    return case.issue.impact.revenue if case.issue.impact else ()


def _segment(shelf: Shelf, name: str) -> Listing[Case]:
    """A group of customers with the open issues that reach it."""
    reached = [case for case in shelf.open if case.issue.impact and name in case.issue.impact.segments]
    title = str(shelf.book.catalog.segments[name].title)
    folder = f"impact/customers/{name}"
    return Listing("issues", title, IMPACT, folder, reached, issue_rows, at="Customers", room=SHORT)


def _reached(segment: Listing[Case], see: See) -> Some:
    return some([see.issue(case.entry.id) for case in segment.items], lambda words: segment.to(2, words, see))
