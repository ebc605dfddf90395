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


class _Cell(Struct, frozen=True):
    """A character as it is shown, and how many columns of a terminal it takes."""

    shown: str
    width: int


def excerpt(line: str, number: int, column: int, width: int) -> Excerpt:
    """A line of a file, or the part around the column if it is too wide."""
    gutter = f"{number:>5} | "
    room = max(width - len(gutter), _LEAST)
    index = min(column - 1, len(line))
    first, last = max(index - room, 0), index + room  # the rest is never visible
    cells = _cells(line[first:last])
    mark = index - first
    start, end = 0, len(cells)
    if first or last < len(line) or _width(cells) > room:
        start = _start(cells, mark, room, cut=first > 0)
        end = _end(cells, start, room - (len(_CUT) if first + start else 0), cut=last < len(line))
    left = _CUT if first + start else ""
    right = _CUT if end < len(cells) or last < len(line) else ""
    text = left + "".join(cell.shown for cell in cells[start:end]) + right
    return Excerpt(gutter, text.rstrip(), " " * (len(left) + _width(cells[start:mark])))


def _cells(text: str) -> list[_Cell]:
    cells: list[_Cell] = []
    at = 0
    for character in text:
        shown = " " * (_TAB - at % _TAB) if character == "\t" else visible(character)
        cells.append(_Cell(shown, cell_len(shown)))
        at += cells[-1].width
    return cells


def _width(cells: list[_Cell]) -> int:
    return sum(cell.width for cell in cells)


def _start(cells: list[_Cell], mark: int, room: int, *, cut: bool) -> int:
    """The first cell to show: the first of the line, if the mark then still fits."""
    if not cut and _width(cells[: mark + 1]) + len(_CUT) <= room:
        return 0
    start, shown = mark, 0
    while start and shown + cells[start - 1].width <= room // 2:
        start -= 1
        shown += cells[start].width
    while start < mark and cells[start].width == 0:  # a combining character
        start += 1
    return start


def _end(cells: list[_Cell], start: int, room: int, *, cut: bool) -> int:
    """The index after the last cell that fits."""
    if not cut and _width(cells[start:]) <= room:
        return len(cells)
    room -= len(_CUT)
    end = start
    while end < len(cells) and cells[end].width <= room:
        room -= cells[end].width
        end += 1
    return end
