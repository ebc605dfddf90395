"""TB4xx: test runs must fit the plan, each other and their own totals: flaky, missing and misplaced results."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.facts.ledger.planned_tests import split_name
from triagebook.facts.ledger.results import Judgement
from triagebook.findings import Field, Finding, Level
from triagebook.model.evidence import Outcome, Phase, TestRun
from triagebook.model.refs import SuiteRef
from triagebook.model.values import Quantity
from triagebook.text import counted, listed

from .base import Problem, Rule

Run: TypeAlias = "tuple[str, TestRun]"


class FlakyWithoutOwner(Rule, code="TB415", severity=Level.WARNING):
    """A test passed and failed on the same code, but is not marked as flaky."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        listed_tests = {(test.suite, test.name): test.test for test in case.ledger.tests if not test.dropped}
        for (suite, name, side, environment), state in case.ledger.combined.items():
            test = listed_tests.get((suite, name))
            if state.judgement is Judgement.FLAKY and test and test.flaky is None:
                says = f"`{name}` passed and failed on the same code {side.value} the fix in `{environment}`"
                yield ("suites", suite, "tests", name), says


class DroppedTest(Rule, code="TB426"):
    """A recorded run expected a test that no suite lists any more."""

    def find(self, case: Case) -> Iterator[Finding]:
        for test in case.ledger.tests:
            run = next((name for name, run in case.ledger.runs if test.dropped and test.name in run.expected), None)
            if run is not None:
                says = f"the run expected `{test.name}`, which no suite lists any more"
                yield self.finding(case.evidence_file(run), ("expected", test.name), says)


class ShrinkingDenominator(Rule, code="TB416", severity=Level.WARNING):
    """The latest run of a suite has no result for a test that is planned or ran earlier."""

    def find(self, case: Case) -> Iterator[Finding]:
        for (suite, side, environment), runs in _series(case).items():
            name, last = runs[-1]
            now = [run for run in runs if last.commit is not None and run[1].commit == last.commit] or runs[-1:]
            present, not_skipped = _tests_of(case, now), _tests_of(case, now, skipped=False)
            ran = _tests_of(case, [run for run in runs if run not in now], skipped=False)
            planned = [test.name for test in case.ledger.tests if test.suite == suite and test.is_due(side)]
            dropped = {test.name for test in case.ledger.tests if test.dropped}
            every = dict.fromkeys([*planned, *ran])
            gone = [test for test in every if test not in present and test not in dropped]
            idle = [test for test in every if test in present and test not in not_skipped]
            where = f"of `{suite}` {side.value} the fix in `{environment}`"
            if gone:
                of = counted(len(every), "test")
                says = f"the latest run {where} has no result for {len(gone)} of {of}: {listed(gone)}"
                yield self.finding(case.evidence_file(name), ("results",), says)
            if idle:
                which = "which ran earlier" if set(idle) <= set(ran) else "which the plan includes"
                says = f"the latest run {where} skipped {listed(idle)}, {which}"
                yield self.finding(case.evidence_file(name), ("results",), says)
        yield from self._of_totals(case)

    def _of_totals(self, case: Case) -> Iterator[Finding]:
        """Runs that state only their number of tests."""
        for name, run in case.ledger.runs:
            total = run.totals.total if run.totals and not run.results and not run.partial else None
            planned = sum(test.suite == run.suite for test in case.ledger.tests if run.phase and test.is_due(run.phase))
            if total is not None and total < planned:
                says = f"the run had {counted(total, 'test')}, but the plan lists {planned} for `{run.suite}`"
                yield self.finding(case.evidence_file(name), ("totals",), says)


def _series(case: Case) -> dict[tuple[str, Phase, str], list[Run]]:
    """The complete runs of each suite, phase and environment, oldest first."""
    series: dict[tuple[str, Phase, str], list[Run]] = {}
    for name, run in case.ledger.runs:
        if run.suite and run.phase and run.environment and run.results and not run.partial:
            series.setdefault((run.suite, run.phase, run.environment), []).append((name, run))
    return series


def _tests_of(case: Case, runs: list[Run], *, skipped: bool = True) -> dict[str, None]:
    """The tests with a result in these runs, by planned name or else by function name."""
    return {
        next((test.name for test in case.ledger.plan.find(key, run.suite)), split_name(key)[2]): None
        for _, run in runs
        for key, result in run.results.items()
        if skipped or result.outcome is not Outcome.SKIPPED
    }


class SuiteElsewhere(Rule, code="TB418"):
    """A suite is run, or planned to run, in an environment that it does not name."""

    def find(self, case: Case) -> Iterator[Finding]:
        for name, run in case.ledger.runs:
            for suite in case.issue.suites:
                belongs = _elsewhere(case, suite, run.environment)
                if belongs and runs_suite(case, run, suite):
                    says = f"`{suite}` was run in `{run.environment}`, but belongs in {belongs}"
                    yield self.finding(case.evidence_file(name), ("environment",), says)
        for way, planned, environment in _planned_runs(case):
            if belongs := _elsewhere(case, planned, environment):
                says = f"`{planned}` is to run in `{environment}`, but belongs in {belongs}"
                yield self.finding(case.file, way, says)


def _elsewhere(case: Case, suite: str, environment: str | None) -> str:
    """Where a suite belongs, if not in this environment."""
    named = case.issue.suites[suite].environments if suite in case.issue.suites else ()
    return listed(named) if named and environment and environment not in named else ""


def runs_suite(case: Case, run: TestRun, suite: str) -> bool:
    """Whether a run holds results of a suite."""
    found = (test for result in run.results for test in case.ledger.plan.find(result, run.suite))
    return run.suite == suite or any(test.suite == suite for test in found)


