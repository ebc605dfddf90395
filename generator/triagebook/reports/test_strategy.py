"""The test strategy: why it is tested, how for each kind of tests, what that is to show, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from triagebook.model.base import Prose
from triagebook.model.building_blocks import Step
from triagebook.model.defect import Cause, Impact, Noticed, Promise, Symptom
from triagebook.model.issue import Document, Fix, Lesson
from triagebook.model.planning import Horizon, Risk

from .affected import AffectedView, affected_view
from .contradictions import Contradictions, contradictions_of
from .criteria import CriterionRow, criteria, metrics
from .figures import Figure
from .gaps import Gap, gaps
from .ground import Ground
from .head import Head, head
from .plan import PhaseRow, phases
from .relations import RelationRow, relations
from .results import SuiteRow, suites
from .verdict import VerdictView, verdict_view

KIND, TITLE = "test-strategy", "Test strategy"


class Approach(Struct, frozen=True):
    """What one kind of tests is for."""

    id: str
    title: str
    summary: Prose | None
    planned: Figure | None
    suites: tuple[SuiteRow, ...]


class TestStrategy(Struct, frozen=True):
    """What the template of a test strategy sees."""

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
    approaches: tuple[Approach, ...]
    suites: tuple[SuiteRow, ...]
    fix: Fix | None
    affected: AffectedView | None
    before: tuple[Step, ...]
    phases: tuple[PhaseRow, ...]
    after: tuple[Step, ...]
    time: Figure | None
    criteria: tuple[CriterionRow, ...]
    metrics: tuple[CriterionRow, ...]
    risks: tuple[Risk, ...]
    timeline: Mapping[str, Horizon]
    noticed: tuple[Noticed, ...]
    next: tuple[Step, ...]
    lessons: tuple[Lesson, ...]
    documents: Mapping[str, Document]
    contradictions: Contradictions
    gaps: tuple[Gap, ...]


def view(ground: Ground) -> TestStrategy:
    issue, figures, plan = ground.issue, ground.figures, ground.plan
    tests, goals = suites(ground), criteria(ground)
    return TestStrategy(
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
        approaches=_approaches(ground, tests),
        suites=tests,
        fix=ground.fix,
        affected=affected_view(ground),
        before=plan.before,
        phases=phases(ground, tests, goals),
        after=plan.after,
        time=figures.some("plan.time"),
        criteria=goals,
        metrics=metrics(ground),
        risks=issue.risks,
        timeline=plan.timeline,
        noticed=issue.noticed,
        next=issue.next,
        lessons=issue.lessons,
        documents=issue.documents,
        contradictions=contradictions_of(ground, KIND),
        gaps=gaps(ground, _WANTED),
    )


_WANTED = ("symptoms", "causes", "impact", "suites", "expectations", "fix", "phases", "criteria", "risks", "next")


def _approaches(ground: Ground, tests: Sequence[SuiteRow]) -> tuple[Approach, ...]:
    """The kinds of tests, in the catalog's order."""
    known = ground.book.catalog.test_categories
    named = [*known, *(str(row.suite.category) for row in tests)]
    found = []
    for name in dict.fromkeys(named):
        own = tuple(row for row in tests if row.suite.category == name)
        if own:
            category = known.get(name)
            title, summary = (str(category.title), category.summary) if category else (name, None)
            found.append(Approach(name, title, summary, ground.figures.some("tests.planned", category=name), own))
    return tuple(found)
