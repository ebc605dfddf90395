"""Values that only reports show: test levels, goals, needs, refusals by reason, and what did not pass."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from msgspec import Struct

from triagebook.facts.ledger.refusals import Todo
from triagebook.facts.verdict.stages import Stage
from triagebook.model.base import Prose
from triagebook.model.evidence import Outcome
from triagebook.model.pattern import Pattern
from triagebook.views.claims import doubts
from triagebook.views.criteria import CriterionRow
from triagebook.views.figures import Figure
from triagebook.views.suites import SuiteRow
from triagebook.views.verdict import verdict_view

from .subject import Subject


def final_search(subject: Subject) -> str:
    """The command that shows that no location is left; empty if nothing says what to search for."""
    return (
        f"triagebook scan {subject.case.entry.id} --check" if subject.case.book.detector_of(subject.case.entry) else ""
    )


class TestLevel(Struct, frozen=True):
    """A level of tests with its suites."""

    title: str
    why: Prose | None
    suites: tuple[str, ...]
    planned: Figure | None
    proving: tuple[str, ...]  # the suites that can tell fixed from broken


def levels(subject: Subject) -> Iterator[TestLevel]:
    """The test categories, in the catalog's order."""
    known = subject.case.book.catalog.test_categories
    for name in dict.fromkeys([*known, *(str(row.suite.category) for row in subject.suites)]):
        own = [row for row in subject.suites if row.suite.category == name]
        if own:
            yield TestLevel(
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


def goals(subject: Subject) -> Iterator[Goal]:
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


def patterns(subject: Subject) -> tuple[Pattern, ...]:
    """The known causes that are not ruled out."""
    known = subject.case.book.patterns
    named = (cause.pattern for cause in subject.issue.possible_causes)
    return tuple(known[name] for name in named if name and name in known)


class Refused(Struct, frozen=True):
    """Evidence that does not count for the same reason, and what would make it count."""

    evidence: tuple[str, ...]
    why: str
    do: str
    command: str  # that does it
    law: int
    law_name: str


def refusals(subject: Subject) -> Iterator[Refused]:
    found: dict[tuple[str, str, str, int, str], list[str]] = {}
    for one in subject.case.verdict.refusals:
        found.setdefault((one.why, one.do, one.command, one.law, one.law_name), []).append(one.evidence)
    for reason, evidence in found.items():
        yield Refused(tuple(evidence), *reason)


def unproven(subject: Subject) -> tuple[Todo, ...]:
    """What is missing before the fix can ship, with all of one environment in one line."""
    later = {*after_shipping(subject), *subject.case.verdict.stages[-1].missing}
    found: dict[str, Todo] = {}
    for todo in _missing(subject):
        place, _, do = todo.do.partition(": ")
        if place not in subject.case.verdict.environments:
            place = todo.do
        if todo not in later:
            found[place] = Todo(f"{found[place].do}, then {do}") if place in found else todo
    return tuple(found.values())


def after_shipping(subject: Subject) -> tuple[Todo, ...]:
    """What can only be shown once the fix is in production."""
    known, verdict = subject.case.book.catalog.environments, subject.case.verdict
    later = [todo for step in verdict.stages if step.stage is Stage.RELEASED for todo in step.missing]
    if not any(environment.production for environment in known.values()):
        return ()  # as of a library
    for name, environment in verdict.environments.items():
        if name in known and known[name].production:
            later += environment.missing
    return tuple(todo for todo in _missing(subject) if todo in later)


def _missing(subject: Subject) -> Iterator[Todo]:
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


def not_passed(subject: Subject) -> Iterator[NotPassed]:
    for row in subject.suites:
        for test in row.tests:
            for result in test.results_after:
                if result.outcome != Outcome.PASSED.value:
                    why = result.error or str(test.test.note or "")
                    yield NotPassed(test.name, result.outcome, result.environment, why)


class Setup(Struct, frozen=True):
    """How to get a checkout of the source code, if the catalog says where it belongs."""

    folder: str
    script: str


def setup(subject: Subject) -> Setup | None:
    source, catalog = subject.issue.source, subject.case.book.catalog
    folder = catalog.checkout_of(source.repository) if source else "."
    if source is None or folder == ".":
        return None
    commits = [change.commit for change in subject.fix.changes if change.commit] or [source.commit]
    url, branch = catalog.repositories[source.repository].url, quote(f"issue-{subject.case.entry.id}")
    lines = [f"git clone {quote(url)} {quote(folder)}"] if url else []
    lines.append(f"git -C {quote(folder)} switch --create {branch} {commits[-1][:9]}")
    return Setup(folder, "\n".join(lines))


def measure_commands(subject: Subject) -> str:
    """The commands that record the values which criteria ask for."""
    case, who = subject.case, subject.issue.owner or "WHO"
    lines = [
        f"triagebook record {case.entry.id} --value {row.target.measure.name}=VALUE --by {who} --phase after"
        + (_in(subject, row.target.environment) if row.target.environment else "")
        for row in subject.criteria
        if row.target.measure and row.target.measure.name in case.facts.measured_names
    ]
    return "\n".join(lines)


def _in(subject: Subject, environment: str) -> str:
    """The options that name an environment, and the build that is deployed there."""
    known, place = subject.case.book.catalog.environments, str(environment)
    deployed = place in subject.issue.deployment or (place in known and known[place].production)
    return f" --environment {place}{' --build BUILD' * deployed}"


def record_commands(subject: Subject) -> str:
    """The commands that record a result file, for each required environment; empty if there is no suite."""
    case, made = subject.case, setup(subject)
    record = f"triagebook record {case.entry.id} {f'{made.folder}/' if made else ''}junit.xml"
    lines = [
        f"{record} --phase {phase}{_in(subject, name)}"
        for name in (case.ledger.required_environments if subject.suites else ())
        for phase in ("before", "after")
        if phase == "after" or case.ledger.places_before(name) == (name,)
    ]
    return "\n".join(lines)
