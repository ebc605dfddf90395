"""TB85x: what is said twice must be the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct
from Stemmer import Stemmer  # type: ignore[import-not-found]

from triagebook.findings import Finding
from triagebook.text import counted

from .base import DocumentRule, Known
from .document import Block, Code, Document, Heading, Line
from .phrases import any_of, one_of
from .totals import COUNT, count_in, number

_OPERATORS = {
    ">": (">",), "≥": ("≥", ">=", "=>", "at least", "min", "minimum"), "<": ("<", "under", "below", "less than"),
    "≤": ("≤", "<=", "=<", "at most", "max", "maximum", "up to", "within"),
}  # fmt: skip
_OPERATOR = {word: operator for operator, words in _OPERATORS.items() for word in words}
_TARGET = one_of(
    r"(?P<operator>>=|<=|=>|=<|[><≥≤]"
    r"|\b(?:at least|at most|under|below|less than|min(?:imum)?|max(?:imum)?|up to|within)\b"
    r"|\bto (?=\d+(?:\.\d+)?\s?%\+))\s*(?P<value>\d+(?:\.\d+)?)\s?"
    r"(?P<unit>%|ms\b|s\b|seconds?\b|min(?:utes)?\b|h\b|hours?\b|MB\b|GB\b|KB\b)(?P<plus>\+?)",
    flags=re.IGNORECASE,
)
_NAME_ENDS = re.compile(
    r"(?i)\b(?:is|are|of|to|from|must|should|stays?|improves?|reach(?:es)?|exceeds?|drops?|rises?)\b"
)
_SCOPES = any_of(
    "staging", "production", "local", "ci", "dev", "before", "after", "baseline", "current", r"p\d\d", "median",
    "average", "peak", r"v\d[\w.]*",
)  # fmt: skip
# Words that do not tell one measure from another.
_EMPTY = any_of(
    "the", "an?", "of", "for", "in", "on", "at", "be", "and", "or", "with", "all", "will", "target", "goal", "criteria",
    "threshold", "achieve", "keep", "maintain",
)  # fmt: skip
_SAME_WORDS = {"success": "pass", "passing": "pass", "latency": "time", "respons": "response"}
_STEM = Stemmer("english").stemWord
_UNITS = {"second": "s", "seconds": "s", "sec": "s", "minutes": "min", "hours": "h", "hour": "h"}


class Target(Struct, frozen=True):
    """A threshold for a measure, as one line states it."""

    line: int
    words: str
    operator: str
    value: float


Measure: TypeAlias = tuple[frozenset[str], frozenset[str], str]  # the words of its name, where it is taken, its unit


def _key(name: str) -> frozenset[str]:
    """A measure by its words, in any order and form."""
    words = (_SAME_WORDS.get(word, word) for word in re.findall(r"[a-z]+", name.lower()))
    return frozenset(_STEM(word) for word in words if not _EMPTY.fullmatch(word))


def _targets(document: Document) -> Iterator[tuple[Measure, Target]]:
    for line in document.prose:
        heading = document.section_of(line.number)
        scope = {word.lower() for word in _SCOPES.findall(f"{heading.text if heading else ''} {line.text}")}
        for match in _TARGET.finditer(line.text):
            operator = _OPERATOR.get(match["operator"].strip().lower(), "≥")
            unit = _UNITS.get(match["unit"].lower(), match["unit"].lower())
            before = re.split(r"[.;,(|\]]\s", line.text[: match.start()])[-1]
            words = _NAME_ENDS.split(before.strip(" :|*").rpartition(":")[2].strip(), maxsplit=1)[0]
            name = _key(words)
            if len(name) > 1:
                stated = f"{words.strip()} {match.group().strip()}"
                yield (name, frozenset(scope), unit), Target(line.number, stated, operator, float(match["value"]))


class TwoThresholds(DocumentRule, code="TB851"):
    """One measure has two thresholds."""

    why = "A result between the two passes or fails, as the reader likes."
    remedy = "keep one; if they are for two environments or phases, name these"
    bad = """
