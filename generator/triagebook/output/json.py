"""Findings as JSON, for programs and as the baseline of a later check."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

from triagebook.findings import Finding, Level

from .check_result import CheckResult

_Key: TypeAlias = tuple[str, str, tuple[str | int, ...], str]


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


class Baseline:
    """Known findings, identified by code, file, field and message: the line may change."""

    def __init__(self, keys: Iterable[_Key]) -> None:
        self._times = Counter(keys)

    @classmethod
    def read(cls, text: str) -> Baseline:
        """A baseline from the JSON of a check; a ValueError if it is something else."""
        try:
            document = json.loads(text)
            found = [*document["findings"], *document.get("known", [])]
            open_ones = [finding for finding in found if not finding["accepted"]]
            return cls((one["code"], one["file"], tuple(one["field"]), one["says"]) for one in open_ones)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("not the JSON of a check") from error

    def split(self, findings: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
        """The findings that are new, and those that are known; each known one excuses one finding."""
        left = Counter(self._times)
        new, known = [], []
        for finding in findings:
            key = (finding.code, finding.file, finding.field, finding.says)
            if left[key] and not finding.accepted:
                left[key] -= 1
                known.append(finding)
            else:
                new.append(finding)
        return new, known
