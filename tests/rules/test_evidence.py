"""TB4xx: evidence by itself, beside the plan, and run after run; what tests are expected to do."""

from __future__ import annotations

import pytest

from tests.kit.books import findings_of
from triagebook.model.seal import seal_of
from triagebook.store.yaml import read


def said(text: str, code: str) -> list[str]:
    return [f"{each.file}:{each.line}: {each.says}" for each in findings_of(text, select=code)]


def at(text: str, code: str) -> list[tuple[str | int, ...]]:
    return [finding.field for finding in findings_of(text, select=code)]


def seen(name: str, results: str, **keys: str) -> str:
    """A run that a person attests; an empty key leaves it out."""
    given = {"kind": "tests", "grade": "attested", "at": "2025-09-20", "by": "backend", "environment": "local"}
    given |= {"phase": "after", "commit": "ab14a73d8", "suite": "unit", "results": results} | keys
    body = "".join(f"{key}: {value}\n" for key, value in given.items() if value)
    return f"# evidence/{name}.yaml\n{body}"


def sealed(text: str) -> str:
    head, _, body = text.partition("\n")
    return f"{head}\n{body}seal: {seal_of(read(body).plain())}\n"


UNIT = """
suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects, test_sends: It sends}}}
"""
BOTH = "{test_connects: passed, test_sends: passed}"
ONE = "{test_connects: passed}"


# ── TB403, TB404, TB405: who vouches, where, on which code ───────────────────────────────────────────


def test_a_seal_that_holds() -> None:
    assert not said(sealed(seen("a", ONE, grade="machine", dirty="false")), "TB403")


def test_evidence_that_was_changed() -> None:
    text = sealed(seen("a", "{test_connects: failed}", grade="machine")).replace("failed", "passed")
    assert said(text, "TB403") == [
        "1/evidence/a.yaml:10: the seal does not match the content: the evidence was changed after it was recorded"
    ]


def test_attested_evidence_that_was_changed() -> None:
    assert at(sealed(seen("a", ONE)).replace("2025-09-20", "2025-09-21"), "TB403") == [("seal",)]


def test_evidence_that_no_tool_wrote() -> None:
    assert said(seen("a", ONE, grade="machine"), "TB403") == [
        "1/evidence/a.yaml:2: machine evidence without a seal: triagebook did not write it"
    ]


@pytest.mark.parametrize("grade", ["attested", "transcribed"])
def test_what_people_write_needs_no_seal(grade: str) -> None:
    assert not said(seen("a", ONE, grade=grade), "TB403")


@pytest.mark.parametrize(
    ("keys", "missing"),
    [
        ({"environment": ""}, "`environment`"),
        ({"phase": ""}, "`phase`"),
        ({"commit": ""}, "`commit` or `build`"),
        ({"environment": "", "phase": "", "commit": ""}, "`environment`, `phase` and `commit` or `build`"),
    ],
)
@pytest.mark.parametrize("grade", ["attested", "machine"])
def test_evidence_without_a_place(grade: str, keys: dict[str, str], missing: str) -> None:
    text = seen("a", ONE, **{"grade": grade} | keys)
    assert said(text, "TB404") == [f"1/evidence/a.yaml:1: {grade} evidence has no {missing}"]


def test_an_observation_needs_no_phase() -> None:
    assert not said(seen("a", "", kind="observation", says="It opens", phase="", suite=""), "TB404")


@pytest.mark.parametrize("keys", [{"commit": "", "build": "backend-1"}, {"grade": "transcribed", "environment": ""}])
def test_a_build_will_do_and_a_document_may_say_less(keys: dict[str, str]) -> None:
    assert not said(seen("a", ONE, **keys), "TB404")


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"by": ""}, "the evidence is attested, but names no person in `by`"),
        (
            {"grade": "transcribed"},
            "the evidence is transcribed, but names no document in `from`",
        ),
    ],
)
def test_nobody_vouches(keys: dict[str, str], says: str) -> None:
    assert said(seen("a", ONE, **keys), "TB405") == [f"1/evidence/a.yaml:2: {says}"]


