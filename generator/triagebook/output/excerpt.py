"""The source line of a finding with a mark below its column, cut to a given width."""

from __future__ import annotations

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
    mark = index - first
    start, end = 0, len(cells)
    if first or last < len(line) or _width(cells) > room:
        start = _start(cells, mark, room, cut=first > 0)
        end = _end(cells, start, room - (len(_CUT) if first + start else 0), cut=last < len(line))
    left = _CUT if first + start else ""
    right = _CUT if end < len(cells) or last < len(line) else ""
    text = left + "".join(cells[start:end]) + right
    return Excerpt(gutter, text.rstrip(), " " * (len(left) + _width(cells[start:mark])))


def _cells(text: str) -> list[str]:
    """Each character as it is shown."""
    cells: list[str] = []
    at = 0
    for character in text:
        cells.append(" " * (_TAB - at % _TAB) if character == "\t" else visible(character))
        at += cell_len(cells[-1])
    return cells


def _width(cells: list[str]) -> int:
    """The columns of a terminal that some characters take."""
    return sum(map(cell_len, cells))


def _start(cells: list[str], mark: int, room: int, *, cut: bool) -> int:
    """The first cell to show: the first of the line, if the mark then still fits."""
    if not cut and _width(cells[: mark + 1]) + len(_CUT) <= room:
        return 0
    start, shown = mark, 0
    while start and shown + cell_len(cells[start - 1]) <= room // 2:
        start -= 1
        shown += cell_len(cells[start])
    while start < mark and cell_len(cells[start]) == 0:  # a combining character
        start += 1
    return start


def _end(cells: list[str], start: int, room: int, *, cut: bool) -> int:
    """The index after the last cell that fits."""
    if not cut and _width(cells[start:]) <= room:
        return len(cells)
    room -= len(_CUT)
    end = start
    while end < len(cells) and cell_len(cells[end]) <= room:
        room -= cell_len(cells[end])
        end += 1
    return end
