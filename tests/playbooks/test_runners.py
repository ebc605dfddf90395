"""Tests are proposed for the runner of the project, and a plan's tests are written in the language of their file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from ast_grep_py import SgRoot
from click.testing import CliRunner

from tests.kit.hostile import HOSTILE
from triagebook.book import Book
from triagebook.cli.main import app
from triagebook.model.catalog import Catalog
from triagebook.model.defect import IssueKind
from triagebook.model.suites import Suite
from triagebook.playbooks import playbook
from triagebook.playbooks.runners import PYTEST, runner_in, runner_of, runners
from triagebook.reports.skeletons import skeletons

OTHERS = sorted(set(runners()) - {PYTEST})
FILES = {
    "vitest": ("package.json", '{"devDependencies": {"vitest": "^3"}}'),
    "jest": ("package.json", '{"devDependencies": {"jest": "^30"}}'),
    "node": ("package.json", "{}"),
    "go": ("go.mod", "module example.org/shop"),
    "cargo": ("Cargo.toml", "[package]"),
    "maven": ("pom.xml", "<project/>"),
    "gradle": ("build.gradle.kts", ""),
    "rspec": ("Gemfile", 'gem "rspec"'),
    "phpunit": ("composer.json", '{"require-dev": {"phpunit/phpunit": "^11"}}'),
    "dotnet": ("shop.sln", ""),
}


def parsed(code: str, language: str) -> bool:
    """Whether code has no syntax error."""
    return SgRoot(code, language).root().find(kind="ERROR") is None


def test_the_catalog_names_the_runners_that_are_known() -> None:
    assert set(get_args(Catalog.model_fields["runner"].annotation)) == set(runners())


@pytest.mark.parametrize("name", OTHERS)
def test_a_new_book_notices_the_runner(name: str, tmp_path: Path) -> None:
    file, text = FILES[name]
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert runner_in(tmp_path) == name
    done = CliRunner().invoke(app, ["init", str(tmp_path)], standalone_mode=False)
    assert f"tests are proposed for `{name}`" in done.stderr
    assert f"runner: {name}\n" in (tmp_path / "issues" / "catalog.yaml").read_text(encoding="utf-8")


def test_python_comes_first_and_needs_no_word(tmp_path: Path) -> None:
    for name in ("package.json", "pyproject.toml"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert runner_in(tmp_path) == PYTEST


@pytest.mark.parametrize("kind", sorted(IssueKind))
@pytest.mark.parametrize("name", OTHERS)
def test_proposed_tests_are_code_that_fails(name: str, kind: IssueKind) -> None:
    suites = dict(playbook(kind, "PAY-7", Book(Catalog(runner=name), {}, {})).suites)
    (path, code), *_ = skeletons("PAY-7", suites, name).files.items()
    assert runner_of(path, name) is runners()[name]
    assert parsed(code, runners()[name].language), code
    tests = [test for suite in suites.values() for test in suite.tests]
    assert all(test in code for test in tests)
    assert code.count("not written yet: ") == len(tests)


@pytest.mark.parametrize("ending", [".go", ".rs", ".test.ts", ".java", "_spec.rb", ".php", ".cs"])
def test_hostile_words_stay_words(ending: str) -> None:
    for text in HOSTILE.values():
        words = " ".join(text.split())[:300] or "x"
        suite = Suite.model_validate({"category": "unit", "path": f"tests/a{ending}", "tests": {f"a {words}": words}})
        (path, code), *_ = skeletons("1", {"unit": suite}).files.items()
        runner = runner_of(path, PYTEST)
        assert runner
        assert parsed(code, runner.language), code


def test_recorded_code_is_kept_in_its_language() -> None:
    test: dict[str, Any] = {"proves": "It adds", "code": 'test("adds", () => { expect(add(1, 2)).toBe(3); });'}
    suite = Suite.model_validate({"category": "unit", "path": "web/add.test.ts", "tests": {"adds": test, "loads": "L"}})
    text = skeletons("1", {"unit": suite}, "jest").files["web/add.test.ts"]
    assert test["code"] in text
    assert 'throw new Error("not written yet: L")' in text
