"""Reads JUnit XML in its many variants: nested suites, optional totals, retries."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from msgspec.structs import replace

from triagebook.model.evidence import Outcome

from .clean_text import error_text, skip_reason
from .junit_names import module_path, name_of
from .results import CaseResult, Results, SuiteProblem, added
from .xml import SEVERAL, seconds, stated, text_of

NAME = "junit"
_TOTALS = {
    "tests": "tests", "started": "ran", "failures": "failed", "errors": "errors", "skipped": "skipped",
    "skip": "skipped", "ignored": "skipped", "disabled": "skipped",
}  # fmt: skip
_SUITES = {"testsuites", "testsuite", "testrun", SEVERAL}
_SKIPPED = ("skipped", "skip", "ignored", "disabled")
_FLAKY = ("flakyFailure", "flakyError")
_RERUN = ("rerunFailure", "rerunError")
_EXPECTED = ("pytest.xfail", "XFAIL")  # the second is from unittest-xml-reporting
_NOT_RUN = {"notrun", "disabled", "skipped", "suppressed", "ignored", "skip"}
_PLACES = ("environment", "test.environment", "env")
_WRONG = {"fail": Outcome.FAILED, "failed": Outcome.FAILED, "failure": Outcome.FAILED, "error": Outcome.ERROR}
_TOOLS = {  # the name of the outermost suite
    "pytest": "pytest", "pytest tests": "pytest", "jest tests": "jest", "vitest tests": "vitest",
    "Mocha Tests": "mocha", "AllTests": "gtest", "rspec": "rspec",
}  # fmt: skip


def knows(root: Element) -> bool:
    """Whether there are suites, in whatever they are wrapped."""
    if root.tag == SEVERAL:
        return any(child.tag in _SUITES or child.tag == "testcase" for child in root)
    return root.tag in _SUITES or root.tag == "testcase" or root.find(".//testsuite/testcase") is not None


def read(root: Element) -> Results:
    cases: list[CaseResult] = []
    problems: list[SuiteProblem] = []
    repeated = 0
    tool = _tool(root)
    for suite_name, suite_file, element in _cases(root):
        if problem := _collection_problem(element):
            problems.append(problem)
        else:
            cases.append(_of_qt(element, suite_name) if tool == "QtTest" else _case(element, suite_name, suite_file))
            failures = sum(child.tag in {"failure", "error"} for child in element)
            repeated += failures if _is_todo(element) else max(0, failures - 1)
    for suite in (one for one in root.iter() if one.tag in _SUITES):  # an error of a whole suite, outside its tests
        name = suite.get("name") or "a suite"
        problems += [
            SuiteProblem(name, error_text(error.get("message"), text_of(error)) or "it did not run")
            for error in (*suite.findall("error"), *suite.findall("failure"))
        ]
    first = next(root.iter("testsuite"), root)
    found = Results(
        NAME,
        tuple(_without_reruns(cases) if tool == "pytest" else cases),
        stated=_stated(root, tool),
        problems=tuple(problems),
        tool=tool,
        at=first.get("timestamp") or root.get("timestamp"),
        environments=_environments(root),
        repeated=repeated,
    )
    more = found.stated.get("tests", 0) > len(found.cases) + len(problems)
    if tool == "pytest" and more and not found.lost_failures():  # subtests that pass are counted, and not listed
        found = replace(found, stated={name: count for name, count in found.stated.items() if name != "tests"})
    return found


def _environments(root: Element) -> tuple[str, ...]:
    """Where it ran: a property of a suite, or the name of the machine."""
    properties = [one for suite in (root, *root.iter("testsuite")) for one in suite.findall("properties/property")]
    named = [one.get("value") or text_of(one) for name in _PLACES for one in properties if one.get("name") == name]
    hosts = [suite.get("hostname") for suite in root.iter("testsuite")]
    return tuple(dict.fromkeys(name for name in (*named, *hosts) if name))


def _cases(root: Element) -> Iterator[tuple[str | None, str | None, Element]]:
    """Every test case, with the name and file of its suite."""
    stack: list[tuple[str | None, str | None, Element]] = [(None, None, root)]
    while stack:
        name, file, element = stack.pop()
        if element.tag == "testcase":
            yield name, file, element
            continue
        inner = (
            (element.get("name") or name, element.get("file") or file) if element.tag == "testsuite" else (name, file)
        )
        stack.extend((*inner, child) for child in reversed(element))


def _collection_problem(element: Element) -> SuiteProblem | None:
    """Pytest reports a module that can't be collected, or is skipped as a whole, as a test case."""
    error, skipped = element.find("error"), element.find("skipped")
    name = module_path(element.get("name") or "")
    if error is not None and not element.get("classname") and error.get("message") == "collection failure":
        return SuiteProblem(name, error_text("it could not be collected", text_of(error)) or "")
    if skipped is not None and skipped.get("message") == "collection skipped":
        text = text_of(skipped) or "no reason given"
        return SuiteProblem(name, error_text("the whole module was skipped", skip_reason(text)) or "", skipped=True)
    return None


