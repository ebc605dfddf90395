"""Rules about waivers and their dates."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.books import DAY, at, book_of, findings_of, said
from triagebook.facts.inquiry import Inquiry
from triagebook.rules import check


def waiver(rest: str) -> str:
    return f"next: [a]\nwaivers:\n  - {{who: backend, why: a, {rest}}}"


RISK = "impact: {revenue: [{stream: chat, at_risk: %s USD/year, from: 'https://x.org'}]}\n"


def test_an_expired_waiver_is_found() -> None:
    text = waiver("rule: TB424, until: 2025-10-14")
    assert said(text, "TB411") == ["1/issue.yaml:3: the waiver of TB424 expired on 2025-10-14"]
    assert not [finding for finding in findings_of(text, select="TB424") if finding.accepted]
    assert not said(text, "TB412")


def test_an_expired_flaky_excuse_is_found() -> None:
    flaky = "{flaky: {why: a, owner: backend, until: 2025-10-14}}"
    text = f"suites: {{unit: {{category: unit, tests: {{test_a: {flaky}}}}}}}"
    assert said(text, "TB411") == ["1/issue.yaml:1: `test_a` may be flaky until 2025-10-14 only"]


def test_a_waiver_holds_on_its_last_day() -> None:
    text = waiver("rule: TB424, until: 2025-10-15")
    assert not said(text, "TB411")
    assert [finding.accepted for finding in findings_of(text, select="TB424")] == ["backend, until 2025-10-15: a"]
    assert not findings_of(waiver("rule: TB424, until: 2025-10-14"), as_of=None, select="TB411")


@pytest.mark.parametrize(
    ("rest", "field", "says"),
    [
        ("rule: TB999", "rule", "TB999 has no finding to accept"),
        ("rule: TB301", "rule", "TB301 has no finding to accept"),
        ("rule: TB424, at: title", "at", "TB424 has no finding at `title` to accept"),
    ],
)
def test_a_waiver_of_no_finding_is_found(rest: str, field: str, says: str) -> None:
    text = waiver(f"{rest}, until: 2999-12-31")
    assert said(text, "TB412") == [f"1/issue.yaml:3: {says}"]
    assert at(text, "TB412") == [("waivers", 0, field)]


@pytest.mark.parametrize("rest", ["rule: TB424", "rule: TB424, at: next", "rule: TB424, at: next.0", "rule: TB501"])
def test_a_waiver_of_a_finding_is_accepted(rest: str) -> None:
    assert not said(waiver(f"{rest}, until: 2999-12-31"), "TB412")


def test_without_today_unused_waivers_are_not_reported() -> None:
    assert not findings_of(waiver("rule: TB402, until: 2999-12-31"), as_of=None, select="TB412")


def test_a_finding_between_issues_can_be_waived() -> None:
    text = f"{RISK % 3}# 2/issue.yaml\n{RISK % 4}waivers: [{{rule: TB311, who: backend, why: a, until: 2999-12-31}}]"
    assert [finding.accepted for finding in findings_of(text, select="TB311")] == ["backend, until 2999-12-31: a"]
    assert not said(text, "TB412")


def test_a_finding_between_issues_belongs_to_one_issue(tmp_path: Path) -> None:
    book = book_of(f"{RISK % 3}# 2/issue.yaml\n{RISK % 4}", tmp_path).book
    assert "TB311" in {finding.code for finding in check(Inquiry(book, day=DAY), only=frozenset({"2"}))}
    assert "TB311" not in {finding.code for finding in check(Inquiry(book, day=DAY), only=frozenset({"1"}))}
    assert all(finding.file.startswith("2/") for finding in check(Inquiry(book, day=DAY), only=frozenset({"2"})))
