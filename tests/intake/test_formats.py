"""Result formats written by hand after their specification: .NET, dart, CTRF, and unusual JUnit XML."""

from __future__ import annotations

import json
from typing import Any

import pytest

from triagebook.intake.input_text import UnreadableError
from triagebook.intake.results import Results
from triagebook.intake.tests import read
from triagebook.model.evidence import Outcome

PASSED, FAILED, ERROR, SKIPPED = Outcome.PASSED, Outcome.FAILED, Outcome.ERROR, Outcome.SKIPPED


def outcomes(results: Results) -> dict[str, Outcome]:
    return {case.name: case.outcome for case in results.cases}


def junit(text: str) -> Results:
    return read(text.encode())


# ── JUnit XML ────────────────────────────────────────────────────────────────────────────────────────


def test_nested_suites_are_read() -> None:
    """At any depth; the outermost totals count."""
    results = junit(
        '<testsuites tests="3"><testsuite name="a" tests="2"><testsuite name="b"><testcase name="x"/></testsuite>'
        '<testcase name="y"/></testsuite><testsuite name="c" tests="1"><testcase name="z"><failure/></testcase>'
        "</testsuite></testsuites>"
    )
    assert outcomes(results) == {"b::x": PASSED, "a::y": PASSED, "c::z": FAILED}
    assert results.disagreements() == []


def test_concatenated_files_are_read() -> None:
    """With their XML declarations."""
    one = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="{0}" tests="1"><testcase name="x"/></testsuite>\n'
    results = junit(one.format("a") + one.format("b"))
    assert outcomes(results) == {"a::x": PASSED, "b::x": PASSED}
    assert results.stated == {"tests": 2}


@pytest.mark.parametrize("character", ["\x1b[31m", "&#27;[31m", "&#x1B;[31m", "\x00"])
def test_characters_that_xml_does_not_allow_are_removed(character: str) -> None:
    """Runners print whatever tests print, colours included."""
    results = junit(f'<testsuite><testcase name="x"><failure>{character}red</failure></testcase></testsuite>')
    assert str(results.cases[0].error).endswith("red")


def test_an_error_of_a_whole_suite_is_a_problem_outside_tests() -> None:
    results = junit('<testsuite name="a"><error message="no server"/><testcase name="x"/></testsuite>')
    assert [(one.name, one.says) for one in results.problems] == [("a", "no server")]
    assert results.counts["errors"] == 1


def test_failures_that_are_counted_but_not_listed_are_reported() -> None:
    results = junit('<testsuite tests="3" failures="2"><testcase name="x"/></testsuite>')
    assert results.lost_failures() == 2
    assert results.disagreements() == [
        "the file states 3 tests, but lists 1",
        "the file states 2 failures and errors, but lists 0",
    ]


def test_subtests_of_pytest_that_pass_are_counted_and_not_listed() -> None:
    """A failure that is counted and not listed stays a disagreement."""
    text = """<testsuite name="pytest" tests="8" failures="{}"><testcase classname="t" name="test_a"/>
    <testcase classname="t" name="test_b"><failure message="1"/><failure message="has 1 failed subtest"/></testcase>
    </testsuite>"""
    assert read(text.format(2).encode(), None).disagreements() == []
    assert (
        read(text.format(3).encode(), None).disagreements()[-1] == "the file states 3 failures and errors, but lists 1"
    )


