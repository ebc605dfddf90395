"""TB80x: shares, counted lists and totals must add up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from triagebook.findings import Finding
from triagebook.text import counted

from .base import DocumentRule, Known
from .document import Block, Document, Heading, Item, Mark, Row
from .phrases import any_of, one_of

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_SHARE = one_of(
    r"(?P<part>\d[\d,]*)\s?(?:/|of|out of)\s?(?P<whole>\d[\d,]*)\b[^()\d%|]{0,24}[(:=,]\s*~?"
    r"(?P<share>\d+(?:\.\d+)?)\s?%",
    r"(?P<share2>\d+(?:\.\d+)?)\s?%\+?[^()\d%|]{0,24}\(\s?"
    r"(?P<part2>\d[\d,]*)\s?(?:/|of|out of)\s?(?P<whole2>\d[\d,]*)\b",
)


def number(text: str) -> int:
    return int(text.replace(",", ""))


class WrongShare(DocumentRule, code="TB801"):
    """A percentage does not follow from the two numbers beside it."""

    why = "Readers remember the percentage, and a threshold is often judged by it."
    remedy = "correct the percentage or the two numbers"
    bad = "The mission critical tests improve to 90 %+ (16/18)."
    good = "The mission critical tests improve to 88.9 % (16/18)."

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for line in document.prose:
            for match in _SHARE.finditer(line.text):
                part, whole, share = (match[name] or match[f"{name}2"] for name in ("part", "whole", "share"))
                if not number(whole):
                    continue
                actual = 100 * number(part) / number(whole)
                digits = len(share.partition(".")[2])
                if abs(actual - float(share)) > 0.5001 * 10**-digits:
                    says = f"{part} of {whole} is {actual:.1f} %, not {share} %"
                    yield self.finding(document, line.number, says, match.group())


# ── counted lists ────────────────────────────────────────────────────────────────────────────────────

_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
COUNT = rf"\d[\d,]*|{'|'.join(_WORDS)}"
_COUNTED = rf"(?P<number>{COUNT}) (?P<things>(?:[\w/-]+ ){{0,3}}[\w-]+s)\b"
_NO_COUNT = re.compile(
    r"(?i)\b(?:at least|at most|up to|about|over|under|more than|less than|around|every|first|last|next|or) $"
    r"|[~≥≤<>±#.]$"
)
_UNITS = any_of(
    "minutes", "mins", "hours", "seconds", "secs", "days", "weeks", "months", "years", "ms", "times", "percent",
    "bytes", "lines", "points", "users", "cores",
)  # fmt: skip
_INTRODUCES = re.compile(rf"(?i)(?<![\w.]){_COUNTED}[^.;:]*:\s*$")
_NAMES = re.compile(rf"(?i)(?<![\w.]){_COUNTED} \((?P<names>[\w.`-]+(?:, (?:and )?[\w.`-]+)+)\)")


def count_in(text: str) -> int:
    """A number in digits or words."""
    return _WORDS.index(text.lower()) + 2 if text.lower() in _WORDS else number(text)


class WrongCount(DocumentRule, code="TB802"):
    """A stated number of things differs from the list that follows."""

    why = "Either the number is wrong, or the list is incomplete, and the reader can't tell which."
    remedy = "correct the number, or complete the list"
    bad = """
Three tests fail:

