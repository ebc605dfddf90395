"""Findings as annotations of GitHub Actions: workflow commands, one a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from triagebook.findings import Finding, RuleNote, Severity

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(findings: Sequence[Finding], root: Path, rules: Sequence[RuleNote] = ()) -> str:
    """One command a finding; accepted ones are only noticed."""
    names = {rule.code: rule.name for rule in rules}
    return "".join(_command(finding, root, names.get(finding.code, finding.code)) for finding in findings)


def _command(finding: Finding, root: Path, name: str) -> str:
    level = "notice" if finding.accepted else _LEVELS[finding.severity]
    properties = {
        "file": (root / finding.file).as_posix(),
        "line": finding.line,
        "col": finding.column,
        "title": f"{finding.code} {name}",
    }
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    said = [finding.says, finding.do, *([f"Accepted by {finding.accepted}"] if finding.accepted else [])]
    return f"::{level} {written}::{_message(chr(10).join(said))}\n"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
