"""TB3xx: claims against facts, targets, estimates, money."""

from __future__ import annotations

import pytest

from tests.kit.books import findings_of


def said(text: str, code: str) -> list[str]:
    return [f"{each.file}:{each.line}: {each.says}" for each in findings_of(text, select=code)]


def at(text: str, code: str) -> list[tuple[str | int, ...]]:
    return [finding.field for finding in findings_of(text, select=code)]


def claim(rest: str) -> str:
    return f"claims:\n  - says: so\n    from: https://example.org/report\n    {rest}\n"


# ── TB301: the parts of a claim ──────────────────────────────────────────────────────────────────────

FORTY = """
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations: [app/routes/chat.py]
"""


def test_parts_that_do_not_add_up() -> None:
    text = claim("parts: {integration: 15, unit: 28}\n    value: 47")
    assert said(text, "TB301") == ["1/issue.yaml:5: the parts of the claim add up to 43, not to 47"]


def test_what_the_list_holds_is_said_too() -> None:
    text = claim("parts: {integration: 15, unit: 28}\n    value: 47\n    of: affected.locations") + FORTY
    says = "the parts of the claim add up to 43, not to 47; `affected.locations` is 1 location"
    assert said(text, "TB301") == [f"1/issue.yaml:5: {says}"]
    assert not said(text, "TB302"), "the claim contradicts itself: that is one finding, not two"


@pytest.mark.parametrize("of", ["affected.nothing", "tests.passed", "tests.passed nothing=1"])
def test_what_is_not_known_is_not_said(of: str) -> None:
    assert said(claim(f"parts: {{a: 1, b: 1}}\n    value: 3\n    of: {of}"), "TB301") == [
        "1/issue.yaml:5: the parts of the claim add up to 2, not to 3"
    ]


def test_parts_that_can_not_be_added() -> None:
    says = "the parts of the claim have different units and can't be added: `3 files`, `2 min`"
    assert said(claim("parts: {a: 3 files, b: 2 min}\n    value: 5"), "TB301") == [f"1/issue.yaml:4: {says}"]


@pytest.mark.parametrize(
    "rest",
    [
        "parts: {a: 15, b: 28}\n    value: 43",
        "parts: {a: 15, b: 28}",
        "parts: {a: 5 to 8 min, b: 20 min}\n    value: 25 to 28 min",
        "parts: {a: 1 min, b: 30 s}\n    value: 1.5 min",
        "parts: {a: 1/3, b: 1/3}\n    value: 66.7 %",
        "parts: {a: 15, b: 28}\n    value: 47\n    disputed: they add up to 43",
        "value: 47",
    ],
)
def test_parts_that_add_up_or_are_disputed(rest: str) -> None:
    assert not said(claim(rest), "TB301")


# ── TB302, TB303, TB313: the fact that a claim is about ──────────────────────────────────────────────


def test_a_value_that_the_fact_contradicts() -> None:
    text = claim("of: affected.files\n    value: 18") + FORTY
    assert said(text, "TB302") == ["1/issue.yaml:5: the claim says 18, but `affected.files` is 1 file"]


def test_a_state_that_the_fact_contradicts() -> None:
    text = claim("of: stage\n    state: validated")
    assert said(text, "TB302") == ["1/issue.yaml:5: the claim says validated, but `stage` is reported"]


@pytest.mark.parametrize(
    "rest",
    [
        "of: affected.files\n    value: 1",
        "of: affected.files\n    value: at most 1 files",
        "of: affected.files\n    value: 18\n    disputed: the list holds one",
        "of: affected.files\n    value: 18 places",
        "of: affected.nothing\n    value: 18",
        "value: 18",
    ],
)
def test_no_contradiction(rest: str) -> None:
    assert not said(claim(rest) + FORTY, "TB302")


def test_a_dispute_of_what_holds() -> None:
    text = claim("of: affected.files\n    value: 1\n    disputed: there are two") + FORTY
    assert said(text, "TB303") == [
        "1/issue.yaml:6: the claim is disputed, but the facts confirm it: `affected.files` is 1 file"
    ]


