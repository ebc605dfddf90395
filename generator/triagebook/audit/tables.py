"""TB82x and TB84x: the numbers in a table must agree with its columns and with the text beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations, pairwise, permutations
from operator import ge, gt, le, lt
from statistics import mean, median

from triagebook.findings import Finding

from .base import DocumentRule, Known
from .document import CodeBlock, ListItem, MarkdownDocument, Paragraph, Row, StateMark, TextLine
from .figures import DURATION, count, minutes, outcomes, value
from .measures import UNITS, key, operator_of, statements_of
from .words import Words

WORDS = Words("tables")

_RELATIONS: dict[str, Callable[[float, float], float]] = {
    "the sum": lambda one, other: one + other,
    "the difference": lambda one, other: one - other,
    "the product": lambda one, other: one * other,
    "the quotient": lambda one, other: one / other if other else float("nan"),
    "the share": lambda one, other: 100 * one / other if other else float("nan"),
    "the change": lambda one, other: 100 * (other - one) / one if one else float("nan"),
}


def _number(cell: str) -> float | None:
    match = WORDS.number.fullmatch(cell.strip(" *_`~"))
    return None if match is None else value(match["value"]) * (-1 if match["sign"] else 1)


def _columns(rows: list[Row]) -> dict[int, list[float]]:
    """The columns of numbers, by their place."""
    width = min(len(row.cells) for row in rows)
    cells = {at: [_number(row.cells[at]) for row in rows] for at in range(1, width)}
    return {at: [one for one in column if one is not None] for at, column in cells.items() if None not in column}


class RowUnlikeOthers(DocumentRule, code="TB829"):
    """One row of a table breaks the sum, difference or quotient that its other rows keep."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for titles, *rows in document.tables:
            columns = _columns(rows) if len(rows) > 2 and len(titles.cells) < _WIDE else {}
            found = (_broken(rows, columns, places) for places in permutations(columns, 3))
            for row, name, (first, second, third) in filter(None, found):
                names = f"`{titles.cells[first]}` and `{titles.cells[second]}`"
                says = f"`{titles.cells[third]}` is not {name} of {names}, as in the other rows"
                yield self.finding(document, row.line, says, row.cells[third])
                break


_WIDE = 10  # columns: of so many, some agree by chance


def _broken(
    rows: list[Row], columns: dict[int, list[float]], places: tuple[int, ...]
) -> tuple[Row, str, tuple[int, ...]] | None:
    """The only row in which the third column does not follow from the two others, and how it does elsewhere."""
    values = list(zip(*(columns[at] for at in places), strict=True))
    slack = [0.5001 * 10 ** -_decimals(row.cells[places[2]]) for row in rows]
    for name, relation in _RELATIONS.items():
        kept = [abs(relation(one, other) - third) <= by for (one, other, third), by in zip(values, slack, strict=True)]
        plain = sum(one * third != 0 for is_kept, (one, _, third) in zip(kept, values, strict=True) if is_kept)
        if kept.count(False) == 1 and plain > max(2, len(rows) / 2):
            return rows[kept.index(False)], name, places
    return None


def _decimals(cell: str) -> int:
    return len(cell.strip(" %").partition(".")[2])


