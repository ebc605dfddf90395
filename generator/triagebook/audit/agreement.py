"""TB85x: what is said twice must agree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from triagebook.findings import Finding

from .base import DocumentRule, Known
from .document import CodeBlock, ListItem, MarkdownDocument, Row
from .figures import count, value
from .measures import SIZE, TIME, UNITS, MeasureStatement, Names, Scope, key, operator_of, statements_of
from .words import Words

WORDS = Words("agreement")


class TwoThresholds(DocumentRule, code="TB851"):
    """One measure has two thresholds."""

    of_targets: ClassVar[bool] = True

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        first: dict[tuple[Names, Scope], tuple[str, MeasureStatement]] = {}
        for other in known.others:
            for stated in self._of(other):
                first.setdefault((stated.measure, stated.scope), (f"{other.path}:{stated.line}", stated))
        for stated in self._of(document):
            place = (f"line {stated.line}", stated)
            where, before = first.setdefault(self._alike(first, stated), place)
            same_way = before.operator == stated.operator or "=" in {before.operator, stated.operator}
            is_one_line = before.line == stated.line and where == place[0]  # which tells both in their order
            if same_way and before.value != stated.value and not (is_one_line and not self.of_targets):
                says = f"`{stated.words}`, but {where} says `{before.words}`"
                yield self.finding(document, stated.line, says, stated.words)

    def _of(self, document: MarkdownDocument) -> Iterator[MeasureStatement]:
        return (stated for stated in statements_of(document) if bool(stated.operator) is self.of_targets)

    def _alike(self, first: Mapping[tuple[Names, Scope], object], stated: MeasureStatement) -> tuple[Names, Scope]:
        """The measure stated before that this one means: the same words, or all of them and more."""
        for names, scope in first:
            is_within = names <= stated.measure or stated.measure <= names
            least = {"time": 2, "size": 2, "%": 2, "number": 9}.get(scope[1], 1)
            if scope == stated.scope and is_within and len(names & stated.measure) > least:
                return names, scope
        return stated.measure, stated.scope


class TwoValues(TwoThresholds, code="TB857"):
    """One measure has two values."""

    of_targets = False


class MetUnlikeValue(DocumentRule, code="TB858"):
    """A target is called met, or not met, but the value beside it says the opposite."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for titles, cells, at_line in _records(document):
            columns = [
                next((at for at, title in enumerate(titles) if pattern.search(title)), None)
                for pattern in (WORDS.target_title, WORDS.actual_title, WORDS.met_title)
            ]
            if None not in columns and len(titles) == len(cells):
                target, actual, met = (cells[at] for at in columns if at is not None)
                limit, amount = WORDS.amount.search(target), WORDS.amount.search(actual)
                title = titles[columns[0] or 0]
                operator = operator_of(target[: limit.start()]) or operator_of(f"{title} ") if limit else ""
                operator = operator or ("both" if limit and target.strip() == limit.group() == "0" else "")
                if limit and amount and operator not in {"", "="} and limit["unit"].strip() == amount["unit"].strip():
                    says = self._unlike(operator, value(limit["value"]), value(amount["value"]), met)
                    if says:
                        yield self.finding(document, at_line, f"{says}: {target.strip()}, {actual.strip()}", met)
        for line in document.prose if document.is_of_work else ():
            if says := _unlike_bound(line.without_code):
                yield self.finding(document, line.number, says)

    def _unlike(self, operator: str, target: float, actual: float, met: str) -> str:
        is_within = actual >= target if operator == ">" else actual <= target
        if WORDS.met.search(met) and not is_within:
            return "this is called met"
        return "this is called not met" if WORDS.unmet.search(met) and is_within and actual != target else ""


_SMALL = {"of", "at", "in"}  # words that stand before a value only if it has a unit


def _records(document: MarkdownDocument) -> Iterator[tuple[Sequence[str], Sequence[str], int]]:
    """The rows of tables with their titles, and the lists and tables of labels with a value each."""
    for titles, *rows in document.tables:
        yield from ((titles.cells, row.cells, row.line) for row in rows)
        if len(titles.cells) == 2 and rows:
            yield [row.cells[0] for row in rows], [row.cells[1] for row in rows], rows[-1].line
    for _, items in document.lists:
        pairs = [item.text.partition(":") for item in items]
        yield [one[0] for one in pairs], [one[2] for one in pairs], items[-1].line


