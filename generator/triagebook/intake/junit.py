"""JUnit XML, as its many writers write it: suites in suites, totals or none, retries beside the last try."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from triagebook.model.evidence import Outcome

from .results import Case, Results, error_text, joined
from .xml import seconds, text_of, whole

NAME = "junit"
_TOTALS = {"tests": "tests", "failures": "failed", "errors": "errors", "skipped": "skipped"}
_FLAKY = ("flakyFailure", "flakyError")
_RERUN = ("rerunFailure", "rerunError")


def knows(root: Element) -> bool:
    return root.tag in {"testsuites", "testsuite", "testcase"} or (
        root.find("testsuite") is not None and root.find("testsuite/testcase") is not None
    )


def read(root: Element) -> Results:
    cases: dict[tuple[str, int], Case] = {}
    trouble: list[str] = []
    for suite_name, suite_file, element in _cases(root):
        if problem := _collection_problem(element):
            trouble.append(problem)
            continue
        case = _case(element, suite_name, suite_file)
        cases[case.name, len(cases)] = case
    for suite in root.iter("testsuite"):  # an error of a whole suite: it stands beside the cases, not in one
        problems = (*suite.findall("error"), *suite.findall("failure"))
        trouble += [error_text(p.get("message"), text_of(p)) or f"{suite.get('name')} did not run" for p in problems]
    first = next(root.iter("testsuite"), root)
    return Results(
        NAME,
        tuple(cases.values()),
        stated=_stated(root, len(trouble)),
        trouble=tuple(trouble),
        tool="pytest" if first.get("name") in {"pytest", "pytest tests"} else None,
        at=first.get("timestamp") or root.get("timestamp"),
    )


def _cases(root: Element) -> Iterator[tuple[str | None, str | None, Element]]:
    """Every test case, with the name and file of the suite right above it."""
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


def _collection_problem(element: Element) -> str | None:
    """Pytest writes a module that can't be collected, or is skipped whole, as a case without a name."""
    error = element.find("error")
    name = element.get("name") or ""
    if error is not None and not element.get("classname") and (error.get("message") or "") == "collection failure":
        return error_text(f"{name} could not be collected", text_of(error))
    skipped = element.find("skipped")
    if skipped is not None and (skipped.get("message") or "") == "collection skipped":
        return f"{name} was skipped whole: {text_of(skipped) or 'no reason given'}"
    return None


def _case(element: Element, suite_name: str | None, suite_file: str | None) -> Case:
    outcome, error = _outcome(element)
    attempts = 1 + sum(child.tag in {*_FLAKY, *_RERUN} for child in element)
    return Case(_name(element, suite_name, suite_file), outcome, error, seconds(element.get("time")), attempts)


def _outcome(element: Element) -> tuple[Outcome, str | None]:
    for tag, outcome in (("error", Outcome.ERROR), ("failure", Outcome.FAILED)):
        found = element.findall(tag)
        if found:
            texts = [text for child in found for text in (_headline(child), text_of(child))]
            return outcome, error_text(*texts)
    skipped = element.find("skipped")
    if skipped is not None:
        if skipped.get("type") == "pytest.xfail":
            return Outcome.XFAILED, error_text(skipped.get("message"))
        return Outcome.SKIPPED, error_text(skipped.get("message"), text_of(skipped))
    if element.get("status") in {"notrun", "disabled", "skipped"} or element.get("result") in {"suppressed", "skipped"}:
        return Outcome.SKIPPED, None
    return Outcome.PASSED, None


def _headline(problem: Element) -> str | None:
    message, kind = problem.get("message"), problem.get("type")
    if message and kind and kind not in message and " " not in kind and not message.startswith(kind):
        return f"{kind}: {message}"
    return message or kind


def _name(element: Element, suite_name: str | None, suite_file: str | None) -> str:
    """`file::class::function`. pytest writes the module as a dotted path; others give a file, or nothing."""
    name, classname = element.get("name"), element.get("classname") or element.get("class")
    file = element.get("file") or suite_file
    if file is None and classname and _is_python(classname):
        module, class_ = _module(classname)
        return joined(module, class_, name)
    if file and not file.endswith("/"):
        return joined(file.replace("\\", "/").lstrip("/"), _class_of(file, classname), name)
    return joined(classname or suite_name, name)


def _is_python(classname: str) -> bool:
    return any(part.startswith("test_") or part.endswith("_test") for part in classname.split("."))


def _module(classname: str) -> tuple[str, str | None]:
    """The file and the class in `pkg.test_a.TestC`; a class begins with a capital letter."""
    parts = classname.split(".")
    end = next((i for i, part in enumerate(parts) if part[:1].isupper() and i), len(parts))
    return "/".join(parts[:end]) + ".py", "::".join(parts[end:]) or None


def _class_of(file: str, classname: str | None) -> str | None:
    if not classname:
        return None
    if file.endswith(".py"):
        return _module(classname)[1] if "." in classname else (classname if classname[:1].isupper() else None)
    return classname


def _stated(root: Element, trouble: int) -> dict[str, int]:
    """The outermost totals that are given."""
    holder = root if root.get("tests") is not None else None
    suites = [root] if root.tag == "testsuite" else list(root.findall("testsuite"))
    holders = [holder] if holder is not None else [suite for suite in suites if suite.get("tests") is not None]
    stated: dict[str, int] = {}
    for element in holders:
        for attribute, name in _TOTALS.items():
            count = whole(element.get(attribute))
            if count is not None:
                stated[name] = stated.get(name, 0) + count
    if trouble and "tests" in stated:
        stated["tests"] -= min(trouble, stated["tests"])
    return stated
