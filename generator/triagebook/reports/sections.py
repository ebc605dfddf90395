"""The sections of reports: each a value computed for one issue. Most come from `views` or straight from the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from msgspec import Struct

from triagebook.code.state import described
from triagebook.facts.case import Case
from triagebook.facts.ledger.refusals import Todo
from triagebook.model.base import Line, Prose
from triagebook.model.building_blocks import Step
from triagebook.model.defect import Cause, Certainty, Impact, Symptom
from triagebook.model.evidence import Outcome
from triagebook.model.issue import Change, Fix, Issue, Option
from triagebook.model.pattern import Pattern
from triagebook.model.planning import Plan
from triagebook.views import criteria
from triagebook.views.affected import AffectedView, affected_view, detector, is_scanned
from triagebook.views.claims import (
    DocumentStatements,
    KindCount,
    Stated,
    doubts,
    kind_counts,
    stated,
    statements,
)
from triagebook.views.criteria import CriterionRow
from triagebook.views.evidence import EvidenceRow, evidence_rows
from triagebook.views.figures import Figure, Figures
from triagebook.views.head import Head, head
from triagebook.views.plan import DeploymentRow, PhaseRow, Planned, Runs, deployments
from triagebook.views.relations import RelationRow, relations
from triagebook.views.suites import SuiteRow, TestRow, dropped_tests, suites
from triagebook.views.verdict import VerdictView, verdict_view

from .gaps import Gap, gaps, says_something
from .kinds import Kind
from .proposal import Proposal, proposal
from .since import Changes, EarlierState, changes_since

MOST_STEPS = 2  # that a summary lists
MOST_FAILURES = 10  # that a validation report lists before its appendices


class Subject:
    """An issue under report: its case, the figures of the report, and views that several sections need."""

    def __init__(self, case: Case, kind: Kind, earlier: EarlierState | None = None) -> None:
        self.case = case
        self.issue = case.issue
        self.plan = case.issue.plan or Plan()
        self.fix = case.issue.fix or Fix()
        self.figures = Figures(case)
        self.kind = kind
        self.earlier = earlier

    @cached_property
    def suites(self) -> tuple[SuiteRow, ...]:
        return suites(self.case, self.figures)

    @cached_property
    def criteria(self) -> tuple[CriterionRow, ...]:
        return criteria.criteria(self.case, self.figures)

    @cached_property
    def planned(self) -> Planned:
        return Planned(self.case, self.plan, self.suites)

    @cached_property
    def deployments(self) -> tuple[DeploymentRow, ...]:
        return deployments(self.case.book, self.issue.deployment)

    @cached_property
    def open_steps(self) -> tuple[Step, ...]:
        """The open next steps by priority."""
        steps = [step for step in self.issue.next if step.done is None]
        return tuple(sorted(steps, key=lambda step: step.priority if step.priority is not None else len(steps)))


def _final_search(subject: Subject) -> str:
    """The command that shows that no location is left; empty if nothing says what to search for."""
    return f"triagebook scan {subject.case.entry.id} --check" if detector(subject.case.book, subject.case.entry) else ""


class Level(Struct, frozen=True):
    """A level of tests with its suites."""

    title: str
    why: Prose | None
    suites: tuple[str, ...]
    planned: Figure | None
    proving: tuple[str, ...]  # the suites that can tell fixed from broken


def _levels(subject: Subject) -> Iterator[Level]:
    """The test categories, in the catalog's order."""
    known = subject.case.book.catalog.test_categories
    for name in dict.fromkeys([*known, *(str(row.suite.category) for row in subject.suites)]):
        own = [row for row in subject.suites if row.suite.category == name]
        if own:
            yield Level(
                title=str(known[name].title) if name in known else name,
                why=known[name].summary if name in known else None,
                suites=tuple(row.title for row in own),
                planned=subject.figures.some("tests.planned", category=name),
                proving=tuple(row.title for row in own if row.can_prove),
            )


class Goal(Struct, frozen=True):
    """A criterion, and the level of test that is to show it."""

    row: CriterionRow
    level: str  # empty if no test shows it
    suite: SuiteRow | None
    doubt: Prose | None  # why it cannot be met as it stands


def _goals(subject: Subject) -> Iterator[Goal]:
    known, doubted = subject.case.book.catalog.test_categories, doubts(subject.case)
    suites = {row.id: row for row in subject.suites}
    for row in subject.criteria:
        measure = row.target.measure
        suite = suites.get(dict(measure.filters).get("suite", "")) if measure else None
        category = str(suite.suite.category) if suite else ""
        level = str(known[category].title) if category in known else category
        if measure and measure.name.startswith("affected."):
            level = "Scan of the source"
        yield Goal(row, level, suite, doubted.get(f"criteria.{row.id}"))


