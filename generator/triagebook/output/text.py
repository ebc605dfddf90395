"""Findings as text: the position, what is wrong, the source line, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import click

from triagebook.findings import Finding, Level
from triagebook.text import counted, on_one_line

from .excerpt import excerpt

LineOf: TypeAlias = Callable[[Finding], str | None]  # the line of the file that a finding is about

WIDTH = 120
_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}


def render(findings: Sequence[Finding], root: Path) -> str:
    """Two lines per finding, and a third if it is accepted; `root` is the book's folder, as shown to the user."""
    return "".join(f"{click.unstyle(line)}\n" for line in render_with_lines(findings, root, lambda _: None))


def render_with_lines(findings: Sequence[Finding], root: Path, line_of: LineOf, width: int = WIDTH) -> Iterator[str]:
    """The same in colour, line by line, with the source line of each finding."""
    for finding in findings:
        colour = None if finding.accepted else _COLOURS[finding.severity]
        where = click.style(place(finding, root), bold=True)
        kind = click.style(f"{finding.code} {finding.severity}", fg=colour, bold=True)
        yield f"{where}: {kind}: {on_one_line(finding.says)}"
        line = line_of(finding)
        if line is not None:
            shown = excerpt(line, finding.line, finding.column, width)
            yield click.style(shown.gutter, dim=True) + shown.text
            yield click.style(shown.gutter_below, dim=True) + shown.before_mark + click.style("^", fg=colour, bold=True)
        yield f"  {on_one_line(finding.do)}"
        if finding.accepted:
            yield f"  accepted by {on_one_line(finding.accepted)}"


def tally(findings: Sequence[Finding]) -> str:
    """The number of findings in words: `2 errors, 1 warning, 1 accepted`."""
    counts = Counter(finding.severity for finding in findings if not finding.accepted)
    words = [counted(counts[severity], severity.value) for severity in Level if counts[severity]]
    if accepted := len(findings) - counts.total():
        words.append(f"{accepted} accepted")
    return ", ".join(words) or "no findings"


def place(finding: Finding, root: Path) -> str:
    """The position of a finding, in the form that editors and terminals turn into a link."""
    return on_one_line(f"{(root / finding.file).as_posix()}:{finding.line}:{finding.column}")