@pytest.mark.parametrize("number", ["-1", "many", "", "1e3", "99999999999999999999"])
def test_invalid_totals_are_ignored(number: str) -> None:
    assert junit(f'<testsuite tests="{number}"><testcase name="x"/></testsuite>').stated == {}


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ('classname="tests.unit.test_a" name="test_x"', "tests/unit/test_a.py::test_x"),
        ('classname="tests.unit.test_a.TestC" name="test_x[1]"', "tests/unit/test_a.py::TestC::test_x[1]"),
        ('classname="a_test.TestC.TestD" name="test_x"', "a_test.py::TestC::TestD::test_x"),
        ('classname="test_utils.test_a" name="test_x"', "test_utils/test_a.py::test_x"),
        ('classname="test_a.TestC" file="test/test_a.py" name="test_x"', "test/test_a.py::TestC::test_x"),
        ('classname="pkg.checks.TestC" file="./pkg/checks.py" name="x"', "pkg/checks.py::TestC::x"),
        ('classname="TestC" file="a\\b\\test_a.py" name="x"', "a/b/test_a.py::TestC::x"),
        ('classname="com.acme.FooTest" name="adds()"', "com.acme.FooTest::adds"),
        ('classname="com.acme.FooTest" name="adds(int, String)[2]"', "com.acme.FooTest::adds[2]"),
        ('classname="com.acme.FooTest" name="adds{int}[2]"', "com.acme.FooTest::adds[2]"),
        ('classname="src/a.test.ts" name="math &gt; adds"', "src/a.test.ts::math > adds"),
        ('classname="spec.a_spec" file="./spec/a_spec.rb" name="adds"', "spec/a_spec.rb::adds"),
        ('name="adds"', "adds"),
        ("", "unnamed"),
        ('name="a&#10;  b"', "a b"),
    ],
)
def test_names_have_file_class_and_function_where_known(attributes: str, name: str) -> None:
    assert junit(f"<testsuite><testcase {attributes}/></testsuite>").cases[0].name == name


