"""Files from real test runners are read correctly: totals, names, errors, and tests that never ran."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from triagebook.intake.results import Results
from triagebook.intake.tests import read
from triagebook.model.evidence import Outcome

FIXTURES = Path(__file__).parent / "fixtures"
Read = Callable[[str], Results]

# Format, tests, passed, failed, errors, skipped, expected failures, passed against expectation.
TOTALS = {
    "behave.json": ("cucumber-json", 7, 2, 2, 3, 0, 0, 0),
    "boost-log.xml": ("boost", 6, 2, 2, 1, 1, 0, 0),
    "boost-report.xml": ("boost", 5, 2, 1, 2, 0, 0, 0),
    "catch.xml": ("catch", 4, 1, 2, 0, 0, 1, 0),
    "cppunit.xml": ("cppunit", 3, 1, 1, 1, 0, 0, 0),
    "cucumber.json": ("cucumber-json", 7, 3, 2, 1, 1, 0, 0),
    "ctest-dashboard.xml": ("ctest", 7, 1, 3, 0, 3, 0, 0),
    "glib.tap": ("tap", 3, 1, 0, 2, 1, 1, 0),
    "gtester.xml": ("gtester", 4, 1, 1, 0, 1, 1, 0),
    "node.tap": ("tap", 6, 2, 2, 0, 1, 1, 0),
    "mochawesome.json": ("mochawesome", 9, 3, 2, 2, 4, 0, 0),
    "node-todo.xml": ("junit", 7, 3, 2, 0, 1, 1, 0),
    "playwright.json": ("playwright-json", 8, 2, 3, 0, 2, 1, 0),
    "robot.xml": ("robot", 11, 1, 8, 0, 2, 0, 0),
    "perl.tap": ("tap", 7, 3, 2, 0, 1, 1, 0),
    "qttest-junit.xml": ("junit", 8, 3, 3, 0, 1, 1, 0),
    "qttest.tap": ("tap", 9, 4, 2, 0, 1, 1, 1),
    "qttest.xml": ("qttest", 9, 4, 3, 0, 1, 1, 0),
    "unittest-cpp.xml": ("unittest++", 3, 1, 2, 0, 0, 0, 0),
    "ctest.xml": ("junit", 7, 1, 3, 0, 3, 0, 0),
    "go-test.jsonl": ("go-test-json", 8, 3, 3, 2, 1, 0, 0),
    "gtest.xml": ("junit", 6, 2, 2, 0, 2, 0, 0),
    "libtest.txt": ("libtest", 9, 3, 5, 0, 1, 0, 0),
    "jest-ctrf.json": ("ctrf-json", 7, 3, 2, 0, 2, 0, 0),
    "jest-junit-file.xml": ("junit", 7, 4, 2, 0, 1, 0, 0),
    "jest-junit.xml": ("junit", 7, 4, 2, 0, 1, 0, 0),
    "jest.json": ("jest-json", 7, 3, 2, 1, 2, 0, 0),
    "mocha-junit-reporter.xml": ("junit", 4, 2, 2, 0, 0, 0, 0),
    "mocha-xunit.xml": ("junit", 6, 2, 2, 0, 2, 0, 0),
    "mocha.json": ("mocha-json", 5, 2, 1, 1, 2, 0, 0),
    "node-test.xml": ("junit", 6, 1, 3, 0, 2, 0, 0),
    "phpunit.xml": ("junit", 8, 2, 2, 2, 2, 0, 0),
    "pytest-interrupted.xml": ("junit", 0, 0, 0, 1, 1, 0, 0),
    "pytest-json-report-rerun.json": ("pytest-json-report", 2, 1, 1, 0, 0, 0, 0),
    "pytest-json-report.json": ("pytest-json-report", 22, 6, 7, 5, 3, 2, 1),
    "pytest-nothing.xml": ("junit", 0, 0, 0, 0, 0, 0, 0),
    "pytest-rerunfailures.xml": ("junit", 2, 1, 1, 0, 0, 0, 0),
    "pytest-xunit1.xml": ("junit", 5, 1, 2, 0, 1, 1, 0),
    "pytest.xml": ("junit", 23, 7, 9, 4, 3, 2, 0),
    "rspec-interrupted.json": ("rspec-json", 0, 0, 0, 1, 0, 0, 0),
    "rspec-junit.xml": ("junit", 6, 1, 2, 0, 3, 0, 0),
    "rspec.json": ("rspec-json", 6, 1, 2, 0, 3, 0, 0),
    "surefire.xml": ("junit", 7, 3, 2, 1, 1, 0, 0),
    "unittest-xml-reporting.xml": ("junit", 5, 1, 2, 0, 1, 1, 0),
    "vitest.json": ("jest-json", 6, 2, 2, 1, 2, 0, 0),
    "vitest.xml": ("junit", 7, 2, 3, 0, 2, 0, 0),
}  # fmt: skip


def test_every_fixture_is_tested_and_documented() -> None:
    names = {path.name for path in FIXTURES.iterdir()} - {"README.md"}
    assert names == set(TOTALS)
    told = (FIXTURES / "README.md").read_text(encoding="utf-8")
    assert all(f"| {name} |" in told for name in names)


@pytest.mark.parametrize("name", TOTALS)
def test_format_and_totals(name: str, results: Read) -> None:
    """Counted from the tests themselves."""
    read = results(name)
    assert (read.format, *read.counts.values()) == TOTALS[name]


@pytest.mark.parametrize("name", TOTALS)
def test_a_forced_format_reads_the_same(name: str, results: Read) -> None:
    found = results(name)
    assert read((FIXTURES / name).read_bytes(), found.format) == found


DISAGREE = {
    "jest-junit-file.xml": ["the file states 6 tests, but lists 7"],  # a test that is still to be written
    "jest-junit.xml": ["the file states 6 tests, but lists 7"],
    "mocha-junit-reporter.xml": ["the file states 6 tests, but lists 4", "the file states 2 skipped, but lists 0"],
    "mocha-xunit.xml": ["the file states 5 tests, but lists 6", "the file states 1 skipped, but lists 2"],
    "pytest-json-report.json": ["the file states 10 failures and errors, but lists 11"],  # sub-tests
    "surefire.xml": ["the file states 4 tests, but lists 7", "the file states 0 skipped, but lists 1"],
}


@pytest.mark.parametrize("name", TOTALS)
def test_totals_that_disagree_with_the_tests_are_reported(name: str, results: Read) -> None:
    assert results(name).disagreements() == DISAGREE.get(name, [])
    assert results(name).lost_failures() == 0


PROBLEMS = {
    "mochawesome.json": [
        ('/app/a.js::outer ☃ hooks "before all" hook for "never"', False),
        ('/app/a.js::outer ☃ after "after each" hook for "ok"', False),
    ],
    "glib.tap": [("outside of any test", False), ("the plan", False)],
    "go-test.jsonl": [("example.org/app/broken", False)],
    "jest.json": [("/app/test/broken.test.js", False)],
    "mocha.json": [('/app/mocha/calc.spec.js::hooks "before all" hook for "never runs"', False)],
    "pytest-interrupted.xml": [("tests/test_broken.py", False), ("tests/test_left_out.py", True)],
    "pytest-json-report.json": [("tests/test_broken.py", False), ("tests/test_left_out.py", True)],
    "pytest.xml": [("tests/test_broken.py", False), ("tests/test_left_out.py", True)],
    "rspec-interrupted.json": [("spec/broken_spec.rb", False)],
    "vitest.json": [("/app/vitest/broken.test.mjs", False)],
}


@pytest.mark.parametrize("name", TOTALS)
def test_modules_that_did_not_run_are_problems_outside_tests(name: str, results: Read) -> None:
    problems = results(name).problems
    assert [(one.name, one.skipped) for one in problems] == PROBLEMS.get(name, [])
    assert all(one.says for one in problems)


NAMES = {
    "boost-log.xml": "calc::sums::adds_wrongly",
    "boost-report.xml": "calc::sums::stops",
    "catch.xml": "catch.cpp::adds wrongly",
    "cppunit.xml": "CalcTest::addsWrongly",
    "ctest-dashboard.xml": "adds_wrongly",
    "gtester.xml": "/calc/wrong",
    "node.tap": "calc::raises",
    "perl.tap": "group::inner wrong",
    "qttest-junit.xml": "tst_Calc::addsWrongly",
    "qttest.tap": "tst_Calc::doubles[two]",
    "qttest.xml": "tst_Calc::doubles[two]",
    "unittest-cpp.xml": "Calc::AddsWrongly",
    "ctest.xml": "not_built",
    "go-test.jsonl": "example.org/app/calc::TestTable/two",
    "gtest.xml": "/app/calc_test.cc::Some/Doubles::IsTwice[1]",
    "jest-junit-file.xml": "test/calc.test.js::calc::adds wrongly",
    "jest-junit.xml": "calc adds wrongly",
    "jest.json": "/app/test/calc.test.js::calc::with params::doubles 1",
    "mocha-junit-reporter.xml": "/app/mocha/calc.spec.js::calc with retries passes at the second try",
    "mocha-xunit.xml": "/app/mocha/calc.spec.js::calc with retries::passes at the second try",
    "mocha.json": "/app/mocha/calc.spec.js::calc with retries passes at the second try",
    "node-test.xml": "calc::adds wrongly",
    "phpunit.xml": '/app/tests/CalcTest.php::CalcTest::testDoubles["two"]',
    "pytest-json-report.json": "tests/test_calc.py::TestCalc::TestInner::test_in_inner_class",
    "pytest-xunit1.xml": "tests/test_unittest.py::TestQueue::test_fails",
    "pytest.xml": "tests/test_calc.py::TestCalc::TestInner::test_in_inner_class",
    "rspec-junit.xml": "spec/calc_spec.rb::calc adds wrongly",
    "rspec.json": "spec/calc_spec.rb::calc adds wrongly",
    "surefire.xml": "org.example.CalcTest::doubles[2]",
    "unittest-xml-reporting.xml": "tests/test_unittest.py::TestQueue::test_sub_tests[number=1]",
    "vitest.json": "/app/vitest/calc.test.mjs::calc::adds wrongly",
    "vitest.xml": "vitest/calc.test.mjs::calc > adds wrongly",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_have_file_class_function_and_parameters(name: str, results: Read) -> None:
    assert NAMES[name] in [case.name for case in results(name).cases]


ERROR = "object Manager can't be used in 'await' expression"


@pytest.mark.parametrize(
    "name",
    ["node-test.xml", "phpunit.xml", "pytest-json-report.json", "pytest.xml", "rspec-junit.xml", "rspec.json",
     "vitest.json", "vitest.xml"],
)  # fmt: skip
def test_error_texts_include_their_type(name: str, results: Read) -> None:
    wrong = {Outcome.FAILED, Outcome.ERROR}
    texts = [case.error for case in results(name).cases if case.outcome in wrong and ERROR in (case.error or "")]
    assert len(texts) == 1
    assert "TypeError" in str(texts[0])


def test_an_import_error_within_a_test_is_its_failure(results: Read) -> None:
    """It is not a module that can't be collected."""
    case = next(case for case in results("pytest.xml").cases if case.name.endswith("test_imports_what_is_not_there"))
    assert case.outcome is Outcome.FAILED
    assert "ModuleNotFoundError: No module named 'nowhere_to_be_found'" in str(case.error)


