"""Pairs the lines of two lists by their text and their order."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TOO_MANY = 250_000  # cells of a table; beyond that, only what stands on the same line is paired
_BLANKS = re.compile(r"\s+")


def same_text(one: str, other: str) -> bool:
    """Are two texts the same code? One may be shorter; blanks do not count."""
    a, b = (_BLANKS.sub("", text).removesuffix("...") for text in (one, other))
    return a == b or (bool(a and b) and (a in b or b in a))


def in_order(old: Sequence[tuple[int, str | None]], new: Sequence[tuple[int, str]]) -> list[tuple[int, int]]:
    """As many pairs as there can be of lines that say the same, none across another; then those that moved least.

    A line without a text may be any.
    """
    if len(old) * len(new) > _TOO_MANY:
        numbers = {line: number for number, (line, _) in enumerate(new)}
        return [(number, numbers[line]) for number, (line, _) in enumerate(old) if line in numbers]
    # best[i][j]: how many pairs, and how far they moved, among old[i:] and new[j:]
    best = [[(0, 0)] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            choices = [best[i + 1][j], best[i][j + 1]]
            if _fit(old[i], new[j]):
                pairs, moved = best[i + 1][j + 1]
                choices.append((pairs + 1, moved - abs(old[i][0] - new[j][0])))
            best[i][j] = max(choices)
    return _way_through(best, old, new)


def _fit(old: tuple[int, str | None], new: tuple[int, str]) -> bool:
    return old[1] is None or same_text(old[1], new[1])


def _way_through(
    best: list[list[tuple[int, int]]], old: Sequence[tuple[int, str | None]], new: Sequence[tuple[int, str]]
) -> list[tuple[int, int]]:
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs
