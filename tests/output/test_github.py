"""A GitHub Actions runner reads each finding exactly as it was reported."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given

from tests.kit.findings import FINDINGS, RULES, TEXTS, finding
from triagebook.findings import Finding, Level
from triagebook.output.check_result import CheckResult
from triagebook.output.github import escaped, escaped_property, render
from triagebook.text import visible

# What the runner undoes, in its order: `actions/toolkit` writes these, and its documentation lists them.
_IN_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_IN_PROPERTIES = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


def decoded(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for escape, character in escapes:
        text = text.replace(escape, character)
    return text


def command_in(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner takes it apart: level, properties, message."""
    found = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert found, line
    pairs = (pair.partition("=") for pair in found[2].split(","))
    properties = {key: decoded(value, _IN_PROPERTIES) for key, _, value in pairs}
    return found[1], properties, decoded(found[3], _IN_DATA)


def rendered(*findings: Finding) -> list[str]:
    return render(CheckResult(findings, Path("issues"), RULES)).splitlines()


def test_an_error_becomes_an_error_command() -> None:
    properties = "file=issues/9/issue.yaml,line=3,col=7,title=TB301 first"
    message = "issues/9/issue.yaml:3:7: it is wrong%0Amend it"
    assert rendered(finding(line=3, column=7)) == [f"::error {properties}::{message}", "1 error"]


def test_each_severity_has_its_command() -> None:
    levels = [command_in(rendered(finding(severity=severity))[0])[0] for severity in Level]
    assert levels == ["error", "warning", "notice"]


def test_an_accepted_finding_becomes_a_notice() -> None:
    level, _, message = command_in(rendered(finding(accepted="backend, until 2026-01-01: a reason"))[0])
    assert level == "notice"
    assert message.endswith("\nAccepted by backend, until 2026-01-01: a reason")


def test_known_findings_are_omitted() -> None:
    report = CheckResult([], Path("issues"), RULES, known=[finding()])
    assert render(report) == "no findings\n"


def test_a_message_cannot_inject_a_command() -> None:
    assert len(rendered(finding(says="a\n::error::b", do="::stop-commands::x"))) == 2


@given(TEXTS)
def test_an_escaped_message_decodes_to_the_original(text: str) -> None:
    line = escaped(text)
    assert not {"\r", "\n"} & set(line)
    assert decoded(line, _IN_DATA) == text


@given(TEXTS)
def test_an_escaped_property_decodes_to_the_original(text: str) -> None:
    line = escaped_property(text)
    assert not {"\r", "\n", ":", ","} & set(line)
    assert decoded(line, _IN_PROPERTIES) == text


@given(FINDINGS)
def test_any_finding_is_one_line_with_its_position_and_message(findings: list[Finding]) -> None:
    """Each is one line, and the runner reads its place and its words from it."""
    report = CheckResult(findings, Path("issues"), RULES)
    *lines, summary = render(report).split("\n")[:-1]
    assert not summary.startswith("::")
    for found, line in zip(findings, lines, strict=True):
        _, properties, message = command_in(line)
        assert properties == {
            "file": f"issues/{found.file}",
            "line": str(found.line),
            "col": str(found.column),
            "title": report.title(found),
        }
        assert visible(found.says) in message
        assert visible(found.do) in message
