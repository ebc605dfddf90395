"""The validation report: the verdict first, then all it rests on, and what does not hold of what was said."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from triagebook.facts.environments import Todo
from triagebook.facts.weight import moment
from triagebook.model.base import Prose, Text
from triagebook.model.building_blocks import Step
from triagebook.model.defect import Cause, Impact, Noticed, Promise, Symptom
from triagebook.model.evidence import Evidence, MeasuredValue, Observation, TestRun
from triagebook.model.issue import Document, Fix, Lesson
from triagebook.model.planning import Watch

from .affected import Extent, extent
from .contradictions import ClaimRow, Contradictions, all_contradictions, other_claims
from .criteria import CriterionRow, criteria, metrics
from .figures import Figure
from .gaps import Gap, gaps
from .ground import Ground
from .head import Head, head
from .plan import DeploymentRow, deployments
from .relations import RelationRow, relations
from .results import SuiteRow, TestRow, lost, only_said_by, suites, totals
from .verdict import VerdictView, verdict_view

KIND, TITLE = "validation-report", "Validation report"


class SeenRow(Struct, frozen=True):
    """A piece of evidence, with what it counts for."""

    name: str
    what: str
    record: Evidence
    counts_as: str
    documents: tuple[str, ...]  # what vouches for it, where that is no more than a document
    totals: tuple[str, ...]  # the counts that the source states itself
    files: tuple[Text, ...]  # the code it saw, by digest


class ValidationReport(Struct, frozen=True):
    """What the template of a validation report sees."""

    head: Head
    verdict: VerdictView
    summary: Prose
    relations: tuple[RelationRow, ...]
    impact: Impact | None
    revenue: Figure | None
    symptoms: tuple[Symptom, ...]
    causes: tuple[Cause, ...]
    planned: Figure | None
    passed: Figure | None
    rate: Figure | None
    failed: Figure | None
    missing: Figure | None
    vacuous: Figure | None
    suites: tuple[SuiteRow, ...]
    lost: tuple[TestRow, ...]
    criteria: tuple[CriterionRow, ...]
    criteria_total: Figure | None
    criteria_met: Figure | None
    metrics: tuple[CriterionRow, ...]
    promises: Mapping[str, Promise]
    fix: Fix | None
    affected: Extent | None
    deployments: tuple[DeploymentRow, ...]
    evidence: tuple[SeenRow, ...]
    contradictions: Contradictions
    claims: tuple[ClaimRow, ...]  # those that are not contradicted
    unproven: tuple[Todo, ...]
    noticed: tuple[Noticed, ...]
    monitoring: tuple[Watch, ...]
    next: tuple[Step, ...]
    lessons: tuple[Lesson, ...]
    documents: Mapping[str, Document]
    gaps: tuple[Gap, ...]


def view(ground: Ground) -> ValidationReport:
    issue, figures = ground.issue, ground.figures
    return ValidationReport(
        head=head(ground, TITLE),
        verdict=verdict_view(ground),
        summary=issue.summary,
        relations=relations(ground.book, ground.entry),
        impact=ground.impact,
        revenue=figures.known("impact.revenue"),
        symptoms=issue.symptoms,
        causes=issue.causes,
        planned=figures.some("tests.planned"),
        passed=figures.known("tests.passed"),
        rate=figures.known("tests.pass_rate"),
        failed=figures.some("tests.failed"),
        missing=figures.some("tests.missing"),
        vacuous=figures.some("tests.vacuous"),
        suites=suites(ground),
        lost=lost(ground),
        criteria=criteria(ground),
        criteria_total=figures.known("criteria.total"),
        criteria_met=figures.known("criteria.met"),
        metrics=metrics(ground),
        promises=issue.promises,
        fix=ground.fix,
        affected=extent(ground),
        deployments=tuple(row for row in deployments(ground) if row.deployment.attempts),
        evidence=_evidence(ground),
        contradictions=all_contradictions(ground),
        claims=other_claims(ground),
        unproven=_unproven(ground),
        noticed=issue.noticed,
        monitoring=issue.monitoring,
        next=issue.next,
        lessons=issue.lessons,
        documents=issue.documents,
        gaps=gaps(ground, _WANTED),
    )


_WANTED = ("suites", "expectations", "before", "after", "criteria", "changes", "affected", "next")


def _unproven(ground: Ground) -> tuple[Todo, ...]:
    """What is missing for the stages that are not reached, each once."""
    steps = (step for step in ground.case.verdict.steps if not step.reached)
    return tuple(dict.fromkeys(todo for step in steps for todo in step.missing))


def _evidence(ground: Ground) -> tuple[SeenRow, ...]:
    """The evidence, the earliest first."""
    order = sorted(ground.entry.evidence.items(), key=lambda item: (moment(item[1]), item[0]))
    return tuple(_seen(ground, name, record) for name, record in order)


def _seen(ground: Ground, name: str, record: Evidence) -> SeenRow:
    return SeenRow(
        name=name,
        what=_what(record),
        record=record,
        counts_as=ground.case.weights[name].value,
        documents=only_said_by(ground, name, record),
        totals=totals(record) if isinstance(record, TestRun) else (),
        files=tuple(Text(f"{path} {digest}") for path, digest in record.code.items()),
    )


def _what(record: Evidence) -> str:
    match record:
        case TestRun():
            return "A run of tests"
        case MeasuredValue():
            return "A measured value"
        case Observation():
            return "An observation"
        case _:
            return "The output of a command"
