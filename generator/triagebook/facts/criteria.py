"""Criteria: each is met, failed or unknown, by its measure held against its target."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from triagebook.model.evidence import Grade
from triagebook.model.values import FactRef

from .fact import Fact, UnknownFactError, comparable

if TYPE_CHECKING:
    from triagebook.model.planning import Target

    from .case import Case


class Answer(StrEnum):
    """What is known of a criterion."""

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
        """Whether the answer rests on evidence that was seen, not only on what the record lists."""
        return (
            self.answer is Answer.MET and self.fact is not None and self.fact.grade in {Grade.MACHINE, Grade.ATTESTED}
        )


def states_of_criteria(case: Case) -> Mapping[str, CriterionState]:
    return {name: state_of_criterion(case, criterion) for name, criterion in case.issue.criteria.items()}


def state_of_criterion(case: Case, criterion: Target) -> CriterionState:
    """Met only where a fact or a measured value, of a grade that proves, lies within the target."""
    measure = measure_of(case, criterion)
    if measure is None:
        return CriterionState(Answer.UNKNOWN, "no measure is named for it")
    if criterion.target is None:
        return CriterionState(Answer.UNKNOWN, "no target is named for it")
    if measure.name in {"stage", "verdict"} or measure.name.startswith("criteria."):
        return CriterionState(Answer.UNKNOWN, f"`{measure}` follows from the criteria, and can't answer one")
    try:
        fact = case.fact(measure)
    except UnknownFactError as error:
        return CriterionState(Answer.UNKNOWN, str(error))
    if fact.value is None:
        return CriterionState(Answer.UNKNOWN, fact.why_unknown or f"`{fact.ref}` is unknown", fact)
    if fact.grade is Grade.TRANSCRIBED:
        return CriterionState(Answer.UNKNOWN, f"`{fact.ref}` is {fact}, but only a document says so", fact)
    value = fact.quantity
    holds = criterion.target.holds(comparable(value, criterion.target)) if value else None
    if holds is None:
        return CriterionState(
            Answer.UNKNOWN, f"`{fact.ref}` is {fact}, which can't be held against {criterion.target}", fact
        )
    verb = "is within" if holds else "is not"
    return CriterionState(Answer.MET if holds else Answer.FAILED, f"{fact} {verb} {criterion.target}", fact)


def measure_of(case: Case, criterion: Target) -> FactRef | None:
    """The fact that answers it: a measure that names no environment, and can, is taken where the criterion says."""
    measure = criterion.measure
    if measure is None or criterion.environment is None or not case.takes(measure, "environment"):
        return measure
    filters = {"environment": str(criterion.environment), **dict(measure.filters)}
    return FactRef(measure.name, tuple(sorted(filters.items())))
