"""A new issue gets a proposal for its kind: read from its text, shown as proposed, and short."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.kit.reports import small, written
from tests.kit.stories import FOUR_FIELDS
from triagebook.cli.main import app
from triagebook.model.defect import IssueKind
from triagebook.playbooks import kind_in, playbook, to_record
from triagebook.reports import KINDS, make
from triagebook.store.load import load

TEXTS = {
    "App crashes when a photo is uploaded": "crash",
    "TypeError on save": "crash",
    "sum of an empty list throws": "crash",
    "Login shows a blank screen": "crash",
    "Server returns 500 for new orders": "crash",
    "The total of the invoice is wrong": "wrong-result",
    "Nobody can log in": "wrong-result",
    "Export no longer works since 2.3": "regression",
    "Upload stopped working after the upgrade to 4.2": "regression",
    "Search takes 30 s with a thousand orders": "performance",
    "Report page times out": "performance",
    "XSS in the comment field": "security",
    "Customers see another customer's invoices": "security",
    "Password reset mail is not sent": "wrong-result",
    "Orders are lost after the migration": "data",
    "Rows are duplicated by the import": "data",
    "Amounts are stored negative since the import of March": "data",
    "pip install fails on Python 3.13": "build",
    "The build fails on Windows": "build",
    "The image can't be built": "build",
    "test_login fails sometimes in CI": "flaky-test",
}
KINDS_OF_ISSUES = sorted(IssueKind)


@pytest.mark.parametrize("text", TEXTS)
def test_the_kind_is_read_from_the_text(text: str) -> None:
    assert kind_in(text) == TEXTS[text]


@pytest.mark.parametrize("kind", KINDS_OF_ISSUES)
def test_a_playbook_has_all_that_a_new_issue_needs(kind: IssueKind) -> None:
    case = small({**FOUR_FIELDS, "kind": kind.value})
    found = playbook(kind, case.entry.id, case.book)
    assert list(found.ask) == ["affected", "since", "workaround"]
    assert found.reproduce
    assert found.risks
    assert found.criteria
    assert all(suite.before and suite.before.expected == "fail" and suite.tests for suite in found.suites.values())
    assert small({**FOUR_FIELDS, **to_record(kind, "1", case.book)}).issue.suites, "a record can take it over"


def test_the_tests_of_a_known_pattern_are_named(tmp_path: Path) -> None:
    """They prove more than those of the kind."""
    root = tmp_path / "issues"
    (root / "patterns").mkdir(parents=True)
    (root / "1").mkdir()
    (root / "catalog.yaml").write_text("title: T\n", encoding="utf-8")
    suite = "{category: unit, before: {fail: stale}, after: pass, tests: {test_a: A}}"
    pattern = f"title: A lost update\nsummary: S\nplaybook: {{suites: {{races: {suite}}}}}\n"
    (root / "patterns" / "lost-update.yaml").write_text(pattern, encoding="utf-8")
    record = (
        "title: T\nseverity: low\nopened: 2025-09-15\nsummary: S\ncauses: [{pattern: lost-update, state: suspected}]\n"
    )
    (root / "1" / "issue.yaml").write_text(record, encoding="utf-8")
    ran = CliRunner().invoke(app, ["report", "1", "test-plan", "--book", str(root)])
    assert "Its pattern, A lost update, has tests that can prove a fix: `triagebook fix 1` adds them." in ran.output


def test_nobody_is_asked_what_the_text_says() -> None:
    """It is told where to record the answer."""
    text = {"summary": "It hangs for every user since 2.4. Restarting helps.", "kind": "crash"}
    asked = written(small({**FOUR_FIELDS, **text}), "summary", "md")
    fields = ("impact.broken", "introduced", "impact.workaround")
    assert [field for field in fields if f"the text says it; record it as `{field}`" in asked] == [*fields]
    assert "Since when: which version" in written(small({**FOUR_FIELDS, "kind": "crash"}), "summary", "md")


@pytest.mark.parametrize("kind", KINDS_OF_ISSUES)
def test_its_test_fails_until_it_is_written(kind: IssueKind) -> None:
    code = make("test-plan", small({**FOUR_FIELDS, "kind": kind.value})).view.proposed.code
    tests = [one for one in ast.parse(code).body if isinstance(one, ast.FunctionDef)]
    assert tests
    assert all("pytest.fail" in ast.unparse(one.body[-1]) for one in tests)


@pytest.mark.parametrize("kind", KINDS_OF_ISSUES)
@pytest.mark.parametrize("report", [name for name in KINDS if name != "claims-report"])
def test_reports_on_four_fields_are_useful_and_fit_a_page(kind: IssueKind, report: str) -> None:
    text = written(small({**FOUR_FIELDS, "kind": kind.value}), report)
    assert "*Proposed* for " in text
    assert text.count("To be recorded next: ") == 1
    assert len(text.splitlines()) <= 66


def test_what_is_recorded_is_not_proposed() -> None:
    issue = {
        **FOUR_FIELDS,
        "introduced": {"on": "2025-09-01"},
        "impact": {"segments": ["enterprise"], "workaround": "Reload the page"},
        "reproduce": ["Open two chats at once"],
        "criteria": {"opens": "The chat opens"},
    }
    view = make("execution-plan", small(issue)).view
    assert (view.proposed.ask, view.proposed.reproduce, view.proposed.criteria) == ((), (), ())
    assert "1. Open two chats at once\n" in written(small(issue), "execution-plan")
    assert "**Workaround:** Reload the page" in written(small(issue), "summary")
    assert make("summary", small({**issue, "suites": {"unit": {"category": "unit"}}})).view.proposed is None


def test_a_new_record_holds_the_proposal_as_hints(tmp_path: Path) -> None:
    runner = CliRunner()
    runner.invoke(app, ["init", str(tmp_path)], standalone_mode=False)
    words = ["new", "7", "--title", "Search is slow", "--severity", "low", "--summary", "Since noon."]
    done = runner.invoke(app, [*words, "--book", str(tmp_path)], standalone_mode=False)
    assert "kind `performance` was guessed from the text" in done.stderr
    file = tmp_path / "issues" / "7" / "issue.yaml"
    text = file.read_text(encoding="utf-8")
    assert load(tmp_path / "issues").book.issues["7"].issue.kind is IssueKind.PERFORMANCE
    begin, end = text.index("# suites:"), text.index("# The next actions")
    hints = [line.removeprefix("# ") for line in text[begin:end].splitlines() if line[:3] != "# W"]
    file.write_text(text[:begin] + "\n".join(hints) + "\n", encoding="utf-8")
    assert list(load(tmp_path / "issues").book.issues["7"].issue.suites) == ["reproduction"]


def test_proposed_tests_are_written_with_the_lines_that_plan_them(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["init", str(tmp_path)], standalone_mode=False)
    record = tmp_path / "issues" / "1" / "issue.yaml"
    record.parent.mkdir()
    record.write_text("title: Search is slow\nseverity: low\nopened: 2026-01-01\nsummary: Since noon.\n")
    arguments = ["tests", "1", "--out", str(tmp_path), "--book", str(tmp_path)]
    done = CliRunner().invoke(app, arguments, standalone_mode=False)
    assert "add to 1/issue.yaml:\n\nsuites:\n  reproduction:\n" in done.stderr
    assert "def test_the_step_stays_below_its_limit" in (tmp_path / "tests/test_issue_1.py").read_text()
