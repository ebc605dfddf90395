"""The pytest plugin: a run records itself as evidence, whatever happens in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.commands import BARE_PYTEST
from triagebook.model import evidence
from triagebook.store.load import load

FILES = {
    "shop.py": "def total(cart):\n    return sum(cart.values()) + 1\n",
    "tests/test_total.py": """\
import os
import unittest

import pytest
from shop import total


@pytest.mark.issue("7", proves="An empty cart costs nothing", before="fail: assert 1 == 0")
def test_empty():
    assert total({}) == 0


class TestTotal(unittest.TestCase):
    @pytest.mark.issue("7")
    def test_two(self):
        self.assertEqual(total({"a": 1, "b": 2}), 3)


@pytest.mark.parametrize("price", [1, 2])
def test_one(price):
    assert total({"a": price}) == price + 1
""",
    "tests/test_crash.py": "import os\n\n\ndef test_crash():\n    os._exit(1)\n",
    "tests/test_broken.py": "import no_such_module\n",
    "issues/catalog.yaml": """\
title: Shop
repositories: {shop: https://example.org/shop}
environments: {local: Local, ci: CI}
test_categories: {unit: Unit}
""",
    "issues/7/issue.yaml": """\
title: Totals are one too high
severity: high
opened: 2026-03-02
summary: Every total is one too high.
suites:
  total:
    category: unit
    path: tests/test_total.py
    tests:
      test_empty: {before: {fail: "assert 1 == 0"}, after: pass}
      TestTotal::test_two: {before: {fail: 4 != 3}, after: pass}
""",
    "pytest.ini": "[pytest]\npythonpath = .\naddopts = --strict-markers\n",
}
FAILED = {evidence.Outcome.FAILED, evidence.Outcome.ERROR}
GIT = ["git", "-c", "user.name=Developer", "-c", "user.email=developer@example.org", "-c", "commit.gpgsign=false"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "The shop"]):
        subprocess.run([*GIT, *arguments], cwd=tmp_path, check=True)
    return tmp_path


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    variables |= BARE_PYTEST
    variables["PYTEST_PLUGINS"] += ",xdist.plugin"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)


def runs(folder: Path) -> list[evidence.TestRun]:
    records = load(folder / "issues").book.issues["7"].evidence.values()
    return [one for one in records if isinstance(one, evidence.TestRun)]


def test_a_run_records_its_results_phase_environment_and_commit(shop: Path) -> None:
    done = ran(shop, "--triagebook", "7", "--phase", "before", "--environment", "ci", "tests/test_total.py")
    (run,) = runs(shop)
    head = subprocess.run([*GIT, "rev-parse", "HEAD"], cwd=shop, capture_output=True, text=True, check=True).stdout
    assert (run.phase, run.environment, run.dirty) == (evidence.Phase.BEFORE, "ci", False)
    assert head.startswith(str(run.commit))
    assert "shows the defect: test_empty, TestTotal::test_two" in done.stdout
    assert done.returncode == 1  # as pytest says of the failed tests


def test_workers_that_crash_and_modules_that_can_not_be_imported_are_recorded(shop: Path) -> None:
    ran(shop, "-n", "2", "--triagebook", "7", "--phase", "before", "--environment", "ci")
    (run,) = runs(shop)
    bad = {str(name) for name, result in run.results.items() if result.outcome in FAILED}
    assert {name.rpartition("::")[2] for name in bad} >= {"test_empty", "test_two", "test_crash"}
    assert any("test_broken" in name for name in bad)


def test_tests_of_a_project_in_a_folder_are_recorded_with_the_path_in_the_repository(shop: Path) -> None:
    """Also where the repository has a file of that path, and where a test lies outside of the project."""
    part = shop / "part" / "tests" / "test_total.py"
    part.parent.mkdir(parents=True)
    part.write_text("def test_here():\n    pass\n")
    (shop / "part" / "pytest.ini").write_text("[pytest]\npythonpath = ..\n")
    arguments = ("--triagebook", "7", "--phase", "before", "--environment", "ci", "tests", "../tests/test_total.py")
    ran(shop / "part", "--collect-only", *arguments)
    assert runs(shop) == []
    ran(shop / "part", "--rootdir", ".", "-c", "pytest.ini", "--import-mode", "importlib", *arguments)
    (run,) = runs(shop)
    assert {name.partition("::")[0] for name in run.results} == {"part/tests/test_total.py", "tests/test_total.py"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--triagebook", "8", "--phase", "after", "--environment", "ci"), "there is no issue `8` in this book"),
        (("--triagebook", "7", "--environment", "ci"), "--phase is missing; add --phase before or after"),
        (("--triagebook", "7", "--phase", "after"), "--environment is missing; add --environment local or ci"),
        (("--triagebook", "7", "--phase", "now"), "--phase now: write before or after"),
    ],
)
def test_a_mistake_is_said_before_any_test_runs(arguments: tuple[str, ...], says: str, shop: Path) -> None:
    done = ran(shop, *arguments, "tests/test_total.py")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert says in done.stdout + done.stderr
    assert runs(shop) == []


def test_without_its_option_nothing_of_triagebook_is_imported(shop: Path) -> None:
    (shop / "tests/test_total.py").write_text(
        "import sys\n\n\ndef test_modules():\n"
        "    own = {name for name in sys.modules if name.startswith('triagebook')}\n"
        "    assert own <= {'triagebook', 'triagebook.pytest_plugin'}\n"
    )
    assert ran(shop, "tests/test_total.py").returncode == 0
