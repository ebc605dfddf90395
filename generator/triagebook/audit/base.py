"""The base class of the rules for documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import ClassVar, Literal

from msgspec import Struct

from triagebook.code.tree import SourceTree
from triagebook.facts.case import Case
from triagebook.findings import Finding, Level, RuleDescription

from .document import MarkdownDocument, TextLine


class Known(Struct, frozen=True):
    """What a document is compared with: an issue, if one was named."""

    case: Case | None = None
    day: date | None = None
    tree: SourceTree | None = None
    made: date | None = None  # the day of the commit that the document names
    place: str = ""  # of the document in the source code
    others: tuple[MarkdownDocument, ...] = ()  # documents of the same issue that were read before
    added_after: Callable[[date], Mapping[str, date]] | None = None  # the files that were added after a day


DEFINED: list[type[DocumentRule]] = []  # every rule with a code


class DocumentRule(RuleDescription):
    """A check of a written document; its examples are Markdown."""

    descriptions = Path(__file__).parent / "rules.toml"
    kind: ClassVar[str]  # of contradiction, as claims files have it
    source: ClassVar[Mapping[str, str]] = {}  # files that the examples are compared with
    reads: ClassVar[Literal["all", "work", "reports", "plans"]] = "all"  # documents; `work` are reports and plans
    with_issue: ClassVar[bool] = False  # whether the examples are compared with an issue

    def __init_subclass__(cls, *, code: str = "", severity: Level | None = None) -> None:
        super().__init_subclass__(code=code, severity=severity)
        if code:
            DEFINED.append(cls)

    def find(self, document: MarkdownDocument, known: Known) -> Iterable[Finding]:
        return ()

    @classmethod
    def is_for(cls, document: MarkdownDocument) -> bool:
        """Whether the rule reads documents of this kind."""
        return cls.reads in {"all", "work" if document.is_of_work else "all", f"{document.kind.value}s"}

    @classmethod
    def finding(cls, document: MarkdownDocument, line: int, says: str, words: str = "", do: str = "") -> Finding:
        """A finding at a line, and at the column of these words in it."""
        column = document.column(line, words)
        return Finding(cls.code, cls.severity, document.path, (), says, do or cls.remedy, line, column)


class LineRule(DocumentRule):
    """A rule that needs to see only one line at a time."""

    def lines(self, document: MarkdownDocument) -> Iterable[TextLine]:
        return document.prose

    def in_line(self, line: TextLine, known: Known) -> Iterable[tuple[str, str]]:
        """The words that are wrong, and what is wrong with them."""
        return ()

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for line in self.lines(document):
            for part in self.parts(line):
                for words, says in self.in_line(part, known):
                    yield self.finding(document, line.number, says, words)

    def parts(self, line: TextLine) -> Iterable[TextLine]:
        """What is seen at a time: each sentence."""
        return line.sentences


class CodeLineRule(LineRule):
    """A rule that needs to see only one line of code at a time."""

    def parts(self, line: TextLine) -> Iterable[TextLine]:
        return [line]

    def lines(self, document: MarkdownDocument) -> Iterable[TextLine]:
        return (line for block in document.code for line in block.lines)


class AnyLineRule(LineRule):
    """A rule that needs to see only one line at a time, of prose or code."""

    def lines(self, document: MarkdownDocument) -> Iterable[TextLine]:
        return document.lines
