"""TB4xx: planned tests must be able to prove something."""

from __future__ import annotations

from collections.abc import Iterator

from triagebook.expressions import occurs
from triagebook.facts.case import Case
from triagebook.facts.ledger.error_texts import same_error
from triagebook.facts.ledger.planned_tests import PlannedTest
from triagebook.findings import Field, Finding, Level
from triagebook.model.evidence import Outcome, Phase
from triagebook.model.suites import Suite, SuiteState, Test
from triagebook.text import counted, listed

from .base import Problem, Rule
from .runs import runs_suite


def _way(test: PlannedTest, key: str) -> Field:
    """The field with the expectation of a test: its own or that of its suite."""
    own = getattr(test.test, key) is not None
    return ("suites", test.suite, "tests", test.name, key) if own else ("suites", test.suite, key)


def _listed_tests(case: Case) -> Iterator[PlannedTest]:
    return (test for test in case.ledger.tests if not test.dropped)


class VacuousTest(Rule, code="TB406", severity=Level.WARNING):
    """A test is expected to pass both before and after the fix."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        by_place: dict[Field, list[str]] = {}
        for test in _listed_tests(case):
            if test.proves_nothing and test.after and test.after.expected == "pass":
                where = _way(test, "after" if test.test.after and not test.test.before else "before")
                by_place.setdefault(where, []).append(test.name)
        for way, names in by_place.items():
            verb = "is" if len(names) == 1 else "are"
            yield way, f"{listed(names)} {verb} expected to pass both before and after the fix"


class NothingExpected(Rule, code="TB407", severity=Level.WARNING):
    """A suite names neither tests nor their file, expects nothing, or expects a failure without its error text."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for name, suite in case.issue.suites.items():
            if not suite.tests and not (suite.path and _expects(suite)):  # else it covers its whole file
                yield ("suites", name), f"`{name}` lists no tests"
            elif idle := [t for t, test in suite.tests.items() if not _expects(suite) and not _expects(test)]:
                says = f"nothing is expected of {len(idle)} of {counted(len(suite.tests), 'test')}: {listed(idle)}"
                yield ("suites", name, "tests", idle[0]), says
        yield from self._failures_without_text(case)

    def _failures_without_text(self, case: Case) -> Iterator[Problem]:
        if case.ledger.error_texts:
            return
        failing = [test for test in _listed_tests(case) if test.before and test.before.expected == "fail"]
        for way in dict.fromkeys(_way(test, "before") for test in failing if test.before and not test.before.errors):
            yield way, "a failure is expected without an error text, so no failure counts as the expected one"


def _expects(of: Suite | Test) -> bool:
    return of.before is not None or of.after is not None


class SuiteNeverRun(Rule, code="TB408", severity=Level.WARNING):
    """A suite has no result after the fix although another suite has, and no next step covers it."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        to_write = {str(name) for step in case.issue.next if step.done is None for name in step.suites}
        due = {
            name: suite
            for name, suite in case.issue.suites.items()
            if _runs_after(suite) and not (suite.state is SuiteState.PLANNED and name in to_write)
        }
        run = {name for name in due if _was_run(case, name)}
        for name in [name for name in due if run and name not in run]:
            says = f"no run of `{name}` after the fix is recorded, but {len(run)} of {len(due)} suites have one"
            yield ("suites", name), says


def _runs_after(suite: Suite) -> bool:
    """Whether a suite has to run after the fix; one that only reproduces the defect does not."""
    tests = suite.tests.values()
    before = suite.before or any(test.before for test in tests)
    after = suite.after or any(test.after for test in tests)
    return bool(after or not before)


def _was_run(case: Case, suite: str) -> bool:
    after = (run for _, run in case.ledger.runs if run.phase is Phase.AFTER and (run.results or run.totals))
    return any(runs_suite(case, run, suite) for run in after)


class FailureExcused(Rule, code="TB414", severity=Level.WARNING):
    """A test is expected to fail or be skipped after the fix, by the plan or by the test code."""

    def find(self, case: Case) -> Iterator[Finding]:
        by_place: dict[Field, list[PlannedTest]] = {}
        for test in _listed_tests(case):
            if test.after and test.after.expected != "pass":
                by_place.setdefault(_way(test, "after"), []).append(test)
        for way, tests in by_place.items():
            verb = "fail" if tests[0].after and tests[0].after.expected == "fail" else "be skipped"
            names, is_are = listed([test.name for test in tests]), "is" if len(tests) == 1 else "are"
            yield self.finding(case.file, way, f"{names} {is_are} expected to {verb} after the fix")
        yield from self._in_runs(case)

    def _in_runs(self, case: Case) -> Iterator[Finding]:
        """Tests that their code marks as expected failures although the plan expects them to pass."""
        for name, run in case.ledger.runs:
            for key, result in run.results.items() if run.phase is Phase.AFTER else ():
                tests = case.ledger.plan.find(key, run.suite)
                planned = any(test.after and test.after.expected == "pass" for test in tests)
                if planned and result.outcome is Outcome.XFAILED:
                    says = f"`{key}` is marked in the test code as an expected failure, but the plan expects it to pass"
                    yield self.finding(case.evidence_file(name), ("results", key), says)


class OtherErrorExpected(Rule, code="TB422", severity=Level.WARNING):
    """The expected error of a test matches no symptom and no pattern of the issue."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        known = _known_errors(case)
        if not any(known) or any(
            cause.pattern and cause.pattern not in case.book.patterns for cause in case.issue.causes
        ):
            return  # nothing to compare with, or not everything is known
        reported: set[Field] = set()
        for test in _listed_tests(case):
            for index, error in enumerate(test.before.errors if test.before else ()):
                way = (*_way(test, "before"), "fail", index)
                if way not in reported and not _is_known(error, *known):
                    reported.add(way)
                    yield way, f"`{error}` matches no symptom and no error of a pattern"


def _known_errors(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The error texts of the issue, and the error expressions of its possible patterns."""
    names = {str(cause.pattern) for cause in case.issue.possible_causes}
    patterns = [pattern for name, pattern in case.book.patterns.items() if name in names]
    return case.ledger.error_texts, tuple(str(error) for pattern in patterns for error in pattern.errors)


def _is_known(error: str, texts: tuple[str, ...], expressions: tuple[str, ...]) -> bool:
    """Whether an error contains or is contained in a known text, or matches an expression."""
    return any(same_error(error, text) or same_error(text, error) for text in texts) or any(
        occurs(expression, error) or error in expression.replace("\\", "") for expression in expressions
    )
