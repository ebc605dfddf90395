"""Findings as text: where, what is wrong, and what to do about it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from triagebook.findings import Severity

from .words import counted, on_one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from triagebook.findings import Finding


def render(findings: Sequence[Finding], root: Path) -> str:
    """Two lines a finding, and a third where somebody accepts it; `root` is the book's folder, as it is to be named."""
    return "".join(f"{line}\n" for finding in findings for line in _lines(finding, root))


def tally(findings: Sequence[Finding]) -> str:
    """How many findings there are, in words: `2 errors, 1 warning, 1 accepted`."""
    counts = Counter(finding.severity for finding in findings if not finding.accepted)
    words = [counted(counts[severity], severity.value) for severity in Severity if counts[severity]]
    if accepted := len(findings) - counts.total():
        words.append(f"{accepted} accepted")
    return ", ".join(words) or "no findings"


def place(finding: Finding, root: Path) -> str:
    """Where a finding stands, in the form that editors and terminals make a link of."""
    return on_one_line(f"{(root / finding.file).as_posix()}:{finding.line}:{finding.column}")


def _lines(finding: Finding, root: Path) -> Iterator[str]:
    yield f"{place(finding, root)}: {finding.code} {finding.severity}: {on_one_line(finding.says)}"
    yield f"  {on_one_line(finding.do)}"
    if finding.accepted:
        yield f"  accepted by {on_one_line(finding.accepted)}"
