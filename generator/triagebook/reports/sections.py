"""The sections of reports: each a value computed for one issue. Most come from `views` or straight from the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, get_type_hints

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.verdict.environments import Todo
from triagebook.model.base import Line, Prose
from triagebook.model.building_blocks import Detector, Step
from triagebook.model.defect import Cause, Certainty, Impact, Symptom
from triagebook.model.issue import Change, Fix, Issue, Option
from triagebook.model.planning import Plan
from triagebook.views import affected as affected_files
from triagebook.views import claims as claims_view
from triagebook.views import criteria as criteria_view
from triagebook.views import plan as plan_view
from triagebook.views.affected import AffectedView
from triagebook.views.claims import ClaimRow, Contradictions
from triagebook.views.criteria import CriterionRow
from triagebook.views.evidence import EvidenceRow, evidence_rows
from triagebook.views.figures import Figure, Figures
from triagebook.views.head import Head
from triagebook.views.head import head as head_of
from triagebook.views.plan import DeploymentRow, EnvironmentCommands, PhaseRow
from triagebook.views.relations import RelationRow
from triagebook.views.relations import relations as relations_of
from triagebook.views.suites import SuiteRow, TestRow
from triagebook.views.suites import dropped_tests as dropped
from triagebook.views.suites import suites as suites_of
from triagebook.views.verdict import VerdictView, environment_title, verdict_view

from .gaps import Gap, says_something
from .gaps import gaps as gaps_of
from .kinds import Kind
from .since import Changes, EarlierState, changes_since

MOST_STEPS = 3  # that a summary lists


class Subject:
    """An issue under report: its case, the figures of the report, and views that several sections need."""

    def __init__(self, case: Case, kind: Kind, earlier: EarlierState | None = None) -> None:
        self.case = case
        self.issue = case.issue
        self.plan = case.issue.plan or Plan()
        self.figures = Figures(case)
        self.kind = kind
        self.earlier = earlier

    @cached_property
    def suites(self) -> tuple[SuiteRow, ...]:
        return suites_of(self.case, self.figures)

    @cached_property
    def criteria(self) -> tuple[CriterionRow, ...]:
        return criteria_view.criteria(self.case, self.figures)

    @cached_property
    def phases(self) -> tuple[PhaseRow, ...]:
        return plan_view.phases(self.plan, self.figures, self.suites, self.criteria)


class Section(Struct, frozen=True):
    """A named part of a report: what it is, and how it is made."""

    name: str
    type: Any  # a type hint
    make: Callable[[Subject], Any]


SECTIONS: dict[str, Section] = {}


def _section(make: Callable[[Subject], Any]) -> Callable[[Subject], Any]:
    SECTIONS[make.__name__] = Section(make.__name__, get_type_hints(make)["return"], make)
    return make


# ── straight from the record ─────────────────────────────────────────────────────────────────────────


def _from_issue(name: str) -> Section:
    return Section(name, Issue.model_fields[name].annotation, lambda subject: getattr(subject.issue, name))


def _from_plan(name: str) -> Section:
    return Section(name, Plan.model_fields[name].annotation, lambda subject: getattr(subject.plan, name))


for _name in (
    "summary", "symptoms", "causes", "promises", "noticed", "next", "lessons", "documents", "monitoring", "risks",
    "rollback", "communication", "troubleshooting",
):  # fmt: skip
    SECTIONS[_name] = _from_issue(_name)
for _name in ("before", "during", "after", "timeline"):
    SECTIONS[_name] = _from_plan(_name)


# ── single figures ───────────────────────────────────────────────────────────────────────────────────


def _figure(name: str, fact: str, **filters: str) -> None:
    """A fact whose value is known, zero included."""
    SECTIONS[name] = Section(name, Figure | None, lambda subject: subject.figures.known(fact, **filters))


def _count(name: str, fact: str) -> None:
    """A fact whose value is known and more than zero."""
    SECTIONS[name] = Section(name, Figure | None, lambda subject: subject.figures.some(fact))


_figure("revenue", "impact.revenue")
_figure("passed", "tests.passed")
_figure("rate", "tests.pass_rate")
_figure("criteria_total", "criteria.total")
_figure("criteria_met", "criteria.met")
_figure("files", "affected.files")
_figure("locations", "affected.locations")
_figure("open", "affected.locations", state="open")
_count("planned", "tests.planned")
_count("failed", "tests.failed")
_count("missing", "tests.missing")
_count("vacuous", "tests.vacuous")
_count("time", "plan.time")


# ── every report ─────────────────────────────────────────────────────────────────────────────────────


@_section
def head(subject: Subject) -> Head:
    return head_of(subject.case, subject.kind.title)


@_section
def verdict(subject: Subject) -> VerdictView:
    return verdict_view(subject.case, subject.figures)


@_section
def relations(subject: Subject) -> tuple[RelationRow, ...]:
    return relations_of(subject.case.book, subject.case.entry)


@_section
def gaps(subject: Subject) -> tuple[Gap, ...]:
    return gaps_of(subject.case, subject.kind.gaps)


# ── the defect and its fix ───────────────────────────────────────────────────────────────────────────


@_section
def symptom(subject: Subject) -> Symptom | None:
    return next((each for each in subject.issue.symptoms if each.error), None)


@_section
def impact(subject: Subject) -> Impact | None:
    """None if the record says nothing about it."""
    return subject.issue.impact if says_something(subject.issue.impact) else None


@_section
def revenue_disputed(subject: Subject) -> bool:
    return claims_view.is_disputed(subject.case, "impact.revenue")


@_section
def share_disputed(subject: Subject) -> bool:
    return claims_view.is_disputed(subject.case, "impact.share")


@_section
def likely_causes(subject: Subject) -> tuple[Cause, ...]:
    return tuple(cause for cause in subject.issue.causes if cause.state is not Certainty.RULED_OUT)


@_section
def affected(subject: Subject) -> AffectedView | None:
    return affected_files.affected_view(subject.case, subject.figures)


@_section
def scanned(subject: Subject) -> bool:
    return affected_files.is_scanned(subject.case.entry.affected)


@_section
def fix(subject: Subject) -> Fix | None:
    """None if the record says nothing about it."""
    return subject.issue.fix if says_something(subject.issue.fix) else None


@_section
def option(subject: Subject) -> Option | None:
    """The chosen option."""
    found = subject.issue.fix
    return found.options.get(found.chosen) if found and found.chosen else None


@_section
def why(subject: Subject) -> Prose | None:
    return subject.issue.fix.why if subject.issue.fix else None


@_section
def changes(subject: Subject) -> tuple[Change, ...]:
    return subject.issue.fix.changes if subject.issue.fix else ()


class FinalSearch(Struct, frozen=True):
    """The check that no location is left: a scan with the detector that found them."""

    detector: Detector
    command: str
    weaker: tuple[Prose, ...]  # steps of the plan that search for less


@_section
def final_search(subject: Subject) -> FinalSearch | None:
    own = affected_files.detector(subject.case.book, subject.case.entry)
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


# ── tests and criteria ───────────────────────────────────────────────────────────────────────────────


@_section
def suites(subject: Subject) -> tuple[SuiteRow, ...]:
    return subject.suites


class Approach(Struct, frozen=True):
    """The suites of one test category."""

    id: str
    title: str
    summary: Prose | None
    planned: Figure | None
    suites: tuple[SuiteRow, ...]


@_section
def approaches(subject: Subject) -> tuple[Approach, ...]:
    """The test categories, in the catalog's order."""
    known = subject.case.book.catalog.test_categories
    found = []
    for name in dict.fromkeys([*known, *(str(row.suite.category) for row in subject.suites)]):
        own = tuple(row for row in subject.suites if row.suite.category == name)
        if own:
            title, summary = (str(known[name].title), known[name].summary) if name in known else (name, None)
            planned = subject.figures.some("tests.planned", category=name)
            found.append(Approach(name, title, summary, planned, own))
    return tuple(found)


@_section
def loose_suites(subject: Subject) -> tuple[SuiteRow, ...]:
    return plan_view.outside_phases(subject.suites, subject.phases)


@_section
def dropped_tests(subject: Subject) -> tuple[TestRow, ...]:
    return dropped(subject.case)


@_section
def criteria(subject: Subject) -> tuple[CriterionRow, ...]:
    return subject.criteria


@_section
def loose_criteria(subject: Subject) -> tuple[CriterionRow, ...]:
    return plan_view.of_no_phase(subject.criteria, subject.phases)


@_section
def metrics(subject: Subject) -> tuple[CriterionRow, ...]:
    return criteria_view.metrics(subject.case, subject.figures)


# ── the plan ─────────────────────────────────────────────────────────────────────────────────────────


@_section
def phases(subject: Subject) -> tuple[PhaseRow, ...]:
    return subject.phases


@_section
def commands(subject: Subject) -> tuple[EnvironmentCommands, ...]:
    return plan_view.commands_by_environment(subject.case.book, subject.suites)


class Need(Struct, frozen=True):
    """A precondition, and the suites that have it."""

    what: Line
    suites: tuple[str, ...]


@_section
def needs(subject: Subject) -> tuple[Need, ...]:
    found: dict[Line, list[str]] = {}
    for row in subject.suites:
        for need in row.suite.needs:
            found.setdefault(need, []).append(row.title)
    return tuple(Need(what, tuple(titles)) for what, titles in found.items())


