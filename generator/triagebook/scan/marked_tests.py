"""Tests that are marked in the source code as those of an issue, and how the plan differs from them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from shlex import quote

from msgspec import Struct

from triagebook.book import Book, Entry
from triagebook.facts.ledger.planned_tests import split_name
from triagebook.findings import Edit, Field, Plain
from triagebook.model.suites import Expectation, Suite

from .source_folder import SourceFolder

_MARK = b"mark.issue("
_PARAMETERS = ("id", "proves", "before", "after")


class MarkedTest(Struct, frozen=True):
    """A test with `@pytest.mark.issue("ID", ...)` on it, its parameters, class or module, and what the mark says."""

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
    named = _assigned(tree)
    classes = {one.name: one for one in ast.walk(tree) if isinstance(one, ast.ClassDef)}
    tests = {name: (line, marks) for name, line, marks in _tests(tree, "", [], classes)}
    for name, (line, marks) in tests.items():
        meant = (named.get(one.id, one) if isinstance(one, ast.Name) else one for one in marks)
        said = [says for one in meant for mark in ast.walk(one) if (says := _said(mark, issue_id)) is not None]
        if said:  # the mark next to the test decides
            yield MarkedTest(path, line, name, said[-1])


def _assigned(node: ast.AST) -> dict[str, ast.expr]:
    assignments = (one for one in ast.iter_child_nodes(node) if isinstance(one, ast.Assign))
    return {name.id: one.value for one in assignments for name in one.targets if isinstance(name, ast.Name)}


def _tests(
    node: ast.AST, prefix: str, marks: Sequence[ast.expr], classes: Mapping[str, ast.ClassDef]
) -> Iterator[tuple[str, int, Sequence[ast.expr]]]:
    """The tests below a node, with the marks of each from the outermost to its own."""
    if own := _assigned(node).get("pytestmark"):
        marks = [*marks, own]
    for one in ast.iter_child_nodes(node):
        match one:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if one.name.startswith("test"):
                yield prefix + one.name, one.lineno, [*marks, *reversed(one.decorator_list)]
            case ast.ClassDef() if one.bases or one.name.startswith("Test"):
                bases = (classes.get(ast.unparse(base)) for base in reversed(one.bases))
                for part in (*(base for base in bases if base and base.lineno < one.lineno), one):
                    yield from _tests(
                        part, f"{prefix}{one.name}::", [*marks, *part.decorator_list, *one.decorator_list], classes
                    )
            case ast.If() | ast.Try() | ast.With():
                yield from _tests(one, prefix, marks, classes)


def _said(mark: ast.AST, issue_id: str) -> dict[str, str] | None:
    """What a mark of this issue says, by position or by name; nothing for any other expression."""
    if not (isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("mark.issue")):
        return None
    values = dict(zip(_PARAMETERS, mark.args, strict=False)) | {str(one.arg): one.value for one in mark.keywords}
    said = {key: str(one.value) for key, one in values.items() if isinstance(one, ast.Constant) and key in _PARAMETERS}
    return said if said.pop("id", None) == issue_id else None


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
    """What the plan says of a test; it passes after the fix unless its mark says otherwise."""
    return {key: _expectation(value, key) for key, value in ({"after": "pass"} | says).items()}


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
