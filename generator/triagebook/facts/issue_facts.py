"""All facts of one issue: the base facts, and those of its verdict."""

from __future__ import annotations

import sys
from collections.abc import Callable

from triagebook.model.values import FactRef

from .base.fact import Computed, Definition, Fact, definitions_in, evidence_origin, fact, issue_origin, number_of
from .base.facts import DEFINITIONS as OF_BASE
from .base.facts import Facts, compute
from .verdict.criteria import Answer
from .verdict.verdict import Verdict


def _criteria(name: str, summary: str, answer: Answer | None) -> Definition:
    def compute(verdict: Verdict, phase: str | None = None, kind: str | None = None) -> Computed:
        criteria = verdict.entry.issue.criteria
        found = (
            issue_origin(verdict.entry, "criteria", key)
            for key, criterion in criteria.items()
            if phase in {None, str(criterion.phase or "")}
            and kind in {None, str(criterion.kind or "")}
            and answer in {None, verdict.criteria[key].answer}
        )
        return number_of(found, criteria, "no criterion is recorded")

    return Definition(name, summary, "criteria", compute)


criteria_total = _criteria("criteria.total", "Criteria", None)
criteria_met = _criteria("criteria.met", "Criteria that are met", Answer.MET)
criteria_failed = _criteria("criteria.failed", "Criteria that failed", Answer.FAILED)
criteria_unknown = _criteria("criteria.unknown", "Criteria that are neither met nor failed", Answer.UNKNOWN)


@fact("stage", "What the evidence supports, for the whole issue")
def stage(verdict: Verdict) -> Computed:
    return Computed(verdict.stage.value, (issue_origin(verdict.entry),))


@fact("verdict", "What the evidence supports: the stage, or the state of one environment")
def of_environment(verdict: Verdict, environment: str | None = None) -> Computed:
    if environment is None:
        return Computed(verdict.stage.value, (issue_origin(verdict.entry),))
    found = verdict.environments.get(environment)
    if found is None:
        return Computed(None, why_unknown=f"nothing is required or recorded for {environment}")
    return Computed(found.state.value, tuple(evidence_origin(verdict.entry, name) for name in found.evidence))


VERDICT_FACTS = definitions_in(sys.modules[__name__])
# In the order in which they are listed: the stage and the verdict last.
DEFINITIONS = OF_BASE | VERDICT_FACTS

_DEFAULTS_OF_MEASURED = {"phase": "after"}


class IssueFacts:
    """Answers a fact by its name, each computed once; the verdict only if a fact needs it."""

    def __init__(self, base: Callable[[], Facts], verdict: Callable[[], Verdict]) -> None:
        self._base = base
        self._verdict = verdict
        self._known: dict[FactRef, Fact] = {}

    def fact(self, ref: FactRef) -> Fact:
        if ref not in self._known:
            definition, base = VERDICT_FACTS.get(ref.name), self._base()
            self._known[ref] = compute(definition, self._verdict(), base.ledger, ref) if definition else base.fact(ref)
        return self._known[ref]

    @property
    def names(self) -> frozenset[str]:
        return self._base().names | frozenset(VERDICT_FACTS)

    @property
    def measured_names(self) -> frozenset[str]:
        return self._base().measured_names


def plain(ref: FactRef) -> FactRef:
    """The same name without filters that repeat a default."""
    definition = DEFINITIONS.get(ref.name)
    defaults = definition.defaults if definition else _DEFAULTS_OF_MEASURED
    return FactRef(ref.name, tuple((key, value) for key, value in ref.filters if defaults.get(key) != value))