def test_a_very_long_name_is_shortened() -> None:
    """Its parameters still fold into their test."""
    results = junit(f'<testsuite><testcase classname="test_a" name="test_x[{"y" * 10_000}]"/></testsuite>')
    name = results.cases[0].name
    assert len(name) <= 510
    assert name.startswith("test_a.py::test_x[yyy")
    assert name.endswith("]")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_encoding_is_taken_from_declaration_or_byte_order_mark(encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{declared}"?><testsuite><testcase name="größer"/></testsuite>'
    assert read(text.encode(encoding)).cases[0].name == "größer"


# ── .NET ─────────────────────────────────────────────────────────────────────────────────────────────

TRX = """\
<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
<Times start="2026-11-20T08:31:31.9866971+02:00"/>
<TestDefinitions><UnitTest id="1"><TestMethod className="App.CalcTests, App" name="Adds"/></UnitTest></TestDefinitions>
<Results>
<UnitTestResult testId="1" testName="App.CalcTests.Adds(1, 2)" outcome="Passed" duration="00:00:01.5"/>
<UnitTestResult testId="1" testName="Adds" outcome="Failed">
<Output><ErrorInfo><Message>no</Message><StackTrace>at X</StackTrace></ErrorInfo></Output></UnitTestResult>
<UnitTestResult testId="2" testName="Later" outcome="NotExecuted"/>
<UnitTestResult testId="2" testName="Slow" outcome="Timeout"/>
<UnitTestResult testId="2" testName="Sum" outcome="Failed"><InnerResults>
<UnitTestResult testId="2" testName="Sum (1)" outcome="Passed"/></InnerResults></UnitTestResult>
</Results>
<ResultSummary><Counters total="5" passed="2" failed="1" timeout="1"/>
<RunInfos><RunInfo outcome="Error"><Text>the host ended</Text></RunInfo></RunInfos></ResultSummary>
</TestRun>"""


def test_trx() -> None:
    """Data rows count instead of their sum; an error of the run is a problem outside tests."""
    results = junit(TRX)
    assert outcomes(results) == {
        "App.CalcTests::Adds[1, 2]": PASSED,
        "App.CalcTests::Adds": FAILED,
        "Later": SKIPPED,
        "Slow": ERROR,
        "Sum (1)": PASSED,
    }
    assert (results.format, results.cases[0].seconds, results.cases[1].error) == ("trx", 1.5, "no\nat X")
    assert [one.says for one in results.problems] == ["the host ended"]
    assert results.disagreements() == []


def test_nunit_3() -> None:
    """Class, method and arguments; the label tells errors from failures."""
    results = junit(
        '<test-run testcasecount="3" start-time="2026-11-20 08:00:00Z"><test-suite>'
        '<test-case classname="App.Calc" methodname="Adds" fullname="App.Calc.Adds(1)" result="Passed"/>'
        '<test-case classname="App.Calc" methodname="Breaks" fullname="App.Calc.Breaks" result="Failed" label="Error">'
        "<failure><message>no</message></failure></test-case>"
        '<test-case classname="App.Calc" methodname="Later" fullname="App.Calc.Later" result="Skipped">'
        "<reason><message>some day</message></reason></test-case></test-suite></test-run>"
    )
    assert outcomes(results) == {"App.Calc::Adds[1]": PASSED, "App.Calc::Breaks": ERROR, "App.Calc::Later": SKIPPED}
    assert [case.error for case in results.cases] == [None, "no", "some day"]


def test_nunit_2() -> None:
    """The old form has a single name."""
    results = junit(
        '<test-results total="2"><test-suite><results>'
        '<test-case name="App.Calc.Adds" executed="True" success="True"/>'
        '<test-case name="App.Calc.Later" executed="False"/></results></test-suite></test-results>'
    )
    assert outcomes(results) == {"App.Calc::Adds": PASSED, "App.Calc::Later": SKIPPED}


def test_xunit() -> None:
    """Assemblies, and errors outside tests."""
    results = junit(
        '<assemblies><assembly total="3" passed="1" failed="1" skipped="1" run-date="2026-11-20" run-time="08:00:00">'
        '<errors><error name="fixture"><failure><message>no set-up</message></failure></error></errors>'
        '<collection><test type="App.Calc" method="Adds" name="App.Calc.Adds(n: 1)" result="Pass" time="0.1"/>'
        '<test type="App.Calc" method="Fails" result="Fail"><failure exception-type="T"><message>no</message></failure>'
        '</test><test type="App.Calc" method="Later" result="Skip"><reason>some day</reason></test>'
        "</collection></assembly></assemblies>"
    )
    assert outcomes(results) == {"App.Calc::Adds[n: 1]": PASSED, "App.Calc::Fails": FAILED, "App.Calc::Later": SKIPPED}
    assert [(one.name, one.says) for one in results.problems] == [("fixture", "no set-up")]
    assert (results.at, results.disagreements()) == ("2026-11-20T08:00:00", [])


@pytest.mark.parametrize(
    ("attributes", "inner", "outcome"),
    [
        ('success="True"', "", PASSED),
        ('success="true"', "", PASSED),
        ('success="TRUE" executed="true"', "", PASSED),
        ('success="False"', "<failure><message>no</message></failure>", FAILED),
        ('executed="False"', "", SKIPPED),
        ('executed="false" success="True"', "", SKIPPED),
        ("", "", PASSED),
        ("", "<failure><message>no</message></failure>", FAILED),
        ("", "<reason><message>later</message></reason>", SKIPPED),
        ('executed="True" result="Error" success="False"', "", ERROR),
        ('executed="True" result="Inconclusive"', "", SKIPPED),
    ],
)
@pytest.mark.parametrize("root", ["test-results", "test-suite"])
def test_nunit_2_success_in_any_case_absent_or_implied(
    root: str, attributes: str, inner: str, outcome: Outcome
) -> None:
    found = junit(f'<{root}><test-suite><results><test-case name="A.C.X" {attributes}>{inner}</test-case>'
                  f"</results></test-suite></{root}>")  # fmt: skip
    assert (found.format, outcomes(found)) == ("nunit", {"A.C::X": outcome})


@pytest.mark.parametrize(
    ("text", "form", "counts", "stated"),
    [
        (  # Eclipse
            ('<testrun name="All" tests="4" started="3" failures="1" errors="0" ignored="1"><testsuite name="a.CTest">'
            '<testsuite name="inner"><testcase name="x" classname="a.CTest"/></testsuite>'
            '<testcase name="y" classname="a.CTest"><failure>no</failure></testcase><testcase name="z"/>'
            '<testcase name="later" ignored="true"/></testsuite></testrun>'),
            "junit", {"tests": 4, "passed": 2, "failed": 1, "skipped": 1}, {"tests": 4, "ran": 3},
        ),
        (  # NUnit 2 leaves tests that did not run out of its total
            ('<test-results total="1" errors="0" failures="0" not-run="1"><test-suite><results><test-case name="A.X" '
            'executed="True" success="True"/><test-case name="A.Y" executed="False"/></results></test-suite>'
            "</test-results>"), "nunit", {"tests": 2, "passed": 1, "skipped": 1}, {"ran": 1},
        ),
        (  # NUnit 3 knows more tests than a filter lets run
            ('<test-run testcasecount="9" total="1" passed="1" failed="0"><test-suite><test-case name="A.X" '
            'result="Passed"/></test-suite></test-run>'), "nunit", {"tests": 1, "passed": 1}, {"tests": 1},
        ),
        (  # xUnit.net 1
            ('<assembly name="a.dll" run-date="2026-01-02" run-time="03:04:05" total="2" passed="1" failed="0" '
            'skipped="1"><class name="A"><test name="A.X" type="A" method="X" result="Pass"/><test name="A.Y" type="A" '
            'method="Y" result="Skip"><reason><message>later</message></reason></test></class></assembly>'),
            "xunit", {"tests": 2, "passed": 1, "skipped": 1}, {"tests": 2},
        ),
        (  # xUnit.net 3
            ('<assemblies schema-version="3"><assembly name="a.dll" total="2" passed="1" failed="0" skipped="0" '
            'not-run="1" errors="0"><collection><test name="A.X" type="A" method="X" result="Pass"/><test name="A.Y" '
            'type="A" method="Y" result="NotRun"/></collection></assembly></assemblies>'),
            "xunit", {"tests": 2, "passed": 1, "skipped": 1}, {"skipped": 1},
        ),
        (  # its platform ends a TRX with a line about the exit code, which is no test
            ('<TestRun><Results><UnitTestResult testName="X" outcome="Failed"/><UnitTestResult testName="Y"/></Results>'
            '<ResultSummary><Counters total="2" executed="2" passed="0" failed="1" error="1"/><RunInfos><RunInfo '
            'outcome="Error"><Text>Exit code indicates failure: \'2\'.</Text></RunInfo></RunInfos></ResultSummary>'
            "</TestRun>"), "trx", {"tests": 2, "failed": 1, "errors": 1}, {"ran": 2},
        ),
        (  # AUnit and embUnit write the form of CppUnit
            ("<TestRun><FailedTests/><SuccessfulTests><Test><Name>a</Name></Test></SuccessfulTests>"
            "<Statistics><Tests>1</Tests></Statistics></TestRun>"), "cppunit", {"tests": 1, "passed": 1}, {"tests": 1},
        ),
        (  # IntelliJ
            ('<testrun name="All"><count name="total" value="3"/><count name="failed" value="1"/><count name="passed" '
            'value="1"/><count name="ignored" value="1"/><suite name="CTest"><test name="x" status="passed"/><suite '
            'name="Inner"><test name="y" status="failed"><output type="stderr">no</output></test><test name="z" '
            'status="ignored"/></suite></suite></testrun>'),
            "intellij", {"tests": 3, "passed": 1, "failed": 1, "skipped": 1}, {"tests": 3, "skipped": 1},
        ),
        (  # Check
            ('<testsuites xmlns="http://check.sourceforge.net/ns"><suite><title>calc</title><test result="success">'
            '<id>adds</id></test><test result="failure"><path>.</path><fn>a.c:3</fn><id>wrong</id><message>no</message>'
            "</test></suite></testsuites>"), "check", {"tests": 2, "passed": 1, "failed": 1}, {},
        ),
        (  # a runner that prints before its XML, and after it
            'Running 1 test\n<TestLog><TestSuite name="m"><TestCase name="x"/></TestSuite></TestLog>\nNo errors',
            "boost", {"tests": 1, "passed": 1}, {},
        ),
        (  # the light form of Qt Test
            ('<Environment/><TestFunction name="x"><Incident type="pass"/></TestFunction><TestFunction name="y">'
            '<Incident type="fail"/></TestFunction>'), "qttest", {"tests": 2, "passed": 1, "failed": 1}, {},
        ),
        (  # outcomes that only an attribute gives
            ('<testsuite><testcase name="x" status="failed"/><testcase name="y" result="error"/><testcase name="z" '
            'incomplete="true"/><testcase name="w" status="run" result="completed"/></testsuite>'),
            "junit", {"tests": 4, "passed": 1, "failed": 1, "errors": 2}, {},
        ),
        (  # log and report of Boost.Test in one file
            ('<TestLog><TestSuite name="m"><TestCase name="x"><Exception>no</Exception></TestCase></TestSuite>'
            "</TestLog>"
            '<TestResult><TestSuite name="m" test_cases_passed="0" test_cases_failed="1" test_cases_aborted="1">'
            '<TestCase name="x" result="aborted"/></TestSuite></TestResult>'),
            "boost", {"tests": 1, "errors": 1}, {"failed": 1},
        ),
        (  # several runs in one file
            ('<test-run total="1"><test-case name="A.X" result="Passed"/></test-run>'
            '<test-run total="1"><test-case name="B.X" result="Failed"/></test-run>'),
            "nunit", {"tests": 2, "passed": 1, "failed": 1}, {"tests": 2},
        ),
        (('<testsuite tests="2" failures="2"><testcase name="x"><failure/><failure/></testcase><testcase name="y"/>'
         "</testsuite>"), "junit", {"tests": 2, "passed": 1, "failed": 1}, {"failed": 2}),
        ('<testsuite tests="1" skip="1"><testcase name="x"><skip/></testcase></testsuite>',
         "junit", {"tests": 1, "skipped": 1}, {"skipped": 1}),
    ],
)  # fmt: skip
def test_totals_are_compared_with_the_attribute_that_means_the_same(
    text: str, form: str, counts: dict[str, int], stated: dict[str, int]
) -> None:
    found = junit(text)
    assert found.format == form
    assert {name: count for name, count in found.counts.items() if count} == counts
    assert stated.items() <= found.stated.items()
    assert (found.disagreements(), found.problems, found.lost_failures()) == ([], (), 0)


# ── TAP ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TAP version 14\nok\nnot ok 2 - b\n1..2\n", {"test": PASSED, "b": FAILED}),
        ("1..1\nok 1 a \\# b # skip it is late\n", {"a # b": SKIPPED}),
        ("1..2\nnot ok 1 a # TODO\nok 2 b # todo done\n", {"a": Outcome.XFAILED, "b": Outcome.XPASSED}),
        ("1..1\nok 1 - all {\n    ok 1 - a\n    not ok 2 - b\n    1..2\n}\n", {"all::a": PASSED, "all::b": FAILED}),
        ("TAP version 14\n    ok 1 - a\n    1..1\nok 1 - all\n1..1\n", {"all::a": PASSED}),
        ("1..1\n    1..1\n    ok 1 - a\nnot ok 1 - all\n", {"a": PASSED, "all": FAILED}),
        ("1..2\n# Subtest: all\n    not ok 1 - a\n      ---\n      ok: 1\n      ...\n", {"a": FAILED}),
    ],
)
def test_tap(text: str, expected: dict[str, Outcome]) -> None:
    found = junit(text)
    assert (found.format, outcomes(found)) == ("tap", expected)


