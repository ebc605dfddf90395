"""Environments and impact: what is proven where, and what is at risk, each stream of revenue counted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triagebook.facts.case import Case
from triagebook.facts.environments import Standing
from triagebook.markdown import Linked
from triagebook.model.catalog import Environment, Stream
from triagebook.model.defect import Revenue, Share

from .rows import Matrix, matrix
from .see import ENVIRONMENTS, IMPACT, See
from .shelf import Shelf


@dataclass(frozen=True, slots=True)
class Stand:
    """An issue in one environment, with the reason."""

    issue: Linked
    state: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnvironmentView:
    """One environment, and how each open issue stands there."""

    title: str
    record: Environment | None
    required: bool
    counts: list[tuple[str, int]]
    stands: list[Stand]


@dataclass(frozen=True, slots=True)
class AtRisk:
    """What one issue says of a stream."""

    issue: Linked
    open: bool
    record: Revenue
    see: See


@dataclass(frozen=True, slots=True)
class StreamView:
    """A stream of revenue: what it is worth, what is at risk of it, and who says so."""

    title: str
    record: Stream | None
    at_risk: str  # counted once, however many issues endanger it
    issues: list[AtRisk]


@dataclass(frozen=True, slots=True)
class Lost:
    """A share of something that an issue takes away."""

    issue: Linked
    record: Share
    see: See


# ── environments ─────────────────────────────────────────────────────────────────────────────────────


def environments_view(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, ENVIRONMENTS)
    named = {name for case in shelf.open for name in case.environments}
    known = shelf.book.catalog.environments
    places = [*known, *sorted(named.difference(known))]
    everything: Matrix = matrix(shelf, shelf.open, see)
    return {
        "see": see,
        "matrix": everything,
        "environments": [_environment(shelf, name, see) for name in places],
    }


def _environment(shelf: Shelf, name: str, see: See) -> EnvironmentView:
    record = shelf.book.catalog.environments.get(name)
    found = [(case, case.verdict.environments[name]) for case in shelf.open if name in case.environments]
    rank = [Standing.FAILED, Standing.UNKNOWN, Standing.PROVEN]
    found.sort(key=lambda item: rank.index(item[1].state))
    return EnvironmentView(
        title=str(record.title) if record else name,
        record=record,
        required=name in shelf.book.catalog.required,
        counts=[(state.value, sum(there.state is state for _, there in found)) for state in Standing],
        stands=[Stand(see.titled(case.entry.id), there.state.value, there.reasons) for case, there in found],
    )


# ── impact ───────────────────────────────────────────────────────────────────────────────────────────


def impact_view(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, IMPACT)
    total = shelf.fact("book.revenue")
    named = {str(r.stream) for case in shelf.cases.values() for r in _revenue(case)}
    streams = [*shelf.book.catalog.streams, *sorted(named.difference(shelf.book.catalog.streams))]
    return {
        "see": see,
        "total": str(total) if total.value is not None else "",
        "streams": [_stream(shelf, name, see) for name in streams],
        "shares": [
            Lost(see.titled(case.entry.id), share, See(shelf.book, IMPACT, case.entry))
            for case in shelf.open
            for share in (case.issue.impact.share if case.issue.impact else ())
        ],
        "segments": _segments(shelf, see),
    }


def _stream(shelf: Shelf, name: str, see: See) -> StreamView:
    record = shelf.book.catalog.streams.get(name)
    fact = shelf.fact("book.revenue", stream=name) if record else None
    found = [(case, revenue) for case in shelf.ordered for revenue in _revenue(case) if revenue.stream == name]
    return StreamView(
        title=str(record.title) if record else name,
        record=record,
        at_risk=str(fact) if fact and fact.value is not None else "",
        issues=[
            AtRisk(
                see.titled(case.entry.id),
                case.issue.closed is None,
                revenue,
                See(shelf.book, IMPACT, case.entry),
            )
            for case, revenue in found
        ],
    )


def _revenue(case: Case) -> Iterable[Revenue]:
    return case.issue.impact.revenue if case.issue.impact else ()


def _segments(shelf: Shelf, see: See) -> list[tuple[str, list[Linked]]]:
    """Each group of customers with the open issues that reach it."""
    reached = {
        name: [case for case in shelf.open if case.issue.impact and name in case.issue.impact.segments]
        for name in shelf.book.catalog.segments
    }
    titles = shelf.book.catalog.segments
    return [
        (str(titles[name].title), [see.issue(case.entry.id) for case in cases])
        for name, cases in reached.items()
        if cases
    ]
