"""Finds the code in a Markdown text: in fences and between backticks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

BEFORE_BLOCK = r"(?:[ >]|[-*+] |\d{1,9}[.)] )*"  # markers that may precede a block on its line
_FENCE = re.compile(rf"({BEFORE_BLOCK})(`{{3,}}|~{{3,}})([^\n]*)\n?")


def split_code(markdown: str) -> Iterator[tuple[str, bool]]:
    """The text in parts, each with whether it is code. Only for appearance: safety is decided by the parser."""
    lines: list[str] = []
    rest = iter(markdown.splitlines(keepends=True))
    for text in rest:
        opening = _FENCE.fullmatch(text)
        if opening is None or (opening[2][0] == "`" and "`" in opening[3]):
            lines.append(text)
            continue
        yield from _spans("".join([*lines, opening[1]]))
        lines.clear()
        block = [text[len(opening[1]) :]]
        for inner in rest:
            block.append(inner)
            closing = _FENCE.fullmatch(inner)
            if closing and closing[2].startswith(opening[2]) and len(closing[1]) == len(opening[1]):
                break
        yield "".join(block), True
    yield from _spans("".join(lines))


def _spans(text: str) -> Iterator[tuple[str, bool]]:
    for number, paragraph in enumerate(re.split(r"(\n{2,})", text)):
        at = 0
        for start, end, _ in code_spans(paragraph) if number % 2 == 0 else ():
            yield paragraph[at:start], False
            yield paragraph[start:end], True
            at = end
        yield paragraph[at:], False


def code_spans(text: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and number of backticks of each code span; linear in the number of backticks."""
    if "`" not in text:  # most have none
        return
    runs = [found.span() for found in re.finditer("`+", text)]
    by_length: dict[int, list[int]] = {}
    for start, end in runs:
        by_length.setdefault(end - start, []).append(start)
    at = 0
    for run_start, end in runs:
        escaped = (run_start - len(text[:run_start].rstrip("\\"))) % 2 if text[run_start - 1 : run_start] == "\\" else 0
        start = run_start + escaped
        partners = by_length.get(end - start, [])
        partner = bisect_right(partners, run_start)
        if run_start < at or start == end or partner == len(partners):
            continue
        at = partners[partner] + end - start
        yield start, at, end - start


def longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
