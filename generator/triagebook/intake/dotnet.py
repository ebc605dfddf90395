"""Reads the XML results of .NET test runners: TRX, NUnit 2 and 3, xUnit.net, Gallio."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from triagebook.model.evidence import Outcome

from .clean_text import error_text
from .results import CaseResult, Results, SuiteProblem, added, case
from .xml import outermost, seconds, stated, text_at, text_of

_TRX = {"passed": Outcome.PASSED, "passedbutrunaborted": Outcome.PASSED, "warning": Outcome.PASSED}
_TRX |= dict.fromkeys(
    ("notexecuted", "notrunnable", "pending", "inconclusive", "disconnected", "skipped"), Outcome.SKIPPED
)
# An outcome that is not written is the first of the format's list, which is an error.
_TRX |= dict.fromkeys(("error", "timeout", "aborted", "inprogress", ""), Outcome.ERROR)
_TRX_COUNTS = {
    "total": "tests", "executed": "ran", "passed": "passed", "passedButRunAborted": "passed", "warning": "passed",
    "failed": "failed", "error": "errors", "timeout": "errors", "aborted": "errors",
}  # fmt: skip
_NUNIT = dict.fromkeys(("passed", "success", "warning"), Outcome.PASSED)
_NUNIT |= dict.fromkeys(("skipped", "ignored", "notrunnable", "inconclusive", "explicit"), Outcome.SKIPPED)
_NUNIT |= dict.fromkeys(("error", "cancelled"), Outcome.ERROR)
_NUNIT_2 = {"total": "ran", "failures": "failed", "errors": "errors"}
_NUNIT_3 = {
    "total": "tests", "passed": "passed", "warnings": "passed", "failed": "failed", "inconclusive": "skipped",
    "skipped": "skipped",
}  # fmt: skip
_XUNIT = {"pass": Outcome.PASSED, "skip": Outcome.SKIPPED, "notrun": Outcome.SKIPPED}
_XUNIT_COUNTS = {
    "total": "tests", "passed": "passed", "failed": "failed", "skipped": "skipped", "not-run": "skipped",
    "errors": "errors",
}  # fmt: skip
_ARGUMENTS = re.compile(r"([\w.+`]+)\((.*)\)", re.DOTALL)
_OUTSIDE = "outside of any test"
# xUnit repeats its failed tests as errors of the run; the platform's exit code says only that tests failed.
_NO_PROBLEM = re.compile(r"\[xUnit\.net|Exit code indicates failure|Test Run Failed", re.IGNORECASE)


def knows_trx(root: Element) -> bool:
    return root.tag == "TestRun" and any(root.find(tag) is not None for tag in ("Results", "ResultSummary", "Times"))


def trx(root: Element) -> Results:
    classes = {test.get("id"): _class_name(test) for test in root.iter("UnitTest")}
    tests = [one for one in root.iter() if one.tag.endswith("TestResult") and one.find("InnerResults") is None]
    times = root.find("Times")
    infos = (text_of(info) for info in root.findall(".//RunInfo[@outcome='Error']"))
    problems = [
        SuiteProblem(_OUTSIDE, error_text(text) or "") for text in infos if text and not _NO_PROBLEM.match(text)
    ]
    at = None if times is None else times.get("start")
    cases = tuple(_trx_case(test, classes.get(test.get("testId"))) for test in tests)
    return Results("trx", cases, stated(root.find(".//Counters"), _TRX_COUNTS), tuple(problems), at=at)


def _trx_case(test: Element, class_: str | None) -> CaseResult:
    name = test.get("testName") or ""
    own = name.removeprefix(f"{class_}.") if class_ else name
    outcome = _TRX.get((test.get("outcome") or "").lower(), Outcome.FAILED)
    texts = [text_at(test, f"Output/ErrorInfo/{part}") for part in ("Message", "StackTrace")]
    return case([class_, _folding(own)], outcome, texts, seconds(test.get("duration")))


def _class_name(test: Element) -> str | None:
    method = test.find("TestMethod")
    return None if method is None else (method.get("className") or "").partition(",")[0] or None


def _folding(name: str | None) -> str | None:
    """`Adds(1, 2)` becomes `Adds[1, 2]`, so that parameters are folded into their test."""
    found = _ARGUMENTS.fullmatch(name or "")
    return (f"{found[1]}[{found[2]}]" if found[2] else found[1]) if found else name


def nunit(root: Element) -> Results:
    cases = []
    for test in root.iter("test-case"):
        texts = [text_at(test, f"{tag}/{part}") for tag in ("failure", "reason") for part in ("message", "stack-trace")]
        took = seconds(test.get("duration") or test.get("time"))
        cases.append(case(_nunit_name(test), _nunit_outcome(test), texts, took))
    runs = [(run, _NUNIT_2) for run in outermost(root, "test-results")]
    runs += [(run, _NUNIT_3) for run in outermost(root, "test-run")]
    first = runs[0][0] if runs else root
    day, time = first.get("date"), first.get("time")
    at = first.get("start-time") or (f"{day}T{time}" if day and time else None)
    return Results("nunit", tuple(cases), added(stated(run, names) for run, names in runs), at=at)


def _nunit_outcome(case: Element) -> Outcome:
    """NUnit 3 always gives a result; NUnit 2 may give `success`, or imply it."""
    result, success = (case.get("result") or "").lower(), (case.get("success") or "").lower()
    if (case.get("executed") or "").lower() == "false":
        return Outcome.SKIPPED
    if (case.get("label") or "").lower() in {"error", "cancelled", "invalid"} and result.startswith("fail"):
        return Outcome.ERROR
    if result:
        return _NUNIT.get(result, Outcome.FAILED)
    if success:
        return Outcome.PASSED if success == "true" else Outcome.FAILED
    if case.find("failure") is not None:
        return Outcome.FAILED
    return Outcome.PASSED if case.find("reason") is None else Outcome.SKIPPED


def _nunit_name(case: Element) -> list[str | None]:
    """NUnit 3 has attributes for class and method; NUnit 2 puts both and the arguments into the name."""
    class_, method = case.get("classname"), case.get("methodname")
    name = case.get("fullname") or case.get("name") or ""
    if class_ and method:
        return [class_, _folding(name.removeprefix(f"{class_}.")) if name.startswith(f"{class_}.") else method]
    folded = _folding(name) or ""
    before, _, arguments = folded.partition("[")
    holder, _, own = before.rpartition(".")
    return [holder, f"{own}[{arguments}" if arguments else own]


def xunit(root: Element) -> Results:
    cases = []
    for test in root.iter("test"):
        failure = test.find("failure")
        texts = [None if failure is None else failure.get("exception-type")]
        texts += [text_at(test, path) for path in ("failure/message", "failure/stack-trace", "reason")]
        outcome = _XUNIT.get((test.get("result") or "").lower(), Outcome.FAILED)
        cases.append(case(_xunit_name(test), outcome, texts, seconds(test.get("time"))))
    problems = [  # xUnit.net 1 puts a failed set-up into its class
        SuiteProblem(error.get("name") or _OUTSIDE, error_text(text_of(error)) or "an error")
        for error in (*root.findall(".//errors/error"), *root.findall(".//class/failure"))
    ]
    assemblies = list(root.iter("assembly"))
    first = next(iter(assemblies), root)
    day, time = first.get("run-date"), first.get("run-time")
    at = f"{day}T{time}" if day and time else first.get("start-rtf")
    totals = added(stated(assembly, _XUNIT_COUNTS) for assembly in assemblies)
    return Results("xunit", tuple(cases), totals, tuple(problems), at=at)


def _xunit_name(test: Element) -> list[str | None]:
    type_, method, name = test.get("type"), test.get("method"), test.get("name")
    if type_ and method and name and name.startswith(f"{type_}.{method}("):
        return [type_, _folding(name.removeprefix(f"{type_}."))]
    return [type_, method or name]


_GALLIO = {"passed": Outcome.PASSED, "failed": Outcome.FAILED}


def gallio(root: Element) -> Results:
    """Read the innermost steps that are tests: the rows of a test rather than the test itself."""
    cases = []
    for run in root.iter("testStepRun"):
        step, ended = run.find("testStep"), run.find("result/outcome")
        rows = run.find("children/testStepRun/testStep[@isTestCase='true']")
        if step is None or ended is None or rows is not None or step.get("isTestCase") != "true":
            continue
        outcome = _GALLIO.get(ended.get("status") or "", Outcome.SKIPPED)
        if ended.get("category") in {"error", "timeout"}:
            outcome = Outcome.ERROR
        result = run.find("result")
        took = seconds(result.get("duration")) if result is not None else None
        cases.append(case((step.get("fullName") or "").split("/"), outcome, [text_of(run.find("testLog"))], took))
    first = root.find(".//testStepRun")
    return Results("gallio", tuple(cases), tool="Gallio", at=None if first is None else first.get("startTime"))
