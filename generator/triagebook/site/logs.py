"""What was seen and what was said, of all issues: the log of evidence, and the contradictions by kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from triagebook.facts.case import Case
from triagebook.facts.weight import moment
from triagebook.markdown import Linked, fill
from triagebook.model.base import Prose
from triagebook.model.evidence import Evidence
from triagebook.model.issue import Contradiction

from .claims import ClaimView, by_kind, claim_view, name_of, title_of
from .page import Page
from .paging import Listing, Some, further, some
from .see import CONTRADICTIONS, EVIDENCE, See, kind_path
from .seen import EvidenceView, evidence_view
from .shelf import Shelf, lookup_of


class LogRow(Struct, frozen=True):
    """A piece of evidence, and the issue it belongs to."""

    issue: Linked
    seen: EvidenceView
    environment: object


class KindRow(Struct, frozen=True):
    """A kind of contradiction: how often, and in which issues."""

    link: Linked
    number: int
    issues: Some


class OfIssue(Struct, frozen=True):
    """What was stated about one issue."""

    issue: Linked
    see: See
    claims: list[ClaimView]


class Tally(Struct, frozen=True):
    """How many statements about an issue hold, and how many do not."""

    issue: Linked
    total: int
    contradicted: int
    standings: dict[str, int]


Piece = tuple[Case, str, Evidence]  # with its name
Said = tuple[Case, ClaimView]

STANDINGS = ("holds", "restates its source", "unproven")


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────────


def evidence_pages(shelf: Shelf) -> Iterator[Page]:
    every = [(case, name, record) for case in shelf.cases.values() for name, record in case.entry.evidence.items()]
    every.sort(key=lambda item: (moment(item[2]), item[0].entry.id, item[1]), reverse=True)
    log = Listing("log", "Evidence", EVIDENCE, "evidence", every, _log_rows)
    yield Page(EVIDENCE, "Evidence", "pages/log.md.j2", partial(_evidence, shelf, log), EVIDENCE)
    yield from further(shelf.book, EVIDENCE, log)


def _evidence(shelf: Shelf, log: Listing[Piece]) -> Mapping[str, object]:
    see = See(shelf.book, EVIDENCE)
    return {"see": see, "log": log.part(see)}


def _log_rows(pieces: Sequence[Piece], see: See) -> list[LogRow]:
    return [
        LogRow(
            see.issue(case.entry.id),
            evidence_view(case, name, record, see),
            see(record.environment) if record.environment else "",
        )
        for case, name, record in pieces
    ]


# ── contradictions ───────────────────────────────────────────────────────────────────────────────────


def contradictions_pages(shelf: Shelf) -> Iterator[Page]:
    cases = [case for case in shelf.ordered if case.claims]
    title = "By issue"
    tallies = Listing("tallies", "Contradictions", CONTRADICTIONS, "contradictions", cases, _tallies, at=title)
    view = partial(_contradictions, shelf, tallies)
    yield Page(CONTRADICTIONS, "Contradictions", "pages/contradictions.md.j2", view, CONTRADICTIONS)
    yield from further(shelf.book, CONTRADICTIONS, tallies)
    for kind in _kinds(cases):
        yield from _kind_pages(shelf, kind, cases)


def _kinds(cases: Sequence[Case]) -> list[str]:
    """The kinds that occur, and `statements` for what is not contradicted."""
    found = {state.claim.kind for case in cases for state in case.claims if state.contradiction}
    rest = any(not state.contradiction for case in cases for state in case.claims)
    return [name_of(kind) for kind in (*Contradiction, None) if kind in found] + (["statements"] if rest else [])


def _contradictions(shelf: Shelf, tallies: Listing[Case]) -> Mapping[str, object]:
    see = See(shelf.book, CONTRADICTIONS)
    cases = tallies.items
    found = _kinds(cases)
    return {
        "see": see,
        "total": sum(len(case.claims) for case in cases),
        "contradicted": sum(state.contradiction for case in cases for state in case.claims),
        "kinds": [_kind_row(kind, cases, see) for kind in found if kind != "statements"],
        "rest": see.to(kind_path("statements"), "The other statements") if "statements" in found else "",
        "tallies": tallies.part(see),
    }


def _kind_row(kind: str, cases: Sequence[Case], see: See) -> KindRow:
    found = {case.entry.id: len(of_it) for case in cases if (of_it := _of_kind(case, kind))}
    title = kind_title(kind)
    links = [see.issue_at(issue_id, issue_id, title) for issue_id in found]
    page = kind_path(kind)
    return KindRow(see.to(page, title), sum(found.values()), some(links, partial(see.to, page)))


def _tallies(cases: Sequence[Case], see: See) -> list[Tally]:
    return [_tally(case, see) for case in cases]


def _tally(case: Case, see: See) -> Tally:
    words = [state.standing.value for state in case.claims if not state.contradiction]
    return Tally(
        issue=see.issue_at(case.entry.id, f"{case.entry.id} · {case.issue.title}", "contradictions"),
        total=len(case.claims),
        contradicted=len(case.claims) - len(words),
        standings={word: words.count(word) for word in STANDINGS},
    )


def _kind_pages(shelf: Shelf, kind: str, cases: Sequence[Case]) -> Iterator[Page]:
    """All statements of one kind, by issue."""
    title, page = kind_title(kind), kind_path(kind)
    found = [(case, claim) for case in cases for claim in _of_kind(case, kind)]
    said = Listing("claims", title, page, page.removesuffix(".md"), found, _of_issues)
    yield Page(page, title, "pages/kind.md.j2", partial(_kind, shelf, said), CONTRADICTIONS)
    yield from further(shelf.book, CONTRADICTIONS, said)


def _kind(shelf: Shelf, said: Listing[Said]) -> Mapping[str, object]:
    see = See(shelf.book, said.begins)
    return {"see": see, "title": said.title, "part": said.part(see)}


def _of_issues(said: Sequence[Said], see: See) -> list[OfIssue]:
    return [
        OfIssue(see.titled(case.entry.id), see.of(case.entry), [_filled(claim, case) for _, claim in claims])
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
