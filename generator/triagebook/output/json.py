"""Findings as JSON, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from triagebook.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from triagebook.findings import Finding


def render(findings: Sequence[Finding], root: Path) -> str:
    """One object: the findings, and how many there are of each severity."""
    document = {
        "findings": [as_data(finding, root) for finding in findings],
        "counts": {severity.value: sum(f.severity is severity for f in findings) for severity in Severity},
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
    }