class WordsUnlikeTable(DocumentRule, code="TB830"):
    """A total, an average or a count beside a table or list is not that of its numbers."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        blocks = document.blocks
        yield from self._of_rows(document)
        for titles, *rows in document.tables:
            at = blocks.index(titles)
            parts = [row for row in rows if not row.is_total]
            columns = _columns(parts) if len(parts) > 1 else {}
            is_count = {at: WORDS.of_count.fullmatch(titles.cells[at]) for at in columns}
            named = {titles.cells[0 if is_count[at] else at]: column for at, column in columns.items()}
            sums = [sum(column) for column in columns.values()]
            stated = {_number(cell) for row in rows if row.is_total for cell in row.cells}
            stated |= {total for one, other in combinations(sums, 2) for total in (one + other, abs(one - other))}
            for beside, is_behind in ((blocks[at - 1 : at], False), (blocks[at + len(rows) + 1 :][:1], True)):
                if beside and isinstance(beside[0], Paragraph):
                    line = beside[0].lines[0 if is_behind else -1]
                    yield from self._beside(document, line, named, stated, is_behind=is_behind)
        for _, items in document.lists:
            numbers = [match for item in items[:-1] if (match := WORDS.labelled.fullmatch(item.text.strip()))]
            if len(items) - 1 == len(numbers) > 1 and WORDS.says_total.match(items[-1].text.strip()):
                column = {numbers[0]["unit"]: [value(match["value"]) for match in numbers]}
                yield from self._beside(document, items[-1].lines[0], column, set(), is_behind=True)
        for before, block in pairwise(blocks):
            if isinstance(before, ListItem) and isinstance(block, Paragraph):
                items = next((items for _, items in document.lists if before in items), [])
                numbers = [match for item in items if (match := WORDS.labelled.fullmatch(item.text.strip()))]
                if len(numbers) == len(items) > 1 and len({match["unit"] for match in numbers}) == 1:
                    named = {numbers[0]["unit"]: [value(match["value"]) for match in numbers]}
                    yield from self._beside(document, block.lines[0], named, set(), is_behind=True)

    def _of_rows(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A mean or median of the things of a table, by their name, where they are shares or the table is elsewhere."""
        for line in document.prose if document.is_of_work else ():
            said = WORDS.mean_of.search(line.text)
            columns: list[list[float]] = []
            for titles, *rows in document.tables if said else ():
                if said and titles.cells[0].lower().rstrip("s") == said["things"].lower().rstrip("s"):
                    is_near = 0 <= line.number - rows[-1].line < 3 if rows else True
                    is_told = is_near and "%" not in line.text  # beside the table, where it was compared
                    columns += [] if is_told else _columns([row for row in rows if not row.is_total]).values()
            if said and len(columns) == 1 and len(columns[0]) > 1:
                rest = TextLine(line.number, said["of"] + WORDS.plain_share.sub("", line.text[said.end() :]))
                yield from self._beside(document, rest, {"": columns[0]}, set(), is_behind=True)

    def _beside(
        self, document: MarkdownDocument, line: TextLine, columns: dict[str, list[float]], stated: set[float | None],
        *, is_behind: bool,
    ) -> Iterator[Finding]:  # fmt: skip
        for title, column in columns.items():
            yield from self._counted(document, line, title, column, {sum(column), *column, len(column), *stated})
        sums = [sum(column) for column in columns.values()] if is_behind else []
        spans = WORDS.span.findall(line.text) if len(sums) == 2 and sums[0] < sums[1] else []
        for low, high in spans if len(spans) == 1 else ():
            if [value(low), value(high)] != sums:
                says = f"the rows add up to {sums[0]:g} to {sums[1]:g}, not {low} to {high}"
                yield self.finding(document, line.number, says, low)
        for pattern, of, name in _OF_COLUMN if sums else ():
            found = pattern.search(line.text)
            rest = re.split(r"[.;](?:\s|$)", line.text[found.start() :])[0] if found else ""
            numbers = WORDS.number_in_text.findall(rest)
            if len(numbers) == 1:
                actual = [of(column) for column in columns.values()]
                if not any(abs(one - value(numbers[0])) <= 0.5001 * 10 ** -_decimals(numbers[0]) for one in actual):
                    yield self.finding(
                        document, line.number, f"the {name} is {actual[-1]:g}, not {numbers[0]}", numbers[0]
                    )

    def _counted(
        self, document: MarkdownDocument, line: TextLine, title: str, column: list[float], right: set[float | None]
    ) -> Iterator[Finding]:
        """A count of what a column is titled that is neither its sum nor one of its numbers."""
        noun = re.sub(r"\W.*", "", title.strip().lower()).rstrip("s")
        found = list(WORDS.counted.finditer(line.text)) if len(noun) > 2 else []
        told = [one for one in found if one["things"].lower().split()[-1].rstrip("s") == noun]
        for match in told if not any(count(one["number"]) in right for one in told) else ():
            if WORDS.states.search(line.text[: match.start()]):
                says = f"`{match.group()}`, but `{title}` adds up to {sum(column):g}"
                yield self.finding(document, line.number, says, match.group())