@pytest.mark.parametrize(
    "keys", [{}, {"grade": "machine", "by": ""}, {"grade": "transcribed", "by": "", "from": "https://example.org"}]
)
def test_somebody_vouches(keys: dict[str, str]) -> None:
    assert not said(seen("a", ONE, **keys), "TB405")


def test_an_assistant_can_not_vouch() -> None:
    text = seen("a", ONE, by="robot") + "# catalog.yaml\npeople: {robot: {title: Robot, kind: assistant}}"
    says = "the evidence is attested by `robot`, an assistant: only a person can vouch"
    assert said(text, "TB405") == [f"1/evidence/a.yaml:4: {says}"]


def test_a_person_without_a_seal() -> None:
    assert said(seen("a", ONE), "TB429") == [
        "1/evidence/a.yaml:2: the evidence is attested but has no seal, so it is only a statement"
    ]


@pytest.mark.parametrize("text", [sealed(seen("a", ONE)), seen("a", ONE, grade="machine")])
def test_a_person_with_a_seal(text: str) -> None:
    assert not said(text, "TB429")


FILE = f"{{name: junit.xml, sha256: 'sha256:{'5e' * 32}'}}"


@pytest.mark.parametrize("other", [{"environment": "staging"}, {"phase": "before"}, {"commit": "5222b2560"}])
def test_one_file_recorded_for_two_runs(other: dict[str, str]) -> None:
    text = seen("a", ONE, source=FILE) + seen("b", ONE, **{"source": FILE} | other)
    says = "`junit.xml` was also recorded for another environment, phase or commit"
    assert said(text, "TB428") == [f"1/evidence/a.yaml:10: {says}", f"1/evidence/b.yaml:10: {says}"]


@pytest.mark.parametrize("other", ["", FILE, FILE.replace("5e", "6f")])
def test_two_files_or_one_run(other: str) -> None:
    assert not said(seen("a", ONE, source=FILE) + seen("b", ONE, source=other), "TB428")


# ── TB409: results of no test ────────────────────────────────────────────────────────────────────────


def test_results_that_the_suite_does_not_list() -> None:
    text = UNIT + seen("a", "{test_connects: passed, test_x: passed, test_y: passed}")
    assert said(text, "TB409") == ["1/evidence/a.yaml:9: not a test of suite `unit`: `test_x`, `test_y`"]
    assert at(text, "TB409") == [("results", "test_x")]


def test_a_run_with_nothing_of_the_plan() -> None:
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
def test_results_that_may_be_there(text: str) -> None:
    assert not said(text, "TB409")


# ── TB417: totals ────────────────────────────────────────────────────────────────────────────────────


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
def test_totals_that_disagree(results: str, totals: str, says: str) -> None:
    text = seen("a", results, totals=totals, suite="")
    assert says in [line.partition(": ")[2] for line in said(text, "TB417")]


def test_each_total_is_found_where_it_stands() -> None:
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
def test_totals_that_agree_or_leave_room(results: str, keys: dict[str, str]) -> None:
    assert not said(seen("a", results, **keys), "TB417")


# ── TB418: where a suite runs ────────────────────────────────────────────────────────────────────────

STAGED = """
suites:
  journey: {category: end-to-end, environments: staging, after: pass, tests: {test_chat: A chat opens}}
"""


@pytest.mark.parametrize("suite", ["journey", ""])
def test_a_suite_that_was_run_elsewhere(suite: str) -> None:
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
def test_a_suite_that_is_to_be_run_elsewhere(plan: str, field: tuple[str | int, ...]) -> None:
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
def test_a_suite_in_its_place(text: str) -> None:
    assert not said(text, "TB418")


# ── TB415, TB416, TB426: run after run ───────────────────────────────────────────────────────────────


def test_a_test_that_wavers() -> None:
    text = UNIT + seen("a", ONE) + seen("b", "{test_connects: failed}")
    assert said(text, "TB415") == [
        "1/issue.yaml:1: `test_connects` passed and failed on the same code after the fix in `local`"
    ]
    assert at(text, "TB415") == [("suites", "unit", "tests", "test_connects")]


def test_a_test_that_wavers_with_an_excuse() -> None:
    excuse = "{flaky: {why: Order, owner: backend, until: 2999-12-31}}"
    text = f"suites: {{unit: {{category: unit, after: pass, tests: {{test_connects: {excuse}}}}}}}\n"
    assert not said(text + seen("a", ONE) + seen("b", "{test_connects: failed}"), "TB415")


