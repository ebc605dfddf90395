"""TB82x: statements that nothing can prove or refute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from triagebook.findings import Level

from .base import Known, LineRule
from .document import CodeBlock, MarkdownDocument, Row, TextLine
from .words import Words

WORDS = Words("vague")


class NoMeasure(LineRule, code="TB821", severity=Level.WARNING):
    """A statement about speed, stability or confidence without a value or a threshold."""

    def lines(self, document: MarkdownDocument) -> Iterator[TextLine]:
        assessed = {row.line for title, *rows in document.tables if "risk" in title.text.lower() for row in rows}
        for before, block in pairwise((document.blocks[0], *document.blocks)):
            is_of_table = isinstance(before, Row) and WORDS.measure.search(before.text) and not isinstance(block, Row)
            for line in block.lines if not isinstance(block, CodeBlock) else ():
                if line.number not in assessed and not (is_of_table and WORDS.compares.search(line.text)):
                    yield line

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        match = WORDS.quality.search(line.without_code)
        if match and not WORDS.measure.search(line.text):
            yield match.group(), f"no value supports `{match.group()}`"


class UnfilledPlaceholder(LineRule, code="TB822", severity=Level.WARNING):
    """A placeholder stands where a value belongs."""

    def lines(self, document: MarkdownDocument) -> Iterator[TextLine]:
        code = {line.number for block in document.code for line in block.lines}
        of_work = document.is_of_work
        for number, raw in enumerate(document.raw, 1):
            line = TextLine(number, raw)
            if number not in code and (of_work or not WORDS.in_work.search(line.without_code)):
                yield line

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        text = line.without_code if not re.search(r":\s+`<[A-Z ]+>`$", line.text) else line.text
        if match := WORDS.placeholder.search(text) or WORDS.in_work.search(text):
            yield match.group(), f"`{match.group()}` is a placeholder"
