"""Findings as JSON, for programs and as the baseline of a later check."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from triagebook.findings import Level

if TYPE_CHECKING:
    from pathlib import Path

    from triagebook.findings import Finding

    from .check_result import CheckResult


def render(report: CheckResult) -> str:
    """One object: the findings, the known ones of the baseline, and the number of each severity."""
    known = report.known or ()
    counts = Counter("accepted" if finding.accepted else finding.severity.value for finding in report.findings)
    document = {
        "source": report.source,
        "findings": [as_data(finding, report.root) for finding in report.findings],
        "known": [as_data(finding, report.root) for finding in known],
        "counts": {kind: counts[kind] for kind in (*map(str, Level), "accepted")} | {"known": len(known)},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_data(finding: Finding, root: Path) -> dict[str, Any]:
    """One finding; `root` is the book's folder, as it is to be named."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "path": (root / finding.file).as_posix(),
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "field": list(finding.field),
        "says": finding.says,
        "do": finding.do,
        "accepted": finding.accepted or None,
    }
