"""Reads JUnit XML in its many variants: nested suites, optional totals, retries."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from msgspec.structs import replace

from triagebook.model.evidence import Outcome

from .clean_text import error_text, skip_reason
from .junit_names import module_path, name_of
from .results import CaseResult, Results, SuiteProblem, counted
from .xml import seconds, text_of, whole

NAME = "junit"
_TOTALS = {"tests": "tests", "failures": "failed", "errors": "errors", "skipped": "skipped"}
_FLAKY = ("flakyFailure", "flakyError")
_RERUN = ("rerunFailure", "rerunError")
_EXPECTED = ("pytest.xfail", "XFAIL")  # the second is from unittest-xml-reporting
_NOT_RUN = {"notrun", "disabled", "skipped", "suppressed", "ignored"}
_TOOLS = {  # the name of the outermost suite
    "pytest": "pytest", "pytest tests": "pytest", "jest tests": "jest", "vitest tests": "vitest",
    "Mocha Tests": "mocha", "AllTests": "gtest", "rspec": "rspec",
}  # fmt: skip


def knows(root: Element) -> bool:
    return root.tag in {"testsuites", "testsuite", "testcase"} or (
        root.find("testsuite") is not None and root.find("testsuite/testcase") is not None
    )


def read(root: Element) -> Results:
    cases: list[CaseResult] = []
    problems: list[SuiteProblem] = []
    for suite_name, suite_file, element in _cases(root):
        if problem := _collection_problem(element):
            problems.append(problem)
        else:
            cases.append(_case(element, suite_name, suite_file))
    for suite in root.iter("testsuite"):  # an error of a whole suite, outside its test cases
        name = suite.get("name") or "a suite"
        problems += [
            SuiteProblem(name, error_text(error.get("message"), text_of(error)) or "it did not run")
            for error in (*suite.findall("error"), *suite.findall("failure"))
        ]
    tool = _tool(root)
    first = next(root.iter("testsuite"), root)
    return Results(
        NAME,
        tuple(_without_reruns(cases) if tool == "pytest" else cases),
        stated=_stated(root),
        problems=tuple(problems),
        tool=tool,
        at=first.get("timestamp") or root.get("timestamp"),
    )


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


def _outcome(element: Element) -> tuple[Outcome, str | None]:
    for tag, outcome in (("error", Outcome.ERROR), ("failure", Outcome.FAILED)):
        found = element.findall(tag)
        if found:
            texts = [text for child in found for text in (_headline(child), text_of(child))]
            printed = () if any(texts) else (text_of(element.find("system-out")), text_of(element.find("system-err")))
            return outcome, error_text(*texts, *printed)
    skipped = element.find("skipped")
    if skipped is not None:
        outcome = Outcome.XFAILED if skipped.get("type") in _EXPECTED else Outcome.SKIPPED
        reasons = (skipped.get("message"), text_of(skipped))
        return outcome, error_text(*(text for text in reasons if text != "true"))  # node writes this for no reason
    if element.get("status") in _NOT_RUN or element.get("result") in _NOT_RUN:
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


def _stated(root: Element) -> dict[str, int]:
    """The outermost totals, if they cover all test cases."""
    stated: dict[str, int] = {}
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.get("tests") is None:
            if element.find("testcase") is not None:
                return {}
            waiting += [child for child in element if child.tag in {"testsuites", "testsuite"}]
            continue
        given = {key: count for key in _TOTALS if (count := whole(element.get(key))) is not None}
        if "skipped" in given:  # gtest and ctest count disabled tests apart
            given["skipped"] += whole(element.get("disabled")) or 0
        for name, count in counted(given, _TOTALS).items():
            stated[name] = stated.get(name, 0) + count
    return stated


def _tool(root: Element) -> str | None:
    first = next(root.iter("testsuite"), root)
    if any("surefire" in value for value in first.attrib.values() if value.endswith(".xsd")):
        return "surefire"
    return next((_TOOLS[name] for one in (root, first) if (name := one.get("name") or "") in _TOOLS), None)
