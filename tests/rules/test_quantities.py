"""Rules about targets, estimates, money and risks."""

from __future__ import annotations

import pytest

from tests.kit.books import at, said


def targets(first: str, second: str) -> str:
    return f"criteria: {{a: {{says: a, {first}}}}}\nmetrics: {{b: {{says: b, {second}}}}}"


def at_risk(here: str, there: str) -> str:
    one, other = (f"{{stream: chat, at_risk: {amount}, from: 'https://x.org'}}" for amount in (here, there))
    return f"impact: {{revenue: [{one}]}}\n# 2/issue.yaml\nimpact: {{revenue: [{other}]}}"


def phase(takes: str, *steps: str) -> str:
    items = ", ".join(f"{{do: a, takes: {step}}}" if step else "a" for step in steps)
    return f"plan: {{phases: {{mend: {{takes: {takes}, steps: [{items}]}}}}}}"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("target: more than 90 %", "target: at least 90 %"),
        ("target: at least 95 %", "target: at least 90 %"),
        ("target: 100 %", "target: at least 95 %"),
        ("target: 95 %", "target: 2 s"),
        ("target: at least 95 %", "target: at most 5 %"),
    ],
)
def test_two_targets_for_one_measure_are_found(first: str, second: str) -> None:
    text = targets(f"measure: tests.pass_rate, {first}", f"measure: tests.pass_rate phase=after, {second}")
    one, other = first.removeprefix("target: "), second.removeprefix("target: ")
    says = f"`tests.pass_rate phase=after` has the target {other} here, but {one} in `criteria.a`"
    assert said(text, "TB304") == [f"1/issue.yaml:2: {says}"]
    assert at(text, "TB304") == [("metrics", "b", "target")]


@pytest.mark.parametrize(
    "narrower", ["measure: a.b environment=staging, target: 90 %", "measure: a.b, target: 90 %, phase: first"]
)
def test_a_target_of_one_environment_or_phase_asks_for_no_less_than_the_general_one(narrower: str) -> None:
    assert said(targets("measure: a.b, target: at least 95 %", narrower), "TB304")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("measure: a.b, target: 95 %", "measure: a.b, target: 19/20"),
        ("measure: a.b, target: at least 1 s", "measure: a.b, target: at most 2 s"),
        ("measure: a.b, target: at most 2 s", "measure: a.b, target: at least 1 s"),
        ("measure: a.b, target: 95 %", "measure: a.c, target: 90 %"),
        ("measure: a.b, target: at least 90 %", "measure: a.b environment=staging, target: at least 95 %"),
        ("measure: a.b environment=local, target: 95 %", "measure: a.b, target: 90 %, environment: staging"),
        ("measure: a.b, target: 95 %, phase: last", "measure: a.b, target: 90 %, phase: first"),
        ("measure: a.b, target: 95 %", "measure: a.b"),
        ("target: 95 %", "target: 90 %"),
    ],
)
def test_compatible_targets_are_accepted(first: str, second: str) -> None:
    assert not said(targets(first, second), "TB304")


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("{says: a, target: 95 %}", "`a` has no measure"),
        ("{says: a, measure: tests.passed}", "`a` has no target"),
        ("a", "`a` has no measure and no target"),
    ],
)
@pytest.mark.parametrize("kind", ["criteria", "metrics"])
def test_a_criterion_without_measure_or_target_is_found(kind: str, target: str, says: str) -> None:
    assert said(f"{kind}: {{a: {target}}}", "TB305") == [f"1/issue.yaml:1: {says}"]


def test_a_baseline_that_meets_the_target_is_found() -> None:
    text = "criteria: {a: {says: a, target: at least 95 %, baseline: 24/25}}"
    says = "the value before the fix, 24/25, already meets the target at least 95 %"
    assert said(text, "TB307") == [f"1/issue.yaml:1: {says}"]
    assert at(text, "TB307") == [("criteria", "a", "baseline")]


@pytest.mark.parametrize(
    "target", ["target: 95 %, baseline: 50 %", "target: 95 %, baseline: 3 s", "target: 95 %", "baseline: 3 s"]
)
def test_a_baseline_that_misses_the_target_is_accepted(target: str) -> None:
    assert not said(f"criteria: {{a: {{says: a, {target}}}}}", "TB307")


def test_a_metric_may_meet_its_target_already() -> None:
    assert not said("metrics: {a: {says: a, target: at least 95 %, baseline: 97 %}}", "TB307")


def test_figures_without_source_are_found() -> None:
    text = """
impact:
  revenue: [{stream: chat, at_risk: 3 USD/year}]
  share: [{of: platform value, amount: 90 %}]
# catalog.yaml
streams: {chat: {title: Chat, worth: 5 USD/year}, mail: Mail}
"""
    assert said(text, "TB306") == [
        "1/issue.yaml:2: 3 USD/year of `chat` at risk has no source",
        "1/issue.yaml:3: 90 % of platform value has no source",
        "catalog.yaml:1: the worth of `chat`, 5 USD/year, has no source",
    ]


def test_figures_with_source_are_accepted() -> None:
    text = """
impact:
  revenue: [{stream: chat, at_risk: 3 USD/year, from: https://example.org/plan}]
  share: [{of: platform value, amount: 90 %, from: https://example.org/plan}]
"""
    assert not said(text, "TB306")


def test_two_amounts_of_one_stream_are_found() -> None:
    assert said(at_risk("500 USD/year", "300 USD/year"), "TB311") == [
        "2/issue.yaml:1: 300 USD/year of `chat` is at risk here, 500 USD/year in issue 1"
    ]


