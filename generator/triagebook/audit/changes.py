"""TB807: a stated change must follow from the two values that it compares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from triagebook.findings import Finding

from .base import DocumentRule, Known
from .document import MarkdownDocument, TextLine
from .figures import value
from .words import Words

WORDS = Words("changes")


class WrongChange(DocumentRule, code="TB807"):
    """A stated change does not follow from the values before and after it."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for titles, *rows in document.tables:
            for at in range(2, len(titles.cells)):
                for row in rows if WORDS.title.search(titles.cells[at]) else ():
                    before, after = (WORDS.value.fullmatch(cell.strip()) for cell in row.cells[at - 2 : at])
                    change = WORDS.change.search(row.cells[at])
                    if before and after and change and before["unit"].lower() == after["unit"].lower():
                        yield from self._compared(document, row.lines[0], before["value"], after["value"], change)
        for line in document.prose:
            yield from self._grown(document, line)
            for match in (*WORDS.told.finditer(line.without_code), *WORDS.told_before.finditer(line.without_code)):
                change = WORDS.change.search(match["change"])
                is_same = (match["unit"] or match["unit2"]).lower() == match["unit2"].lower()
                if change and is_same and match["unit2"] != "%":
                    yield from self._compared(document, line, match["before"], match["after"], change)

    def _grown(self, document: MarkdownDocument, line: TextLine) -> Iterator[Finding]:
        """A growth by so many, with its share: two values of one row lie as far apart."""
        for match in WORDS.grown.finditer(line.text):
            for row in (row for rows in document.tables for row in rows):
                numbers = [cell for cell in row.cells if WORDS.number.fullmatch(cell)]
                for old, new in pairwise(numbers):
                    change = WORDS.change.search(match["change"])
                    if change and abs(abs(value(new) - value(old)) - value(match["by"])) < 0.001:
                        yield from self._compared(document, line, old, new, change)

    def _compared(
        self, document: MarkdownDocument, line: TextLine, old: str, new: str, change: re.Match[str]
    ) -> Iterator[Finding]:
        lows, highs = zip(_range(old), _range(new), strict=True)
        stated, slack = abs(value(change["number"])), _range(change["number"])[1] - value(change["number"])
        pairs = [(before, after) for before in (lows[0], highs[0]) for after in (lows[1], highs[1])]
        if any(before <= 0 or after <= 0 for before, after in pairs):
            return
        if change["factor"]:
            possible = [max(after / before, before / after) for before, after in pairs]
            actual, unit = max(value(new) / value(old), value(old) / value(new)), "x"
        else:
            possible = [100 * abs(after - before) / before for before, after in pairs]
            actual, unit = 100 * abs(value(new) - value(old)) / value(old), " %"
        slack = max(slack, 1.0) if change["about"] else slack
        if not min(possible) - slack <= stated <= max(possible) + slack:
            says = f"from {old} to {new} is {actual:.3g}{unit}, not {change.group().strip()}"
            yield self.finding(document, line.number, says, change.group().strip())


def _range(text: str) -> tuple[float, float]:
    """The least and the greatest number that is written so after rounding."""
    decimals = re.search(r"[.](\d+)$", text.replace(",", ".") if re.search(r",\d{1,2}$", text) else text)
    half = 0.5 * 10 ** -len(decimals[1]) if decimals else 0.5
    return value(text) - half, value(text) + half
