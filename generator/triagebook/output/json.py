"""Findings as JSON, for programs and as the baseline of a later check."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from triagebook.findings import Finding, Level

from .check_result import CheckResult


def render(report: CheckResult) -> str:
    """One object: the findings, the known ones of the baseline, and the number of each severity."""
    counts = Counter("accepted" if finding.accepted else finding.severity.value for finding in report.findings)
    document = {
        "source": report.source,
        "findings": [as_data(finding, report.root) for finding in report.findings],
        "known": [as_data(finding, report.root) for finding in report.known or ()],
        "counts": {kind: counts[kind] for kind in (*Level, "accepted")} | {"known": len(report.known or ())},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_data(finding: Finding, root: Path) -> dict[str, Any]:
    """One finding, with its path; `root` is the book's folder, as it is to be named."""
    return {"path": (root / finding.file).as_posix()} | finding.as_data()