def test_tap_times() -> None:
    """In the line or in the details; one that no test takes is left out."""
    long = "9" * 400
    text = f"1..3\nok 1 - a # time=1.5s\nok 2 - b\n  ---\n  duration_ms: 250\n  ...\nok 3 - c # time={long}ms\n"
    assert [case.seconds for case in junit(text).cases] == [1.5, 0.25, None]


def test_output_with_a_line_like_a_plan_is_not_tap() -> None:
    with pytest.raises(UnreadableError):
        junit("compiled\n1..3\nnothing else")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1..3\nok 1\n", "2 of 3 planned tests have no result"),
        ("1..0 # SKIP no network\n", "no network"),
        ("TAP version 13\n1..1\nBail out! The disk is full\n", "the run was ended early\nThe disk is full"),
    ],
)
def test_tap_reports_planned_tests_without_a_result(text: str, problem: str) -> None:
    assert junit(text).problems[0].says == problem


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────


def lines(*events: dict[str, Any]) -> Results:
    return read("\n".join(json.dumps(event) for event in events).encode())


def test_dart() -> None:
    """Hidden tests load files: a failed one is a problem outside tests; an unfinished one did not pass."""
    results = lines(
        {"type": "start", "time": 0, "runnerVersion": "1.24"},
        {"type": "suite", "suite": {"id": 0, "path": "test/a_test.dart"}, "time": 0},
        {"type": "testStart", "test": {"id": 1, "name": "adds", "suiteID": 0}, "time": 10},
        {"type": "testDone", "testID": 1, "result": "success", "time": 20},
        {"type": "testStart", "test": {"id": 2, "name": "fails", "suiteID": 0}, "time": 20},
        {"type": "error", "testID": 2, "error": "no", "stackTrace": "at x", "time": 21},
        {"type": "testDone", "testID": 2, "result": "failure", "time": 22},
        {"type": "testStart", "test": {"id": 3, "name": "loading b_test.dart", "suiteID": 0}, "time": 22},
        {"type": "error", "testID": 3, "error": "no such file", "time": 23},
        {"type": "testDone", "testID": 3, "result": "error", "hidden": True, "time": 23},
        {"type": "testStart", "test": {"id": 4, "name": "hangs", "suiteID": 0}, "time": 24},
    )
    assert outcomes(results) == {
        "test/a_test.dart::adds": PASSED,
        "test/a_test.dart::fails": FAILED,
        "test/a_test.dart::hangs": ERROR,
    }
    assert (results.format, results.tool, len(results.problems)) == ("dart-json", "dart test 1.24", 1)