@pytest.mark.parametrize(
    "rest", ["value: 2\n    disputed: there is one", "value: 1\n    disputed: it is a test\n    kind: inflated-count"]
)
def test_a_dispute_that_is_right_or_about_the_meaning(rest: str) -> None:
    assert not said(claim(f"of: affected.files\n    {rest}") + FORTY, "TB303")


def test_a_restatement_may_be_disputed() -> None:
    text = (
        claim("of: tests.passed\n    value: 1\n    disputed: nobody ran it")
        + """
suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects}}}
# evidence/a.yaml
{kind: tests, grade: transcribed, at: 2025-09-20, from: "https://example.org/report", phase: after,
 environment: local, suite: unit, results: {test_connects: passed}}
"""
    )
    assert not said(text, "TB303")


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("of: tests.passed\n    value: 22", "`tests.passed` is unknown: no suite lists a test that fits"),
        ("of: stage", "`stage` is reported; the claim gives no such value"),
        ("of: severity\n    value: 3", "`severity` is high; the claim gives no such value"),
        ("of: affected.files\n    value: 3 min", "`affected.files` is 1 file; the claim gives no such value"),
    ],
)
def test_nothing_to_hold_a_claim_against(rest: str, why: str) -> None:
    assert said(claim(rest) + FORTY, "TB313") == [f"1/issue.yaml:4: the claim is unverified: {why}"]


@pytest.mark.parametrize("rest", ["of: stage\n    disputed: it is not", "of: affected.nothing", "value: 3"])
def test_disputed_or_about_no_fact(rest: str) -> None:
    assert not said(claim(rest), "TB313")


# ── TB309: two claims about one thing ────────────────────────────────────────────────────────────────


def two(first: str, second: str) -> str:
    return f"""
claims:
  - {{says: so, from: "https://example.org/plan", of: tests.pass_rate, {first}}}
  - {{says: not so, from: "https://example.org/report", of: tests.pass_rate phase=after, {second}}}
"""


def test_two_values() -> None:
    says = (
        "the claim says that `tests.pass_rate phase=after` is 61 %; the claim from https://example.org/plan says 9/18"
    )
    assert said(two("value: 9/18", "value: 61 %"), "TB309") == [f"1/issue.yaml:3: {says}"]


def test_two_states() -> None:
    text = two("state: proven", "state: failed")
    assert [finding.field for finding in findings_of(text, select="TB309")] == [("claims", 1, "state")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("value: 9/18", "value: 50 %"),
        ("value: at least 50 %", "value: 61 %"),
        ("value: 61 %", "value: 61.1 %, disputed: rounded"),
        ("value: 22/23", "value: 95.7 %"),
        ("value: 5 %", "value: 5 min"),
        ("value: 5 %", "state: proven"),
        ("state: proven", "state: proven"),
    ],
)
def test_claims_that_agree_or_can_not_be_compared(first: str, second: str) -> None:
    assert not said(two(first, second), "TB309")


def test_where_the_fact_is_known_it_decides() -> None:
    text = """
claims:
  - {says: low, from: "https://example.org/plan", of: severity, state: low}
  - {says: high, from: "https://example.org/plan", of: severity, state: high}
"""
    assert not said(text, "TB309")
    assert len(said(text, "TB302")) == 1


# ── TB310: a claim for a criterion ───────────────────────────────────────────────────────────────────

CONNECTS = """
criteria:
  connects: {says: Connections succeed, measure: connection.success phase=after, target: at least 95 %}
  journey: {says: It passes, measure: tests.pass_rate suite=journey, target: 100 %, environment: staging}
  bare: Nothing is measured
metrics: {latency: {says: It is quick, measure: answer.time, target: at most 2 s}}
suites: {journey: {category: unit, tests: {test_a: a}}}
"""
JOURNEY = "tests.pass_rate environment=staging suite=journey"


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        (
            "of: tests.pass_rate\n    criterion: connects",
            "the criterion `connects` measures `connection.success phase=after`; the claim is about `tests.pass_rate`",
        ),
        (
            "of: tests.pass_rate environment=staging\n    criterion: journey",
            f"the criterion `journey` measures `{JOURNEY}`; the claim is about `tests.pass_rate environment=staging`",
        ),
        (
            "criterion: latency",
            "the criterion `latency` measures `answer.time`; the claim is about no fact",
        ),
    ],
)
def test_another_question_is_answered(rest: str, says: str) -> None:
    assert said(claim(rest) + CONNECTS, "TB310") == [f"1/issue.yaml:4: {says}"]


