"""A baseline separates new findings from those of an earlier check."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from tests.kit.findings import FINDINGS, finding
from triagebook.findings import Finding
from triagebook.output import json
from triagebook.output.check_result import CheckResult
from triagebook.output.json import known_findings, split

Split = tuple[list[Finding], list[Finding]]


def after(findings: list[Finding], *before: Finding, known: list[Finding] | None = None) -> Split:
    """The new findings and the known ones, by the JSON of an earlier check."""
    return split(findings, known_findings(json.render(CheckResult(before, Path("anywhere"), known=known))))


def test_a_finding_on_another_line_is_known() -> None:
    moved = finding(line=30, column=9, do="mend it in another way")
    assert after([moved], finding()) == ([], [moved])


@pytest.mark.parametrize(
    "changed",
    [
        finding("TB302"),
        finding(file="8/issue.yaml"),
        finding(field=("claims", 1)),
        finding(field=("claims", "0")),
        finding(says="it is worse"),
    ],
    ids=["code", "file", "field", "key for index", "message"],
)
def test_another_finding_is_new(changed: Finding) -> None:
    assert after([changed], finding()) == ([changed], [])


def test_each_known_finding_excuses_only_one() -> None:
    new, known = after([finding(line=1), finding(line=2)], finding())
    assert ([f.line for f in new], [f.line for f in known]) == ([2], [1])


def test_an_accepted_finding_is_not_in_the_baseline() -> None:
    """When the waiver ends, the finding is back."""
    assert after([finding()], finding(accepted="backend, until 2026-01-01: a reason")) == ([finding()], [])


def test_a_known_finding_that_is_now_accepted_is_shown_as_accepted() -> None:
    accepted = finding(accepted="backend, until 2026-01-01: a reason")
    assert after([accepted], finding()) == ([accepted], [])


def test_a_check_with_a_baseline_is_itself_a_baseline() -> None:
    assert after([finding()], known=[finding()]) == ([], [finding()])


@given(FINDINGS)
def test_a_check_with_its_own_baseline_finds_nothing_new(findings: list[Finding]) -> None:
    new, known = after(findings, *findings)
    assert new == [f for f in findings if f.accepted]
    assert known == [f for f in findings if not f.accepted]


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "1", "{}", "null", '{"findings": 1}', '{"findings": [1]}', '{"findings": [{}]}', "[" * 100_000),
        '{"findings": [{"code": [], "file": {}, "field": ["a"], "says": "b", "accepted": null}]}',
    ],
    ids=lambda text: text[:20] or "nothing",
)
def test_other_json_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        known_findings(text)