class Need(Struct, frozen=True):
    """A precondition, and the suites to run that have it."""

    what: Line
    suites: tuple[str, ...]


def _needs(subject: Subject) -> tuple[Need, ...]:
    found: dict[Line, list[str]] = {}
    for row in subject.suites:
        for need in () if row.useless else row.suite.needs:
            found.setdefault(need, []).append(row.title)
    return tuple(Need(what, tuple(titles)) for what, titles in found.items())


def _patterns(subject: Subject) -> tuple[Pattern, ...]:
    """The known causes that are not ruled out."""
    known = subject.case.book.patterns
    named = (cause.pattern for cause in subject.issue.causes if cause.state is not Certainty.RULED_OUT)
    return tuple(known[name] for name in named if name and name in known)


class Refused(Struct, frozen=True):
    """Evidence that does not count for the same reason."""

    evidence: tuple[str, ...]
    why: str


class Remedy(Struct, frozen=True):
    """What would make evidence count, by which law, and the evidence that it would help."""

    do: str
    command: str  # that does it
    law: int
    law_name: str
    refused: tuple[Refused, ...]


def _refusals(subject: Subject) -> Iterator[Remedy]:
    """The refusals of the verdict by remedy and reason, so that a reader meets each of them once."""
    remedies: dict[tuple[str, str, int, str], dict[str, list[str]]] = {}
    for one in subject.case.verdict.refusals:
        remedies.setdefault((one.do, one.command, one.law, one.law_name), {}).setdefault(one.why, []).append(
            one.evidence
        )
    for remedy, reasons in remedies.items():
        yield Remedy(*remedy, tuple(Refused(tuple(evidence), why) for why, evidence in reasons.items()))


def _unproven(subject: Subject) -> Iterator[Todo]:
    """What is missing for the stages that are not reached, but for the criteria, which have a table of their own."""
    criteria = tuple(f"criterion {name} " for name in subject.issue.criteria)
    for todo in verdict_view(subject.case, subject.figures).missing:
        if not todo.do.startswith(criteria):
            yield todo


class NotPassed(Struct, frozen=True):
    """A test that did not pass after the fix."""

    test: str
    outcome: str
    environment: str
    why: str


def _not_passed(subject: Subject) -> Iterator[NotPassed]:
    for row in subject.suites:
        for test in row.tests:
            for result in test.results_after:
                if result.outcome != Outcome.PASSED.value:
                    why = result.error or str(test.test.note or "")
                    yield NotPassed(test.name, result.outcome, result.environment, why)


def _record_commands(subject: Subject) -> str:
    """The commands that record a result file, for each required environment; empty if there is no suite."""
    case, record = subject.case, f"triagebook record {subject.case.entry.id} junit.xml"
    lines = [
        f"{record} --environment {name} --phase {phase}"
        for name in (case.ledger.required_environments if subject.suites else ())
        for phase in ("before", "after")
    ]
    return "\n".join(lines)


class Section(Struct, frozen=True):
    """A part of a report: its type, and how it is made."""

    type: Any  # a type hint
    make: Callable[[Subject], Any]


def _from_issue(name: str) -> Section:
    return Section(Issue.model_fields[name].annotation, lambda subject: getattr(subject.issue, name))


def _from_plan(name: str) -> Section:
    return Section(Plan.model_fields[name].annotation, lambda subject: getattr(subject.plan, name))


def _figure(fact: str, **filters: str) -> Section:
    """A fact whose value is known, zero included."""
    return Section(Figure | None, lambda subject: subject.figures.known(fact, **filters))


def _count(fact: str) -> Section:
    """A fact whose value is known and more than zero."""
    return Section(Figure | None, lambda subject: subject.figures.some(fact))


def _filled(part: Any) -> Any:  # noqa: ANN401  (any part of a record)
    """A part of the record, or None if it says nothing."""
    return part if says_something(part) else None


_OF_ISSUE = ("summary", "reproduce", "promises", "monitoring", "risks", "rollback", "communication", "troubleshooting")

