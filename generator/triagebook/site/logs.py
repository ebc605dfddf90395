"""What was seen and what was said, of all issues: the log of evidence, and the contradictions by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from triagebook.facts.case import Case
from triagebook.facts.weight import moment
from triagebook.markdown import Linked, fill
from triagebook.model.base import Prose
from triagebook.model.issue import Contradiction

from .claims import ClaimView, by_kind, claim_view, name_of, title_of
from .see import CONTRADICTIONS, EVIDENCE, See, kind_path
from .seen import EvidenceView, evidence_view
from .shelf import Shelf, lookup_of

MOST = 1000  # pieces of evidence on the page; the older ones stand with their issues


@dataclass(frozen=True, slots=True)
class LogRow:
    """A piece of evidence, and the issue it belongs to."""

    issue: Linked
    seen: EvidenceView
    environment: object


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of contradiction: how often, and in which issues."""

    link: Linked
    number: int
    issues: list[Linked]


@dataclass(frozen=True, slots=True)
class OfIssue:
    """What was stated about one issue."""

    issue: Linked
    see: See
    claims: list[ClaimView]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many statements about an issue hold, and how many do not."""

    issue: Linked
    total: int
    contradicted: int
    standings: list[int]


STANDINGS = ("holds", "restates its source", "unproven")


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────────


def evidence_log(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, EVIDENCE)
    every = [(case, name, record) for case in shelf.cases.values() for name, record in case.entry.evidence.items()]
    every.sort(key=lambda item: (moment(item[2]), item[0].entry.id, item[1]), reverse=True)
    return {
        "see": see,
        "total": len(every),
        "rows": [
            LogRow(
                see.issue(case.entry.id),
                evidence_view(case, name, record, see),
                see(record.environment) if record.environment else "",
            )
            for case, name, record in every[:MOST]
        ],
    }


# ── contradictions ───────────────────────────────────────────────────────────────────────────────────


def kinds(shelf: Shelf) -> list[str]:
    """The kinds that occur, and `statements` for what is not contradicted."""
    found = {state.claim.kind for case in shelf.cases.values() for state in case.claims if state.contradiction}
    rest = any(not state.contradiction for case in shelf.cases.values() for state in case.claims)
    return [name_of(kind) for kind in (*Contradiction, None) if kind in found] + (["statements"] if rest else [])


def contradictions_view(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, CONTRADICTIONS)
    cases = [case for case in shelf.ordered if case.claims]
    return {
        "see": see,
        "total": sum(len(case.claims) for case in cases),
        "contradicted": sum(state.contradiction for case in cases for state in case.claims),
        "kinds": [_kind_row(kind, cases, see) for kind in kinds(shelf) if kind != "statements"],
        "rest": see.to(kind_path("statements"), "The other statements") if "statements" in kinds(shelf) else "",
        "issues": [_tally(case, see) for case in cases],
        "standings": STANDINGS,
    }


def _kind_row(kind: str, cases: list[Case], see: See) -> KindRow:
    found = [(case, len(_of_kind(case, kind))) for case in cases]
    return KindRow(
        link=see.to(kind_path(kind), kind_title(kind)),
        number=sum(number for _, number in found),
        issues=[see.issue_at(case.entry.id, case.entry.id, kind_title(kind)) for case, number in found if number],
    )


def _tally(case: Case, see: See) -> Tally:
    words = [state.standing.value for state in case.claims if not state.contradiction]
    return Tally(
        issue=see.issue_at(case.entry.id, f"{case.entry.id} · {case.issue.title}", "contradictions"),
        total=len(case.claims),
        contradicted=len(case.claims) - len(words),
        standings=[words.count(word) for word in STANDINGS],
    )


def kind_view(shelf: Shelf, kind: str) -> Mapping[str, object]:
    """All statements of one kind, by issue."""
    found = ((case, _of_kind(case, kind)) for case in shelf.ordered)
    return {
        "see": See(shelf.book, kind_path(kind)),
        "title": kind_title(kind),
        "kind": kind,
        "issues": [
            OfIssue(
                See(shelf.book, kind_path(kind)).titled(case.entry.id),
                See(shelf.book, kind_path(kind), case.entry),
                [_filled(view, case) for view in claims],
            )
            for case, claims in found
            if claims
        ],
    }


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
