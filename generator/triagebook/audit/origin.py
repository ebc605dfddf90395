"""TB83x: who states something, when, and from where."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.findings import Finding, Level

from .base import DocumentRule, Known, LineRule
from .document import CodeBlock, DocumentPurpose, MarkdownDocument, Row, TextLine
from .figures import count, outcomes
from .words import Words

WORDS = Words("origin")


class WrongCharacters(DocumentRule, code="TB831", severity=Level.WARNING):
    """Text was decoded with the wrong character set."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        if document.misread:
            more = f" (and {len(document.misread) - 1} more lines)" if len(document.misread) > 1 else ""
            line = document.misread[0]
            yield self.finding(document, line, f"this was decoded with the wrong character set{more}")


class MachinePath(LineRule, code="TB832", severity=Level.WARNING):
    """A path exists on one person's machine only."""

    def lines(self, document: MarkdownDocument) -> Iterator[TextLine]:
        return (TextLine(number, text) for number, text in enumerate(document.raw, 1))

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        if match := WORDS.machine_path.search(line.text):
            yield match.group(), f"`{match.group()}` is a path of one machine"


_HEAD = {"date": Words("document").head_date, "commit": WORDS.head_commit}
_OF_RESULT = {"environment": WORDS.environment, "command": WORDS.command}


class MissingOrigin(DocumentRule, code="TB833", severity=Level.WARNING):
    """A report lacks its date, author, commit, environment or command."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        if len(document.blocks) < 2:
            return
        missing = [name for name, pattern in _HEAD.items() if not pattern.search(document.head)]
        missing += [] if document.is_by_name else ["author"]
        text = "\n".join(line.text for line in document.lines)
        if "commit" in missing and (_HEAD["commit"].search(text) or not WORDS.needs_commit.search(text)):
            missing.remove("commit")
        if missing and document.needs_author:
            head = [line for line in document.prose[:12] if line.text != document.title]
            first = next((line.number for line in head if WORDS.metadata.match(line.text)), document.blocks[0].line)
            yield self.finding(document, first, f"it names no {' and no '.join(missing)}")
        results = [line for line in document.lines if _is_result(line.text)]
        lacking = [name for name, pattern in _OF_RESULT.items() if not pattern.search(text)]
        if results and lacking and document.kind is DocumentPurpose.REPORT:
            says = f"no {' and no '.join(lacking)} of this result is named"
            yield self.finding(document, results[0].number, says)


def _is_result(text: str) -> bool:
    counts = WORDS.says_passed.search(text) and re.search(r"\d", text) and outcomes(text).of("passed")
    return bool(WORDS.result.search(text) or counts) and not WORDS.to_come.search(text)


class FigureWithoutSource(DocumentRule, code="TB834", severity=Level.WARNING):
    """An amount of money, or a share of the business, has no source."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        said: set[str] = set()
        for line in document.prose:
            for match in WORDS.money.finditer(line.without_code):
                figure = match.group().strip().lower()
                if match["change"] and (
                    WORDS.has_figures.search(WORDS.money.sub("", line.text)) or _has_figures(document, line)
                ):
                    continue
                has_source = WORDS.source.search(document.raw[line.number - 1]) or _follows(
                    figure, document, line.number
                )
                if figure not in said and not has_source:
                    said.add(figure)
                    words = match.group().strip()
                    yield self.finding(document, line.number, f"`{words}` has no source", words)


def _has_figures(document: MarkdownDocument, line: TextLine) -> bool:
    """Whether a table, a list of values or an output stands in the section, or a number beside the words."""
    section = document.section_of(line.number)
    near = document.under(section) if section else document.blocks
    return any(isinstance(one, Row | CodeBlock) or (line in one.lines and len(one.lines) > 1) for one in near)


_WORDS = {"half": 50.0, "a third": 33.3, "a quarter": 25.0}


def _follows(figure: str, document: MarkdownDocument, at: int) -> bool:
    """Whether a share is that of two numbers in one column of a table, or what is left of the amounts before it."""
    share = re.match(r"(\d+(?:\.\d+)?)\s?%|(half|a third|a quarter)", figure)
    section = document.section_of(at)
    noun = figure.rpartition(" ")[2]
    tables = [
        table for table in document.tables
        if document.section_of(table[0].line) == section or noun in table[0].text.lower().split(" | ")
    ]  # fmt: skip
    columns = [column for table in tables for column in zip(*(row.cells for row in table), strict=False)]
    numbers = [[count(cell) for cell in column if re.fullmatch(r"[\d,]*\d", cell)] for column in columns]
    pairs = ((part, whole) for column in numbers for part in column for whole in column if whole)
    stated = 0.0 if share is None else _WORDS[share[2]] if share[2] else float(share[1])
    slack = 4.0 if share and share[2] else 0.5001 * 10 ** -len((share[1] if share else "").partition(".")[2])
    is_left = " leaves " in document.raw[at - 1][:20]
    return is_left or (bool(share) and any(abs(100 * part / whole - stated) <= slack for part, whole in pairs))