_OF_COLUMN: tuple[tuple[re.Pattern[str], Callable[[list[float]], float], str], ...] = (
    (WORDS.says_total, sum, "total"), (WORDS.says_mean, mean, "average"), (WORDS.says_median, median, "median"),
)  # fmt: skip


class StatesToldOtherwise(DocumentRule, code="TB849"):
    """The words beside a table count its rows of one state, or the passes of one column, and the table has others."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for titles, *rows in document.tables:
            section = document.section_of(titles.line)
            lines = [line for block in document.under(section) if isinstance(block, Paragraph | ListItem)
                     for line in block.lines] if section else []  # fmt: skip
            for at, title in enumerate(titles.cells):
                cells = Counter(row.cells[at].strip().casefold() for row in rows if len(row.cells) > at)
                marked = {cell: TextLine(0, cell).marks for cell in cells}
                if len(title) > 2 and sum(cells[cell] for cell, marks in marked.items() if marks) > 1:
                    told = {WORDS.passed_of.pattern.replace("TITLE", re.escape(title)): sum(
                        number for cell, number in cells.items() if StateMark.DONE in marked[cell]
                    )}  # fmt: skip
                else:
                    is_state = at and 1 < len(cells) < len(rows) and max(cells.values()) > 1
                    label = re.escape(title)
                    form = rf"(?i)\b(?:{label} )?STATE: (?P<part>\d+)\b|(?<![\w.])(?P<other>\d+) STATE\b(?<! \w)"
                    told = {
                        form.replace("STATE", state): number
                        for state, number in cells.items() if is_state and re.fullmatch(r"[a-z][a-z' ]*", state)
                    }  # fmt: skip
                for pattern, number in told.items():
                    for line, found in ((one, found) for one in lines for found in re.finditer(pattern, one.text)):
                        if count(found["part"] or found.groupdict().get("other") or "0") != number:
                            says = f"`{found.group()}`, but it is {number} of {len(rows)} rows under `{title}`"
                            yield self.finding(document, line.number, says, found.group())


class StateUnlikeNumber(DocumentRule, code="TB839"):
    """A row is called passed or done, and another cell of it counts what failed, is left or is not there."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for titles, *rows in document.tables:
            for row in (one for one in rows if not one.is_total):
                cells = list(zip(titles.cells[1:], row.cells[1:], strict=False))
                states = [(title, cell) for title, cell in cells if WORDS.good_state.fullmatch(cell.strip())]
                if len(states) != 1 or any(WORDS.bad_state.search(cell) for _, cell in cells):
                    continue
                is_of_work = WORDS.of_work_state.search(" ".join(states[0]))
                found = outcomes(row.labelled(titles))
                passed, whole = found.of("passed"), found.total
                for title, cell in cells:
                    number = _number(cell)
                    is_left = WORDS.left_title.search(title) or (not is_of_work and WORDS.bad_title.search(title))
                    is_part = WORDS.progress_title.search(title) and "%" in cell and number is not None and number < 100
                    if (number and is_left) or is_part:
                        says = f"this is called `{states[0][1].strip()}`, but `{title}` is {cell.strip()}"
                        yield self.finding(document, row.line, says, cell)
                        break
                else:
                    if passed is not None and whole is not None and passed < whole and not is_of_work:
                        says = f"this is called `{states[0][1].strip()}`, but {passed} of {whole} passed"
                        yield self.finding(document, row.line, says, states[0][1])


