"""Rules about test runs compared with the plan and each other."""

from __future__ import annotations

import pytest

from tests.kit.books import at, said
from triagebook.model.evidence import seal_of
from triagebook.store.yaml import read_plain


def seen(name: str, results: str, **keys: str) -> str:
    """A run that a person attests; an empty key leaves it out."""
    given = {"kind": "tests", "grade": "attested", "at": "2025-09-20", "by": "backend", "environment": "local"}
    given |= {"phase": "after", "commit": "ab14a73d8", "suite": "unit", "results": results} | keys
    body = "".join(f"{key}: {value}\n" for key, value in given.items() if value)
    return f"# evidence/{name}.yaml\n{body}"


STAGED = """
suites:
  journey: {category: end-to-end, environments: staging, after: pass, tests: {test_chat: A chat opens}}
"""


def suite(rest: str) -> str:
    return f"suites:\n  unit:\n    category: unit\n    {rest}\n"


UNIT = """
suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects, test_sends: It sends}}}
"""


BOTH = "{test_connects: passed, test_sends: passed}"


ONE = "{test_connects: passed}"


def sealed(text: str) -> str:
    head, _, body = text.partition("\n")
    return f"{head}\n{body}seal: {seal_of(read_plain(body))}\n"


HELD = "{test_connects: {after: pass}, test_gone: {after: pass}}"


@pytest.mark.parametrize("suite", ["journey", ""])
def test_a_run_in_another_environment_is_found(suite: str) -> None:
    text = STAGED + seen("a", "{test_chat: passed}", suite=suite)
    assert said(text, "TB418") == ["1/evidence/a.yaml:5: `journey` was run in `local`, but belongs in `staging`"]


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (
            "plan: {phases: {first: {environment: local, suites: journey}}}",
            ("plan", "phases", "first", "suites", 0),
        ),
        (
            "plan: {phases: {first: {environment: local, steps: [{do: a, suites: journey}]}}}",
            ("plan", "phases", "first", "steps", 0, "suites", 0),
        ),
        (
            "plan: {phases: {first: {environment: staging, steps: [{do: a, suites: journey, environment: local}]}}}",
            ("plan", "phases", "first", "steps", 0, "suites", 0),
        ),
        ("plan: {after: [{do: a, suites: journey, environment: local}]}", ("plan", "after", 0, "suites", 0)),
        (
            "deployment: {local: {checks: [{do: a, suites: journey}]}}",
            ("deployment", "local", "checks", 0, "suites", 0),
        ),
        ("next: [{do: a, suites: journey, environment: local}]", ("next", 0, "suites", 0)),
    ],
)
def test_a_planned_run_in_another_environment_is_found(plan: str, field: tuple[str | int, ...]) -> None:
    says = "`journey` is to run in `local`, but belongs in `staging`"
    assert [line.partition(": ")[2] for line in said(STAGED + plan, "TB418")] == [says]
    assert at(STAGED + plan, "TB418") == [field]


@pytest.mark.parametrize(
    "text",
    [
        STAGED + seen("a", "{test_chat: passed}", suite="journey", environment="staging"),
        STAGED + seen("a", "{test_chat: passed}", suite="journey", environment=""),
        STAGED + seen("a", "{test_other: passed}", suite=""),
        STAGED + "plan: {phases: {first: {suites: journey, steps: [{do: a, suites: journey}]}}}",
        STAGED + "deployment: {staging: {steps: [{do: a, suites: journey}]}}",
        STAGED + "next: [{do: a, suites: nothing, environment: local}]",
        UNIT + seen("a", BOTH),
    ],
)
def test_a_run_in_a_named_environment_is_accepted(text: str) -> None:
    assert not said(text, "TB418")


def test_a_flaky_test_is_found() -> None:
    text = UNIT + seen("a", ONE) + seen("b", "{test_connects: failed}")
    assert said(text, "TB415") == [
        "1/issue.yaml:1: `test_connects` passed and failed on the same code after the fix in `local`"
    ]
    assert at(text, "TB415") == [("suites", "unit", "tests", "test_connects")]


