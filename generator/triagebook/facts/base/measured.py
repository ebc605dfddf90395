"""Measured values: the latest value that evidence of the kind `value` gives for a name."""

from __future__ import annotations

from triagebook.facts.ledger.grading import RANK, moment
from triagebook.facts.ledger.ledger import Ledger
from triagebook.model.evidence import Grade, MeasuredValue, Phase
from triagebook.model.values import FactRef

from .fact import Fact, evidence_origin


def measured(ledger: Ledger, ref: FactRef) -> Fact:
    """The latest value of the best grade, for the phase and environment that the name asks for."""
    wanted = {"phase": Phase.AFTER.value, **dict(ref.filters)}
    fitting = [
        (name, record, Grade.TRANSCRIBED if _doubt(ledger, name, record, wanted) else record.grade)
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
    doubt = _doubt(ledger, latest[0][0], record, wanted)
    return Fact(ref, record.value, record.value.unit, origins, grade, doubt)


def _answers(record: MeasuredValue, wanted: dict[str, str]) -> bool:
    """Whether a value was measured under the wanted filters. A value of a part says nothing about the whole."""
    own = {"environment": str(record.environment or ""), **dict(record.name.filters)}
    own["phase"] = own.get("phase") or (record.phase.value if record.phase else wanted["phase"])
    return all(own.get(key) == value for key, value in wanted.items()) and own.keys() <= {*wanted, "environment"}


def _doubt(ledger: Ledger, name: str, record: MeasuredValue, wanted: dict[str, str]) -> str:
    """Why a value is only a statement, by the laws; empty where it counts."""
    if refusal := ledger.refusals.get(name):
        return refusal.why
    if record.phase is None and "phase" not in dict(record.name.filters):
        return "it does not say whether it was measured before or after the fix"
    after = wanted["phase"] == Phase.AFTER.value
    return (ledger.deployments.why_not_fixed_build(record) or "") if after else ""
