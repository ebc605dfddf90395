"""Criteria: each is met, failed or unknown, by comparing its measure with its target."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from triagebook.book import Entry
from triagebook.facts.base.fact import Fact, UnknownFactError, comparable
from triagebook.facts.base.facts import Facts, accepts
from triagebook.facts.ledger.refusals import Todo
from triagebook.model.evidence import Grade, Phase
from triagebook.model.issue import Issue
from triagebook.model.planning import Target
from triagebook.model.values import FactRef, Quantity


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
    is_vacuous: bool = False  # it counts tests that end the same before and after the fix

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
    return CriterionState(answer, f"{fact} {verb} the target of {criterion.target}", fact, _is_vacuous(measure, facts))


def _is_vacuous(measure: FactRef, facts: Facts) -> bool:
    """Whether a criterion counts only tests that are expected to end the same before and after the fix."""
    if not measure.name.startswith("tests."):
        return False
    chosen = tuple((key, value) for key, value in measure.filters if key in {"suite", "category"})
    planned, vacuous = (facts.fact(FactRef(name, chosen)).value for name in ("tests.planned", "tests.vacuous"))
    return planned == vacuous


def measure_of(criterion: Target) -> FactRef | None:
    """The fact that answers a criterion, in the environment of the criterion unless the measure names one."""
    measure = criterion.measure
    if measure is None or criterion.environment is None or not accepts(measure, "environment"):
        return measure
    filters = {"environment": str(criterion.environment), **dict(measure.filters)}
    return FactRef(measure.name, tuple(sorted(filters.items())))


def judged_together(entry: Entry, criteria: Mapping[str, CriterionState]) -> tuple[list[str], list[Todo]]:
    """Which criteria are met, and what is missing: all have to be met, and one has to be measured."""
    reasons, missing = [], []
    if not criteria:
        missing.append(Todo("say what must be true before it counts as fixed: `criteria`"))
    for name, state in criteria.items():
        if state.answer is Answer.MET:
            reasons.append(f"criterion {name} is met: {state.why}")
        else:
            missing.append(Todo(f"criterion {name} is {state.answer.value}: {state.why}"))
    measured = any(not reasons_not_to_measure(entry.issue.criteria[name], state) for name, state in criteria.items())
    if criteria and not measured:
        command = f'triagebook record {entry.id} --value NAME="VALUE" --phase after'
        missing.append(Todo("measure at least one criterion that could fail", command))
    return reasons, missing


def reasons_not_to_measure(criterion: Target, state: CriterionState) -> str:
    """Why a criterion measures nothing, even if it is met; empty if it measures something."""
    if state.fact is None or criterion.target is None or not state.measured:
        return "no evidence measures it"
    if state.is_vacuous:
        return "its tests are expected to end the same before and after the fix"
    if dict(state.fact.ref.filters).get("phase") == Phase.BEFORE.value:
        return "it is measured before the fix"
    target, share = criterion.target, state.fact.unit == "share" or criterion.target.unit == "%"
    if criterion.baseline is not None and target.holds(comparable(criterion.baseline, target)):
        return f"the value before the fix, {criterion.baseline}, meets the target too"
    # The worst that is thinkable, with a margin: a share of nearly nothing is nothing.
    low, high = (Fraction(1, 100), Fraction(99, 100)) if share else (Fraction(0), None)
    anything = Quantity(low, high, "" if share else target.unit)
    if target.holds(anything) is not False:
        return f"nothing can miss the target of {target}"
    return ""
