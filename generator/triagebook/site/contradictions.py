"""The pages of contradictions: what documents state, by kind and by issue, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from triagebook.facts.case import Case
from triagebook.markdown import Linked, fill
from triagebook.model.base import Prose
from triagebook.model.issue import Contradiction

from .claims import ClaimView, by_kind, claim_view, name_of, title_of
from .content import SiteContent, lookup_of
from .linker import Linker
from .page import Page
from .paging import FirstFew, Listing, further, some
from .paths import CONTRADICTIONS, kind_path


class KindOfContradiction(Struct, frozen=True):
    """A kind of contradiction: how often, and in which issues."""

    link: Linked
    number: int
    issues: FirstFew


class ClaimsOfIssue(Struct, frozen=True):
    """What was stated about one issue."""

    issue: Linked
    linker: Linker
    claims: list[ClaimView]


class ClaimCounts(Struct, frozen=True):
    """How many statements about an issue hold, and how many do not."""

    issue: Linked
    total: int
    contradicted: int
    standings: dict[str, int]


Said = tuple[Case, ClaimView]

STANDINGS = ("holds", "restates its source", "unproven")


def contradictions_pages(content: SiteContent) -> Iterator[Page]:
    cases = [case for case in content.ordered if case.claims]
    title = "By issue"
    counts = Listing("counts", "Contradictions", CONTRADICTIONS, "contradictions", cases, _counts, at=title)
    view = partial(_contradictions, content, counts)
    yield Page(CONTRADICTIONS, "Contradictions", "pages/contradictions.md.j2", view, CONTRADICTIONS)
    yield from further(content.book, CONTRADICTIONS, counts)
    for kind in _kinds(cases):
        yield from _kind_pages(content, kind, cases)


def _kinds(cases: Sequence[Case]) -> list[str]:
    """The kinds that occur, and `statements` for what is not contradicted."""
    found = {state.claim.kind for case in cases for state in case.claims if state.contradiction}
    rest = any(not state.contradiction for case in cases for state in case.claims)
    return [name_of(kind) for kind in (*Contradiction, None) if kind in found] + (["statements"] if rest else [])


def _contradictions(content: SiteContent, counts: Listing[Case]) -> Mapping[str, object]:
    link = Linker(content.book, CONTRADICTIONS)
    cases = counts.items
    found = _kinds(cases)
    return {
        "see": link,
        "total": sum(len(case.claims) for case in cases),
        "contradicted": sum(state.contradiction for case in cases for state in case.claims),
        "kinds": [_kind_row(kind, cases, link) for kind in found if kind != "statements"],
        "rest": link.to(kind_path("statements"), "The other statements") if "statements" in found else "",
        "counts": counts.part(link),
    }


def _kind_row(kind: str, cases: Sequence[Case], link: Linker) -> KindOfContradiction:
    found = {case.entry.id: len(of_it) for case in cases if (of_it := _of_kind(case, kind))}
    title = kind_title(kind)
    links = [link.issue_at(issue_id, issue_id, title) for issue_id in found]
    page = kind_path(kind)
    return KindOfContradiction(link.to(page, title), sum(found.values()), some(links, partial(link.to, page)))


def _counts(cases: Sequence[Case], link: Linker) -> list[ClaimCounts]:
    return [_count(case, link) for case in cases]


def _count(case: Case, link: Linker) -> ClaimCounts:
    words = [state.status.value for state in case.claims if not state.contradiction]
    return ClaimCounts(
        issue=link.issue_at(case.entry.id, f"{case.entry.id} · {case.issue.title}", "contradictions"),
        total=len(case.claims),
        contradicted=len(case.claims) - len(words),
        standings={word: words.count(word) for word in STANDINGS},
    )


def _kind_pages(content: SiteContent, kind: str, cases: Sequence[Case]) -> Iterator[Page]:
    """All statements of one kind, by issue."""
    title, page = kind_title(kind), kind_path(kind)
    found = [(case, claim) for case in cases for claim in _of_kind(case, kind)]
    said = Listing("claims", title, page, page.removesuffix(".md"), found, _of_issues)
    yield Page(page, title, "pages/kind.md.j2", partial(_kind, content, said), CONTRADICTIONS)
    yield from further(content.book, CONTRADICTIONS, said)


def _kind(content: SiteContent, said: Listing[Said]) -> Mapping[str, object]:
    link = Linker(content.book, said.begins)
    return {"see": link, "title": said.title, "part": said.part(link)}


def _of_issues(said: Sequence[Said], link: Linker) -> list[ClaimsOfIssue]:
    return [
        ClaimsOfIssue(link.titled(case.entry.id), link.of(case.entry), [_filled(claim, case) for _, claim in claims])
        for case, claims in groupby(said, key=lambda each: each[0])
    ]


def _filled(view: ClaimView, case: Case) -> ClaimView:
    """A statement whose prose has the figures of its own issue, as it stands on a page with others."""
    if view.claim.disputed is None:
        return view
    disputed = Prose(fill(view.claim.disputed, lookup_of(case)))
    return replace(view, claim=view.claim.model_copy(update={"disputed": disputed}))


def _of_kind(case: Case, kind: str) -> list[ClaimView]:
    if kind == "statements":
        return [claim_view(state) for state in case.claims if not state.contradiction]
    groups = by_kind(state for state in case.claims if state.contradiction)
    return next((group.claims for group in groups if group.kind == kind), [])


def kind_title(kind: str) -> str:
    if kind == "statements":
        return "Statements that are not contradicted"
    return title_of(Contradiction(kind) if kind in set(Contradiction) else None)
