"""Rules about results and totals of test runs."""

from __future__ import annotations

import pytest

from tests.kit.books import at, said


def seen(name: str, results: str, **keys: str) -> str:
    """A run that a person attests; an empty key leaves it out."""
    given = {"kind": "tests", "grade": "attested", "at": "2025-09-20", "by": "backend", "environment": "local"}
    given |= {"phase": "after", "commit": "ab14a73d8", "suite": "unit", "results": results} | keys
    body = "".join(f"{key}: {value}\n" for key, value in given.items() if value)
    return f"# evidence/{name}.yaml\n{body}"


UNIT = """
suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects, test_sends: It sends}}}
"""


BOTH = "{test_connects: passed, test_sends: passed}"


ONE = "{test_connects: passed}"


def test_results_of_unlisted_tests_are_found() -> None:
    text = UNIT + seen("a", "{test_connects: passed, test_x: passed, test_y: passed}")
    assert said(text, "TB409") == ["1/evidence/a.yaml:9: not a test of suite `unit`: `test_x`, `test_y`"]
    assert at(text, "TB409") == [("results", "test_x")]


def test_a_run_without_any_planned_test_is_found() -> None:
    text = UNIT + seen("a", "{test_x: passed}", suite="")
    assert said(text, "TB409") == ["1/evidence/a.yaml:8: not a test that any suite lists: `test_x`"]


@pytest.mark.parametrize(
    "text",
    [
        UNIT + seen("a", '{"test_connects[1]": passed, test_sends: passed}'),
        UNIT + seen("a", "{test_connects: passed, test_x: passed}", suite=""),
        "suites: {unit: {category: unit}}\n" + seen("a", ONE),
        "suites: {unit: {category: unit}, other: {category: unit, tests: {test_a: a}}}\n" + seen("a", BOTH),
        seen("a", ONE, suite=""),
    ],
    ids=["of the suite", "of no suite in particular", "lists nothing", "another one lists", "no plan"],
)
def test_results_of_planned_tests_are_accepted(text: str) -> None:
    assert not said(text, "TB409")


@pytest.mark.parametrize(
    ("results", "totals", "says"),
    [
        (BOTH, "{passed: 3}", "`passed` is stated as 3, but the results give 2"),
        (ONE, "{failed: 1}", "`failed` is stated as 1, but the results give 0"),
        ("{a: error}", "{errors: 0, failed: 1}", "`failed` is stated as 1, but the results give 0"),
        ("{a: skipped}", "{skipped: 0}", "`skipped` is stated as 0, but the results give 1"),
        (BOTH, "{total: 23}", "`total` is stated as 23, but the results give 2"),
        ("", "{passed: 22, failed: 2, total: 23}", "`total` is stated as 23, but its parts add up to 24"),
        (
            "",
            "{passed: 20, failed: 1, errors: 0, skipped: 1, total: 23}",
            "`total` is stated as 23, but its parts add up to 22",
        ),
    ],
)
def test_totals_that_differ_from_the_results_are_found(results: str, totals: str, says: str) -> None:
    text = seen("a", results, totals=totals, suite="")
    assert says in [line.partition(": ")[2] for line in said(text, "TB417")]


def test_each_wrong_total_is_found_at_its_line() -> None:
    text = seen("a", BOTH, totals="\n  passed: 3\n  total: 3\n  failed: 0")
    assert said(text, "TB417") == [
        "1/evidence/a.yaml:11: `passed` is stated as 3, but the results give 2",
        "1/evidence/a.yaml:12: `total` is stated as 3, but the results give 2",
    ]


@pytest.mark.parametrize(
    ("results", "keys"),
    [
        (BOTH, {"totals": "{passed: 2, failed: 0, total: 2}"}),
        ("{a: passed, b: xfailed}", {"totals": "{passed: 1, skipped: 1, total: 2}"}),
        ("{a: passed, b: xfailed}", {"totals": "{passed: 1, failed: 0, errors: 0, skipped: 0, total: 2}"}),
        ("{a: xpassed}", {"totals": "{passed: 1}"}),
        ("{a: xpassed}", {"totals": "{failed: 1}"}),
        ("{a: error}", {"totals": "{failed: 1}"}),
        ("", {"totals": "{passed: 22, failed: 1, total: 28}"}),
        ("", {"totals": "{passed: 22}"}),
        (ONE, {"totals": "{passed: 22}", "partial": "true"}),
        (ONE, {}),
    ],
)
def test_matching_totals_are_accepted(results: str, keys: dict[str, str]) -> None:
    assert not said(seen("a", results, **keys), "TB417")
