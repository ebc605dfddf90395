"""How lines are paired without a history."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triagebook.scan.comparison import in_order, same_text


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ([(10, "a"), (20, "a"), (30, "a")], [(20, "a"), (30, "a"), (40, "a")], [(0, 0), (1, 1), (2, 2)]),
        ([(10, "a"), (20, "a"), (30, "a")], [(20, "a"), (30, "a")], [(1, 0), (2, 1)]),
        ([(10, "a"), (20, "b")], [(12, "b"), (14, "a")], [(0, 1)]),
        ([(10, None), (20, None)], [(21, "b")], [(1, 0)]),
        ([], [(1, "a")], []),
    ],
)
def test_lines_are_paired_in_order_with_the_least_movement(
    old: list[tuple[int, str | None]], new: list[tuple[int, str]], pairs: list[tuple[int, int]]
) -> None:
    """As many as can be; among these, the ones that moved least."""
    assert in_order(old, new) == pairs


def test_blanks_do_not_make_a_text_different() -> None:
    """Blanks do not count, and one of the two may say less."""
    assert same_text("await get( a, b )", "await get(a,\n b)")
    assert same_text("manager = await get(a)", "await get(")
    assert not same_text("await get(a)", "await get(b)")


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_there_are_as_many_pairs_as_can_be(old: list[str], new: list[str]) -> None:
    pairs = in_order(list(enumerate(old, 1)), list(enumerate(new, 1)))
    assert all(old[i] == new[j] for i, j in pairs)
    assert pairs == sorted(pairs)
    assert len({j for _, j in pairs}) == len(pairs)
    matching = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    assert len(pairs) >= sum(block.size for block in matching)


def test_very_many_lines_are_paired_in_their_places() -> None:
    """Comparing every pair of ten thousand lines would take too long."""
    many = [(line, "a") for line in range(1, 10_001)]
    assert in_order(list(many), many[1:])[0] == (1, 0)