def _case(element: Element, suite_name: str | None, suite_file: str | None) -> CaseResult:
    outcome, error = _outcome(element)
    attempts = 1 + sum(child.tag in {*_FLAKY, *_RERUN} for child in element)
    return CaseResult(name_of(element, suite_name, suite_file), outcome, error, seconds(element.get("time")), attempts)


def _is_todo(element: Element) -> bool:
    """Node writes both a skip and a failure for a test that is not done yet and fails."""
    return element.find("skipped[@type='todo']") is not None and element.find("failure") is not None


def _outcome(element: Element) -> tuple[Outcome, str | None]:
    todo = _is_todo(element)
    for tag, outcome in (("error", Outcome.ERROR), ("failure", Outcome.FAILED)):
        wrong = element.findall(tag)
        if wrong and not todo:
            texts = [text for child in wrong for text in (_headline(child), text_of(child))]
            printed = () if any(texts) else (text_of(element.find("system-out")), text_of(element.find("system-err")))
            return outcome, error_text(*texts, *printed)
    skipped = next((found for tag in _SKIPPED if (found := element.find(tag)) is not None), None)
    if skipped is not None:
        outcome = Outcome.XFAILED if todo or skipped.get("type") in _EXPECTED else Outcome.SKIPPED
        reasons = (skipped.get("message"), text_of(skipped))
        return outcome, error_text(*(text for text in reasons if text != "true"))  # node writes this for no reason
    ended = {(element.get(name) or "").lower() for name in ("status", "result")}
    if ended & _WRONG.keys() or element.get("incomplete") == "true":
        says = error_text("it did not finish" if element.get("incomplete") == "true" else None)
        return next((_WRONG[word] for word in sorted(ended & _WRONG.keys())), Outcome.ERROR), says
    if "true" in {element.get("ignored"), element.get("skipped"), element.get("disabled")} or ended & _NOT_RUN:
        return Outcome.SKIPPED, None
    return Outcome.PASSED, _flaky_text(element)


def _flaky_text(element: Element) -> str | None:
    """The error of a failed attempt before the test passed."""
    found = (child for child in element if child.tag in _FLAKY)
    return error_text(*(text for child in found for text in (_headline(child), text_of(child))))


def _headline(problem: Element) -> str | None:
    message, kind = problem.get("message"), problem.get("type")
    if message and kind and kind not in message and " " not in kind and not message.startswith(kind):
        return f"{kind}: {message}"
    return message or kind


def _without_reruns(cases: list[CaseResult]) -> list[CaseResult]:
    """Merge the attempts of pytest-rerunfailures, which reports all but the last as passed."""
    kept: dict[str, CaseResult] = {}
    others: list[CaseResult] = []
    for case in cases:
        before = kept.get(case.name)
        if before is None:
            kept[case.name] = case
        elif before.outcome is Outcome.PASSED:
            kept[case.name] = replace(case, attempts=before.attempts + 1)
        else:  # a failure followed by an error in teardown
            others.append(case)
    return [*kept.values(), *others]


def _of_qt(element: Element, suite: str | None) -> CaseResult:
    """A function of Qt Test. Only a comment says that it was skipped, so such a test has no result."""
    case = _case(element, suite, None)
    ends = {None: Outcome.SKIPPED, "xfail": Outcome.XFAILED}
    untold = case.outcome is Outcome.PASSED and element.get("result") in ends
    return replace(case, outcome=ends[element.get("result")]) if untold else case


def _stated(root: Element, tool: str | None) -> dict[str, int]:
    """The outermost totals, if they cover all test cases. Qt counts messages as errors."""
    parts: list[dict[str, int]] = []
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.get("tests") is None:
            if element.find("testcase") is not None:
                return {}
            waiting += [child for child in element if child.tag in _SUITES]
        else:
            names = _TOTALS if element.get("skipped") else {**_TOTALS, "disabled": ""}  # gtest counts these apart
            parts.append({name: count for name, count in stated(element, names).items() if name})
    totals = added(parts)
    if tool == "QtTest":
        totals.pop("errors", None)
    return totals


def _tool(root: Element) -> str | None:
    first = next(root.iter("testsuite"), root)
    if any("surefire" in value for value in first.attrib.values() if value.endswith(".xsd")):
        return "surefire"
    if root.find(".//property[@name='QTestVersion']") is not None:
        return "QtTest"
    return next((_TOOLS[name] for one in (root, first) if (name := one.get("name") or "") in _TOOLS), None)
