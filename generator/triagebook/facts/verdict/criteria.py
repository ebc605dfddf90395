"""Criteria: each is met, failed or unknown, by comparing its measure with its target."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from triagebook.facts.base.fact import Fact, UnknownFactError, comparable
from triagebook.facts.base.facts import Facts, accepts
from triagebook.model.evidence import Grade
from triagebook.model.issue import Issue
from triagebook.model.planning import Target
from triagebook.model.values import FactRef


class Answer(StrEnum):
    """Whether a criterion is met."""

    MET = "met"
    FAILED = "failed"
    UNKNOWN = "unknown"


class CriterionState(Struct, frozen=True):
    """A criterion's answer, with the reason and the fact it rests on."""

    answer: Answer
    why: str
    fact: Fact | None = None

    @property
    def measured(self) -> bool:
        """Whether the criterion is met by machine or attested evidence, not only by what the record lists."""
        return (
            self.answer is Answer.MET and self.fact is not None and self.fact.grade in {Grade.MACHINE, Grade.ATTESTED}
        )


def states_of_criteria(issue: Issue, facts: Facts) -> Mapping[str, CriterionState]:
    return {name: state_of_criterion(criterion, facts) for name, criterion in issue.criteria.items()}


def state_of_criterion(criterion: Target, facts: Facts) -> CriterionState:
    """Met only if a base fact or a measured value, of a grade that proves something, meets the target."""
    measure = measure_of(criterion)
    if measure is None:
        return CriterionState(Answer.UNKNOWN, "no measure is named for it")
    if criterion.target is None:
        return CriterionState(Answer.UNKNOWN, "no target is named for it")
    try:
        fact = facts.fact(measure)
    except UnknownFactError as error:
        return CriterionState(Answer.UNKNOWN, str(error))
    if fact.value is None:
        return CriterionState(Answer.UNKNOWN, fact.why_unknown or f"`{fact.ref}` is unknown", fact)
    if fact.grade is Grade.TRANSCRIBED:
        why = fact.why_unknown or "only a document says so"
        return CriterionState(Answer.UNKNOWN, f"`{fact.ref}` is {fact}, but {why}", fact)
    value = fact.quantity
    holds = criterion.target.holds(comparable(value, criterion.target)) if value else None
    if holds is None:
        return CriterionState(
            Answer.UNKNOWN, f"`{fact.ref}` is {fact}, which can't be compared with {criterion.target}", fact
        )
    verb = "meets" if holds else "misses"
    answer = Answer.MET if holds else Answer.FAILED
    return CriterionState(answer, f"{fact} {verb} the target of {criterion.target}", fact)


def measure_of(criterion: Target) -> FactRef | None:
    """The fact that answers a criterion, in the environment of the criterion unless the measure names one."""
    measure = criterion.measure
    if measure is None or criterion.environment is None or not accepts(measure, "environment"):
        return measure
    filters = {"environment": str(criterion.environment), **dict(measure.filters)}
    return FactRef(measure.name, tuple(sorted(filters.items())))
