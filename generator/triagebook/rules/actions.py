"""TB44x: the next actions of a record must be able to work, and use what its pattern knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.facts.case import Case
from triagebook.facts.claims import USELESS
from triagebook.findings import Edit, Finding, Level
from triagebook.model.building_blocks import Step
from triagebook.model.defect import Cause, Certainty
from triagebook.model.pattern import Pattern
from triagebook.model.scalars import as_written
from triagebook.model.suites import Suite, SuiteState
from triagebook.playbooks import placed

from .base import Problem, Rule

_HEADLINES = 2  # the next actions that a summary shows
_SUITE = re.compile(r"triagebook \w+ .*?--suite[ =](\S+)")
_PLACE = re.compile(r"(?<![\w/.])([\w./-]+\.\w+:\d+)\b")


class ActionThatCannotWork(Rule, code="TB445"):
    """One of the first next actions can't work: its suite, command, file or place is wrong."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        if case.issue.closed:
            return
        steps = [(index, step) for index, step in enumerate(case.issue.next) if step.done is None]
        steps.sort(key=lambda step: step[1].priority if step[1].priority is not None else len(steps))
        for place, (index, step) in enumerate(steps[:_HEADLINES]):
            for says in _obstacles(case, index, step, is_first=place == 0):
                yield ("next", index), says


def _obstacles(case: Case, index: int, step: Step, *, is_first: bool) -> Iterator[str]:
    commands = [str(command.run).strip() for command in step.command]
    writes_tests = any(command.startswith("triagebook tests ") for command in commands)
    named = [found for command in commands for found in _SUITE.findall(command)]
    disputed = {
        part for state in case.claims if state.contradiction and state.claim.kind in USELESS for part in state.parts
    }
    for name in dict.fromkeys([*map(str, step.suites), *named]):
        suite = case.issue.suites.get(name)
        if suite is None:
            yield f"there is no suite `{name}`"
        elif f"suites.{name}" in disputed or _is_vacuous(suite):
            yield f"suite `{name}` can't tell fixed from broken"
        elif is_first and suite.state is SuiteState.PLANNED and not writes_tests:
            yield f"the tests of suite `{name}` are not written yet"
    yield from (f"a claim disputes the command `{command}`" for command in commands if command in disputed)
    drift = case.source.drift.get(case.entry.id)
    for stray in drift.absent if drift else ():
        if stray.field[:2] == ("next", index) or (stray.field[0] == "suites" and stray.field[1] in step.suites):
            yield f"`{stray.what}`: {stray.why}"
    affected = case.entry.affected
    known = {f"{one.at.path}:{line}" for one in affected.locations for line in one.at.lines} if affected else set()
    places = (place for text in (step.do, *commands) for place in _PLACE.findall(text))
    yield from (f"`{place}` is not among the affected locations" for place in places if known and place not in known)


def _is_vacuous(suite: Suite) -> bool:
    held = [(test.before or suite.before, test.after or suite.after) for test in suite.tests.values()]
    return bool(held) and all(before and after and before == after for before, after in held)


class PatternLeftOut(Rule, code="TB446", severity=Level.NOTE):
    """An open issue shows a known pattern, and lacks the proving suite, remedy or prevention that the pattern has."""

    def find(self, case: Case) -> Iterator[Finding]:
        for cause in () if case.issue.closed else case.issue.causes:
            pattern = case.book.patterns.get(cause.pattern) if cause.pattern else None
            for what, edits in _lacks(case, cause, pattern) if pattern else ():
                says = f"pattern `{cause.pattern}` has {what}, and the issue has none"
                yield self.finding(case.file, ("causes",), says, "", *edits)


def _lacks(case: Case, cause: Cause, pattern: Pattern) -> Iterator[tuple[str, list[Edit]]]:
    """What an issue lacks of its pattern, with the edits that take it over."""
    issue, plan, file = case.issue, case.issue.plan, case.file
    if cause.state is Certainty.RULED_OUT:
        return
    if (
        pattern.remedy
        and cause.state is Certainty.CONFIRMED
        and not (issue.fix and (issue.fix.why or issue.fix.options or issue.fix.changes))
    ):
        yield "a remedy", [Edit(file, ("fix", "why"), "set", str(pattern.remedy))]
    planned = {str(step.do) for step in (*(plan.after if plan else ()), *issue.next)}
    if pattern.prevention and not planned & {str(step.do) for step in pattern.prevention}:
        yield "a prevention", [Edit(file, ("plan", "after"), "append", as_written(step)) for step in pattern.prevention]
    playbook = pattern.playbook.suites if pattern.playbook else {}
    proving = {name: suite for name, suite in playbook.items() if suite.before and not _is_vacuous(suite)}
    if proving and not any(test.before and not test.proves_nothing for test in case.ledger.tests):
        added = {name: as_written(suite) for name, suite in proving.items() if name not in issue.suites}
        added = placed(added, case.entry.id, case.book)
        yield "a proving suite", [Edit(file, ("suites", name), "set", suite) for name, suite in added.items()]
