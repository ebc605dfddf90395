"""The test plan: every suite and test, what it proves and what it must do, and what closes each phase."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from triagebook.model.base import Prose
from triagebook.model.building_blocks import Step
from triagebook.model.defect import Cause, Impact, Promise, Symptom
from triagebook.model.issue import Document, Fix
from triagebook.model.planning import Watch

from .contradictions import Contradictions, contradictions_of
from .criteria import CriterionRow, criteria, metrics
from .figures import Figure
from .gaps import Gap, gaps
from .ground import Ground
from .head import Head, head
from .plan import DeploymentRow, PhaseRow, PlaceCommands, commands_by_place, deployments, outside_phases, phases
from .relations import RelationRow, relations
from .results import SuiteRow, suites
from .verdict import VerdictView, verdict_view

KIND, TITLE = "test-plan", "Test plan"


class TestPlan(Struct, frozen=True):
    """What the template of a test plan sees."""

    __test__ = False  # it is none of pytest's

    head: Head
    verdict: VerdictView
    summary: Prose
    relations: tuple[RelationRow, ...]
    symptoms: tuple[Symptom, ...]
    impact: Impact | None
    revenue: Figure | None
    causes: tuple[Cause, ...]
    promises: Mapping[str, Promise]
    planned: Figure | None
    vacuous: Figure | None
    suites: tuple[SuiteRow, ...]
    phases: tuple[PhaseRow, ...]
    commands: tuple[PlaceCommands, ...]
    loose_criteria: tuple[CriterionRow, ...]  # those that close no phase
    metrics: tuple[CriterionRow, ...]
    fix: Fix | None
    deployments: tuple[DeploymentRow, ...]
    after: tuple[Step, ...]
    monitoring: tuple[Watch, ...]
    documents: Mapping[str, Document]
    contradictions: Contradictions
    gaps: tuple[Gap, ...]


def view(ground: Ground) -> TestPlan:
    issue, figures = ground.issue, ground.figures
    tests, goals = suites(ground), criteria(ground)
    parts = phases(ground, tests, goals)
    return TestPlan(
        head=head(ground, TITLE),
        verdict=verdict_view(ground),
        summary=issue.summary,
        relations=relations(ground.book, ground.entry),
        symptoms=issue.symptoms,
        impact=ground.impact,
        revenue=figures.known("impact.revenue"),
        causes=issue.causes,
        promises=issue.promises,
        planned=figures.some("tests.planned"),
        vacuous=figures.some("tests.vacuous"),
        suites=tests,
        phases=parts,
        commands=commands_by_place(ground, tests),
        loose_criteria=outside_phases(goals, parts),
        metrics=metrics(ground),
        fix=ground.fix,
        deployments=deployments(ground),
        after=ground.plan.after,
        monitoring=issue.monitoring,
        documents=issue.documents,
        contradictions=contradictions_of(ground, KIND),
        gaps=gaps(ground, _WANTED),
    )


_WANTED = ("symptoms", "causes", "suites", "expectations", "phases", "criteria", "chosen", "deployment", "monitoring")
