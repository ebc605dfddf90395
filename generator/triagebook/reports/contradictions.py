"""What was stated by hand and does not hold, beside what is so; and what the other statements are worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triagebook.facts.claims import ClaimState, Standing
from triagebook.model.issue import Claim, Contradiction

from .figures import Figure
from .ground import Ground

TITLES = {
    Contradiction.SUM: "Parts that do not add up",
    Contradiction.THRESHOLD: "Targets that differ, or are missed",
    Contradiction.INFLATED_COUNT: "Counts that hold more than proof",
    Contradiction.VACUOUS: "Tests and checks that can't tell fixed from broken",
    Contradiction.IMPOSSIBLE_EXPECTATION: "Expectations that can't come true",
    Contradiction.WEAK_CHECK: "Checks that see a part",
    Contradiction.PREMATURE_TICK: "Ticks set too early",
    Contradiction.VERDICT_WITHOUT_EVIDENCE: "Verdicts without evidence",
    Contradiction.UNMEASURED: "What was not measured, or can't be",
    Contradiction.NOT_ANSWERED: "Criteria that are not answered",
    Contradiction.EXPECTED_FAILURE: "Failures called expected",
    Contradiction.SHRINKING: "Tests that vanished",
    Contradiction.SCOPE: "Extents that differ",
    Contradiction.FIX_AND_CHANGE: "Fix and change that disagree",
    Contradiction.UNRELATED_CHANGE: "Changes that no cause explains",
    Contradiction.ESTIMATE: "Estimates that do not add up",
    Contradiction.DRIFT: "Names and places that do not exist",
    Contradiction.PLACEHOLDER: "Gaps",
    Contradiction.SEVERITY_AND_RISK: "Severity and risk in one breath",
    Contradiction.ENVIRONMENT: "What needs or blames an environment",
    Contradiction.UNSOURCED: "Figures without a source",
    Contradiction.DUPLICATE: "Two issues, one cause",
    Contradiction.LOOSE_END: "Loose ends",
    Contradiction.MISSING_METADATA: "What documents do not say of themselves",
    Contradiction.ENCODING: "Text that was decoded wrongly",
    Contradiction.PATH_STYLE: "Paths of somebody's machine",
}
OTHER = "Other statements that do not hold"

# The words by which a document's title tells which kind of report it is.
_WORDS = {
    "test-strategy": ("test strategy",),
    "test-plan": ("test plan",),
    "execution-plan": ("execution plan",),
    "remediation-checklist": ("remediation",),
}


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A statement, and what became of it."""

    claim: Claim
    standing: str
    why: str  # what the facts say of it
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """Contradictions of one kind."""

    kind: str
    title: str
    claims: tuple[ClaimRow, ...]


@dataclass(frozen=True, slots=True)
class Contradictions:
    """What does not hold of what was stated by hand."""

    groups: tuple[ClaimGroup, ...]
    elsewhere: bool  # whether the validation report holds more


def all_contradictions(ground: Ground) -> Contradictions:
    return Contradictions(_groups(ground, _contradicted(ground)), elsewhere=False)


def contradictions_of(ground: Ground, kind: str) -> Contradictions:
    """Those of the documents that this kind of report takes the place of."""
    every = _contradicted(ground)
    own = _documents(ground, kind)
    mine = [state for state in every if any(source.document in own for source in state.claim.from_[:1])]
    return Contradictions(_groups(ground, mine), elsewhere=len(mine) < len(every))


def other_claims(ground: Ground) -> tuple[ClaimRow, ...]:
    """What was stated and is not contradicted: with the word on what it is worth."""
    return tuple(_row(ground, state) for state in ground.case.claims if not state.contradiction)


def _contradicted(ground: Ground) -> list[ClaimState]:
    return [state for state in ground.case.claims if state.contradiction]


def _documents(ground: Ground, kind: str) -> set[str]:
    words = _WORDS.get(kind, ())
    documents = ground.issue.documents.items()
    return {name for name, record in documents if any(word in record.title.lower() for word in words)}


def _groups(ground: Ground, states: Iterable[ClaimState]) -> tuple[ClaimGroup, ...]:
    by_kind: dict[Contradiction | None, list[ClaimRow]] = {kind: [] for kind in (*Contradiction, None)}
    for state in states:
        by_kind[state.claim.kind].append(_row(ground, state))
    return tuple(
        ClaimGroup(kind.value if kind else "", TITLES[kind] if kind else OTHER, tuple(rows))
        for kind, rows in by_kind.items()
        if rows
    )


def _row(ground: Ground, state: ClaimState) -> ClaimRow:
    figure = ground.figures.of(state.fact.ref) if state.fact and state.fact.value is not None else None
    told = state.standing is not Standing.UNPROVEN or state.fact is not None
    return ClaimRow(state.claim, state.standing.value, state.why if told else "", figure)
