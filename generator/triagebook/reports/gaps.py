"""Gaps: the parts of a record that are missing, each with the field to fill or the command to run."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.model.base import Record
from triagebook.model.evidence import Phase


class Gap(Struct, frozen=True):
    """Something to record next."""

    what: str
    field: str
    command: str = ""


class _Part(Struct, frozen=True):
    """A part of a record, and whether it is present."""

    gap: Gap
    present: Callable[[Case], object]


def says_something(record: Record | None) -> bool:
    """Whether any field of a part of a record is filled, its source aside."""
    return record is not None and any(value for name, value in record if name != "from_")


def _field(field: str, what: str, present: Callable[[Case], object] | None = None) -> _Part:
    return _Part(Gap(what, field), present or (lambda case: getattr(case.issue, field)))


def _fix(part: str, what: str) -> _Part:
    return _field(f"fix.{part}", what, lambda case: case.issue.fix and getattr(case.issue.fix, part))


def _run(phase: Phase, what: str) -> _Part:
    gap = Gap(what, "evidence/", f"triagebook record {{id}} junit.xml --phase {phase.value}")
    return _Part(gap, lambda case: any(run.phase is phase for _, run in case.ledger.runs))


PARTS = {
    "owner": _field("owner", "Who owns the next step"),
    "components": _field("components", "Where the defect lives"),
    "symptoms": _field("symptoms", "How it shows, with the exact error text"),
    "causes": _field("causes", "Why it happens"),
    "impact": _field("impact", "Whom it harms, and how much", lambda case: says_something(case.issue.impact)),
    "affected": _Part(
        Gap("Where it stands in the code", "affected.yaml"),
        lambda case: case.entry.affected or any(cause.at for cause in case.issue.causes),
    ),
    "fix": _field("fix", "How it is to be fixed", lambda case: says_something(case.issue.fix)),
    "chosen": _fix("chosen", "Which way of fixing it is taken"),
    "code": _fix("code", "The code before and after"),
    "changes": _fix("changes", "What was changed, and by which commit"),
    "suites": _field("suites", "What is run to reproduce and to prove"),
    "expectations": _field(
        "suites.NAME.before",
        "What tests do before and after the fix, with the error text",
        lambda case: not case.issue.suites or any(test.before and test.after for test in case.ledger.tests),
    ),
    "criteria": _field("criteria", "What must be true before it counts as fixed"),
    "phases": _field("plan.phases", "The phases of the work", lambda case: case.issue.plan and case.issue.plan.phases),
    "risks": _field("risks", "What may go wrong with the fix"),
    "rollback": _field("rollback", "How to take it back"),
    "deployment": _field("deployment", "How the fix is deployed"),
    "monitoring": _field("monitoring", "What to watch after the deployment"),
    "communication": _field("communication", "Whom to tell what"),
    "troubleshooting": _field("troubleshooting", "What to do when a run goes wrong"),
    "next": _field("next", "What comes next"),
    "before": _run(Phase.BEFORE, "A run on code without the fix"),
    "after": _run(Phase.AFTER, "A run on code with the fix"),
}


def gaps(case: Case, names: Iterable[str]) -> tuple[Gap, ...]:
    """The named parts that the record does not hold yet, in that order."""
    missing = (part.gap for part in map(PARTS.__getitem__, names) if not part.present(case))
    return tuple(Gap(gap.what, gap.field, gap.command.format(id=case.entry.id)) for gap in missing)