def test_other_code_may_do_otherwise() -> None:
    text = UNIT + seen("a", ONE) + seen("b", "{test_connects: failed}", commit="5222b2560")
    assert not said(text, "TB415")


def test_a_planned_test_without_a_result() -> None:
    says = "the latest run of `unit` after the fix in `local` has no result for 1 of 2 tests: `test_sends`"
    assert said(UNIT + seen("a", ONE), "TB416") == [f"1/evidence/a.yaml:9: {says}"]


def test_a_test_that_ran_before() -> None:
    text = (
        UNIT
        + seen("a", "{test_connects: passed, test_sends: passed, test_x: failed}")
        + (seen("b", BOTH, at="2025-09-21", commit="5222b2560"))
    )
    says = "the latest run of `unit` after the fix in `local` has no result for 1 of 3 tests: `test_x`"
    assert said(text, "TB416") == [f"1/evidence/b.yaml:9: {says}"]


def test_a_test_that_is_skipped_now() -> None:
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
def test_a_denominator_that_does_not_shrink(text: str) -> None:
    assert not said(text, "TB416")


def test_a_planned_test_that_is_skipped_in_the_only_run() -> None:
    text = UNIT + seen("a", "{test_connects: passed, test_sends: skipped}")
    says = "the latest run of `unit` after the fix in `local` skipped `test_sends`, which the plan includes"
    assert said(text, "TB416") == [f"1/evidence/a.yaml:9: {says}"]


def test_a_run_that_states_fewer_tests_than_are_planned() -> None:
    text = UNIT + seen("a", "", totals="{total: 1}")
    assert said(text, "TB416") == ["1/evidence/a.yaml:9: the run had 1 test, but the plan lists 2 for `unit`"]


def test_a_renamed_test_is_the_same() -> None:
    text = """
suites: {unit: {category: unit, after: pass, tests: {test_opens: {was: test_connects}}}}
"""
    assert not said(text + seen("a", ONE), "TB416")


HELD = "{test_connects: {after: pass}, test_gone: {after: pass}}"


def test_a_test_that_no_suite_lists_any_more() -> None:
    keys = {"grade": "machine", "dirty": "false", "expected": HELD}
    text = UNIT + sealed(seen("a", "{test_connects: passed, test_gone: failed}", **keys))
    assert said(text, "TB426") == ["1/evidence/a.yaml:11: the run expected `test_gone`, which no suite lists any more"]
    assert at(text, "TB426") == [("expected", "test_gone")]
    assert "test_gone" not in "".join(said(text, "TB416"))


def test_an_expectation_without_a_seal_is_no_plan() -> None:
    assert not said(UNIT + seen("a", ONE, expected=HELD), "TB426")


# ── TB406, TB407, TB408, TB414, TB422: what tests are expected to do ─────────────────────────────────


def suite(rest: str) -> str:
    return f"suites:\n  unit:\n    category: unit\n    {rest}\n"


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
def test_vacuous(rest: str, line: int, says: str) -> None:
    assert said(suite(rest), "TB406") == [f"1/issue.yaml:{line}: {says}"]


@pytest.mark.parametrize(
    "rest", ["before: fail\n    after: pass\n    tests: {a: a}", "after: pass\n    tests: {a: a}", "before: pass"]
)
def test_not_vacuous(rest: str) -> None:
    assert not said(suite(rest), "TB406")


def test_a_suite_without_tests() -> None:
    assert said(suite("after: pass\n    covers: [Isolation]"), "TB407") == ["1/issue.yaml:2: `unit` lists no tests"]


def test_tests_of_which_nothing_is_expected() -> None:
    text = suite("tests: {a: {after: pass}, b: b, c: c}")
    assert said(text, "TB407") == ["1/issue.yaml:4: nothing is expected of 2 of 3 tests: `b`, `c`"]
    assert at(text, "TB407") == [("suites", "unit", "tests", "b")]


def test_a_failure_for_any_reason() -> None:
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
def test_something_is_expected(text: str) -> None:
    assert not said(text, "TB407")


