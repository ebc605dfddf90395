"""Takes the code of planned tests from files beside the record, so that the record itself stays short."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any

from triagebook.findings import Field, Plain

FOLDER = "tests"


def with_code(holds: Mapping[str, Plain], read: Callable[[str, Field], str | None]) -> Mapping[str, Plain]:
    """An issue with the code of each suite that names a file; `read` returns its text, or None if it can't."""
    suites = holds.get("suites")
    if not isinstance(suites, Mapping):
        return holds
    filled = {
        name: _with_code(suite, text)
        if isinstance(suite, Mapping)
        and isinstance(file := suite.get("file"), str)
        and (text := read(file, ("suites", name, "file"))) is not None
        else suite
        for name, suite in suites.items()
    }
    return {**holds, "suites": filled}


def _with_code(suite: Mapping[str, Plain], text: str) -> dict[str, Any]:
    own: Any = suite.get("tests")
    tests: dict[str, Any] = dict(own) if isinstance(own, Mapping) else {}
    preamble, holder, codes = _split(text)
    for name, code in codes.items():
        known = tests.get(name, {})
        tests[name] = {"code": code, **(known if isinstance(known, Mapping) else {"proves": known})}
    made = {"code": preamble} if preamble.strip() else {}
    return {**made, **holder, **suite, **({"tests": tests} if tests else {})}


def _split(text: str) -> tuple[str, dict[str, str], dict[str, str]]:
    """What the tests share, the class that holds them, and the code of each test with the helpers below it."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):  # another language
        return text, {}, {}
    lines = text.splitlines(keepends=True)
    classes = [node for node in body if isinstance(node, ast.ClassDef) and any(map(_is_test, node.body))]
    holder = classes[0] if len(classes) == 1 else None
    inside = holder.body if holder else body
    starts = [_start(node) for node in inside if _is_test(node)]
    if not starts:
        return text, {}, {}
    ends = [*starts[1:], (holder.end_lineno or 0) if holder else len(lines)]
    names = [str(getattr(node, "name", "")) for node in inside if _is_test(node)]
    codes = {
        name: dedent("".join(lines[start:end])).strip("\n") + "\n"
        for name, start, end in zip(names, starts, ends, strict=True)
    }
    about = {"class": holder.name} if holder else {}
    if holder and holder.bases:
        about["base"] = ast.unparse(holder.bases[0])
    return "".join(lines[: _start(holder) if holder else starts[0]]).strip("\n") + "\n", about, codes


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")


def _start(node: ast.stmt) -> int:
    """The index of the first line of a statement, its decorators included."""
    return min(node.lineno, *(int(one.lineno) for one in getattr(node, "decorator_list", ())), node.lineno) - 1
