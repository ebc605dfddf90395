"""Answers a fact of one issue by its name, from the definitions of base facts or from measured values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from triagebook.facts.ledger.grading import RANK, moment
from triagebook.facts.ledger.ledger import Ledger
from triagebook.model.affected import LocationState
from triagebook.model.catalog import Catalog
from triagebook.model.evidence import Grade, MeasuredValue, Phase
from triagebook.model.issue import Issue
from triagebook.model.values import FactRef

from . import record_facts, test_facts
from .fact import Definition, Fact, UnknownFactError, definitions_in, evidence_origin

DEFINITIONS = definitions_in(record_facts, test_facts)

# A measured value cannot have a name in the family of a fact; these families are defined above the base facts.
OF_VERDICT = frozenset({"criteria", "stage", "verdict"})
FAMILIES = OF_VERDICT | {name.partition(".")[0] for name in DEFINITIONS}


class Facts:
    """The base facts of one issue."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def fact(self, ref: FactRef) -> Fact:
        """A fact by its name; a name that is not defined may be that of a measured value."""
        definition = DEFINITIONS.get(ref.name)
        if definition is not None:
            return compute(definition, self.ledger, self.ledger, ref)
        if ref.name.partition(".")[0] in OF_VERDICT:
            raise UnknownFactError(f"`{ref}` follows from the criteria, and can't answer one")
        return _measured(self.ledger, ref)

    @cached_property
    def measured_names(self) -> frozenset[str]:
        """The values that evidence measures, or that a criterion, a metric or a watch asks for."""
        measured = {e.name.name for e in self.ledger.entry.evidence.values() if isinstance(e, MeasuredValue)}
        asked = self.ledger.issue.measures | measured
        return frozenset(name for name in asked if name.partition(".")[0] not in FAMILIES)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(DEFINITIONS) | self.measured_names


def compute(definition: Definition, subject: object, ledger: Ledger, ref: FactRef) -> Fact:
    """Computes a fact of an issue, after its filters have been checked: nothing can match an unknown value."""
    definition.refuse_unknown_filters(ref)
    for key, value in ref.filters:
        known = _values(ledger.issue, ledger.catalog, ref.name.partition(".")[0], key)
        if value and known is not None and value not in known:
            names = ", ".join(f"`{name}`" for name in known) or "none"
            raise UnknownFactError(f"`{ref.name}` has no {key} `{value}`; known: {names}")
    return definition.of(subject, ref)


def accepts(measure: FactRef, key: str) -> bool:
    """Whether a fact has a filter. A measured value accepts any."""
    definition = DEFINITIONS.get(measure.name)
    return definition is None or key in definition.filters


def _values(issue: Issue, catalog: Catalog, family: str, key: str) -> Collection[str] | None:
    """The accepted values; None if any value is accepted."""
    match family, key:
        case "affected", "category":
            return catalog.file_categories
        case "affected", "state":
            return [state.value for state in LocationState]
        case "tests", "category":
            return catalog.test_categories
        case "tests" | "evidence", "phase":
            return [side.value for side in Phase]
        case _, "phase":
            return issue.plan.phases if issue.plan else ()
        case _, "suite":
            return issue.suites
        case _, "environment":
            return catalog.environments
        case _, "stream":
            return catalog.streams
        case _, "grade":
            return [grade.value for grade in Grade]
        case "evidence", "kind":
            return ("tests", "command", "value", "observation")
        case "impact", "of":
            return [share.of.replace(" ", "-") for share in issue.impact.share] if issue.impact else ()
        case _:
            return None


def _measured(ledger: Ledger, ref: FactRef) -> Fact:
    """The latest value of the best grade, for the phase and environment that the name asks for."""
    wanted = {"phase": Phase.AFTER.value, **dict(ref.filters)}
    fitting = [
        (name, record, Grade.TRANSCRIBED if doubt_of_value(ledger, name, record, wanted) else record.grade)
        for name, record in ledger.entry.evidence.items()
        if isinstance(record, MeasuredValue) and record.name.name == ref.name and _answers(record, wanted)
    ]
    if not fitting:
        return Fact(ref, None, why_unknown=f"no value of `{ref}` was recorded")
    _, record, grade = max(fitting, key=lambda item: (RANK[item[2]], moment(item[1])))
    latest = sorted((name, one) for name, one, of in fitting if of is grade and moment(one) == moment(record))
    origins = tuple(evidence_origin(ledger.entry, name) for name, _ in latest)
    if any(one.value != record.value for _, one in latest):
        return Fact(ref, None, origins=origins, why_unknown=f"several values of `{ref}` were recorded for one time")
    doubt = doubt_of_value(ledger, latest[0][0], record, wanted)
    return Fact(ref, record.value, record.value.unit, origins, grade, doubt)


def _answers(record: MeasuredValue, wanted: dict[str, str]) -> bool:
    """Whether a value was measured under the wanted filters. A value of a part says nothing about the whole."""
    own = {"environment": str(record.environment or ""), **dict(record.name.filters)}
    own["phase"] = own.get("phase") or (record.phase.value if record.phase else wanted["phase"])
    return all(own.get(key) == value for key, value in wanted.items()) and own.keys() <= {*wanted, "environment"}


def doubt_of_value(ledger: Ledger, name: str, record: MeasuredValue, wanted: Mapping[str, str]) -> str:
    """Why a value is only a statement, by the laws; empty if it counts."""
    if refusal := ledger.refusals.get(name):
        return refusal.why
    if record.phase is None and "phase" not in dict(record.name.filters):
        return "it does not say whether it was measured before or after the fix"
    after = wanted["phase"] == Phase.AFTER.value
    return (ledger.deployments.why_not_fixed_build(record) or "") if after else ""
