"""Every rule is its own documentation, and what it says of itself is so."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import triagebook.store
from tests.kit.books import book_of, findings_in, findings_of
from triagebook.autofix import apply_fixes, plan_fixes
from triagebook.findings import Finding, Level
from triagebook.model.document import Contradiction
from triagebook.rules import RULES, Rule
from triagebook.store.load import load

# The examples of TB5xx hold source code beside the record: test_drift.py runs them in a checkout.
EVERY_RULE = pytest.mark.parametrize(
    "rule", [rule for rule in RULES if not rule.code.startswith("TB5")], ids=lambda rule: rule.code
)


@EVERY_RULE
def test_the_bad_example_shows_the_rule_and_nothing_else(rule: type[Rule]) -> None:
    found = findings_of(rule.bad, select="TB")
    assert rule.code in {finding.code for finding in found}
    assert _errors(found) <= {rule.code}, found


@EVERY_RULE
def test_the_good_example_has_no_finding(rule: type[Rule]) -> None:
    found = findings_of(rule.good, select="TB")
    assert rule.code not in {finding.code for finding in found}, found
    assert not _errors(found), found


@EVERY_RULE
def test_a_finding_has_the_severity_of_its_rule(rule: type[Rule]) -> None:
    found = [finding for finding in findings_of(rule.bad, select=rule.code) if finding.code == rule.code]
    assert {finding.severity for finding in found} == {rule.severity}


@EVERY_RULE
def test_a_rule_documents_itself(rule: type[Rule]) -> None:
    assert re.fullmatch(r"TB[1-9]\d\d", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.__doc__, "the docstring says what the rule finds"
    assert rule.summary().endswith("."), "it is a sentence"
    assert "\n" not in rule.summary(), "it is one line"
    for words in (rule.why, rule.remedy, rule.bad, rule.good):
        assert words.strip()
    assert set(rule.kinds) <= set(Contradiction)
    assert set(rule.requires) <= {other.code for other in RULES}


@EVERY_RULE
def test_a_finding_says_what_is_wrong_and_what_to_do(rule: type[Rule]) -> None:
    for finding in findings_of(rule.bad, select=rule.code):
        assert finding.says
        assert finding.do


@EVERY_RULE
def test_the_edit_of_a_finding_fixes_it(rule: type[Rule], tmp_path: Path) -> None:
    book = book_of(rule.bad, tmp_path)
    proposed = [finding for finding in findings_in(book, select=rule.code) if finding.edits]
    plan = plan_fixes(tmp_path, lambda loaded: findings_in(loaded, select=rule.code))
    assert len(plan.fixed) >= len(proposed)
    apply_fixes(tmp_path, plan)
    left = findings_in(load(tmp_path), select=rule.code)
    assert not [finding for finding in left if finding.edits]


def test_codes_and_names_are_given_once() -> None:
    for given in (Counter(rule.code for rule in RULES), Counter(rule.name for rule in RULES)):
        assert not [name for name, times in given.items() if times > 1]


def test_rules_stand_in_the_order_of_their_codes() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(codes)


def test_a_family_has_codes_of_one_hundred_in_their_order() -> None:
    by_module: dict[str, list[str]] = {}
    for rule in RULES:
        by_module.setdefault(rule.__module__, []).append(rule.code)
    assert all(len({code[:3] for code in codes}) == 1 for codes in by_module.values())


def test_a_rule_requires_rules_that_exist() -> None:
    codes = {rule.code for rule in RULES}
    assert all(set(rule.requires) <= codes for rule in RULES)


def test_every_code_that_reading_gives_has_a_rule() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(*triagebook.store.__path__).glob("*.py"))
    assert set(re.findall(r"TB\d{3}", sources)) <= {rule.code for rule in RULES}


def _errors(found: list[Finding]) -> set[str]:
    return {finding.code for finding in found if finding.severity is Level.ERROR}