def _unlike_bound(text: str) -> str:
    """How the one value that a line states differs from the one bound in it; empty if it keeps it, or says so."""
    bounds: list[tuple[str, float, str]] = []
    values: list[tuple[float, str, str]] = []
    end = 0
    for match in WORDS.quantity.finditer(text):
        lead, behind, end = text[end : match.start()], text[match.end() :], match.end()
        unit = "" if WORDS.no_unit.fullmatch(match["unit"] or "") else match["unit"].lower().strip(" °")
        unit = unit if unit in UNITS else unit.rstrip("s")
        amount = value(match["value"]) * UNITS.get(unit, 1)
        kind = "time" if unit in TIME else "size" if unit in SIZE else unit
        operator = operator_of(lead) if WORDS.is_bound.search(lead) else ""
        operator = {"<": ">", ">": "<"}[operator] if operator in {"<", ">"} and WORDS.denied.search(lead) else operator
        operator = operator or (
            ">" if WORDS.behind_least.match(behind) else "<" if WORDS.behind_most.match(behind) else ""
        )
        if operator == "=":
            is_upper = WORDS.better_low.search(text) or kind in {"time", "size"} or WORDS.upper_limit.search(lead)
            operator = "<" if is_upper else ">"
        if operator:
            bounds.append((operator, amount, kind))
        elif (said := WORDS.measured_as.search(lead)) and (unit in UNITS or said.group()[:2].lower() not in _SMALL):
            values.append((amount, kind, match.group()))
    if len(bounds) != 1 or WORDS.of_past.search(text):
        return ""
    ((operator, limit, kind),) = bounds
    values = [one for one in values if one[1] in {kind, ""} or (not kind and len(values) == 1)]
    if len(values) != 1:
        return ""
    is_kept = values[0][0] >= limit if operator == ">" else values[0][0] <= limit
    if not is_kept and not WORDS.says_broken.search(text):
        return f"{values[0][2].strip()} is not within the bound that the line states"
    is_denied = is_kept and values[0][0] != limit and WORDS.missed.search(text)
    return "this is called not met, and it is" if is_denied else ""


class TwoCounts(DocumentRule, code="TB852"):
    """The same things are counted twice, with different results."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        first: dict[frozenset[str], tuple[str, str, int]] = {}
        cells = {cell for table in document.tables for row in table for cell in row.cells}
        for one in (*known.others, document):
            for line, words, things, number, is_whole in _counts(one):
                place = (f"line {line}" if one is document else f"{one.path}:{line}", words, number)
                where, said, before = first.setdefault(things, place) if is_whole else first.get(things, place)
                is_part = number < before and str(number) in cells
                if one is document and (number != before if is_whole else number > before) and not is_part:
                    yield self.finding(document, line, f"`{words}`, but {where} says `{said}`", words)


class TwoCountsOfOne(DocumentRule, code="TB850"):
    """One thing holds, has or is of two different numbers of the same things."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        first: dict[tuple[str, str], tuple[int, str, int]] = {}
        for line in document.prose:
            for match in WORDS.holds.finditer(line.without_code):
                number, of = count(match["number"]), (key(match["subject"]), key(match["things"]))
                if not all(of) or number < 2:
                    continue
                at, said, before = first.setdefault((str(of[0]), str(of[1])), (line.number, match.group(), number))
                if number != before:
                    yield self.finding(
                        document, line.number, f"`{match.group()}`, but line {at} says `{said}`", match.group()
                    )


def _counts(document: MarkdownDocument) -> Iterator[tuple[int, str, frozenset[str], int, bool]]:
    """The counts that are of all things of a kind, or may be of a part of them."""
    for title, *rows in document.tables:
        for index, cell in enumerate(rows[-1].cells if rows and rows[-1].is_total else ()):
            if (
                re.fullmatch(r"\d[\d,]*", cell)
                and key(title.cells[index])
                and not WORDS.measures.search(title.cells[index])
            ):
                words = f"{title.cells[index]} {cell}"
                phase = frozenset(WORDS.phase.findall(title.cells[index].lower()))
                yield rows[-1].line, words, key(title.cells[index]) | phase, count(cell), True
    for line in document.prose:
        for match in WORDS.extent.finditer(line.without_code):
            said = (match["all"] or "").lower()
            is_whole = said.startswith(("all", "total", "each", "every")) or said.endswith(("of ", "of the "))
            is_whole = is_whole or bool(re.match(r"(?i)\W*total\b", line.text))
            if (is_whole or said == "the ") and not WORDS.measures.search(match["things"]):
                there = re.match(r" (?:in|of|on|from) (`[^`]+`)", line.text[match.end() :])
                things = key(match["things"]) | frozenset(there.groups() if there else ())
                yield line.number, match.group(), things, count(match["number"]), is_whole


class ExtentUnlikeList(DocumentRule, code="TB853"):
    """The stated number of files or locations differs from those that the document lists."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        listed: dict[str, set[str]] = {}
        for block in document.blocks:
            for line in block.lines if isinstance(block, ListItem | Row | CodeBlock) else ():
                titles = document.tables_by_line[block.table_line][0] if isinstance(block, Row) else None
                text = titles.text.partition(" | ")[2] if titles else ""
                text = line.text.replace(" | ", ":", 1) if WORDS.of_lines.match(text) else line.text
                if match := WORDS.place.search(re.sub(r"^\s*\[.\]|`", "", text)):
                    listed.setdefault(match["path"], set()).update(re.findall(r"\d+", match["lines"]))
        actual = {"files": len(listed), "": sum(map(len, listed.values()))}
        if actual[""] < 3:
            return
        said = [
            line for line in document.prose if line.text != document.title
        ]  # which names the issue as it was seen first
        stated = [(line, match) for line in said for match in WORDS.places.finditer(line.text)]
        for is_files in (True, False):
            of_kind = [one for one in stated if (one[1]["things"].lower() == "files") is is_files]
            if not of_kind:
                continue
            most = max(count(match["number"]) for _, match in of_kind)
            found = actual["files" if is_files else ""]
            for line, match in of_kind if most != found and most < 3 * found else ():
                if count(match["number"]) == most:
                    says = f"`{match.group()}`, but the document lists {found}"
                    yield self.finding(document, line.number, says, match.group())
