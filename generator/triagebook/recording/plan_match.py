"""Matches the results of a run with the planned tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from triagebook.book import Entry
from triagebook.code.file_kinds import is_below
from triagebook.facts.ledger.grading import runs
from triagebook.facts.ledger.listed_tests import implied_tests, tests_of
from triagebook.facts.ledger.planned_tests import PlannedTest, PlannedTests, is_ambiguous, split_name
from triagebook.model.evidence import Held, Phase
from triagebook.model.issue import Issue
from triagebook.model.scalars import as_written
from triagebook.model.suites import Expectation


class PlanMatch(Struct, frozen=True):
    """The results of one run: matched with planned tests, ambiguous, or unplanned."""

    suite: str | None
    matched: dict[str, tuple[PlannedTest, ...]]
    ambiguous: dict[str, tuple[PlannedTest, ...]]
    strays: tuple[str, ...]

    def held(self, name: str, *, failed: bool) -> Held | None:
        """The expectation for a result; none if the result is ambiguous.

        A suite that lists no tests expects of each that passes to pass, and of one that fails to show the defect.
        """
        held = (_held(test, failed=failed) for test in self.matched.get(name, ()))
        return next((one for one in held if one.before or one.after), None)


def _held(test: PlannedTest, *, failed: bool) -> Held:
    if not test.implied:
        return test.held
    before = test.before or Expectation.model_validate("fail")
    return Held.model_construct(before=before if failed else None, after=test.after)


class PlanMatcher:
    """The planned tests of an issue."""

    def __init__(self, entry: Entry) -> None:
        self.issue = entry.issue
        planned = tests_of(entry.issue, runs(entry.evidence))
        self.tests = [test for test in planned if not test.dropped]
        self._plan = PlannedTests(self.tests, entry.issue.suites)

    @property
    def places(self) -> tuple[str, ...]:
        """The files and folders of the planned tests."""
        named = [test.place[0] for test in self.tests] + [suite.path for suite in self.issue.suites.values()]
        return tuple(dict.fromkeys(str(place) for place in named if place))

    def match(self, names: Sequence[str], suite: str | None, unclear: Collection[str] = ()) -> PlanMatch:
        """Match results with the plan. Without a suite, use the only one that all results belong to.

        The source code holds several tests of each name that is `unclear`.
        """
        suite = suite or self._suite_of(names)
        implied = implied_tests(self.issue, suite, (name for name in names if not self._plan.find(name, suite)))
        plan = PlannedTests([*self.tests, *implied], self.issue.suites) if implied else self._plan
        found = {name: tuple(plan.find(name, suite)) for name in names}
        ambiguous = [name for name, tests in found.items() if is_ambiguous(tests) or (tests and name in unclear)]
        return PlanMatch(
            suite=suite,
            matched={name: tests for name, tests in found.items() if tests and name not in ambiguous},
            ambiguous={name: found[name] for name in ambiguous},
            strays=tuple(name for name, tests in found.items() if not tests),
        )

    def _suite_of(self, names: Sequence[str]) -> str | None:
        suites = [name for name in self.issue.suites if all(self._is_of(name, result) for result in names)]
        return suites[0] if names and len(suites) == 1 else None

    def _is_of(self, suite: str, result: str) -> bool:
        place = self.issue.suites[suite].path
        path = split_name(result)[0] or result.partition("::")[0]
        if place and is_below(path, str(place)):
            return True
        return any(test.suite == suite for test in self._plan.find(result, suite))

    def missing(self, matches: Iterable[PlanMatch], phase: Phase | None) -> list[PlannedTest]:
        """Tests of the suites that ran, due in this phase, without a result."""
        every = list(matches)
        met = {test.key for match in every for tests in match.matched.values() for test in tests}
        met |= {test.key for match in every for tests in match.ambiguous.values() for test in tests}
        suites = {match.suite for match in every if match.suite} or {suite for suite, _ in met}
        suites = suites or set(self.issue.suites)
        return [test for test in self.tests if test.suite in suites and test.key not in met and test.is_due(phase)]


def plain_held(held: Held, issue: Issue) -> dict[str, object]:
    """An expectation as recorded. A failure without an error text expects the errors of the symptoms."""
    texts = tuple(symptom.error for symptom in issue.symptoms if symptom.error)
    expected = {phase.value: one for phase in Phase if (one := held.at(phase))}
    return {
        phase: as_written(one if one.errors or one.expected != "fail" else one.model_copy(update={"errors": texts}))
        for phase, one in expected.items()
    }