class CellToldOtherwise(DocumentRule, code="TB820"):
    """A sentence gives another value than the table for the row and the column that it names."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        rows_at = {row.line for table in document.tables for row in table}
        lines = [line for line in document.prose if line.number not in rows_at and WORDS.measured.search(line.text)]
        told = [(line, sentence.text) for line in lines for sentence in line.sentences]
        for titles, *rows in document.tables if told else ():
            columns = _columns(rows) if rows else {}
            for line, text in told if columns else ():
                named = [row for row in rows if _names(text, row.cells[0])]
                at = [one for one in columns if _names(text, re.sub(r"\W.*", "", titles.cells[one]))]
                rest = text.replace(named[0].cells[0], "") if named else ""
                numbers = WORDS.measured.findall(rest)
                if len(named) == len(at) == len(numbers) == 1 and WORDS.number_in_text.findall(rest) == numbers:
                    cell = columns[at[0]][rows.index(named[0])]
                    if cell != value(numbers[0]):
                        says = f"line {named[0].line} has {cell:g} for `{titles.cells[at[0]]}`, not {numbers[0]}"
                        yield self.finding(document, line.number, says, numbers[0])


def _names(text: str, name: str) -> bool:
    return (
        len(name) > 1
        and name.lower() in text.lower()
        and bool(re.search(rf"(?i)(?<![\w-]){re.escape(name)}(?![\w-])", text))
    )


class FiguresOutOfOrder(DocumentRule, code="TB837"):
    """A lower percentile is above a higher one, or an average, a least or a greatest value lies beyond another."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for line in document.prose:
            for match in WORDS.beyond_scale.finditer(line.text):
                yield self.finding(document, line.number, f"`{match.group()}` is beyond the scale", match.group())
        for titles, *rows in document.tables:
            for row in rows:
                for cell in (one for one in row.labelled_cells(titles) if WORDS.beyond_scale.search(one)):
                    yield self.finding(document, row.line, f"`{cell}` is beyond the scale", cell.rpartition(": ")[2])
                yield from self._ranked(document, row.line, zip(titles.cells, row.cells, strict=False))
            for at in range(1, len(titles.cells)):
                cells = [(row.cells[0], row.cells[at]) for row in rows if at < len(row.cells)]
                yield from self._ranked(document, rows[-1].line if rows else 0, cells)
        for _, items in document.lists:
            told = [re.split(r": | = | is | was ", item.text, maxsplit=1) for item in items]
            yield from self._ranked(document, items[-1].line, ((one[0], one[-1]) for one in told))
        for line in document.prose:
            for sentence in re.split(r"[.;|]\s", line.without_code):
                ranks = list(WORDS.rank.finditer(sentence))
                plain = WORDS.rank.sub(lambda found: " " * len(found.group()), sentence) if len(ranks) > 1 else ""
                starts, ends = [one.start() for one in ranks], [one.end() for one in ranks]
                for gaps in (
                    zip(ends, (*starts[1:], len(plain)), strict=False),
                    zip((0, *ends[:-1]), starts, strict=False),
                ):
                    amounts = [list(WORDS.ranked.finditer(plain, *gap)) for gap in gaps]
                    if plain and all(len(one) == 1 for one in amounts):
                        labels = (label.group() for label in ranks)
                        amounts_of = (one[0].group() for one in amounts)
                        yield from self._ranked(document, line.number, zip(labels, amounts_of, strict=True))
                        break

    def _ranked(self, document: MarkdownDocument, line: int, pairs: Iterable[tuple[str, str]]) -> Iterator[Finding]:
        found: list[tuple[float, float, str, str]] = []
        for label, text in pairs:
            rank, amount = WORDS.rank.search(label), WORDS.ranked.match(text.strip(" ~:"))
            about = key(WORDS.rank.sub("", label))
            if rank and amount:
                unit = (amount["unit"] or "").strip().lower()
                size = value(amount["value"]) * UNITS.get(unit, 1)
                at = next((one for name, one in _RANKS.items() if rank[name]), 0) or float(rank["p"] or rank["th"] or 0)
                for other, before, words, measure in found:
                    is_same = measure == " ".join(sorted(about)) and (unit in UNITS) is (words.split()[-1] in UNITS)
                    pair = sorted(((at, size), (other, before)))
                    is_mean = 49 in {at, other} and {at, other} - {49, -1, 101}
                    if is_same and pair[0][1] > pair[1][1] and not is_mean and at != other:
                        says = f"{rank.group()} is {amount.group().strip()}, but {words}"
                        yield self.finding(document, line, says)
                        return
                found.append((at, size, f"{rank.group()} is {amount.group().strip()}", " ".join(sorted(about))))