def test_go_tests_with_count_keep_each_result() -> None:
    done = {"Package": "p", "Test": "TestX"}
    results = lines(*({"Action": action, **done} for action in ("run", "fail", "run", "pass")))
    assert [case.outcome for case in results.cases] == [FAILED, PASSED]


def test_a_go_package_that_fails_without_a_failed_test() -> None:
    """It is a problem outside tests."""
    results = lines(
        {"Action": "pass", "Package": "p", "Test": "TestX"},
        {"Action": "output", "Package": "p", "Output": "exit status 3\n"},
        {"Action": "fail", "Package": "p"},
    )
    assert "exit status 3" in results.problems[0].says
    assert (results.counts["errors"], results.counts["failed"]) == (1, 0)


def test_other_lines_between_go_events_are_skipped() -> None:
    text = '# p\n{"Action":"pass","Package":"p","Test":"TestX"}\nFAIL\tq [setup failed]\n'
    results = read(text.encode())
    assert outcomes(results) == {"p::TestX": PASSED}
    assert [one.name for one in results.problems] == ["q"]


@pytest.mark.parametrize("more", [{"flaky": True}, {"retries": 1}, {"retryAttempts": [{"status": "failed"}]}])
def test_a_flaky_test_of_ctrf_was_tried_twice(more: dict[str, object]) -> None:
    tests = [{"name": "a", "status": "passed", **more}]
    results = read(json.dumps({"results": {"tool": {"name": "x"}, "tests": tests}}).encode())
    assert [case.attempts for case in results.cases] == [2]


