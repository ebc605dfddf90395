"""The sections of reports: each a value computed for one issue. Most come from `views` or straight from the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any

from msgspec import Struct

from triagebook.facts.case import Case, described
from triagebook.facts.ledger.refusals import Todo
from triagebook.model.base import Line, Prose
from triagebook.model.building_blocks import Detector, Step
from triagebook.model.defect import Cause, Certainty, Impact, Symptom
from triagebook.model.evidence import Outcome
from triagebook.model.issue import Change, Fix, Issue, Option
from triagebook.model.planning import Plan
from triagebook.views import criteria, plan
from triagebook.views.affected import AffectedView, affected_view, detector, is_scanned
from triagebook.views.claims import DocumentStatements, KindCount, Stated, is_disputed, kind_counts, stated, statements
from triagebook.views.criteria import CriterionRow
from triagebook.views.evidence import EvidenceRow, evidence_rows
from triagebook.views.figures import Figure, Figures
from triagebook.views.head import Head, head
from triagebook.views.plan import DeploymentRow, EnvironmentCommands, PhaseRow
from triagebook.views.relations import RelationRow, relations
from triagebook.views.suites import SuiteRow, TestRow, dropped_tests, suites
from triagebook.views.verdict import VerdictView, environment_title, verdict_view

from .gaps import Gap, gaps, says_something
from .kinds import Kind
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
    def phases(self) -> tuple[PhaseRow, ...]:
        return plan.phases(self.plan, self.figures, self.suites, self.criteria)

    @cached_property
    def deployments(self) -> tuple[DeploymentRow, ...]:
        return plan.deployments(self.case.book, self.issue.deployment)

    @cached_property
    def open_steps(self) -> tuple[Step, ...]:
        """The open next steps by priority."""
        steps = [step for step in self.issue.next if step.done is None]
        return tuple(sorted(steps, key=lambda step: step.priority if step.priority is not None else len(steps)))


class FinalSearch(Struct, frozen=True):
    """The check that no location is left: a scan with the detector that found them."""

    detector: Detector
    command: str
    weaker: tuple[Prose, ...]  # steps of the plan that search for less


def _final_search(subject: Subject) -> FinalSearch | None:
    own = detector(subject.case.book, subject.case.entry)
    if own is None:
        return None
    steps = _plan_steps(subject.plan)
    weaker = tuple(step.do for step in steps if step.search and not _covers(step.search, own))
    return FinalSearch(own, f"triagebook scan {subject.case.entry.id} --check", weaker)


def _plan_steps(plan: Plan) -> Iterator[Step]:
    for phase in plan.phases.values():
        yield from phase.steps
    yield from (*plan.during, *plan.after)


def _covers(search: Detector, own: Detector) -> bool:
    """Whether a search looks for the same as the detector, in all its files."""
    same = (search.code, search.regex) == (own.code, own.regex)
    return same and set(search.exclude) <= set(own.exclude) and (search.include in ((), own.include))


class Approach(Struct, frozen=True):
    """The suites of one test category."""

    id: str
    title: str
    summary: Prose | None
    planned: Figure | None
    suites: tuple[SuiteRow, ...]


def _approaches(subject: Subject) -> Iterator[Approach]:
    """The test categories, in the catalog's order."""
    known = subject.case.book.catalog.test_categories
    for name in dict.fromkeys([*known, *(str(row.suite.category) for row in subject.suites)]):
        own = tuple(row for row in subject.suites if row.suite.category == name)
        if own:
            title, summary = (str(known[name].title), known[name].summary) if name in known else (name, None)
            yield Approach(name, title, summary, subject.figures.some("tests.planned", category=name), own)


class Need(Struct, frozen=True):
    """A precondition, and the suites that have it."""

    what: Line
    suites: tuple[str, ...]


def _needs(subject: Subject) -> tuple[Need, ...]:
    found: dict[Line, list[str]] = {}
    for row in subject.suites:
        for need in row.suite.needs:
            found.setdefault(need, []).append(row.title)
    return tuple(Need(what, tuple(titles)) for what, titles in found.items())


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


class RecordCommands(Struct, frozen=True):
    """The commands that record the runs in one environment."""

    title: str
    before: str
    after: str


