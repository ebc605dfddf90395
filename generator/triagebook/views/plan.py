"""The plan: phases with their suites and criteria, deployments, and commands by environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from triagebook.book import Book
from triagebook.model.building_blocks import Command
from triagebook.model.planning import Deployment, Plan, PlanPhase

from .criteria import CriterionRow
from .figures import Figure, Figures
from .suites import SuiteRow
from .verdict import environment_title


class SuiteName(Struct, frozen=True):
    """A suite that is shown elsewhere."""

    id: str
    title: str


class PhaseRow(Struct, frozen=True):
    """A phase of the plan."""

    id: str
    title: str
    phase: PlanPhase
    takes: Figure | None
    suites: tuple[SuiteName, ...]
    loose_suites: tuple[SuiteName, ...]  # those that none of its steps names
    commands: tuple[Command, ...]  # of its suites, each once; none if its steps say what to run
    criteria: tuple[CriterionRow, ...]


class DeploymentRow(Struct, frozen=True):
    """How the fix gets into one environment."""

    id: str
    title: str
    deployment: Deployment


class SuiteCommand(Struct, frozen=True):
    """A command of a suite."""

    suite: str
    command: Command


class EnvironmentCommands(Struct, frozen=True):
    """What is run in one environment, suite by suite."""

    title: str  # empty for commands of no environment
    commands: tuple[SuiteCommand, ...]


def phases(
    plan: Plan, figures: Figures, suites: Sequence[SuiteRow], criteria: Sequence[CriterionRow]
) -> tuple[PhaseRow, ...]:
    by_id = {suite.id: suite for suite in suites}
    return tuple(_phase(name, phase, figures, by_id, criteria) for name, phase in plan.phases.items())


def _phase(
    name: str, phase: PlanPhase, figures: Figures, suites: Mapping[str, SuiteRow], criteria: Sequence[CriterionRow]
) -> PhaseRow:
    own = [suites[str(suite)] for suite in phase.suites if suite in suites]
    named = {str(suite) for step in phase.steps for suite in step.suites}
    commands = [] if phase.steps else [command for row in own for command in row.suite.command]
    names = tuple(SuiteName(row.id, row.title) for row in own)
    return PhaseRow(
        id=name,
        title=str(phase.title or name),
        phase=phase,
        takes=figures.some("plan.time", phase=name),
        suites=names,
        loose_suites=tuple(each for each in names if each.id not in named),
        commands=tuple({str(command.run): command for command in commands}.values()),
        criteria=tuple(row for row in criteria if row.target.phase == name),
    )


def deployments(book: Book, planned: Mapping[str, Deployment]) -> tuple[DeploymentRow, ...]:
    """The deployments, in the catalog's order of environments."""
    names = _places(book, planned)
    return tuple(DeploymentRow(name, environment_title(book, name), planned[name]) for name in names)


def commands_by_environment(book: Book, suites: Sequence[SuiteRow]) -> tuple[EnvironmentCommands, ...]:
    """The commands of the suites, by the environment they are run in."""
    found: dict[str, list[SuiteCommand]] = {}
    for row in suites:
        for command in row.suite.command:
            own = [command.environment] if command.environment else row.suite.environments
            for name in [str(each) for each in own] or [""]:
                found.setdefault(name, []).append(SuiteCommand(row.title, command))
    titles = {name: environment_title(book, name) if name else "" for name in _places(book, found)}
    return tuple(EnvironmentCommands(title, tuple(found[name])) for name, title in titles.items())


def _places(book: Book, names: Iterable[str]) -> list[str]:
    """Environments in the catalog's order, then the others by name; what belongs to none comes last."""
    order = list(book.catalog.environments)
    return sorted(names, key=lambda name: (not name, order.index(name) if name in order else len(order), name))


def outside_phases(suites: Sequence[SuiteRow], rows: Sequence[PhaseRow]) -> tuple[SuiteRow, ...]:
    """Suites that no phase runs."""
    named = {str(suite) for row in rows for suite in row.phase.suites}
    named |= {str(suite) for row in rows for step in row.phase.steps for suite in step.suites}
    return tuple(suite for suite in suites if suite.id not in named)


def of_no_phase(criteria: Sequence[CriterionRow], rows: Sequence[PhaseRow]) -> tuple[CriterionRow, ...]:
    """Criteria that close no phase."""
    closing = {criterion.id for row in rows for criterion in row.criteria}
    return tuple(row for row in criteria if row.id not in closing)
