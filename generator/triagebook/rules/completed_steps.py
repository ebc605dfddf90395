"""TB4xx: completed steps must be in order and backed by a commit, evidence or source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.facts.verdict.criteria import Answer, state_of_criterion
from triagebook.findings import Field, Finding, Level
from triagebook.model.building_blocks import Step

from .base import Rule

Steps: TypeAlias = "list[tuple[Field, Step]]"


class PrematureTick(Rule):
    """A step is marked as done although its criterion is not met or earlier steps are open."""

    code = "TB413"
    name = "premature-tick"
    why = "Readers take a tick as proof, so the work it depends on is never done."
    remedy = "reopen the step, or record the evidence for the criterion and the earlier steps"
    bad = """
criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 95 %}}
next: [{do: Restore connections, owner: backend, criterion: connects, done: {on: 2025-10-01, commit: ab14a73d8}}]
"""
    good = bad.replace("criterion: connects, done: {on: 2025-10-01, commit: ab14a73d8}", "criterion: connects")

    def find(self, case: Case) -> Iterator[Finding]:
        targets = {**case.issue.metrics, **case.issue.criteria}
        for way, step in steps(case.issue):
            target = targets.get(step.criterion) if step.done and step.criterion else None
            if target and (state := state_of_criterion(target, case.base)).answer is not Answer.MET:
                says = f"the step is done, but `{step.criterion}` is {state.answer.value}: {state.why}"
                yield self.finding(case.file, (*way, "done"), says)
        for before, name, part in _in_order(case):
            left = [".".join(map(str, way)) for way, step in before if step.done is None]
            ticked = next((way for way, step in part if step.done), None)
            if left and ticked:
                open_ = "1 earlier step is open" if len(left) == 1 else f"{len(left)} earlier steps are open"
                says = f"a step of {name} is done, but {open_}, first `{left[0]}`"
                yield self.finding(case.file, (*ticked, "done"), says)


def _in_order(case: Case) -> Iterator[tuple[Steps, str, Steps]]:
    """Each part of the work with the steps that must precede it."""
    every = list(steps(case.issue))
    phases = case.issue.plan.phases if case.issue.plan else {}

    def part(*way: str) -> Steps:
        return [(own, step) for own, step in every if own[: len(way)] == way]

    before = part("plan", "before")
    for name in phases:
        yield before, f"the phase `{name}`", part("plan", "phases", name)
        before = [*before, *part("plan", "phases", name)]
    yield before, "`plan.after`", part("plan", "after")
    for place in case.issue.deployment:
        environment = case.book.catalog.environments.get(place)
        if environment and environment.production:  # deploying elsewhere may be part of a phase
            here = [name for name, phase in phases.items() if phase.environment == place]
            work = [(way, step) for way, step in part("plan", "phases") if way[2] not in here]
            yield work, f"the deployment to `{place}`", part("deployment", place, "steps")
        yield part("deployment", place, "steps"), f"the checks in `{place}`", part("deployment", place, "checks")


class NothingToShow(Rule):
    """A step is done without a commit, evidence or source."""

    code = "TB425"
    name = "nothing-to-show"
    severity = Level.WARNING
    why = "A tick alone is a statement that nobody can check."
    remedy = "name the `commit`, the `evidence` or, in `from`, the source"
    bad = "next: [{do: Turn on the alarm, owner: backend, done: 2025-10-01}]"
    good = "next: [{do: Turn on the alarm, owner: backend, done: {on: 2025-10-01, commit: ab14a73d8}}]"

    def find(self, case: Case) -> Iterator[Finding]:
        timeline = case.issue.plan.timeline if case.issue.plan else {}
        ahead = [
            (("plan", "timeline", name, "steps", index), step)
            for name, horizon in timeline.items()
            for index, step in enumerate(horizon.steps)
        ]
        for way, step in (*steps(case.issue), *ahead):
            if step.done and not (step.done.commit or step.done.evidence or step.done.from_ or step.from_):
                yield self.finding(case.file, (*way, "done"), f"done on {step.done.on}, but nothing shows it")
