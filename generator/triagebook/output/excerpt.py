"""The source line of a finding with a mark below its column, cut to a given width."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from msgspec import Struct
from rich.cells import cell_len

from triagebook.text import visible

_TAB = 4
_CUT = "..."
_LEAST = 32  # columns, however narrow the terminal


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
    line = line.ljust(index + 1)  # a mark past the end is below a space
    first, last = max(index - room, 0), index + room  # the rest is never visible
    cells = _cells(line[first:last])
    widths = [cell_len(cell) for cell in cells]
    mark, start, left = index - first, 0, ""
    is_cut = first > 0 or last < len(line) or sum(widths) > room
    if is_cut and (first or sum(widths[: mark + 1]) + len(_CUT) > room):
        start = mark - _fitting(widths[:mark][::-1], room // 2)
        while start < mark and widths[start] == 0:  # a combining character
            start += 1
        left = _CUT if first + start else ""
    end, right = start + _fitting(widths[start:], room - len(left)), ""
    if end < len(cells) or last < len(line):
        end, right = start + _fitting(widths[start:], room - len(left) - len(_CUT)), _CUT
    text = left + "".join(cells[start:end]) + right
    return Excerpt(gutter, text.rstrip(), " " * (len(left) + sum(widths[start:mark])))


def _cells(text: str) -> list[str]:
    """Each character as it is shown."""
    cells: list[str] = []
    at = 0
    for character in text:
        cells.append(" " * (_TAB - at % _TAB) if character == "\t" else visible(character))
        at += cell_len(cells[-1])
    return cells


def _fitting(widths: Iterable[int], room: int) -> int:
    """How many cells, from the first on, fit in some columns."""
    return sum(reach <= room for reach in accumulate(widths))
