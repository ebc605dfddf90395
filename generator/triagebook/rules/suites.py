"""TB4xx: what the tests of the plan are expected to do must be able to prove something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from triagebook.facts.results import Planned, same_error
from triagebook.findings import Level
from triagebook.model.defect import Certainty
from triagebook.model.evidence import Outcome, Phase
from triagebook.model.issue import Contradiction
from triagebook.model.suites import SuiteState
from triagebook.text import counted, listed

from .base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triagebook.facts.case import Case
    from triagebook.findings import Field, Finding
    from triagebook.model.suites import Expectation, Suite, Test


def _way(test: Planned, key: str) -> Field:
    """Where an expectation of a test is written: by the test itself, or for its suite."""
    own = getattr(test.test, key) is not None
    return ("suites", test.suite, "tests", test.name, key) if own else ("suites", test.suite, key)


def _listed_tests(case: Case) -> Iterator[Planned]:
    return (test for test in case.tests if not test.dropped)


class SameBeforeAndAfter(Rule):
    """A test is expected to pass before the fix as it does after it."""

    code = "TB406"
    name = "vacuous-test"
    severity = Level.WARNING
    kinds = (Contradiction.VACUOUS, Contradiction.INFLATED_COUNT)
    why = "A test that passes with the defect in place proves nothing about the fix; it only guards what worked."
    remedy = "expect it to fail before the fix, with its error text, or count it as no proof"
    bad = "suites: {unit: {category: unit, before: pass, after: pass, tests: {test_connects: It connects}}}"
    good = """
suites: {unit: {category: unit, before: {fail: no answer}, after: pass, tests: {test_connects: It connects}}}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        by_place: dict[Field, list[str]] = {}
        for test in _listed_tests(case):
            if test.proves_nothing and test.after and test.after.expected == "pass":
                where = _way(test, "after" if test.test.after and not test.test.before else "before")
                by_place.setdefault(where, []).append(test.name)
        for way, names in by_place.items():
            verb = "is" if len(names) == 1 else "are"
            yield self.finding(case.file, way, f"{listed(names)} {verb} expected to pass before the fix and after it")


class NothingExpected(Rule):
    """A suite lists no test, expects nothing of its tests, or expects a failure without its error text."""

    code = "TB407"
    name = "nothing-expected"
    severity = Level.WARNING
    kinds = (Contradiction.PLACEHOLDER, Contradiction.UNMEASURED)
    why = "A run can only be held against tests that are named, and of which something is expected."
    remedy = "list the tests by name, with what they do `before` and `after`: `{fail: the error text}`, `pass`"
    bad = "suites: {journey: {category: end-to-end, purpose: A user connects}}"
    good = """
suites: {unit: {category: unit, before: {fail: no answer}, after: pass, tests: {test_connects: It connects}}}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for name, suite in case.issue.suites.items():
            if not suite.tests:
                yield self.finding(case.file, ("suites", name), f"`{name}` lists no test")
            elif idle := [t for t, test in suite.tests.items() if not _expects(suite) and not _expects(test)]:
                says = f"nothing is expected of {len(idle)} of {counted(len(suite.tests), 'test')}: {listed(idle)}"
                yield self.finding(case.file, ("suites", name, "tests", idle[0]), says)
        yield from self._failures_without_text(case)

    def _failures_without_text(self, case: Case) -> Iterator[Finding]:
        if case.error_texts:
            return
        for way in dict.fromkeys(_way(t, "before") for t in _listed_tests(case) if _fails_somehow(t.before)):
            says = "a failure is expected, but no error text: any failure at all would do, so none counts"
            yield self.finding(case.file, way, says)


def _expects(of: Suite | Test) -> bool:
    return of.before is not None or of.after is not None


def _fails_somehow(expected: Expectation | None) -> bool:
    return expected is not None and expected.expected == "fail" and not expected.errors


class SuiteNeverRun(Rule):
    """A suite has no result after the fix, although another has, and no next step is to write its tests."""

    code = "TB408"
    name = "suite-never-run"
    severity = Level.WARNING
    kinds = (Contradiction.VERDICT_WITHOUT_EVIDENCE, Contradiction.SHRINKING)
    why = "A fix that is called validated by one suite of four was not validated as it was planned."
    remedy = "run it: `triagebook run ID --phase after`; or take it out of the plan, and say why"
    bad = """
suites:
  unit: {category: unit, after: pass, tests: {test_connects: It connects}}
  journey: {category: end-to-end, after: pass, tests: {test_chat: A chat opens}}
# evidence/a.yaml
kind: tests
grade: transcribed
at: 2025-09-20
from: https://example.org/report
phase: after
suite: unit
results: {test_connects: passed}
"""
    good = """
suites:
  unit: {category: unit, after: pass, tests: {test_connects: It connects}}
