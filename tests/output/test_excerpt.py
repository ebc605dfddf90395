"""The mark below a source line is always under the column of the finding."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from triagebook.output.text import Excerpt, excerpt
from triagebook.text import visible


def shown(line: str, column: int, width: int = 60, number: int = 7) -> list[str]:
    cut = excerpt(line, number, column, width)
    return [cut.gutter + cut.text, f"{cut.gutter_below}{cut.before_mark}^"]


def test_a_short_line_is_shown_whole() -> None:
    assert shown("title: a", 8) == [
        "    7 | title: a",
        "      |        ^",
    ]  # fmt: skip


def test_tabs_before_the_mark_are_expanded() -> None:
    assert shown("a:\tb\tc", 6) == [
        "    7 | a:  b   c",
        "      |         ^",
    ]


def test_wide_characters_before_the_mark_take_two_columns() -> None:
    assert shown("价格: x", 5) == [
        "    7 | 价格: x",
        "      |       ^",
    ]


def test_combining_characters_take_no_column() -> None:
    assert shown("e\u0301e\u0301: x", 7) == [
        "    7 | e\u0301e\u0301: x",
        "      |     ^",
    ]


def test_control_characters_are_escaped() -> None:
    assert shown("a\x1b[2J: x", 8) == [
        "    7 | a\\x1b[2J: x",
        "      |           ^",
    ]


def test_a_long_line_is_cut_at_its_end() -> None:
    assert shown("title: " + "a" * 100, 8, width=48) == [
        "    7 | title: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...",
        "      |        ^",
    ]


def test_a_long_line_is_cut_on_both_sides_of_the_mark() -> None:
    assert shown("a" * 100 + "!" + "b" * 100, 101, width=48) == [
        "    7 | ...aaaaaaaaaaaaaaaaaaaa!bbbbbbbbbbbbb...",
        "      |                        ^",
    ]


def test_a_long_line_is_cut_at_its_beginning() -> None:
    assert shown("a" * 100 + "!", 101, width=48) == [
        "    7 | ...aaaaaaaaaaaaaaaaaaaa!",
        "      |                        ^",
    ]


def test_a_column_past_the_end_is_marked_at_the_end() -> None:
    assert shown("ab", 9) == [
        "    7 | ab",
        "      |   ^",
    ]


def test_a_long_line_number_widens_the_margin() -> None:
    assert shown("ab", 1, number=1234567) == [
        "1234567 | ab",
        "        | ^",
    ]


LINES = st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=300)
ODD_LINES = st.text(st.sampled_from("ab \t价\u0301\U0001f600\x1b\u202e"), max_size=300)


@given(LINES | ODD_LINES, st.integers(1, 310), st.integers(1, 130))
@example("", 1, 1)
@example("a" * 500_000, 250_000, 80)
def test_any_line_fits_and_the_mark_is_below_its_column(line: str, column: int, width: int) -> None:
    cut = excerpt(line, 7, column, width)
    assert cell_len(cut.gutter + cut.text) <= max(width, 40)
    assert len(cut.gutter + cut.before_mark) < max(width, 40)
    assert "\n" not in cut.text
    character = line[column - 1 : column].strip()
    if cell_len(character) and visible(character) == character:
        assert under_the_mark(cut) == character


def under_the_mark(cut: Excerpt) -> str:
    columns = 0
    for character in cut.text:
        if columns == len(cut.before_mark) and cell_len(character):
            return character
        columns += cell_len(character)
    return ""
