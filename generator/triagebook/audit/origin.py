"""TB83x: who states something, when, and from where."""

from __future__ import annotations

from collections.abc import Iterator

from triagebook.findings import Finding, Level

from .base import DocumentRule, Known, LineRule
from .document import DocumentPurpose, MarkdownDocument, Paragraph, TextLine
from .vague import OF_WORK
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

    only = OF_WORK

    def lines(self, document: MarkdownDocument) -> Iterator[TextLine]:
        return (TextLine(number, text) for number, text in enumerate(document.raw, 1))

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        if match := WORDS.machine_path.search(line.text):
            yield match.group(), f"`{match.group()}` is a path of one machine"


_HEAD = {"date": WORDS.head_date, "author": WORDS.head_author, "commit": WORDS.head_commit}
_OF_RESULT = {"environment": WORDS.environment, "command": WORDS.command}


class MissingOrigin(DocumentRule, code="TB833", severity=Level.WARNING):
    """A report lacks its date, author, commit, environment or command."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        if not document.is_of_work or len(document.blocks) < 2:
            return
        second = next((heading.line for heading in document.headings[1:]), len(document.raw) + 1)
        head = "\n".join(line.text for line in document.prose if line.number < second)
        last = document.blocks[-1]
        end = last.text if isinstance(last, Paragraph) and WORDS.signature.search(last.text) else ""
        missing = [name for name, pattern in _HEAD.items() if not pattern.search(head) and not pattern.search(end)]
        text = "\n".join(line.text for line in document.lines)
        if "commit" in missing and (_HEAD["commit"].search(text) or not WORDS.needs_commit.search(text)):
            missing.remove("commit")
        if document.kind is DocumentPurpose.REPORT and WORDS.result.search(text):
            missing += [name for name, pattern in _OF_RESULT.items() if not pattern.search(text)]
        if missing:
            yield self.finding(document, document.blocks[0].line, f"it names no {' and no '.join(missing)}")


class FigureWithoutSource(DocumentRule, code="TB834", severity=Level.WARNING):
    """An amount of money, or a share of the business, has no source."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        if not document.is_of_work:
            return
        said: set[str] = set()
        for line in document.prose:
            for match in WORDS.money.finditer(line.without_code):
                figure = match.group().strip().lower()
                if figure not in said and not WORDS.source.search(document.raw[line.number - 1]):
                    said.add(figure)
                    yield self.finding(
                        document, line.number, f"`{match.group().strip()}` has no source", match.group().strip()
                    )
