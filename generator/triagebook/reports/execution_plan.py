"""The execution plan: what to run, in order, what to expect, how to read what came of it, and how to record it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from triagebook.model.base import Line, Prose
from triagebook.model.building_blocks import Step
from triagebook.model.defect import Impact, Symptom
from triagebook.model.issue import Document
from triagebook.model.planning import Trouble

from .affected import Extent, extent
from .contradictions import Contradictions, contradictions_of
from .criteria import CriterionRow, criteria
from .figures import Figure
from .gaps import Gap, gaps
from .ground import Ground
from .head import Head, head
from .plan import PhaseRow, outside_phases, outside_the_plan, phases
from .relations import RelationRow, relations
from .results import SuiteRow, suites
from .verdict import VerdictView, title_of_environment, verdict_view

KIND, TITLE = "execution-plan", "Test execution plan"


class Need(Struct, frozen=True):
    """Something that must be there, and the suites that need it."""

    what: Line
    suites: tuple[str, ...]


class RecordIn(Struct, frozen=True):
    """How to record the runs of one environment."""

    title: str
    before: str
    after: str


class ExecutionPlan(Struct, frozen=True):
    """What the template of an execution plan sees."""

    head: Head
    verdict: VerdictView
    summary: Prose
    relations: tuple[RelationRow, ...]
    symptoms: tuple[Symptom, ...]
    impact: Impact | None
    revenue: Figure | None
    affected: Extent | None
    planned: Figure | None
    time: Figure | None
    needs: tuple[Need, ...]
    before: tuple[Step, ...]
    phases: tuple[PhaseRow, ...]
    suites: tuple[SuiteRow, ...]
    loose_suites: tuple[SuiteRow, ...]  # those that no phase runs
    during: tuple[Step, ...]
    after: tuple[Step, ...]
    records: tuple[RecordIn, ...]
    troubleshooting: tuple[Trouble, ...]
    loose_criteria: tuple[CriterionRow, ...]  # those that close no phase
    next: tuple[Step, ...]
    documents: Mapping[str, Document]
    contradictions: Contradictions
    gaps: tuple[Gap, ...]


def view(ground: Ground) -> ExecutionPlan:
    issue, figures, plan = ground.issue, ground.figures, ground.plan
    tests, goals = suites(ground), criteria(ground)
    parts = phases(ground, tests, goals)
    return ExecutionPlan(
        head=head(ground, TITLE),
        verdict=verdict_view(ground),
        summary=issue.summary,
        relations=relations(ground.book, ground.entry),
        symptoms=issue.symptoms,
        impact=ground.impact,
        revenue=figures.known("impact.revenue"),
        affected=extent(ground),
        planned=figures.some("tests.planned"),
        time=figures.some("plan.time"),
        needs=_needs(tests),
        before=plan.before,
        phases=parts,
        suites=tests,
        loose_suites=outside_the_plan(tests, parts),
        during=plan.during,
        after=plan.after,
        records=_records(ground) if tests else (),
        troubleshooting=issue.troubleshooting,
        loose_criteria=outside_phases(goals, parts),
        next=issue.next,
        documents=issue.documents,
        contradictions=contradictions_of(ground, KIND),
        gaps=gaps(ground, _WANTED),
    )


_WANTED = ("symptoms", "suites", "expectations", "phases", "before", "after", "criteria", "troubleshooting")


def _needs(tests: tuple[SuiteRow, ...]) -> tuple[Need, ...]:
    found: dict[Line, list[str]] = {}
    for row in tests:
        for need in row.suite.needs:
            found.setdefault(need, []).append(row.title)
    return tuple(Need(what, tuple(rows)) for what, rows in found.items())


def _records(ground: Ground) -> tuple[RecordIn, ...]:
    """The commands that record a run, for each environment where one is required."""
    record = f"triagebook record {ground.entry.id} junit.xml"
    return tuple(
        RecordIn(
            title_of_environment(ground.book, name),
            f"{record} --environment {name} --phase before",
            f"{record} --environment {name} --phase after",
        )
        for name in ground.case.required_environments
    )
