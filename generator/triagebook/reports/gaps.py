"""What is not recorded yet: each with the field to fill or the command to run. An empty section is never printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from .ground import Ground


class Gap(Struct, frozen=True):
    """Something to record next."""

    what: str
    field: str
    command: str = ""


class _Part(Struct, frozen=True):
    what: str
    field: str
    there: Callable[[Ground], object]
    command: str = ""


_PARTS = {
    "owner": _Part("Who owns the next step", "owner", lambda g: g.issue.owner),
    "components": _Part("Where the defect lives", "components", lambda g: g.issue.components),
    "symptoms": _Part("How it shows, with the exact error text", "symptoms", lambda g: g.issue.symptoms),
    "causes": _Part("Why it happens", "causes", lambda g: g.issue.causes),
    "impact": _Part("Whom it harms, and how much", "impact", lambda g: g.impact),
    "source": _Part("The commit that the record speaks of", "source", lambda g: g.issue.source),
    "affected": _Part(
        "Where it stands in the code", "affected.yaml", lambda g: g.entry.affected, "triagebook scan {id}"
    ),
    "fix": _Part("How it is to be fixed", "fix", lambda g: g.fix),
    "chosen": _Part("Which way of fixing it is taken", "fix.chosen", lambda g: g.issue.fix and g.issue.fix.chosen),
    "code": _Part("The code before and after", "fix.code", lambda g: g.issue.fix and g.issue.fix.code),
    "changes": _Part(
        "What was changed, and by which commit", "fix.changes", lambda g: g.issue.fix and g.issue.fix.changes
    ),
    "suites": _Part("What is run to reproduce and to prove", "suites", lambda g: g.issue.suites),
    "expectations": _Part(
        "What tests do before and after the fix, with the error text",
        "suites.NAME.before",
        lambda g: not g.issue.suites or any(test.before and test.after for test in g.case.tests),
    ),
    "criteria": _Part("What must be true before it counts as fixed", "criteria", lambda g: g.issue.criteria),
    "phases": _Part("The phases of the work", "plan.phases", lambda g: g.plan.phases),
    "risks": _Part("What may go wrong with the fix", "risks", lambda g: g.issue.risks),
    "rollback": _Part("How to take it back", "rollback", lambda g: g.issue.rollback),
    "deployment": _Part("How the fix is brought out", "deployment", lambda g: g.issue.deployment),
    "monitoring": _Part("What to watch once it is out", "monitoring", lambda g: g.issue.monitoring),
    "communication": _Part("Whom to tell what", "communication", lambda g: g.issue.communication),
    "troubleshooting": _Part("What to do when a run goes wrong", "troubleshooting", lambda g: g.issue.troubleshooting),
    "next": _Part("What comes next", "next", lambda g: g.issue.next),
    "before": _Part(
        "A run on code without the fix",
        "evidence/",
        lambda g: any(run.phase and run.phase.value == "before" for _, run in g.case.runs),
        "triagebook record {id} junit.xml --phase before",
    ),
    "after": _Part(
        "A run on code with the fix",
        "evidence/",
        lambda g: any(run.phase and run.phase.value == "after" for _, run in g.case.runs),
        "triagebook record {id} junit.xml --phase after",
    ),
}


def gaps(ground: Ground, names: Iterable[str]) -> tuple[Gap, ...]:
    """Those of the named parts that the record does not hold yet, in that order."""
    wanted = ((_PARTS[name], _PARTS[name].there(ground)) for name in names)
    return tuple(
        Gap(part.what, part.field, part.command.format(id=ground.entry.id)) for part, there in wanted if not there
    )
