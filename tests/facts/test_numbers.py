"""The facts that are counted or added up from the records."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest

from tests.kit.facts import case, fact, number, origins, why_unknown
from triagebook.facts.base.fact import Fact, UnknownFactError, percent
from triagebook.facts.base.facts import FAMILIES
from triagebook.facts.base.record_facts import larger, total
from triagebook.facts.issue_facts import DEFINITIONS
from triagebook.facts.issue_facts import plain as plain_name
from triagebook.model.values import FactRef, Quantity

AFFECTED = """
source: {repository: app, commit: 5222b25608c3}
locations:
  - {at: "app/a.py:3,5", priority: 1}
  - {at: "app/a.py:5,8", state: fixed}
  - {at: tests/b.py}
  - {at: other.txt:1, category: tests, state: new, priority: 2}
"""
KINDS = "file_categories: {tests: {title: Tests, paths: ['tests/**']}, code: {title: Code, paths: ['app/**', '**']}}"


# ── affected locations ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("filters", "files", "locations"),
    [
        ("", 3, 5),
        (" category=code", 1, 3),
        (" category=tests", 2, 2),
        (" state=open", 2, 3),
        (" state=fixed", 1, 2),
        (" state=new category=tests", 1, 1),
        (" priority=1", 1, 2),
    ],
)
def test_affected_files_and_locations_are_counted_by_filter(filters: str, files: int, locations: int) -> None:
    of = case(affected=AFFECTED, catalog=KINDS)
    assert number(of, f"affected.files{filters}") == files
    assert number(of, f"affected.locations{filters}") == locations


def test_an_empty_list_has_zero_locations() -> None:
    of = case(affected="source: {repository: app, commit: 5222b25608c3}")
    assert number(of, "affected.locations") == 0


def test_without_a_list_the_number_of_locations_is_unknown() -> None:
    for name in ("affected.files", "affected.locations", "affected.commit"):
        assert why_unknown(case(), name) == "no affected location is recorded"


def test_the_commit_of_the_list_and_the_place_of_each_location_are_known() -> None:
    of = case(affected=AFFECTED)
    assert str(fact(of, "affected.commit")) == "5222b25608c3"
    assert origins(of, "affected.files state=fixed") == ["1/affected.yaml#locations.1"]


# ── the plan ─────────────────────────────────────────────────────────────────────────────────────────

DONE = "{do: a, done: 2025-10-01}"
PLAN = f"""
plan:
  before: [a, {DONE}]
  phases:
    first: {{takes: 99 min, steps: [{{do: a, takes: 5 to 8 min}}, {{do: b, takes: 1 h}}, {{do: c, takes: 3 files}}]}}
    second: {{takes: 30 min, steps: [a, {DONE}]}}
  during: a
  after: [a]
  timeline: {{now: {{steps: [a, {DONE}]}}}}
