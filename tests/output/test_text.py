"""Findings as text for people, with their source lines."""

from __future__ import annotations

from json import loads
from pathlib import Path

import click

from tests.kit.findings import finding
from triagebook.findings import Finding, Level
from triagebook.output import json, text
from triagebook.output.check_result import CheckResult
from triagebook.text import on_one_line, visible


def plain(*findings: Finding, line: str | None = None) -> str:
    lines = text.render_with_lines(findings, Path("issues"), lambda _: line)
    return "".join(f"{click.unstyle(each)}\n" for each in lines)


def test_a_finding_is_two_lines() -> None:
    assert text.render([finding(line=2, column=3)], Path("issues")) == (
        "issues/9/issue.yaml:2:3: TB301 error: it is wrong\n  mend it\n"
    )


def test_a_finding_is_shown_with_its_source_line() -> None:
    assert plain(finding(line=2, column=8), line="title: a") == (
        "issues/9/issue.yaml:2:8: TB301 error: it is wrong\n"
        "    2 | title: a\n"
        "      |        ^\n"
        "  mend it\n"
    )  # fmt: skip


def test_both_renderers_agree_without_source_lines() -> None:
    findings = [finding(), finding(accepted="a")]
    assert plain(*findings) == text.render(findings, Path("issues"))


def test_an_accepted_finding_names_who_accepted_it() -> None:
    accepted = finding(says="says\nthis", do="do \x1b that", accepted="backend, until 2026-05-01: it is rebuilt")
    assert text.render([accepted], Path("issues")) == (
        "issues/9/issue.yaml:1:1: TB301 error: says this\n"
        "  do \\x1b that\n"
        "  accepted by backend, until 2026-05-01: it is rebuilt\n"
    )


def test_each_severity_has_a_colour_except_for_accepted_findings() -> None:
    def heading(severity: Level, accepted: str = "") -> str:
        found = finding(severity=severity, accepted=accepted)
        return next(iter(text.render_with_lines([found], Path("issues"), lambda _: None)))

    assert "\x1b[31m" in heading(Level.ERROR)
    assert "\x1b[33m" in heading(Level.WARNING)
    assert "\x1b[36m" in heading(Level.NOTE)
    assert "\x1b[3" not in heading(Level.ERROR, accepted="a")


def test_the_tally_counts_severities_and_accepted_findings() -> None:
    note = finding(severity=Level.NOTE)
    assert text.tally([]) == "no findings"
    assert text.tally([finding(), finding(), note, finding(accepted="a")]) == "2 errors, 1 note, 1 accepted"


def test_the_json_counts_severities_and_accepted_findings() -> None:
    found = [finding(severity=Level.NOTE), finding(accepted="a")]
    document = loads(json.render(CheckResult(found, Path("issues"), known=[finding()])))
    assert document["counts"] == {"error": 0, "warning": 0, "note": 1, "accepted": 1, "known": 1}
    assert [each["accepted"] for each in document["findings"]] == [None, "a"]
    assert [each["file"] for each in document["known"]] == ["9/issue.yaml"]


def test_foreign_text_begins_no_line_that_a_ci_system_obeys() -> None:
    assert visible("a\n::error::b") == "a\n\\::error::b"
    assert visible("a\x85::error::b\u2028c") == "a\\x85::error::b\\u2028c"
    assert on_one_line(" ::add-mask::x") == "\\::add-mask::x"
