"""The page of impact: the revenue and customers at risk, each stream of revenue counted once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.model.catalog import Stream
from triagebook.model.defect import Revenue, Share

from .content import SiteContent
from .linker import Linker
from .page import Page
from .paging import SHORT, FirstFew, Listing, ListingPart, further, share, some
from .paths import BOOK, IMPACT


class StreamView(Struct, frozen=True):
    """A revenue stream: its worth, and what issues put at risk."""

    title: str
    record: Stream | None
    at_risk: str  # counted once for all issues
    issues: ListingPart


def impact_pages(content: SiteContent) -> Iterator[Page]:
    named = {str(revenue.stream) for case in content.cases.values() for revenue in _revenue(case)}
    known = content.book.catalog.streams
    names = [*known, *sorted(named.difference(known))]
    streams = {name: _risks(content, name, share(len(names))) for name in names}
    shares = _shares(content)
    segments = [segment for segment in map(partial(_segment, content), content.book.catalog.segments) if segment.items]
    view = partial(_impact, content, streams, shares, segments)
    yield Page(content.link(IMPACT), "Impact", "pages/impact.md.j2", view, BOOK)
    yield from further(content.book, BOOK, shares, *streams.values(), *segments)


def _impact(
    content: SiteContent,
    streams: Mapping[str, Listing[tuple[Case, Revenue]]],
    shares: Listing[tuple[Case, Share]],
    segments: Sequence[Listing[Case]],
    link: Linker,
) -> Mapping[str, object]:
    total = content.fact("book.revenue")
    return {
        "total": str(total) if total.value is not None else "",
        "streams": [_stream(content, name, risks, link) for name, risks in streams.items()],
        "shares": shares.part(link),
        "segments": [(segment.title, _reached(segment, link)) for segment in segments],
    }


def _risks(content: SiteContent, name: str, room: int) -> Listing[tuple[Case, Revenue]]:
    record = content.book.catalog.streams.get(name)
    title = str(record.title) if record else name
    found = [(case, revenue) for case in content.ordered for revenue in _revenue(case) if revenue.stream == name]
    return Listing("risks", title, IMPACT, f"impact/streams/{name}", found, at=title, room=room)


def _stream(content: SiteContent, name: str, risks: Listing[tuple[Case, Revenue]], link: Linker) -> StreamView:
    record = content.book.catalog.streams.get(name)
    fact = content.fact("book.revenue", stream=name) if record else None
    return StreamView(
        title=risks.title,
        record=record,
        at_risk=str(fact) if fact and fact.value is not None else "",
        issues=risks.part(link),
    )


def _shares(content: SiteContent) -> Listing[tuple[Case, Share]]:
    found = [(case, lost) for case in content.open for lost in (case.issue.impact.share if case.issue.impact else ())]
    title = "Lost shares"
    return Listing("shares", title, IMPACT, "impact/shares", found, at=title, room=100)


def _revenue(case: Case) -> Sequence[Revenue]:
    return case.issue.impact.revenue if case.issue.impact else ()


def _segment(content: SiteContent, name: str) -> Listing[Case]:
    """A customer segment with the open issues that affect it."""
    reached = [case for case in content.open if case.issue.impact and name in case.issue.impact.segments]
    title = str(content.book.catalog.segments[name].title)
    folder = f"impact/customers/{name}"
    return Listing("issues", title, IMPACT, folder, reached, at="Customers", room=SHORT)


def _reached(segment: Listing[Case], link: Linker) -> FirstFew:
    return some([link.issue(case.entry.id) for case in segment.items], lambda words: segment.to(2, words, link))
