"""Test by test: what a result is compared with, which results belong to a test, and which of them decides."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.kit.stories import (
    AFTER,
    CODE_AT,
    CODE_FILE,
    ERROR,
    EXPECTED,
    FAIL_THEN_PASS,
    FIX,
    LATER,
    NOW,
    OLD,
    TEST_FILE,
    TODAY,
    Plain,
    Story,
    digest,
    failed,
    honest,
    run,
    source,
    value,
)
from triagebook.code.state import UNKNOWN, SourceState, same_commit
from triagebook.facts.ledger.commits import Freshness
from triagebook.facts.ledger.error_texts import is_reason, same_error
from triagebook.facts.ledger.grading import recorded_twice
from triagebook.facts.ledger.planned_tests import parameters, split_name
from triagebook.facts.ledger.results import CombinedResult, Judgement, judge
from triagebook.model.evidence import Grade, Outcome, Phase, Result
from triagebook.model.suites import Expectation


def story(*runs: Plain, tests: Plain | None = None, **suite: Any) -> Story:
    """An issue whose only evidence is these runs, r0 the first."""
    made = honest()
    made.evidence = {f"r{index}": each for index, each in enumerate(runs)}
    if tests is not None:
        made.suite["tests"] = tests
    made.suite.update(suite)
    return made


def after(results: Plain, day: int = 25, **more: Any) -> Plain:
    return run("after", results, **{"at": f"2025-09-{day}T10:00:00Z"} | more)


def sends(*runs: Plain, phase: str = "after") -> CombinedResult:
    return story(*runs).state("test_sends", phase)


# ── one result ───────────────────────────────────────────────────────────────────────────────────────

FAIL_WITH_ERROR = {"fail": "can't be used in 'await' expression"}


@pytest.mark.parametrize(
    ("expected", "result", "judgement"),
    [
        ("pass", "passed", Judgement.AS_EXPECTED),
        ("pass", failed(), Judgement.UNEXPECTED),
        ("pass", "error", Judgement.UNEXPECTED),
        ("pass", "xfailed", Judgement.UNEXPECTED),
        ("pass", "xpassed", Judgement.UNEXPECTED),
        ("skip", "skipped", Judgement.AS_EXPECTED),
        ("skip", "passed", Judgement.UNEXPECTED),
        (FAIL_WITH_ERROR, failed(), Judgement.AS_EXPECTED),
        (FAIL_WITH_ERROR, {"outcome": "error", "error": ERROR}, Judgement.AS_EXPECTED),
        (FAIL_WITH_ERROR, failed("ImportError: no module app"), Judgement.OTHER_REASON),
        (FAIL_WITH_ERROR, "failed", Judgement.OTHER_REASON),
        (FAIL_WITH_ERROR, "passed", Judgement.UNEXPECTED),
        (FAIL_WITH_ERROR, "xfailed", Judgement.UNEXPECTED),
        (FAIL_WITH_ERROR, "skipped", Judgement.UNEXPECTED),
        ({"fail": ["one text", "'await' expression"]}, failed(), Judgement.AS_EXPECTED),
        ("fail", failed("anything"), Judgement.AS_EXPECTED),
    ],
)
def test_a_result_is_compared_with_what_was_expected(expected: Any, result: Any, judgement: Judgement) -> None:
    assert judge(Result.model_validate(result), Expectation.model_validate(expected), ()) is judgement


def test_where_no_error_is_expected_by_name_those_of_the_record_are_looked_for() -> None:
    fail = Expectation.model_validate("fail")
    assert judge(Result.model_validate(failed()), fail, [ERROR]) is Judgement.AS_EXPECTED
    assert judge(Result.model_validate(failed("Timeout")), fail, [ERROR]) is Judgement.OTHER_REASON


@pytest.mark.parametrize(
    ("recorded", "seen", "same"),
    [
        ("a  b", "x a\n b y", True),
        ("a b", "ab", False),
        (" ", "anything", False),
        (ERROR, f"E   {ERROR}\n", True),
    ],
)
def test_white_space_does_not_count_in_an_error(recorded: str, seen: str, same: bool) -> None:  # noqa: FBT001
    assert same_error(recorded, seen) is same


def test_a_message_of_several_lines_is_the_own_message_in_each_style_of_pytest() -> None:
    """With `--tb=line` only its first line has the mark `E`; source code never counts."""
    lines = ['assert "500 TypeErro...awaited" == "200"', "", "- 200", "+ 500 TypeError: it is not awaited"]
    assert is_reason("it is not awaited", "E   " + "\n      ".join(lines))
    assert is_reason(
        "it is not awaited", "\n".join(f"E   {line}" for line in lines) + "\n\ntest_a.py:5: AssertionError"
    )
    assert not is_reason("it is not awaited", ">   assert say() == 200  # it is not awaited\nE   assert 500 == 200")


# ── what is known of a test ──────────────────────────────────────────────────────────────────────────


def test_a_test_that_no_run_holds_is_missing() -> None:
    state = story(after({"test_connects": "passed"})).state("test_sends")
    assert (state.outcome, state.judgement, state.grade) == (None, Judgement.MISSING, None)


def test_an_expected_result_counts() -> None:
    state = sends(after(AFTER))
    assert (state.outcome, state.judgement, state.grade) == (Outcome.PASSED, Judgement.AS_EXPECTED, Grade.MACHINE)


def test_an_unexpected_result_is_reported() -> None:
    assert sends(after({"test_sends": failed()})).judgement is Judgement.UNEXPECTED


def test_a_failure_with_another_error_is_not_expected() -> None:
    state = sends(run("before", {"test_sends": failed("ImportError: no module app")}), phase="before")
    assert state.judgement is Judgement.OTHER_REASON


def test_a_vacuous_test_proves_nothing() -> None:
    """A test that was to do the same before and after."""
    made = story(after(AFTER))
    assert made.state("test_colours").judgement is Judgement.PROVES_NOTHING
    assert next(test for test in made.case().ledger.tests if test.name == "test_colours").proves_nothing


def test_a_vacuous_test_that_fails_is_unexpected_all_the_same() -> None:
    assert story(after({"test_colours": failed()})).state("test_colours").judgement is Judgement.UNEXPECTED


def test_a_skipped_test_is_judged_skipped() -> None:
    state = sends(after({"test_sends": "skipped"}))
    assert (state.outcome, state.judgement) == (Outcome.SKIPPED, Judgement.SKIPPED)


def test_an_expected_skip_is_as_expected() -> None:
    skip = {"test_sends": {"before": FAIL_WITH_ERROR, "after": "skip"}}
    assert sends(after({"test_sends": "skipped"}, expected=skip)).judgement is Judgement.AS_EXPECTED


def test_a_result_without_an_expectation_is_not_judged() -> None:
    assert sends(after(AFTER, expected={})).judgement is Judgement.UNJUDGED


def test_a_failure_counts_though_nothing_was_expected_where_a_run_was_to_see_it_pass() -> None:
    before = run("before", {"test_sends": failed()})
    assert sends(before, after({"test_sends": failed()}, expected={})).judgement is Judgement.UNEXPECTED
    assert sends(after({"test_sends": failed()}, expected={})).judgement is Judgement.UNJUDGED


@pytest.mark.parametrize("outcome", ["failed", "error", "xfailed", "xpassed"])
def test_a_test_that_passes_and_fails_on_the_same_code_is_flaky(outcome: str) -> None:
    """Passed and not passed on the same code; the order does not matter."""
    for first, second in ((outcome, "passed"), ("passed", outcome)):
        state = sends(after({"test_sends": first}), after({"test_sends": second}, day=26))
        assert (state.outcome, state.judgement) == (None, Judgement.FLAKY)


def test_different_results_on_different_code_are_not_flaky() -> None:
    other = {CODE_FILE: digest("other"), TEST_FILE: CODE_AT[NOW][TEST_FILE]}
    first = after({"test_sends": failed()}, commit=FIX, code=other)
    assert sends(first, after(AFTER, day=26)).judgement is Judgement.AS_EXPECTED


def test_equal_files_at_another_commit_make_a_test_flaky() -> None:
    assert sends(after({"test_sends": failed()}, commit=FIX), after(AFTER, day=26)).judgement is Judgement.FLAKY


def test_the_same_commit_makes_a_test_flaky_without_digests() -> None:
    state = sends(after({"test_sends": failed()}, code=None, commit=NOW[:12]), after(AFTER, day=26, code=None))
    assert state.judgement is Judgement.FLAKY


def test_different_results_in_different_environments_are_not_flaky() -> None:
    made = story(after({"test_sends": failed()}, environment="local"), after(AFTER, day=26))
    assert made.state("test_sends").judgement is Judgement.AS_EXPECTED
    assert made.state("test_sends", environment="local").judgement is Judgement.UNEXPECTED


def test_the_latest_decides_not_the_last_file() -> None:
    code = {CODE_FILE: digest("other")}
    early, late = after({"test_sends": failed()}, commit=FIX, code=code), after(AFTER, day=26)
    assert sends(late, early).judgement is sends(early, late).judgement is Judgement.AS_EXPECTED


def test_a_skip_does_not_decide() -> None:
    state = sends(after({"test_sends": failed()}), after({"test_sends": "skipped"}, day=26))
    assert state.judgement is Judgement.UNEXPECTED


def test_the_better_grade_decides() -> None:
    said = after(AFTER, day=27, grade="attested", by="developer")
    assert sends(after({"test_sends": failed()}), said).judgement is Judgement.UNEXPECTED
    assert sends(said).grade is Grade.ATTESTED
    assert sends(after({"test_sends": "skipped"}), said).grade is Grade.ATTESTED  # a skip is no result


# ── expectations ─────────────────────────────────────────────────────────────────────────────────────


def test_a_later_edit_of_the_plan_changes_nothing() -> None:
    made = story(after({"test_sends": failed()}), before="pass", after="fail")
    assert made.state("test_sends").judgement is Judgement.UNEXPECTED


def test_results_from_a_document_are_compared_with_the_plan() -> None:
    said = after({"test_sends": failed()}, grade="transcribed", expected={}, seal=False)
    assert story(said).state("test_sends").judgement is Judgement.UNEXPECTED
    assert story(said, after="fail").state("test_sends").judgement is not Judgement.UNEXPECTED


@pytest.mark.parametrize("wrong", ["pass", "skip", {"fail": "Timeout"}])
def test_a_wrong_expectation_before_the_fix_can_be_corrected(wrong: Any) -> None:
    """The test failed for the right reason, the plan said something else: corrected, and recorded again."""
    first = run("before", {"test_sends": failed()}, expected={"test_sends": {"before": wrong, "after": "pass"}})
    second = run("before", {"test_sends": failed()}, at="2025-09-21T10:00:00Z")
    assert sends(first, phase="before").judgement is not Judgement.AS_EXPECTED
    assert sends(first, second, phase="before").judgement is Judgement.AS_EXPECTED


def test_a_symptom_named_afterwards_changes_nothing() -> None:
    """The run expected a failure of any kind."""
    made = story(run("before", {"test_sends": failed("Timeout")}, expected={"test_sends": {"before": "fail"}}))
    assert made.state("test_sends", "before").judgement is Judgement.AS_EXPECTED
    made.issue["symptoms"] = ["Timeout"]
    assert made.state("test_sends", "before").judgement is Judgement.AS_EXPECTED
    assert made.stage.value == "triaged"  # a failure of any kind is no reproduction


def test_attested_results_are_compared_with_the_expectation_at_that_time() -> None:
    made = story(after({"test_sends": failed()}, grade="attested", by="developer"), after="fail")
    assert made.state("test_sends").judgement is Judgement.UNEXPECTED


def test_a_pass_that_was_held_against_nothing_takes_nothing_away() -> None:
    assert sends(after(AFTER), after(AFTER, day=26, expected={})).judgement is Judgement.AS_EXPECTED


def test_of_two_results_at_one_time_the_name_of_the_file_does_not_decide() -> None:
    one, other = after(AFTER), after(AFTER, commit=FIX, code={CODE_FILE: digest("other")})
    lasts = [sends(*order).last for order in ((one, other), (other, one))]
    assert len({last.record.commit for last in lasts if last}) == 1


def test_expecting_less_after_the_fix_does_not_undo_a_failure() -> None:
    less = EXPECTED | {"test_sends": {"before": "pass", "after": "fail"}}
    second = after({"test_sends": failed()}, day=26, expected=less)
    assert sends(after({"test_sends": failed()}), second).judgement is Judgement.UNEXPECTED
    assert sends(second).judgement is Judgement.AS_EXPECTED


# ── names ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "parts", "parameter"),
    [
        ("test_a", (None, None, "test_a"), ""),
        ("test_a[1-x]", (None, None, "test_a"), "[1-x]"),
        ("test_a[b::c/d]", (None, None, "test_a"), "[b::c/d]"),
        ("TestA::test_a", (None, "TestA", "test_a"), ""),
        ("tests/a.py::test_a", ("tests/a.py", None, "test_a"), ""),
        ("a.py::TestA::TestB::test_a[x]", ("a.py", "TestA::TestB", "test_a"), "[x]"),
        ("opens the chat", (None, None, "opens the chat"), ""),
    ],
)
def test_a_test_name_is_split_into_file_class_and_function(
    name: str, parts: tuple[str | None, str | None, str], parameter: str
) -> None:
    assert (split_name(name), parameters(name)) == (parts, parameter)


@pytest.mark.parametrize(
    ("result", "suite", "fits"),
    [
        ("test_sends", {}, True),
        ("test_sends_well", {}, False),
        (f"{TEST_FILE}::test_sends", {}, True),
        ("tests/test_other.py::test_sends", {}, False),
        ("tests/test_connect.py.bak::test_sends", {}, False),
        ("tests/test_connect.py::test_sends", {"path": "tests"}, True),
        ("tests/test_connect.py::test_sends", {"path": "tests/"}, True),
        ("tests2/test_connect.py::test_sends", {"path": "tests"}, False),
        ("TestA::test_sends", {}, True),
        ("TestA::test_sends", {"class": "TestA"}, True),
        ("TestB::test_sends", {"class": "TestA"}, False),
        ("test_sends", {"class": "TestA"}, True),
        ("test_sends[x]", {}, True),
    ],
)
def test_a_test_matches_by_file_class_and_function(result: str, suite: Plain, fits: bool) -> None:  # noqa: FBT001
    made = story(after({result: "passed"}, expected={}), **suite)
    assert (made.state("test_sends").judgement is not Judgement.MISSING) is fits


def test_a_run_of_another_suite_does_not_match_by_name_alone() -> None:
    made = story(after({"test_sends": "passed"}, suite="other"), after({f"{TEST_FILE}::test_connects": "passed"}))
    made.issue["suites"]["other"] = {"category": "unit", "tests": {"test_other": "It is another"}}
    made.record("r1", suite="other")
    assert made.state("test_sends").judgement is Judgement.MISSING
    assert made.state("test_connects").judgement is Judgement.AS_EXPECTED


def test_a_suite_that_got_another_name_keeps_its_results() -> None:
    assert sends(after(AFTER, suite="connect-old")).judgement is Judgement.AS_EXPECTED


def test_a_pass_that_may_be_of_either_of_two_tests_is_of_none() -> None:
    both = {"category": "unit", "path": "tests/test_other.py", "tests": {"test_sends": "It sends"}}
    for outcome, judged in (("passed", Judgement.MISSING), ("failed", Judgement.UNEXPECTED)):
        made = story(after({"test_sends": outcome}, suite=None))
        made.issue["suites"]["other"] = both
        assert made.state("test_sends").judgement is judged


# ── parameters ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("worst", ["failed", "error", "xfailed", "xpassed", "skipped"])
def test_of_several_parameters_the_worst_wins(worst: str) -> None:
    for ends in (("passed", worst), (worst, "passed")):
        state = sends(after({f"test_sends[{index}]": end for index, end in enumerate(ends)}))
        assert state.outcome == worst
        assert state.judgement is not Judgement.AS_EXPECTED


def test_the_order_of_results_in_a_file_does_not_matter() -> None:
    ends = {"test_sends[a]": failed(), "test_sends[b]": failed("ImportError")}
    for order in (list(ends), list(reversed(ends))):
        state = sends(run("before", {name: ends[name] for name in order}), phase="before")
        assert state.judgement is Judgement.OTHER_REASON


def test_parameters_that_failed_count_until_they_are_run_again() -> None:
    first = after({"test_sends[a]": "passed", "test_sends[b]": failed()}, commit=FIX, code={CODE_FILE: digest("1")})
    assert sends(first, after({"test_sends[a]": "passed"}, day=26)).judgement is Judgement.UNEXPECTED
    both = after({"test_sends[a]": "passed", "test_sends[b]": "passed"}, day=26)
    assert sends(first, both).judgement is Judgement.AS_EXPECTED


def test_parameters_that_fail_later_count_beside_those_that_passed() -> None:
    first = after({"test_sends[a]": "passed"}, commit=FIX, code={CODE_FILE: digest("1")})
    assert sends(first, after({"test_sends[b]": failed()}, day=26)).judgement is Judgement.UNEXPECTED


def test_parameters_are_gone_when_the_test_is_another() -> None:
    old = {CODE_FILE: digest("1"), TEST_FILE: digest("two parameters")}
    first = after({"test_sends[a]": "passed", "test_sends[b]": failed()}, commit=FIX, code=old)
    assert sends(first, after({"test_sends[a]": "passed"}, day=26)).judgement is Judgement.AS_EXPECTED


def test_of_parameters_with_equal_results_the_latest_counts() -> None:
    first = after({"test_sends[a]": "passed"}, commit=FIX, code={CODE_FILE: digest("1")})
    last = sends(first, after({"test_sends[b]": "passed"}, day=26)).last
    assert last is not None
    assert last.evidence == "r1"


def test_one_flaky_parameter_makes_the_test_flaky() -> None:
    first = after({"test_sends[a]": "passed", "test_sends[b]": failed()})
    second = after({"test_sends[a]": "passed", "test_sends[b]": "passed"}, day=26)
    assert sends(first, second).judgement is Judgement.FLAKY


# ── tests that were renamed, or are gone ─────────────────────────────────────────────────────────────


def test_a_renamed_test_keeps_its_results() -> None:
    renamed = {"test_sends_well": {"proves": "It sends", "was": "test_sends"}}
    made = story(after({"test_sends": failed()}), tests=renamed)
    assert made.state("test_sends_well").judgement is Judgement.UNEXPECTED
    assert not [test for test in made.case().ledger.tests if test.dropped and test.name == "test_sends"]


def test_a_test_that_ran_beside_its_old_name_is_another() -> None:
    renamed = {"test_colours": {"proves": "It sends", "was": "test_sends"}}
    made = story(run("before", {"test_sends": failed(), "test_colours": "passed"}), tests=renamed)
    assert made.state("test_colours", "before").outcome is Outcome.PASSED
    assert {test.name for test in made.case().ledger.tests if test.dropped} >= {"test_sends"}


def test_a_test_that_left_the_plan_still_counts() -> None:
    made = story(after({"test_sends": failed()}), tests={"test_connects": "It connects"})
    dropped = {test.name: test for test in made.case().ledger.tests if test.dropped}
    assert set(dropped) == {"test_sends", "test_colours"}
    assert made.state("test_sends").judgement is Judgement.UNEXPECTED


def test_what_a_typed_run_expected_adds_no_test() -> None:
    typed = after({"test_sends": failed()}, seal=False)
    assert not story(typed, tests={}).case().ledger.tests


def test_two_tests_of_one_name_that_left_the_plan_are_two() -> None:
    ends = {"a.py::test_gone": "passed", "b.py::test_gone": failed()}
    made = story(after(ends, expected={"test_gone": FAIL_THEN_PASS}), tests={})
    keys = [test.key for test in made.case().ledger.tests]
    assert len(set(keys)) == len(keys) == 2
    outcomes = {made.case().ledger.combined[*key, Phase.AFTER, "staging"].outcome for key in keys}
    assert outcomes == {Outcome.PASSED, Outcome.FAILED}


def test_a_test_that_left_the_plan_counts_once() -> None:
    """One of two runs names no suite."""
    made = story(after(AFTER), after(AFTER, day=26, suite=None), tests={})
    assert len(made.case().ledger.tests) == len(AFTER)


# ── what evidence counts for ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"grade": "attested", "by": None}, "no person of the catalog vouches"),
        ({"commit": None}, "it names no commit"),
        ({"dirty": "true"}, "the work tree held changes"),
        ({"dirty": None}, "it does not say that the tree was clean"),
        ({"seal": False}, "it carries no seal"),
    ],
)
def test_what_a_run_needs_to_prove_anything(changes: Plain, why: str | None) -> None:
    made = story(after(AFTER))
    if "seal" in changes:
        made.edit("r0", note="edited")
    else:
        made.record("r0", **changes)
    found = made.case().ledger.refusals.get("r0")
    assert found is None if why is None else found is not None and found.why.startswith(why)


@pytest.mark.parametrize(
    ("plain", "grade"),
    [
        (value("1"), Grade.ATTESTED),
        (value("1", by=None), Grade.TRANSCRIBED),
        (value("1", by="robot"), Grade.TRANSCRIBED),
        (value("1", by="nobody"), Grade.TRANSCRIBED),
        (value("1", grade="machine", by=None), Grade.MACHINE),
        (value("1", grade="machine", commit=None, build="build-7"), Grade.MACHINE),
        (value("1", grade="machine", commit=None), Grade.TRANSCRIBED),
        (value("1", grade="machine", dirty="true"), Grade.TRANSCRIBED),
        (value("1", grade="transcribed"), Grade.TRANSCRIBED),
        (value("1") | {"value": "2"}, Grade.TRANSCRIBED),
        (value("1", at="2025-10-16T23:00:00Z"), Grade.ATTESTED),
        (value("1", at="2025-10-17T01:00:00Z"), Grade.TRANSCRIBED),
        (value("1", at="2025-10-16"), Grade.TRANSCRIBED),
    ],
)
def test_the_grade_that_evidence_counts_for(plain: Plain, grade: Grade) -> None:
    made = story(plain)
    assert made.as_of == TODAY
    assert made.case().ledger.grades["r0"] is grade


def test_one_file_recorded_for_two_places_is_at_most_true_for_one() -> None:
    file = {"name": "junit.xml", "sha256": digest("it")}
    made = story(after(AFTER, source=file), after(AFTER, source=file, suite=None), after(AFTER))
    assert recorded_twice(made.case().entry.evidence) == frozenset()
    made.record("r1", environment="local")
    assert recorded_twice(made.case().entry.evidence) == {"r0", "r1"}


# ── freshness ────────────────────────────────────────────────────────────────────────────────────────


def fresh(state: SourceState, **how: Any) -> tuple[Freshness, str]:
    made = story(after(AFTER, **how))
    made.source = state
    found = made.case().ledger.ages[made.case().ledger.runs[0][0]]
    return found.freshness, found.why


NOW_FILES = CODE_AT[NOW]


def test_a_run_at_the_current_commit_is_fresh() -> None:
    assert fresh(source(head=NOW), code=None)[0] is Freshness.FRESH
    assert fresh(source(head=NOW[:10]))[0] is Freshness.FRESH


def test_a_run_at_another_commit_with_equal_files_is_fresh() -> None:
    assert fresh(source(head=LATER)) == (Freshness.FRESH, "the files that it saw are the same now")


def test_a_run_on_files_that_changed_since_is_stale() -> None:
    found = fresh(source(NOW_FILES | {CODE_FILE: digest("x")}, head=LATER))
    assert found == (Freshness.CHANGED, f"{CODE_FILE} changed since")


def test_a_dirty_work_tree_makes_a_run_stale() -> None:
    assert fresh(source(NOW_FILES | {CODE_FILE: digest("x")}, dirty=True))[0] is Freshness.CHANGED


def test_a_missing_file_makes_a_run_stale() -> None:
    assert fresh(source({TEST_FILE: NOW_FILES[TEST_FILE]}, head=LATER))[0] is Freshness.CHANGED


def test_without_a_checkout_freshness_is_unknown() -> None:
    assert fresh(UNKNOWN) == (Freshness.UNKNOWN, "no checkout of the source code was given")


def test_without_digests_freshness_is_unknown() -> None:
    found = fresh(source(head=LATER), code=None)
    assert found == (Freshness.UNKNOWN, "the run kept no digest of the code it saw")


def test_at_the_same_commit_a_dirty_work_tree_is_not_fresh() -> None:
    assert fresh(source(head=NOW, dirty=True), code=None)[0] is Freshness.UNKNOWN


def test_a_file_that_was_not_read_makes_freshness_unknown() -> None:
    found = fresh(source(head=LATER, looked_at=frozenset({CODE_FILE})))
    assert found == (Freshness.UNKNOWN, f"{TEST_FILE} could not be looked at")


@pytest.mark.parametrize("left_out", [CODE_FILE, TEST_FILE])
def test_a_missing_digest_makes_freshness_unknown(left_out: str) -> None:
    kept = {path: each for path, each in NOW_FILES.items() if path != left_out}
    found = fresh(source(head=LATER), code=kept)
    assert found == (Freshness.UNKNOWN, f"the run kept no digest of {left_out}")


# ── the history ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(NOW, NOW, True), (NOW, NOW[:7], True), (NOW[:9], NOW, True), (NOW, OLD, False)],
)
def test_a_commit_may_be_shortened(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert same_commit(one, other) is same


@pytest.mark.parametrize(
    ("commits", "commit", "holds"),
    [
        ([], NOW, None),
        ([FIX], NOW, True),
        ([FIX], OLD, False),
        ([FIX], FIX[:8], True),
        ([FIX], LATER, None),
        ([FIX], None, None),
        ([FIX, LATER], NOW, None),
        ([FIX, LATER], OLD, False),
    ],
)
def test_a_commit_must_contain_the_whole_fix(commits: list[str], commit: str | None, holds: bool | None) -> None:  # noqa: FBT001
    made = honest()
    made.issue["fix"] = {"changes": [{"path": "app/a.py", "commit": each} for each in commits]}
    assert made.case().ledger.fix.are_in(commit) is holds


def test_a_run_on_half_of_the_fix_is_neither_before_nor_after() -> None:
    made = story(run("before", {"test_sends": failed()}))
    made.issue["fix"]["changes"].append({"path": "app/b.py", "commit": LATER})
    made.source = source(contains={(OLD, FIX): True, (OLD, LATER): False})
    assert made.state("test_sends", "before").judgement is Judgement.MISSING
    assert made.state("test_sends").judgement is Judgement.MISSING


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────────


def calls_of(work: Callable[[], object]) -> int:
    """How many functions are called: a measure of work that is the same on every machine."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("was", [False, True])
def test_the_verdict_grows_with_the_results_not_with_their_square(was: bool) -> None:  # noqa: FBT001
    def cost(tests: int) -> int:
        names = [f"test_{index}" for index in range(tests)]
        code = {f"app/{name}.py": digest(name) for name in names}
        expected = dict.fromkeys(names, FAIL_THEN_PASS)
        first = run("before", dict.fromkeys(names, failed()), expected=expected, code=code)
        second = after(dict.fromkeys(names, "passed"), expected=expected, code=code | {CODE_FILE: digest("mended")})
        made = story(first, second, tests={name: {"was": f"old_{name}"} if was else "It is one" for name in names})
        case = made.case()
        calls = calls_of(lambda: case.verdict)
        assert case.ledger.combined["connect", names[-1], Phase.AFTER, "staging"].outcome is Outcome.PASSED
        return calls

    cost(50)  # what is computed once is not counted
    assert cost(400) <= 4.5 * cost(100)
