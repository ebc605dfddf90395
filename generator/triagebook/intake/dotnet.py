"""Reads the XML results of .NET test runners: TRX, NUnit 2 and 3, xUnit.net."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree.ElementTree import Element

from triagebook.model.evidence import Outcome

from .clean_text import error_text, joined
from .results import CaseResult, Results, SuiteProblem, counted
from .xml import seconds, text_of, whole

_TRX = {"Passed": Outcome.PASSED, "PassedButRunAborted": Outcome.PASSED, "Warning": Outcome.PASSED}
_TRX |= dict.fromkeys(("NotExecuted", "NotRunnable", "Pending", "Inconclusive", "Disconnected"), Outcome.SKIPPED)
_TRX |= dict.fromkeys(("Error", "Timeout", "Aborted"), Outcome.ERROR)
_TRX_COUNTS = {
    "total": "tests", "passed": "passed", "failed": "failed", "error": "errors", "timeout": "errors",
    "aborted": "errors",
}  # fmt: skip
_NUNIT = {
    "Passed": Outcome.PASSED, "Success": Outcome.PASSED, "Warning": Outcome.PASSED,
    "Skipped": Outcome.SKIPPED, "Ignored": Outcome.SKIPPED, "NotRunnable": Outcome.SKIPPED,
    "Inconclusive": Outcome.SKIPPED,
    "Error": Outcome.ERROR, "Cancelled": Outcome.ERROR,
}  # fmt: skip
_XUNIT = {"Pass": Outcome.PASSED, "Skip": Outcome.SKIPPED, "NotRun": Outcome.SKIPPED}
_XUNIT_COUNTS = {"total": "tests", "passed": "passed", "failed": "failed", "skipped": "skipped"}
_ARGUMENTS = re.compile(r"([\w.+`]+)\((.*)\)", re.DOTALL)
_OUTSIDE = "outside of any test"


def trx(root: Element) -> Results:
    classes = {test.get("id"): _class_name(test) for test in root.iter("UnitTest")}
    cases = []
    for result in root.iter("UnitTestResult"):
        if result.find("InnerResults") is not None:
            continue  # only sums up the results inside it
        name, class_ = result.get("testName") or "", classes.get(result.get("testId"))
        own = name.removeprefix(f"{class_}.") if class_ else name
        error = result.find("Output/ErrorInfo")
        message, trace = (None, None) if error is None else (error.find("Message"), error.find("StackTrace"))
        outcome = _TRX.get(result.get("outcome") or "Passed", Outcome.FAILED)
        text = error_text(text_of(message), text_of(trace))
        cases.append(CaseResult(joined(class_, _folding(own)), outcome, text, seconds(result.get("duration"))))
    times = root.find("Times")
    infos = (text_of(info) for info in root.findall(".//RunInfo[@outcome='Error']"))
    problems = tuple(
        SuiteProblem(_OUTSIDE, error_text(text) or "an error")
        for text in infos
        if text and not text.startswith("[xUnit.net")  # xUnit repeats its failed tests here
    )
    at = None if times is None else times.get("start")
    return Results("trx", tuple(cases), _trx_counts(root.find(".//Counters")), problems, at=at)


def _trx_counts(counters: Element | None) -> dict[str, int]:
    given = {} if counters is None else {key: whole(counters.get(key)) for key in _TRX_COUNTS}
    return counted(given, _TRX_COUNTS)


def _class_name(test: Element) -> str | None:
    method = test.find("TestMethod")
    return None if method is None else (method.get("className") or "").partition(",")[0] or None


def _folding(name: str | None) -> str | None:
    """`Adds(1, 2)` becomes `Adds[1, 2]`, so that parameters are folded into their test."""
    found = _ARGUMENTS.fullmatch(name or "")
    return (f"{found[1]}[{found[2]}]" if found[2] else found[1]) if found else name


def nunit(root: Element) -> Results:
    cases = []
    for case in root.iter("test-case"):
        result = case.get("result") or ("Success" if case.get("success") == "True" else "Failure")
        if case.get("executed") == "False":
            result = "Ignored"
        outcome = Outcome.ERROR if case.get("label") in {"Error", "Cancelled"} else _NUNIT.get(result, Outcome.FAILED)
        problem = next((found for tag in ("failure", "reason") if (found := case.find(tag)) is not None), None)
        message = None if problem is None else text_of(problem.find("message"))
        trace = None if problem is None else text_of(problem.find("stack-trace"))
        took = seconds(case.get("duration") or case.get("time"))
        cases.append(CaseResult(_nunit_name(case), outcome, error_text(message, trace), took))
    total = whole(root.get("testcasecount") or root.get("total"))
    stated = {} if total is None else {"tests": total}
    return Results("nunit", tuple(cases), stated, at=root.get("start-time"))


def _nunit_name(case: Element) -> str:
    """NUnit 3 has attributes for class and method; NUnit 2 puts both and the arguments into the name."""
    class_, method = case.get("classname"), case.get("methodname")
    name = case.get("fullname") or case.get("name") or ""
    if class_ and method:
        return joined(class_, _folding(name.removeprefix(f"{class_}.")) if name.startswith(f"{class_}.") else method)
    folded = _folding(name) or ""
    before, _, arguments = folded.partition("[")
    holder, _, own = before.rpartition(".")
    return joined(holder or None, f"{own}[{arguments}" if arguments else own)


def xunit(root: Element) -> Results:
    cases = []
    for test in root.iter("test"):
        failure, reason = test.find("failure"), test.find("reason")
        message = None if failure is None else text_of(failure.find("message"))
        trace = None if failure is None else text_of(failure.find("stack-trace"))
        kind = None if failure is None else failure.get("exception-type")
        outcome = _XUNIT.get(test.get("result") or "", Outcome.FAILED)
        error = error_text(kind, message, trace, text_of(reason))
        cases.append(CaseResult(_xunit_name(test), outcome, error, seconds(test.get("time"))))
    problems = [
        SuiteProblem(error.get("name") or _OUTSIDE, error_text(text_of(error)) or "an error")
        for error in root.findall(".//errors/error")
    ]
    stated: Counter[str] = Counter()
    for assembly in root.iter("assembly"):
        stated.update(counted({key: whole(assembly.get(key)) for key in _XUNIT_COUNTS}, _XUNIT_COUNTS))
    first = next(root.iter("assembly"), root)
    day, time = first.get("run-date"), first.get("run-time")
    return Results("xunit", tuple(cases), stated, tuple(problems), at=f"{day}T{time}" if day and time else None)


def _xunit_name(test: Element) -> str:
    type_, method, name = test.get("type"), test.get("method"), test.get("name")
    if type_ and method and name and name.startswith(f"{type_}.{method}("):
        return joined(type_, _folding(name.removeprefix(f"{type_}.")))
    return joined(type_, method or name)
