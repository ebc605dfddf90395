"""Pytest files from hostile plans: no name or path leads out of the folder, or becomes code."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath
from typing import Any

import pytest

from tests.kit.hostile import HOSTILE
from triagebook.model.suites import Suite
from triagebook.reports.skeletons import skeletons

NAMES = [
    *(" ".join(text.split())[:300] for text in HOSTILE.values() if text.split()),
    'x"""; import os; os.system("echo"); """',
    "test_x(): pass\\",
    "tests/a.py::TestA::test_b[1-2]",
    "test_é",
    "class",
    "test_ok",
    "::",
]
PATHS = [
    "../../etc/x.py",
    "a/../../b.py",
    "conftest.py",
    "a/./b/",
    "tests/x.py",
    "x.py/y",
    'a"b/c|d.py',
    "a" * 400 + ".py",
]


def suite(**parts: Any) -> Suite:
    return Suite.model_validate({"category": "unit", **parts})


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_a_name(name: str) -> None:
    made = skeletons(
        name, {name: suite(tests={name: name}, markers=[name], title=name, purpose=name, **{"class": name})}
    )
    for text in made.files.values():
        module = ast.parse(text)
        calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
        assert {ast.unparse(call.func) for call in calls} <= {"pytest.fail", "config.addinivalue_line"}
        assert not [
            node for node in ast.walk(module) if isinstance(node, ast.Import) and node.names[0].name != "pytest"
        ]


@pytest.mark.parametrize("path", PATHS)
def test_a_hostile_path_stays_inside(path: str) -> None:
    made = skeletons("1", {"s": suite(path=path, tests={"test_a": "A"})})
    (name,) = made.files
    parts = PurePosixPath(name).parts
    assert not PurePosixPath(name).is_absolute()
    assert ".." not in parts
    assert parts[-1].startswith("test_") or parts[-1].endswith("_test.py")
    assert max(map(len, parts)) < 255


def test_recorded_code_is_kept_and_the_rest_fails_honestly() -> None:
    code = "def test_a():\n    assert True"
    made = skeletons(
        "1", {"s": suite(code="import nowhere_to_be_found", tests={"test_a": {"code": code}, "test_b": "B"})}
    )
    text = made.files["tests/test_1_s.py"]
    assert code in text
    assert "pytest.fail('not written yet: B')" in text
    ast.parse(text)


def test_a_recorded_file_keeps_its_own_first_line() -> None:
    made = skeletons("1", {"s": suite(code='"""What it tests."""', tests={"test_a": {"code": "def test_a(): ..."}})})
    assert made.files["tests/test_1_s.py"].startswith('"""What it tests."""\n')


def test_a_class_has_its_recorded_base() -> None:
    code = "async def test_a(self):\n    assert True"
    parts = {"class": "TestA", "base": "AsyncCase", "tests": {"test_a": {"code": code}}}
    made = skeletons("1", {"s": suite(code="from nowhere import AsyncCase", **parts)})
    text = made.files["tests/test_1_s.py"]
    assert "\nfrom nowhere import AsyncCase\n" in text
    assert "class TestA(AsyncCase):" in text


@pytest.mark.parametrize("base", ["Elsewhere", "object): x = 1 #", "nowhere.AsyncCase"])
def test_a_base_that_the_code_does_not_bring_is_left_out(base: str) -> None:
    parts = {"class": "TestA", "base": base, "tests": {"test_a": "A"}}
    made = skeletons("1", {"s": suite(code="from nowhere import AsyncCase", **parts)})
    assert "class TestA:" in made.files["tests/test_1_s.py"]


@pytest.mark.parametrize("code", ["def test_a(:", "assert 1", "def other(): ...", '"""', "x = '''", "\\"])
def test_recorded_code_that_is_no_test_is_a_comment(code: str) -> None:
    made = skeletons("1", {"s": suite(code=code, tests={"test_a": {"code": code, "proves": "A"}})})
    text = made.files["tests/test_1_s.py"]
    ast.parse(text)
    assert "pytest.fail('not written yet: A')" in text


def test_two_suites_in_one_file_and_files_of_one_name() -> None:
    made = skeletons(
        "1",
        {
            "a": suite(path="t/test_x.py", tests={"test_one": "1"}),
            "b": suite(path="t/test_x.py", tests={"test_one": "2"}),
            "c": suite(path="u/test_x.py", tests={"test_one": "3"}),
        },
    )
    assert set(made.files) == {"t/test_x.py", "u/test_x_c.py"}
    assert "def test_one_2():" in made.files["t/test_x.py"]
