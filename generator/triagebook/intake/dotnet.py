"""The XML of .NET's runners: TRX, NUnit 2 and 3, xUnit.net."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from triagebook.model.evidence import Outcome

from .results import Case, Results, error_text, joined
from .xml import below, seconds, text_of, whole

_TRX = {"Passed": Outcome.PASSED, "PassedButRunAborted": Outcome.PASSED, "Warning": Outcome.PASSED}
_TRX |= dict.fromkeys(("NotExecuted", "NotRunnable", "Pending", "Inconclusive", "Disconnected"), Outcome.SKIPPED)
_TRX |= dict.fromkeys(("Error", "Timeout", "Aborted"), Outcome.ERROR)
_NUNIT = {
    "Passed": Outcome.PASSED, "Success": Outcome.PASSED, "Warning": Outcome.PASSED,
    "Skipped": Outcome.SKIPPED, "Ignored": Outcome.SKIPPED, "NotRunnable": Outcome.SKIPPED,
    "Inconclusive": Outcome.SKIPPED,
    "Error": Outcome.ERROR, "Cancelled": Outcome.ERROR,
}  # fmt: skip
_XUNIT = {"Pass": Outcome.PASSED, "Skip": Outcome.SKIPPED, "NotRun": Outcome.SKIPPED}


def trx(root: Element) -> Results:
    classes = {test.get("id"): _class_name(test) for test in root.iter("UnitTest")}
    cases = []
    for result in root.iter("UnitTestResult"):
        if result.find("InnerResults") is not None:
            continue  # the sum of the results within it
        name, class_ = result.get("testName") or "", classes.get(result.get("testId"))
        own = name.removeprefix(f"{class_}.") if class_ else name
        error = result.find("Output/ErrorInfo")
        message, trace = (None, None) if error is None else (error.find("Message"), error.find("StackTrace"))
        outcome = _TRX.get(result.get("outcome") or "Passed", Outcome.FAILED)
        cases.append(
            Case(
                joined(class_, own),
                outcome,
                error_text(text_of(message), text_of(trace)),
                seconds(result.get("duration")),
            )
        )
    counters, times = root.find(".//Counters"), root.find("Times")
    given = {} if counters is None else {"tests": "total", "passed": "passed", "failed": "failed"}
    stated = {
        name: count
        for name, key in given.items()
        if counters is not None and (count := whole(counters.get(key))) is not None
    }
    infos = (text_of(info) for info in root.findall(".//RunInfo[@outcome='Error']"))
    trouble = [text for text in infos if text and not text.startswith("[xUnit.net")]  # which repeats its tests there
    return Results("trx", tuple(cases), stated, tuple(trouble), at=None if times is None else times.get("start"))


def _class_name(test: Element) -> str | None:
    method = test.find("TestMethod")
    return None if method is None else (method.get("className") or "").partition(",")[0] or None


def nunit(root: Element) -> Results:
    cases = []
    for case in below(root, "test-case"):
        result = case.get("result") or ("Success" if case.get("success") == "True" else "Failure")
        if case.get("executed") == "False":
            result = "Ignored"
        outcome = Outcome.ERROR if case.get("label") in {"Error", "Cancelled"} else _NUNIT.get(result, Outcome.FAILED)
        problem = next((found for tag in ("failure", "reason") if (found := case.find(tag)) is not None), None)
        message = None if problem is None else text_of(problem.find("message"))
        trace = None if problem is None else text_of(problem.find("stack-trace"))
        name = case.get("fullname") or case.get("name")
        cases.append(
            Case(joined(name), outcome, error_text(message, trace), seconds(case.get("duration") or case.get("time")))
        )
    total = whole(root.get("testcasecount") or root.get("total"))
    stated = {} if total is None else {"tests": total}
    return Results("nunit", tuple(cases), stated, at=root.get("start-time"))


def xunit(root: Element) -> Results:
    cases = []
    for test in below(root, "test"):
        failure, reason = test.find("failure"), test.find("reason")
        message = None if failure is None else text_of(failure.find("message"))
        trace = None if failure is None else text_of(failure.find("stack-trace"))
        kind = None if failure is None else failure.get("exception-type")
        outcome = _XUNIT.get(test.get("result") or "", Outcome.FAILED)
        error = error_text(kind, message, trace, text_of(reason))
        cases.append(
            Case(
                joined(test.get("type"), test.get("method") or test.get("name")),
                outcome,
                error,
                seconds(test.get("time")),
            )
        )
    problems = root.findall(".//errors/error")
    trouble = [error_text(p.get("name"), text_of(p)) or "an error outside of any test" for p in problems]
    stated: dict[str, int] = {}
    for assembly in below(root, "assembly"):
        for name, key in (("tests", "total"), ("passed", "passed"), ("failed", "failed"), ("skipped", "skipped")):
            if (count := whole(assembly.get(key))) is not None:
                stated[name] = stated.get(name, 0) + count
    return Results("xunit", tuple(cases), stated, tuple(trouble))
