"""TB81x: success that the document itself, or the order of its steps, contradicts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from triagebook.findings import Finding, Level

from .base import AnyLineRule, DocumentRule, Known, LineRule
from .document import CodeBlock, DocumentPurpose, ListItem, MarkdownDocument, Row, StateMark, TextLine, TitleBlock
from .figures import count, outcomes
from .measures import key
from .words import Words

WORDS = Words("success")


def statements(document: MarkdownDocument) -> Iterator[TextLine]:
    """The lines that state how things are: no criteria, expectations and lists of what is to come."""
    criteria = {row.line for title, *rows in document.tables if WORDS.to_come.search(title.text) for row in rows}
    for before, items in document.lists:
        if before is not None and WORDS.to_come.search(before.text):
            criteria |= {line.number for item in items for line in item.lines}
    yield from (line for line in document.prose if line.number not in criteria)


def stated_in(document: MarkdownDocument, pattern: re.Pattern[str]) -> Iterator[tuple[TextLine, re.Match[str]]]:
    """The lines that say these words of how things are, not of how they will or should be."""
    for line in statements(document):
        match = pattern.search(line.text)
        if match and StateMark.PENDING not in line.marks:
            before = re.split(r"[.;!?]\s|, and ", line.text[: match.start()])[-1]
            after = re.split(r"[:;.]\s", line.text[match.end() :])[0]
            if re.match(r" (?:by|with|using|via) ", line.text[match.end() :]):
                continue  # it tells how something is done
            if re.match(r"\W*\|\W*(?:no|not yet|open|pending|❌)", line.text[match.end() :], re.IGNORECASE):
                continue  # the next cell denies it
            is_quoted = WORDS.of_others.search(line.text) and re.search(r"[\"\u201c][^\"\u201d]*$", before)
            if re.search(r"\b(?:is|are|was|were) not\b|n't\b", after):
                continue  # of another part
            if not WORDS.not_yet.search(before) and not WORDS.condition.search(after) and not is_quoted:
                yield line, match


def verdict_in(document: MarkdownDocument) -> Iterator[tuple[TextLine, str]]:
    """The lines that call the work finished, with the words that do."""
    yield from ((line, match.group().strip()) for line, match in stated_in(document, WORDS.done))


def _against(
    line: TextLine, words: str, others: Iterable[TextLine], is_against: Callable[[TextLine], bool]
) -> TextLine | None:
    """What takes back some words of a line: what else it says, or another line."""
    rest = TextLine(line.number, line.text.partition(words)[2].strip(" .!*|"))
    apart = (one for one in others if one.number != line.number)
    follows = WORDS.to_follow.search(rest.text)
    return rest if rest.text and (follows or is_against(rest)) else next(apart, None)


def says_open(line: TextLine) -> bool:
    """Whether the words of a line say that something is not done."""
    return bool(WORDS.open.search(line.text) and not WORDS.nothing_open.search(line.text))


def is_open(line: TextLine) -> bool:
    if {StateMark.DONE, StateMark.PENDING} <= line.marks:
        return False  # a legend, or a summary
    return StateMark.PENDING in line.marks or says_open(line)


def _is_failure(line: TextLine) -> bool:
    """Whether a line shows a failed test."""
    if StateMark.FAILED in line.marks:
        return True
    if WORDS.all_pass.search(line.text) or WORDS.denies.search(line.text):
        return False
    stated = outcomes(line.text)
    part, failed = stated.of("passed"), stated.of("failed")
    is_part = part is not None and stated.total is not None and part < stated.total
    return bool(failed or is_part or WORDS.failed.search(line.text))


def _failures(document: MarkdownDocument, *, in_code: bool) -> list[TextLine]:
    """The lines that show a failed test; the cells of a row with the titles of their columns."""
    found = []
    for block in document.blocks:
        if isinstance(block, Row):
            titles = document.tables_by_line[block.table_line][0]
            texts = [block.labelled(titles), *block.labelled_cells(titles)]
            if not block.is_header and any(_is_failure(TextLine(block.line, text)) for text in texts):
                found.append(block.lines[0])
        elif in_code or not isinstance(block, CodeBlock):
            found += [line for line in block.lines if _is_failure(line)]
    return found


class FinishedWithOpenWork(DocumentRule, code="TB811"):
    """The document calls the work finished, but shows that part of it is not done."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        ticked = any(block.box for block in document.blocks if isinstance(block, ListItem))
        boxes = ticked or document.kind is DocumentPurpose.REPORT  # those of a plan are for its reader to tick
        lines = [line for line in document.prose if boxes or not line.text.lstrip().startswith("[ ]")]
        titles = {row.line for row, *_ in document.tables}
        still_open = [line for line in lines if is_open(line) and line.number not in titles]
        if not WORDS.of_incident.search(document.title):  # which tells what was down before it was mended
            still_open += [line for line in document.prose if WORDS.is_down.search(line.text)]
        for before, items in document.parts:
            is_left = isinstance(before, TitleBlock) and WORDS.left.fullmatch(before.text.strip("# 0123456789.:"))
            still_open += [items[0].lines[0]] if is_left and not items[0].lines[0].marks else []
        failures = _failures(document, in_code=False) if boxes else []
        for line, words in verdict_in(document):
            if WORDS.scoped.match(line.text.partition(words)[2]) or WORDS.of_part.search(line.text.partition(words)[0]):
                continue  # it only says where, or how many
            is_before = WORDS.before_release.search(words)
            others = [one for one in still_open if not (is_before and WORDS.of_release.search(one.text))]
            other = _against(line, words, others, is_open) or _against(line, words, failures, _is_failure)
            if other:
                says = f"`{words}`, but line {other.number} says: {other.text.strip()[:100]}"
                yield self.finding(document, line.number, says, words)