deployment: {{staging: {{steps: [a], checks: [{DONE}]}}}}
next: [a, {DONE}]
rollback: a
"""


def test_steps_are_counted_by_state() -> None:
    of = case(PLAN)
    assert number(of, "steps.total") == 13
    assert number(of, "steps.done") == 4
    assert number(of, "steps.open") == 9
    assert origins(of, "steps.done")[0] == "1/issue.yaml#plan.before.1"


def test_without_steps_their_number_is_unknown() -> None:
    assert why_unknown(case(), "steps.open") == "no step is recorded"


def test_the_time_of_a_plan_is_the_sum_of_its_steps() -> None:
    of = case(PLAN)
    assert str(fact(of, "plan.time")) == "95 to 98 min", "where steps say their time, the phase does not count"
    assert str(fact(of, "plan.time phase=second")) == "30 min"
    assert origins(of, "plan.time phase=first")[0] == "1/issue.yaml#plan.phases.first.steps.0.takes"


@pytest.mark.parametrize("issue", ["", "plan: {before: a}", "plan: {phases: {first: {steps: a}}}"])
def test_a_plan_without_times_has_an_unknown_time(issue: str) -> None:
    assert why_unknown(case(issue), "plan.time") == "no step of the plan says how long it takes"


# ── impact ───────────────────────────────────────────────────────────────────────────────────────────


def revenue(*amounts: str) -> str:
    streams = [amount.partition(" ") for amount in amounts]
    return f"impact: {{revenue: [{', '.join(f'{{stream: {name}, at_risk: {much}}}' for name, _, much in streams)}]}}"


@pytest.mark.parametrize(
    ("amounts", "says"),
    [
        (["chat 3 USD/year", "mail 4 USD/year"], "7 USD/year"),
        (["chat 3 USD/year", "chat 4 USD/year"], "4 USD/year"),
        (["chat 4 USD/year", "chat 3 USD/year"], "4 USD/year"),
        (["chat 1 USD/month", "mail 6 USD/year"], "1.5 USD/month"),
        (["chat at least 3 USD/year", "mail 4 USD/year"], "at least 7 USD/year"),
    ],
)
def test_revenue_at_risk_is_added(amounts: list[str], says: str) -> None:
    assert str(fact(case(revenue(*amounts)), "impact.revenue")) == says


def test_revenue_can_be_asked_for_one_stream() -> None:
    of = case(revenue("chat 3 USD/year", "mail 4 USD/year"))
    assert str(fact(of, "impact.revenue stream=mail")) == "4 USD/year"
    assert origins(of, "impact.revenue stream=mail") == ["1/issue.yaml#impact.revenue.1"]


def test_revenue_in_different_currencies_is_not_added() -> None:
    assert fact(case(revenue("chat 3 USD/year", "mail 4 EUR/year")), "impact.revenue").value is None
    assert why_unknown(case(), "impact.revenue") == "no revenue at risk is recorded"


def test_a_share_is_named_by_what_it_is_of() -> None:
    of = case("impact: {share: [{of: platform value, amount: 90 %}, {of: users, amount: 1/2}]}")
    assert str(fact(of, "impact.share of=platform-value")) == "90 %"
    assert why_unknown(of, "impact.share") == "several shares are recorded"
    assert str(fact(case("impact: {share: [{of: users, amount: 1/2}]}"), "impact.share")) == "1/2"


# ── what was seen ────────────────────────────────────────────────────────────────────────────────────

SEEN = {
    "a": "{kind: observation, at: 2025-09-20, grade: attested, environment: staging, says: a, error: e, count: 3}",
    "b": "{kind: observation, at: 2025-09-20, grade: attested, environment: local, phase: after, says: a, error: e}",
    "c": "{kind: observation, at: 2025-09-20, grade: transcribed, environment: staging, says: it opens}",
}


def test_evidence_is_counted_by_grade_and_environment() -> None:
    of = case(**SEEN)
    assert number(of, "evidence.total") == 3
    assert number(of, "evidence.total grade=attested") == 2
    assert number(of, "evidence.total grade=attested environment=staging") == 1
    assert number(of, "evidence.total phase=after") == 1
    assert number(of, "evidence.total kind=tests") == 0
    assert why_unknown(case(), "evidence.total") == "no evidence is recorded"


def test_observations_of_the_error_are_counted() -> None:
    of = case(**SEEN)
    assert number(of, "errors.observed") == 4
    assert number(of, "errors.observed environment=staging") == 3
    assert why_unknown(of, "errors.observed environment=production") == "no observation of the recorded error exists"


# ── criteria, changes, risks, states ─────────────────────────────────────────────────────────────────

CRITERIA = """
criteria:
  few: {says: a, measure: affected.files, target: at most 3 files, kind: technical}
  none: {says: b, measure: affected.files, target: 0 files, phase: last}
  bare: c
