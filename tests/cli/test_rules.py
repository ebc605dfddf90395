"""`triagebook rules`: lists and explains the rules of the check."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit.commands import triagebook
from triagebook.cli.rules import FAMILIES, all_rules

RULES = all_rules()
Run = Callable[..., Any]


def test_the_list_has_a_line_per_rule(run_installed: Run) -> None:
    """In the order of the codes, without a book too."""
    ran = run_installed("rules")
    assert (ran.code, ran.err) == (0, "")
    for line, rule in zip(ran.out.splitlines(), RULES, strict=True):
        assert line.split()[:3] == [rule.code, rule.severity.value, rule.name]
        assert line.endswith(f"  {rule.summary()}")


def test_the_table_is_grouped_by_family(run_on_terminal: Run) -> None:
    ran = run_on_terminal("rules", columns=90)
    lines = ran.out.splitlines()
    assert max(map(len, lines)) <= 90
    assert lines[0].split() == ["TB1xx", "form"]
    assert lines[-1] == f"{len(RULES)} rules; to explain one: triagebook rules TB101"


@pytest.mark.parametrize("name", ["TB6", "TB6xx", "tb6XX"])
def test_a_family_can_be_listed(name: str, run: Run) -> None:
    codes = [line.split()[0] for line in run("rules", name).out.splitlines()]
    assert codes == [rule.code for rule in RULES if rule.code.startswith("TB6")]


@pytest.mark.parametrize("name", ["TB604", "tb604", "duplicate-of-duplicate", "Duplicate-of-Duplicate"])
def test_a_rule_is_explained_by_code_or_name(name: str, run: Run, golden: Callable[[str, str], None]) -> None:
    ran = run("rules", name)
    assert (ran.code, ran.err) == (0, "")
    golden("rules-TB604", ran.out)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_is_fully_explained(rule: Any, run: Run) -> None:
    words = " ".join(run("rules", rule.code).out.split())
    for part in (rule.code, rule.name, rule.summary(), rule.why, rule.remedy, rule.bad, rule.good, *rule.requires):
        assert " ".join(part.split()) in words
    for kind in rule.kinds:
        assert kind in words
    assert ("Quiet" in words) or not rule.quiet


def test_json(run: Run) -> None:
    """A list, or the object of one rule."""
    rules = json.loads(run("rules", "--format", "json").out)["rules"]
    assert [rule["code"] for rule in rules] == [rule.code for rule in RULES]
    (one,) = (rule for rule in rules if rule["code"] == "TB604")
    assert json.loads(run("rules", "TB604", "--format", "json").out) == one
    assert (one["severity"], one["requires"], one["quiet"]) == ("warning", ["TB602"], False)


def test_colours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert "\x1b[31m\x1b[1mBad\x1b[0m" in triagebook("rules", "TB604", color=True).out


# ── in a book ────────────────────────────────────────────────────────────────────────────────────────


def test_severities_come_from_the_catalog(run: Run, book: Path) -> None:
    with (book / "catalog.yaml").open("a") as file:
        file.write("rules: {TB601: off, TB602: note}\n")
    lines = run("rules", "TB6").out.splitlines()
    assert [line.split()[1] for line in lines[:3]] == ["off", "note", "warning"]
    assert run("rules", "TB601").out.startswith("TB601 one-sided-relation (off, set in catalog.yaml)\n")
    assert json.loads(run("rules", "TB602", "--format", "json").out)["severity"] == "note"


def test_an_unreadable_catalog_is_a_note(run: Run, book: Path) -> None:
    (book / "catalog.yaml").write_text("rules: [\n")
    ran = run("rules", "TB602")
    assert (ran.code, ran.err) == (0, "note: issues/catalog.yaml can't be read; see: triagebook check\n")


def test_a_missing_book_is_refused_if_named(run: Run) -> None:
    assert run("rules", "--book", "elsewhere").code == 2


@pytest.mark.parametrize(
    ("name", "near"),
    [("TB6044", "TB604"), ("duplicate-of-a-duplicate", "duplicate-of-duplicate"), ("TB9xx", "TB")],
)
def test_an_unknown_rule_is_refused(name: str, near: str, run: Run) -> None:
    ran = run("rules", name)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: there is no rule or family of rules named `{name}`\n  did you mean `{near}")


def test_every_family_has_a_name() -> None:
    assert {rule.code[:3] for rule in RULES} <= set(FAMILIES)


@pytest.mark.parametrize(
    ("before", "typed", "offered"),
    [
        ("rules ", "TB60", "TB601"),
        ("check --select ", "tb701", "TB701"),
        ("check --ignore ", "loose", "loose-end"),
    ],
)
def test_completion_of_codes_and_names(before: str, typed: str, offered: str, run_installed: Run) -> None:
    line = f"triagebook {before}{typed}"
    ran = run_installed(_TRIAGEBOOK_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(line.split()) - 1))
    assert f"plain,{offered}" in ran.out.splitlines()
