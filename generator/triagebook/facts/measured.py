"""Measured values: what evidence of the kind `value` gives for a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triagebook.model.evidence import Grade, MeasuredValue, Side

from .fact import Fact
from .results import moment

if TYPE_CHECKING:
    from triagebook.model.values import FactRef

    from .case import Case

_RANK = {Grade.MACHINE: 2, Grade.ATTESTED: 1, Grade.TRANSCRIBED: 0}


def measured(case: Case, ref: FactRef) -> Fact:
    """The latest value of the best grade, for the phase and environment that the name asks for."""
    wanted = dict(ref.filters)
    fitting = [
        (name, record)
        for name, record in case.entry.evidence.items()
        if isinstance(record, MeasuredValue) and record.name.name == ref.name and _fits(record, wanted)
    ]
    if not fitting:
        return Fact(ref, None, why_unknown=f"no value of `{ref}` was recorded")
    name, record = max(fitting, key=lambda item: (_RANK[_grade(item[1])], moment(item[1]), item[0]))
    return Fact(ref, record.value, record.value.unit, (case.evidence_origin(name),), _grade(record))


def _fits(record: MeasuredValue, wanted: dict[str, str]) -> bool:
    own = {
        "phase": record.phase.value if record.phase else Side.AFTER.value,
        "environment": str(record.environment or ""),
    }
    own |= dict(record.name.filters)
    return all(own.get(key) == value for key, value in wanted.items()) and (
        "phase" in wanted or own["phase"] == Side.AFTER.value
    )


def _grade(record: MeasuredValue) -> Grade:
    """A machine's value without its seal, or an attested one that nobody stands for, is no more than a statement."""
    if record.grade is Grade.MACHINE and not record.sealed:
        return Grade.TRANSCRIBED
    if record.grade is Grade.ATTESTED and record.by is None:
        return Grade.TRANSCRIBED
    return record.grade
