"""TB81x: success that the document itself, or the order of its steps, contradicts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from triagebook.findings import Finding, Level

from .base import AnyLineRule, DocumentRule, Known, LineRule
from .document import CodeBlock, DocumentPurpose, MarkdownDocument, Row, StateMark, TextLine
from .figures import outcomes
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
            before = re.split(r"[.;!?]\s", line.text[: match.start()])[-1]
            after = re.split(r"[:;.]\s", line.text[match.end() :])[0]
            if not WORDS.not_yet.search(before) and not WORDS.condition.search(after):
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
    return rest if rest.text and is_against(rest) else next(apart, None)


def _is_open(line: TextLine) -> bool:
    return StateMark.PENDING in line.marks or bool(
        WORDS.open.search(line.text) and not WORDS.nothing_open.search(line.text)
    )


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
            cells = zip(titles.cells, block.cells, strict=False)
            texts = [block.labelled(titles), *(f"{title}: {cell}" for title, cell in cells)]
            if not block.is_header and any(_is_failure(TextLine(block.line, text)) for text in texts):
                found.append(block.lines[0])
        elif in_code or not isinstance(block, CodeBlock):
            found += [line for line in block.lines if _is_failure(line)]
    return found


class FinishedWithOpenWork(DocumentRule, code="TB811"):
    """The document calls the work finished, but shows that part of it is not done."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        if not document.is_of_work:
            return
        boxes = document.kind is DocumentPurpose.REPORT  # those of a plan are for its reader to tick
        lines = [line for line in document.prose if boxes or not line.text.lstrip().startswith("[ ]")]
        still_open = [line for line in lines if _is_open(line)]
        failures = _failures(document, in_code=False) if boxes else []
        for line, words in verdict_in(document):
            if WORDS.scoped.match(line.text.partition(words)[2]):
                continue  # it only says where
            is_before = WORDS.before_release.search(words)
            others = [one for one in still_open if not (is_before and WORDS.of_release.search(one.text))]
            other = _against(line, words, others, _is_open) or _against(line, words, failures, _is_failure)
            if other:
                says = f"`{words}`, but line {other.number} says: {other.text.strip()[:100]}"
                yield self.finding(document, line.number, says, words)


class GuessedSuccess(LineRule, code="TB819", severity=Level.WARNING):
    """The document reports a fix without having seen it work."""

    only = (DocumentPurpose.REPORT,)

    def lines(self, document: MarkdownDocument) -> Iterable[TextLine]:
        return statements(document)

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        match = WORDS.guessed.search(line.text)
        if match and StateMark.PENDING not in line.marks:
            yield match.group(), f"`{match.group()}` is a guess, not a result"


class AllPassWithFailures(DocumentRule, code="TB812"):
    """The document says that all tests pass, but lists failures."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        if document.kind is not DocumentPurpose.REPORT:
            return
        failures = _failures(document, in_code=True)
        for line, match in stated_in(document, WORDS.all_pass):
            failure = _against(line, match.group(), failures, _is_failure)
            if failure:
                says = f"`{match.group()}`, but line {failure.number} says: {failure.text.strip()[:100]}"
                yield self.finding(document, line.number, says, match.group())


class ExcusedFailure(AnyLineRule, code="TB816"):
    """A failed test is called expected, flaky or unrelated."""

    only = (DocumentPurpose.REPORT,)

    def lines(self, document: MarkdownDocument) -> Iterable[TextLine]:
        lists = (items for before, items in document.parts if WORDS.of_failures.search(before.lines[-1].text))
        failed = {item.line for items in lists for item in items}
        return (TextLine(line.number, f"❌ {line.text}") if line.number in failed else line for line in document.lines)

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        failed = WORDS.failure.search(line.text) or line.marks & {StateMark.FAILED, StateMark.WARNED}
        excuse = WORDS.excuse.search(line.text)
        if failed and excuse and not WORDS.before_fix.search(line.text):
            yield excuse.group(), f"a failure is excused: `{excuse.group()}`"
