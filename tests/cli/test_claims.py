"""`triagebook claims`: lists claims and whether the facts support them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

CLAIMS = """\
title: Report
claims:
  - {says: There are 5 locations, lines: 3, value: 5, about: {fact: affected.locations}}
  - {says: 47 locations, lines: 5, also: plan.md#L7-L9, kind: sum, value: 47, about: {fact: affected.locations}}
  - says: "All 12 tests\\tpass"
    lines: 8
    kind: verdict-without-evidence
    disputed: |
      No run is recorded,
      and {{ affected.files }} hold the defect.
  - {says: Customers are happy, lines: 9}
  - {says: It failed 3 times, lines: 12, value: 3, about: {fact: shop.failures}}
"""
TYPED = """\
kind: value
grade: transcribed
at: 2026-03-04
environment: staging
from: report.md#L12
name: shop.failures
value: 3
"""


@pytest.fixture
def claims(book: Path) -> Path:
    """Five claims in issue 9, one in each state, and one in issue 10."""
    done = "title: Report\nclaims: [{says: It is done, lines: 1, disputed: nothing is}]\n"
    for issue, text in {"9": CLAIMS, "10": done}.items():
        (book / issue / "claims").mkdir()
        (book / issue / "claims" / "report.yaml").write_text(text, encoding="utf-8")
    (book / "9" / "evidence" / "typed.yaml").write_text(TYPED, encoding="utf-8")
    return book


@pytest.mark.usefixtures("claims")
def test_a_pipe_gets_a_paragraph_per_claim_and_a_summary(
    run_installed: Run, golden: Callable[[str, str], None]
) -> None:
    """A paragraph per claim, and a summary."""
    ran = run_installed("claims")
    assert (ran.code, ran.err) == (0, "")
    golden("claims", ran.out)


@pytest.mark.usefixtures("claims")
def test_a_terminal_gets_wrapped_paragraphs(run_on_terminal: Run, golden: Callable[[str, str], None]) -> None:
    """One paragraph per claim, wrapped to the width of the terminal."""
    ran = run_on_terminal("claims", columns=50)
    assert max(len(line) for line in ran.out.splitlines() if " claims in " not in line) <= 50
    golden("claims-narrow", ran.out)


@pytest.mark.usefixtures("claims")
def test_json_output(run: Run, golden: Callable[[str, str], None]) -> None:
    ran = run("claims", "9", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert {claim["issue"] for claim in json.loads(ran.out)["claims"]} == {"9"}
    golden("claims-json", ran.out)


@pytest.mark.usefixtures("claims")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--state holds", ["There are 5 locations"]),
        ("--state contradicted", ["47 locations"]),
        ("--state disputed", ["All 12 tests\tpass", "It is done"]),
        ("--state restates", ["It failed 3 times"]),
        ("--state unproven", ["Customers are happy"]),
        ("--kind sum", ["47 locations"]),
        ("--kind sum --kind verdict-without-evidence", ["47 locations", "All 12 tests\tpass"]),
        ("--kind sum --state holds", []),
        ("10 --state disputed", ["It is done"]),
    ],
)
def test_filters_by_state_and_kind(options: str, words: list[str], run: Run) -> None:
    ran = run("claims", *options.split(), "--format", "json")
    assert [claim["says"] for claim in json.loads(ran.out)["claims"]] == words


@pytest.mark.usefixtures("claims")
def test_the_summary_counts_claims_by_state(run: Run) -> None:
    def last(*options: str) -> str:
        summary: str = run("claims", *options).out.splitlines()[-1]
        return summary

    states = "1 holds, 1 contradicted, 2 disputed, 1 restates its source, 1 unproven"
    assert last() == f"6 claims in 3 issues: {states}"
    assert last("9", "--state", "holds") == "1 of 5 claims in 1 issue: 1 holds"
    assert last("--kind", "drift") == "none of 6 claims matches; remove a filter"
    assert last("101") == "no claims"


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["1001"], "there is no issue `1001` in this book"),
        (["--state", "true"], "invalid value for '--state'"),
        (["--kind", "lie"], "invalid value for '--kind'"),
    ],
    ids=["issue", "state", "kind"],
)
def test_unknown_issues_states_and_kinds_are_refused(arguments: list[str], what: str, run: Run) -> None:
    ran = run("claims", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {what}")
    assert len(ran.err.splitlines()) == 2


def test_without_a_book_it_fails(run: Run) -> None:
    assert run("claims").code == 2
