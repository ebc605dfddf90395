"""The tests of an issue: those in its suites, and dropped ones that an earlier run expected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec.structs import replace

from triagebook.model.evidence import Grade, TestRun
from triagebook.model.issue import Issue
from triagebook.model.suites import Expectation, Suite, Test

from .planned_tests import PlannedTest, PlannedTests, expected_in, split_name, without_parameters


def tests_of(issue: Issue, runs_by_time: Iterable[tuple[str, TestRun]]) -> list[PlannedTest]:
    """Every test that the suites list, then those of suites that list none, and the dropped ones."""
    runs = [run for _, run in runs_by_time]
    tests = [
        _planned(suite_id, suite, name, test)
        for suite_id, suite in issue.suites.items()
        for name, test in suite.tests.items()
    ]
    tests = _with_proven_old_names(tests, runs)
    dropped = _dropped_tests(tests, issue.suites, runs)
    return [
        *tests,
        *(_implied(issue.suites[one.suite], one) if _covers_its_file(issue, one.suite) else one for one in dropped),
    ]


def implied_tests(issue: Issue, suite_id: str | None, results: Iterable[str]) -> list[PlannedTest]:
    """The tests of a run whose suite lists none: it covers its whole file."""
    if suite_id is None or not _covers_its_file(issue, suite_id):
        return []
    suite = issue.suites[suite_id]
    names = dict.fromkeys(map(without_parameters, results))
    return [_implied(suite, _planned(suite_id, suite, name, Test())) for name in names]


def _covers_its_file(issue: Issue, suite_id: str) -> bool:
    suite = issue.suites.get(suite_id)
    return suite is not None and not suite.tests and not suite.covers


def _implied(suite: Suite, test: PlannedTest) -> PlannedTest:
    after = suite.after or Expectation.model_validate("pass")
    return replace(test, category=str(suite.category), before=suite.before, after=after, implied=True, dropped=False)


def _planned(suite_id: str, suite: Suite, name: str, test: Test) -> PlannedTest:
    return PlannedTest(
        suite=suite_id,
        name=name,
        category=str(suite.category),
        path=suite.path,
        class_=suite.class_,
        test=test,
        before=test.before or suite.before,
        after=test.after or suite.after,
        was=test.was,
    )


def _with_proven_old_names(tests: list[PlannedTest], runs: Iterable[TestRun]) -> list[PlannedTest]:
    """Ignore `was:` if one run contains both names: then the test was not renamed."""
    if not any(test.was for test in tests):
        return tests
    ran: dict[str, list[tuple[int, str]]] = {}
    for index, run in enumerate(run for run in runs if run.grade is Grade.MACHINE and run.sealed):
        for result in run.results:
            ran.setdefault(split_name(result)[2], []).append((index, result))

    def runs_of(name: str, called: Callable[[str], bool], not_called: Callable[[str], bool]) -> set[int]:
        named = ran.get(split_name(name)[2], ())
        return {index for index, result in named if called(result) and not not_called(result)}

    return [
        replace(test, was=None)
        if test.was
        and runs_of(test.name, test.is_now_called, test.was_called)
        & runs_of(test.was, test.was_called, test.is_now_called)
        else test
        for test in tests
    ]


def _dropped_tests(tests: Iterable[PlannedTest], suites: Collection[str], runs: Sequence[TestRun]) -> list[PlannedTest]:
    """The expectations of machine runs for tests that no suite lists; the latest run decides."""
    plan = PlannedTests(tests, suites)
    names = {test.key: test.place for test in tests}  # only one of two tests can have the short name
    dropped: dict[str, list[PlannedTest]] = {}  # by function
    for run in reversed([run for run in runs if run.grade is Grade.MACHINE and run.sealed]):
        for name, result, held in expected_in(run):
            suite, place = str(run.suite or ""), split_name(result)
            alike = dropped.setdefault(place[2], [])
            known = any(one.is_called(result) and (one.suite == suite or not (one.suite and suite)) for one in alike)
            if not known and not plan.find(result, run.suite):
                own = without_parameters(name)
                own = own if names.setdefault((suite, own), place) == place else without_parameters(result)
                alike.append(
                    PlannedTest(suite, own, "", *place[:2], Test(), before=held.before, after=held.after, dropped=True)
                )
    return [test for alike in dropped.values() for test in alike]
