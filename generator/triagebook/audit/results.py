"""TB804: counts of test results, in prose, in tables and in quoted output."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.findings import Finding
from triagebook.text import counted

from .base import DocumentRule, Known
from .document import Block, CodeBlock, MarkdownDocument, Paragraph, Row, TextLine, TitleBlock
from .figures import Outcomes, count, kind_of, outcomes
from .words import Words

WORDS = Words("results")


class WrongResultCount(DocumentRule, code="TB804"):
    """The counts of a test result do not add up, or differ from the output that is quoted below them."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for block in document.blocks:
            collected: int | None = None
            for line in block.lines:
                stated = outcomes(_with_total(line.text))
                if isinstance(block, CodeBlock) and stated.counts and _is_one_of_several(block, line):
                    continue
                if isinstance(block, Row) and not block.is_header:
                    labelled = outcomes(block.labelled(document.tables_by_line[block.table_line][0]))
                    stated = labelled if len(labelled.counts) > 1 else stated
                elif isinstance(block, CodeBlock) and stated.total and not stated.counts:
                    collected = stated.total
                yield from self._summed(document, line, stated, stated.total or collected, collected)
        yield from self._unlike_output(document)
        yield from self._unlike_before(document)
        yield from self._output_unlike_row(document)
        yield from self._unlike_only_output(document)
        yield from self._unlike_total(document)

    def _unlike_total(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A number of tests behind an output, or a table of as many tests, that differs from the output's total."""
        for block, behind in zip(document.blocks, (*document.blocks[1:], None), strict=False):
            shown = [outcomes(line.text) for line in block.lines] if isinstance(block, CodeBlock) else []
            shown = [one for one in shown if one.of("passed") is not None]
            if not shown or not document.is_of_work:
                continue
            is_total = len(shown) == 1 or re.match(r"(?i)\W*(?:total|sum|all|tests)\b", block.lines[-1].text)
            passed = shown[-1].of("passed") or 0
            whole = shown[-1].total or sum(shown[-1].counts.values())
            line = behind.lines[0] if isinstance(behind, Paragraph) and is_total else TextLine(0, "")
            said, parts = WORDS.in_total.search(line.text), WORDS.split.match(line.text)
            if said and count(said["number"]) not in {whole, passed}:
                yield self.finding(document, line.number, f"`{said.group()}`, but the output shows {whole}")
            elif parts and sum(map(count, numbers := re.findall(r"(?<![\w.])\d+(?= )", parts.group()))) not in {
                whole,
                passed,
            }:
                yield self.finding(document, line.number, f"{' and '.join(numbers)} do not add up to {whole}")
            for titles, *rows in document.tables:
                parts_of = [outcomes(row.labelled(titles)) for row in rows if not row.is_total]
                sums = {kind: sum(one.of(kind) or 0 for one in parts_of) for kind in ("passed", "failed")}
                alike = [one for one in shown if one.total and one.total == sum(part.total or 0 for part in parts_of)]
                passed = (alike[0].of("passed") or 0) if len(alike) == 1 else sums["passed"]
                if sums["passed"] and sums["passed"] != passed:
                    failed_in = " ".join(one.text for one in block.lines if "FAIL" in one.text)
                    names = [row for row in rows if len(row.cells[0]) > 2 and row.cells[0].lower() in failed_in.lower()]
                    says = f"the rows add up to {sums['passed']} passed, but the output shows {passed}"
                    yield self.finding(document, (names or [titles])[0].line, says)

    def _output_unlike_row(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A quoted output that differs from the row of results that the words before it name."""
        rows = {
            row.cells[0]: (row, outcomes(row.labelled(titles))) for titles, *rows in document.tables for row in rows
        }
        for before, block in zip(document.blocks, document.blocks[1:], strict=False):
            for line in block.lines if isinstance(block, CodeBlock) else ():
                shown = outcomes(block.text if _is_one_of_several(block, line) else line.text)
                for name, (row, stated) in rows.items() if len(shown.counts) > 1 or shown.total else ():
                    is_named = name and re.search(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", before.text)
                    for kind in ("passed", "failed", "skipped") if is_named else ():
                        said, actual = stated.of(kind), shown.of(kind)
                        has_number = actual is not None and re.search(rf"\b{actual}\b", line.text)
                        if (
                            said is not None
                            and has_number
                            and said != actual
                            and kind in map(kind_of, outcomes(line.text).counts)
                        ):
                            says = f"the output shows {actual} {kind}, but line {row.line} says {said}"
                            yield self.finding(document, line.number, says, str(actual))

    def _unlike_only_output(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A result of as many tests as the only quoted output has, of which others passed."""
        outputs = [outcomes(line.text) for block in document.code for line in block.lines]
        shown = [one for one in outputs if one.of("passed") is not None]
        for line in document.prose if len(shown) == 1 and document.is_of_work else ():
            stated, whole = outcomes(line.text), shown[0].total or sum(shown[0].counts.values())
            if stated.total == whole and stated.of("passed") not in {None, shown[0].of("passed")}:
                says = f"{stated.of('passed')} of {whole} passed, but the quoted output shows {shown[0].of('passed')}"
                yield self.finding(document, line.number, says)

    def _unlike_before(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A result with as many passed tests as one before it, and another number of failed ones."""
        first: dict[tuple[str, int], tuple[int, int]] = {}
        for block in document.blocks if document.is_of_work else ():
            for line in block.lines:
                labelled = isinstance(block, Row) and block.labelled(document.tables_by_line[block.table_line][0])
                stated = outcomes(labelled or line.text)
                passed = stated.of("passed")
                for kind in ("failed", "skipped") if passed and passed > 9 else ():
                    number = stated.of(kind)
                    if number is not None:
                        at, before = first.setdefault((kind, passed or 0), (line.number, number))
                        if number != before:
                            says = f"{passed} passed and {number} {kind}, but line {at} says {before} {kind}"
                            yield self.finding(document, line.number, says, str(number))

    def _summed(
        self, document: MarkdownDocument, line: TextLine, stated: Outcomes, total: int | None, collected: int | None
    ) -> Iterator[Finding]:
        actual = sum(stated.counts.values())
        says_all = stated.of("passed") is not None and (len(stated.counts) > 1 or total is collected)
        if total is not None and stated.counts and (actual > total or (says_all and actual != total)):
            says = f"{counted(total, 'test')} in total, but the results add up to {actual}"
            yield self.finding(document, line.number, says, str(total))

    def _unlike_output(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A heading or paragraph whose counts are not those of the only output quoted below it."""
        for block in document.blocks:
            stated = outcomes(block.lines[-1].text) if isinstance(block, TitleBlock | Paragraph) else Outcomes({})
            if not stated.counts:
                continue
            at = document.blocks.index(block)
            below = (
                document.under(block)
                if isinstance(block, TitleBlock)
                else [*document.blocks[max(at - 1, 0) : at], *document.blocks[at + 1 : at + 2]]
            )
            shown = [
                found for code in below if isinstance(code, CodeBlock) for line in code.lines
                if (found := outcomes(line.text)).counts and found.of("passed") is not None
            ]  # fmt: skip
            for kind in ("passed", "failed") if len(shown) == 1 else ():
                actual, said = shown[0].of(kind), stated.of(kind)
                if said is not None and (actual or 0) != said and not (actual is None and kind == "passed"):
                    says = f"{said} {kind}, but the output below shows {actual or 0}"
                    yield self.finding(document, block.lines[-1].number, says, str(said))
                    break


def _is_one_of_several(block: Block, line: TextLine) -> bool:
    """Whether a line of an output has one count, and the line before or after it another one."""
    at = line.number - block.lines[0].number
    near = block.lines[max(at - 1, 0) : at + 2]
    return len(outcomes(line.text).counts) == 1 and sum(len(outcomes(one.text).counts) == 1 for one in near) > 1


def _with_total(text: str) -> str:
    """The sentences of a line up to the first that states results of all tests."""
    sentences = re.split(r"(?<=\.)\s(?=[A-Z0-9])", text)
    found = [outcomes(sentence) for sentence in sentences]
    first = next((at for at, one in enumerate(found) if one.counts), 0)
    return " ".join(sentences[: first + 1]) if any(one.total for one in found[: first + 1]) else text