- Connection success rate: >95%

Later: the connection success rate is at least 90%.
"""
    good = bad.replace("at least 90%", ">95%")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        first: dict[object, tuple[str, Target]] = {}
        for other in known.others:
            for key, target in _targets(other):
                first.setdefault(key, (f"{other.path}:{target.line}", target))
        for key, target in _targets(document):
            where, before = first.setdefault(key, (f"line {target.line}", target))
            same_way = {before.operator, target.operator} <= {">", "≥"} or {before.operator, target.operator} <= {
                "<",
                "≤",
            }
            if same_way and (before.value, before.operator) != (target.value, target.operator):
                says = f"`{target.words}`, but {where} says `{before.words}`"
                yield self.finding(document, target.line, says, target.words)


_EXTENT = re.compile(
    r"(?i)(?<![\w.,/-])(?P<all>all |the |total(?: of)?:? |in )?"
    rf"(?P<number>{COUNT}) (?P<things>(?:[a-z-]+ ){{0,3}}?[a-z-]*[a-z]s)\b"
)
_MEASURES = any_of(
    "minutes", "mins", "hours", "seconds", "days", "weeks", "months", "years", "times", "percent", "bytes", "users",
    "points", "failures", "passes", "errors", "warnings", "runs", "requests", "issues", "others", "options", "versions",
)  # fmt: skip


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
        for other in known.others:
            for _, match in _wholes(other):
                first.setdefault(_key(match["things"]), (other.path, match.group(), count_in(match["number"])))
        for line, match in _wholes(document):
            count = count_in(match["number"])
            where, words, before = first.setdefault(
                _key(match["things"]), (f"line {line.number}", match.group(), count)
            )
            if before != count:
                yield self.finding(
                    document, line.number, f"`{match.group()}`, but {where} says `{words}`", match.group()
                )


def _wholes(document: Document) -> Iterator[tuple[Line, re.Match[str]]]:
    """The counts that are meant to be of all things of a kind."""
    for line in document.prose:
        for match in _EXTENT.finditer(line.without_code):
            is_whole = (match["all"] or "").lower().startswith(("all", "total")) or re.match(
                r"(?i)\W*total\b", line.text
            )
            if is_whole and not _MEASURES.search(match["things"]):
                yield line, match


_PLACE = re.compile(
    r"(?<![\w/.-])(?P<path>/?(?:[\w.-]+/)+[\w-]+\.[A-Za-z]{1,5}):(?P<lines>\d+(?:\s?,\s?\d+)*)(?![\w:])"
)
_PLACES = any_of(
    r"(?P<number>\d[\d,]*) (?:\w+ )?(?P<things>files|locations|places|occurrences|calls|call sites|instances)"
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
            for line in block.lines if _is_list(block) else ():
                for match in _PLACE.finditer(line.text.replace("`", "")):
                    listed.setdefault(match["path"].lstrip("/"), set()).update(re.split(r"\s?,\s?", match["lines"]))
        actual = {"files": len(listed), "": sum(map(len, listed.values()))}
        if actual[""] < 3:
            return
        stated = [(line, match) for line in document.prose for match in _PLACES.finditer(line.text)]
        for is_files in (True, False):
            of_kind = [one for one in stated if (one[1]["things"].lower() == "files") is is_files]
            if not of_kind:
                continue
            most = max(number(match["number"]) for _, match in of_kind)
            count = actual["files" if is_files else ""]
            for line, match in of_kind if most != count and most < 3 * count else ():
                if number(match["number"]) == most:
                    says = f"`{match.group()}`, but the document lists {count}"
                    yield self.finding(document, line.number, says, match.group())


def _is_list(block: Block) -> bool:
    return not isinstance(block, Heading) and (isinstance(block, Code) or len(block.lines) < 4)


# ── times ────────────────────────────────────────────────────────────────────────────────────────────

_DURATION = re.compile(
    r"(?i)(?P<low>\d+(?:\.\d+)?)(?:\s?(?:-|\u2013|to)\s?(?P<high>\d+(?:\.\d+)?))?\s?"
    r"(?P<unit>min(?:utes?|s)?|h(?:ours?|rs?)?|days?)\b"
)
_IN_BRACKETS = re.compile(rf"\((?:~|about |est\.? )?{_DURATION.pattern[4:]}\)", re.IGNORECASE)
_WHOLE_TIME = any_of(
    r"total (?:time|duration|effort|estimate)?",
    r"(?:estimated|overall) (?:time|duration|effort)",
    r"takes",
    r"in total",
)


def _minutes(match: re.Match[str]) -> tuple[float, float]:
    scale = {"m": 1, "h": 60, "d": 480}[match["unit"][0].lower()]
    low = float(match["low"]) * scale
    return low, float(match["high"]) * scale if match["high"] else low


class TimesDoNotAddUp(DocumentRule, code="TB854"):
    """The times of the steps do not add up to the stated time."""

    why = "Somebody plans a release window by the total."
    remedy = "correct the total, or the step whose time is wrong"
    bad = """
