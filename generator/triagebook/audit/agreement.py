"""TB85x: what is said twice must be the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar, TypeAlias

from msgspec import Struct
from Stemmer import Stemmer  # type: ignore[import-not-found]

from triagebook.findings import Finding

from .base import DocumentRule, Known
from .document import Code, Document, Item, Row
from .totals import COUNT, TOTAL, count_in, number
from .words import Words, any_of

WORDS = Words("agreement")

_OPERATORS = {
    ">": (">", "over", "above", "more than"), "≥": ("≥", ">=", "=>", "at least", "min", "minimum", "or more"),
    "<": ("<", "under", "below", "less than"),
    "≤": ("≤", "<=", "=<", "at most", "max", "maximum", "up to", "within", "or less", "no more than", "not exceed"),
}  # fmt: skip
_OPERATOR = {word: operator for operator, words in _OPERATORS.items() for word in words}
_UPWARDS = {">", "≥"}
_TIME = {
    "ms": 1,
    "s": 1000,
    "sec": 1000,
    "second": 1000,
    "min": 60_000,
    "minute": 60_000,
    "h": 3_600_000,
    "hour": 3_600_000,
}
_SIZE = {"kb": 1, "mb": 1000, "gb": 1_000_000}
_UNITS = _TIME | _SIZE | {"%": 1, "eur": 1, "usd": 1}
_UNIT = rf"(?:%|(?:{'|'.join(sorted(_UNITS.keys() - {'%'}, key=len, reverse=True))})s?\b)"
_WORDS = "|".join(sorted((re.escape(word) for word in _OPERATOR if word[0].isalpha()), key=len, reverse=True))


def _value(name: str) -> str:
    return rf"(?P<value{name}>\d+(?:\.\d+)?)\s?(?P<unit{name}>{_UNIT})\+?"


_TARGET = re.compile(
    rf"(?P<operator>>=|<=|=>|=<|[><≥≤]|\b(?:{_WORDS})\b\.?|\bto (?=\d+(?:\.\d+)?\s?%\+))\s*{_value('')}|"
    rf"{_value('2')}\s(?P<operator2>or (?:less|more))\b",
    flags=re.IGNORECASE,
)
_STATED = re.compile(
    rf"\b(?:is|was|were|took|of|and)\b:?\s(?:a \w+ of )?~?{_value('')}(?:\s(?P<phase>before|after)\b)?|"
    rf"[:=]\s*~?{_value('2')}",
    flags=re.IGNORECASE,
)
# Words that do not tell one measure from another.
_SAME_WORDS = {"success": "pass", "passing": "pass", "latency": "time", "respons": "response"}
_STEM = Stemmer("english").stemWord


Names: TypeAlias = frozenset[str]  # the words of a measure's name
Scope: TypeAlias = tuple[frozenset[str], str]  # where and when it is taken, and its kind of unit


class Statement(Struct, frozen=True):
    """What one line states about a measure."""

    line: int
    words: str
    operator: str  # empty: a value that was measured
    value: float
    measure: Names
    scope: Scope


def _key(name: str) -> frozenset[str]:
    """A measure by its words, in any order and form."""
    words = (_SAME_WORDS.get(word, word) for word in re.findall(r"[a-z]+", name.lower()))
    return frozenset(_STEM(word) for word in words if not WORDS.empty.fullmatch(word))


def _statements(document: Document, pattern: re.Pattern[str]) -> Iterator[Statement]:
    for line in document.prose:
        heading = document.section_of(line.number)
        for sentence in re.split(r"(?<=[.;])\s(?=[A-Z])", line.text):
            named = frozenset[str]()
            for match in pattern.finditer(sentence):
                groups = {name: match[name] or match[f"{name}2"] for name in ("value", "unit")}
                before = sentence[: match.start()].rstrip(" :|*").rpartition(": ")[2]
                after = re.split(r"[.;,()|]|\b(?:and|which|when)\b", sentence[match.end() :])[0]
                last = re.split(r"[,(\]]\s", before)[-1]
                names = [last + after] if after.startswith(" of ") else [last, last + after, before]
                named = next((key for key in map(_key, names) if len(key) > 1), named)
                phases = WORDS.phases.findall(match.groupdict().get("phase") or sentence)
                about = phases[0] if len(phases) == 1 else f"{heading.text if heading else ''} {sentence}"
                scope = frozenset(word.lower() for word in WORDS.scopes.findall(about))
                unit = (
                    groups["unit"].lower() if groups["unit"].lower() in _UNITS else groups["unit"].lower().rstrip("s")
                )
                kind = "time" if unit in _TIME else "size" if unit in _SIZE else unit
                operator = ""
                if pattern is _TARGET:
                    word = (match["operator"] or match["operator2"]).strip(" .").lower()
                    operator = _OPERATOR.get(word, "≥")
                if len(named) > 1:
                    words = f"{before} {match.group().strip()}".strip()
                    value = float(groups["value"]) * _UNITS[unit]
                    yield Statement(line.number, words, operator, value, named, (scope, kind))


class TwoThresholds(DocumentRule, code="TB851"):
    """One measure has two thresholds."""

    why = "A result between the two passes or fails, as the reader likes."
    remedy = "keep one; if they are for two environments or phases, name these"
    bad = """
- Connection success rate: >95%

