"""TB854, TB855 and TB835: times and dates that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import takewhile

from triagebook.findings import Finding
from triagebook.text import counted

from .base import DocumentRule, Known
from .document import Block, CodeBlock, ListItem, MarkdownDocument, Row, StateMark, TextLine, TitleBlock
from .figures import DURATION, count, minutes
from .words import Words

WORDS = Words("times")


class TimesDoNotAddUp(DocumentRule, code="TB854"):
    """The times of the steps do not add up to the stated time."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        parts: dict[object, list[tuple[float, float]]] = {}
        own: set[int] = set()  # the headings of the steps: what stands below is of one step
        for block in document.blocks:
            match = None if isinstance(block, CodeBlock | Row) else WORDS.own_time.search(block.text)
            found = DURATION.search(block.text, match.start()) if match else None
            if found and not WORDS.whole_time.search(block.text):
                kind = (type(block), getattr(block, "depth", 0), getattr(block, "list_line", 0))
                parts.setdefault(kind, []).append(minutes(found))
                own.add(block.line)
        for titles, *rows in document.tables:
            for at, title in enumerate(titles.cells):
                unit = WORDS.unit.search(title)
                cells = [f"{row.cells[at]} {unit[0] if unit else ''}" for row in rows if not row.is_total]
                times = [minutes(found) for cell in cells if (found := DURATION.match(cell.strip()))]
                if len(times) == len(cells):
                    parts[titles.line, at] = times
        steps = max(parts.values(), key=len, default=[])
        low, high = sum(one[0] for one in steps), sum(one[1] for one in steps)
        for line in document.prose:
            yield from self._in_line(document, line)
            said = WORDS.whole_time.search(line.text)
            match = DURATION.search(line.text, said.end() if said and said.group().strip()[-1:] != "l" else 0)
            heading = document.section_of(line.number)
            is_last = bool(own and heading and heading.line == max(own)) and not WORDS.of_all.search(line.text)
            if not said or not match or len(steps) < 2:
                continue
            if heading is None or heading.line not in own or is_last or WORDS.of_all.search(line.text):
                stated = minutes(match)
                if stated[1] < low or stated[0] > high:
                    adds = f"{low:g}" if low == high else f"{low:g} to {high:g}"
                    says = f"`{match.group()}`, but the {counted(len(steps), 'step')} add up to {adds} min"
                    yield self.finding(document, line.number, says, match.group())

    def _in_line(self, document: MarkdownDocument, line: TextLine) -> Iterator[Finding]:
        """A line that states its parts, or the window, and a time that differs from them."""
        found = list(DURATION.finditer(line.text))
        times = [minutes(match)[0] for match in found]
        second = found[1].start() if len(found) > 1 else 0
        is_first = second and re.search(r"(?i)total|^\s*[:=]\s*$", line.text[found[0].end() : second])
        is_first = is_first or re.search(r"(?i)total", line.text[:second])
        if second and (is_first or WORDS.summed.search(line.text)):
            each = WORDS.each_of.search(line.text)
            total, *parts = times if is_first and not each else times[::-1]
            actual = times[0] * count(each["number"]) if each else sum(parts)
            if abs(actual - total) > 0.01 and (each or len(times) > 2):
                yield self.finding(document, line.number, f"the parts add up to {actual:g} min, not {total:g}")
        for match in WORDS.beside.finditer(line.text):
            window, said = WORDS.window.search(match.group()), DURATION.search(match.group())
            if window and said and not window["to"].startswith("0"):
                actual, low = _clock(window["to"]) - _clock(window["from"]), minutes(said)[0]
                if actual > 0 and abs(actual - low) > max(1, 0.1 * actual if low >= 60 and low % 30 == 0 else 0):
                    says = f"from {window['from']} to {window['to']} is {actual:g} min, not {said.group()}"
                    yield self.finding(document, line.number, says, said.group())


