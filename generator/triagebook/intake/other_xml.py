"""Reads the XML of Robot Framework, TestNG and IntelliJ."""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element

from triagebook.model.evidence import Outcome

from .clean_text import error_text, joined
from .results import CaseResult, Results, SuiteProblem, case, counted
from .xml import seconds, stated, text_at, text_of, whole

_ROBOT = {"PASS": Outcome.PASSED, "FAIL": Outcome.FAILED}


def robot(root: Element) -> Results:
    """Read an output.xml. The results of tests are written before the teardown of their suites, which fails them."""
    cases: list[CaseResult] = []

    def read(suite: Element, suites: list[str | None], after: str) -> None:
        steps = [one.find("status") for one in suite.findall("kw") if (one.get("type") or "").upper() == "TEARDOWN"]
        after = next((str(one.get("status")) for one in steps if one is not None), "PASS") if after == "PASS" else after
        file = (suite.get("source") or "").replace("\\", "/")
        own: list[str | None] = [file] if file and suite.find("test") is not None else [*suites, suite.get("name")]
        for test in suite.findall("test"):
            status = test.find("status")
            ended = (status.get("status") or "") if status is not None else "FAIL"
            outcome = _ROBOT.get(after if ended == "PASS" else ended, Outcome.SKIPPED)
            why = "the teardown of its suite did not pass" if ended == "PASS" else None
            took = seconds(status.get("elapsed")) if status is not None else None
            cases.append(case([*own, test.get("name")], outcome, [text_of(status), why], took))
        for inner in suite.findall("suite"):
            read(inner, own, after)

    for suite in root.findall("suite"):
        read(suite, [], "PASS")
    totals = stated(root.find("statistics/total/stat[last()]"), {"pass": "passed", "fail": "failed", "skip": "skipped"})
    tool = (root.get("generator") or "").partition(" (")[0].replace("Robot ", "Robot Framework ")
    return Results("robot", tuple(cases), totals, tool=tool or None, at=root.get("generated"))


_TESTNG = {"PASS": Outcome.PASSED, "FAIL": Outcome.FAILED}


def testng(root: Element) -> Results:
    """Read a testng-results.xml. It lists failed attempts that were repeated as skipped, and no ignored tests."""
    cases, problems = [], []
    again: Counter[str] = Counter()
    for class_ in root.iter("class"):
        for test in class_.findall("test-method"):
            given = ", ".join(filter(None, map(text_of, test.findall("params/param/value"))))
            name = joined(class_.get("name"), f"{test.get('name')}[{given}]" if given else test.get("name"))
            outcome = _TESTNG.get(test.get("status") or "", Outcome.SKIPPED)
            error = error_text(*(text_at(test, f"exception/{part}") for part in ("message", "full-stacktrace")))
            if test.get("is-config") == "true":
                problems += [SuiteProblem(name, error or "it failed")] if outcome is Outcome.FAILED else []
            elif test.get("retried") == "true":
                again[name] += 1
            else:
                took = seconds(test.get("duration-ms"), 1000)
                cases.append(CaseResult(name, outcome, error, took, 1 + again.pop(name, 0)))
    first = next(root.iter("suite"), root)
    totals = stated(root, {"passed": "passed", "failed": "failed", "skipped": "skipped"})
    return Results("testng", tuple(cases), totals, tuple(problems), "TestNG", first.get("started-at"))


_INTELLIJ = {"passed": Outcome.PASSED, "failed": Outcome.FAILED, "error": Outcome.ERROR}
_INTELLIJ_COUNTS = {"total": "tests", "passed": "passed", "failed": "failed", "error": "errors", "ignored": "skipped"}


def intellij(root: Element) -> Results:
    """Read a run that IntelliJ exported: suites within each other, with `test` elements."""
    cases = []
    for suite in root.iter("suite"):
        for test in suite.findall("test"):
            outcome = _INTELLIJ.get(test.get("status") or "", Outcome.SKIPPED)
            printed = [text_of(one) for one in test.findall("output") if one.get("type") == "stderr"]
            cases.append(
                case([suite.get("name"), test.get("name")], outcome, printed, seconds(test.get("duration"), 1000))
            )
    given = {one.get("name") or "": whole(one.get("value")) for one in root.findall("count")}
    return Results("intellij", tuple(cases), counted(given, _INTELLIJ_COUNTS), tool="IntelliJ")
