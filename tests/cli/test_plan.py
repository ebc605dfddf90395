"""`triagebook plan`: tests that are marked in the source code become part of the plan."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triagebook.model.suites import Test as PlannedTest
from triagebook.store.load import load

TESTS = """
import unittest

import pytest


@pytest.mark.issue("9", proves="Both items stay", before="fail: StaleCartError")
def test_two_windows():
    assert True


class TestCart(unittest.TestCase):
    @pytest.mark.issue("9", before="fail", after="pass")
    def test_cart(self):
        pass

    @pytest.mark.issue("10")
    def test_of_another_issue(self):
        pass


def test_unmarked():
    pass
"""


MARKED = """
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.issue("9", proves="All")]
named = pytest.mark.issue("9", "Named", "fail: KeyError")


@pytest.mark.parametrize("a", [1, pytest.param(2, marks=pytest.mark.issue(9, "Two and three", "fail: assert 6 == 5"))])
def test_parameter(a): ...


@named
def test_by_position(): ...


if True:

    def test_of_module(): ...


class Shared:
    def test_inherited(self): ...


@pytest.mark.issue("9", proves="The class")
class TestCart(Shared):
    @pytest.mark.issue("9", proves="Its own")
    def test_own(self): ...

    class TestInner:
        pytestmark = pytest.mark.issue("9", proves="The inner class")

        def test_deep(self): ...
"""


@pytest.fixture
def tests(here: Path) -> Path:
    file = here / "tests" / "test_cart.py"
    file.parent.mkdir()
    file.write_text(TESTS, encoding="utf-8")
    for arguments in (["init", "-q"], ["add", "tests"]):
        subprocess.run(["git", *arguments], cwd=here, check=True)
    return file


pytestmark = pytest.mark.usefixtures("book")


def planned(book: Path) -> dict[str, PlannedTest]:
    suites = load(book).book.issues["9"].issue.suites
    return {f"{suite}: {name}": test for suite, one in suites.items() for name, test in one.tests.items()}


@pytest.mark.usefixtures("tests")
def test_marked_tests_are_planned_with_what_their_marks_say(run: Callable[..., Any], book: Path) -> None:
    ran = run("plan", 9, "--in", ".")
    found = planned(book)
    assert ran.code == 0
    assert sorted(found) == ["cart: TestCart::test_cart", "cart: test_two_windows"]
    test = found["cart: test_two_windows"]
    assert test.proves == "Both items stay"
    assert test.before is not None
    assert test.before.errors == ("StaleCartError",)
    assert load(book).book.issues["9"].issue.suites["cart"].path == "tests/test_cart.py"
    assert run("plan", 9, "--in", ".").out == "2 marked tests; 0 changes to the plan\n"


def test_a_mark_is_found_on_a_module_a_class_a_parameter_and_by_a_name_of_its_own(
    run: Callable[..., Any], book: Path, tests: Path
) -> None:
    tests.write_text(MARKED, encoding="utf-8")
    run("plan", 9, "--in", ".")
    said = {
        name.partition(": ")[2]: (test.proves, test.before and test.before.errors)
        for name, test in planned(book).items()
    }
    assert said == {
        "test_parameter": ("Two and three", ("assert 6 == 5",)),
        "test_by_position": ("Named", ("KeyError",)),
        "test_of_module": ("All", None),
        "TestCart::test_inherited": ("The class", None),
        "TestCart::test_own": ("Its own", None),
        "TestCart::TestInner::test_deep": ("The inner class", None),
    }


@pytest.mark.usefixtures("tests")
def test_a_dry_run_writes_nothing(run: Callable[..., Any], book: Path) -> None:
    ran = run("plan", 9, "--in", ".", "--dry-run")
    assert "would plan  tests/test_cart.py:8 test_two_windows: it is in no suite of the plan" in ran.out
    assert ran.out.endswith("2 marked tests; 2 changes to the plan\n")
    assert planned(book) == {}


def test_the_check_says_where_marks_and_plan_differ(run: Callable[..., Any], tests: Path) -> None:
    run("plan", 9, "--in", ".")
    tests.write_text(TESTS.replace("fail: StaleCartError", "fail: LostUpdateError"), encoding="utf-8")
    out = run("check", 9, "--select", "TB507", "--in", ".").out
    assert "says `before: fail: LostUpdateError`, and the plan says `fail: StaleCartError`" in out
    assert "triagebook plan 9" in out
    run("plan", 9, "--in", ".")
    assert "no findings" in run("check", 9, "--select", "TB507", "--in", ".").out