_RANKS = {"least": -1, "mean": 49, "median": 50, "most": 101}  # beside the percentiles, and the mean only within these


class RowsToldOtherwise(DocumentRule, code="TB838"):
    """A sentence says of every row of a table, of the greatest one, or of two of them, what the cells do not hold."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        in_table = {row.line for table in document.tables for row in table}
        lines = [line for line in document.prose if line.number not in in_table]
        told = [
            (line, one.text)
            for line in lines
            for one in line.sentences
            if WORDS.of_rows.search(one.text) and not WORDS.requires.search(one.text)
        ]
        for titles, *every in document.tables if told else ():
            rows = [row for row in every if not row.is_total]
            columns = _columns(rows) if len(rows) > 1 else {}
            for line, text in told if columns else ():
                words = key(text)
                named = [row for row in rows if _names(text, row.cells[0])]
                yield from self._worse(document, line, text, titles, rows) if len(columns) == 2 else ()
                yield from self._kept(document, line, text, titles, rows)
                titled = [one for one in columns if key(titles.cells[one]) & words]
                if not titled and document.section_of(line.number) is not document.section_of(titles.line):
                    continue
                if of_none := WORDS.of_them_none.search(text):
                    titled = [one for one in titled if key(titles.cells[one]) & key(of_none["of"])]
                at = titled or list(columns)
                if len(at) == 1 and (named or key(titles.cells[0]) & words or of_none):
                    cells = dict(zip(rows, columns[at[0]], strict=True))
                    for row, unlike in _unlike_rows(text, cells, named, is_titled=bool(titled)):
                        says = f"{unlike}: line {row.line} has {row.cells[at[0]]} for `{titles.cells[at[0]]}`"
                        yield self.finding(document, line.number, says)

    def _worse(
        self, document: MarkdownDocument, line: TextLine, text: str, titles: Row, rows: list[Row]
    ) -> Iterator[Finding]:
        """That no row got worse, or every one better, where the second of two values is the greater one."""
        said, columns = WORDS.no_row_worse.search(text), _columns(rows)
        if not said or not key(said["noun"] or said["noun2"]) & key(titles.cells[0]):
            return
        for row, old, new in zip(rows, *columns.values(), strict=True):
            if new > old if said["greater"] or said["all_less"] else new < old:
                yield self.finding(document, line.number, f"`{said.group()}`, but line {row.line} says: {row.text}")
                break

    def _kept(
        self, document: MarkdownDocument, line: TextLine, text: str, titles: Row, rows: list[Row]
    ) -> Iterator[Finding]:
        """That each row keeps a bound which another sentence states of a column."""
        every = WORDS.every_row.search(text)
        if not every or not WORDS.keeps.search(text) or not key(titles.cells[0]) & key(text):
            return
        for stated in (one for one in statements_of(document) if one.operator in {"<", ">"}):
            for at, title in enumerate(titles.cells[1:], 1):
                rank = WORDS.rank.search(title)
                is_of = rank and {f"p{rank['p'] or rank['th']}"} <= stated.measure
                for row in rows if is_of else ():
                    cell = WORDS.ranked.match(row.cells[at].strip()) if at < len(row.cells) else None
                    if cell and not stated.accepts(value(cell["value"]) * UNITS.get((cell["unit"] or "").strip(), 1)):
                        says = f"line {row.line} has {cell.group()}, and line {stated.line} says `{stated.words}`"
                        yield self.finding(document, line.number, says)
                        return


def _unlike_rows(
    text: str, cells: Mapping[Row, float], named: list[Row], *, is_titled: bool
) -> Iterator[tuple[Row, str]]:
    """The first row for which a sentence does not hold, with what it says."""
    every, most, than = (form.search(text) for form in (WORDS.every_row, WORDS.superlative, WORDS.comparative))
    numbers = [
        (found.start(), value(found.group())) for found in WORDS.limit.finditer(text)
        if not every or found.start() != every.end() + 1  # all 3 of them
    ]  # fmt: skip
    none = every and WORDS.none_of.match(every.group())
    if none and named and is_titled and not numbers and (row := next((one for one in named if cells[one]), None)):
        yield row, "not every row named is 0"
    elif (said := WORDS.of_them_none.search(text)) and not named and count(said["whole"]) == len(cells):
        if count(said["part"]) != list(cells.values()).count(0) and is_titled:
            yield next((row for row, cell in cells.items() if cell), next(iter(cells))), f"`{said.group()}` is wrong"
    elif every and not named and (bounds := list(_bounds(text, numbers, every, is_titled=is_titled))):
        for row, cell in cells.items():
            if not all(is_kept(cell) for is_kept, _ in bounds):
                yield row, f"not every row is {' and '.join(words for _, words in bounds)}"
                return
    elif than and len(named) == 2:
        first, second = sorted(named, key=lambda row: text.lower().find(row.cells[0].lower()))
        is_said = text.lower().find(first.cells[0].lower()) < than.start() < text.lower().rfind(second.cells[0].lower())
        if is_said and cells[first] != cells[second] and (cells[first] > cells[second]) is bool(than["less"]):
            yield first, f"`{first.cells[0]}` is not `{than.group()}` `{second.cells[0]}`"
    elif most and not than and not every:
        extreme = (min if most["least"] else max)(cells, key=lambda row: cells[row])
        if len(named) == 1 and not numbers and cells[named[0]] != cells[extreme]:
            yield extreme, f"`{named[0].cells[0]}` is not `{most.group()}`"
        elif not named and len(numbers) == 1 and numbers[0][1] != cells[extreme]:
            yield extreme, f"{numbers[0][1]:g} is not `{most.group()}`"


def _bounds(
    text: str, numbers: list[tuple[int, float]], every: re.Match[str], *, is_titled: bool
) -> Iterator[tuple[Callable[[float], bool], str]]:
    """What a sentence says that each row keeps, as a test and in words."""
    is_none = WORDS.none_of.match(every.group())
    if len(numbers) == 2 and WORDS.between.search(text[: numbers[0][0]]):
        (_, low), (_, high) = numbers
        yield lambda cell: low <= cell <= high, f"between {low:g} and {high:g}"
    elif len(numbers) == 1 and (operator := operator_of(text[: numbers[0][0]])) in {"<", ">"}:
        ((at, limit),) = numbers
        is_below, is_strict = operator == "<", bool(WORDS.strict.search(text[:at]))
        if is_none:
            is_below, is_strict = not is_below, not is_strict
        compare = (lt if is_strict else le) if is_below else (gt if is_strict else ge)
        yield lambda cell: compare(cell, limit), f"{'<' if is_below else '>'}{'' if is_strict else '='} {limit:g}"
    elif not numbers and is_none and is_titled and WORDS.none_has.search(text):
        yield lambda cell: not cell, "0"


class WrongProduct(DocumentRule, code="TB847"):
    """A total is not so many times the size or the price of one."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        text = "\n".join(line.without_code for line in document.prose)
        yield from self._rates(document)
        for line in document.prose:
            for match in WORDS.price.finditer(line.text):
                counts = re.findall(rf"(?i)(?<![\w.])(\d[\d,]*) (?:\w+ )?{match['noun']}s?\b", text)
                right = {count(one) * value(match["price"]) for one in counts}
                if right and value(match["total"]) not in right:
                    says = f"{match['total']} is none of {', '.join(f'{one:g}' for one in sorted(right))}"
                    yield self.finding(document, line.number, says, match["total"])

    def _rates(self, document: MarkdownDocument) -> Iterator[Finding]:
        """So many a minute, beside the time that it took: the document tells how many they were."""
        for line in document.prose if document.is_of_work else ():
            for rate in WORDS.rate.finditer(line.without_code):
                noun = re.escape(rate["noun"].lower().rstrip("s"))
                form = rf"(?i)(?<![\w.,])(\d[\d,]*) (?:\w+ )?{noun}s?\b|\b{noun}s?\b[^\d\n]{{0,25}}(\d[\d,]*)\b"
                section = document.section_of(line.number)
                near = "\n".join(one.text for one in document.under(section)) if section else ""
                amounts = {count(one or other) for one, other in re.findall(form, document.text)}
                times = [minutes(one)[0] for one in DURATION.finditer(line.text) if "d" not in one.group()]
                times = times or ([60.0] if WORDS.the_hour.search(line.text) else [])
                times = times or [minutes(one)[0] for one in DURATION.finditer(near) if "d" not in one.group()]
                said, per = count(rate["number"]), {"s": 1 / 60, "m": 1, "h": 60}[rate["per"][0].lower()]
                possible = {amount * per / time for amount in amounts if amount > said for time in times if time}
                if possible and not any(abs(said - one) <= 0.03 * one + 0.5 for one in possible):
                    says = f"`{rate.group()}`, but it is {min(possible, key=lambda one: abs(one - said)):,.0f}"
                    yield self.finding(document, line.number, says, rate.group())
            for each in (found for form in WORDS.each("each_in_all") for found in form.finditer(line.without_code)):
                product = count(each["number"]) * count(each["size"])
                if product != count(each["total"]):
                    says = f"{each['number']} times {each['size']} is {product:,}, not {each['total']}"
                    yield self.finding(document, line.number, says, each.group())


