"""Findings as text: the position, what is wrong, the source line, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import click
from msgspec import Struct
from rich.cells import cell_len, set_cell_size

from triagebook.findings import Finding, Level
from triagebook.text import counted, on_one_line, visible

LineOf: TypeAlias = Callable[[Finding], str | None]  # the line of the file that a finding is about

WIDTH = 120
_CUT = "..."
_LEAST = 32  # columns, however narrow the terminal
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


class Excerpt(Struct, frozen=True):
    """Two lines to print: the numbered line of the file, and the position of the mark below it."""

    gutter: str
    text: str
    before_mark: str

    @property
    def gutter_below(self) -> str:
        """The margin of the second line, as wide as that of the first."""
        return f"{'|':>{len(self.gutter) - 1}} "


def excerpt(line: str, number: int, column: int, width: int) -> Excerpt:
    """A line of a file, or the part around the column if it is too wide."""
    gutter = f"{number:>5} | "
    room = max(width - len(gutter), _LEAST)
    index = min(column - 1, len(line))
    begin = max(0, index - room)  # what is further away is never visible
    before = visible(line[begin:index].expandtabs(4))
    after = visible(line[index : index + room].expandtabs(4)) or " "  # a mark past the end is below a space
    fits = not begin and index + room >= len(line) and cell_len(before + after) <= room
    if not fits and (begin or cell_len(before) + cell_len(after[0]) + len(_CUT) > room):
        while cell_len(before) > room // 2 or (before and cell_len(before[0]) == 0):  # a combining character
            before = before[1:]
        before = _CUT + before
    left = room - cell_len(before)
    if cell_len(after) > left or index + room < len(line):
        after = set_cell_size(after, left - len(_CUT)).rstrip() + _CUT
    return Excerpt(gutter, (before + after).rstrip(), " " * cell_len(before))