# evidence/a.yaml
kind: tests
grade: transcribed
at: 2025-09-20
from: https://example.org/report
phase: after
suite: unit
results: {test_connects: passed}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        to_write = {str(name) for step in case.issue.next if step.done is None for name in step.suites}
        due = {
            name: suite
            for name, suite in case.issue.suites.items()
            if _runs_after(suite) and not (suite.state is SuiteState.PLANNED and name in to_write)
        }
        run = {name for name in due if _was_run(case, name)}
        if run:
            for name in due:
                if name not in run:
                    says = f"no run of `{name}` after the fix is recorded; {len(run)} of {len(due)} suites have one"
                    yield self.finding(case.file, ("suites", name), says)


def _runs_after(suite: Suite) -> bool:
    """A suite that only reproduces the defect is not run again."""
    tests = suite.tests.values()
    before = suite.before or any(test.before for test in tests)
    after = suite.after or any(test.after for test in tests)
    return bool(after or not before)


def _was_run(case: Case, suite: str) -> bool:
    return any(
        run.suite == suite or any(test.suite == suite for key in run.results for test in case.plan.find(key, run))
        for _, run in case.runs
        if run.phase is Phase.AFTER and (run.results or run.totals)
    )


class FailureExcused(Rule):
    """A test is expected to fail, or to be skipped, after the fix: by the plan, or by the code of the test."""

    code = "TB414"
    name = "failure-excused"
    severity = Level.WARNING
    kinds = (Contradiction.EXPECTED_FAILURE,)
    why = "A failure that is expected in advance, or since it was seen, can't speak against the fix any more."
    remedy = "expect it to pass; a test that shows the defect itself goes out of the suite that proves the fix"
    bad = """
suites: {unit: {category: unit, before: {fail: no answer}, after: skip, tests: {test_connects: It connects}}}
"""
    good = """
suites: {unit: {category: unit, before: {fail: no answer}, after: pass, tests: {test_connects: It connects}}}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        by_place: dict[Field, list[Planned]] = {}
        for test in _listed_tests(case):
            if test.after and test.after.expected != "pass":
                by_place.setdefault(_way(test, "after"), []).append(test)
        for way, tests in by_place.items():
            verb = "fail" if tests[0].after and tests[0].after.expected == "fail" else "be skipped"
            is_are = "is" if len(tests) == 1 else "are"
            names = listed([test.name for test in tests])
            yield self.finding(case.file, way, f"{names} {is_are} expected to {verb} after the fix")
        yield from self._in_runs(case)

    def _in_runs(self, case: Case) -> Iterator[Finding]:
        """Failures that the test code itself expects, where the plan expects the test to pass."""
        for name, run in case.runs:
            for key, result in run.results.items() if run.phase is Phase.AFTER else ():
                planned = any(test.after and test.after.expected == "pass" for test in case.plan.find(key, run))
                if planned and result.outcome is Outcome.XFAILED:
                    says = f"`{key}` is marked in the code as expected to fail; the plan expects it to pass"
                    yield self.finding(case.evidence_file(name), ("results", key), says)


class ImpossibleExpectation(Rule):
    """The error that a test is to fail with is none that the issue's symptoms or patterns know."""

    code = "TB422"
    name = "other-error-expected"
    severity = Level.WARNING
    kinds = (Contradiction.IMPOSSIBLE_EXPECTATION,)
    why = "A failure for another reason is no reproduction; a text that is never printed is never seen."
    remedy = "copy the text from a symptom, or record the symptom that the test shows"
    bad = """
symptoms: "TypeError: object Manager can't be used in 'await' expression"
suites:
  unit: {category: unit, before: {fail: object is not awaitable}, after: pass, tests: {test_connects: It connects}}
"""
    good = """
symptoms: "TypeError: object Manager can't be used in 'await' expression"
suites:
  unit: {category: unit, before: {fail: can't be used in 'await'}, after: pass, tests: {test_connects: It connects}}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        known = _known_errors(case)
        if not any(known) or any(
            cause.pattern and cause.pattern not in case.book.patterns for cause in case.issue.causes
        ):
            return  # nothing to hold it against, or not all of it
        seen: set[Field] = set()
        for test in _listed_tests(case):
            for index, error in enumerate(test.before.errors if test.before else ()):
                way = (*_way(test, "before"), "fail", index)
                if way not in seen and not _is_known(error, *known):
                    seen.add(way)
                    says = f"`{error}` is the text of no symptom, and of no error that a pattern knows"
                    yield self.finding(case.file, way, says)


def _known_errors(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The error texts of the issue, and the error expressions of the patterns that may be its cause."""
    names = {str(cause.pattern) for cause in case.issue.causes if cause.state is not Certainty.RULED_OUT}
    patterns = [pattern for name, pattern in case.book.patterns.items() if name in names]
    return case.error_texts, tuple(str(error) for pattern in patterns for error in pattern.errors)


def _is_known(error: str, texts: tuple[str, ...], expressions: tuple[str, ...]) -> bool:
    """Part of a known text, or a whole one; of an expression, as far as its plain words tell."""
    return any(same_error(error, text) or same_error(text, error) for text in texts) or any(
        re.search(expression, error) or error in expression.replace("\\", "") for expression in expressions
    )


RULES = (
    SameBeforeAndAfter,
    NothingExpected,
    SuiteNeverRun,
    FailureExcused,
    ImpossibleExpectation,
)
