"""Reads the XML of native test runners: CTest, Boost.Test, CppUnit, FPCUnit, GTester, UnitTest++, Check, Catch."""

from __future__ import annotations

import zlib
from base64 import b64decode
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from triagebook.model.evidence import Outcome

from .results import CaseResult, Results, case, counted
from .xml import outermost, seconds, stated, text_at, text_of, whole

_MOST = 1_000_000  # bytes unpacked of the output of a test

# ── CTest ────────────────────────────────────────────────────────────────────────────────────────────

_CTEST = {"passed": Outcome.PASSED, "notrun": Outcome.SKIPPED}


def ctest(root: Element) -> Results:
    """Read the Test.xml of a dashboard run."""
    cases = []
    for test in root.findall(".//Testing/Test"):
        measured = {one.get("name"): text_at(one, "Value") for one in test.iter("NamedMeasurement")}
        outcome = _CTEST.get(test.get("Status") or "", Outcome.FAILED)
        why = [measured.get(name) for name in ("Fail Reason", "Exit Code", "Completion Status")]
        why += [_ctest_output(test)] if outcome is Outcome.FAILED else []
        texts = [text for text in why if text != "Completed"]
        cases.append(case([text_at(test, "Name")], outcome, texts, seconds(measured.get("Execution Time"))))
    return Results("ctest", tuple(cases), tool="ctest", at=text_at(root, ".//Testing/StartDateTime"))


def _ctest_output(test: Element) -> str | None:
    """The output of a test, which CTest may compress."""
    value = test.find("Results/Measurement/Value")
    text = text_of(value)
    if value is None or text is None or value.get("encoding") != "base64":
        return text
    try:
        return zlib.decompressobj().decompress(b64decode(text), _MOST).decode("utf-8", errors="replace")
    except (ValueError, zlib.error):
        return None


# ── Boost.Test ───────────────────────────────────────────────────────────────────────────────────────

_BOOST = {"passed": Outcome.PASSED, "skipped": Outcome.SKIPPED, "aborted": Outcome.ERROR}
_BOOST_COUNTS = {
    "test_cases_passed": "passed", "test_cases_passed_with_warnings": "passed", "test_cases_failed": "failed",
}  # fmt: skip


def boost(root: Element) -> Results:
    """Read the log, or else the detailed report; a file may hold both."""
    cases = [_boost_case(*found) for log in root.iter("TestLog") for found in _boost_cases(log)]
    reports = list(root.iter("TestResult"))
    cases = cases or [_boost_case(*found) for report in reports for found in _boost_cases(report)]
    totals = stated(reports[0].find("TestSuite"), _BOOST_COUNTS) if len(reports) == 1 else {}
    return Results("boost", tuple(cases), totals, tool="Boost.Test")


