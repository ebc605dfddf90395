"""An issue under examination: its records, and what follows from them, each computed once when it is asked for."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING

from triagebook.code.state import UNKNOWN, SourceState
from triagebook.model.evidence import Grade, MeasuredValue, Phase, TestRun
from triagebook.model.scalars import Value, values
from triagebook.model.values import FactRef

from .claims import ClaimState, states_of_claims
from .criteria import CriterionState, states_of_criteria
from .environments import recorded_errors
from .fact import Fact, Origin, UnknownFactError
from .filters import refuse_unknown_values
from .history import Age, age, fix_commits, same_product
from .matching import Plan, Planned, planned_tests
from .measured import measured
from .proofs import failures_before
from .registry import DEFINITIONS, FAMILIES
from .results import Seen, State, state_of, states_of
from .sightings import Sightings, sightings
from .verdict import Verdict, verdict_of
from .weight import counts_as, incomplete, recorded_twice, runs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from triagebook.book import Book, Entry
    from triagebook.model.issue import Issue


class Case:
    """One issue of a book, seen at one state of the source code, on one day."""

    def __init__(self, book: Book, entry: Entry, source: SourceState = UNKNOWN, as_of: date | None = None) -> None:
        self.book = book
        self.entry = entry
        self.source = source
        self.as_of = as_of
        self._facts: dict[FactRef, Fact] = {}
        self._failed_before: dict[tuple[str, str, str], tuple[Seen, ...]] = {}
        self._same_product: dict[tuple[str, str], bool] = {}
        self._open: set[FactRef] = set()  # facts under computation: one that needs itself is unknown

    def rests_on_the_same(self, other: Case) -> bool:
        """Does the same follow? Of the book, only what all issues share has a say; and what of this one is unread."""
        mine, theirs, own = self.book, other.book, self.entry.id
        return (
            self.entry is other.entry
            and (self.source, self.as_of) == (other.source, other.as_of)
            and mine.catalog is theirs.catalog
            and mine.patterns is theirs.patterns
            and mine.unread_in(own) == theirs.unread_in(own)
        )

    def within(self, book: Book) -> Case:
        """The same in another state of the book, with all that was computed."""
        case = copy(self)
        case.book = book
        return case

    def rest(self) -> None:
        """Let go of what its facts and its verdict were computed from: where it is asked for, it is computed again."""
        self._failed_before.clear()
        self._same_product.clear()
        for name in _STEPS.intersection(vars(self)):
            delattr(self, name)

    @property
    def issue(self) -> Issue:
        return self.entry.issue

    @property
    def file(self) -> str:
        return f"{self.entry.id}/issue.yaml"

    def evidence_file(self, name: str) -> str:
        return f"{self.entry.id}/evidence/{name}.yaml"

    @cached_property
    def values(self) -> list[Value]:
        """Every scalar of the issue's records, and where it stands."""
        return values(self.entry.files())

    # ── evidence ─────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def runs(self) -> list[tuple[str, TestRun]]:
        return runs(self.entry.evidence)

    @cached_property
    def weights(self) -> Mapping[str, Grade]:
        """The grade that each piece of evidence counts for."""
        return {name: counts_as(record, self.book, self.as_of) for name, record in self.entry.evidence.items()}

    @cached_property
    def unread_evidence(self) -> tuple[str, ...]:
        """The files of evidence that can't be read: nobody knows what they say, a failure perhaps."""
        return tuple(f for f in self.book.unread_in(self.entry.id) if f.startswith(f"{self.entry.id}/evidence/"))

    @cached_property
    def recorded_twice(self) -> frozenset[str]:
        return recorded_twice(self.entry.evidence)

    @cached_property
    def incomplete(self) -> Mapping[str, str | None]:
        """Why the passes of each run prove nothing, where they do not."""
        return {name: incomplete(run) for name, run in self.runs}

    @cached_property
    def ages(self) -> Mapping[str, Age]:
        """How fresh each run is."""
        return {name: age(self, run) for name, run in self.runs}

    @cached_property
    def fix_commits(self) -> tuple[str, ...]:
        return fix_commits(self)

    def same_product(self, before: str, after: str) -> bool:
        """Did two runs see the same product?"""
        if (before, after) not in self._same_product:
            found = dict(self.runs)
            self._same_product[before, after] = same_product(self, found[before], found[after])
        return self._same_product[before, after]

    @cached_property
    def error_texts(self) -> tuple[str, ...]:
        return tuple(str(symptom.error) for symptom in self.issue.symptoms if symptom.error)

    @cached_property
    def recorded_errors(self) -> tuple[str, ...]:
        """The texts by which the defect is known, those that a run was held against before the fix included."""
        return recorded_errors(self)

    # ── tests ────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def tests(self) -> tuple[Planned, ...]:
        return tuple(planned_tests(self.issue, self.runs))

    @cached_property
    def plan(self) -> Plan:
        return Plan(self.tests, self.issue.suites)

    @cached_property
    def environments(self) -> tuple[str, ...]:
        """Every environment that the issue or its evidence speaks of, in the catalog's order."""
        own = self.issue.environments
        named: set[str] = {*own.seen, *own.prove, *self.book.catalog.required}
        named |= {str(record.environment) for record in self.entry.evidence.values() if record.environment}
        known = list(self.book.catalog.environments)
        return tuple(sorted(named, key=lambda name: (known.index(name) if name in known else len(known), name)))

    @cached_property
    def required_environments(self) -> tuple[str, ...]:
        wanted = {*self.book.catalog.required, *self.issue.environments.prove}
        return tuple(name for name in self.environments if name in wanted)

    @cached_property
    def sightings(self) -> Sightings:
        return sightings(self)

    @cached_property
    def states(self) -> Mapping[tuple[str, str, Phase, str], State]:
        """What each test did, by suite, test, phase and environment."""
        return states_of(self)

    @cached_property
    def stray_states(self) -> Mapping[tuple[str, str], State]:
        """What tests that nobody planned did after the fix, by environment and name."""
        return {key: state_of(seen, Phase.AFTER) for key, seen in self.sightings.strays.items()}

    def failed_before(self, test: Planned, environment: str) -> tuple[Seen, ...]:
        """The results of a planned test that show the defect, on code without the fix."""
        key = (*test.key, environment)
        if key not in self._failed_before:
            self._failed_before[key] = failures_before(self, test, environment)
        return self._failed_before[key]

    # ── facts ────────────────────────────────────────────────────────────────────────────────────────

    def fact(self, ref: FactRef) -> Fact:
        """A fact by its name; what is no name of ours may be a measured value."""
        if ref not in self._facts:
            if ref in self._open:
                return Fact(ref, None, why_unknown=f"`{ref}` is defined by itself")
            self._open.add(ref)
            try:
                self._facts[ref] = self._compute(ref)
            finally:
                self._open.discard(ref)
        return self._facts[ref]

    def _compute(self, ref: FactRef) -> Fact:
        definition = DEFINITIONS.get(ref.name)
        if definition is None:
            return measured(self, ref)
        unknown = [key for key, _ in ref.filters if key not in definition.filters]
        if unknown:
            known = ", ".join(definition.filters) or "no filter"
            raise UnknownFactError(f"`{ref.name}` has no filter `{unknown[0]}`; it takes {known}")
        refuse_unknown_values(self, ref)
        return definition.of(self, ref)

    @cached_property
    def measured_names(self) -> frozenset[str]:
        """The values that evidence measures, or that a criterion, a metric or a watch asks for."""
        asked = [t.measure for t in (*self.issue.criteria.values(), *self.issue.metrics.values()) if t.measure]
        asked += [watch.measure for watch in self.issue.monitoring if watch.measure]
        asked += [e.name for e in self.entry.evidence.values() if isinstance(e, MeasuredValue)]
        return frozenset(ref.name for ref in asked if ref.name.partition(".")[0] not in FAMILIES)

    @cached_property
    def fact_names(self) -> frozenset[str]:
        return frozenset(DEFINITIONS) | self.measured_names

    def takes(self, ref: FactRef, key: str) -> bool:
        """Can a fact be narrowed by this filter? A measured value can be by any."""
        definition = DEFINITIONS.get(ref.name)
        return definition is None or key in definition.filters

    def knows(self, name: str) -> bool:
        return name in self.fact_names

    def origin(self, *way: str | int) -> Origin:
        return Origin(self.file, way)

    def evidence_origin(self, name: str) -> Origin:
        return Origin(self.evidence_file(name))

    # ── what follows ─────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def criteria(self) -> Mapping[str, CriterionState]:
        return states_of_criteria(self)

    @cached_property
    def claims(self) -> tuple[ClaimState, ...]:
        return states_of_claims(self)

    @cached_property
    def verdict(self) -> Verdict:
        return verdict_of(self)


_RESULTS = {"criteria", "claims", "verdict"}
_STEPS = {name for name, value in vars(Case).items() if isinstance(value, cached_property)} - _RESULTS
