"""The facts about tests: counts and rates, by suite, category, phase and environment."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.kit.facts import case, fact, number, origins, why_unknown
from triagebook.facts.base.fact import UnknownFactError
from triagebook.facts.case import Case
from triagebook.model.evidence import Grade

SUITES = """
suites:
  unit:
    category: unit
    before: {fail: no answer}
    after: pass
    tests: {test_a: a, test_b: b, test_c: c, test_d: d}
  journey:
    category: journey
    before: pass
    after: pass
    tests: {test_e: e}
"""


def run(results: str, **keys: str) -> str:
    given = {"kind": "tests", "grade": "attested", "by": "developer", "at": "2025-09-20", "environment": "staging"}
    given |= {"phase": "after", "commit": "0" * 40, "suite": "unit", "results": results} | keys
    return "".join(f"{key}: {value}\n" for key, value in given.items() if value)


ENDED = run("{test_a: passed, test_b: failed, test_c: skipped}")


def counts(of: Case, filters: str = "") -> dict[str, Fraction | None]:
    words = ["planned", "passed", "failed", "errors", "skipped", "flaky", "missing"]
    narrowed = " ".join(f" {each}" for each in filters.split() if not each.startswith(("phase", "environment")))
    return {word: number(of, f"tests.{word}{narrowed if word == 'planned' else filters}") for word in words}


# ── without evidence, or without tests ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", ["passed", "failed", "errors", "skipped", "flaky", "missing", "pass_rate"])
def test_no_run_is_unknown_and_never_zero(word: str) -> None:
    assert why_unknown(case(SUITES), f"tests.{word}") == "no run of these tests after the fix is recorded"
    assert why_unknown(case(SUITES, a=ENDED), f"tests.{word} phase=before") == (
        "no run of these tests before the fix is recorded"
    )


@pytest.mark.parametrize("word", ["planned", "vacuous", "passed", "missing", "pass_rate"])
def test_no_test_is_unknown(word: str) -> None:
    assert why_unknown(case(a=ENDED), f"tests.{word}") == "no suite lists a test that fits"
    with pytest.raises(UnknownFactError, match="has no suite `nothing`; known: `unit`, `journey`"):
        fact(case(SUITES), f"tests.{word} suite=nothing")


def test_an_unknown_phase_is_refused() -> None:
    with pytest.raises(UnknownFactError, match="has no phase `later`; known: `before`, `after`"):
        fact(case(SUITES, a=ENDED), "tests.passed phase=later")


def test_without_a_run_in_the_environment_the_count_is_unknown() -> None:
    assert why_unknown(case(SUITES, a=ENDED), "tests.passed environment=local")


# ── counts ───────────────────────────────────────────────────────────────────────────────────────────


def test_each_planned_test_is_counted_once() -> None:
    of = case(SUITES, a=ENDED)
    found = counts(of)
    assert found == {"planned": 5, "passed": 1, "failed": 1, "errors": 0, "skipped": 1, "flaky": 0, "missing": 2}
    assert sum(value or 0 for word, value in found.items() if word != "planned") == found["planned"]


@pytest.mark.parametrize(("filters", "planned", "passed"), [(" suite=unit", 4, 1), (" category=unit", 4, 1)])
def test_tests_are_counted_by_filter(filters: str, planned: int, passed: int) -> None:
    of = case(SUITES, a=ENDED)
    assert number(of, f"tests.planned{filters}") == planned
    assert number(of, f"tests.passed{filters}") == passed


def test_missing_and_skipped_tests_are_not_passed() -> None:
    of = case(SUITES, a=ENDED)
    assert number(of, "tests.pass_rate") == Fraction(1, 5)
    assert number(of, "tests.pass_rate suite=unit") == Fraction(1, 4)
    assert str(fact(of, "tests.pass_rate suite=unit")) == "25 %"


def test_an_expected_failure_is_not_passed() -> None:
    of = case(SUITES, a=run("{test_a: xfailed, test_b: xpassed, test_c: passed, test_d: error}"))
    assert number(of, "tests.passed suite=unit") == 1
    assert number(of, "tests.errors suite=unit") == 1
    assert number(of, "tests.pass_rate suite=unit") == Fraction(1, 4)


def test_a_flaky_test_is_neither_passed_nor_failed() -> None:
    of = case(SUITES, a=run("{test_a: passed}"), b=run("{test_a: failed}", at="2025-09-21"))
    assert (number(of, "tests.flaky"), number(of, "tests.passed"), number(of, "tests.failed")) == (1, 0, 0)


def test_the_worst_parameter_decides() -> None:
    of = case(SUITES, a=run('{"test_a[1]": passed, "test_a[2]": failed}'))
    assert (number(of, "tests.passed"), number(of, "tests.failed")) == (0, 1)


def test_of_two_environments_the_worse_result_counts() -> None:
    of = case(SUITES, a=run("{test_a: passed}"), b=run("{test_a: failed}", environment="local"))
    assert number(of, "tests.passed") == 0
    assert number(of, "tests.passed environment=staging") == 1
    assert number(of, "tests.failed environment=local") == 1


def test_results_before_and_after_the_fix_are_counted_apart() -> None:
    of = case(SUITES, a=run("{test_a: failed}", phase="before"), b=run("{test_a: passed}"))
    assert number(of, "tests.failed phase=before") == 1
    assert number(of, "tests.passed phase=after") == 1
    assert fact(of, "tests.passed").value == fact(of, "tests.passed phase=after").value


def test_a_result_of_an_unplanned_test_is_not_counted() -> None:
    of = case(SUITES, a=run("{test_a: passed, test_x: passed, test_y: passed}"))
    assert (number(of, "tests.planned"), number(of, "tests.passed")) == (5, 1)


def test_a_test_that_no_suite_lists_any_more_still_counts() -> None:
    held = "{test_a: {after: pass}, test_gone: {after: pass}}"
    more = {"grade": "machine", "by": "", "dirty": "false", "expected": held}
    of = case(SUITES, a=run("{test_a: passed, test_gone: failed}", **more))
    assert number(of, "tests.planned") == 6
    assert number(of, "tests.failed") == 1
    assert "1/evidence/a.yaml#expected.test_gone" in origins(of, "tests.planned")


def test_tests_that_prove_nothing() -> None:
    of = case(SUITES)
    assert number(of, "tests.vacuous") == 1
    assert number(of, "tests.vacuous suite=unit") == 0
    assert origins(of, "tests.vacuous") == ["1/issue.yaml#suites.journey.tests.test_e"]


# ── where a fact comes from ──────────────────────────────────────────────────────────────────────────


def test_a_fact_names_the_evidence_it_rests_on() -> None:
    of = case(SUITES, a=run("{test_a: passed}"), b=run("{test_b: passed}"))
    assert origins(of, "tests.passed") == ["1/evidence/a.yaml", "1/evidence/b.yaml"]
    assert origins(of, "tests.planned suite=journey") == ["1/issue.yaml#suites.journey.tests.test_e"]


@pytest.mark.parametrize(
    ("first", "second", "grade"),
    [
        ({}, {}, Grade.ATTESTED),
        ({}, {"grade": "transcribed", "by": "", "from": "report.md"}, Grade.TRANSCRIBED),
        ({"grade": "machine", "by": "", "dirty": "false"}, {}, Grade.ATTESTED),
        ({"grade": "machine", "by": "", "dirty": "true"}, {}, Grade.TRANSCRIBED),
    ],
)
def test_a_fact_is_worth_its_weakest_evidence(first: dict[str, str], second: dict[str, str], grade: Grade) -> None:
    of = case(SUITES, a=run("{test_a: passed}", **first), b=run("{test_b: passed}", **second))
    assert fact(of, "tests.passed").grade is grade


def test_the_number_of_planned_tests_needs_no_evidence() -> None:
    assert fact(case(SUITES), "tests.planned").grade is None
