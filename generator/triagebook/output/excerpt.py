"""The source line of a finding with a mark below its column, cut to a given width."""

from __future__ import annotations

from msgspec import Struct
from rich.cells import cell_len, set_cell_size

from triagebook.text import visible

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
