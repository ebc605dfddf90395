"""Findings as JSON, for programs."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from triagebook.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from triagebook.findings import Finding


def render(findings: Sequence[Finding], root: Path) -> str:
    """One object: the findings, and how many there are of each severity, those that somebody accepts aside."""
    counts = Counter("accepted" if finding.accepted else finding.severity.value for finding in findings)
    document = {
        "findings": [as_data(finding, root) for finding in findings],
        "counts": {kind: counts[kind] for kind in (*map(str, Severity), "accepted")},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_data(finding: Finding, root: Path) -> dict[str, Any]:
    """One finding; `root` is the book's folder, as it is to be named."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "path": (root / finding.file).as_posix(),
        "line": finding.line,
        "column": finding.column,
        "field": list(finding.field),
        "says": finding.says,
        "do": finding.do,
        "accepted": finding.accepted or None,
    }
