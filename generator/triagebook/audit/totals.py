"""TB80x: shares, counted lists and totals must add up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from triagebook.findings import Finding
from triagebook.text import counted

from .base import DocumentRule, Known, LineRule
from .document import Block, Code, Document, Heading, Item, Line, Mark
from .words import Words

WORDS = Words("totals")

_NUMBER = r"\d[\d,]*(?:\.\d+)?"


def number(text: str) -> int:
    return int(text.replace(",", ""))


# ── shares ───────────────────────────────────────────────────────────────────────────────────────────

_PERCENT = re.compile(
    r"(?P<about>~|about |around |some |nearly |almost )?(?<![\d.,])(?P<share>\d+(?:\.\d+)?)\s?(?:%|"
    r"percent\b)(?P<plus>\+?)"
)
_WORD_SHARE = re.compile(
    r"(?i)\b(?P<word>half|a third|a quarter|two thirds|all) (?:of )?(?:\w+ ){0,3}\w+(?: \(|, )(?=\d)"
)
_SHARE_OF_WORD = {"half": 50, "a third": 33.3, "a quarter": 25, "two thirds": 66.7, "all": 100}
_OTHER_MEASURE = re.compile(
    r"(?i)(?<!-)[<>≥≤]|\b(?:at least|at most|target|goal|threshold|minimum|coverage|by|from|was)\b|\d"
)


class WrongShare(LineRule, code="TB801"):
    """A percentage does not follow from the two numbers beside it."""

    why = "Readers remember the percentage, and a threshold is often judged by it."
    remedy = "correct the percentage or the two numbers"
    bad = "The mission critical tests improve to 90 %+ (16/18)."
    good = "The mission critical tests improve to 88.9 % (16/18)."

    def in_line(self, line: Line, known: Known) -> Iterator[tuple[str, str]]:
        for sentence in re.split(r"(?<=[.;!])\s(?=[A-Z*|])", line.text):
            pairs, shares = list(WORDS.pair.finditer(sentence)), list(_PERCENT.finditer(sentence))
            same = len(pairs) == len(shares)
            for index, share in enumerate(shares):
                candidates = [pairs[index]] if same else pairs
                near = [pair for pair in candidates if _belong(sentence, pair, share)]
                if len(near) == 1:
                    yield from self._compared(near[0], float(share["share"]), share)
            if word := _WORD_SHARE.search(sentence):
                name = word["word"].lower()
                if (pair := WORDS.pair.search(sentence, word.end())) and pair.start() == word.end():
                    yield from self._compared(pair, _SHARE_OF_WORD[name], None)

    def _compared(self, pair: re.Match[str], share: float, match: re.Match[str] | None) -> Iterator[tuple[str, str]]:
        part, whole = (number(pair[name] or pair[f"{name}2"]) for name in ("part", "whole"))
        actual = 100 * part / whole if whole else share
        digits = len(match["share"].partition(".")[2]) if match else 0
        exact = match and not match["about"]
        is_right = actual >= share if match and match["plus"] else False
        if not is_right and abs(actual - share) > (0.5001 * 10**-digits if exact else 5 if share < 100 else 0):
            yield pair.group(), f"{part:,} of {whole:,} is {actual:.1f} %, not {share:g} %"


def _belong(sentence: str, pair: re.Match[str], share: re.Match[str]) -> bool:
    """Whether a percentage may be the share of two numbers: nothing else stands between them."""
    first, second = sorted((pair, share), key=lambda match: match.start())
    between = sentence[first.end() : second.start()]
    before = re.sub(r".*\d", "", sentence[: share.start()])[-12:] if share is first else ""
    is_of_other = second is share and re.match(r" of (?!(?:the |all )?tests)", sentence[share.end() :])
    is_apart = len(between) > 60 or _OTHER_MEASURE.search(re.sub(r"\d+\)", "", between) + before)
    return first.end() <= second.start() and not is_of_other and not is_apart


# ── counted lists ────────────────────────────────────────────────────────────────────────────────────

_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
COUNT = rf"\d+(?:,\d{{3}})*|{'|'.join(_WORDS)}"
_COUNTED = rf"(?<![\w.#/-])(?P<number>{COUNT}) (?P<things>(?:(?!and\b|or\b)[a-z/-]+ ){{0,3}}?[a-z-]*[a-z]{{2}}s)\b"
_NO_COUNT = re.compile(
    r"(?i)\b(?:at least|at most|up to|about|over|under|more than|less than|around|every|first|last|next|top|"
    r"phase|step|of|and) $"
    r"|[≥≤<>±#.]$"
)
_INTRODUCTIONS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_COUNTED}[^.;:]*:\s*$",
        rf"(?:following|these|found|changed|has|have) {_COUNTED}[^.;:]{{0,30}}\.?\s*$",
        rf"^\W*{_COUNTED}[^.;:]{{0,24}}\.\s*$",
        rf"^\W*(?P<things>(?:[a-z-]+ ){{0,3}}[a-z-]+s|files changed)\s?[:(] ?(?P<number>{COUNT})(?: [a-z]+)?\)?:?\W*$",
        rf":\s(?P<things>[a-z]+s) \((?P<number>{COUNT})\)",
    )
]
_IN_HEADING = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (_COUNTED, rf"(?P<things>(?:[a-z-]+ )?[a-z-]+s) [(\[](?P<number>{COUNT})(?: \w+)?[)\]]\s*$")
]
_NAME = r"`[^`]+`|[\w.-]+"
_NAMES = re.compile(
    rf"(?i){_COUNTED}(?: [a-z]+){{0,3}}(?: \(|: )(?P<names>(?:{_NAME})(?:, (?:{_NAME}))*(?:,? (?:and|"
    rf"&) (?:{_NAME}))?)(?=\)|\.?$|\.\s)"
)
_ONE_FILE = re.compile(r"(?<![\w/.])(?:[\w.-]+/)*[\w-]+\.[a-z]{1,5}\b(?![\w(])")


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
            if before is None or isinstance(before, Item | Code):
                continue
            line = before.lines[-1]
            patterns = _IN_HEADING if isinstance(before, Heading) and document.is_of_work else _INTRODUCTIONS
            match = next(filter(None, (pattern.search(line.text) for pattern in patterns)), None)
            if match and _counts(match) and not any(re.search(r"\.\.\.|…|\*|etc\b", item.text) for item in items):
                actual = _length(match["things"], items)
                yield from self._compared(document, line.number, match, actual, "items follow")
        for line in document.prose:
            for match in _NAMES.finditer(line.text):
                names = re.split(r",? (?:and|&) |, ", match["names"])
                if _counts(match) and len(names) > 1:
                    yield from self._compared(document, line.number, match, len(names), "names follow")

    def _compared(
        self, document: Document, line: int, match: re.Match[str], actual: int | None, where: str
    ) -> Iterator[Finding]:
        if actual is not None and count_in(match["number"]) != actual:
            says = f"`{match['number']} {match['things']}`, but {actual} {where}"
            yield self.finding(document, line, says, match["number"])


def _counts(match: re.Match[str]) -> bool:
    """Whether the number counts things: no bound, no unit, no version."""
    before = match.string[: match.start("number")]
    return (
        match["number"] not in {"0", "1"} and not _NO_COUNT.search(before) and not WORDS.units.search(match["things"])
    )


def _length(things: str, items: Sequence[Item]) -> int | None:
    """How many things of this name a list holds; None if it lists something else."""
    top = [item for item in items if item.depth == min(other.depth for other in items)]
    files = [path for item in top for path in _ONE_FILE.findall(item.text)]
    if WORDS.locations.fullmatch(things) and files:
        return None  # one file may hold several; ExtentUnlikeList counts these
    return len(set(files)) if WORDS.files.fullmatch(things) and len(files) > len(top) else len(top)


# ── totals ───────────────────────────────────────────────────────────────────────────────────────────

TOTAL = re.compile(
    r"(?i)^\W*(?:(?:grand |sub|in |overall )?(?:total|sum)\b|overall$|all(?: [a-z]+s)?$|(?:all )?together\b|Σ)"
)
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
            totals = [row for row in rows if TOTAL.match(row.cells[0])]
            if len(totals) != 1 or totals[0] is not rows[-1]:
                continue
            for index, cell in enumerate(totals[0].cells[1:], 1):
                total = _amount(cell)
                cells = [row.cells[index] for row in rows[:-1] if index < len(row.cells)]
                parts = [amount for amount in map(_amount, cells) if amount]
                if total is None or not len(parts) == len(cells) > 1 or len({unit for _, unit in parts}) > 1:
                    continue
                actual = sum(value for value, _ in parts)
                if {total[1], parts[0][1]} <= {"", total[1]} and abs(actual - total[0]) > 0.0001:
                    says = f"the total of `{title.cells[index]}` is {total[0]:g}, but the rows add up to {actual:g}"
                    yield self.finding(document, totals[0].line, says, f"{total[0]:g}")


def _amount(cell: str) -> tuple[float, str] | None:
    """A number with its unit in the singular, a dash as none; None for anything else, shares included."""
    if cell.strip() in {"-", "\u2013", "\u2014"}:
        return 0, ""
    match = _AMOUNT.match(cell)
    if not match or "%" in cell or "/" in cell:
        return None
    return float(match["value"].replace(",", "")), match["sign"] + match["unit"].lower().rstrip("s")


# ── results ──────────────────────────────────────────────────────────────────────────────────────────

_RATIO = re.compile(
    r"(?i)(?<![\w.])(?:(\d[\d,]*)(?:/| of | out of )(\d[\d,]*)(?: \w+)?|(\d[\d,]*) tests?) (?:pass(?:ed|ing)?\b|✅)"
)
_FAILS = re.compile(r"fail|error|red", re.IGNORECASE)


def _outcomes(text: str) -> dict[str, int]:
    """The number of tests with each outcome that a line states; nothing if it states one twice."""
    labelled = [(name.lower(), number(count)) for name, count in WORDS.labelled.findall(text)]
    plain = [(name.lower(), number(count)) for count, name in WORDS.result.findall(text)]
    found = labelled if len(labelled) > len(plain) else plain
    return dict(found) if len(dict(found)) == len(found) else {}


class WrongResultCount(DocumentRule, code="TB804"):
    """The counts of a test result do not add up, or differ from the marks of the tests listed."""

    why = "Tests that vanish from a total are often those that failed or did not run."
    remedy = "copy the counts from the result file"
    bad = """
