"""TB4xx: test runs compared with the plan and each other: flaky, missing and misplaced results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.facts.ledger.planned_tests import PlannedTest, split_name
from triagebook.facts.ledger.results import Judgement
from triagebook.findings import Field, Finding, Level
from triagebook.model.evidence import Outcome, Phase, TestRun
from triagebook.model.issue import Contradiction
from triagebook.model.refs import SuiteRef
from triagebook.model.suites import Suite
from triagebook.text import counted, listed

from .base import Rule

Run: TypeAlias = "tuple[str, TestRun]"


class FlakyWithoutExcuse(Rule):
    """A test passed and failed on the same code, but is not marked as flaky."""

    code = "TB415"
    name = "flaky-without-owner"
    severity = Level.WARNING
    kinds = (Contradiction.EXPECTED_FAILURE,)
    why = "A flaky test proves nothing until somebody fixes it, and nobody does if nobody owns it."
    remedy = "state in the test's `flaky` why it is flaky, who fixes it and by when"
    bad = """
suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects}}}
# evidence/a.yaml
grade: attested
by: backend
environment: local
phase: after
commit: ab14a73d8
results: {test_connects: passed}
# evidence/b.yaml
grade: attested
at: 2025-09-21
by: backend
environment: local
phase: after
commit: ab14a73d8
results: {test_connects: failed}
"""
    good = """
suites:
  unit:
    category: unit
    after: pass
    tests:
      test_connects: {proves: It connects, flaky: {why: Order of events, owner: backend, until: 2999-12-31}}
# evidence/a.yaml
grade: attested
by: backend
environment: local
phase: after
commit: ab14a73d8
results: {test_connects: passed}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        listed_tests = {(test.suite, test.name): test.test for test in case.ledger.tests if not test.dropped}
        for (suite, name, side, environment), state in case.ledger.combined.items():
            test = listed_tests.get((suite, name))
            if state.judgement is Judgement.FLAKY and test and test.flaky is None:
                says = f"`{name}` passed and failed on the same code {side.value} the fix in `{environment}`"
                yield self.finding(case.file, ("suites", suite, "tests", name), says)


class DroppedTest(Rule):
    """A recorded run expected a test that no suite lists any more."""

    code = "TB426"
    name = "dropped-test"
    why = "Removing a failed test from the plan would improve the result, so the test still counts."
    remedy = "list the test again; if it was renamed, put the old name in `was`"
    bad = """
suites: {unit: {category: unit, after: pass, tests: {test_sends: It sends}}}
# evidence/a.yaml
kind: tests
grade: machine
at: 2025-09-20
environment: local
phase: after
commit: ab14a73d8
dirty: false
suite: unit
results: {test_sends: passed, test_connects: failed}
expected: {test_sends: {after: pass}, test_connects: {after: pass}}
seal: sha256:45915c55dafbc8c836d5a636ed8977aaa3618951b13938386982f0adb90dc213
"""
    good = bad.replace("test_sends: It sends", "test_sends: It sends, test_opens: {was: test_connects}")

    def find(self, case: Case) -> Iterator[Finding]:
        for test in case.ledger.tests:
            run = (
                next((name for name, run in case.ledger.runs if test.name in run.expected), None)
                if test.dropped
                else None
            )
            if run is not None:
                says = f"the run expected `{test.name}`, which no suite lists any more"
                yield self.finding(case.evidence_file(run), ("expected", test.name), says)


class ShrinkingDenominator(Rule):
    """The latest run of a suite has no result for a test that is planned or ran earlier."""

    code = "TB416"
    name = "shrinking-denominator"
    severity = Level.WARNING
    why = "Missing and skipped tests raise the pass rate although less is proven."
    remedy = "run and record the whole suite; if a test was renamed, put the old name in `was`"
    bad = """
suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects, test_sends: It sends}}}
# evidence/a.yaml
grade: attested
by: backend
environment: local
phase: after
commit: ab14a73d8
suite: unit
results: {test_connects: passed}
"""
    good = bad.replace("test_connects: passed", "test_connects: passed, test_sends: passed")

    def find(self, case: Case) -> Iterator[Finding]:
        for (suite, side, environment), runs in _series(case).items():
            name, last = runs[-1]
            now = [run for run in runs if last.commit is not None and run[1].commit == last.commit] or runs[-1:]
            present, not_skipped = _tests_of(case, now), _tests_of(case, now, skipped=False)
            ran = _tests_of(case, [run for run in runs if run not in now], skipped=False)
            planned = [test.name for test in case.ledger.tests if test.suite == suite and _due(test, side)]
            dropped = {test.name for test in case.ledger.tests if test.dropped}
            gone = [test for test in dict.fromkeys([*planned, *ran]) if test not in present and test not in dropped]
            idle = [test for test in dict.fromkeys([*planned, *ran]) if test in present and test not in not_skipped]
            where = f"of `{suite}` {side.value} the fix in `{environment}`"
            if gone:
                of = counted(len({*planned, *ran}), "test")
                says = f"the latest run {where} has no result for {len(gone)} of {of}: {listed(gone)}"
                yield self.finding(case.evidence_file(name), ("results",), says)
            if idle:
                which = "which ran earlier" if set(idle) <= set(ran) else "which the plan includes"
                yield self.finding(
                    case.evidence_file(name), ("results",), f"the latest run {where} skipped {listed(idle)}, {which}"
                )
        yield from self._of_totals(case)

    def _of_totals(self, case: Case) -> Iterator[Finding]:
        """Runs of which only the number of tests is known."""
        for name, run in case.ledger.runs:
            total = run.totals.total if run.totals and not run.results and not run.partial else None
            planned = sum(test.suite == run.suite for test in case.ledger.tests if run.phase and _due(test, run.phase))
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


def _due(test: PlannedTest, side: Phase) -> bool:
    return not test.dropped and (test.before if side is Phase.BEFORE else test.after) is not None


class SuiteElsewhere(Rule):
    """A suite is run, or planned to run, in an environment that it does not name."""

    code = "TB418"
    name = "suite-elsewhere"
    kinds = (Contradiction.ENVIRONMENT,)
    why = "A suite that needs a deployed build proves nothing on a developer machine; or its record is wrong."
    remedy = "add the environment to the suite's `environments`, or correct the environment of the run"
    bad = """
suites: {journey: {category: end-to-end, environments: staging, after: pass, tests: {test_chat: A chat opens}}}
# evidence/a.yaml
environment: local
suite: journey
results: {test_chat: passed}
"""
    good = bad.replace("environment: local", "environment: staging")

    def find(self, case: Case) -> Iterator[Finding]:
        suites = case.issue.suites
        for name, run in case.ledger.runs:
            for suite in suites:
                if _elsewhere(suites[suite], run.environment) and _is_run_of(case, run, suite):
                    says = (
                        f"`{suite}` was run in `{run.environment}`, but belongs in {listed(suites[suite].environments)}"
                    )
                    yield self.finding(case.evidence_file(name), ("environment",), says)
        for way, suite, environment in _planned_runs(case):
            if suite in suites and _elsewhere(suites[suite], environment):
                says = f"`{suite}` is to run in `{environment}`, but belongs in {listed(suites[suite].environments)}"
                yield self.finding(case.file, way, says)


def _elsewhere(suite: Suite, environment: str | None) -> bool:
    return bool(suite.environments and environment and environment not in suite.environments)


def _is_run_of(case: Case, run: TestRun, suite: str) -> bool:
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
