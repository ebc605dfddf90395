"""What was stated by hand and does not hold, beside what is so; and what the other statements are worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from msgspec import Struct

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


class ClaimRow(Struct, frozen=True):
    """A statement, and what became of it."""

    label: str  # by which a report refers to it where it does not hold: the same in every report of the issue
    claim: Claim
    standing: str
    why: str  # what the facts say of it
    figure: Figure | None


class ClaimGroup(Struct, frozen=True):
    """Contradictions of one kind."""

    kind: str
    title: str
    claims: tuple[ClaimRow, ...]


class Contradictions(Struct, frozen=True):
    """What does not hold of what was stated by hand."""

    groups: tuple[ClaimGroup, ...]
    elsewhere: bool  # whether the validation report holds more
    parts: Mapping[str, tuple[str, ...]]  # by label, also of those that stand elsewhere: the parts of the record

    @property
    def rows(self) -> tuple[ClaimRow, ...]:
        return tuple(row for group in self.groups for row in group.claims)

    def about(self, place: str) -> tuple[str, ...]:
        """The labels of those that are about a part of the record: `suites.smoke`, `criteria.connects`."""
        about = (label for label, parts in self.parts.items() for part in parts if _within(part, place))
        return tuple(dict.fromkeys(about))


def all_contradictions(ground: Ground) -> Contradictions:
    every = _contradicted(ground)
    return Contradictions(_groups(every), elsewhere=False, parts=_parts(every))


def contradictions_of(ground: Ground, kind: str) -> Contradictions:
    """Those of the documents that this kind of report takes the place of."""
    every = _contradicted(ground)
    own = _documents(ground, kind)
    mine = [row for row in every if any(source.document in own for source in row.claim.from_[:1])]
    return Contradictions(_groups(mine), elsewhere=len(mine) < len(every), parts=_parts(every))


def other_claims(ground: Ground) -> tuple[ClaimRow, ...]:
    """What was stated and is not contradicted: with the word on what it is worth."""
    return tuple(_row(ground, state, "") for state in ground.case.claims if not state.contradiction)


def is_disputed(ground: Ground, place: str) -> bool:
    """Whether something was stated about a part of the record that does not hold."""
    claims = (state.claim for state in ground.case.claims if state.contradiction)
    return any(_within(each, place) for claim in claims for each in _places(claim))


def _contradicted(ground: Ground) -> list[ClaimRow]:
    """Those that do not hold, kind by kind, and numbered in that order."""
    kinds: list[Contradiction | None] = [*Contradiction, None]
    states = [state for state in ground.case.claims if state.contradiction]
    states.sort(key=lambda state: kinds.index(state.claim.kind))
    return [_row(ground, state, f"D{number}") for number, state in enumerate(states, start=1)]


def _documents(ground: Ground, kind: str) -> set[str]:
    words = _WORDS.get(kind, ())
    documents = ground.issue.documents.items()
    return {name for name, record in documents if any(word in record.title.lower() for word in words)}


def _groups(rows: Iterable[ClaimRow]) -> tuple[ClaimGroup, ...]:
    return tuple(
        ClaimGroup(kind.value if kind else "", TITLES[kind] if kind else OTHER, tuple(own))
        for kind, own in groupby(rows, lambda row: row.claim.kind)
    )


def _row(ground: Ground, state: ClaimState, label: str) -> ClaimRow:
    figure = ground.figures.of(state.fact.ref) if state.fact and state.fact.value is not None else None
    told = state.standing is not Standing.UNPROVEN or state.fact is not None
    return ClaimRow(label, state.claim, state.standing.value, state.why if told else "", figure)


def _parts(rows: Iterable[ClaimRow]) -> Mapping[str, tuple[str, ...]]:
    found = ((row.label, tuple(_places(row.claim))) for row in rows)
    return {label: parts for label, parts in found if parts}


def _places(claim: Claim) -> Iterator[str]:
    """The parts of the record that a statement is about."""
    yield from map(str, claim.shows)
    if claim.criterion:
        yield f"criteria.{claim.criterion}"
    if claim.of:
        suite = dict(claim.of.filters).get("suite")
        yield f"suites.{suite}" if suite else claim.of.name


def _within(place: str, part: str) -> bool:
    return f"{place}.".startswith(f"{part}.")