def test_ctrf_retries_are_counted() -> None:
    """The last attempt counts, with the number of attempts."""
    tests = [{"name": "a", "status": "passed", "retries": 2, "duration": 1500}, {"name": "b", "status": "other"}]
    summary = {"tests": 2, "passed": 1, "failed": 0, "skipped": 0, "pending": 0, "other": 1}
    results = read(json.dumps({"results": {"tool": {"name": "x"}, "summary": summary, "tests": tests}}).encode())
    assert [(case.outcome, case.attempts, case.seconds) for case in results.cases] == [
        (PASSED, 3, 1.5),
        (SKIPPED, 1, None),
    ]
    assert results.disagreements() == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        ("\ufeff \n", "it is empty"),
        ("hello", "it is neither XML nor JSON (line 1, column 1: expecting value)"),
        ("[1, 2]", "it is JSON, but contains no test results"),
        ('"text"', "it is JSON, but contains no test results"),
        ('{"a": 1}', "it is JSON, but contains no test results"),
        ("<html/>", "its root element is <html>, which no known test runner writes"),
        ("<testsuite><testcase", "it is not valid XML (line 1, column 12: unclosed token)"),
        ("<testsuite>", "it is not valid XML (line 1, column 12: no element found)"),
        ("<testsuite></testsuites>", "it is not valid XML (line 1, column 14: mismatched tag)"),
        ('<?xml version="1.0" encoding="nowhere"?><testsuite/>', "it can't be decoded: unknown encoding: nowhere"),
        ('{"Action": "run"}\n{"Action": "pa', "it is neither XML nor JSON (line 2, column 1: extra data)"),
    ],
)
def test_unreadable_files_are_explained(text: str, says: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(text.encode())
    assert caught.value.what == says
    assert caught.value.do


def test_invalid_utf_8_is_refused() -> None:
    """In JSON and in XML."""
    with pytest.raises(UnreadableError, match="it is not valid UTF-8 at byte 2"):
        read(b'{"\xff": 1}')
    with pytest.raises(UnreadableError, match="it is not valid XML"):
        read(b'<?xml version="1.0" encoding="utf-8"?><testsuite name="\xff"/>')


def test_a_forced_format_that_does_not_fit_is_refused() -> None:
    with pytest.raises(UnreadableError, match="it is not valid JSON"):
        read(b"<testsuite/>", "mocha-json")
    with pytest.raises(UnreadableError, match="it is not valid XML"):
        read(b"{}", "junit")
    with pytest.raises(UnreadableError, match="it looks like ctrf-json, but part of it is malformed"):
        read(b'{"results": 1}', "ctrf-json")


# ── Robot Framework, TestNG, Gallio, FPCUnit, Qt's plain text ────────────────────────────────────────


def test_robot_fails_the_tests_of_a_suite_whose_teardown_failed() -> None:
    """Its output.xml says so only in the totals, as the tests were written before."""
    results = junit(
        '<robot generator="Robot 7.5 (Python 3.11 on linux)"><suite name="Top" source="/a">'
        '<suite name="U" source="/a/u.robot"><test name="One"><kw name="Log"><status status="PASS"/></kw>'
        '<status status="PASS" elapsed="0.5"/></test><test name="Two"><status status="SKIP">later</status></test>'
        '<kw name="Fail" type="TEARDOWN"><status status="FAIL">no</status></kw><status status="FAIL"/></suite>'
        '<suite name="V" source="/a/v.robot"><test name="One"><status status="PASS"/></test>'
        '<test name="Bad"><status status="FAIL">1 != 2</status></test></suite></suite>'
        '<statistics><total><stat pass="1" fail="2" skip="1">All Tests</stat></total></statistics></robot>'
    )
    assert outcomes(results) == {
        "/a/u.robot::One": FAILED, "/a/u.robot::Two": SKIPPED, "/a/v.robot::One": PASSED, "/a/v.robot::Bad": FAILED,
    }  # fmt: skip
    assert (results.cases[3].error, results.tool, results.disagreements()) == ("1 != 2", "Robot Framework 7.5", [])


def test_testng_counts_repeated_attempts_with_their_test_and_failed_set_ups_apart() -> None:
    results = junit(
        '<testng-results ignored="1" total="5" passed="2" failed="1" skipped="0"><suite name="s"><test name="t">'
        '<class name="app.T"><test-method status="FAIL" name="open" is-config="true"><exception><message>no</message>'
        '</exception></test-method><test-method status="SKIP" name="flaky" retried="true"/>'
        '<test-method status="PASS" name="flaky" duration-ms="1500"/><test-method status="PASS" name="adds"><params>'
        '<param index="0"><value><![CDATA[1]]></value></param></params></test-method>'
        '<test-method status="FAIL" name="bad"><exception><message>1 is not 2</message>'
        "<full-stacktrace>java.lang.AssertionError: 1 is not 2</full-stacktrace></exception></test-method></class>"
        "</test></suite></testng-results>"
    )
    assert outcomes(results) == {"app.T::flaky": PASSED, "app.T::adds[1]": PASSED, "app.T::bad": FAILED}
    assert [(one.attempts, one.seconds) for one in results.cases] == [(2, 1.5), (1, None), (1, None)]
    assert [one.name for one in results.problems] == ["app.T::open"]
    assert results.disagreements() == []
    assert results.cases[2].error == "java.lang.AssertionError: 1 is not 2"


def test_gallio_counts_the_rows_of_a_test() -> None:
    step = '<testStepRun><testStep fullName="{}" isTestCase="{}"/><children>{}</children><testLog>{}</testLog><result>'
    ended = '<outcome status="{}"/></result></testStepRun>'
    rows = [(step + ended).format(f"A/T/Row({n})", "true", "", "log", how) for n, how in ((1, "passed"), (2, "failed"))]
    whole = (step + ended).format("A/T/Row", "true", "".join(rows), "", "failed")
    results = junit(f'<report xmlns="http://www.gallio.org/"><testPackageRun>{whole}</testPackageRun></report>')
    assert outcomes(results) == {"A::T::Row(1)": PASSED, "A::T::Row(2)": FAILED}
    assert [one.error for one in results.cases] == [None, "log"]


def test_fpcunit() -> None:
    results = junit(
        '<TestResults><TestListing><TestSuite Name="TCart"><Test Name="Adds" Result="OK" ElapsedTime="00:00:01.500"/>'
        '<Test Name="Pays" Result="Failed"><ExceptionClass>EAssertionFailedError</ExceptionClass>'
        "<ExceptionMessage>expected 1</ExceptionMessage></Test>"
        '<Test Name="Old" Result="Ignored"/></TestSuite></TestListing><NumberOfRunTests>3</NumberOfRunTests>'
        "<NumberOfErrors>0</NumberOfErrors><NumberOfFailures>1</NumberOfFailures></TestResults>"
    )
    assert outcomes(results) == {"TCart::Adds": PASSED, "TCart::Pays": FAILED, "TCart::Old": SKIPPED}
    assert (results.cases[0].seconds, results.disagreements()) == (1.5, [])


def test_the_plain_text_of_qt_is_read() -> None:
    results = junit(
        "QINFO: a line before\n********* Start testing of TestCart *********\n"
        "Config: Using QtTest library 6.6.1, Qt 6.6.1 (x86_64)\nPASS   : TestCart::initTestCase()\n"
        "QDEBUG : TestCart::adds(two) a note\nPASS   : TestCart::adds(one)\n"
        'FAIL!  : TestCart::adds(two) Compared values are not the same\n   Actual   (sum): "3"\n'
        "   Loc: [cart.cpp(42)]\nXFAIL  : TestCart::pays() later\n   Loc: [cart.cpp(50)]\nPASS   : TestCart::pays()\n"
        "SKIP   : TestCart::opens() no display\nBFAIL  : TestCart::listed() no\n"
        "Totals: 3 passed, 1 failed, 1 skipped, 1 blacklisted, 12ms\n********* Finished testing of TestCart *********\n"
    )
    assert outcomes(results) == {
        "TestCart::initTestCase": PASSED, "TestCart::adds[one]": PASSED, "TestCart::adds[two]": FAILED,
        "TestCart::pays": Outcome.XFAILED, "TestCart::opens": SKIPPED, "TestCart::listed": SKIPPED,
    }  # fmt: skip
    wrong = next(one for one in results.cases if one.failed)
    assert wrong.error == 'Compared values are not the same\n   Actual   (sum): "3"\n   Loc: [cart.cpp(42)]'
    assert (results.tool, results.disagreements()) == ("QtTest 6.6.1", [])