class ConfirmedButNotRun(DocumentRule, code="TB840"):
    """Something is called confirmed whose own row or line of results shows that it failed, or did not run."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        results = [
            (row.cells[0], outcomes(row.labelled(titles)), row.line)
            for titles, *rows in document.tables
            for row in rows
        ]
        shown = ((line, WORDS.named_result.match(line.text)) for block in document.code for line in block.lines)
        results += [(name[1], outcomes(line.text), line.number) for line, name in shown if name]
        bad = [
            (key(name), name, at) for name, one, at in results
            if len(name) > 3 and (one.of("failed") or (one.of("skipped") and not one.of("passed")))
        ]  # fmt: skip
        for line, match in stated_in(document, WORDS.confirmed) if bad else ():
            said = next(one.text for one in line.sentences if match.group() in one.text or one is line.sentences[-1])
            clause = key(said)
            for names, name, at in bad:
                if names and names <= clause and at != line.number and not WORDS.of_some.search(said):
                    yield self.finding(
                        document, line.number, f"`{match.group()}`, but line {at} shows otherwise: {name}"
                    )
                    break


class GuessedSuccess(LineRule, code="TB819", severity=Level.WARNING):
    """The document reports a fix without having seen it work."""

    def lines(self, document: MarkdownDocument) -> Iterable[TextLine]:
        return statements(document)

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        match = WORDS.guessed.search(line.text)
        if match and StateMark.PENDING not in line.marks:
            yield match.group(), f"`{match.group()}` is a guess, not a result"


class AllPassWithFailures(DocumentRule, code="TB812"):
    """The document says that all tests pass, but lists failures."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        failures = _failures(document, in_code=True)
        rows = {row.cells[0] for _, *rows in document.tables for row in rows if len(row.cells[0]) > 2}
        for line, match in stated_in(document, WORDS.all_pass):
            if WORDS.of_part.search(line.text[: match.start()]):
                continue
            said = re.split(r"[.;]\s", line.text[: match.end()])[-1]
            named = [name for name in rows if re.search(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", said)]
            alike = [one for one in failures if not named or any(name in one.text for name in named)]
            failure = _against(line, match.group(), alike, _is_failure)
            if failure:
                says = f"`{match.group()}`, but line {failure.number} says: {failure.text.strip()[:100]}"
                yield self.finding(document, line.number, says, match.group())


def _counts(document: MarkdownDocument) -> Iterator[tuple[str, int, int]]:
    """The counts in tables, each by the title of its column, and by the name of its row, and those of results."""
    for titles, *rows in document.tables:
        for row in rows:
            for title, cell in zip(titles.cells[1:], row.cells[1:], strict=False):
                if re.fullmatch(r"\d[\d,]*", cell):
                    yield title, count(cell), row.line
                    yield row.cells[0], count(cell), row.line
    for line in document.lines:
        yield from ((name, number, line.number) for name, number in outcomes(line.text).counts.items())


class DeniedInTable(DocumentRule, code="TB810"):
    """The document says that there was none of something, or that everything ran, and a table counts otherwise."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        counts = list(_counts(document))
        for pattern in (WORDS.denied_thing, WORDS.all_ran):
            for line, match in stated_in(document, pattern):
                if WORDS.of_part.search(line.text[: match.start()]):
                    continue
                thing = (match.groupdict().get("thing") or "skipped").lower()
                for name, number, at in counts:
                    is_same = (
                        WORDS.skipped.search(name) if thing == "skipped" else re.search(rf"(?i)\b{thing[:5]}", name)
                    )
                    if number and at != line.number and is_same:
                        says = f"`{match.group()}`, but line {at} counts {number:g} for `{name}`"
                        yield self.finding(document, line.number, says, match.group())
                        break


class ExcusedFailure(AnyLineRule, code="TB816"):
    """A failed test is called expected, flaky or unrelated."""

    def lines(self, document: MarkdownDocument) -> Iterable[TextLine]:
        lists = (items for before, items in document.parts if WORDS.of_failures.search(before.lines[-1].text))
        failed = {item.line for items in lists for item in items}
        for block in document.blocks:
            is_told = False  # that something failed, in the sentence before
            for line in block.lines:
                for part in line.sentences if not isinstance(block, CodeBlock) else [line]:
                    is_of_it = is_told and WORDS.refers.search(part.text)
                    is_told = bool(self._fails(part)) or bool(is_told and is_of_it)
                    yield TextLine(line.number, f"❌ {part.text}") if is_of_it or line.number in failed else part

    def parts(self, line: TextLine) -> Iterable[TextLine]:
        return [line]

    def _fails(self, line: TextLine) -> object:
        return WORDS.failure.search(line.text) or line.marks & {StateMark.FAILED, StateMark.WARNED}

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        excuse = WORDS.excuse.search(line.text)
        denied = excuse and re.search(r"(?i)(?:n't|not|never) (?:\w+ ){0,3}$", line.text[: excuse.start()])
        if excuse and self._fails(line) and not denied and not WORDS.before_fix.search(line.text):
            yield excuse.group(), f"a failure is excused: `{excuse.group()}`"
