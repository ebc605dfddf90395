"""What the runs say of each test: every result with what it counts for, and how it meets what was expected of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field

from triagebook.model.evidence import Grade, Held, Outcome, Phase, Result, TestRun
from triagebook.model.suites import Expectation

from .history import files_in, side_of
from .matching import Expectations, Planned, expected_in, is_ambiguous, parameters, proves_nothing, split_name
from .results import Judgement, Key, Seen, gravity, judge
from .weight import FAILED

if TYPE_CHECKING:
    from .case import Case

Named: TypeAlias = tuple[str, Result]


class Sightings(Struct, frozen=True):
    """The results of all runs, sorted by what they are results of."""

    of_tests: Mapping[Key, list[Seen]] = field(default_factory=dict)
    strays: Mapping[tuple[str, str], list[Seen]] = field(default_factory=dict)  # of no test of the plan, after the fix


def sightings(case: Case) -> Sightings:
    of_tests: dict[Key, list[Seen]] = {}
    strays: dict[tuple[str, str], list[Seen]] = {}
    must_pass = _must_pass(case)
    for evidence, run in case.runs:
        phase, environment = side_of(case, run), str(run.environment or "")
        if phase is None:
            continue
        reader = _Reader(case, evidence, run, phase, must_pass)
        by_test, of_none = reader.sorted()
        for test, results in by_test:
            seen = reader.worst(test, results)
            if phase is run.phase or seen.failed:  # a run that names its phase wrongly can only cast doubt
                of_tests.setdefault((*test.key, phase, environment), []).append(seen)
        for name, result in of_none if phase is Phase.AFTER else ():
            strays.setdefault((environment, name), []).append(reader.seen(None, name, result))
    return Sightings(of_tests, strays)


def _must_pass(case: Case) -> frozenset[tuple[str, str]]:
    """Tests that some run was held against to pass after the fix."""
    return frozenset(
        test.key
        for _, run in case.runs
        if run.grade is Grade.MACHINE and run.sealed
        for _, name, held in expected_in(run)
        if held.after and held.after.expected == "pass"
        for test in case.plan.find(name, run)
    )


class _Reader:
    """Reads one run."""

    def __init__(
        self, case: Case, evidence: str, run: TestRun, phase: Phase, must_pass: frozenset[tuple[str, str]]
    ) -> None:
        self.plan = case.plan
        self.evidence, self.run, self.phase, self.must_pass = evidence, run, phase, must_pass
        self.grade = case.weights[evidence]
        self.recorded = run.sealed or run.grade is Grade.MACHINE  # by the tool, which copies what is expected
        self.texts = case.error_texts
        self.files: dict[str | None, Mapping[str, str]] = {}
        self.expectations = Expectations(run)
        self.held = {
            test.key: run.expected[name] for name in sorted(run.expected) for test in case.plan.find(name, run)
        }

    def sorted(self) -> tuple[list[tuple[Planned, list[Named]]], list[Named]]:
        """The results by test and parameters, and those of no test."""
        by_test: dict[tuple[str, str, str], tuple[Planned, list[Named]]] = {}
        of_none = []
        for name, result in self.run.results.items():
            tests = self.plan.find(name, self.run)
            if not tests:
                of_none.append((name, result))
            if result.outcome is Outcome.PASSED and is_ambiguous(tests):
                continue  # nobody knows which of them passed
            for test in tests:
                by_test.setdefault((*test.key, parameters(name)), (test, []))[1].append((name, result))
        return list(by_test.values()), of_none

    def worst(self, test: Planned, results: Iterable[Named]) -> Seen:
        seen = [self.seen(test, name, result) for name, result in results]
        return min(seen, key=lambda one: (gravity(one), one.name)) if len(seen) > 1 else seen[0]

    def seen(self, test: Planned | None, name: str, result: Result) -> Seen:
        held = self._held(test, name)
        expected = held.before if self.phase is Phase.BEFORE else held.after
        return Seen(
            name=name,
            files=self._files(split_name(name)[0] or (test.place[0] if test else None)),
            outcome=result.outcome,
            error=result.error,
            evidence=self.evidence,
            record=self.run,
            grade=self.grade,
            held=held,
            judgement=self._judged(test, result, expected, held),
        )

    def _files(self, place: str | None) -> Mapping[str, str]:
        if place not in self.files:
            self.files[place] = files_in(self.run, place)
        return self.files[place]

    def _held(self, test: Planned | None, name: str) -> Held:
        """What was expected then, so that a later edit of the plan changes nothing."""
        if test is None:
            return Held()
        return (self.expectations.of(name) or self.held.get(test.key) or Held()) if self.recorded else test.held

    def _judged(self, test: Planned | None, result: Result, expected: Expectation | None, held: Held) -> Judgement:
        if result.outcome is Outcome.SKIPPED and not (expected and expected.expected == "skip"):
            return Judgement.SKIPPED
        if expected is None:
            broken = self.phase is Phase.AFTER and result.outcome in FAILED and test and test.key in self.must_pass
            return Judgement.UNEXPECTED if broken else Judgement.UNJUDGED
        judgement = judge(result, expected, () if self.recorded else self.texts)
        vacuous = judgement is Judgement.AS_EXPECTED and proves_nothing(held)
        return Judgement.PROVES_NOTHING if vacuous else judgement