class WordsUnlikeCode(DocumentRule, code="TB848"):
    """The words beside a line of code, or beside an output, give another value."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for before, block, behind in zip(
            document.blocks, document.blocks[1:], (*document.blocks[2:], None), strict=False
        ):
            beside = [one for one in (before, behind) if isinstance(one, Paragraph | ListItem)]
            for line in (line for one in beside for line in one.lines if isinstance(block, CodeBlock)):
                yield from self._unlike_output(document, line, block.text)
        for before, block in zip(document.blocks, document.blocks[1:], strict=False):
            said = WORDS.set_to.search(before.lines[-1].text) if isinstance(block, CodeBlock) else None
            numbers = re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", block.text) if said else []
            if said and len(numbers) == 1:
                alike = {value(said["value"]), value(said["value"]) / (100 if "%" in said.group() else 1)}
                if not any(abs(float(numbers[0]) - one) < 1e-9 for one in alike):
                    says = f"`{said.group()}`, but the code below has {numbers[0]}"
                    yield self.finding(document, before.lines[-1].number, says, said.group())

    def _unlike_output(self, document: MarkdownDocument, line: TextLine, shown: str) -> Iterator[Finding]:
        told = [(one["number"], one["things"]) for one in WORDS.printed.finditer(line.without_code)]
        told += [
            (found["number"], verb) for found in WORDS.all_were.finditer(line.without_code)
            for verb in re.findall(r"[a-z]+ed", found["verbs"])
        ]  # fmt: skip
        told += [("", next(filter(None, one.groups()))) for one in WORDS.as_many.finditer(line.without_code)]
        for number, things in told if document.is_of_work else ():
            noun = re.escape(things.split()[-1].rstrip("s"))
            form = rf"(?i)(?<![\w.:/-])(\d[\d,]*) (?:\w+ )?{noun}s?\b|\b{noun}s?[:=]? +(\d[\d,]*)\b(?![\w.:/%-])"
            found = {count(one[1] or one[2]) for one in re.finditer(form, shown)}
            if number and found and count(number) not in found and not outcomes(line.text).counts:
                says = f"`{number} {things}`, but the output shows {', '.join(map(str, sorted(found)))}"
                yield self.finding(document, line.number, says, number)
            elif not number and len(found) == 2:
                says = f"the output shows different numbers of {things}: {', '.join(map(str, sorted(found)))}"
                yield self.finding(document, line.number, says)
