"""TB4xx: test runs beside the plan and one another: where they were done, what wavers, what vanished."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from triagebook.facts.numbers import steps
from triagebook.facts.results import Judgement, Planned, split_name
from triagebook.findings import Level
from triagebook.model.evidence import Outcome, Phase
from triagebook.model.issue import Contradiction
from triagebook.text import counted, listed

from .base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triagebook.facts.case import Case
    from triagebook.findings import Field, Finding
    from triagebook.model.evidence import TestRun
    from triagebook.model.refs import SuiteRef
    from triagebook.model.suites import Suite

Run: TypeAlias = "tuple[str, TestRun]"


class FlakyWithoutExcuse(Rule):
    """A test passed and failed on the same code, and the record says nothing of it."""

    code = "TB415"
    name = "flaky-without-owner"
    severity = Level.WARNING
    kinds = (Contradiction.EXPECTED_FAILURE,)
    why = "A test that wavers proves nothing until somebody mends it; called `intermittent`, nobody will."
    remedy = "say in the test's `flaky` why it wavers, who mends it and until when"
    bad = """
suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects}}}
# evidence/a.yaml
kind: tests
grade: attested
at: 2025-09-20
by: backend
environment: local
phase: after
commit: ab14a73d8
results: {test_connects: passed}
# evidence/b.yaml
kind: tests
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
kind: tests
grade: attested
at: 2025-09-20
by: backend
environment: local
phase: after
commit: ab14a73d8
results: {test_connects: passed}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        listed_tests = {(test.suite, test.name): test.test for test in case.tests if not test.dropped}
        for (suite, name, side, environment), state in case.states.items():
            test = listed_tests.get((suite, name))
            if state.judgement is Judgement.FLAKY and test and test.flaky is None:
                says = f"`{name}` passed and failed on the same code {side.value} the fix in `{environment}`"
                yield self.finding(case.file, ("suites", suite, "tests", name), says)


class DroppedTest(Rule):
    """A run was held against a test that no suite lists any more."""

    code = "TB426"
    name = "dropped-test"
    why = "A plan that loses the test it failed looks better for it; the test still counts, as one that nobody plans."
    remedy = "list the test again; if it was renamed, name the old one in `was`"
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
    good = """
suites: {unit: {category: unit, after: pass, tests: {test_sends: It sends, test_opens: {was: test_connects}}}}
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

    def find(self, case: Case) -> Iterator[Finding]:
        for test in case.tests:
            run = next((name for name, run in case.runs if test.name in run.expected), None) if test.dropped else None
            if run is not None:
                says = f"`{test.name}` was expected to be run, and no suite lists it any more"
                yield self.finding(case.evidence_file(run), ("expected", test.name), says)


class ShrinkingDenominator(Rule):
    """The latest run of a suite has no result for a test that is planned, or that ran before."""

    code = "TB416"
    name = "shrinking-denominator"
    severity = Level.WARNING
    why = "Tests that vanish or are skipped raise the share that passed, while less is proven."
    remedy = "run the suite whole, and record that run; if a test was renamed, name the old one in `was`"
    bad = """
suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects, test_sends: It sends}}}
# evidence/a.yaml
kind: tests
grade: attested
at: 2025-09-20
by: backend
environment: local
phase: after
commit: ab14a73d8
suite: unit
results: {test_connects: passed}
"""
    good = """
suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects, test_sends: It sends}}}
# evidence/a.yaml
kind: tests
grade: attested
at: 2025-09-20
by: backend
environment: local
phase: after
commit: ab14a73d8
suite: unit
results: {test_connects: passed, test_sends: passed}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for (suite, side, environment), runs in _series(case).items():
            name, last = runs[-1]
            now = [run for run in runs if last.commit is not None and run[1].commit == last.commit] or runs[-1:]
            present, not_skipped = _tests_of(case, now), _tests_of(case, now, skipped=False)
            ran = _tests_of(case, [run for run in runs if run not in now], skipped=False)
            planned = [test.name for test in case.tests if test.suite == suite and _due(test, side)]
            dropped = {test.name for test in case.tests if test.dropped}
            gone = [test for test in dict.fromkeys([*planned, *ran]) if test not in present and test not in dropped]
            idle = [test for test in dict.fromkeys([*planned, *ran]) if test in present and test not in not_skipped]
            where = f"of `{suite}` {side.value} the fix in `{environment}`"
            if gone:
                of = counted(len({*planned, *ran}), "test")
                says = f"the latest run {where} has no result for {len(gone)} of {of}: {listed(gone)}"
                yield self.finding(case.evidence_file(name), ("results",), says)
            if idle:
                which = "which ran before" if set(idle) <= set(ran) else "which the plan counts"
                yield self.finding(
                    case.evidence_file(name), ("results",), f"the latest run {where} skipped {listed(idle)}, {which}"
                )
        yield from self._of_totals(case)

    def _of_totals(self, case: Case) -> Iterator[Finding]:
        """Runs of which no more is known than how many tests they had."""
        for name, run in case.runs:
            total = run.totals.total if run.totals and not run.results and not run.partial else None
            planned = sum(test.suite == run.suite for test in case.tests if run.phase and _due(test, run.phase))
            if total is not None and total < planned:
                says = f"the run had {counted(total, 'test')}; the plan lists {planned} for `{run.suite}`"
                yield self.finding(case.evidence_file(name), ("totals",), says)


