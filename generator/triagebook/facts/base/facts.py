"""Answers a fact of one issue by its name, from the definitions of base facts or from measured values."""

from __future__ import annotations

from functools import cached_property

from triagebook.facts.ledger.ledger import Ledger
from triagebook.model.evidence import MeasuredValue
from triagebook.model.values import FactRef

from . import record_facts, test_facts
from .fact import Definition, Fact, UnknownFactError, definitions_in
from .filters import refuse_unknown_values
from .measured import measured

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
        return measured(self.ledger, ref)

    @cached_property
    def measured_names(self) -> frozenset[str]:
        """The values that evidence measures, or that a criterion, a metric or a watch asks for."""
        issue = self.ledger.issue
        asked = [t.measure for t in (*issue.criteria.values(), *issue.metrics.values()) if t.measure]
        asked += [watch.measure for watch in issue.monitoring if watch.measure]
        asked += [e.name for e in self.ledger.entry.evidence.values() if isinstance(e, MeasuredValue)]
        return frozenset(ref.name for ref in asked if ref.name.partition(".")[0] not in FAMILIES)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(DEFINITIONS) | self.measured_names


def compute(definition: Definition, subject: object, ledger: Ledger, ref: FactRef) -> Fact:
    """Computes a fact of an issue, after its filters have been checked."""
    definition.refuse_unknown_filters(ref)
    refuse_unknown_values(ledger.issue, ledger.catalog, ref)
    return definition.of(subject, ref)


def accepts(measure: FactRef, key: str) -> bool:
    """Whether a fact has a filter. A measured value accepts any."""
    definition = DEFINITIONS.get(measure.name)
    return definition is None or key in definition.filters
