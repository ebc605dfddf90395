"""The plan as a report puts it: phases with their time, their suites and the criteria they close."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from triagebook.model.building_blocks import Command
from triagebook.model.planning import Deployment, PlanPhase

from .criteria import CriterionRow, of_phase
from .figures import Figure
from .ground import Ground
from .results import SuiteRow
from .verdict import title_of_environment


class PhaseRow(Struct, frozen=True):
    """One phase of the plan."""

    id: str
    title: str
    phase: PlanPhase
    takes: Figure | None
    suites: tuple[SuiteRow, ...]
    loose_suites: tuple[SuiteRow, ...]  # those that none of its steps names
    commands: tuple[Command, ...]  # of its suites, each once; none where its steps say what to run
    criteria: tuple[CriterionRow, ...]


class DeploymentRow(Struct, frozen=True):
    """How the fix gets into one environment."""

    id: str
    title: str
    deployment: Deployment


class PlaceCommands(Struct, frozen=True):
    """What is run in one environment, suite by suite."""

    title: str
    commands: tuple[tuple[str, Command], ...]  # the suite's title, and the command


def phases(ground: Ground, suites: Sequence[SuiteRow], criteria: Sequence[CriterionRow]) -> tuple[PhaseRow, ...]:
    by_id = {suite.id: suite for suite in suites}
    rows = []
    for name, phase in ground.plan.phases.items():
        own = tuple(by_id[str(suite)] for suite in phase.suites if suite in by_id)
        commands = () if phase.steps else tuple({str(c.run): c for row in own for c in row.suite.command}.values())
        named = {str(suite) for step in phase.steps for suite in step.suites}
        loose = tuple(row for row in own if row.id not in named)
        takes = ground.figures.some("plan.time", phase=name)
        title = str(phase.title or name)
        rows.append(PhaseRow(name, title, phase, takes, own, loose, commands, of_phase(criteria, name)))
    return tuple(rows)


def deployments(ground: Ground) -> tuple[DeploymentRow, ...]:
    """In the catalog's order of environments."""
    known = list(ground.book.catalog.environments)
    order = sorted(ground.issue.deployment, key=lambda name: known.index(name) if name in known else len(known))
    return tuple(
        DeploymentRow(name, title_of_environment(ground.book, name), ground.issue.deployment[name]) for name in order
    )


def commands_by_place(ground: Ground, suites: Sequence[SuiteRow]) -> tuple[PlaceCommands, ...]:
    """The commands of the suites, by the environment they are run in."""
    found: dict[str, list[tuple[str, Command]]] = {}
    for row in suites:
        for command in row.suite.command:
            own = [command.environment] if command.environment else row.suite.environments
            for place in [str(name) for name in own] or [""]:
                found.setdefault(place, []).append((row.title, command))
    known = [*ground.book.catalog.environments]
    order = sorted(found, key=lambda name: (not name, known.index(name) if name in known else len(known), name))
    return tuple(
        PlaceCommands(title_of_environment(ground.book, name) if name else "", tuple(found[name])) for name in order
    )


def outside_the_plan(suites: Sequence[SuiteRow], rows: Sequence[PhaseRow]) -> tuple[SuiteRow, ...]:
    """Suites that no phase runs."""
    named = {str(suite) for row in rows for suite in row.phase.suites}
    named |= {str(suite) for row in rows for step in row.phase.steps for suite in step.suites}
    return tuple(suite for suite in suites if suite.id not in named)


def outside_phases(criteria: Sequence[CriterionRow], rows: Sequence[PhaseRow]) -> tuple[CriterionRow, ...]:
    """Criteria that close no phase."""
    closing = {criterion.id for row in rows for criterion in row.criteria}
    return tuple(row for row in criteria if row.id not in closing)
