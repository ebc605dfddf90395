"""What a record tells people to do first can work, and an issue takes over what its pattern knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.books import findings_of
from triagebook.autofix import apply_fixes, plan_fixes
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Finding
from triagebook.rules import check
from triagebook.store.load import Loaded, load

SUITES = """
suites:
  real: {category: unit, state: written, before: {fail: no answer}, after: pass, tests: {test_a: It opens}}
  same: {category: unit, state: written, before: pass, after: pass, tests: {test_b: It opens}}
  later: {category: unit, state: planned, before: {fail: no answer}, after: pass, tests: {test_c: It opens}}
"""


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ("{do: Run it, suites: real}", ""),
        ("{do: Run it, suites: same}", "suite `same` can't tell fixed from broken"),
        ("{do: Run it, suites: later}", "the tests of suite `later` are not written yet"),
        ("{do: Run it, command: triagebook run 1 --suite gone --phase before}", "there is no suite `gone`"),
        ("{do: 'Change app/chat.py:9'}", "`app/chat.py:9` is not among the affected locations"),
        ("{do: 'Change app/chat.py:1'}", ""),
        ("{do: Run it, suites: same, done: 2026-01-02}", ""),
    ],
)
def test_a_first_action_that_cannot_work_is_found(action: str, says: str) -> None:
    record = f'{SUITES}next: [{action}]\n# affected.yaml\nlocations: ["app/chat.py:1"]\n'
    assert [finding.says for finding in findings_of(record, select="TB445")] == ([says] if says else [])


def test_only_the_first_actions_count_and_writing_comes_before_running() -> None:
    steps = "next: [Write the tests of later, {do: Run it, suites: later}, {do: Run it, suites: same}]\n"
    assert findings_of(SUITES + steps, select="TB445") == []


PATTERN = """\
title: A synchronous call is awaited
summary: A plain function is awaited.
remedy: Remove the await.
prevention: [Check types in CI, {do: Test callers, note: A mock hides it}]
playbook:
  suites:
    callers: {category: unit, before: {fail: can't be used}, after: pass, tests: {test_caller: It gets its result}}
    useless: {category: unit, before: pass, after: pass, tests: {test_x: It is called}}
"""
ISSUE = """\
title: Nobody can log in
severity: high
opened: 2026-01-01
summary: Since noon.
causes: [{pattern: awaited, state: confirmed}]  # stays
"""


def test_an_issue_is_told_what_it_lacks_of_its_pattern_and_fix_adds_it(tmp_path: Path) -> None:
    files = {"catalog.yaml": "test_categories: {unit: {title: Unit}}\n"}
    for name, text in {**files, "patterns/awaited.yaml": PATTERN, "1/issue.yaml": ISSUE}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [finding.says.partition(" has ")[2] for finding in left_out(load(tmp_path))] == [
        f"a {what}, and the issue has none" for what in ("remedy", "prevention", "proving suite")
    ]
    apply_fixes(tmp_path, plan_fixes(tmp_path, left_out))
    issue = load(tmp_path).book.issues["1"].issue
    assert issue.fix
    assert issue.plan
    assert issue.fix.why == "Remove the await."
    assert [(step.do, step.note) for step in issue.plan.after] == [
        ("Check types in CI", None),
        ("Test callers", "A mock hides it"),
    ]
    assert list(issue.suites) == ["callers"], "only suites that can prove a fix are taken over"
    assert (tmp_path / "1/issue.yaml").read_text().startswith(ISSUE), "nothing else changes"
    assert left_out(load(tmp_path)) == []


def left_out(loaded: Loaded) -> list[Finding]:
    return [finding for finding in check(Inquiry(loaded.book)) if finding.code == "TB446"]
