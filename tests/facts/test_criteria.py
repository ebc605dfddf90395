"""Criteria: met, failed or unknown."""

from __future__ import annotations

import pytest

from tests.kit.facts import case
from triagebook.facts.case import Case
from triagebook.facts.verdict.criteria import Answer, CriterionState, measure_of
from triagebook.model.values import FactRef

AFFECTED = "source: {repository: app, commit: 5222b25608c3}\nlocations: ['app/a.py:3,5']"


def criterion(rest: str) -> str:
    return f"criteria: {{it: {{says: a, {rest}}}}}"


def value(said: str, **keys: str) -> str:
    given = {"kind": "value", "grade": "attested", "by": "developer", "at": "2025-09-20", "phase": "after"}
    given |= {"build": "build-7", "environment": "staging", "name": "connect.success", "value": said} | keys
    return "".join(f"{key}: {each}\n" for key, each in given.items() if each)


def state(of: Case) -> CriterionState:
    return of.criteria["it"]


@pytest.mark.parametrize(
    ("said", "target", "answer", "why"),
    [
        ("97 %", "at least 95 %", Answer.MET, "97 % meets the target of at least 95 %"),
        ("95 %", "at least 95 %", Answer.MET, "95 % meets the target of at least 95 %"),
        ("95 %", "more than 95 %", Answer.FAILED, "95 % misses the target of more than 95 %"),
        ("16/18", "at least 90 %", Answer.FAILED, "16/18 misses the target of at least 90 %"),
        ("0.97", "at least 95 %", Answer.MET, "0.97 meets the target of at least 95 %"),
        ("94 to 97 %", "at least 95 %", Answer.FAILED, "94 to 97 % misses the target of at least 95 %"),
        (
            "2 s",
            "at least 95 %",
            Answer.UNKNOWN,
            "`connect.success` is 2 s, which can't be compared with at least 95 %",
        ),
    ],
)
def test_a_measured_value_answers_a_criterion(said: str, target: str, answer: Answer, why: str) -> None:
    found = state(case(criterion(f"measure: connect.success, target: {target}"), a=value(said)))
    assert (found.answer, found.why) == (answer, why)
    assert found.measured is (answer is Answer.MET)


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("target: 95 %", "no measure is named for it"),
        ("measure: connect.success", "no target is named for it"),
        ("measure: connect.success, target: 95 %", "no value of `connect.success` was recorded"),
        ("measure: tests.passed, target: 1 tests", "no suite lists a test that fits"),
        ("measure: tests.passed suit=a, target: 1 tests", "`tests.passed` has no filter `suit`; it takes suite"),
        ("measure: severity, target: 1", "`severity` is high, which can't be compared with 1"),
        ("measure: criteria.met, target: 0", "`criteria.met` follows from the criteria, and can't answer one"),
    ],
)
def test_a_criterion_without_an_answer_is_unknown(rest: str, why: str) -> None:
    found = state(case(criterion(rest)))
    assert found.answer is Answer.UNKNOWN
    assert found.why.startswith(why)
    assert not found.measured


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"grade": "transcribed", "by": "", "from": "report.md"}, "it is transcribed, so its code is unknown"),
        ({"by": ""}, "no person of the catalog vouches for it"),
        ({"by": "robot"}, "no person of the catalog vouches for it"),
        ({"phase": ""}, "it does not say whether it was measured before or after the fix"),
        ({"grade": "machine", "by": ""}, "no kept source states the value"),
    ],
    ids=["a document says so", "nobody vouches", "an assistant vouches", "of no phase", "at no commit"],
)
def test_a_statement_answers_nothing(keys: dict[str, str], why: str) -> None:
    found = state(case(criterion("measure: connect.success, target: at least 95 %"), a=value("97 %", **keys)))
    assert found.answer is Answer.UNKNOWN
    assert found.why == f"`connect.success` is 97 %, but {why}"


def test_a_count_in_the_record_meets_a_target_but_is_not_measured() -> None:
    found = state(case(criterion("measure: affected.locations, target: 2 locations"), AFFECTED))
    assert found.answer is Answer.MET
    assert not found.measured


@pytest.mark.parametrize(("target", "answer"), [('"2"', Answer.MET), ("at most 1", Answer.FAILED)])
def test_a_target_without_a_unit_counts(target: str, answer: Answer) -> None:
    assert state(case(criterion(f"measure: affected.locations, target: {target}"), AFFECTED)).answer is answer


def test_a_target_without_a_unit_is_not_a_time() -> None:
    found = state(case(criterion("measure: connect.success, target: at most 2"), a=value("1.5 s")))
    assert found.answer is Answer.UNKNOWN


# ── where it is measured ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rest", "measure"),
    [
        ("measure: connect.success", "connect.success"),
        ("measure: connect.success, environment: local", "connect.success environment=local"),
        ("measure: tests.passed suite=a, environment: local", "tests.passed environment=local suite=a"),
        ("measure: connect.success environment=staging, environment: local", "connect.success environment=staging"),
        ("measure: affected.locations, environment: local", "affected.locations"),
        ("environment: local", None),
    ],
)
def test_a_criterion_may_name_its_environment(rest: str, measure: str | None) -> None:
    of = case(criterion(rest))
    assert measure_of(of.issue.criteria["it"]) == (FactRef.parse(measure) if measure else None)


def test_a_value_from_another_environment_does_not_count() -> None:
    rest = criterion("measure: connect.success, target: at least 95 %, environment: production")
    assert state(case(rest, a=value("97 %"))).why == (
        "no value of `connect.success environment=production` was recorded"
    )
    assert state(case(rest, a=value("97 %", environment="production"))).answer is Answer.MET


def test_a_count_in_the_record_has_no_environment() -> None:
    rest = criterion("measure: affected.locations, target: 2 locations, environment: local")
    assert state(case(rest, AFFECTED)).answer is Answer.MET
