"""TB854 to TB856: times that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from triagebook.findings import Finding
from triagebook.text import counted

from .base import DocumentRule, Known
from .document import Block, CodeBlock, ListItem, MarkdownDocument, Row, TextLine, TitleBlock
from .figures import DURATION, count, minutes
from .measures import key
from .words import Words

WORDS = Words("times")


class TimesDoNotAddUp(DocumentRule, code="TB854"):
    """The times of the steps do not add up to the stated time."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        parts: dict[object, list[tuple[float, float]]] = {}
        ends: dict[int, object] = {}  # the first and the last line of each list and table of steps
        own: set[int] = set()  # the headings of the steps: what stands below is of one step
        for block in document.blocks:
            match = None if isinstance(block, CodeBlock | Row) else WORDS.own_time.search(block.text)
            found = DURATION.search(block.text, match.start()) if match else None
            if found and not WORDS.whole_time.search(block.text):
                kind = (type(block), getattr(block, "depth", 0), getattr(block, "list_line", 0))
                parts.setdefault(kind, []).append(minutes(found))
                ends[getattr(block, "list_line", block.line)] = ends[block.line] = kind
                own.add(block.line)
        for titles, *rows in document.tables:
            for at, title in enumerate(titles.cells):
                unit = WORDS.unit.search(title)
                cells = [f"{row.cells[at]} {unit[0] if unit else ''}" for row in rows if not row.is_total]
                times = [minutes(found) for cell in cells if (found := DURATION.match(cell.strip()))]
                spans = [" - ".join(row.cells[at : at + 2]) for row in rows] if WORDS.starts.fullmatch(title) else []
                spans = spans or [row.cells[at] for row in rows]
                windows = [found for text in spans if (found := WORDS.window.fullmatch(text.strip()))]
                if len(windows) == len(rows) > 1:
                    lasts = [_minutes_in(one) for one in windows]
                    whole = (_clock(windows[-1]["to"]) - _clock(windows[0]["from"])) % (24 * 60)
                    times = [(min(sum(lasts), whole), max(sum(lasts), whole)), *[(0.0, 0.0)] * (len(cells) - 1)]
                if len(times) == len(cells) > 1:
                    parts[titles.line, at] = times
                    ends[titles.line] = ends[rows[-1].line] = (titles.line, at)
        longest = max(parts.values(), key=len, default=[])
        beside = {
            block.line: ends.get(before.line, ends.get(after.line))
            for before, block, after in zip(document.blocks, document.blocks[1:], document.blocks[2:], strict=False)
        }
        yield from self._in_three(document)
        for line in document.prose:
            yield from self._in_line(document, line)
            said = WORDS.whole_time.search(line.text)
            match = DURATION.search(line.text, said.end() if said and said.group().strip()[-1:] != "l" else 0)
            heading = document.section_of(line.number)
            is_last = bool(own and heading and heading.line == max(own)) and not WORDS.of_all.search(line.text)
            near = parts.get(beside.get(line.number), longest)
            steps = near if len(near) > 1 else longest
            if not said or not match or len(steps) < 2:
                continue
            low, high = sum(one[0] for one in steps), sum(one[1] for one in steps)
            if heading is None or heading.line not in own or is_last or WORDS.of_all.search(line.text):
                stated = minutes(match)
                if stated[1] < low or stated[0] > high:
                    adds = f"{low:g}" if low == high else f"{low:g} to {high:g}"
                    says = f"`{match.group()}`, but the {counted(len(steps), 'step')} add up to {adds} min"
                    yield self.finding(document, line.number, says, match.group())

    def _in_three(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A beginning, an end and a length, each in an item or row of its own."""
        for three in zip(document.blocks, document.blocks[1:], document.blocks[2:], strict=False):
            if all(isinstance(one, ListItem | Row) and WORDS.is_labelled.match(one.text) for one in three):
                told = " ".join(re.sub(r"[*|]|: ", " ", one.text) for one in three)
                line = TextLine(three[-1].line, told)
                yield from self._between_clocks(document, line, list(DURATION.finditer(told)))

    def _in_line(self, document: MarkdownDocument, line: TextLine) -> Iterator[Finding]:
        """A line that states its parts, or the window, and a time that differs from them."""
        found = list(DURATION.finditer(line.text))
        times = [minutes(match)[0] for match in found]
        second = found[1].start() if len(found) > 1 else 0
        is_first: object = second and re.search(r"(?i)total|^\s*[:=]\s*$", line.text[found[0].end() : second])
        is_first = is_first or re.search(r"(?i)total", line.text[:second])
        is_split = len(found) > 2 and re.match(r" \((?:[a-z]+ )*$", line.text[found[0].end() : second])
        is_first = is_first or bool(is_split and re.match(r"[a-z ]*\)\W*$", line.text[found[-1].end() :]))
        is_last = len(found) > 2 and re.fullmatch(r"\)?(?::| =)\s*", line.text[found[-2].end() : found[-1].start()])
        for match in WORDS.equated.finditer(line.text):
            same = [minutes(one)[0] for one in DURATION.finditer(match.group()) if "d" not in one.group()]
            if len(same) == 2 and abs(same[0] - same[1]) > max(0.5, 0.02 * same[0]):
                yield self.finding(document, line.number, f"`{match.group()}` are not the same", match.group())
        if second and (is_first or is_last or WORDS.summed.search(line.text)):
            each = WORDS.each_of.search(line.text)
            total, *parts = times if is_first and not each else times[::-1]
            actual = times[0] * count(each["number"]) if each else sum(parts)
            if abs(actual - total) > 0.01 and (each or len(times) > 2):
                yield self.finding(document, line.number, f"the parts add up to {actual:g} min, not {total:g}")
        if ranges := WORDS.ranges.search(line.text):
            whole, *spans = [(int(low), int(high or low)) for low, high in WORDS.one_range.findall(ranges.group())]
            low, high = sum(span[0] for span in spans), sum(span[1] for span in spans)
            if (low, high) != whole:
                says = f"the parts add up to {low} to {high}, not {whole[0]} to {whole[1]}"
                yield self.finding(document, line.number, says, ranges.group())
        yield from self._between_clocks(document, line, found)

    def _between_clocks(
        self, document: MarkdownDocument, line: TextLine, found: list[re.Match[str]]
    ) -> Iterator[Finding]:
        """A line that states two times of the day, and another time between them."""
        late = WORDS.late.search(line.text) or (WORDS.was_late.search(line.text) and WORDS.between.search(line.text))
        if late:
            said = DURATION.search(line.text, late.end()) if late.re is WORDS.late else None
            said = said or next((one for one in found if WORDS.was_late.match(line.text, one.start())), None)
            actual = (_clock(late["to"]) - _clock(late["from"])) % (24 * 60)
            if said and abs(minutes(said)[0] - actual) > 1:
                says = f"from {late['from']} to {late['to']} is {actual / 60:.3g} h, not {said.group()}"
                yield self.finding(document, line.number, says, said.group())
        ran, windows = WORDS.ran_from.search(line.text), list(WORDS.window.finditer(line.text))
        if ran and len(windows) == len(found) == 1 and not WORDS.other_length.search(line.text):
            actual, stated = _minutes_in(windows[0]), minutes(found[0])[0]
            if 0.6 * actual < stated < 2 * actual and abs(actual - stated) > max(1, 0.1 * actual):
                yield self.finding(document, line.number, f"this is {actual:g} min, not {found[0].group()}")
        for match in WORDS.beside.finditer(line.text):
            window, said = WORDS.window.search(match.group()), DURATION.search(match.group())
            if window and said:
                actual, low = _clock(window["to"]) - _clock(window["from"]), minutes(said)[0]
                if actual > 0 and abs(actual - low) > max(1, 0.1 * actual if low >= 60 and low % 30 == 0 else 0):
                    says = f"from {window['from']} to {window['to']} is {actual:g} min, not {said.group()}"
                    yield self.finding(document, line.number, says, said.group())


_NOON, _EVENING = 12 * 60, 18 * 60


def _minutes_in(window: re.Match[str]) -> int:
    return (_clock(window["to"]) - _clock(window["from"])) % (24 * 60)


def _clock(text: str) -> int:
    hours, _, rest = text.partition(":")
    return 60 * int(hours) + int(rest)


class EventOutsideWindow(DocumentRule, code="TB855"):
    """An event lies outside the time window that its section states."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for block in (one for one in document.blocks if not isinstance(one, CodeBlock)):
            window = WORDS.window.search(block.text)
            if window and window["day2"] in {None, window["day"]}:
                first, last = _clock(window["from"]), _clock(window["to"])
                if first > last and not (first >= _EVENING and last <= _NOON and not window["day2"]):
                    says = f"this ends before it begins: {window['from']} to {window['to']}"
                    yield self.finding(document, block.lines[0].number, says, window["to"])
            for first, last, hours in _hours(block, window):
                is_alone = window and isinstance(block, ListItem | Row)
                outside = [
                    (line, event["clock"])
                    for line in (block.lines if is_alone else _told_with(document, block))
                    if line in block.lines or not WORDS.window.search(line.text)
                    for event in (*WORDS.clock.finditer(line.text), *WORDS.clock_cell.finditer(line.text))
                    if not _is_within(_clock(event["clock"].replace(".", ":")), first, last)
                ]
                is_quoted = bool(outside) and outside[0][0] not in document.prose
                is_above = bool(outside) and outside[-1][0].number < block.line
                if len({clock for _, clock in outside}) > 2 or is_above or is_quoted:
                    said = " and ".join(dict.fromkeys(clock for _, clock in outside))
                    yield self.finding(document, block.lines[0].number, f"{said} lie outside {hours}")
                    continue
                for line, clock in outside:
                    yield self.finding(document, line.number, f"{clock} lies outside {hours}", clock)


def _hours(block: Block, window: re.Match[str] | None) -> Iterator[tuple[int, int, str]]:
    """The window that a block states, or half a day before a closing time or after an opening time."""
    if window:
        words = f"the window from {window['from']} to {window['to']}"
        yield _clock(window["from"]), _clock(window["to"]), words
    elif opens := WORDS.opens.search(block.text):
        at = _clock(opens["clock"])
        yield at, (at + _NOON) % (24 * 60), f"the hours: {opens.group()}"
    elif closes := WORDS.closes.search(block.text):
        at = _clock(closes["clock"])
        yield (at - _NOON) % (24 * 60), at, f"the hours: {closes.group()}"


def _told_with(document: MarkdownDocument, block: Block) -> Iterator[TextLine]:
    """The lines of a section, or of a paragraph and the list behind it."""
    if WORDS.is_window.match(block.text):
        told = (one for one in document.blocks if isinstance(one, ListItem | Row))
        yield from (line for one in (block, *told) for line in one.lines[:1])
    elif isinstance(block, TitleBlock):
        below = document.under(block)
        yield from (line for one in below if not isinstance(one, CodeBlock | TitleBlock) for line in one.lines)
    else:
        at, names_window = document.blocks.index(block), WORDS.names_window.search(block.text)
        items = (ListItem, Row, CodeBlock) if WORDS.of_excerpt.search(block.text) else (ListItem, Row)
        behind = takewhile(lambda one: isinstance(one, items), document.blocks[at + 1 :])
        above = takewhile(lambda one: isinstance(one, ListItem | Row), document.blocks[:at][::-1])
        yield from (line for one in (*(above if names_window else ()), block, *behind) for line in one.lines)


def _is_within(clock: int, first: int, last: int) -> bool:
    """Whether a time lies in a window, which may reach over midnight."""
    return first <= clock <= last if first <= last else clock >= first or clock <= last


def _in_order(moments: Sequence[str]) -> set[int]:
    """The places of the most moments that stand in their order."""
    best: list[list[int]] = [[]]
    for at, moment in enumerate(moments):
        longest = max(len(one) for one in best if not one or moments[one[-1]] <= moment)
        best.append([*next(one for one in best if len(one) == longest and (not one or moments[one[-1]] <= moment)), at])
    return set(next(one for one in best if len(one) == max(map(len, best))))


class TimesBetweenEvents(DocumentRule, code="TB856"):
    """No two events of the timeline lie as far apart as the document says, or one is told out of order."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        every: set[int] = set()
        groups: list[Sequence[Block]] = [*document.tables, *(items for _, items in document.lists)]
        for blocks in groups:
            told = [(block, match) for block in blocks if (match := WORDS.event.match(block.text))]
            times = [_clock(match["clock"]) for _, match in told]
            every |= set(times)
            late = [told[at] for at in range(1, len(times)) if 0 < times[at - 1] - times[at] < _NOON]
            days = [(block, match) for block in blocks if (match := WORDS.day_of_event.match(block.text))]
            moments = [f"{match['day']} {(match['time'] or '').rjust(5, '0')}" for _, match in days]
            if len(days) == len(blocks) > 2 and len(set(moments)) > 2:
                kept = _in_order(moments)
                late = [one for at, one in enumerate(days) if at not in kept]
                late = late if 3 * len(late) < len(days) else []
            elif len(times) < 4 or len(late) > 1:
                late = []
            for block, match in late:
                when = match.group().strip(" *_|")
                yield self.finding(document, block.line, f"{when} is told out of order", when)
            for line in document.prose if len(told) > 2 and document.is_of_work else ():
                yield from self._between(document, line, told)
        apart = {abs(one - other) for one in every for other in every}
        for line in document.prose if len(every) > 2 else ():
            for match in WORDS.apart.finditer(line.text):
                said = DURATION.search(match.group())
                if said and minutes(said)[0] not in apart:
                    says = f"no two events of the timeline are {said.group()} apart"
                    yield self.finding(document, line.number, says, said.group())

    def _between(
        self, document: MarkdownDocument, line: TextLine, told: Sequence[tuple[Block, re.Match[str]]]
    ) -> Iterator[Finding]:
        """A time that a line gives between two events of the timeline, which it names."""
        if not (said := WORDS.between_events.search(line.text)) or line in [block.lines[0] for block, _ in told]:
            return
        parts = {name.rstrip("23"): words for name, words in said.groupdict().items() if words}
        words = {kind: _about(parts[kind]) for kind in ("first", "second")}
        clocks = {
            kind: [_clock(match["clock"]) for block, match in told if len(names & _about(block.text)) == best]
            for kind, names in words.items()
            if (best := max(len(names & _about(block.text)) for block, _ in told))
        }
        found = DURATION.search(parts["time"])
        if found and len(clocks) == 2 and all(len(one) == 1 for one in clocks.values()):
            actual = abs(clocks["first"][0] - clocks["second"][0])
            if abs(minutes(found)[0] - actual) > (1 if minutes(found)[0] < 60 else 0.1 * actual):
                says = f"it is {actual:g} min between these events of the timeline, not {found.group()}"
                yield self.finding(document, line.number, says, found.group())


def _about(text: str) -> frozenset[str]:
    """The words that tell one event from another."""
    return key(text) | frozenset(re.findall(r"first|second|third|fourth|fifth|last|next", text.lower()))
