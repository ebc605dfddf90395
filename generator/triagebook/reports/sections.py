"""The sections of reports: each a value computed for one issue. Most come from `views` or straight from the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec import Struct

from triagebook.code.state import described
from triagebook.facts.ledger.refusals import Todo
from triagebook.model.base import Prose
from triagebook.model.building_blocks import Step
from triagebook.model.defect import Cause, Impact, Symptom
from triagebook.model.issue import Change, Fix, Issue, Option
from triagebook.model.pattern import Pattern
from triagebook.model.planning import Plan
from triagebook.views import criteria
from triagebook.views.affected import AffectedView, affected_view, is_scanned
from triagebook.views.claims import (
    DocumentStatements,
    KindCount,
    StatementCounts,
    kind_counts,
    stated,
    statements,
)
from triagebook.views.criteria import CriterionRow
from triagebook.views.evidence import EvidenceRow, evidence_rows
from triagebook.views.figures import Figure
from triagebook.views.head import Head, head
from triagebook.views.plan import DeploymentRow, PhaseRow, Runs
from triagebook.views.relations import RelationRow, relations
from triagebook.views.suites import SuiteRow, TestRow, dropped_tests
from triagebook.views.verdict import VerdictView, verdict_view

from .computed import (
    Goal,
    NotPassed,
    Refused,
    Setup,
    TestLevel,
    after_shipping,
    final_search,
    goals,
    levels,
    measure_commands,
    not_passed,
    patterns,
    record_commands,
    refusals,
    setup,
    unproven,
)
from .gaps import Gap, gaps, says_something
from .kinds import ReportKind
from .proposal import Proposal, proposal
from .since import Changes, changes_since
from .subject import Subject

MOST_STEPS = 2  # that a summary lists
MOST_FAILURES = 10  # that a validation report lists before its appendices


class ReportPart(Struct, frozen=True):
    """A part of a report: its type, and how it is made."""

    type: Any  # a type hint
    make: Callable[[Subject], Any]


def _from_issue(name: str) -> ReportPart:
    return ReportPart(Issue.model_fields[name].annotation, lambda subject: getattr(subject.issue, name))


def _from_plan(name: str) -> ReportPart:
    return ReportPart(Plan.model_fields[name].annotation, lambda subject: getattr(subject.plan, name))


def _figure(fact: str, **filters: str) -> ReportPart:
    """A fact whose value is known, zero included."""
    return ReportPart(Figure | None, lambda subject: subject.figures.known(fact, **filters))


def _count(fact: str) -> ReportPart:
    """A fact whose value is known and more than zero."""
    return ReportPart(Figure | None, lambda subject: subject.figures.some(fact))


def _filled(part: Any) -> Any:  # noqa: ANN401  (any part of a record)
    """A part of the record, or None if it says nothing."""
    return part if says_something(part) else None


_OF_ISSUE = ("summary", "reproduce", "promises", "monitoring", "risks", "rollback", "communication", "troubleshooting")

SECTIONS: Mapping[str, ReportPart] = {
    # every report
    "source": ReportPart(str, lambda subject: described([subject.case.source])),
    "head": ReportPart(Head, lambda subject: head(subject.case, subject.kind.title)),
    "verdict": ReportPart(VerdictView, lambda subject: verdict_view(subject.case, subject.figures)),
    "relations": ReportPart(tuple[RelationRow, ...], lambda subject: relations(subject.case.book, subject.case.entry)),
    "stated": ReportPart(StatementCounts, lambda subject: stated(subject.case)),
    "proposed": ReportPart(Proposal | None, lambda subject: proposal(subject.case)),
    "gaps": ReportPart(tuple[Gap, ...], lambda subject: gaps(subject.case, subject.kind.gaps)),
    # the defect
    "opening": ReportPart(Prose, lambda subject: Prose(subject.issue.summary.strip().partition("\n\n")[0])),
    "symptom": ReportPart(Symptom | None, lambda subject: next((s for s in subject.issue.symptoms if s.error), None)),
    "impact": ReportPart(Impact | None, lambda subject: _filled(subject.issue.impact)),
    "revenue": _figure("impact.revenue"),
    "likely_causes": ReportPart(
        tuple[Cause, ...],
        lambda subject: tuple(subject.issue.possible_causes),
    ),
    "patterns": ReportPart(tuple[Pattern, ...], patterns),
    "affected": ReportPart(AffectedView | None, lambda subject: affected_view(subject.case, subject.figures)),
    "files": _figure("affected.files"),
    "locations": _figure("affected.locations"),
    "open": _figure("affected.locations", state="open"),
    "scanned": ReportPart(bool, lambda subject: is_scanned(subject.case.entry.affected)),
    # the fix
    "fix": ReportPart(Fix | None, lambda subject: _filled(subject.issue.fix)),
    "option": ReportPart(Option | None, lambda subject: subject.fix.options.get(subject.fix.chosen or "")),
    "why": ReportPart(Prose | None, lambda subject: subject.fix.why),
    "changes": ReportPart(tuple[Change, ...], lambda subject: subject.fix.changes),
    "unrelated": ReportPart(tuple[Change, ...], lambda subject: subject.fix.unrelated),
    "final_search": ReportPart(str, final_search),
    # tests and criteria
    "suites": ReportPart(tuple[SuiteRow, ...], lambda subject: subject.suites),
    "levels": ReportPart(tuple[TestLevel, ...], lambda subject: tuple(levels(subject))),
    "dropped_tests": ReportPart(tuple[TestRow, ...], lambda subject: dropped_tests(subject.case)),
    "planned": _count("tests.planned"),
    "passed": _figure("tests.passed"),
    "rate": _figure("tests.pass_rate"),
    "failed": _count("tests.failed"),
    "missing": _count("tests.missing"),
    "vacuous": _count("tests.vacuous"),
    "not_passed": ReportPart(tuple[NotPassed, ...], lambda subject: tuple(islice(not_passed(subject), MOST_FAILURES))),
    "criteria": ReportPart(tuple[CriterionRow, ...], lambda subject: subject.criteria),
    "goals": ReportPart(tuple[Goal, ...], lambda subject: tuple(goals(subject))),
    "metrics": ReportPart(tuple[CriterionRow, ...], lambda subject: criteria.metrics(subject.case, subject.figures)),
    "criteria_total": _figure("criteria.total"),
    "criteria_met": _figure("criteria.met"),
    # the plan
    "phases": ReportPart(tuple[PhaseRow, ...], lambda subject: subject.planned.rows(subject.figures)),
    "runs": ReportPart(Runs, lambda subject: subject.planned.runs()),
    "setup": ReportPart(Setup | None, setup),
    "record_commands": ReportPart(str, record_commands),
    "measure_commands": ReportPart(str, measure_commands),
    "deployments": ReportPart(tuple[DeploymentRow, ...], lambda subject: subject.deployments),
    "attempts": ReportPart(
        tuple[DeploymentRow, ...],
        lambda subject: tuple(row for row in subject.deployments if row.deployment.attempts),
    ),
    "next_steps": ReportPart(tuple[Step, ...], lambda subject: subject.open_steps[:MOST_STEPS]),
    "time": _count("plan.time"),
    # evidence and claims
    "evidence": ReportPart(tuple[EvidenceRow, ...], lambda subject: evidence_rows(subject.case)),
    "refusals": ReportPart(tuple[Refused, ...], lambda subject: tuple(refusals(subject))),
    "unproven": ReportPart(tuple[Todo, ...], unproven),
    "after_shipping": ReportPart(tuple[Todo, ...], after_shipping),
    "statements": ReportPart(tuple[DocumentStatements, ...], lambda subject: statements(subject.case, subject.figures)),
    "kind_counts": ReportPart(tuple[KindCount, ...], lambda subject: kind_counts(subject.case)),
    "since": ReportPart(
        Changes | None,
        lambda subject: changes_since(subject.case, subject.earlier) if subject.earlier else None,
    ),
    # straight from the record
    **{name: _from_issue(name) for name in _OF_ISSUE},
    **{name: _from_plan(name) for name in ("before", "during", "after", "timeline")},
}


def names_of(kind: ReportKind, appendices: Sequence[str]) -> tuple[str, ...]:
    """The sections of a kind, with those that every report has and those of its appendices."""
    appended = [name for appendix in appendices for name in APPENDED.get(appendix, ())]
    return ("source", "head", "verdict", "summary", "stated", "proposed", *kind.sections, "gaps", *appended)


# The sections that only an appendix shows.
APPENDED = {"evidence": ("evidence",), "claims": ("statements",)}
