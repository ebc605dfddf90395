"""Facts about a whole book."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Protocol

from triagebook.book import Book
from triagebook.model.defect import Revenue, Severity
from triagebook.model.document import Contradiction
from triagebook.model.evidence import Grade
from triagebook.model.values import Quantity

from .base.fact import Computed, Origin, UnknownFactError, definitions_in, fact, issue_origin, number_of
from .base.record_facts import evidence_like, larger, total
from .case import Case
from .claims import ClaimStatus
from .verdict.criteria import Answer
from .verdict.environments import EnvironmentStatus
from .verdict.stages import Stage


class Cases(Protocol):
    """What the facts of a book are computed from: its cases, all or the open ones."""

    book: Book

    @property
    def cases(self) -> Mapping[str, Case]: ...

    @property
    def open(self) -> list[Case]: ...


def _refuse_unknown(kind: str, value: str | None, known: Iterable[str]) -> None:
    """A value that nothing can have is a spelling mistake; counting it would give a misleading 0."""
    names = list(known)
    if value is not None and value not in names:
        raise UnknownFactError(f"there is no {kind} `{value}`; known are {', '.join(names) or 'none'}")


# ── issues ───────────────────────────────────────────────────────────────────────────────────────────


def _state_of(case: Case) -> str:
    return "open" if case.issue.closed is None else "closed"


@fact("book.issues", "Issues", "issues")
def issues(
    inquiry: Cases,
    state: str | None = None,
    severity: str | None = None,
    stage: str | None = None,
    component: str | None = None,
    pattern: str | None = None,
) -> Computed:
    _refuse_unknown("state", state, ["open", "closed"])
    _refuse_unknown("severity", severity, Severity)
    _refuse_unknown("stage", stage, Stage)
    _refuse_unknown("component", component, inquiry.book.names("component"))
    _refuse_unknown("pattern", pattern, inquiry.book.names("pattern"))
    found = [
        case
        for case in inquiry.cases.values()
        if state in {None, _state_of(case)}
        and severity in {None, case.issue.severity.value}
        and (component is None or component in case.issue.components)
        and (pattern is None or pattern in [cause.pattern for cause in case.issue.possible_causes])
        and stage in {None, stage and case.verdict.stage.value}
    ]
    return Computed(len(found), tuple(Origin(case.file) for case in found))


# ── environments ─────────────────────────────────────────────────────────────────────────────────────


@fact(
    "book.environments",
    "Environments where the fix of an open issue must be proven, each once an issue",
    "environments",
)
def environments(inquiry: Cases, state: str | None = None, environment: str | None = None) -> Computed:
    _refuse_unknown("state", state, EnvironmentStatus)
    _refuse_unknown("environment", environment, inquiry.book.names("environment"))
    required = [(case, name) for case in inquiry.open for name in case.ledger.required_environments]
    found = [
        Origin(case.file)
        for case, name in required
        if environment in {None, name} and state in {None, state and case.verdict.environments[name].state.value}
    ]
    return number_of(found, required, "nothing says where a fix must be proven")


# ── revenue ──────────────────────────────────────────────────────────────────────────────────────────


@fact("book.revenue", "Revenue at risk: a stream counts once, with its largest figure, however many issues endanger it")
def revenue(inquiry: Cases, stream: str | None = None, state: str = "open") -> Computed:
    _refuse_unknown("revenue stream", stream, inquiry.book.names("revenue stream"))
    _refuse_unknown("state", state, ["open", "closed", "any"])
    chosen: dict[str, list[tuple[Case, int, Revenue]]] = {}
    for case in inquiry.cases.values():
        if state in {"any", _state_of(case)} and case.issue.impact:
            for index, risk in enumerate(case.issue.impact.revenue):
                if stream in {None, str(risk.stream)}:
                    chosen.setdefault(str(risk.stream), []).append((case, index, risk))
    if not chosen:
        return Computed(None, why_unknown="no revenue at risk is recorded")
    origins = tuple(
        issue_origin(case.entry, "impact", "revenue", index)
        for entries in chosen.values()
        for case, index, _ in entries
    )
    sum_ = at_risk_in([risk.at_risk for _, _, risk in entries] for entries in chosen.values())
    return Computed(sum_, origins, why_unknown="" if sum_ else "the amounts are of different units")


def at_risk_in(streams: Iterable[Iterable[Quantity]]) -> Quantity | None:
    """The sum of the largest amount of each stream; None if there is none, or they are of different units."""
    amounts = list(map(_largest, streams))
    known = [amount for amount in amounts if amount is not None]
    return total(known) if known and len(known) == len(amounts) else None


def _largest(amounts: Iterable[Quantity]) -> Quantity | None:
    first, *others = amounts
    for other in others:
        if other.into(first.unit) is None:
            return None
        first = larger(first, other)
    return first


# ── claims, evidence and criteria ──────────────────────────────────────────────────────────────


def _claims(inquiry: Cases, status: str | None, kind: str | None, *, only_contradictions: bool) -> Computed:
    _refuse_unknown("kind of contradiction", kind, Contradiction)
    every = [(case, claim) for case in inquiry.cases.values() for claim in case.claims]
    found = (
        Origin(claim.file, ("claims", claim.index))
        for case, claim in every
        if status in {None, claim.status.value.replace(" ", "-")}
        and kind in {None, str(claim.claim.kind or "")}
        and (claim.contradiction or not only_contradictions)
    )
    return number_of(found, every, "no claim is recorded")


@fact("book.claims", "Statements made by hand", "claims")
def claims(inquiry: Cases, state: str | None = None, kind: str | None = None) -> Computed:
    _refuse_unknown("state of a claim", state, (status.value.replace(" ", "-") for status in ClaimStatus))
    return _claims(inquiry, state, kind, only_contradictions=False)


@fact("book.contradictions", "Statements made by hand that do not hold", "claims")
def contradictions(inquiry: Cases, kind: str | None = None) -> Computed:
    return _claims(inquiry, None, kind, only_contradictions=True)


@fact("book.evidence", "Pieces of evidence", "pieces")
def evidence(
    inquiry: Cases,
    kind: str | None = None,
    grade: str | None = None,
    phase: str | None = None,
    environment: str | None = None,
) -> Computed:
    _refuse_unknown("kind of evidence", kind, ["tests", "command", "value", "observation"])
    _refuse_unknown("grade", grade, Grade)
    _refuse_unknown("phase", phase, ["before", "after"])
    _refuse_unknown("environment", environment, inquiry.book.names("environment"))
    wanted = {"kind": kind, "grade": grade, "phase": phase, "environment": environment}
    return evidence_like((case.entry for case in inquiry.cases.values()), wanted)


@fact("book.criteria", "Criteria of open issues", "criteria")
def criteria(inquiry: Cases, state: str | None = None) -> Computed:
    _refuse_unknown("state of a criterion", state, Answer)
    every = [(case, name, one.answer) for case in inquiry.open for name, one in case.criteria.items()]
    found = (
        issue_origin(case.entry, "criteria", name) for case, name, answer in every if state in {None, answer.value}
    )
    return number_of(found, every, "no criterion is recorded")


DEFINITIONS = definitions_in(sys.modules[__name__])