- test_connect
- test_send
"""
    good = bad.replace("Three", "Two")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for before, items in document.lists:
            if before is None or not before.lines or isinstance(before, Item):
                continue
            match = _INTRODUCES.search(before.lines[-1].text)
            top = [item for item in items if item.depth == min(other.depth for other in items)]
            if match and _counts(match) and not any(re.search(r"\.\.\.|…|\*|etc\b", item.text) for item in items):
                yield from self._compared(document, before.lines[-1].number, match, len(top), "items follow")
        for line in document.prose:
            for match in _NAMES.finditer(line.text):
                if _counts(match):
                    names = match["names"].count(",") + 1
                    yield from self._compared(document, line.number, match, names, "names stand in the brackets")

    def _compared(
        self, document: Document, line: int, match: re.Match[str], actual: int, where: str
    ) -> Iterator[Finding]:
        if count_in(match["number"]) != actual:
            says = f"`{match['number']} {match['things']}`, but {actual} {where}"
            yield self.finding(document, line, says, match["number"])


def _counts(match: re.Match[str]) -> bool:
    """Whether the number counts things: no bound, no unit, no version."""
    return (
        match["number"] != "1"
        and not _NO_COUNT.search(match.string[: match.start()])
        and not _UNITS.search(match["things"])
    )


# ── totals ───────────────────────────────────────────────────────────────────────────────────────────

_TOTAL = re.compile(r"(?i)^\W*(?:grand |sub)?(?:total|sum|overall|all together)\b")
_AMOUNT = re.compile(rf"^\W*(?P<sign>[$€£]?)(?P<value>{_NUMBER})\s*(?P<unit>[A-Za-z]*)")


class WrongTotal(DocumentRule, code="TB803"):
    """The total of a table's column is not the sum of its parts."""

    why = "A total that does not add up makes every other number of the table doubtful."
    remedy = "correct the total, or the part that is wrong"
    bad = """
| Tests | Files | Locations |
|---|---|---|
| Integration | 12 | 16 |
| Unit | 4 | 28 |
| Total | 16 | 47 |
"""
    good = bad.replace("47", "44")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for title, *rows in document.tables:
            totals = [row for row in rows if _TOTAL.match(row.cells[0])]
            if len(totals) != 1 or totals[0] is not rows[-1]:
                continue
            for index, cell in enumerate(totals[0].cells[1:], 1):
                total = _amount(cell)
                cells = [row.cells[index] for row in rows[:-1] if index < len(row.cells)]
                parts = [amount for amount in map(_amount, cells) if amount]
                if total is None or not len(parts) == len(cells) > 1 or len({unit for _, unit in [total, *parts]}) > 1:
                    continue
                actual = sum(value for value, _ in parts)
                if abs(actual - total[0]) > 0.0001:
                    says = f"the total of `{title.cells[index]}` is {total[0]:g}, but the rows add up to {actual:g}"
                    yield self.finding(document, totals[0].line, says, f"{total[0]:g}")


def _amount(cell: str) -> tuple[float, str] | None:
    """A number with its unit in the singular; None for anything else, shares included."""
    match = _AMOUNT.match(cell)
    if not match or "%" in cell or "/" in cell:
        return None
    return float(match["value"].replace(",", "")), match["sign"] + match["unit"].lower().rstrip("s")


# ── results ──────────────────────────────────────────────────────────────────────────────────────────

_RESULT = any_of(r"(\d[\d,]*) (?:tests? )?(passed|failed|failures?|skipped|errors?|xfailed|xpassed|deselected)")
_ALL_TESTS = any_of(
    r"total(?: tests)?:? (\d[\d,]*)",
    r"(\d[\d,]*) tests? (?:in total|were run|run|executed|total)",
    r"(?:ran|collected|of) (\d[\d,]*) (?:tests?|items)",
    r"(\d[\d,]*) tests?(?=:)",
)
_RATIO = re.compile(r"(?i)\b(\d[\d,]*)/(\d[\d,]*)(?: tests?)? (?:passed|passing|pass)\b")


class WrongResultCount(DocumentRule, code="TB804"):
    """The counts of a test result do not add up, or differ from the marks of the tests listed."""

    why = "Tests that vanish from a total are often those that failed or did not run."
    remedy = "copy the counts from the result file"
    bad = """
Total tests: 25. Result: 20 passed, 3 failed, 1 skipped.
"""
    good = bad.replace("20 passed", "21 passed")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for line in document.prose:
            counts = _RESULT.findall(line.text)
            total = _ALL_TESTS.search(line.text)
            if total and len(counts) > 1:
                stated = number(next(filter(None, total.groups())))
                actual = sum(number(count) for count, _ in counts)
                if stated != actual:
                    says = f"{counted(stated, 'test')} in total, but the results add up to {actual}"
                    yield self.finding(document, line.number, says, total.group())
        for heading in document.headings:
            if ratio := _RATIO.search(heading.text):
                passed, of = number(ratio[1]), number(ratio[2])
                marks = _marked(document.under(heading))
                listed = sum(marks.values())
                if marks and (passed, of) != (marks[Mark.DONE], listed):
                    ticked = f"{marks[Mark.DONE]} of {counted(listed, 'listed test')} are marked as passed"
                    says = f"`{ratio.group()}`, but {ticked}"
                    yield self.finding(document, heading.line, says, ratio.group())


def _marked(blocks: Sequence[Block]) -> Counter[Mark]:
    """The marks of the lines that are listed directly below a heading."""
    marks: Counter[Mark] = Counter()
    for block in blocks:
        if isinstance(block, Heading | Row):
            break
        marks.update(mark for line in block.lines for mark in line.marks)
    return marks
