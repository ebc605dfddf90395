"""Criteria and metrics, each with its answer and the value measured for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.verdict.criteria import Answer, CriterionState, state_of_criterion
from triagebook.model.planning import Target

from .figures import Figure, Figures


class CriterionRow(Struct, frozen=True):
    """A criterion or a metric, with its answer."""

    id: str
    target: Target
    answer: str
    why: str
    value: Figure | None  # the measured value


def criteria(case: Case, figures: Figures) -> tuple[CriterionRow, ...]:
    return _rows(figures, case.issue.criteria, case.criteria)


def metrics(case: Case, figures: Figures) -> tuple[CriterionRow, ...]:
    states = {name: state_of_criterion(target, case.base) for name, target in case.issue.metrics.items()}
    return _rows(figures, case.issue.metrics, states)


def tally(case: Case) -> str:
    """The number of criteria by answer, in words; empty if there is no criterion."""
    counts = Counter(state.answer for state in case.criteria.values())
    return ", ".join(f"{counts[answer]} {answer.value}" for answer in Answer if counts[answer])


def _rows(
    figures: Figures, targets: Mapping[str, Target], states: Mapping[str, CriterionState]
) -> tuple[CriterionRow, ...]:
    return tuple(_row(figures, name, target, states[name]) for name, target in targets.items())


def _row(figures: Figures, name: str, target: Target, state: CriterionState) -> CriterionRow:
    known = state.fact is not None and state.fact.value is not None
    value = figures.of(state.fact.ref) if state.fact and known else None
    return CriterionRow(name, target, state.answer.value, state.why, value)
