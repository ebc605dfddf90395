"""Statements made by hand as pages show them: what does not hold first, by kind, each beside what is so."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.claims import ClaimState, ClaimStatus
from triagebook.model.issue import Claim, Contradiction
from triagebook.views.claims import OTHER, TITLES

NO_KIND = "other"


class ClaimView(Struct, frozen=True):
    """A statement, and what became of it."""

    claim: Claim
    standing: str
    why: str  # what the facts say of it; empty where no fact is meant


class ClaimGroup(Struct, frozen=True):
    """Contradictions of one kind."""

    kind: str
    title: str
    claims: list[ClaimView]


class Claims(Struct, frozen=True):
    """All statements about an issue."""

    total: int
    groups: list[ClaimGroup]  # what does not hold
    rest: list[ClaimView]  # what is not contradicted

    @property
    def contradicted(self) -> int:
        return sum(len(group.claims) for group in self.groups)


def claims_of(case: Case) -> Claims:
    return Claims(
        total=len(case.claims),
        groups=by_kind(state for state in case.claims if state.contradiction),
        rest=[claim_view(state) for state in case.claims if not state.contradiction],
    )


def by_kind(states: Iterable[ClaimState]) -> list[ClaimGroup]:
    """Contradictions in the order of their kinds."""
    found: dict[Contradiction | None, list[ClaimView]] = {kind: [] for kind in (*Contradiction, None)}
    for state in states:
        found[state.claim.kind].append(claim_view(state))
    return [ClaimGroup(name_of(kind), title_of(kind), claims) for kind, claims in found.items() if claims]


def claim_view(state: ClaimState) -> ClaimView:
    told = state.fact is not None or state.status is ClaimStatus.CONTRADICTED or state.claim.of is not None
    return ClaimView(state.claim, state.status.value, state.why if told else "")


def name_of(kind: Contradiction | None) -> str:
    return kind.value if kind else NO_KIND


def title_of(kind: Contradiction | None) -> str:
    return TITLES[kind] if kind else OTHER
