"""The tests of an issue: those that its suites list, and those that left the plan after a run was held against them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TypeAlias

from msgspec.structs import replace

from triagebook.model.evidence import Grade, Held, TestRun
from triagebook.model.issue import Issue
from triagebook.model.suites import Suite, Test

from .planned import (
    Expectations,
    Plan,
    Planned,
    expected_in,
    is_ambiguous,
    parameters,
    proves_nothing,
    split_name,
    without_parameters,
)

Place: TypeAlias = tuple[str | None, str | None, str]  # file, class and function


def planned_tests(issue: Issue, recorded: Iterable[tuple[str, TestRun]]) -> list[Planned]:
    """Every test that the suites list, and those that a run was held against before they vanished from the plan."""
    runs = [run for _, run in recorded]
    tests = [
        _planned(suite_id, suite, name, test)
        for suite_id, suite in issue.suites.items()
        for name, test in suite.tests.items()
    ]
    tests = _with_honest_names(tests, runs)
    return [*tests, *_dropped_tests(tests, issue.suites, runs)]


def _planned(suite_id: str, suite: Suite, name: str, test: Test) -> Planned:
    return Planned(
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


def _with_honest_names(tests: list[Planned], runs: Iterable[TestRun]) -> list[Planned]:
    """A test that ran beside the one it is said to have been was never that one: its old name does not count."""
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


# ── tests that left the plan ─────────────────────────────────────────────────────────────────────────


def _dropped_tests(tests: Iterable[Planned], suites: Collection[str], runs: Iterable[TestRun]) -> list[Planned]:
    names = {test.key: test.place for test in tests}  # of two tests in different files only one can have the short name
    dropped = []
    for (suite, place), (name, result, held) in _vaguest(_unplanned(Plan(tests, suites), runs)).items():
        own = name if names.setdefault((suite, name), place) == place else without_parameters(result)
        dropped.append(
            Planned(suite, own, "", place[0], place[1], Test(), before=held.before, after=held.after, dropped=True)
        )
    return dropped


def _unplanned(plan: Plan, runs: Iterable[TestRun]) -> dict[tuple[str, Place], tuple[str, str, Held]]:
    """What the tool's runs were held against, and no suite lists; of several runs the latest."""
    return {
        (str(run.suite or ""), split_name(result)): (name, result, held)
        for run in runs
        if run.grade is Grade.MACHINE and run.sealed
        for name, result, held in expected_in(run)
        if not plan.find(result, run)
    }


def _vaguest(found: dict[tuple[str, Place], tuple[str, str, Held]]) -> dict[tuple[str, Place], tuple[str, str, Held]]:
    """One test where several runs tell more or less of its place; a run that names no suite held one of the others."""
    by_function: dict[str, list[tuple[str, Place]]] = {}
    for key in found:
        by_function.setdefault(key[1][2], []).append(key)

    def is_told_by_another(key: tuple[str, Place]) -> bool:
        suite, place = key
        return any(
            (suite == other_suite and _covers(other, place)) or (not suite and other_suite and _meet(place, other))
            for other_suite, other in by_function[place[2]]
            if (other_suite, other) != key
        )

    return {key: value for key, value in found.items() if not is_told_by_another(key)}


def _meet(one: Place, other: Place) -> bool:
    return _covers(one, other) or _covers(other, one)


def _covers(vague: Place, place: Place) -> bool:
    return all(part is None or part == other for part, other in zip(vague, place, strict=True))


__all__ = [
    "Expectations",
    "Plan",
    "Planned",
    "expected_in",
    "is_ambiguous",
    "parameters",
    "planned_tests",
    "proves_nothing",
    "split_name",
]