Later: the connection success rate is at least 90%.
"""
    good = bad.replace("at least 90%", ">95%")
    pattern: ClassVar[re.Pattern[str]] = _TARGET

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        first: dict[tuple[Names, Scope], tuple[str, Statement]] = {}
        for other in known.others:
            for stated in _statements(other, self.pattern):
                first.setdefault((stated.measure, stated.scope), (f"{other.path}:{stated.line}", stated))
        for stated in _statements(document, self.pattern):
            place = (f"line {stated.line}", stated)
            where, before = first.setdefault(self._alike(first, stated), place)
            same_way = (before.operator in _UPWARDS) is (stated.operator in _UPWARDS)
            if same_way and (before.value, before.operator) != (stated.value, stated.operator):
                says = f"`{stated.words}`, but {where} says `{before.words}`"
                yield self.finding(document, stated.line, says, stated.words)

    def _alike(self, first: Mapping[tuple[Names, Scope], object], stated: Statement) -> tuple[Names, Scope]:
        """The measure stated before that this one means: the same words, or all of them and more."""
        for names, scope in first:
            if (
                scope == stated.scope
                and len(names & stated.measure) > 2
                and (names <= stated.measure or stated.measure <= names)
            ):
                return names, scope
        return stated.measure, stated.scope


class TwoValues(TwoThresholds, code="TB857"):
    """One measure has two values."""

    why = "The effect of a fix is the difference of two values; with a second baseline it is anything."
    remedy = "keep the one that a run measured, with its command; or name what tells the two apart"
    bad = """
# Validation report

The median response time of the page was 900 ms before the fix.

## Baseline

Before the fix, the median response time of the page was 1.2 s.
"""
    good = bad.replace("1.2 s", "0.9 s").replace("## Baseline", "## Results")
    pattern = _STATED

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        return super().find(document, known) if document.is_of_work else iter(())


_EXTENT = re.compile(
    r"(?i)(?<![\w.,/-])(?P<all>all |the |total(?: of)?:? |in |\d+ of |% of the |(?:each|every one) of the )?"
    rf"(?P<number>{COUNT}) (?P<things>(?:[a-z-]+ ){{0,3}}?[a-z-]*[a-z]s)\b"
)


class TwoCounts(DocumentRule, code="TB852"):
    """The same things are counted twice, with different results."""

    why = "Work is planned and ticked off by this number."
    remedy = "count again, and use one number; or say which part the smaller one means"
    bad = """
# Remediation plan for issue 12

Apply the fix to all 18 affected files.

The fix changes all 20 affected files.
"""
    good = bad.replace("all 20", "all 18")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if not document.is_of_work:
            return
        first: dict[frozenset[str], tuple[str, str, int]] = {}
        for one in (*known.others, document):
            for line, words, key, count, is_whole in _counts(one):
                place = (f"line {line}" if one is document else f"{one.path}:{line}", words, count)
                where, said, before = first.setdefault(key, place) if is_whole else first.get(key, place)
                if one is document and (count != before if is_whole else count > before):
                    yield self.finding(document, line, f"`{words}`, but {where} says `{said}`", words)


def _counts(document: Document) -> Iterator[tuple[int, str, frozenset[str], int, bool]]:
    """The counts that are of all things of a kind, or may be of a part of them."""
    for title, *rows in document.tables:
        for index, cell in enumerate(rows[-1].cells if rows and TOTAL.match(rows[-1].cells[0]) else ()):
            if re.fullmatch(r"\d[\d,]*", cell) and not WORDS.measures.search(title.cells[index]):
                words = f"{title.cells[index]} {cell}"
                yield rows[-1].line, words, _key(title.cells[index]), number(cell), True
    for line in document.prose:
        for match in _EXTENT.finditer(line.without_code):
            said = (match["all"] or "").lower()
            is_whole = said.startswith(("all", "total", "each", "every")) or said.endswith(("of ", "of the "))
            is_whole = is_whole or bool(re.match(r"(?i)\W*total\b", line.text))
            if (is_whole or said == "the ") and not WORDS.measures.search(match["things"]):
                yield line.number, match.group(), _key(match["things"]), count_in(match["number"]), is_whole


_PLACE = re.compile(
    r"^\W*(?P<path>(?:[\w.-]+/)*[\w-]+\.[A-Za-z]{1,5})(?::|,? \(?lines? )(?P<lines>\d+(?:\s?(?:,|and)\s?\d+)*)(?![\w:])"
)
_PLACES = any_of(
    rf"(?P<number>{COUNT}) (?:\w+ )?(?P<things>files|locations|places|occurrences|calls|call sites|instances)"
)


class ExtentUnlikeList(DocumentRule, code="TB853"):
    """The stated number of files or locations differs from those that the document lists."""

    why = "The locations that are not listed are those that will not be fixed."
    remedy = "list them all, or correct the number"
    bad = """
The fix changes 2 files with 4 locations:

- app/chat.py:12,40
- app/agent.py:7
"""
    good = bad.replace("4 locations", "3 locations")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        listed: dict[str, set[str]] = {}
        for block in document.blocks:
            for line in block.lines if isinstance(block, Item | Row | Code) else ():
                if match := _PLACE.search(re.sub(r"^\s*\[.\]|`", "", line.text)):
                    listed.setdefault(match["path"], set()).update(re.findall(r"\d+", match["lines"]))
        actual = {"files": len(listed), "": sum(map(len, listed.values()))}
        if actual[""] < 3:
            return
        said = [
            line for line in document.prose if line.text != document.title
        ]  # which names the issue as it was seen first
        stated = [(line, match) for line in said for match in _PLACES.finditer(line.text)]
        for is_files in (True, False):
            of_kind = [one for one in stated if (one[1]["things"].lower() == "files") is is_files]
            if not of_kind:
                continue
            most = max(count_in(match["number"]) for _, match in of_kind)
            count = actual["files" if is_files else ""]
            for line, match in of_kind if most != count and most < 3 * count else ():
                if count_in(match["number"]) == most:
                    says = f"`{match.group()}`, but the document lists {count}"
                    yield self.finding(document, line.number, says, match.group())