Total tests: 25. Result: 20 passed, 3 failed, 1 skipped.
"""
    good = bad.replace("20 passed", "21 passed")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for block in document.blocks:
            collected = None
            for line in block.lines:
                counts, total = _outcomes(line.text), WORDS.all_tests.search(line.text)
                stated = number(next(filter(None, total.groups()))) if total else collected
                if total and "collected" in total.group().lower() and isinstance(block, Code):
                    collected = stated
                elif stated is not None and counts:
                    actual = sum(counts.values())
                    says_all = any(name.startswith("pass") or name == "green" for name in counts)
                    says_all = says_all and (len(counts) > 1 or total is None)
                    if actual > stated or (says_all and actual != stated):
                        says = f"{counted(stated, 'test')} in total, but the results add up to {actual}"
                        yield self.finding(document, line.number, says, total.group() if total else "")
        for before, items in document.lists:
            marks = Counter(mark for item in items for mark in item.lines[0].marks)
            if before is not None and marks[Mark.DONE] + marks[Mark.FAILED]:
                yield from self._unlike_list(document, before, marks)

    def _unlike_list(self, document: Document, before: Block, marks: Counter[Mark]) -> Iterator[Finding]:
        ticked, listed = marks[Mark.DONE], sum(marks.values())
        text = before.lines[-1].text
        ratio, counts = _RATIO.search(text), _outcomes(text)
        if ratio:
            is_wrong = number(ratio[1] or ratio[3]) != ticked or (ratio[2] and number(ratio[2]) != listed)
            says = f"`{ratio.group()}`, but {ticked} of {counted(listed, 'listed test')} are marked as passed"
        else:
            failed = sum(count for name, count in counts.items() if _FAILS.search(name))
            is_wrong = len(counts) > 1 and failed != marks[Mark.FAILED]
            says = f"{failed} failed, but {marks[Mark.FAILED]} of the listed tests are marked as failed"
        if is_wrong:
            yield self.finding(document, before.lines[-1].number, says, ratio.group() if ratio else "")
