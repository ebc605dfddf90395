"""The plan: what to do phase by phase, what not to run and why, and deployments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.model.base import Line, Prose, Text
from triagebook.model.building_blocks import Command, Step
from triagebook.model.planning import Deployment, Plan, PlanPhase
from triagebook.model.suites import Expectation, SuiteState
from triagebook.model.values import DocRef

from .claims import doubts
from .figures import Figure, Figures
from .suites import SuiteRow
from .verdict import environment_title

_SAME = Prose("It does the same before and after the fix")


class Run(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step of a phase, or a suite outside of phases."""

    do: Text
    environment: str  # empty for anywhere
    commands: tuple[Command, ...]
    why_not: Prose | None  # why it is not to be run
    refused: tuple[tuple[Text, Prose], ...] = ()  # commands of it that are not to be run, and why
    from_: tuple[DocRef, ...] = ()
    expect: Prose | None = None
    before: Expectation | None = None  # of the tests of a suite
    after: Expectation | None = None
    step: Step | None = None  # None for a suite

    @property
    def script(self) -> str:
        return "\n".join(str(one.run).strip() for one in self.commands)


class PhaseRow(Struct, frozen=True):
    """A phase of the plan."""

    title: str
    phase: PlanPhase
    environment: str
    takes: Figure | None
    steps: tuple[Run, ...]  # in order, without those that are not to be run
    skipped: tuple[Run, ...]  # those

    @property
    def runs_something(self) -> bool:
        return any(step.commands for step in self.steps)

    @property
    def done(self) -> bool:
        return bool(self.steps) and all(run.step and run.step.done for run in self.steps)

    @property
    def work(self) -> tuple[Step, ...]:
        """The steps that run nothing."""
        return tuple(
            run.step for run in self.steps if run.step and not (run.commands or run.step.suites or run.step.search)
        )


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

    unwritten: tuple[SuiteRow, ...]  # suites that can prove something once their tests are written
    loose: tuple[Run, ...]
    skipped: tuple[Skipped, ...]


class SortedPlan:
    """The plan of a case, sorted into what to do and what not to run."""

    def __init__(self, case: Case, plan: Plan, suites: Sequence[SuiteRow]) -> None:
        self.case = case
        self.suites = {row.id: row for row in suites}
        self.doubts = doubts(case)
        self.phases = {name: (phase, list(self._steps(name, phase))) for name, phase in plan.phases.items()}
        named = {str(suite) for phase in plan.phases.values() for suite in phase.suites}
        named |= {str(suite) for phase in plan.phases.values() for step in phase.steps for suite in step.suites}
        self.loose = [self._of_suite(row) for row in suites if row.id not in named]

    def rows(self, figures: Figures) -> tuple[PhaseRow, ...]:
        return tuple(
            PhaseRow(
                title=str(phase.title or name),
                phase=phase,
                environment=self._title(phase.environment),
                takes=figures.some("plan.time", phase=name),
                steps=tuple(run for run in runs if run.why_not is None),
                skipped=tuple(run for run in runs if run.why_not is not None),
            )
            for name, (phase, runs) in self.phases.items()
        )

    def runs(self) -> Runs:
        """What no phase says: suites outside of phases, and all that is not to be run where nothing else is."""
        in_phases = [runs for _, runs in self.phases.values()]
        marked = {run.do for runs in in_phases for run in runs if run.why_not and _has_work(runs)}
        idle = [run for runs in in_phases for run in runs if not _has_work(runs)]
        useless = [self._of_suite(row) for row in self.suites.values() if row.useless]
        skipped: dict[Prose, dict[Text, None]] = {}
        for run in [run for run in (*idle, *self.loose, *useless) if run.do not in marked]:
            if run.why_not is not None:
                skipped.setdefault(run.why_not, {})[run.do] = None
        able = [row for row in self.suites.values() if not row.useless and not row.has_run]
        planned = [row for row in able if row.suite.state is SuiteState.PLANNED]
        without_command = {row.title for row in planned if not row.suite.command}
        commands = [str(one.run) for runs in in_phases for run in runs for one in run.commands]
        return Runs(
            unwritten=() if any(one.startswith("triagebook tests ") for one in commands) else tuple(planned),
            loose=tuple(run for run in self.loose if run.why_not is None and run.do not in without_command),
            skipped=tuple(Skipped(tuple(what), why) for why, what in skipped.items()),
        )

    def _steps(self, name: str, phase: PlanPhase) -> Iterator[Run]:
        for number, step in enumerate(phase.steps):
            yield self._of_step(step, phase, self.doubts.get(f"plan.phases.{name}.steps.{number}"))
        if not any(step.command or step.suites for step in phase.steps):
            yield from (self._of_suite(self.suites[str(suite)]) for suite in phase.suites if str(suite) in self.suites)

    def _of_step(self, step: Step, phase: PlanPhase, doubt: Prose | None) -> Run:
        suites = [self._of_suite(self.suites[str(suite)]) for suite in step.suites if str(suite) in self.suites]
        usable = [run for run in suites if run.why_not is None]
        if suites and not usable:
            doubt = doubt or suites[0].why_not
        commands, refused = self._sorted(step.command or [command for run in usable for command in run.commands])
        if refused and not commands:
            doubt = doubt or refused[0][1]
        return Run(
            do=step.do,
            environment=self._title(step.environment or phase.environment),
            commands=commands,
            why_not=doubt,
            refused=refused,
            from_=step.from_,
            expect=step.expect,
            step=step,
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
        return Run(
            do=Line(row.title),
            environment=", ".join(self._title(name) for name in suite.environments),
            commands=commands[:1],
            why_not=row.doubt or (_SAME if row.useless else None),
            refused=refused,
            from_=suite.from_,
            before=suite.before,
            after=suite.after,
        )

    def _title(self, environment: str | None) -> str:
        return environment_title(self.case.book, str(environment)) if environment else ""


def _has_work(runs: Iterable[Run]) -> bool:
    return any(run.why_not is None for run in runs)


def deployments(book: Book, planned: Mapping[str, Deployment]) -> tuple[DeploymentRow, ...]:
    """The deployments, in the catalog's order of environments."""
    order = list(book.catalog.environments)
    names = sorted(planned, key=lambda name: order.index(name) if name in order else len(order))
    return tuple(DeploymentRow(name, environment_title(book, name), planned[name]) for name in names)