def _clock(text: str) -> int:
    hours, _, rest = text.partition(":")
    return 60 * int(hours) + int(rest)


class EventOutsideWindow(DocumentRule, code="TB855"):
    """An event lies outside the time window that its section states."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for block in document.blocks if document.is_of_work else ():
            window = None if isinstance(block, CodeBlock | ListItem | Row) else WORDS.window.search(block.text)
            if window and _clock(window["from"]) < _clock(window["to"]):
                for line in _told_with(document, block):
                    events = (
                        ()
                        if WORDS.window.search(line.text) and line not in block.lines
                        else WORDS.clock.finditer(line.text)
                    )
                    for event in events:
                        clock = event["clock"].replace(".", ":")
                        if not _clock(window["from"]) <= _clock(clock) <= _clock(window["to"]):
                            says = f"{clock} lies outside the window from {window['from']} to {window['to']}"
                            yield self.finding(document, line.number, says, event["clock"])


def _told_with(document: MarkdownDocument, block: Block) -> Iterator[TextLine]:
    """The lines of a section, or of a paragraph and the list behind it."""
    if isinstance(block, TitleBlock):
        below = document.under(block)
        yield from (line for one in below if not isinstance(one, CodeBlock | TitleBlock) for line in one.lines)
    else:
        at = document.blocks.index(block)
        below = list(takewhile(lambda one: isinstance(one, ListItem | Row), document.blocks[at + 1 :]))
        yield from (line for one in (block, *below) for line in one.lines)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _day(match: re.Match[str]) -> date:
    """The day of a date; ValueError if there is none."""
    year, month, day = (
        next(filter(None, (match[f"{part}{form}"] for form in ("", "2", "3", "4", "5")))) for part in "ymd"
    )
    return date(int(year), int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1, int(day))


class ImpossibleDate(DocumentRule, code="TB835"):
    """A date lies in the future, does not exist, or is later than that of the document that reports it."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        dates: list[tuple[TextLine, re.Match[str], date]] = []
        for line in document.prose if document.is_of_work else ():
            for match in WORDS.date.finditer(line.without_code):
                try:
                    dates.append((line, match, _day(match)))
                except ValueError:
                    yield self.finding(document, line.number, f"there is no day {match.group()}", match.group())
        own = next((one for one in dates if _is_of_document(document, *one[:2])), None)
        if own is None:
            return
        line, match, stated = own
        if known.day and stated > known.day:
            yield self.finding(document, line.number, f"{stated} is in the future", match.group())
        elif known.made and stated < known.made - timedelta(days=1):  # which may be another day elsewhere
            says = f"the commit {document.commit} was made on {known.made}, after the document's date"
            yield self.finding(document, line.number, says, match.group())
        for other, match, day in dates:
            if day > stated and _tells(other, match):
                says = f"{day} is after the document's own date in line {line.number}, {stated}"
                yield self.finding(document, other.number, says, match.group())
        yield from self._later_evidence(document, known, stated)

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
                if added and added > day + timedelta(days=1) and words not in said:
                    said.add(words)
                    says = f"`{words}` came on {added}, after the document's own date, {day}"
                    yield self.finding(document, line.number, says, words)


def _is_of_document(document: MarkdownDocument, line: TextLine, day: re.Match[str]) -> bool:
    is_header = WORDS.header_date.match(line.text) and line.text != document.title
    return bool(is_header or WORDS.is_dated.search(line.text[: day.start()]))


def _tells(line: TextLine, day: re.Match[str]) -> bool:
    """Whether a line tells what happened on a day, and does not plan it."""
    clause = re.split(r"[:;.]\s", line.text[: day.start()])[-1]
    is_due = re.search(r"\([^()]*, ?$", clause)  # and who will do it
    happened = WORDS.happened.search(line.text) or StateMark.DONE in line.marks
    return bool(happened) and not is_due and StateMark.PENDING not in line.marks and not WORDS.planned.search(clause)