def _records(subject: Subject) -> Iterator[RecordCommands]:
    """The commands for each required environment; none if there is no suite."""
    case, record = subject.case, f"triagebook record {subject.case.entry.id} junit.xml"
    for name in case.ledger.required_environments if subject.suites else ():
        before, after = (f"{record} --environment {name} --phase {phase}" for phase in ("before", "after"))
        yield RecordCommands(environment_title(case.book, name), before, after)


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


_OF_ISSUE = (
    "summary", "symptoms", "causes", "promises", "noticed", "next", "lessons", "documents", "monitoring", "risks",
    "rollback", "communication", "troubleshooting",
)  # fmt: skip

SECTIONS: Mapping[str, Section] = {
    # every report
    "source": Section(str, lambda subject: described([subject.case.source])),
    "head": Section(Head, lambda subject: head(subject.case, subject.kind.title)),
    "verdict": Section(VerdictView, lambda subject: verdict_view(subject.case, subject.figures)),
    "relations": Section(tuple[RelationRow, ...], lambda subject: relations(subject.case.book, subject.case.entry)),
    "stated": Section(Stated, lambda subject: stated(subject.case)),
    "gaps": Section(tuple[Gap, ...], lambda subject: gaps(subject.case, subject.kind.gaps)),
    # the defect
    "opening": Section(Prose, lambda subject: Prose(subject.issue.summary.strip().partition("\n\n")[0])),
    "symptom": Section(Symptom | None, lambda subject: next((s for s in subject.issue.symptoms if s.error), None)),
    "impact": Section(Impact | None, lambda subject: _filled(subject.issue.impact)),
    "revenue": _figure("impact.revenue"),
    "revenue_disputed": Section(bool, lambda subject: is_disputed(subject.case, "impact.revenue")),
    "likely_causes": Section(
        tuple[Cause, ...],
        lambda subject: tuple(cause for cause in subject.issue.causes if cause.state is not Certainty.RULED_OUT),
    ),
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
    "final_search": Section(FinalSearch | None, _final_search),
    # tests and criteria
    "suites": Section(tuple[SuiteRow, ...], lambda subject: subject.suites),
    "approaches": Section(tuple[Approach, ...], lambda subject: tuple(_approaches(subject))),
    "loose_suites": Section(tuple[SuiteRow, ...], lambda subject: plan.outside_phases(subject.suites, subject.phases)),
    "dropped_tests": Section(tuple[TestRow, ...], lambda subject: dropped_tests(subject.case)),
    "planned": _count("tests.planned"),
    "passed": _figure("tests.passed"),
    "rate": _figure("tests.pass_rate"),
    "failed": _count("tests.failed"),
    "missing": _count("tests.missing"),
    "vacuous": _count("tests.vacuous"),
    "not_passed": Section(tuple[NotPassed, ...], lambda subject: tuple(islice(_not_passed(subject), MOST_FAILURES))),
    "criteria": Section(tuple[CriterionRow, ...], lambda subject: subject.criteria),
    "loose_criteria": Section(
        tuple[CriterionRow, ...], lambda subject: plan.of_no_phase(subject.criteria, subject.phases)
    ),
    "metrics": Section(tuple[CriterionRow, ...], lambda subject: criteria.metrics(subject.case, subject.figures)),
    "criteria_total": _figure("criteria.total"),
    "criteria_met": _figure("criteria.met"),
    # the plan
    "phases": Section(tuple[PhaseRow, ...], lambda subject: subject.phases),
    "commands": Section(
        tuple[EnvironmentCommands, ...],
        lambda subject: plan.commands_by_environment(subject.case.book, subject.suites),
    ),
    "needs": Section(tuple[Need, ...], _needs),
    "records": Section(tuple[RecordCommands, ...], lambda subject: tuple(_records(subject))),
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


def names_of(kind: Kind) -> tuple[str, ...]:
    """The sections of a kind, with those that every report has and those of its appendices."""
    appended = [name for appendix in kind.appendices for name in _APPENDED.get(appendix, ())]
    return ("source", "head", "verdict", "summary", "relations", "stated", *kind.sections, *appended, "gaps")


_APPENDED = {"evidence": ("evidence",), "claims": ("statements",)}
