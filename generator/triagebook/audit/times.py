"""TB854, TB855 and TB835: times and dates that exclude each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from triagebook.findings import Finding
from triagebook.text import counted

from .base import DocumentRule, Known
from .document import Code, Document, Heading, Line
from .words import Words

WORDS = Words("times")

_DURATION = re.compile(
    r"(?i)(?P<low>\d+(?:\.\d+)?)(?:\s?(?:-|\u2013|to)\s?(?P<high>\d+(?:\.\d+)?))?\s?"
    r"(?P<unit>min(?:utes?|s)?|h(?:ours?|rs?)?|days?)\b(?: (?P<rest>\d+) ?min)?|\b(?P<half>half an hour)\b"
)
_IN_BRACKETS = re.compile(rf"\((?:~|about |est\.? )?(?:{_DURATION.pattern[4:]})\)", re.IGNORECASE)


def _minutes(match: re.Match[str]) -> tuple[float, float]:
    if match["half"]:
        return 30, 30
    scale = {"m": 1, "h": 60, "d": 480}[match["unit"][0].lower()]
    low = float(match["low"]) * scale + float(match["rest"] or 0)
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
        own: set[int] = set()  # the headings of the steps: what stands below is of one step
        for block in document.blocks:
            if (
                not isinstance(block, Code)
                and (match := _IN_BRACKETS.search(block.text))
                and not WORDS.whole_time.search(block.text)
            ):
                kind = (type(block), getattr(block, "depth", 0))
                parts.setdefault(kind, []).append(_minutes(match))
                own.add(block.line)
        steps = max(parts.values(), key=len, default=[])
        low, high = sum(one[0] for one in steps), sum(one[1] for one in steps)
        for line in document.prose if len(steps) > 1 else ():
            said = WORDS.whole_time.search(line.text)
            match = _DURATION.search(line.text, said.end()) if said else None
            heading = document.section_of(line.number)
            is_last = bool(heading and heading.line == max(own)) and not WORDS.of_all.search(line.text)
            if match and (heading is None or heading.line not in own or is_last or WORDS.of_all.search(line.text)):
                stated = _minutes(match)
                if stated[1] < low or stated[0] > high:
                    adds = f"{low:g}" if low == high else f"{low:g} to {high:g}"
                    says = f"`{match.group()}`, but the {counted(len(steps), 'step')} add up to {adds} min"
                    yield self.finding(document, line.number, says, match.group())


_WINDOW = re.compile(
    r"(?i)\b(?P<from>[012]?\d:[0-5]\d)(?: ?(?:UTC|CET|am|pm))?\s?(?:-|\u2013|\u2014|to|until|and)\s?"
    r"(?P<to>[012]?\d:[0-5]\d)\b"
)
_CLOCK = re.compile(
    r"(?:^[\W_]*(?:at )?(?:20\d\d-\d\d-\d\d[T ])?|(?i:\b(?:at|by|until) |"
    r"\())(?P<clock>[012]?\d[:.][0-5]\d)(?=(?::[0-5]\d)?(?:Z|"
    r"am|pm)?(?![\d:.]\d))"
)


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
                event = None if _WINDOW.search(line.text) else _CLOCK.search(line.text)
                clock = event["clock"].replace(".", ":") if event else ""
                if event and not window["from"].zfill(5) <= clock.zfill(5) <= window["to"].zfill(5):
                    says = f"{clock} lies outside the window from {window['from']} to {window['to']}"
                    yield self.finding(document, line.number, says, event["clock"])


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _day(match: re.Match[str]) -> date:
    """The day of a date; ValueError if there is none."""
    year, month, day = (
        next(filter(None, (match[f"{part}{form}"] for form in ("", "2", "3", "4", "5")))) for part in "ymd"
    )
    return date(int(year), int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1, int(day))


class ImpossibleDate(DocumentRule, code="TB835"):
    """A date lies in the future, does not exist, or is later than that of the document that reports it."""

    why = "A report can't tell what had not happened when it was written."
    remedy = "correct the date"
    bad = """
# Validation report

**Date:** 2026-05-04

The tests were run on 2026-05-06.
"""
    good = bad.replace("2026-05-06", "2026-05-03")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        stated: tuple[int, date] | None = None
        for line in document.prose if document.is_of_work else ():
            for match in WORDS.date.finditer(line.without_code):
                try:
                    day = _day(match)
                except ValueError:
                    yield self.finding(document, line.number, f"there is no day {match.group()}", match.group())
                    continue
                if stated is None and WORDS.is_dated.search(line.text[: match.start()]):
                    stated = (line.number, day)
                    if known.day and day > known.day:
                        yield self.finding(document, line.number, f"{day} is in the future", match.group())
                    elif known.made and day < known.made - timedelta(days=1):  # which may be another day elsewhere
                        says = f"the commit {document.commit} was made on {known.made}, after the document's date"
                        yield self.finding(document, line.number, says, match.group())
                elif stated and day > stated[1] and _tells(line, match):
                    says = f"{day} is after the document's own date in line {stated[0]}, {stated[1]}"
                    yield self.finding(document, line.number, says, match.group())


def _tells(line: Line, day: re.Match[str]) -> bool:
    """Whether a line tells what happened on a day, and does not plan it."""
    clause = re.split(r"[:;.]\s", line.text[: day.start()])[-1]
    return bool(WORDS.happened.search(line.text)) and not WORDS.planned.search(clause)
