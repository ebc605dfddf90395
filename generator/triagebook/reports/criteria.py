"""Criteria and metrics with what is known of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from triagebook.facts.criteria import CriterionState, state_of_criterion
from triagebook.model.planning import Target

from .figures import Figure
from .ground import Ground


class CriterionRow(Struct, frozen=True):
    """A criterion or a metric, with its answer."""

    id: str
    target: Target
    answer: str
    why: str
    value: Figure | None  # what it was measured at


def criteria(ground: Ground) -> tuple[CriterionRow, ...]:
    return _rows(ground, ground.issue.criteria, ground.case.criteria)


def metrics(ground: Ground) -> tuple[CriterionRow, ...]:
    states = {name: state_of_criterion(ground.case, target) for name, target in ground.issue.metrics.items()}
    return _rows(ground, ground.issue.metrics, states)


def of_phase(rows: Iterable[CriterionRow], phase: str) -> tuple[CriterionRow, ...]:
    """Those that close a phase of the plan."""
    return tuple(row for row in rows if row.target.phase == phase)


def _rows(
    ground: Ground, targets: Mapping[str, Target], states: Mapping[str, CriterionState]
) -> tuple[CriterionRow, ...]:
    return tuple(_row(ground, name, target, states[name]) for name, target in targets.items())


def _row(ground: Ground, name: str, target: Target, state: CriterionState) -> CriterionRow:
    known = state.fact is not None and state.fact.value is not None
    value = ground.figures.of(state.fact.ref) if state.fact and known else None
    return CriterionRow(name, target, state.answer.value, state.why, value)