def test_colours_are_removed(results: Read) -> None:
    case = next(case for case in results("pytest.xml").cases if case.name.endswith("test_coloured_output"))
    assert "ValueError: red and a bell" in str(case.error)


def test_a_failure_without_a_message_shows_the_output(results: Read) -> None:
    """As CTest does."""
    case = next(case for case in results("ctest.xml").cases if case.name == "calc")
    assert "[  FAILED  ] Calc.AddsWrongly" in str(case.error)


@pytest.mark.parametrize(
    ("name", "test", "attempts"),
    [
        ("mocha.json", "passes at the second try", 2),
        ("pytest-json-report-rerun.json", "test_passes_at_second_try", 2),
        ("pytest-rerunfailures.xml", "test_passes_at_second_try", 2),
        ("surefire.xml", "passesAtTheSecondTry", 2),
    ],
)
def test_attempts_are_counted(name: str, test: str, attempts: int, results: Read) -> None:
    cases = [case for case in results(name).cases if test in case.name]
    assert [(case.outcome, case.attempts) for case in cases] == [(Outcome.PASSED, attempts)]


def test_an_unfinished_test_is_an_error(results: Read) -> None:
    case = next(case for case in results("go-test.jsonl").cases if case.name.endswith("TestEndsTheProcess"))
    assert case.outcome is Outcome.ERROR


@pytest.mark.parametrize(
    ("name", "tool", "at"),
    [
        ("pytest.xml", "pytest", "2026-11-20T23:53:52.804746+00:00"),
        ("jest.json", "jest or vitest", "2026-11-20T23:54:33+00:00"),
        ("vitest.xml", "vitest", "2026-11-20T23:54:35.311Z"),
        ("rspec.json", "rspec 3.12.0", None),
        ("surefire.xml", "surefire", None),
        ("gtest.xml", "gtest", "2026-11-20T23:55:48.740"),
        ("mocha-xunit.xml", "mocha", "Fri, 20 Nov 2026 23:55:39 GMT"),
        ("go-test.jsonl", "go test", "2026-11-20T23:55:43.105104825Z"),
    ],
)
def test_tool_and_time(name: str, tool: str | None, at: str | None, results: Read) -> None:
    read = results(name)
    assert (read.tool, read.at) == (tool, at)