@pytest.mark.parametrize("other", ["500 USD/year", "at least 300 USD/year", "at most 500 USD/year", "6000 USD/year"])
def test_equal_amounts_are_accepted(other: str) -> None:
    here = "500 USD/month" if other.startswith("6000") else "500 USD/year"
    assert not said(at_risk(here, other), "TB311")


def test_two_amounts_in_one_issue_are_found() -> None:
    text = "impact: {revenue: [{stream: chat, at_risk: 3 USD/year}, {stream: chat, at_risk: 4 USD/year}]}"
    assert at(text, "TB311") == [("impact", "revenue", 1, "at_risk")]


@pytest.mark.parametrize("amount", ["500001 USD/year", "at least 42000 USD/month"])
def test_an_amount_above_the_worth_is_found(amount: str) -> None:
    text = f"impact: {{revenue: [{{stream: chat, at_risk: {amount}}}]}}"
    says = f"{amount} of `chat` is at risk, but the stream is worth 500000 USD/year"
    assert said(text, "TB314") == [f"1/issue.yaml:1: {says}"]


@pytest.mark.parametrize("amount", ["500000 USD/year", "at most 900000 USD/year", "900000 EUR/year"])
def test_an_amount_within_the_worth_is_accepted(amount: str) -> None:
    assert not said(f"impact: {{revenue: [{{stream: chat, at_risk: {amount}}}]}}", "TB314")


@pytest.mark.parametrize(
    "stream", ["{title: Mail, worth: about 90 USD/year}", "{title: Mail, worth: at least 50 USD/year}"]
)
def test_an_open_ended_worth_is_not_a_limit(stream: str) -> None:
    text = "impact: {revenue: [{stream: mail, at_risk: 100 USD/year}]}"
    assert not said(f"{text}\n# catalog.yaml\nstreams: {{mail: {stream}}}", "TB314")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (phase("20 min", "20 min", "5 to 8 min"), "the 2 steps take 25 to 28 min, more than the stated 20 min"),
        (phase("20 min", "25 min", ""), "1 step of 2 takes 25 min, more than the stated 20 min"),
        (phase("1 h", "20 min", "5 min"), "the 2 steps take 25 min, less than the stated 1 h"),
        (phase("at least 30 min", "20 min"), "the 1 step takes 20 min, less than the stated at least 30 min"),
        (phase("about 20 min", "26 min"), "the 1 step takes 26 min, more than the stated about 20 min"),
    ],
)
def test_a_phase_that_differs_from_its_steps_is_found(text: str, says: str) -> None:
    assert said(text, "TB308") == [f"1/issue.yaml:1: {says}"]
    assert at(text, "TB308") == [("plan", "phases", "mend", "takes")]


@pytest.mark.parametrize(
    "text",
    [
        phase("28 min", "20 min", "5 to 8 min"),
        phase("20 min", "5 min", ""),
        phase("about 20 min", "25 min"),
        phase("20 min", "about 24 min"),
        phase("at most 20 min", "at most 25 min"),
        phase("20 min", "3 steps"),
        phase("20 min", "3 steps", "2 min"),
        phase("20 min", ""),
        phase("20 min"),
        "plan: {phases: {mend: {steps: [{do: a, takes: 5 min}]}}}",
        "title: no plan",
    ],
)
def test_matching_estimates_are_accepted(text: str) -> None:
    assert not said(text, "TB308")


def test_a_horizon_shorter_than_its_steps_is_found() -> None:
    text = "plan: {timeline: {now: {within: 30 min, steps: [{do: a, takes: 40 min}, b]}}}"
    says = "1 step of 2 takes 40 min, more than the stated 30 min"
    assert said(text, "TB308") == [f"1/issue.yaml:1: {says}"]
    assert at(text, "TB308") == [("plan", "timeline", "now", "within")]


def test_a_horizon_may_be_longer_than_its_steps() -> None:
    assert not said("plan: {timeline: {now: {within: 30 min, steps: [{do: a, takes: 4 min}]}}}", "TB308")


def test_a_low_risk_without_reason_is_found() -> None:
    text = "severity: critical\nrisks:\n  - {kind: regression, level: none}"
    says = "the risk `regression` is none without a reason, but the defect is critical"
    assert said(text, "TB312") == [f"1/issue.yaml:3: {says}"]


@pytest.mark.parametrize(
    "text",
    [
        "severity: medium\nrisks: [{kind: regression, level: low}]",
        "severity: high\nrisks: [{kind: regression, level: medium}]",
        "severity: high\nrisks: [{kind: regression, level: low, why: one word}]",
    ],
)
def test_an_explained_risk_is_accepted(text: str) -> None:
    assert not said(text, "TB312")


@pytest.mark.parametrize(("first", "second"), [("1 h", "1 h"), ("30 min", "1 d"), ("at least 1 h", "30 min")])
def test_horizons_in_order_are_accepted(first: str, second: str) -> None:
    horizons = f"a: {{within: {first}, steps: a}}, b: {{within: {second}, steps: b}}"
    assert not said(f"plan: {{timeline: {{{horizons}}}}}", "TB315")


def test_two_baselines_for_one_measure_are_found() -> None:
    text = targets("measure: answer.time, baseline: 3 s", "measure: answer.time, baseline: 4 s")
    assert said(text, "TB304") == ["1/issue.yaml:2: `answer.time` has the baseline 4 s here, but 3 s in `criteria.a`"]


@pytest.mark.parametrize("other", ["3000 ms", "about 3 s", "at least 2 s"])
def test_baselines_that_may_be_equal_are_accepted(other: str) -> None:
    assert not said(targets("measure: answer.time, baseline: 3 s", f"measure: answer.time, baseline: {other}"), "TB304")
