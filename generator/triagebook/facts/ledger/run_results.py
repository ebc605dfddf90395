"""The results in each run: matched to planned tests, graded, and judged by what was expected of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.model.evidence import Grade, Held, Outcome, Phase, Result, TestRun
from triagebook.model.suites import Expectation

from .commits import FixCommits, files_in
from .grading import FAILED
from .planned_tests import (
    PlannedTest,
    PlannedTests,
    RecordedExpectations,
    absent_files,
    expected_in,
    is_ambiguous,
    parameters,
    proves_nothing,
    split_name,
    without_number,
)
from .results import JudgedResult, Judgement, Key, gravity, judge

Named: TypeAlias = tuple[str, Result]
Runs: TypeAlias = Sequence[tuple[str, TestRun]]  # by name, the earliest first


class ResultsByTest(Struct, frozen=True):
    """The results of all runs, grouped by planned test; unplanned ones after the fix apart."""

    planned: Mapping[Key, list[JudgedResult]] = field(default_factory=dict)
    unplanned: Mapping[tuple[str, str], list[JudgedResult]] = field(default_factory=dict)  # by environment and name
    unplanned_before: Mapping[str, list[JudgedResult]] = field(default_factory=dict)  # by name


def results_by_test(
    runs: Runs, plan: PlannedTests, fix: FixCommits, grades: Mapping[str, Grade], error_texts: tuple[str, ...]
) -> ResultsByTest:
    """Judges every result of every run; `error_texts` identify the defect where an expectation names no error."""
    planned: dict[Key, list[JudgedResult]] = {}
    unplanned: dict[tuple[str, str], list[JudgedResult]] = {}
    unplanned_before: dict[str, list[JudgedResult]] = {}
    must_pass = _must_pass(runs, plan)
    for evidence, run in runs:
        phase, environment = fix.phase_of(run), str(run.environment or "")
        if phase is None:
            continue
        judged = _JudgedRun(evidence, run, phase, grades[evidence], plan, must_pass, error_texts)
        by_test, others = judged.grouped()
        for test, results in by_test:
            worst = judged.worst(test, results)
            if phase is run.phase or worst.failed:  # a run with the wrong phase can only cast doubt
                planned.setdefault((*test.key, phase, environment), []).append(worst)
        for name, result in others:
            one = judged.result(None, name, result)
            if phase is Phase.AFTER:
                unplanned.setdefault((environment, name), []).append(one)
            else:
                unplanned_before.setdefault(name, []).append(one)
    return ResultsByTest(planned, unplanned, unplanned_before)


def _must_pass(runs: Runs, plan: PlannedTests) -> frozenset[tuple[str, str]]:
    """Tests that some machine run expected to pass after the fix."""
    return frozenset(
        test.key
        for _, run in runs
        if run.grade is Grade.MACHINE and run.sealed
        for _, name, held in expected_in(run)
        if held.after and held.after.expected == "pass"
        for test in plan.find(name, run.suite)
    )


class _JudgedRun:
    """One run, and how its results are judged."""

    def __init__(
        self,
        evidence: str,
        run: TestRun,
        phase: Phase,
        grade: Grade,
        plan: PlannedTests,
        must_pass: frozenset[tuple[str, str]],
        error_texts: tuple[str, ...],
    ) -> None:
        self.evidence, self.run, self.phase, self.grade = evidence, run, phase, grade
        self.plan, self.must_pass, self.error_texts = plan, must_pass, error_texts
        self.recorded = run.sealed or run.grade is Grade.MACHINE  # by the tool, which copies what is expected
        self.files: dict[str | None, Mapping[str, str]] = {}
        self.elsewhere = bool(run.code and absent_files(run.results, run.code))
        self.expectations = RecordedExpectations(run)
        self.held = {
            test.key: run.expected[name] for name in sorted(run.expected) for test in plan.find(name, run.suite)
        }

    def grouped(self) -> tuple[list[tuple[PlannedTest, list[Named]]], list[Named]]:
        """The results by test and parameters, and those of no planned test."""
        by_test: dict[tuple[str, str, str], tuple[PlannedTest, list[Named]]] = {}
        others = []
        for name, result in self.run.results.items():
            tests = self.plan.find(name, self.run.suite)
            if not tests:
                others.append((name, result))
            if result.outcome is Outcome.PASSED and (result.fits or is_ambiguous(tests)):
                continue  # which of them passed is unknown
            for test in tests:
                by_test.setdefault((*test.key, parameters(name)), (test, []))[1].append((name, result))
        return list(by_test.values()), others

    def worst(self, test: PlannedTest, results: Iterable[Named]) -> JudgedResult:
        judged = [self.result(test, name, result) for name, result in results]
        if len(judged) == 1:
            return judged[0]
        failed = {without_number(one.name): one for one in judged if one.failed}
        twice = {without_number(one.name) for one in judged if one.outcome is Outcome.PASSED} & failed.keys()
        worst = min(judged, key=lambda one: (gravity(one), one.name))
        return replace(worst, flaky=True) if twice else worst

    def result(self, test: PlannedTest | None, name: str, result: Result) -> JudgedResult:
        held = self._held(test, name)
        expected = held.at(self.phase)
        judgement = self._judged(test, result, expected, held)
        if judgement is Judgement.AS_EXPECTED and self.elsewhere:
            judgement = Judgement.ELSEWHERE  # its failures still count against the fix
        return JudgedResult(
            name=name,
            files=self._files(split_name(name)[0] or (test.place[0] if test else None)),
            outcome=result.outcome,
            error=result.error,
            evidence=self.evidence,
            record=self.run,
            grade=self.grade,
            held=held,
            judgement=judgement,
            attempts=result.attempts or 1,
            flaky=(result.attempts or 1) > 1 and result.outcome is Outcome.PASSED,
        )

    def _files(self, place: str | None) -> Mapping[str, str]:
        if place not in self.files:
            self.files[place] = files_in(self.run, place)
        return self.files[place]

    def _held(self, test: PlannedTest | None, name: str) -> Held:
        """What was expected when the run was recorded, so that a later edit of the plan changes nothing."""
        if test is None:
            return Held()
        if not self.recorded:
            return test.held
        return self.expectations.of(name) or self.held.get(test.key) or Held()

    def _judged(self, test: PlannedTest | None, result: Result, expected: Expectation | None, held: Held) -> Judgement:
        if result.outcome is Outcome.SKIPPED and not (expected and expected.expected == "skip"):
            return Judgement.SKIPPED
        if expected is None:
            broken = self.phase is Phase.AFTER and result.outcome in FAILED and test and test.key in self.must_pass
            return Judgement.UNEXPECTED if broken else Judgement.UNJUDGED
        judgement = judge(result, expected, () if self.recorded else self.error_texts)
        vacuous = judgement is Judgement.AS_EXPECTED and proves_nothing(held)
        return Judgement.PROVES_NOTHING if vacuous else judgement
