"""The plan: what to run phase by phase, what not to run, the work between, and deployments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.model.base import Line, Prose, Text
from triagebook.model.building_blocks import Command, Step
from triagebook.model.planning import Deployment, Plan, PlanPhase
from triagebook.model.refs import SuiteRef
from triagebook.model.suites import Expectation, SuiteState
from triagebook.model.values import DocRef

from .claims import doubts
from .figures import Figure, Figures
from .suites import SuiteRow
from .verdict import environment_title

_PYTEST = re.compile(r"\Apython\S* -m pytest(?:(?!--junitxml)[^|<>&;\n])*\Z")
_SAME = "It does the same before and after the fix"


class Run(Struct, frozen=True, omit_defaults=True):
    """Something to run, or not to run and why."""

    do: Text
    environment: str  # empty for anywhere
    commands: tuple[Command, ...]
    expect: Prose | None = None
    before: Expectation | None = None  # of the tests of a suite
    after: Expectation | None = None
    done: bool = False
    why_not: Prose | None = None
    from_: tuple[DocRef, ...] = ()
    refused: tuple[tuple[Text, Prose], ...] = ()  # commands of it that are not to be run, and why

    @property
    def script(self) -> str:
        """The commands. One that ends with a plain call of pytest writes the file that `triagebook record` reads."""
        return "\n".join(
            _PYTEST.sub(lambda call: f"{call[0]} --junitxml=junit.xml", str(one.run).strip()) for one in self.commands
        )


class PhaseRow(Struct, frozen=True):
    """A phase of the plan."""

    title: str
    phase: PlanPhase
    environment: str
    takes: Figure | None
    runs: tuple[Run, ...]  # what can be run, in order
    skipped: tuple[Run, ...]  # what is not to be run
    work: tuple[Step, ...]  # steps that run nothing


class DeploymentRow(Struct, frozen=True):
    """How the fix gets into one environment."""

    id: str
    title: str
    deployment: Deployment


class Skipped(Struct, frozen=True):
    """What is not to be run for the same reason."""

    what: tuple[Text, ...]
    why: Prose


class Runs(Struct, frozen=True):
    """What to run outside of phases, and what not to run."""

    unwritten: tuple[str, ...]  # suites that can prove something once their tests are written
    loose: tuple[Run, ...]
    skipped: tuple[Skipped, ...]


class SortedPlan:
    """The plan of a case, sorted into what to run, what not to run, and other work."""

    def __init__(self, case: Case, plan: Plan, suites: Sequence[SuiteRow]) -> None:
        self.case = case
        self.suites = {row.id: row for row in suites}
        self.doubts = doubts(case)
        self.phases = {name: (phase, list(self._runs(name, phase))) for name, phase in plan.phases.items()}
        named = {str(suite) for phase in plan.phases.values() for suite in _named(phase)}
        self.loose = [self._of_suite(row) for row in suites if row.id not in named]

    def rows(self, figures: Figures) -> tuple[PhaseRow, ...]:
        return tuple(
            PhaseRow(
                title=str(phase.title or name),
                phase=phase,
                environment=self._title(phase.environment),
                takes=figures.some("plan.time", phase=name),
                runs=tuple(run for run in runs if run.why_not is None),
                skipped=tuple(run for run in runs if run.why_not is not None),
                work=tuple(step for step in phase.steps if not (step.command or step.suites or step.search)),
            )
            for name, (phase, runs) in self.phases.items()
        )

    def runs(self) -> Runs:
        """The suites outside of phases, and every useless suite that no phase marks as not to be run."""
        marked = {run.do for _, runs in self.phases.values() for run in runs if run.why_not is not None}
        useless = [self._of_suite(row) for row in self.suites.values() if row.useless]
        skipped: dict[Prose, dict[Text, None]] = {}
        for run in [run for run in (*self.loose, *useless) if run.do not in marked]:
            if run.why_not is not None:
                skipped.setdefault(run.why_not, {})[run.do] = None
        unwritten = [row for row in self.suites.values() if row.suite.state is SuiteState.PLANNED and not row.useless]
        without_command = {row.title for row in unwritten if not row.suite.command}
        return Runs(
            unwritten=tuple(row.title for row in unwritten),
            loose=tuple(run for run in self.loose if run.why_not is None and run.do not in without_command),
            skipped=tuple(Skipped(tuple(what), why) for why, what in skipped.items()),
        )

    def _runs(self, name: str, phase: PlanPhase) -> Iterator[Run]:
        for number, step in enumerate(phase.steps):
            if step.command or step.suites:
                yield self._of_step(step, phase, self.doubts.get(f"plan.phases.{name}.steps.{number}"))
        if not any(step.command or step.suites for step in phase.steps):
            yield from (self._of_suite(self.suites[str(suite)]) for suite in phase.suites if str(suite) in self.suites)

    def _of_step(self, step: Step, phase: PlanPhase, doubt: Prose | None) -> Run:
        rows = [self.suites[str(suite)] for suite in step.suites if str(suite) in self.suites]
        usable = [run for run in map(self._of_suite, rows) if run.why_not is None]
        if doubt is None and rows and not usable:
            doubt = self._of_suite(rows[0]).why_not
        commands, refused = self._sorted(step.command or [command for run in usable for command in run.commands])
        if refused and not commands:
            doubt = doubt or refused[0][1]
        return Run(
            do=step.do,
            environment=self._title(step.environment or phase.environment),
            commands=commands,
            expect=step.expect,
            before=None,
            after=None,
            done=step.done is not None,
            why_not=doubt,
            from_=step.from_,
            refused=refused,
        )

    def _sorted(self, commands: Iterable[Command]) -> tuple[tuple[Command, ...], tuple[tuple[Text, Prose], ...]]:
        """The commands to run, and those that a claim disputes, with the reason."""
        doubted = [(command, self.doubts.get(str(command.run).strip())) for command in commands]
        return (
            tuple(command for command, why in doubted if why is None),
            tuple((command.run, why) for command, why in doubted if why is not None),
        )

    def _of_suite(self, row: SuiteRow) -> Run:
        suite = row.suite
        commands, refused = self._sorted(suite.command)
        places = [self._title(name) for name in suite.environments]
        return Run(
            do=Line(row.title),
            environment=", ".join(places),
            commands=commands[:1],
            expect=None,
            before=suite.before,
            after=suite.after,
            done=False,
            why_not=row.doubt or (Prose(_SAME) if row.useless else None),
            from_=suite.from_,
            refused=refused,
        )

    def _title(self, environment: str | None) -> str:
        return environment_title(self.case.book, str(environment)) if environment else ""


def _named(phase: PlanPhase) -> Iterator[SuiteRef]:
    """The suites that a phase runs."""
    yield from phase.suites
    for step in phase.steps:
        yield from step.suites


def deployments(book: Book, planned: Mapping[str, Deployment]) -> tuple[DeploymentRow, ...]:
    """The deployments, in the catalog's order of environments."""
    order = list(book.catalog.environments)
    names = sorted(planned, key=lambda name: order.index(name) if name in order else len(order))
    return tuple(DeploymentRow(name, environment_title(book, name), planned[name]) for name in names)
