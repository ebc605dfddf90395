"""Rules about claims compared with facts."""

from __future__ import annotations

import pytest

from tests.kit.books import findings_of, said


def claim(rest: str) -> str:
    return f"# claims/report.yaml\nclaims:\n  - says: so\n    lines: 3\n    {rest}\n"


FORTY = """
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations: [app/routes/chat.py]
"""


def two(first: str, second: str) -> str:
    return f"""
# claims/report.yaml
claims:
  - {{says: so, lines: 3, about: {{fact: tests.pass_rate}}, {first}}}
  - {{says: not so, lines: 5, about: {{fact: tests.pass_rate phase=after}}, {second}}}
"""


CONNECTS = """
criteria:
  connects: {says: Connections succeed, measure: connection.success phase=after, target: at least 95 %}
  journey: {says: It passes, measure: tests.pass_rate suite=journey, target: 100 %, environment: staging}
  bare: Nothing is measured
metrics: {latency: {says: It is quick, measure: answer.time, target: at most 2 s}}
suites: {journey: {category: unit, tests: {test_a: a}}}
"""


JOURNEY = "tests.pass_rate environment=staging suite=journey"


def test_a_wrong_sum_is_found() -> None:
    text = claim("parts: {integration: 15, unit: 28}\n    value: 47")
    assert said(text, "TB301") == ["1/claims/report.yaml:5: the parts of the claim add up to 43, not to 47"]


def test_a_wrong_sum_names_the_computed_fact() -> None:
    text = claim("parts: {integration: 15, unit: 28}\n    value: 47\n    about: {fact: affected.locations}") + FORTY
    says = "the parts of the claim add up to 43, not to 47; `affected.locations` is 1 location"
    assert said(text, "TB301") == [f"1/claims/report.yaml:5: {says}"]
    assert not said(text, "TB302"), "the claim contradicts itself: that is one finding, not two"


@pytest.mark.parametrize("of", ["affected.nothing", "tests.passed", "tests.passed nothing=1"])
def test_a_wrong_sum_does_not_name_an_unknown_fact(of: str) -> None:
    assert said(claim(f"parts: {{a: 1, b: 1}}\n    value: 3\n    about: {{fact: {of}}}"), "TB301") == [
        "1/claims/report.yaml:5: the parts of the claim add up to 2, not to 3"
    ]


def test_parts_with_different_units_are_found() -> None:
    says = "the parts of the claim have different units and can't be added: `3 files`, `2 min`"
    assert said(claim("parts: {a: 3 files, b: 2 min}\n    value: 5"), "TB301") == [f"1/claims/report.yaml:4: {says}"]


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
def test_right_or_disputed_sums_are_accepted(rest: str) -> None:
    assert not said(claim(rest), "TB301")


def test_a_contradicted_value_is_found() -> None:
    text = claim("about: {fact: affected.files}\n    value: 18") + FORTY
    assert said(text, "TB302") == ["1/claims/report.yaml:5: the claim says 18, but `affected.files` is 1 file"]


def test_a_contradicted_state_is_found() -> None:
    text = claim("about: {fact: stage}\n    state: validated")
    assert said(text, "TB302") == ["1/claims/report.yaml:5: the claim says validated, but `stage` is reported"]


@pytest.mark.parametrize(
    "rest",
    [
        "about: {fact: affected.files}\n    value: 1",
        "about: {fact: affected.files}\n    value: at most 1 files",
        "about: {fact: affected.files}\n    value: 18\n    disputed: the list holds one",
        "about: {fact: affected.files}\n    value: 18 places",
        "about: {fact: affected.nothing}\n    value: 18",
        "value: 18",
    ],
)
def test_confirmed_or_disputed_claims_are_accepted(rest: str) -> None:
    assert not said(claim(rest) + FORTY, "TB302")


def test_a_wrong_dispute_is_found() -> None:
    text = claim("about: {fact: affected.files}\n    value: 1\n    disputed: there are two") + FORTY
    assert said(text, "TB303") == [
        "1/claims/report.yaml:6: the claim is disputed, but the facts confirm it: `affected.files` is 1 file"
    ]


@pytest.mark.parametrize(
    "rest", ["value: 2\n    disputed: there is one", "value: 1\n    disputed: it is a test\n    kind: inflated-count"]
)
def test_a_right_dispute_is_accepted(rest: str) -> None:
    assert not said(claim(f"about: {{fact: affected.files}}\n    {rest}") + FORTY, "TB303")


