"""Findings as annotations in GitHub Actions: one workflow command per line."""

from __future__ import annotations

from triagebook.findings import Finding, Level
from triagebook.text import visible

from .check_result import CheckResult
from .text import place, tally


def render(report: CheckResult) -> str:
    """One command per finding, accepted ones as notices, and a summary line for the log."""
    return "".join([*(_command(finding, report) for finding in report.findings), f"{tally(report.findings)}\n"])


def _command(finding: Finding, report: CheckResult) -> str:
    where = {"file": report.place(finding), "line": finding.line, "col": finding.column}
    properties = {**where, "title": report.title(finding)}
    written = ",".join(f"{key}={escaped_property(visible(str(value)))}" for key, value in properties.items())
    # The log shows only the message, so it begins with the position.
    said = [f"{place(finding, report.root)}: {finding.says}", finding.do]
    said += [f"Accepted by {finding.accepted}"] if finding.accepted else []
    level = "notice" if finding.accepted or finding.severity is Level.NOTE else finding.severity.value
    return f"::{level} {written}::{escaped(visible(chr(10).join(said)))}\n"


def escaped(text: str) -> str:
    """The text of a command's message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_property(text: str) -> str:
    """The text of a command's property."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
