"""Findings as JSON, for programs and as the baseline of a later check."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from triagebook.findings import Finding, Level

from .check_result import CheckResult

_Key: TypeAlias = tuple[str, str, tuple[str | int, ...], str]  # of a known finding: its line may change


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


def known_findings(text: str) -> Counter[_Key]:
    """The findings in the JSON of a check, which are known; a ValueError if it is something else."""
    try:
        document = json.loads(text)
        found = [*document["findings"], *document.get("known", [])]
        open_ones = [finding for finding in found if not finding["accepted"]]
        return Counter((one["code"], one["file"], tuple(one["field"]), one["says"]) for one in open_ones)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not the JSON of a check") from error


def split(findings: Iterable[Finding], known_before: Mapping[_Key, int]) -> tuple[list[Finding], list[Finding]]:
    """The findings that are new, and those that are known; each known one excuses one finding."""
    left = Counter(known_before)
    new, known = list[Finding](), list[Finding]()
    for finding in findings:
        key = (finding.code, finding.file, finding.field, finding.says)
        excused = left[key] > 0 and not finding.accepted
        left[key] -= excused
        (known if excused else new).append(finding)
    return new, known
