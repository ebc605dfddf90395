"""TB80x: shares, counted lists, parts, totals and results must add up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise, takewhile

from triagebook.findings import Finding
from triagebook.text import counted

from .base import DocumentRule, Known, LineRule
from .document import Block, ListItem, MarkdownDocument, Paragraph, Row, StateMark, TextLine, TitleBlock
from .figures import DURATION, count, outcomes, value
from .measures import key
from .words import Words

WORDS = Words("totals")

# ── shares ───────────────────────────────────────────────────────────────────────────────────────────

_SHARE_OF_WORD = {"half": 50, "a third": 33.3, "a quarter": 25, "two thirds": 66.7, "all": 100}
_SHARE_OF_WORD |= {"three quarters": 75, "a fifth": 20, "a tenth": 10, "nine tenths": 90}
_SHARE_OF_WORD |= {"two fifths": 40, "three fifths": 60, "four fifths": 80}


class WrongShare(LineRule, code="TB801"):
    """A percentage does not follow from the two numbers beside it."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        yield from super().find(document, known)
        yield from self._of_table(document)
        yield from self._of_other_lines(document)
        for titles, *rows in document.tables:
            shares = [at for at, title in enumerate(titles.cells) if WORDS.rate.search(title)]
            for row in rows if len(shares) == 1 else ():
                stated = outcomes(row.labelled(titles))
                share = WORDS.percent.fullmatch(row.cells[shares[0]].strip()) if len(row.cells) > shares[0] else None
                if share and stated.total and (passed := stated.of("passed")) is not None:
                    for words, says in self._compared(share.group(), passed, stated.total, share):
                        yield self.finding(document, row.line, says, words)

    def _of_other_lines(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A share of two numbers in the line before it, or of a number of the same things elsewhere."""
        ends = {rows[-1].line: rows for _, *rows in document.tables if rows}
        for before, line in pairwise((TextLine(0, ""), *document.prose)) if document.is_of_work else ():
            said = WORDS.that_is.match(line.text)
            numbers = WORDS.any_number.findall(WORDS.numbering.sub("", before.without_code)) if said else []
            if said and before.number in ends:
                cells = [row.cells[-1] for row in ends[before.number]]
                numbers = [cell for cell in cells if re.fullmatch(r"\d[\d,]*", cell)]
            if said and len(numbers) == 2:
                part, whole = sorted(map(count, numbers))
                for words, says in self._compared(said.group(), part, whole, said):
                    yield self.finding(document, line.number, says, words)
            for match in WORDS.share_behind.finditer(line.without_code):
                noun, part = re.escape(match["noun"].rstrip("s")), count(match["part"])
                wholes = {count(one) for one in re.findall(rf"(?i)(?<![\w.,])(\d[\d,]*) {noun}s?\b", document.text)}
                found = [list(self._compared(match.group(), part, whole, match)) for whole in wholes if whole > part]
                if found and all(found):
                    yield self.finding(document, line.number, found[0][0][1], match.group())

    def _of_table(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A rate in a sentence, and the only table of results in its section, or in the document."""
        results: list[tuple[int, int, int, set[str]]] = []
        for titles, *rows in document.tables:
            found = [outcomes(row.labelled(titles)) for row in rows if not row.is_total]
            counts = [(one.of("passed"), one.of("failed"), one.total) for one in found]
            if counts and all(whole and (good is not None or bad is not None) for good, bad, whole in counts):
                good = sum((whole or 0) - (bad or 0) if good is None else good for good, bad, whole in counts)
                results.append(
                    (titles.line, good, sum(whole or 0 for *_, whole in counts), {row.cells[0] for row in rows})
                )
        for line in document.prose if document.is_of_work else ():
            section, own = document.section_of(line.number), outcomes(line.text)
            near = [one for one in results if document.section_of(one[0]) is section] or results
            if own.total and own.of("passed") is not None:
                near = [(line.number, own.of("passed") or 0, own.total, set())]
            said = [one for one in WORDS.percent.finditer(line.text) if not (one["least"] or one["plus"])]
            about = WORDS.rate_of.search(line.text)
            if len(near) == len(said) == 1 and about and not WORDS.pair.search(line.text):
                _, good, whole, names = near[0]
                part = whole - good if WORDS.of_failed.search(about.group()) else good
                if not any(len(name) > 1 and name.lower() in line.text.lower() for name in names):
                    for words, says in self._compared(said[0].group(), part, whole, said[0]):
                        yield self.finding(document, line.number, says, words)

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        sentence = line.text
        pairs, shares = list(WORDS.pair.finditer(sentence)), list(WORDS.percent.finditer(sentence))
        same = len(pairs) == len(shares)
        for index, share in enumerate(shares):
            candidates = [pairs[index]] if same else pairs
            near = [pair for pair in candidates if _belong(sentence, pair, share)]
            if len(near) == 1:
                yield from self._compared(near[0].group(), *_numbers(near[0]), share)
        if word := WORDS.word_share.search(sentence):
            pair = WORDS.pair.search(sentence, word.end())
            if pair and pair.start() == word.end():
                yield from self._compared(pair.group(), *_numbers(pair), word)

    def _compared(self, words: str, part: int, whole: int, said: re.Match[str]) -> Iterator[tuple[str, str]]:
        groups = said.groupdict()
        share = value(groups["share"]) if "share" in groups else _SHARE_OF_WORD[groups["word"].lower()]
        actual = 100 * part / whole if whole else share
        digits = len(re.split(r"[.,]", groups.get("share") or "0")[-1]) if re.search(r"\d[.,]", said.group()) else 0
        exact = "share" in groups and not groups["about"]
        is_right = actual >= share if groups.get("plus") or groups.get("least") else False
        if not is_right and abs(actual - share) > (0.5001 * 10**-digits if exact else 4 if share < 100 else 0):
            yield words, f"{part:,} of {whole:,} is {actual:.1f} %, not {share:g} %"


def _numbers(pair: re.Match[str]) -> tuple[int, int]:
    part, whole = (next(filter(None, (pair[f"{name}{form}"] for form in ("", 2, 3)))) for name in ("part", "whole"))
    return count(part), count(whole)


def _belong(sentence: str, pair: re.Match[str], share: re.Match[str]) -> bool:
    """Whether a percentage may be the share of two numbers: nothing else stands between them."""
    first, second = sorted((pair, share), key=lambda match: match.start())
    between = sentence[first.end() : second.start()]
    before = re.sub(r".*\d", "", sentence[: share.start()])[-12:] if share is first else ""
    is_of_other = second is share and re.match(r" of (?!(?:the |all )?tests)", sentence[share.end() :])
    between = re.sub(r"\d+\)|\b\d+ ?(?:h|ms|s|min|hours?|days?|seconds?|minutes?)\b", "", between) + before
    is_bound = bool(share["least"]) and bool(WORDS.is_target.search(sentence))
    is_apart = (
        is_bound or len(between) > 60 or WORDS.other_measure.search(between) or re.search(r"(?<!-)[<>≥≤]", between)
    )
    return first.end() <= second.start() and not is_of_other and not is_apart


# ── counted lists ────────────────────────────────────────────────────────────────────────────────────

_INTRODUCTIONS, _IN_HEADING = WORDS.each("introductions"), WORDS.each("in_heading")


class WrongCount(DocumentRule, code="TB802"):
    """A stated number of things differs from the list or table that follows."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        listed: dict[str, int] = {}
        told: set[TextLine] = set()  # the lines that were compared
        headings = {heading.line for heading in document.headings}
        first = [heading.text for heading in document.headings if heading.text[:1].isdigit()]
        numbered = r"^\d[\d.)]*\s" if len(first) > 1 else r"^\d[\d.]*[.)]\s"
        for before, items in document.parts:
            line = before.lines[-1]
            patterns = _IN_HEADING if isinstance(before, TitleBlock) and document.is_of_work else _INTRODUCTIONS
            text = re.sub(numbered, "", line.text) if isinstance(before, TitleBlock) else line.without_code
            text = "" if _is_divided(text, items) else text
            matches = filter(None, (pattern.search(text) for pattern in patterns))
            match = next(filter(_counts, matches), None)
            is_open = any(re.search(r"\.\.\.|…|\*|etc\b", item.text) for item in items)
            if match and not is_open:
                told.add(line)
                yield from self._compared(document, line.number, match, _length(match["things"], items), "follow")
            elif isinstance(before, TitleBlock) and not match and not is_open:
                listed[_plain(before.text)] = len(_top(items))
        for after, items in document.summaries:
            if (found := WORDS.all_of_them.search(after.lines[0].text)) and document.is_of_work:
                if _is_sum(_group(found, "number"), items):
                    continue
                yield from self._compared(document, after.line, found, len(_top(items)), "stand above")
        yield from self._numbered(document)
        yield from self._in_section(document, told)
        for line in document.prose:
            for match in (*WORDS.names.finditer(line.text), *WORDS.names_before.finditer(line.text)):
                names = re.split(r",? (?:and|&) |, ", match["names"])
                if _counts(match) and len(names) > 1:
                    yield from self._compared(document, line.number, match, len(names), "are named")
            counted = () if line.number in headings or not document.is_of_work else WORDS.counted.finditer(line.text)
            for match in counted:
                if _plain(match["things"]) in listed and _counts(match) and " " in match["things"]:
                    yield from self._compared(
                        document, line.number, match, listed[_plain(match["things"])], "are listed"
                    )

    def _numbered(self, document: MarkdownDocument) -> Iterator[Finding]:
        """Paragraphs with numbers under a heading that names them: 2.1 to 2.5 under "2. Preconditions"."""
        for heading in document.headings if document.is_of_work else ():
            below = [block for block in document.under(heading) if isinstance(block, Paragraph)]
            numbered = [block for block in below if re.match(r"\d+\.\d+\.? ", block.text)]
            for match in (found for block in below for found in WORDS.all_of_them.finditer(block.text)):
                if len(numbered) > 2 and (match["things"] or "").lower() in heading.text.lower():
                    line = next(block.line for block in below if block.text == match.string)
                    yield from self._compared(document, line, match, len(numbered), "have a number")

    def _in_section(self, document: MarkdownDocument, told: Collection[TextLine]) -> Iterator[Finding]:
        """A sentence that counts all steps, cases or risks of a section with one list, table or row of sub-sections."""
        for heading in document.headings if document.is_of_work else ():
            inside = document.under(heading)
            below = list(takewhile(lambda one: not isinstance(one, TitleBlock), inside))
            groups = [items for _, items in document.parts if items[0] in below]
            inner = [one for one in inside if isinstance(one, TitleBlock) and one.depth == heading.depth + 1]
            names, length = key(heading.text), len(_top(groups[0])) if len(groups) == 1 else 0
            if len(groups) == 1 and isinstance(groups[0][0], Row):
                names |= key(document.tables_by_line[groups[0][0].table_line][0].cells[0]) | {"step", "row"}
            elif not groups and len(inner) > 1 and len({re.split(r"\W", one.text)[0] for one in inner}) == 1:
                names, length = key(re.split(r"\W", inner[0].text)[0]), len(inner)
            lines = [line for one in below if isinstance(one, Paragraph) for line in one.lines]
            for line in (document.prose if inner and not groups else lines) if length else ():
                for match in WORDS.counted_here.finditer(line.without_code) if line not in told else ():
                    is_whole = _counts(match) or re.match(r"(?i)consist|made", match.group())
                    is_rest = re.search(r"(?i)\b(?:remaining|other|further|additional|more)\b", match.group())
                    if key(match["things"].split()[-1]) & names and is_whole and not is_rest:
                        yield from self._compared(document, line.number, match, length, "are in this section")

    def _compared(
        self, document: MarkdownDocument, line: int, match: re.Match[str], actual: int | None, where: str
    ) -> Iterator[Finding]:
        number, things = _group(match, "number"), _group(match, "things")
        is_of_others = actual is not None and count(number) > max(20, 5 * actual)
        if actual is not None and count(number) != actual and not is_of_others:
            yield self.finding(document, line, f"`{number} {things}`, but {actual} {where}", number)


def _is_sum(number: str, items: Sequence[ListItem | Row]) -> bool:
    """Whether a number is the sum of a column of the rows above it, rather than their number."""
    columns = zip(*(row.cells for row in items if isinstance(row, Row) and not row.is_total), strict=False)
    return any(
        all(re.fullmatch(r"[\d,]*\d", cell) for cell in column) and sum(map(count, column)) == count(number)
        for column in columns
    )


class UndefinedItem(DocumentRule, code="TB808"):
    """A numbered item is named that the document does not have, beside others that it has."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        items: dict[str, set[int]] = {}
        for line in document.prose:
            if match := WORDS.item.match(line.text):
                items.setdefault(match["name"], set()).add(int(match["number"]))
        for line in document.prose:
            for match in WORDS.named_range.finditer(line.text):
                name, last = match["name"].lower()[:4], int(match["last"])
                tables = [rows for titles, *rows in document.tables if titles.cells[0].lower().startswith(name)]
                numbers = [int(row.cells[0]) for rows in tables for row in rows if row.cells[0].isdecimal()]
                if len(tables) == 1 and numbers and last > max(numbers):
                    says = f"`{match.group()}`, but the last is {max(numbers)}"
                    yield self.finding(document, line.number, says, match.group())
            for match in WORDS.item_range.finditer(line.text):
                defined = items.get(match["name"], set())
                last = int(match["last"])
                if len(defined) > 2 and int(match["first"]) in defined and last not in defined:
                    says = f"`{match.group()}`, but the last is {match['name']}{max(defined)}"
                    yield self.finding(document, line.number, says, match.group())
            for match in (found for form in WORDS.each("counted_items") for found in form.finditer(line.text)):
                names = set(re.findall(r"\b([A-Z]{1,3})\d", line.text)) & items.keys()
                for name in names if len(names) == 1 else ():
                    actual = items[name]
                    if len(actual) == max(actual) > 2 and 0 not in actual and count(match["number"]) != len(actual):
                        says = f"`{match.group()}`, but the document has {name}1 to {name}{len(actual)}"
                        yield self.finding(document, line.number, says, match.group())


def _is_divided(text: str, items: Sequence[ListItem | Row]) -> bool:
    """Whether a table divides the things that the text before it counts: a column adds up to their number."""
    numbers = {count(number) for number in WORDS.lone_number.findall(text)}
    columns = zip(*(row.cells for row in items if isinstance(row, Row)), strict=False)
    sums = (sum(int(cell) for cell in column) for column in columns if all(cell.isdecimal() for cell in column))
    return not numbers.isdisjoint(sums)


def _group(match: re.Match[str], name: str) -> str:
    """A group of an expression with two forms."""
    return str(match.groupdict().get(name) or match.groupdict().get(f"{name}2") or "")


def _plain(text: str) -> str:
    return re.sub(r"^[\d.\s]+|[^a-z ]", "", text.lower()).strip()


def _counts(match: re.Match[str]) -> bool:
    """Whether the number counts things: no bound, no unit, no version."""
    number, things = _group(match, "number"), _group(match, "things")
    before = match.string[: match.start(0)] + match.group().partition(number)[0]
    is_bound = WORDS.bounded.search(before)
    is_time = DURATION.match(match.string, match.string.find(number, len(before)))
    return count(number) > 1 and not is_bound and not is_time and not WORDS.units.search(things)


def _top(items: Sequence[ListItem | Row]) -> list[ListItem | Row]:
    least = min((item.depth for item in items if isinstance(item, ListItem)), default=0)
    return [item for item in items if not isinstance(item, ListItem) or item.depth == least]


def _length(things: str, items: Sequence[ListItem | Row]) -> int | None:
    """How many things of this name a list holds; None if it lists something else."""
    top = _top(items)
    files = [path for item in top for path in WORDS.one_file.findall(item.text)]
    if WORDS.locations.fullmatch(things) and files:
        return None  # one file may hold several; ExtentUnlikeList counts these
    return len(set(files)) if WORDS.files.fullmatch(things) and len(files) > len(top) else len(top)


# ── parts and totals ─────────────────────────────────────────────────────────────────────────────────


class PartsUnlikeWhole(LineRule, code="TB805"):
    """The parts of a number do not add up to it."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        yield from super().find(document, known)
        for above, line in pairwise(document.prose):
            left = WORDS.leaves.match(line.text)
            numbers = [count(one) for one in WORDS.plain_number.findall(above.text)] if left else []
            if left and len(numbers) > 1 and 2 * max(numbers) - sum(numbers) != count(left["number"]):
                says = f"{max(numbers)} less the others of line {above.number} is {2 * max(numbers) - sum(numbers)}"
                yield self.finding(document, line.number, says, left["number"])
        for before, items in document.parts:
            top = _top(items)
            for match in WORDS.counted.finditer(before.lines[-1].text) if len(top) > 1 else ():
                noun = match["things"].split()[-1].rstrip("s")
                parts = [
                    re.findall(rf"(?i)(?<![\w.,])({WORDS.lone_number.pattern}) {noun}s?\b", item.text) for item in top
                ]
                if all(len(part) == 1 for part in parts):
                    actual = sum(count(part[0][0]) for part in parts)
                    if actual != count(match["number"]):
                        says = f"the parts below add up to {actual:,}, not to {match['number']}"
                        yield self.finding(document, before.lines[-1].number, says, match.group())

    def parts(self, line: TextLine) -> list[TextLine]:
        """The whole line: one sentence may name what is left of another."""
        return [line]

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        text = line.without_code
        for match in WORDS.difference.finditer(text):
            others = {count(one) for one in WORDS.any_number.findall(text[: match.start("number")])}
            apart = {abs(one - other) for one in others for other in others}
            apart |= {one * other for one in apart for other in others}
            if len(others) > 1 and count(match["number"]) not in apart:
                yield match.group(), f"no two of the numbers before it are {match['number']} apart"
        for match in WORDS.steps.finditer(text):
            actual = count(match["last"]) - count(match["first"]) + 1
            if count(match["number"]) != actual:
                yield match.group(), f"{match['first']} to {match['last']} are {actual}, not {match['number']}"
        for match in (found for form in WORDS.each("others") for found in form.finditer(text)):
            left = count(match["whole"]) - count(match["part"])
            if left > 0 and count(match["rest"]) != left:
                yield match.group(), f"{match['whole']} less {match['part']} is {left}, not {match['rest']}"
        for match in (
            *WORDS.parts.finditer(text),
            *WORDS.sum.finditer(text),
            *WORDS.divided.finditer(text),
            *WORDS.listed_parts.finditer(text),
        ):
            is_sum = match.re is WORDS.sum
            parts = [count(one) for one in WORDS.any_number.findall(match["parts"])]
            whole = count(match["whole"])
            if is_sum and not WORDS.says_sum.search(match.group()):
                continue
            if len(parts) < 2 or (
                not is_sum and (WORDS.partial.search(match["parts"]) or DURATION.search(match.group()))
            ):
                continue
            if sum(parts) > whole > max(parts) or (0.75 * whole if not is_sum else 0) <= sum(parts) < whole:
                yield match.group(), f"the parts add up to {sum(parts):,}, not to {whole:,}"


class WrongTotal(DocumentRule, code="TB803"):
    """The total of a table's column is not the sum of its parts."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for title, *rows in document.tables:
            for index, name in enumerate(title.cells):
                shares = [WORDS.percent.fullmatch(row.cells[index].strip()) for row in rows if index < len(row.cells)]
                added = sum(value(share["share"]) for share in shares if share)
                if (
                    WORDS.share_of.search(name)
                    and all(shares)
                    and 100.5 + len(rows) < added < 130
                    and document.is_of_work
                ):
                    yield self.finding(document, title.line, f"the shares of `{name}` add up to {added:g} %", name)
            totals = [row for row in rows if row.is_total]
            is_unnamed = not totals and len(rows) > 3 and document.is_of_work
            totals = rows[-1:] if is_unnamed else totals
            is_unnamed = is_unnamed and bool(totals[0].cells[0])
            if len(totals) != 1 or totals[0] is not rows[-1]:
                continue
            for index, cell in enumerate(totals[0].cells[1:], 1):
                total = _amount(cell)
                cells = [row.cells[index] for row in rows[:-1] if index < len(row.cells)]
                parts = [amount for amount in map(_amount, cells) if amount]
                if total is None or not len(parts) == len(cells) > 1 or len({unit for _, unit in parts}) > 1:
                    continue
                actual = sum(part for part, _ in parts)
                if is_unnamed and not 0 < abs(actual - total[0]) < 0.02 * total[0]:
                    continue  # too far to be meant as the sum
                if {total[1], parts[0][1]} <= {"", total[1]} and abs(actual - total[0]) > 0.0001:
                    says = f"the total of `{title.cells[index]}` is {total[0]:g}, but the rows add up to {actual:g}"
                    yield self.finding(document, totals[0].line, says, f"{total[0]:g}")


def _amount(cell: str) -> tuple[float, str] | None:
    """A number with its unit in the singular, a dash as none; None for anything else, shares included."""
    if cell.strip() in {"-", "\u2013", "\u2014"}:
        return 0, ""
    match = WORDS.amount.match(cell)
    if not match or "%" in cell or "/" in cell or DURATION.search(cell, match.end()):
        return None
    return value(match["value"]), match["sign"] + match["unit"].lower().rstrip("s")


# ── tallies ──────────────────────────────────────────────────────────────────────────────────────────


class WrongTally(DocumentRule, code="TB806"):
    """What a heading says is done, passed or failed differs from the marks of the items below it."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for before, items in (*document.parts, *document.sections, *document.summaries):
            line = before.lines[-1]
            marks = Counter(map(mark_of, _top(items)))
            listed = sum(marks.values()) - marks[None]
            if listed < 2 or marks[None] or listed == marks[StateMark.WARNED]:
                continue
            if says := _unlike_marks(before, marks, listed, document):
                yield self.finding(document, line.number, says, line.text[:1])
        tallies = list(_tallies(document))
        for line in document.prose if document.is_of_work else ():
            for match in WORDS.tally.finditer(line.text):
                part, whole = count(match["part"]), count(match["whole"])
                found = {done for done, listed in tallies if listed == whole}
                if not found and tallies[0][1] and WORDS.boxes.search(match["things"] or match["things0"] or ""):
                    found, whole = {done for done, _ in tallies[:1]}, tallies[0][1]
                if found and part not in found:
                    says = f"`{match.group()}`, but {max(found)} of {whole} are marked as done"
                    yield self.finding(document, line.number, says, match.group())


def _tallies(document: MarkdownDocument) -> Iterator[tuple[int, int]]:
    """How many items are done, of how many: first of all boxes, then of each list and table."""
    boxes = [block.box for block in document.blocks if isinstance(block, ListItem) and block.box is not None]
    yield sum(boxes), len(boxes)
    for _, items in document.parts:
        marks = [mark_of(item) for item in _top(items)]
        if len(marks) > 1 and None not in marks:
            yield marks.count(StateMark.DONE), len(marks)


_BY_WEIGHT = (StateMark.FAILED, StateMark.WARNED, StateMark.PENDING, StateMark.DONE)


def mark_of(item: ListItem | Row) -> StateMark | None:
    """Whether an item is done, by its mark, or by a word in the last cell of its row."""
    cells = item.cells[1:] if isinstance(item, Row) else ()
    states = (
        TextLine(0, cell).marks or WORDS.says_done.fullmatch(cell) or WORDS.says_not.fullmatch(cell) for cell in cells
    )
    if sum(map(bool, states)) > 1:
        return None  # a row of several states
    for cell in reversed(cells):
        if WORDS.says_done.fullmatch(cell) or WORDS.says_not.fullmatch(cell):
            return StateMark.DONE if WORDS.says_done.fullmatch(cell) else StateMark.FAILED
    return min(item.lines[0].marks, key=_BY_WEIGHT.index, default=None)


def _unlike_marks(before: Block, marks: Counter[StateMark | None], listed: int, document: MarkdownDocument) -> str:
    """How a line differs from the marks below it; empty if it does not."""
    line, done = before.lines[-1], marks[StateMark.DONE]
    match, stated = WORDS.of_all.search(line.text), outcomes(line.text)
    actual = f"{done} of {counted(listed, 'item')} are marked as done"
    if match and not WORDS.numbered.search(line.text[: match.start()][-12:]):
        part, whole = match["part"] or match["passed"], match["whole"] or match["number"]
        expected = count(part) if part else listed
        is_of_others = whole and count(whole) != listed and not isinstance(before, TitleBlock)
        if is_of_others and not line.text.rstrip(" *").endswith(":"):
            return ""  # a sentence about something else that stands above the list
        is_wrong = expected != done or (whole and count(whole) != listed)
        return f"`{match.group().strip()}`, but {actual}" if is_wrong and document.is_of_work else ""
    is_ornament = isinstance(before, TitleBlock) and not WORDS.of_progress.search(line.text)
    if StateMark.DONE in line.marks and done < listed and document.is_of_work and not is_ornament:
        return f"this is ticked, but {actual}"
    failed = stated.of("failed")
    if failed is not None and len(stated.counts) > 1 and failed != marks[StateMark.FAILED]:
        return f"{failed} failed, but {marks[StateMark.FAILED]} of the listed tests are marked as failed"
    return ""