def test_a_test_marked_as_flaky_is_accepted() -> None:
    excuse = "{flaky: {why: Order, owner: backend, until: 2999-12-31}}"
    text = f"suites: {{unit: {{category: unit, after: pass, tests: {{test_connects: {excuse}}}}}}}\n"
    assert not said(text + seen("a", ONE) + seen("b", "{test_connects: failed}"), "TB415")


def test_other_results_on_other_code_are_accepted() -> None:
    text = UNIT + seen("a", ONE) + seen("b", "{test_connects: failed}", commit="5222b2560")
    assert not said(text, "TB415")


def test_a_planned_test_without_a_result_is_found() -> None:
    says = "the latest run of `unit` after the fix in `local` has no result for 1 of 2 tests: `test_sends`"
    assert said(UNIT + seen("a", ONE), "TB416") == [f"1/evidence/a.yaml:9: {says}"]


def test_a_missing_test_that_ran_earlier_is_found() -> None:
    text = (
        UNIT
        + seen("a", "{test_connects: passed, test_sends: passed, test_x: failed}")
        + (seen("b", BOTH, at="2025-09-21", commit="5222b2560"))
    )
    says = "the latest run of `unit` after the fix in `local` has no result for 1 of 3 tests: `test_x`"
    assert said(text, "TB416") == [f"1/evidence/b.yaml:9: {says}"]


def test_a_skipped_test_that_ran_earlier_is_found() -> None:
    later = seen("b", "{test_connects: passed, test_sends: skipped}", at="2025-09-21", commit="5222b2560")
    says = "the latest run of `unit` after the fix in `local` skipped `test_sends`, which ran earlier"
    assert said(UNIT + seen("a", BOTH) + later, "TB416") == [f"1/evidence/b.yaml:9: {says}"]


@pytest.mark.parametrize(
    "text",
    [
        UNIT + seen("a", BOTH),
        UNIT + seen("a", BOTH) + seen("b", ONE, at="2025-09-21"),
        UNIT + seen("a", BOTH) + seen("b", ONE, at="2025-09-21", commit="5222b2560", partial="true"),
        UNIT + seen("a", BOTH) + seen("b", ONE, at="2025-09-21", commit="5222b2560", suite=""),
        UNIT + seen("a", ONE, phase="before"),
        UNIT + seen("a", "", totals="{passed: 1}"),
    ],
    ids=["whole", "the rest ran on this code", "cut off", "of no suite", "nothing was due", "no results"],
)
def test_a_complete_run_is_accepted(text: str) -> None:
    assert not said(text, "TB416")


def test_a_planned_test_skipped_in_the_only_run_is_found() -> None:
    text = UNIT + seen("a", "{test_connects: passed, test_sends: skipped}")
    says = "the latest run of `unit` after the fix in `local` skipped `test_sends`, which the plan includes"
    assert said(text, "TB416") == [f"1/evidence/a.yaml:9: {says}"]


def test_a_total_below_the_planned_number_is_found() -> None:
    text = UNIT + seen("a", "", totals="{total: 1}")
    assert said(text, "TB416") == ["1/evidence/a.yaml:9: the run had 1 test, but the plan lists 2 for `unit`"]


def test_a_renamed_test_is_the_same_test() -> None:
    text = """
suites: {unit: {category: unit, after: pass, tests: {test_opens: {was: test_connects}}}}
"""
    assert not said(text + seen("a", ONE), "TB416")


def test_an_expected_test_that_no_suite_lists_is_found() -> None:
    keys = {"grade": "machine", "dirty": "false", "expected": HELD}
    text = UNIT + sealed(seen("a", "{test_connects: passed, test_gone: failed}", **keys))
    assert said(text, "TB426") == ["1/evidence/a.yaml:11: the run expected `test_gone`, which no suite lists any more"]
    assert at(text, "TB426") == [("expected", "test_gone")]
    assert "test_gone" not in "".join(said(text, "TB416"))


def test_an_unsealed_expectation_does_not_count() -> None:
    assert not said(UNIT + seen("a", ONE, expected=HELD), "TB426")