def _planned_runs(case: Case) -> Iterator[tuple[Field, SuiteRef, str | None]]:
    """The suites that the plan runs, each with its environment; a step inherits that of its phase."""
    phases = case.issue.plan.phases if case.issue.plan else {}
    for name, phase in phases.items():
        for index, suite in enumerate(phase.suites):
            yield ("plan", "phases", name, "suites", index), suite, phase.environment
    for way, step in steps(case.issue):
        where = {"plan": phases[str(way[2])].environment if way[1] == "phases" else None, "deployment": str(way[1])}
        for index, suite in enumerate(step.suites):
            yield (*way, "suites", index), suite, step.environment or where.get(str(way[0]))


class ResultOfNoTest(Rule, code="TB409", severity=Level.WARNING):
    """A test run contains results of tests that are not planned."""

    def find(self, case: Case) -> Iterator[Finding]:
        for name, run in case.ledger.runs:
            strange = [result for result in run.results if not case.ledger.plan.find(result, run.suite)]
            suite = case.issue.suites.get(run.suite) if run.suite else None
            lists_tests = bool(suite and suite.tests) if run.suite else bool(case.ledger.tests)
            if strange and lists_tests and (run.suite or len(strange) == len(run.results)):
                of = f"of suite `{run.suite}`" if run.suite else "that any suite lists"
                says = f"not a test {of}: {listed(strange)}"
                yield self.finding(case.evidence_file(name), ("results", strange[0]), says)


class TotalsDisagree(Rule, code="TB417"):
    """Stated totals do not match the results or the output, or do not add up."""

    def find(self, case: Case) -> Iterator[Finding]:
        for name, run in case.ledger.runs:
            wrong = list(_against_results(run)) or list(_against_themselves(run))
            for key, says in wrong:
                yield self.finding(case.evidence_file(name), ("totals", key), says)
            if not wrong and (says := _against_output(run)):
                yield self.finding(case.evidence_file(name), ("output",), says)


def _against_results(run: TestRun) -> Iterator[tuple[str, str]]:
    """Totals that differ from the results. Tools disagree on how to count expected failures."""
    if run.totals is None or run.partial or not run.results:
        return
    number = Counter(result.outcome for result in run.results.values())
    xfailed, xpassed = number[Outcome.XFAILED], number[Outcome.XPASSED]
    errors = number[Outcome.ERROR] if run.totals.errors is None else 0
    ways = {
        "passed": (number[Outcome.PASSED], xpassed),
        "failed": (number[Outcome.FAILED], xpassed + errors),
        "errors": (number[Outcome.ERROR], 0),
        "skipped": (number[Outcome.SKIPPED], xfailed),
        "total": (len(run.results), 0),
    }
    for key, (least, besides) in ways.items():
        stated = getattr(run.totals, key)
        if stated is not None and not least <= stated <= least + besides:
            yield key, f"`{key}` is stated as {stated}, but the results give {least}"


def _against_themselves(run: TestRun) -> Iterator[tuple[str, str]]:
    totals = run.totals
    if totals is None or totals.total is None:
        return
    parts = [totals.passed, totals.failed, totals.errors, totals.skipped]
    known = [part for part in parts if part is not None]
    apart = sum(result.outcome in {Outcome.XFAILED, Outcome.XPASSED} for result in run.results.values())
    complete = len(known) == len(parts)
    if sum(known) > totals.total or (complete and sum(known) + apart < totals.total):
        yield "total", f"`total` is stated as {totals.total}, but its parts add up to {sum(known)}"


_FIGURE = re.compile(
    r"(?<![\w.])(?:(?P<count>\d+) (?P<what>passed|passing|failed|failing|errors?|skipped|warnings?)\b"
    r"|(?P<key>tests run|failures|errors|skipped)[:=] ?(?P<number>\d+))",
    re.IGNORECASE,
)  # as pytest, Jest and Mocha print them, or Maven and unittest
_TOOK = re.compile(r"(?:\bin|\belapsed:|\btime:) *(\d+(?:\.\d+)? ?(?:ms|s|min))\b", re.IGNORECASE)
_OF_OTHER_THINGS = re.compile(r"\s*(?:snapshots|test suites|test files)\b", re.IGNORECASE)
_KEYS = {"pass": "passed", "fail": "failed", "error": "errors", "skip": "skipped", "warn": "warnings", "tests": "total"}


def _against_output(run: TestRun) -> str:
    """The first figure in the output's last summary that differs from the totals or the results."""
    own = dict[str, float]()
    if run.results and not run.partial:
        number = Counter(result.outcome for result in run.results.values())
        own = {"passed": number[Outcome.PASSED], "failed": number[Outcome.FAILED], "errors": number[Outcome.ERROR]}
        own |= {"skipped": number[Outcome.SKIPPED], "total": len(run.results)}
    own |= {key: value for key in _KEYS.values() if run.totals and (value := getattr(run.totals, key)) is not None}
    for line in reversed((run.output or "").splitlines()):
        figures = [] if _OF_OTHER_THINGS.match(line) else list(_FIGURE.finditer(line))
        for found in figures:
            word, count = (found["what"] or found["key"]).lower(), int(found["count"] or found["number"])
            stated = own.get(next(key for start, key in _KEYS.items() if word.startswith(start)))
            if stated is not None and stated != count:
                return f"the output says `{found.group()}`, but the record has {stated}"
        took, stated_time = _TOOK.search(line), run.totals.seconds if run.totals else None
        if took and stated_time and stated_time.holds(Quantity.parse(took[1])) is False:
            return f"the output says {took[1]}, but the record has {stated_time}"
        if figures:
            break
    return ""
