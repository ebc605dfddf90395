"""The remediation checklist: what to change where, ticked from scans, with the checks before, while and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from triagebook.model.base import Prose
from triagebook.model.building_blocks import Detector, Step
from triagebook.model.defect import Cause, Impact
from triagebook.model.issue import Document, Fix, Option
from triagebook.model.planning import Horizon, Message, Risk, Watch

from .affected import AffectedView, affected_view, detector
from .contradictions import Contradictions, contradictions_of
from .criteria import CriterionRow, criteria, metrics
from .figures import Figure
from .gaps import Gap, gaps
from .ground import Ground
from .head import Head, head
from .plan import DeploymentRow, PhaseRow, deployments, phases
from .relations import RelationRow, relations
from .results import suites
from .verdict import VerdictView, verdict_view

KIND, TITLE = "remediation-checklist", "Remediation checklist"


class Search(Struct, frozen=True):
    """The check that nothing is left: the search by which the locations were found."""

    detector: Detector
    command: str
    weaker: tuple[Prose, ...]  # steps of the plan that search for something else


class RemediationChecklist(Struct, frozen=True):
    """What the template of a remediation checklist sees."""

    head: Head
    verdict: VerdictView
    summary: Prose
    relations: tuple[RelationRow, ...]
    impact: Impact | None
    revenue: Figure | None
    causes: tuple[Cause, ...]
    fix: Fix | None
    option: Option | None
    affected: AffectedView | None
    before: tuple[Step, ...]
    phases: tuple[PhaseRow, ...]
    during: tuple[Step, ...]
    after: tuple[Step, ...]
    search: Search | None
    time: Figure | None
    timeline: Mapping[str, Horizon]
    criteria: tuple[CriterionRow, ...]
    metrics: tuple[CriterionRow, ...]
    risks: tuple[Risk, ...]
    rollback: tuple[Step, ...]
    deployments: tuple[DeploymentRow, ...]
    monitoring: tuple[Watch, ...]
    communication: tuple[Message, ...]
    next: tuple[Step, ...]
    documents: Mapping[str, Document]
    contradictions: Contradictions
    gaps: tuple[Gap, ...]


def view(ground: Ground) -> RemediationChecklist:
    issue, figures, plan = ground.issue, ground.figures, ground.plan
    fix, goals = ground.fix, criteria(ground)
    return RemediationChecklist(
        head=head(ground, TITLE),
        verdict=verdict_view(ground),
        summary=issue.summary,
        relations=relations(ground.book, ground.entry),
        impact=ground.impact,
        revenue=figures.known("impact.revenue"),
        causes=issue.causes,
        fix=fix,
        option=fix.options.get(fix.chosen) if fix and fix.chosen else None,
        affected=affected_view(ground),
        before=plan.before,
        phases=phases(ground, suites(ground), goals),
        during=plan.during,
        after=plan.after,
        search=_search(ground),
        time=figures.some("plan.time"),
        timeline=plan.timeline,
        criteria=goals,
        metrics=metrics(ground),
        risks=issue.risks,
        rollback=issue.rollback,
        deployments=deployments(ground),
        monitoring=issue.monitoring,
        communication=issue.communication,
        next=issue.next,
        documents=issue.documents,
        contradictions=contradictions_of(ground, KIND),
        gaps=gaps(ground, _WANTED),
    )


_WANTED = (
    "owner", "causes", "affected", "chosen", "code", "phases", "criteria", "risks", "rollback", "deployment",
    "monitoring", "communication",
)  # fmt: skip


def _search(ground: Ground) -> Search | None:
    own = detector(ground)
    if own is None:
        return None
    weaker = tuple(step.do for step in _steps(ground) if step.search and not _as_strong(step.search, own))
    return Search(own, f"triagebook scan {ground.entry.id} --check", weaker)


def _steps(ground: Ground) -> Iterator[Step]:
    plan = ground.plan
    phases_steps: Iterable[Step] = (step for phase in plan.phases.values() for step in phase.steps)
    yield from (*phases_steps, *plan.during, *plan.after)


def _as_strong(search: Detector, own: Detector) -> bool:
    """Does a check search for the very same, in no fewer files?"""
    same = (search.code, search.regex) == (own.code, own.regex)
    return same and set(search.exclude) <= set(own.exclude) and (search.include in ((), own.include))