class RecordCommands(Struct, frozen=True):
    """The commands that record the runs in one environment."""

    title: str
    before: str
    after: str


@_section
def records(subject: Subject) -> tuple[RecordCommands, ...]:
    """The commands for each required environment; none if there is no suite."""
    case, record = subject.case, f"triagebook record {subject.case.entry.id} junit.xml"
    return tuple(
        RecordCommands(
            environment_title(case.book, name),
            f"{record} --environment {name} --phase before",
            f"{record} --environment {name} --phase after",
        )
        for name in (case.ledger.required_environments if subject.suites else ())
    )


@_section
def deployments(subject: Subject) -> tuple[DeploymentRow, ...]:
    return plan_view.deployments(subject.case.book, subject.issue.deployment)


@_section
def attempts(subject: Subject) -> tuple[DeploymentRow, ...]:
    """The deployments that were attempted."""
    return tuple(row for row in deployments(subject) if row.deployment.attempts)


@_section
def next_steps(subject: Subject) -> tuple[Step, ...]:
    """The first open steps by priority."""
    return _open_steps(subject)[:MOST_STEPS]


@_section
def more_steps(subject: Subject) -> bool:
    return len(_open_steps(subject)) > MOST_STEPS


def _open_steps(subject: Subject) -> tuple[Step, ...]:
    steps = [step for step in subject.issue.next if step.done is None]
    return tuple(sorted(steps, key=lambda step: step.priority if step.priority is not None else len(steps)))


# ── evidence and claims ──────────────────────────────────────────────────────────────────────────────


@_section
def evidence(subject: Subject) -> tuple[EvidenceRow, ...]:
    return evidence_rows(subject.case)


@_section
def unproven(subject: Subject) -> tuple[Todo, ...]:
    return verdict_view(subject.case, subject.figures).missing


@_section
def contradictions(subject: Subject) -> Contradictions:
    """The contradicted claims of the documents that this kind of report replaces."""
    words, documents = subject.kind.replaces, subject.issue.documents.items()
    own = [name for name, document in documents if words in document.title.lower()] if words else None
    return claims_view.contradictions(subject.case, subject.figures, own)


@_section
def claims(subject: Subject) -> tuple[ClaimRow, ...]:
    return claims_view.other_claims(subject.case, subject.figures)


@_section
def since(subject: Subject) -> Changes | None:
    return changes_since(subject.case, subject.figures, subject.earlier) if subject.earlier else None


def names_of(kind: Kind) -> tuple[str, ...]:
    """The sections of a kind, with those that every report has."""
    return ("head", "verdict", "summary", "relations", *kind.sections, "gaps")


def types_of(kind: Kind) -> Mapping[str, Any]:
    """The sections of a kind with their types."""
    return {name: SECTIONS[name].type for name in names_of(kind)}
