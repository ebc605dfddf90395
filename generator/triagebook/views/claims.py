"""Claims: the contradicted ones by kind, the other ones, all by document, and which parts of a record are disputed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.claims import USELESS, ClaimState, ClaimStatus
from triagebook.model.base import Prose
from triagebook.model.document import Claim, Contradiction
from triagebook.model.values import DocRef

from .figures import Figure, Figures

OTHER = "Other claims that do not hold"
# What misleads its reader most.
_WORST = (
    Contradiction.VERDICT_WITHOUT_EVIDENCE,
    Contradiction.PREMATURE_TICK,
    Contradiction.EXPECTED_FAILURE,
    Contradiction.VACUOUS,
    Contradiction.IMPOSSIBLE_EXPECTATION,
    Contradiction.INFLATED_COUNT,
    Contradiction.SHRINKING,
    Contradiction.DESTRUCTIVE,
    Contradiction.WEAK_CHECK,
    Contradiction.SUM,
)
_KINDS: tuple[Contradiction | None, ...] = (*Contradiction, None)
_BY_HARM = (*_WORST, *(kind for kind in _KINDS if kind not in _WORST))
_MOST = 5  # of the worst of a document
_MOST_KINDS = 5
# If a claim about a part of the record has one of these contradictions, the part warns against acting on it.
_USELESS = USELESS | {Contradiction.DRIFT, Contradiction.PLACEHOLDER, Contradiction.ENVIRONMENT, None}


class ClaimRow(Struct, frozen=True):
    """A claim, with its result."""

    label: str  # by which documents refer to it if it is contradicted: the same in every one of the issue
    claim: Claim
    sources: tuple[DocRef, ...]
    parts: tuple[str, ...]
    state: str
    why: str  # what the facts say; empty if no fact is meant
    figure: Figure | None


class ClaimGroup(Struct, frozen=True):
    """Contradicted claims of one kind."""

    kind: str  # empty if the record names none
    title: str
    claims: tuple[ClaimRow, ...]


class Contradictions(Struct, frozen=True):
    """The contradicted claims, by kind."""

    groups: tuple[ClaimGroup, ...]

    @property
    def rows(self) -> tuple[ClaimRow, ...]:
        return tuple(row for group in self.groups for row in group.claims)


class ClaimStatement(Struct, frozen=True):
    """A claim of a document, with the place where it stands: the same as long as the document does not change."""

    place: str
    also: tuple[str, ...]  # the other places of the same claim
    kind: str  # of contradiction, in words
    row: ClaimRow


class DocumentStatements(Struct, frozen=True):
    """What a document states, in its order."""

    document: str
    contradicted: int
    worst: tuple[ClaimStatement, ...]
    rows: tuple[ClaimStatement, ...]


class KindCount(Struct, frozen=True):
    """How many claims of a kind are contradicted."""

    title: str
    count: int


class StatementCounts(Struct, frozen=True):
    """How many statements of documents are contradicted, and which parts of the record these are about."""

    total: int
    contradicted: int
    parts: Mapping[str, tuple[str, ...]]  # the parts of the record that each label disputes
    doubts: Mapping[str, Prose]  # why a part must not be acted on

    def about(self, part: str) -> tuple[str, ...]:
        """The labels of those that dispute a part of the record: `suites.smoke`, `criteria.connects`."""
        labels = (label for label, disputed in self.parts.items() for each in disputed if _within(each, part))
        return tuple(dict.fromkeys(labels))


def contradictions(case: Case, figures: Figures) -> Contradictions:
    return Contradictions(by_kind([claim_row(state, figures, label) for label, state in _labelled(case)]))


def stated(case: Case) -> StatementCounts:
    labelled = _labelled(case)
    parts = {label: state.parts for label, state in labelled if state.parts}
    return StatementCounts(len(case.claims), len(labelled), parts, doubts(case))


def statements(case: Case, figures: Figures) -> tuple[DocumentStatements, ...]:
    """The claims by the document in which they stand first."""
    labels = {(state.file, state.index): label for label, state in _labelled(case)}
    documents: dict[str, list[ClaimStatement]] = {}
    taken: Counter[str] = Counter()
    for state in sorted(case.claims, key=lambda one: (one.file, one.sources[0].first or 0)):
        first, *others = state.sources
        place = _place(first)
        taken[place] += 1
        unique = f"{place} ({taken[place]})" if taken[place] > 1 else place
        kind = title_of(state.claim.kind) if state.contradiction else ""
        row = claim_row(state, figures, labels.get((state.file, state.index), ""))
        statement = ClaimStatement(unique, tuple(map(_place, others)), kind, row)
        documents.setdefault(state.document, []).append(statement)
    return tuple(_of_document(name, rows) for name, rows in documents.items())


def _place(ref: DocRef) -> str:
    if ref.first is None:
        return ref.document
    lines = f"line {ref.first}" if ref.first == ref.last else f"lines {ref.first} to {ref.last}"
    return f"{ref.document}, {lines}"


def _of_document(name: str, rows: list[ClaimStatement]) -> DocumentStatements:
    contradicted = [statement for statement in rows if statement.row.label]
    contradicted.sort(key=lambda statement: _BY_HARM.index(statement.row.claim.kind))
    # The first of each kind before the second of any, so that five of a kind do not hide the others.
    by_kind = groupby(contradicted, lambda statement: statement.row.claim.kind)
    ranked = sorted((turn for _, own in by_kind for turn in enumerate(own)), key=lambda turn: turn[0])
    return DocumentStatements(name, len(contradicted), tuple(each for _, each in ranked[:_MOST]), tuple(rows))


def kind_counts(case: Case) -> tuple[KindCount, ...]:
    """The kinds of contradiction with the number of claims: the most frequent, then all others together."""
    counts = Counter(title_of(state.claim.kind) for state in case.claims if state.contradiction)
    rows = [KindCount(title, count) for title, count in counts.most_common(_MOST_KINDS)]
    rest = counts.total() - sum(row.count for row in rows)
    return (*rows, KindCount("Other kinds, in the list below", rest)) if rest else tuple(rows)


def doubts(case: Case) -> dict[str, Prose]:
    """Why a part of the record must not be acted on: by its place in the record, `suites.smoke`, or by its command."""
    found = (state for state in case.claims if state.contradiction and state.claim.kind in _USELESS)
    states = [state for state in found if state.claim.disputed or not state.claim.audited]  # which a person has judged
    states.sort(key=lambda state: _BY_HARM.index(state.claim.kind))
    return {part: state.claim.disputed or Prose(state.why) for state in reversed(states) for part in state.parts}


def other_claims(case: Case, figures: Figures) -> tuple[ClaimRow, ...]:
    """The claims that are not contradicted."""
    return tuple(claim_row(state, figures) for state in case.claims if not state.contradiction)


def claim_row(state: ClaimState, figures: Figures, label: str = "") -> ClaimRow:
    figure = figures.of(state.fact.ref) if state.fact and state.fact.value is not None else None
    compared = state.status is not ClaimStatus.UNPROVEN or state.fact is not None
    why = str(state.why) if compared else ""
    return ClaimRow(label, state.claim, state.sources, state.parts, state.status.value, why, figure)


def by_kind(rows: Iterable[ClaimRow]) -> tuple[ClaimGroup, ...]:
    """Claims that are sorted by kind, in groups."""
    return tuple(
        ClaimGroup(kind.value if kind else "", title_of(kind), tuple(own))
        for kind, own in groupby(rows, lambda row: row.claim.kind)
    )


def title_of(kind: Contradiction | None) -> str:
    return kind.heading if kind else OTHER


def _labelled(case: Case) -> list[tuple[str, ClaimState]]:
    """The contradicted claims, sorted by kind and numbered in that order."""
    states = [state for state in case.claims if state.contradiction]
    states.sort(key=lambda state: _KINDS.index(state.claim.kind))
    return [(f"D{number}", state) for number, state in enumerate(states, start=1)]


def _within(part: str, whole: str) -> bool:
    return f"{part}.".startswith(f"{whole}.")
