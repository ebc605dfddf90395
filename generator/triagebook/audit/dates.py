"""TB835, TB836 and TB859: dates that contradict each other, or that the document can't know."""

from __future__ import annotations

import re
from calendar import day_name
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from itertools import chain
from typing import TypeAlias

from triagebook.findings import Finding

from .base import DocumentRule, Known
from .document import ListItem, MarkdownDocument, Paragraph, StateMark, TextLine
from .figures import count
from .totals import mark_of
from .words import Words

WORDS = Words("times")

Told: TypeAlias = tuple[TextLine, re.Match[str], date]  # a line, the words for a day in it, and the day

_DONE = re.compile(r"\W*(?:\[[xX]\])?\W*(?:\w+ ){0,3}?(?!need|speed|feed)\w{2,}ed\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = timedelta(days=1)  # which may be another one elsewhere


def _day(match: re.Match[str]) -> date | None:
    """The day of a date; None if there is none."""
    year, month, day = (
        next(filter(None, (match[f"{part}{form}"] for form in ("", "2", "3", "4", "5")))) for part in "ymd"
    )
    try:
        return date(int(year), int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1, int(day))
    except ValueError:
        return None


def _dates_in(line: TextLine, year: int = 0) -> list[Told]:
    """The days in a line; with a year also those that are written without one."""
    found = [(match, _day(match)) for match in WORDS.date.finditer(line.without_code)]
    for match in WORDS.date_of_year.finditer(line.without_code) if year else ():
        month, day = (next(filter(None, (match[f"{part}{form}"] for form in ("", "2")))) for part in "md")
        with suppress(ValueError):
            found.append((match, date(year, _MONTHS.index(month[:3].lower()) + 1, int(day))))
    return [(line, match, day) for match, day in found if day]


def _dates(document: MarkdownDocument) -> list[Told]:
    return [told for line in document.prose for told in _dates_in(line)]


def _own_date(document: MarkdownDocument, dates: list[Told]) -> Told | None:
    return next((one for one in dates if _is_of_document(document, *one[:2])), None)


class ImpossibleDate(DocumentRule, code="TB835"):
    """A date does not exist, falls on another weekday, lies in the future, or is later than the document's own."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        dates = _dates(document)
        own = _own_date(document, dates)
        for line in document.prose:
            for match in WORDS.date.finditer(line.without_code):
                if _day(match) is None:
                    yield self.finding(document, line.number, f"there is no day {match.group()}", match.group())
        for line, match, day in chain.from_iterable(
            _dates_in(line, own[2].year if own else 0) for line in document.prose
        ):
            before, behind = match.string[: match.start()], match.string[match.end() :]
            said = WORDS.weekday_before.search(before) or WORDS.weekday_behind.match(behind)
            if said and said["name"].lower()[:3] != day_name[day.weekday()].lower()[:3]:
                says = f"{match.group()} is a {day_name[day.weekday()]}, not a {said['name']}"
                yield self.finding(document, line.number, says, said["name"])
        limits = list(_limits(document, known, dates, own))
        titles = {row.line: row.labelled(titles) for titles, *rows in document.tables for row in rows}
        for line, match, day in dates:
            labels = titles.get(line.number, "").partition(match.group())[0]
            is_told = (
                _tells(line, match) or _is_done_ahead(line, match) or WORDS.happened.search(labels.rpartition(", ")[2])
            )
            if own == (line, match, day) or (is_told and not WORDS.planned.search(labels)):
                says = next((says for lines, last, says in limits if line.number in lines and day > last), "")
                if says:
                    yield self.finding(document, line.number, f"{day} {says}", match.group())
                yield from self._before_files(document, known, line, day)
        if own:
            line, match, stated = own
            if known.made and stated < known.made - _DAY and not (known.day and stated > known.day):
                says = f"the commit {document.commit} was made on {known.made}, after the document's date"
                yield self.finding(document, line.number, says, match.group())
            yield from self._later_evidence(document, known, stated)
            yield from self._ticked_ahead(document, stated)

    def _ticked_ahead(self, document: MarkdownDocument, today: date) -> Iterator[Finding]:
        """A tick for an event that took place, of which another line gives a day still to come."""
        ticked = [item for item in document.blocks if isinstance(item, ListItem) and item.box]
        for line, match, day in [one for at in document.prose if ticked for one in _dates_in(at, today.year)]:
            event = WORDS.event_on.search(match.string[: match.start()]) if day > today else None
            over = WORDS.took_place.pattern.replace("EVENT", (event["noun"] or event["noun2"]) if event else "$^")
            for item in ticked:
                if line not in item.lines and re.search(over, item.text):
                    says = f"this is ticked, but line {line.number} is still to come: {line.text.strip()[:100]}"
                    yield self.finding(document, item.line, says)

    def _before_files(self, document: MarkdownDocument, known: Known, line: TextLine, day: date) -> Iterator[Finding]:
        """The files of a line about a day that were added after it."""
        files = WORDS.in_file.findall(line.text)
        added = known.added_after(day) if known.added_after and files else {}
        for words in files:
            if words in added and added[words] > day + _DAY:
                yield self.finding(document, line.number, f"`{words}` came on {added[words]}, after {day}", words)

    def _later_evidence(self, document: MarkdownDocument, known: Known, day: date) -> Iterator[Finding]:
        """The files and runs that the document cites, and that came after it."""
        later = dict(known.added_after(day) if known.added_after else {})
        for name, run in known.case.ledger.runs if known.case else ():
            ran = date.fromisoformat(str(run.at)[:10])
            if ran > day:
                later[name] = ran
        said: set[str] = set()
        for line in document.lines if later else ():
            for words in re.findall(r"[\w./-]+", line.text):
                added = later.get(words.strip("./"))
                if added and added > day + _DAY and words not in said:
                    said.add(words)
                    says = f"`{words}` came on {added}, after the document's own date, {day}"
                    yield self.finding(document, line.number, says, words)


def _limits(
    document: MarkdownDocument, known: Known, dates: list[Told], own: Told | None
) -> Iterator[tuple[range, date, str]]:
    """Lines, the last day that they can tell of, and why."""
    end = len(document.raw) + 1
    if known.day:
        yield range(end), known.day, "is in the future"
    for heading in document.headings[1:]:
        last = next(
            (day for line, match, day in dates if line in heading.lines and line.text.endswith(match.group())), None
        )
        below = document.under(heading)
        if last and below and not WORDS.planned.search(heading.text):
            yield range(heading.line + 1, below[-1].line + 1), last, f"is after the day of its section, {last}"
    if own:
        yield range(end), own[2], f"is after the document's own date in line {own[0].number}, {own[2]}"


def _is_of_document(document: MarkdownDocument, line: TextLine, day: re.Match[str]) -> bool:
    is_header = WORDS.header_date.match(line.text) and line.text != document.title
    sentence = re.split(r"[.!?]\s", line.text[: day.start()])[-1]
    return bool(is_header or WORDS.is_dated.search(sentence))


def _tells(line: TextLine, day: re.Match[str]) -> bool:
    """Whether a line tells what happened on a day, and does not plan it."""
    clause = re.split(r"[:;.]\s", line.text[: day.start()])[-1]
    is_due = re.search(r"(?i)\b(?:period|window|horizon|range)\b[^.;]* (?:to|until|through|-|\u2013) ?$", clause)
    is_due = is_due or re.search(r"\([^()]*, ?$|(?:^|: ?)[A-Z]\w+(?: [A-Z]\w+)?, ?$", clause)  # and who will do it
    happened = WORDS.happened.search(line.text) or StateMark.DONE in line.marks
    happened = happened or (line.text.rstrip().endswith(":") and "`" in line.text)  # a command with its output below
    return bool(happened) and not is_due and StateMark.PENDING not in line.marks and not WORDS.planned.search(clause)


def _is_done_ahead(line: TextLine, day: re.Match[str]) -> bool:
    """Whether something is ticked as done whose day, behind it in brackets, is that of a plan."""
    planned = re.search(r"\((?:is )?(?:planned|scheduled|due)(?: for| on)? *$", line.text[: day.start()])
    return bool(planned) and StateMark.DONE in line.marks and bool(_DONE.match(line.text))


class DaysOutOfOrder(DocumentRule, code="TB836"):
    """Something ends before it begins, is found before it is there, or is due before the document was written."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for lines in _stories(document):
            before: list[tuple[int, str, date]] = []  # the stage, the word for it, and the day
            for line, verb, stage, match, day in chain.from_iterable(map(_stages_in, lines)):
                for other, words, first in before:
                    is_of_two = 1 in {stage, other} and not WORDS.of_fix.search(f"{words} {line.text}")
                    if (stage - other) * (day - first).days < 0 and not (max(stage, other) > 1 and is_of_two):
                        says = f"{verb} on {day}, but {words} on {first}"
                        yield self.finding(document, line.number, says, match.group())
                        break
                before.append((stage, verb, day))
        for line in document.prose:
            yield from self._apart(document, line)
        yield from self._counted(document)
        yield from self._due(document)

    def _apart(self, document: MarkdownDocument, line: TextLine) -> Iterator[Finding]:
        """Two days, and a number of days between them."""
        days, said = _dates_in(line), list(WORDS.days_apart.finditer(line.without_code))
        if len(days) == 2 and len(said) == 1:
            (first, second), between = (days[0][2], days[1][2]), line.text[days[0][1].end() : days[1][1].start()]
            is_ordered = " after " in between and said[0].group() in between
            actual = (first - second).days if is_ordered else abs((second - first).days)
            is_weeks = said[0]["unit"].lower() == "week"
            stated = count(said[0]["number"]) * (7 if is_weeks else 1)
            if said[0]["of"]:  # working days
                span = (first + timedelta(at) for at in range(actual + 1))
                actual = sum(day.weekday() < 5 for day in span)
            if abs(actual - stated) > (4 if is_weeks else 0 if is_ordered else 1):
                says = f"`{said[0].group()}`, but it is {abs(actual)} days from {first} to {second}"
                yield self.finding(document, line.number, says, said[0].group())

    def _counted(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A number of days, beside a range of days of one month or of what such a range is stated for."""
        ranges = [(line, found) for line in document.prose for found in WORDS.days_of_month.finditer(line.without_code)]
        for line in document.prose if ranges else ():
            found = [(WORDS.so_many_days.match(line.without_code, one.end()), one) for at, one in ranges if at is line]
            told = WORDS.ran_days.search(line.without_code)
            noun = rf"(?i)\b{told['noun']}\b" if told else "$^"
            found += [(told, one) for at, one in ranges if at is not line and re.search(noun, at.text)]
            lengths = [int(one["last"]) - int(one["first"]) + 1 for said, one in found if said]
            said = next((said for said, _ in found if said), None)
            if said and not any(length < 2 or count(said["number"]) in {length, length - 1} for length in lengths):
                says = f"`{said['number']} days`, but `{found[0][1].group()}` is {lengths[0]}"
                yield self.finding(document, line.number, says, said["number"])

    def _due(self, document: MarkdownDocument) -> Iterator[Finding]:
        own = _own_date(document, _dates(document))
        dates = [told for line in document.prose for told in _dates_in(line, own[2].year if own else 0)]
        titles = {row.line: (row, row.labelled(titles)) for titles, *rows in document.tables for row in rows}
        for line, match, day in dates if own else ():
            row, labelled = titles.get(line.number, (None, line.text))
            is_due = WORDS.due_by.search(labelled.partition(match.group())[0])
            is_done = StateMark.DONE in line.marks or (row and mark_of(row) is StateMark.DONE)
            if own and is_due and day < own[2] and not is_done and not WORDS.overdue.search(line.text):
                says = f"due on {day}, before the document's own date in line {own[0].number}, {own[2]}"
                yield self.finding(document, line.number, says, match.group())


def _stories(document: MarkdownDocument) -> Iterator[list[TextLine]]:
    """The lines that tell of one thing: a row, a sentence, or the labelled lines of one list or paragraph."""
    for titles, *rows in document.tables:
        yield from ([TextLine(row.line, row.labelled(titles))] for row in rows)
    lists = [[line for item in items for line in item.lines] for _, items in document.lists]
    for lines in (*lists, *(block.lines for block in document.blocks if isinstance(block, Paragraph))):
        labelled = [line for line in lines if WORDS.label.match(line.text)]
        yield labelled
        yield from ([line] for line in lines if line not in labelled)


_STAGES = tuple(WORDS.each("stages"))  # of a defect or of work, in their order


def _stages_in(line: TextLine) -> Iterator[tuple[TextLine, str, int, re.Match[str], date]]:
    """Each day in a line with the word before it for a stage, as far as it has one."""
    end = 0
    for _, match, day in _dates_in(line):
        clause, end = line.without_code[end : match.start()], match.end()
        stages = [(at, found) for at, form in enumerate(_STAGES) for found in form.finditer(clause)]
        stage, verb = max(stages, key=lambda one: one[1].end(), default=(-1, None))
        if verb is not None and not re.search(r"[.;]\s", clause[verb.end() :]):
            yield line, verb.group(), stage, match, day


class DateOutsideRange(DocumentRule, code="TB859"):
    """A range of days ends before it begins, or a day that is told with it lies outside."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for line in document.prose:
            for match in WORDS.date_range.finditer(line.text):
                first, last = match["first"], match["last"]
                if last < first:
                    yield self.finding(document, line.number, f"this ends before it begins: {match.group()}", last)
                days = list(_days_beside(document)) if WORDS.of_run.search(line.text) else []
                outside = [(at, day) for at, day in days if not first <= day <= last]
                outside = outside if 2 * len(outside) < len(days) else []
                if WORDS.happened.search(line.text[: match.start()]):
                    rest = line.text[match.end() :]
                    days_behind = [one for one in WORDS.an_iso_date.finditer(rest) if not first <= one.group() <= last]
                    outside += [
                        (line.number, one.group()) for one in days_behind
                        if not WORDS.planned.search(rest[: one.start()])
                    ]  # fmt: skip
                for one in document.prose:
                    during = WORDS.during.search(one.text)
                    if during and one != line and re.search(rf"(?i)\b{during['noun']}\b", line.text):
                        found = WORDS.an_iso_date.findall(one.text)
                        outside += [(one.number, day) for day in found if not first <= day <= last]
                for at, day in outside if first <= last else ():
                    says = f"{day} lies outside {match.group()}, which line {line.number} states"
                    yield self.finding(document, at, says, day)


def _days_beside(document: MarkdownDocument) -> Iterator[tuple[int, str]]:
    """The days in the rows of tables with several of them."""
    for table in document.tables:
        found = [(row.line, WORDS.an_iso_date.findall(row.text)) for row in table]
        days = [(line, one[0]) for line, one in found if len(one) == 1]
        yield from days if len(days) > 2 else ()
