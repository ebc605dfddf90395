"""`triagebook show`: shows one issue."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from triagebook.facts.case import Case
from triagebook.rules.base import Problem, Rule

pytestmark = pytest.mark.usefixtures("book", "no_rules")


@pytest.mark.parametrize("issue", ["9", "10", "101"])
def test_the_text_shows_the_whole_issue(
    issue: str, run: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    """A full record, a short one, and a closed one that another issue refers to."""
    ran = run("show", issue)
    assert (ran.code, ran.err) == (0, "")
    golden(f"show-{issue}", ran.out)


def test_lines_are_wrapped_to_the_terminal(
    run_on_terminal: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    ran = run_on_terminal("show", "9", columns=50)
    assert max(map(len, ran.out.splitlines())) <= 50
    golden("show-9-narrow", ran.out.partition("\nCheck\n")[0])


def test_json_has_the_records_and_what_is_computed(run: Callable[..., Any]) -> None:
    shown = json.loads(run("show", "9", "--format", "json").out)
    assert shown["path"] == "issues/9/issue.yaml"
    record = shown["record"]
    assert record["issue"]["causes"][0]["at"] == ["shop/cart/store.py:41"]
    assert record["affected"]["locations"][2]["at"] == "shop/cart/store.py:41,58"
    assert record["evidence"]["2026-03-03-two-windows"]["at"] == "2026-03-03"
    named = json.loads(run("show", "101", "--format", "json").out)
    assert named["named_by"] == [{"issue": "9", "kind": "regression-of"}]
    assert named["record"]["affected"] is None


class Wrong(Rule, code="TB900"):
    """Every severity is wrong."""

    remedy = "put it right"

    def in_issue(self, case: Case) -> Iterator[Problem]:  # noqa: ARG002
        yield ("severity",), "it is wrong"


def test_only_findings_of_the_issue_are_shown(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    monkeypatch.undo()  # of `no_rules`
    monkeypatch.setattr("triagebook.rules.RULES", (Wrong,))
    monkeypatch.setenv("TRIAGEBOOK_CACHE", str(tmp_path))
    ran = run("show", "10")
    assert ran.code == 0
    golden("show-findings", ran.out)
    assert [f["line"] for f in json.loads(run("show", "10", "--format", "json").out)["findings"]] == [3]


def test_an_unknown_issue_suggests_the_most_similar(
    transcript: Callable[[list[str]], str], golden: Callable[[str, str], None]
) -> None:
    golden("errors-show", transcript([f"triagebook show {issue_id}" for issue_id in ("1001", "xyz", "9/", "../9")]))


def test_an_unreadable_issue_shows_its_first_error(run: Callable[..., Any], book: Path) -> None:
    (book / "10" / "issue.yaml").write_text("title: a\nseverity: bad\nopened: 2026-01-01\nsummary: c\n")
    ran = run("show", "10")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "note: 1 record can't be read; see: triagebook check\n"
        "error: issues/10/issue.yaml:2:1: `severity` can't be `bad`\n"
        "  use `critical`, `high`, `medium` or `low`; then: triagebook check 10\n"
    )