SECTIONS: Mapping[str, Section] = {
    # every report
    "source": Section(str, lambda subject: described([subject.case.source])),
    "head": Section(Head, lambda subject: head(subject.case, subject.kind.title)),
    "verdict": Section(VerdictView, lambda subject: verdict_view(subject.case, subject.figures)),
    "relations": Section(tuple[RelationRow, ...], lambda subject: relations(subject.case.book, subject.case.entry)),
    "stated": Section(Stated, lambda subject: stated(subject.case)),
    "proposed": Section(Proposal | None, lambda subject: proposal(subject.case)),
    "gaps": Section(tuple[Gap, ...], lambda subject: gaps(subject.case, subject.kind.gaps)),
    # the defect
    "opening": Section(Prose, lambda subject: Prose(subject.issue.summary.strip().partition("\n\n")[0])),
    "symptom": Section(Symptom | None, lambda subject: next((s for s in subject.issue.symptoms if s.error), None)),
    "impact": Section(Impact | None, lambda subject: _filled(subject.issue.impact)),
    "revenue": _figure("impact.revenue"),
    "likely_causes": Section(
        tuple[Cause, ...],
        lambda subject: tuple(cause for cause in subject.issue.causes if cause.state is not Certainty.RULED_OUT),
    ),
    "patterns": Section(tuple[Pattern, ...], _patterns),
    "affected": Section(AffectedView | None, lambda subject: affected_view(subject.case, subject.figures)),
    "files": _figure("affected.files"),
    "locations": _figure("affected.locations"),
    "open": _figure("affected.locations", state="open"),
    "scanned": Section(bool, lambda subject: is_scanned(subject.case.entry.affected)),
    # the fix
    "fix": Section(Fix | None, lambda subject: _filled(subject.issue.fix)),
    "option": Section(Option | None, lambda subject: subject.fix.options.get(subject.fix.chosen or "")),
    "why": Section(Prose | None, lambda subject: subject.fix.why),
    "changes": Section(tuple[Change, ...], lambda subject: subject.fix.changes),
    "unrelated": Section(tuple[Change, ...], lambda subject: subject.fix.unrelated),
    "final_search": Section(str, _final_search),
    # tests and criteria
    "suites": Section(tuple[SuiteRow, ...], lambda subject: subject.suites),
    "levels": Section(tuple[Level, ...], lambda subject: tuple(_levels(subject))),
    "dropped_tests": Section(tuple[TestRow, ...], lambda subject: dropped_tests(subject.case)),
    "planned": _count("tests.planned"),
    "passed": _figure("tests.passed"),
    "rate": _figure("tests.pass_rate"),
    "failed": _count("tests.failed"),
    "missing": _count("tests.missing"),
    "vacuous": _count("tests.vacuous"),
    "not_passed": Section(tuple[NotPassed, ...], lambda subject: tuple(islice(_not_passed(subject), MOST_FAILURES))),
    "criteria": Section(tuple[CriterionRow, ...], lambda subject: subject.criteria),
    "goals": Section(tuple[Goal, ...], lambda subject: tuple(_goals(subject))),
    "metrics": Section(tuple[CriterionRow, ...], lambda subject: criteria.metrics(subject.case, subject.figures)),
    "criteria_total": _figure("criteria.total"),
    "criteria_met": _figure("criteria.met"),
    # the plan
    "phases": Section(tuple[PhaseRow, ...], lambda subject: subject.planned.rows(subject.figures)),
    "runs": Section(Runs, lambda subject: subject.planned.runs()),
    "needs": Section(tuple[Need, ...], _needs),
    "record_commands": Section(str, _record_commands),
    "deployments": Section(tuple[DeploymentRow, ...], lambda subject: subject.deployments),
    "attempts": Section(
        tuple[DeploymentRow, ...],
        lambda subject: tuple(row for row in subject.deployments if row.deployment.attempts),
    ),
    "next_steps": Section(tuple[Step, ...], lambda subject: subject.open_steps[:MOST_STEPS]),
    "time": _count("plan.time"),
    # evidence and claims
    "evidence": Section(tuple[EvidenceRow, ...], lambda subject: evidence_rows(subject.case)),
    "refusals": Section(tuple[Remedy, ...], lambda subject: tuple(_refusals(subject))),
    "unproven": Section(tuple[Todo, ...], lambda subject: tuple(_unproven(subject))),
    "statements": Section(tuple[DocumentStatements, ...], lambda subject: statements(subject.case, subject.figures)),
    "kind_counts": Section(tuple[KindCount, ...], lambda subject: kind_counts(subject.case)),
    "since": Section(
        Changes | None,
        lambda subject: changes_since(subject.case, subject.figures, subject.earlier) if subject.earlier else None,
    ),
    # straight from the record
    **{name: _from_issue(name) for name in _OF_ISSUE},
    **{name: _from_plan(name) for name in ("before", "during", "after", "timeline")},
}


def names_of(kind: Kind, appendices: Sequence[str]) -> tuple[str, ...]:
    """The sections of a kind, with those that every report has and those of its appendices."""
    appended = [name for appendix in appendices for name in APPENDED.get(appendix, ())]
    return ("source", "head", "verdict", "summary", "stated", "proposed", *kind.sections, "gaps", *appended)


# The sections that only an appendix shows.
APPENDED = {"evidence": ("evidence",), "claims": ("statements",)}