"""


def test_criteria_are_counted_by_answer() -> None:
    of = case(CRITERIA, AFFECTED)
    assert [number(of, f"criteria.{word}") for word in ("total", "met", "failed", "unknown")] == [3, 1, 1, 1]
    assert number(of, "criteria.met kind=technical") == 1
    with pytest.raises(UnknownFactError, match="has no phase `last`; known: none"):
        fact(of, "criteria.failed phase=last")
    assert origins(of, "criteria.failed") == ["1/issue.yaml#criteria.none"]
    assert why_unknown(case(), "criteria.met") == "no criterion is recorded"


def test_changes_are_counted_and_the_highest_risk_is_known() -> None:
    of = case("fix: {changes: [{path: a.py}, {setting: b}]}\nrisks: [{kind: a, level: low}, {kind: b, level: high}]")
    assert number(of, "changes.total") == 2
    assert str(fact(of, "risks.highest")) == "high"
    assert origins(of, "risks.highest") == ["1/issue.yaml#risks.1"]
    assert why_unknown(case(), "changes.total") == "no change is recorded"
    assert why_unknown(case(), "risks.highest") == "no risk is recorded"


def test_severity_stage_and_verdict_are_facts() -> None:
    of = case("components: routes")
    assert str(fact(of, "severity")) == "high"
    assert str(fact(of, "stage")) == str(fact(of, "verdict")) == "reported"
    assert str(fact(of, "verdict environment=staging")) == "unknown"
    assert why_unknown(of, "verdict environment=local") == "nothing is required or recorded for local"


# ── measured values ──────────────────────────────────────────────────────────────────────────────────


def value(said: str, **keys: str) -> str:
    given = {"kind": "value", "grade": "attested", "by": "developer", "at": "2025-09-20", "phase": "after"}
    given |= {"name": "connect.success", "value": said} | keys
    return "".join(f"{key}: {each}\n" for key, each in given.items())


def test_a_measured_value_is_a_fact() -> None:
    of = case(a=value("97 %"), b=value("98 %", at="2025-09-21"), c=value("3 %", phase="before"))
    assert str(fact(of, "connect.success")) == "98 %"
    assert str(fact(of, "connect.success phase=before")) == "3 %"
    assert origins(of, "connect.success") == ["1/evidence/b.yaml"]
    assert why_unknown(of, "connect.failure") == "no value of `connect.failure` was recorded"


def test_the_name_of_a_value_is_known_if_the_record_asks_for_it() -> None:
    of = case("metrics: {quick: {says: a, measure: answer.time}}\nmonitoring: [{watch: a, measure: load.now}]")
    assert "answer.time" in of.facts.names
    assert "load.now" in of.facts.names
    assert "answer.size" not in of.facts.names
    assert "tests.nothing" not in of.facts.names, "a family of ours has no measured values"


# ── names and words ──────────────────────────────────────────────────────────────────────────────────


def test_a_filter_that_a_fact_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownFactError, match=r"`affected\.files` has no filter `phase`; it takes cat"):
        fact(case(), "affected.files phase=after")
    with pytest.raises(UnknownFactError, match="`severity` has no filter `phase`; it takes no filter"):
        fact(case(), "severity phase=after")


def test_a_fact_is_computed_once() -> None:
    of = case(PLAN)
    assert fact(of, "steps.total") is fact(of, "steps.total")


def test_every_fact_can_be_asked_of_every_issue() -> None:
    for of in (case(), case(PLAN + CRITERIA, AFFECTED)):
        for name, definition in DEFINITIONS.items():
            for filters in ("", *(f" {key}=staging" for key in definition.filters)):
                with suppress(UnknownFactError):
                    found = fact(of, f"{name}{filters}")
                    assert found.value is not None or found.why_unknown, f"{name}{filters}"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "affected.locations state=opened",
            "`affected.locations` has no state `opened`; known: `open`, `fixed`, `new`",
        ),
        ("affected.files category=prodct", "`affected.files` has no category `prodct`; known: none"),
        ("impact.share of=users", "`impact.share` has no of `users`; known: none"),
        (
            "verdict environment=stagin",
            "`verdict` has no environment `stagin`; known: `local`, `staging`, `production`",
        ),
        (
            "evidence.total grade=guess",
            "`evidence.total` has no grade `guess`; known: `machine`, `attested`, `transcribed`",
        ),
    ],
)
def test_a_filter_that_nothing_can_match_is_refused(name: str, says: str) -> None:
    with pytest.raises(UnknownFactError) as raised:
        fact(case(PLAN, AFFECTED), name)
    assert str(raised.value) == says


def test_a_fact_says_what_it_is() -> None:
    assert len(DEFINITIONS) > 20
    assert all(definition.summary and not definition.summary.endswith(".") for definition in DEFINITIONS.values())
    assert "tests" in FAMILIES


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("tests.passed phase=after", "tests.passed"),
        ("tests.passed phase=before", "tests.passed phase=before"),
        ("evidence.total phase=after", "evidence.total phase=after"),
        ("connect.success phase=after environment=staging", "connect.success environment=staging"),
    ],
)
def test_a_filter_that_changes_nothing_is_accepted(name: str, same: str) -> None:
    assert plain_name(FactRef.parse(name)) == FactRef.parse(same)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(16, 18), "88.9 %"),
        (Fraction(1), "100 %"),
        (Fraction(9999, 10000), "99.9 %"),
        (Fraction(1, 10000), "0.1 %"),
        (Fraction(0), "0 %"),
        (Fraction(1, 2), "50 %"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: Fraction, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("fact_value", "unit", "text"),
    [
        (None, "tests", "unknown"),
        (0, "tests", "0 tests"),
        (1, "tests", "1 test"),
        (1, "criteria", "1 criterion"),
        (1, "min", "1 min"),
        (2, "", "2"),
        ("high", "", "high"),
        (Fraction(22, 23), "share", "95.7 %"),
        (Quantity.parse("5 to 8 min"), "min", "5 to 8 min"),
    ],
)
def test_a_fact_is_written_in_words(fact_value: object, unit: str, text: str) -> None:
    found = Fact(FactRef("a"), fact_value, unit)  # type: ignore[arg-type]
    assert str(found) == text
    assert (found.quantity is None) == isinstance(fact_value, str | None)


def test_amounts_are_compared_over_the_same_period() -> None:
    small, great = Quantity.parse("300 USD/month"), Quantity.parse("4000 USD/year")
    assert larger(small, great) is great
    assert larger(great, small) is great
    assert larger(small, Quantity.parse("9000 EUR/year")) is small


def test_an_empty_or_mixed_sum_is_unknown() -> None:
    assert total([]) is None
    assert total([Quantity.parse("3 s"), Quantity.parse("3 files")]) is None


@pytest.mark.parametrize("measure", ["criteria.met", "criteria.total", "stage", "verdict"])
def test_a_criterion_that_needs_itself_is_unknown(measure: str) -> None:
    issue = f"criteria: {{all: {{says: a, measure: {measure}, target: 0 criteria}}}}"
    assert number(case(issue), "criteria.unknown") == 1
    assert number(case(issue), "criteria.met") == 0
