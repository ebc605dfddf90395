"""Rules about what tests are expected to do."""

from __future__ import annotations

import pytest

from tests.kit.books import at, said


def suite(rest: str) -> str:
    return f"suites:\n  unit:\n    category: unit\n    {rest}\n"


def seen(name: str, results: str, **keys: str) -> str:
    """A run that a person attests; an empty key leaves it out."""
    given = {"kind": "tests", "grade": "attested", "at": "2025-09-20", "by": "backend", "environment": "local"}
    given |= {"phase": "after", "commit": "ab14a73d8", "suite": "unit", "results": results} | keys
    body = "".join(f"{key}: {value}\n" for key, value in given.items() if value)
    return f"# evidence/{name}.yaml\n{body}"


ONE = "{test_connects: passed}"


FOUR = """
suites:
  unit: {category: unit, after: pass, tests: {test_connects: It connects}}
  journey: {category: end-to-end, after: pass, tests: {test_chat: A chat opens}}
  empty: {category: unit}
  shows-it: {category: unit, before: {fail: no answer}, tests: {test_fails: It fails}}
"""


KNOWN = """
symptoms: "TypeError: object Manager can't be used in 'await' expression"
causes: [{pattern: p}, {pattern: q, state: ruled-out}]
# patterns/p.yaml
{title: P, summary: P, errors: ["coroutine '\\\\S+' was never awaited"]}
# patterns/q.yaml
{title: Q, summary: Q, errors: ["KeyError: .*"]}
"""


@pytest.mark.parametrize(
    ("rest", "line", "says"),
    [
        (
            "before: pass\n    after: pass\n    tests: {a: a, b: b}",
            4,
            "`a`, `b` are expected to pass both before and after the fix",
        ),
        (
            "after: pass\n    tests:\n      a: {before: pass}",
            6,
            "`a` is expected to pass both before and after the fix",
        ),
        (
            "before: pass\n    tests:\n      a: {after: pass}",
            6,
            "`a` is expected to pass both before and after the fix",
        ),
    ],
)
def test_a_test_that_passes_before_and_after_is_found(rest: str, line: int, says: str) -> None:
    assert said(suite(rest), "TB406") == [f"1/issue.yaml:{line}: {says}"]


@pytest.mark.parametrize(
    "rest", ["before: fail\n    after: pass\n    tests: {a: a}", "after: pass\n    tests: {a: a}", "before: pass"]
)
def test_a_test_that_can_fail_is_accepted(rest: str) -> None:
    assert not said(suite(rest), "TB406")


def test_a_suite_without_tests_is_found() -> None:
    assert said(suite("after: pass\n    covers: [Isolation]"), "TB407") == ["1/issue.yaml:2: `unit` lists no tests"]


def test_tests_without_expectation_are_found() -> None:
    text = suite("tests: {a: {after: pass}, b: b, c: c}")
    assert said(text, "TB407") == ["1/issue.yaml:4: nothing is expected of 2 of 3 tests: `b`, `c`"]
    assert at(text, "TB407") == [("suites", "unit", "tests", "b")]


def test_an_expected_failure_without_error_text_is_found() -> None:
    text = suite("before: fail\n    after: pass\n    tests: {a: a, b: b, c: {before: fail}}")
    says = "a failure is expected without an error text, so no failure counts as the expected one"
    assert said(text, "TB407") == [f"1/issue.yaml:4: {says}", f"1/issue.yaml:6: {says}"]


@pytest.mark.parametrize(
    "text",
    [
        suite("before: {fail: no answer}\n    tests: {a: a}"),
        suite("tests: {a: {before: pass}, b: {after: pass}}"),
        suite("before: fail\n    tests: {a: a}\nsymptoms: no answer"),
    ],
)
def test_tests_with_expectations_are_accepted(text: str) -> None:
    assert not said(text, "TB407")


def test_suites_without_a_run_are_found() -> None:
    text = FOUR + seen("a", ONE)
    assert said(text, "TB408") == [
        "1/issue.yaml:3: no run of `journey` after the fix is recorded, but 1 of 3 suites have one",
        "1/issue.yaml:4: no run of `empty` after the fix is recorded, but 1 of 3 suites have one",
    ]


def test_a_suite_that_a_next_step_covers_is_accepted() -> None:
    planned = FOUR.replace("journey: {", "journey: {state: planned, ").replace("empty: {", "empty: {state: planned, ")
    text = planned + "next: [{do: Write it, suites: journey}]\n" + seen("a", ONE)
    assert said(text, "TB408") == [
        "1/issue.yaml:4: no run of `empty` after the fix is recorded, but 1 of 2 suites have one",
    ]


@pytest.mark.parametrize(
    "runs",
    [
        "",
        seen("a", ONE, phase="before"),
        seen("a", "{test_fails: failed}", suite="shows-it"),
        seen("a", "{test_connects: passed, test_chat: passed}", suite="")
        + seen("b", "", suite="empty", totals="{passed: 1}"),
    ],
    ids=["no run", "before the fix", "not a suite that is run again", "all of them"],
)
def test_suites_with_runs_are_accepted(runs: str) -> None:
    assert not said(FOUR + runs, "TB408")


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ("after: skip\n    tests: {a: a}", "1/issue.yaml:4: `a` is expected to be skipped after the fix"),
        ("after: fail\n    tests: {a: a, b: b}", "1/issue.yaml:4: `a`, `b` are expected to fail after the fix"),
        ("tests: {a: {after: {fail: x}}}", "1/issue.yaml:4: `a` is expected to fail after the fix"),
    ],
)
def test_an_expected_failure_after_the_fix_is_found(rest: str, says: str) -> None:
    assert said(suite(rest), "TB414") == [says]
    assert not said(suite(f"before: fail\n    {rest}"), "TB406"), "excused, and not found twice"


def test_an_expected_pass_is_accepted() -> None:
    assert not said(suite("before: fail\n    after: pass\n    tests: {a: a}"), "TB414")


@pytest.mark.parametrize("error", ["object is not awaitable", "KeyError: 'a'"])
def test_an_unknown_expected_error_is_found(error: str) -> None:
    text = suite(f'before: {{fail: "{error}"}}\n    tests: {{a: a, b: b}}') + KNOWN
    says = f"`{error}` matches no symptom and no error of a pattern"
    assert said(text, "TB422") == [f"1/issue.yaml:4: {says}"]


def test_each_unknown_error_is_found_at_its_field() -> None:
    text = suite("tests: {a: {before: {fail: [Manager can't be used, no such thing]}}}") + KNOWN
    assert at(text, "TB422") == [("suites", "unit", "tests", "a", "before", "fail", 1)]


@pytest.mark.parametrize(
    "error", ["can't be used in 'await'", "coroutine 'connect' was never awaited", "was never awaited"]
)
def test_a_known_expected_error_is_accepted(error: str) -> None:
    assert not said(suite(f'before: {{fail: "{error}"}}\n    tests: {{a: a}}') + KNOWN, "TB422")


def test_without_a_known_error_any_expectation_is_accepted() -> None:
    assert not said(suite("before: {fail: anything}\n    tests: {a: a}\nsymptoms: {says: It fails}"), "TB422")