@pytest.mark.parametrize(
    "rest",
    [
        "of: connection.success\n    criterion: connects",
        "of: tests.pass_rate suite=journey phase=after environment=staging\n    criterion: journey",
        "of: tests.pass_rate\n    criterion: connects\n    disputed: it answers another question",
        "of: tests.pass_rate\n    criterion: bare",
        "of: tests.pass_rate\n    criterion: nothing",
        "of: tests.pass_rate",
    ],
)
def test_the_question_is_answered_or_disputed(rest: str) -> None:
    assert not said(claim(rest) + CONNECTS, "TB310")


# ── TB304, TB305, TB307: targets ─────────────────────────────────────────────────────────────────────


def targets(first: str, second: str) -> str:
    return f"criteria: {{a: {{says: a, {first}}}}}\nmetrics: {{b: {{says: b, {second}}}}}"


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
def test_two_targets(first: str, second: str) -> None:
    text = targets(f"measure: tests.pass_rate, {first}", f"measure: tests.pass_rate phase=after, {second}")
    one, other = first.removeprefix("target: "), second.removeprefix("target: ")
    says = f"`tests.pass_rate phase=after` has the target {other} here, but {one} in `criteria.a`"
    assert said(text, "TB304") == [f"1/issue.yaml:2: {says}"]
    assert at(text, "TB304") == [("metrics", "b", "target")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("measure: a.b, target: 95 %", "measure: a.b, target: 19/20"),
        ("measure: a.b, target: at least 1 s", "measure: a.b, target: at most 2 s"),
        ("measure: a.b, target: at most 2 s", "measure: a.b, target: at least 1 s"),
        ("measure: a.b, target: 95 %", "measure: a.c, target: 90 %"),
        ("measure: a.b, target: 95 %", "measure: a.b environment=staging, target: 90 %"),
        ("measure: a.b, target: 95 %", "measure: a.b, target: 90 %, environment: staging"),
        ("measure: a.b, target: 95 %", "measure: a.b, target: 90 %, phase: first"),
        ("measure: a.b, target: 95 %", "measure: a.b"),
        ("target: 95 %", "target: 90 %"),
    ],
)
def test_targets_that_go_together(first: str, second: str) -> None:
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
def test_unmeasured(kind: str, target: str, says: str) -> None:
    assert said(f"{kind}: {{a: {target}}}", "TB305") == [f"1/issue.yaml:1: {says}"]


def test_a_baseline_that_meets_the_target() -> None:
    text = "criteria: {a: {says: a, target: at least 95 %, baseline: 24/25}}"
    says = "the value before the fix, 24/25, already meets the target at least 95 %"
    assert said(text, "TB307") == [f"1/issue.yaml:1: {says}"]
    assert at(text, "TB307") == [("criteria", "a", "baseline")]


@pytest.mark.parametrize(
    "target", ["target: 95 %, baseline: 50 %", "target: 95 %, baseline: 3 s", "target: 95 %", "baseline: 3 s"]
)
def test_a_baseline_that_leaves_something_to_do(target: str) -> None:
    assert not said(f"criteria: {{a: {{says: a, {target}}}}}", "TB307")


def test_a_metric_may_be_good_already() -> None:
    assert not said("metrics: {a: {says: a, target: at least 95 %, baseline: 97 %}}", "TB307")


# ── TB306, TB311, TB314: money ───────────────────────────────────────────────────────────────────────


def test_figures_without_a_source() -> None:
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


