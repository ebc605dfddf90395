"""Tests that are marked in the source code as those of an issue, and how the plan differs from them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from shlex import quote

from msgspec import Struct

from triagebook.book import Book, Entry
from triagebook.facts.ledger.planned_tests import split_name
from triagebook.findings import Edit, Field, Plain
from triagebook.model.suites import Expectation, Suite

from .source_folder import SourceFolder

_MARK = b"mark.issue("


class MarkedTest(Struct, frozen=True):
    """A test with `@pytest.mark.issue("ID", ...)`, and what the mark says about it."""

    path: str
    line: int
    name: str  # with its class
    says: dict[str, str]  # of proves, before and after


class Difference(Struct, frozen=True):
    """What the mark of a test and the plan say differently, and the edit that makes the plan agree."""

    test: MarkedTest
    why: str
    edit: Edit


def marked_tests(source: SourceFolder, issue_id: str, paths: Iterable[str] | None = None) -> list[MarkedTest]:
    """The tests that are marked as those of an issue, in some files or in all."""
    found: list[MarkedTest] = []
    for path in source.files if paths is None else source.present.intersection(paths):
        if path.endswith(".py"):
            data = (source.folder / path).read_bytes()
            if _MARK in data:
                found += _marked_in(data.decode(errors="replace"), path, issue_id)
    return sorted(found, key=lambda test: (test.path, test.line))


def differences(book: Book, entry: Entry, marked: Iterable[MarkedTest]) -> Iterator[Difference]:
    """What is missing from the plan, or differs in it, one after the other."""
    suites = {str(suite.path): name for name, suite in entry.issue.suites.items()}
    for test in marked:
        suite = suites.get(test.path)
        if suite is None:
            suite = suites[test.path] = _new_name(test.path, {*entry.issue.suites, *suites.values()})
            category = next(iter(book.catalog.test_categories), "unit")
            command = f"python -m pytest {quote(test.path)}"
            tests = {test.name: _written(test.says)}
            value: Plain = {"category": category, "path": test.path, "command": command, "tests": tests}
            yield _difference(entry, test, "is in no suite of the plan", ("suites", suite), value)
        elif (planned := _named(entry.issue.suites.get(suite), test)) is None:
            field: Field = ("suites", suite, "tests", test.name)
            yield _difference(entry, test, f"is not in the suite `{suite}`", field, _written(test.says))
        else:
            name, says = planned
            for key, value in test.says.items():
                if says.get(key) not in {None, value} or (key not in says and key != "proves"):
                    why = f"says `{key}: {value}`, and the plan says {f'`{says[key]}`' if key in says else 'nothing'}"
                    yield _difference(entry, test, why, ("suites", suite, "tests", name, key), _expectation(value, key))


def _marked_in(text: str, path: str, issue_id: str) -> Iterator[MarkedTest]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return  # the test run will say so
    named = _assigned(tree.body)
    for name, test, marks in _tests_in(tree.body, "", []):
        calls = [named.get(mark.id, mark) if isinstance(mark, ast.Name) else mark for mark in marks]
        if (says := next(_said(calls, issue_id), None)) is not None:
            yield MarkedTest(path, test.lineno, name, says)


def _assigned(body: Iterable[ast.stmt]) -> dict[str, ast.expr]:
    """The values of the names that a module or class assigns."""
    pairs = ((target, one.value) for one in body if isinstance(one, ast.Assign) for target in one.targets)
    return {target.id: value for target, value in pairs if isinstance(target, ast.Name)}


def _tests_in(
    body: Sequence[ast.stmt], prefix: str, around: list[ast.expr]
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, list[ast.expr]]]:
    """The tests of a module or class, each with its marks, the nearest first."""
    if (own := _assigned(body).get("pytestmark")) is not None:
        around = [*(own.elts if isinstance(own, ast.List | ast.Tuple) else [own]), *around]
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _tests_in(node.body, f"{prefix}{node.name}::", [*node.decorator_list, *around])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield f"{prefix}{node.name}", node, [*node.decorator_list, *around]


def _said(marks: Iterable[ast.expr], issue_id: str) -> Iterator[dict[str, str]]:
    for mark in marks:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("mark.issue") and mark.args:
            first, *_ = mark.args
            if isinstance(first, ast.Constant) and str(first.value) == issue_id:
                keywords = {one.arg: one.value for one in mark.keywords if one.arg in {"proves", "before", "after"}}
                yield {str(key): str(v.value) for key, v in keywords.items() if isinstance(v, ast.Constant)}


def _named(suite: Suite | None, test: MarkedTest) -> tuple[str, dict[str, str]] | None:
    """The planned test, and what the plan says of it in the words of a mark."""
    for name, planned in suite.tests.items() if suite else ():
        _, class_, function = split_name(name)
        if "::".join(filter(None, [class_, function])) == test.name:
            says = {"proves": planned.proves, "before": _words(planned.before), "after": _words(planned.after)}
            return name, {key: value for key, value in says.items() if value}
    return None


def _words(expected: Expectation | None) -> str:
    if expected is None:
        return ""
    return f"{expected.expected}: {expected.errors[0]}" if expected.errors else expected.expected


def _written(says: dict[str, str]) -> Plain:
    """What the plan says of a test; one that shows the defect before the fix passes after it."""
    after = {"after": "pass"} if "before" in says else {}
    return {key: _expectation(value, key) for key, value in (after | says).items()}


def _expectation(value: str, key: str) -> Plain:
    """`fail: the error` as the record has it; a rate stays a text."""
    found = re.fullmatch(r"fail: (.+)", value, re.DOTALL)
    return {"fail": found[1]} if found and key != "proves" else value


def _difference(entry: Entry, test: MarkedTest, why: str, field: Field, value: Plain) -> Difference:
    return Difference(test, why, Edit(f"{entry.id}/issue.yaml", field, "set", value))


def _new_name(path: str, taken: set[str]) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", PurePosixPath(path).stem.lower().removeprefix("test_")).strip("-") or "marked"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return next(name for name in names if name not in taken)