def test_a_restatement_may_be_disputed() -> None:
    text = (
        "suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects}}}\n"
        + claim("about: {fact: tests.passed}\n    value: 1\n    disputed: nobody ran it")
        + """
# evidence/a.yaml
{kind: tests, grade: transcribed, at: 2025-09-20, from: "report.md#L3", phase: after,
 environment: local, suite: unit, results: {test_connects: passed}}
"""
    )
    assert not said(text, "TB303")


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("about: {fact: tests.passed}\n    value: 22", "`tests.passed` is unknown: no suite lists a test that fits"),
        ("about: {fact: stage}", "`stage` is reported; the claim gives no such value"),
        ("about: {fact: severity}\n    value: 3", "`severity` is high; the claim gives no such value"),
        (
            "about: {fact: affected.files}\n    value: 3 min",
            "`affected.files` is 1 file; the claim gives no such value",
        ),
    ],
)
def test_a_claim_without_comparable_fact_is_found(rest: str, why: str) -> None:
    assert said(claim(rest) + FORTY, "TB313") == [f"1/claims/report.yaml:4: the claim is unverified: {why}"]


@pytest.mark.parametrize(
    "rest", ["about: {fact: stage}\n    disputed: it is not", "about: {fact: affected.nothing}", "value: 3"]
)
def test_a_claim_that_is_disputed_or_about_no_fact_is_accepted(rest: str) -> None:
    assert not said(claim(rest), "TB313")


def test_two_values_for_one_fact_are_found() -> None:
    says = "the claim says that `tests.pass_rate phase=after` is 61 %; the claim from report.md#L3 says 9/18"
    assert said(two("value: 9/18", "value: 61 %"), "TB309") == [f"1/claims/report.yaml:3: {says}"]


def test_two_states_for_one_fact_are_found() -> None:
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
def test_claims_that_agree_are_accepted(first: str, second: str) -> None:
    assert not said(two(first, second), "TB309")


def test_a_known_fact_decides_between_claims() -> None:
    text = """
# claims/report.yaml
claims:
  - {says: low, about: {fact: severity}, state: low}
  - {says: high, about: {fact: severity}, state: high}
"""
    assert not said(text, "TB309")
    assert len(said(text, "TB302")) == 1


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        (
            "about: {fact: tests.pass_rate, criterion: connects}",
            "the criterion `connects` measures `connection.success phase=after`; the claim is about `tests.pass_rate`",
        ),
        (
            "about: {fact: tests.pass_rate environment=staging, criterion: journey}",
            f"the criterion `journey` measures `{JOURNEY}`; the claim is about `tests.pass_rate environment=staging`",
        ),
        (
            "about: {criterion: latency}",
            "the criterion `latency` measures `answer.time`; the claim is about no fact",
        ),
    ],
)
def test_a_claim_about_another_measure_is_found(rest: str, says: str) -> None:
    assert said(CONNECTS + claim(rest), "TB310") == [f"1/claims/report.yaml:4: {says}"]


@pytest.mark.parametrize(
    "rest",
    [
        "about: {fact: connection.success, criterion: connects}",
        "about: {fact: tests.pass_rate suite=journey phase=after environment=staging, criterion: journey}",
        "about: {fact: tests.pass_rate, criterion: connects}\n    disputed: it answers another question",
        "about: {fact: tests.pass_rate, criterion: bare}",
        "about: {fact: tests.pass_rate, criterion: nothing}",
        "about: {fact: tests.pass_rate}",
    ],
)
def test_a_claim_about_the_measure_is_accepted(rest: str) -> None:
    assert not said(CONNECTS + claim(rest), "TB310")


SUITE = "suites: {unit: {category: unit, path: tests/test_a.py, command: pytest -k a, tests: {test_answers: a}}}\n"


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("kind: vacuous\n    disputed: a copy", True),
        ("kind: vacuous\n    about: {test: test_answers}\n    disputed: a copy", False),
        ("kind: vacuous", False),
        ("disputed: no source", False),
        ("note: test_answers\n    disputed: no source", False),
    ],
)
def test_a_dispute_of_what_one_acts_on_names_it(rest: str, found: bool) -> None:  # noqa: FBT001
    assert bool(said(SUITE + claim(rest), "TB323")) is found


@pytest.mark.parametrize("says", ["test_answers passes", "run pytest -k a", "see tests/test_a.py"])
def test_a_dispute_of_a_claim_that_names_a_test_or_command_names_it_too(says: str) -> None:
    text = claim("disputed: it does not").replace("says: so", f"says: {says}")
    assert said(SUITE + text, "TB323")