def test_figures_with_a_source() -> None:
    text = """
impact:
  revenue: [{stream: chat, at_risk: 3 USD/year, from: https://example.org/plan}]
  share: [{of: platform value, amount: 90 %, from: https://example.org/plan}]
"""
    assert not said(text, "TB306")


def at_risk(here: str, there: str) -> str:
    one, other = (f"{{stream: chat, at_risk: {amount}, from: 'https://x.org'}}" for amount in (here, there))
    return f"impact: {{revenue: [{one}]}}\n# 2/issue.yaml\nimpact: {{revenue: [{other}]}}"


def test_two_amounts_of_one_stream() -> None:
    assert said(at_risk("500 USD/year", "300 USD/year"), "TB311") == [
        "2/issue.yaml:1: 300 USD/year of `chat` is at risk here, 500 USD/year in issue 1"
    ]


@pytest.mark.parametrize("other", ["500 USD/year", "at least 300 USD/year", "at most 500 USD/year", "6000 USD/year"])
def test_amounts_that_agree(other: str) -> None:
    here = "500 USD/month" if other.startswith("6000") else "500 USD/year"
    assert not said(at_risk(here, other), "TB311")


def test_amounts_of_one_issue() -> None:
    text = "impact: {revenue: [{stream: chat, at_risk: 3 USD/year}, {stream: chat, at_risk: 4 USD/year}]}"
    assert at(text, "TB311") == [("impact", "revenue", 1, "at_risk")]


@pytest.mark.parametrize("amount", ["500001 USD/year", "at least 42000 USD/month"])
def test_more_at_risk_than_there_is(amount: str) -> None:
    text = f"impact: {{revenue: [{{stream: chat, at_risk: {amount}}}]}}"
    says = f"{amount} of `chat` is at risk, but the stream is worth 500000 USD/year"
    assert said(text, "TB314") == [f"1/issue.yaml:1: {says}"]


@pytest.mark.parametrize("amount", ["500000 USD/year", "at most 900000 USD/year", "900000 EUR/year"])
def test_no_more_than_there_is(amount: str) -> None:
    assert not said(f"impact: {{revenue: [{{stream: chat, at_risk: {amount}}}]}}", "TB314")


@pytest.mark.parametrize(
    "stream", ["{title: Mail, worth: about 90 USD/year}", "{title: Mail, worth: at least 9 USD/year}"]
)
def test_a_worth_that_is_no_ceiling(stream: str) -> None:
    text = "impact: {revenue: [{stream: mail, at_risk: 100 USD/year}]}"
    assert not said(f"{text}\n# catalog.yaml\nstreams: {{mail: {stream}}}", "TB314")


# ── TB308: estimates ─────────────────────────────────────────────────────────────────────────────────


def phase(takes: str, *steps: str) -> str:
    items = ", ".join(f"{{do: a, takes: {step}}}" if step else "a" for step in steps)
    return f"plan: {{phases: {{mend: {{takes: {takes}, steps: [{items}]}}}}}}"


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
def test_steps_of_a_phase(text: str, says: str) -> None:
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
def test_an_estimate_that_holds(text: str) -> None:
    assert not said(text, "TB308")


def test_steps_of_a_horizon() -> None:
    text = "plan: {timeline: {now: {within: 30 min, steps: [{do: a, takes: 40 min}, b]}}}"
    says = "1 step of 2 takes 40 min, more than the stated 30 min"
    assert said(text, "TB308") == [f"1/issue.yaml:1: {says}"]
    assert at(text, "TB308") == [("plan", "timeline", "now", "within")]


def test_a_horizon_may_be_longer_than_its_steps() -> None:
    assert not said("plan: {timeline: {now: {within: 30 min, steps: [{do: a, takes: 4 min}]}}}", "TB308")


# ── TB312: risk beside severity ──────────────────────────────────────────────────────────────────────


def test_a_low_risk_without_a_reason() -> None:
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
def test_a_risk_that_can_be_understood(text: str) -> None:
    assert not said(text, "TB312")
