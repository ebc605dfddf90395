"""TB807: a stated change must follow from the two values that it compares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, takewhile

from triagebook.findings import Finding

from .base import DocumentRule, Known
from .document import Block, ListItem, MarkdownDocument, Paragraph, TextLine
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
        yield from self._of_rows(document)
        for line in document.prose:
            yield from self._grown(document, line)
            for match in (*WORDS.told.finditer(line.without_code), *WORDS.told_before.finditer(line.without_code)):
                change = WORDS.change.search(match["change"])
                is_same = (match["unit"] or match["unit2"]).lower() == match["unit2"].lower()
                if change and is_same and match["unit2"] != "%":
                    yield from self._compared(document, line, match["before"], match["after"], change)

    def _of_rows(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A change that a sentence tells of a row of a table, or behind a table or list of a value before and after."""
        for titles, *rows in document.tables:
            pairs: dict[str, tuple[float, float]] = {}
            for row in rows:
                if len(row.cells) == 3 and (pair := _pair(row.cells[1:])):
                    pairs[row.cells[0]] = pair
            section = document.section_of(titles.line)
            below = document.under(section) if section and len(pairs) > 1 else []
            behind = list(
                takewhile(lambda one: isinstance(one, Paragraph), below[below.index(rows[-1]) + 1 :] if below else [])
            )
            noun = re.escape((titles.cells[0].split() or ["row"])[0])
            for told in (one for one in below if isinstance(one, Paragraph | ListItem)):
                yield from self._told(document, told, pairs, noun, is_behind=told in behind)
        for before, block in pairwise(document.blocks):
            items = next((items for _, items in document.lists if items[-1] is before), [])
            pair = _pair([item.text.rpartition(": ")[2].partition(" of ")[0] for item in items])
            if pair and isinstance(block, Paragraph):
                yield from self._told(document, block, {"\0": pair}, "", is_behind=True)

    def _told(
        self, document: MarkdownDocument, block: Block, pairs: Mapping[str, tuple[float, float]], noun: str,
        *, is_behind: bool,
    ) -> Iterator[Finding]:  # fmt: skip
        for line in block.lines if not any(WORDS.told.search(line.text) for line in block.lines) else ():
            for clause in re.split(r"[,;.:]\s| and (?=in|the|for)", line.without_code):
                told = WORDS.told_change.search(clause) if WORDS.compares.search(clause) else None
                named = [pair for name, pair in pairs.items() if _names(clause, name, noun)]
                of = named if len(named) == 1 else [] if named or not is_behind else list(pairs.values())
                if told and of and not any(_agrees(told, old, new) for old, new in of):
                    at = f"{of[0][0]:g} and {of[0][1]:g}" if len(of) == 1 else "no two values that differ by it"
                    says = f"`{told.group().strip()}`, but there is {at}"
                    yield self.finding(document, line.number, says, told.group().strip())

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


def _pair(cells: Sequence[str]) -> tuple[float, float] | None:
    """Two amounts of one unit."""
    found = [WORDS.value.fullmatch(cell.strip()) for cell in cells]
    if len(found) != 2 or not (found[0] and found[1]) or found[0]["unit"] != found[1]["unit"]:
        return None
    pair = value(found[0]["value"]), value(found[1]["value"])
    return pair if min(pair) > 0 else None


def _names(text: str, name: str, noun: str) -> bool:
    """Whether a text names a row: a short name stands behind what it is."""
    lead = f"{noun} " if len(name) < 3 else ""
    return bool(re.search(rf"(?i)(?<!\w){lead}{re.escape(name)}(?!\w)", text))


_SHARES = {"half": 50, "third": 33.3, "quarter": 25, "fifth": 20, "tenth": 10}
_TIMES = {"twice": 2.0, "double": 2.0, "doubled": 2.0, "half": 2.0, "halved": 2.0}


def _agrees(told: re.Match[str], old: float, new: float) -> bool:
    """Whether two values differ as some words say: by a share, or by a factor."""
    if told["times"] or told["factor"]:
        stated = _TIMES.get((told["times"] or "").lower()) or value(told["factor"])
        factor = max(old / new, new / old)
        return abs(factor - stated) <= max(0.1 * stated, 0.051) or abs(factor - 1 - stated) <= 0.051
    change = 100 * abs(new - old) / old
    word, share = told["word"] or told["word2"], told["share"] or told["share2"] or ""
    stated = float(_SHARES[word.lower()]) if word else value(share)
    slack = 4.0 if word else 0.51 if "." not in share else 0.06
    return abs(change - stated) <= slack


def _range(text: str) -> tuple[float, float]:
    """The least and the greatest number that is written so after rounding."""
    decimals = re.search(r"[.](\d+)$", text.replace(",", ".") if re.search(r",\d{1,2}$", text) else text)
    half = 0.5 * 10 ** -len(decimals[1]) if decimals else 0.5
    return value(text) - half, value(text) + half