# Remediation plan for issue 12

Total time: 30 min

## Step 1: prepare (5 min)
## Step 2: change the files (20 min)
## Step 3: test (10 min)
"""
    good = bad.replace("30 min", "35 min")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        parts: dict[object, list[tuple[float, float]]] = {}
        for block in document.blocks:
            if (
                not isinstance(block, Code)
                and (match := _IN_BRACKETS.search(block.text))
                and not _WHOLE_TIME.search(block.text)
            ):
                kind = (type(block), getattr(block, "depth", 0))
                parts.setdefault(kind, []).append(_minutes(match))
        steps = max(parts.values(), key=len, default=[])
        low, high = sum(one[0] for one in steps), sum(one[1] for one in steps)
        for line in document.prose if len(steps) > 1 else ():
            said = _WHOLE_TIME.search(line.text)
            match = _DURATION.search(line.text, said.end()) if said else None
            if match:
                stated = _minutes(match)
                if stated[1] < low or stated[0] > high:
                    adds = f"{low:g}" if low == high else f"{low:g} to {high:g}"
                    says = f"`{match.group()}`, but the {counted(len(steps), 'step')} add up to {adds} min"
                    yield self.finding(document, line.number, says, match.group())


_WINDOW = re.compile(
    r"(?i)\b(?P<from>[012]?\d:[0-5]\d)(?: ?(?:UTC|CET|am|pm))?\s?(?:-|\u2013|\u2014|to|until|and)\s?"
    r"(?P<to>[012]?\d:[0-5]\d)\b"
)
_CLOCK = re.compile(r"(?<![\d:.])([012]?\d:[0-5]\d)(?::[0-5]\d)?(?![\d:])")


class EventOutsideWindow(DocumentRule, code="TB855"):
    """An event lies outside the time window that its section states."""

    why = "Either the window is wrong, and with it the length of the outage, or the event belongs elsewhere."
    remedy = "widen the window, or correct the time of the event"
    bad = """
# Incident report

## Outage, 10:00 to 11:00

- 10:05 first alert
- 11:20 service restored
"""
    good = bad.replace("to 11:00", "to 11:30")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for heading in document.headings if document.is_of_work else ():
            blocks = document.under(heading)
            lead = [heading, *blocks[:1]]
            window = next((match for block in lead if (match := _WINDOW.search(block.text))), None)
            if window is None or window["from"].zfill(5) >= window["to"].zfill(5):
                continue
            for line in (line for block in blocks if not isinstance(block, Code | Heading) for line in block.lines):
                clock = _CLOCK.match(re.sub(r"^[\W_]+", "", line.text))
                if (
                    clock
                    and not _WINDOW.search(line.text)
                    and not window["from"].zfill(5) <= clock[1].zfill(5) <= window["to"].zfill(5)
                ):
                    says = f"{clock[1]} lies outside the window from {window['from']} to {window['to']}"
                    yield self.finding(document, line.number, says, clock[1])