def _series(case: Case) -> dict[tuple[str, Phase, str], list[Run]]:
    """The whole runs of one suite on one side of the fix in one environment, the latest last."""
    series: dict[tuple[str, Phase, str], list[Run]] = {}
    for name, run in case.runs:
        if run.suite and run.phase and run.environment and run.results and not run.partial:
            series.setdefault((run.suite, run.phase, run.environment), []).append((name, run))
    return series


def _tests_of(case: Case, runs: list[Run], *, skipped: bool = True) -> dict[str, None]:
    """The tests that have a result in these runs: by their planned name, else by the function's."""
    return {
        next((test.name for test in case.plan.find(key, run)), split_name(key)[2]): None
        for _, run in runs
        for key, result in run.results.items()
        if skipped or result.outcome is not Outcome.SKIPPED
    }


def _due(test: Planned, side: Phase) -> bool:
    return not test.dropped and (test.before if side is Phase.BEFORE else test.after) is not None


class SuiteElsewhere(Rule):
    """A suite is run, or is to be run, in an environment that is none of those it names."""

    code = "TB418"
    name = "suite-elsewhere"
    kinds = (Contradiction.ENVIRONMENT,)
    why = "A suite that needs a deployed build says nothing when it runs on a desk, or the suite's record is wrong."
    remedy = "name the environment in the suite's `environments`, or correct where it was run"
    bad = """
suites: {journey: {category: end-to-end, environments: staging, after: pass, tests: {test_chat: A chat opens}}}
# evidence/a.yaml
kind: tests
grade: transcribed
at: 2025-09-20
from: https://example.org/report
environment: local
suite: journey
results: {test_chat: passed}
"""
    good = """
suites: {journey: {category: end-to-end, environments: staging, after: pass, tests: {test_chat: A chat opens}}}
# evidence/a.yaml
kind: tests
grade: transcribed
at: 2025-09-20
from: https://example.org/report
environment: staging
suite: journey
results: {test_chat: passed}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        suites = case.issue.suites
        for name, run in case.runs:
            for suite in suites:
                if _elsewhere(suites[suite], run.environment) and _is_run_of(case, run, suite):
                    says = f"`{suite}` was run in `{run.environment}`; it runs in {listed(suites[suite].environments)}"
                    yield self.finding(case.evidence_file(name), ("environment",), says)
        for way, suite, environment in _planned_runs(case):
            if suite in suites and _elsewhere(suites[suite], environment):
                says = f"`{suite}` is to be run in `{environment}`; it runs in {listed(suites[suite].environments)}"
                yield self.finding(case.file, way, says)


def _elsewhere(suite: Suite, environment: str | None) -> bool:
    return bool(suite.environments and environment and environment not in suite.environments)


def _is_run_of(case: Case, run: TestRun, suite: str) -> bool:
    found = (test for result in run.results for test in case.plan.find(result, run))
    return run.suite == suite or any(test.suite == suite for test in found)


def _planned_runs(case: Case) -> Iterator[tuple[Field, SuiteRef, str | None]]:
    """The suites that the plan runs, each with where: a step without an environment is done where its phase is."""
    phases = case.issue.plan.phases if case.issue.plan else {}
    for name, phase in phases.items():
        for index, suite in enumerate(phase.suites):
            yield ("plan", "phases", name, "suites", index), suite, phase.environment
    for way, step in steps(case):
        where = {"plan": phases[str(way[2])].environment if way[1] == "phases" else None, "deployment": str(way[1])}
        for index, suite in enumerate(step.suites):
            yield (*way, "suites", index), suite, step.environment or where.get(str(way[0]))


RULES = (FlakyWithoutExcuse, ShrinkingDenominator, SuiteElsewhere, DroppedTest)