def _boost_cases(element: Element, suites: tuple[str, ...] = ()) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Every test case with the suites around it."""
    for child in element:
        if child.tag == "TestCase":
            yield child, suites
        elif child.tag == "TestSuite":
            yield from _boost_cases(child, (*suites, child.get("name") or ""))


def _boost_case(test: Element, suites: tuple[str, ...]) -> CaseResult:
    wrong = [child for child in test if child.tag in {"Error", "FatalError", "Exception"}]
    if result := test.get("result"):
        outcome = _BOOST.get(result, Outcome.FAILED)
    elif test.get("skipped") == "yes":
        outcome = Outcome.SKIPPED
    elif any(child.tag == "Exception" for child in wrong):
        outcome = Outcome.ERROR
    else:
        outcome = Outcome.FAILED if wrong else Outcome.PASSED
    texts = [*(child.text for child in wrong), test.get("reason")]
    return case([*suites, test.get("name")], outcome, texts, seconds(text_at(test, "TestingTime"), 1_000_000))


# ── CppUnit, FPCUnit, UnitTest++, GTester, Check, Catch ──────────────────────────────────────────────

_CPPUNIT_COUNTS = {"Tests": "tests", "FailuresTotal": "failed"}


def knows_cppunit(root: Element) -> bool:
    parts = ("FailedTests", "SuccessfulTests", "Statistics")
    return root.tag == "TestRun" and any(root.find(part) is not None for part in parts)


def _place(test: Element, *paths: str) -> str:
    return ":".join(filter(None, (text_at(test, path) for path in paths)))


def cppunit(root: Element) -> Results:
    cases = []
    for failed in root.findall("FailedTests/*"):
        is_error = (text_at(failed, "FailureType") or "").lower() == "error"
        texts = [text_at(failed, "Message"), _place(failed, "Location/File", "Location/Line")]
        cases.append(case([text_at(failed, "Name")], Outcome.ERROR if is_error else Outcome.FAILED, texts, None))
    for path, outcome in {"SuccessfulTests/*": Outcome.PASSED, "IgnoredTests/*": Outcome.SKIPPED}.items():
        cases += [case([text_at(one, "Name")], outcome, (), None) for one in root.findall(path)]
    given = {name: whole(text_at(root, f"Statistics/{name}")) for name in _CPPUNIT_COUNTS}
    return Results("cppunit", tuple(cases), counted(given, _CPPUNIT_COUNTS))


_FPCUNIT = {"ok": Outcome.PASSED, "error": Outcome.ERROR, "ignored": Outcome.SKIPPED}
_FPCUNIT_COUNTS = {
    "NumberOfRunTests": "ran", "NumberOfFailures": "failed", "NumberOfErrors": "errors",
    "NumberOfIgnoredTests": "skipped",
}  # fmt: skip


def fpcunit(root: Element) -> Results:
    cases = []
    for suite in (root.find("TestListing") or root).iter():
        for test in suite.findall("Test"):
            outcome = _FPCUNIT.get((test.get("Result") or "").lower(), Outcome.FAILED)
            name = [suite.get("Name"), test.get("Name") or text_at(test, "Name")]
            texts = [text_at(test, "ExceptionClass"), text_at(test, "ExceptionMessage", "Message")]
            texts.append(_place(test, "SourceUnitName", "LineNumber"))
            cases.append(case(name, outcome, texts, seconds(test.get("ElapsedTime"))))
    given = {name: whole(text_at(root, name)) for name in _FPCUNIT_COUNTS}
    at = text_at(root, "DateTimeRan")
    return Results("fpcunit", tuple(cases), counted(given, _FPCUNIT_COUNTS), tool="FPCUnit", at=at)


def unittest_cpp(root: Element) -> Results:
    cases = []
    for test in root.iter("test"):
        texts = [failure.get("message") for failure in test.findall("failure")]
        outcome = Outcome.FAILED if texts else Outcome.PASSED
        cases.append(case([test.get("suite"), test.get("name")], outcome, texts, seconds(test.get("time"))))
    totals = stated(root, {"tests": "tests", "failedtests": "failed"})
    return Results("unittest++", tuple(cases), totals, tool="UnitTest++")


# The numbers with which GLib's tests end; a test that is known to be incomplete ends with 3.
_GLIB_STATUS = {"1": Outcome.SKIPPED, "3": Outcome.XFAILED}


def gtester(root: Element) -> Results:
    """Read the tests of all programs. A program that is started again lists tests that it ran before as skipped."""
    ran = {one.get("path") for one in root.iter("testcase") if one.get("skipped") != "1"}
    cases = []
    for test in root.iter("testcase"):
        status = test.find("status")
        if test.get("skipped") == "1" or status is None:
            if test.get("path") in ran and status is None and test.get("skipped") == "1":
                continue
            outcome = Outcome.SKIPPED if test.get("skipped") == "1" else Outcome.ERROR
        else:
            ended = Outcome.PASSED if status.get("result") == "success" else Outcome.FAILED
            outcome = _GLIB_STATUS.get(status.get("exit-status") or "", ended)
        texts = [text_of(child) for tag in ("error", "message") for child in test.findall(tag)]
        cases.append(case([test.get("path")], outcome, texts, seconds(text_at(test, "duration"))))
    return Results("gtester", tuple(cases), tool="gtester")


_CHECK = {"success": Outcome.PASSED, "error": Outcome.ERROR}


def check(root: Element) -> Results:
    cases = []
    for suite in root.iter("suite"):
        for test in suite.findall("test"):
            outcome = _CHECK.get(test.get("result") or "", Outcome.FAILED)
            name = text_at(test, "id")
            iteration = text_at(test, "iteration")
            name = f"{name}[{iteration}]" if iteration not in {None, "0"} else name
            texts = [text_at(test, "message"), _place(test, "path", "fn")]
            took = seconds(text_at(test, "duration"))
            cases.append(case([text_at(suite, "title"), name], outcome, texts, took))
    return Results("check", tuple(cases), tool="Check", at=text_at(root, "datetime"))


_CATCH_COUNTS = {"successes": "passed", "failures": "failed", "expectedFailures": "passed", "skips": "skipped"}


def catch(root: Element) -> Results:
    cases = []
    for test in root.iter("TestCase"):
        ended, tags = test.find("OverallResult"), (test.get("tags") or "").lower()
        wrong = [one for one in test.iter() if one.tag in {"Exception", "FatalErrorCondition", "Failure"}]
        wrong += [one for one in test.iter("Expression") if one.get("success") == "false"]
        passed = ended is not None and ended.get("success") == "true"
        outcome = Outcome.PASSED if passed else Outcome.ERROR if ended is None else Outcome.FAILED
        if passed and wrong and ("!shouldfail" in tags or "!mayfail" in tags):
            outcome = Outcome.XFAILED
        elif passed and ended is not None and whole(ended.get("skips")):
            outcome = Outcome.SKIPPED
        took = seconds(ended.get("durationInSeconds")) if ended is not None else None
        texts = [" ".join("".join(one.itertext()).split()) for one in wrong]
        cases.append(case([test.get("filename"), test.get("name")], outcome, texts, took))
    totals = outermost(root, "OverallResultsCases")
    return Results("catch", tuple(cases), stated(totals[-1] if totals else None, _CATCH_COUNTS), tool="Catch")