FOUR = """
suites:
  unit: {category: unit, after: pass, tests: {test_connects: It connects}}
  journey: {category: end-to-end, after: pass, tests: {test_chat: A chat opens}}
  empty: {category: unit}
  shows-it: {category: unit, before: {fail: no answer}, tests: {test_fails: It fails}}
"""


def test_suites_that_were_never_run() -> None:
    text = FOUR + seen("a", ONE)
    assert said(text, "TB408") == [
        "1/issue.yaml:3: no run of `journey` after the fix is recorded, but 1 of 3 suites have one",
        "1/issue.yaml:4: no run of `empty` after the fix is recorded, but 1 of 3 suites have one",
    ]


def test_a_planned_suite_that_a_next_step_will_write() -> None:
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
def test_no_suite_is_left_out(runs: str) -> None:
    assert not said(FOUR + runs, "TB408")


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ("after: skip\n    tests: {a: a}", "1/issue.yaml:4: `a` is expected to be skipped after the fix"),
        ("after: fail\n    tests: {a: a, b: b}", "1/issue.yaml:4: `a`, `b` are expected to fail after the fix"),
        ("tests: {a: {after: {fail: x}}}", "1/issue.yaml:4: `a` is expected to fail after the fix"),
    ],
)
def test_a_failure_that_is_excused(rest: str, says: str) -> None:
    assert said(suite(rest), "TB414") == [says]
    assert not said(suite(f"before: fail\n    {rest}"), "TB406"), "excused, and not found twice"


def test_nothing_is_excused() -> None:
    assert not said(suite("before: fail\n    after: pass\n    tests: {a: a}"), "TB414")


KNOWN = """
symptoms: "TypeError: object Manager can't be used in 'await' expression"
causes: [{pattern: p}, {pattern: q, state: ruled-out}]
# patterns/p.yaml
{title: P, summary: P, errors: ["coroutine '\\\\S+' was never awaited"]}
# patterns/q.yaml
{title: Q, summary: Q, errors: ["KeyError: .*"]}
"""


@pytest.mark.parametrize("error", ["object is not awaitable", "KeyError: 'a'"])
def test_an_error_that_nothing_knows(error: str) -> None:
    text = suite(f'before: {{fail: "{error}"}}\n    tests: {{a: a, b: b}}') + KNOWN
    says = f"`{error}` matches no symptom and no error of a pattern"
    assert said(text, "TB422") == [f"1/issue.yaml:4: {says}"]


def test_each_error_has_its_own_place() -> None:
    text = suite("tests: {a: {before: {fail: [Manager can't be used, no such thing]}}}") + KNOWN
    assert at(text, "TB422") == [("suites", "unit", "tests", "a", "before", "fail", 1)]


@pytest.mark.parametrize(
    "error", ["can't be used in 'await'", "coroutine 'connect' was never awaited", "was never awaited"]
)
def test_an_error_that_is_known(error: str) -> None:
    assert not said(suite(f'before: {{fail: "{error}"}}\n    tests: {{a: a}}') + KNOWN, "TB422")


def test_without_a_known_error_none_is_impossible() -> None:
    assert not said(suite("before: {fail: anything}\n    tests: {a: a}\nsymptoms: {says: It fails}"), "TB422")


# ── a disputed claim answers the finding that it is about ────────────────────────────────────────────

ALIKE = "suites: {unit: {category: unit, before: pass, after: pass, tests: {a: a}}}\n"


def disputed(kind: str, shows: str) -> str:
    claim = f"says: it proves the fix, from: 'https://example.org', kind: {kind}, shows: {shows}, disputed: it does not"
    return f"{ALIKE}claims: [{{{claim}}}]"


@pytest.mark.parametrize("kind", ["vacuous", "inflated-count"])
@pytest.mark.parametrize("shows", ["suites", "suites.unit", "suites.unit.before"])
def test_a_contradiction_that_is_shown_is_not_found_again(kind: str, shows: str) -> None:
    assert not said(disputed(kind, shows), "TB406")


@pytest.mark.parametrize(("kind", "shows"), [("sum", "suites.unit"), ("vacuous", "suites.other")])
def test_a_contradiction_of_another_kind_or_place_is(kind: str, shows: str) -> None:
    assert said(disputed(kind, shows), "TB406")
