"""All that pages are made from: the book, what follows from it, what was found in it, what changed of late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from triagebook.book import Book, Entry, natural
from triagebook.code.state import UNKNOWN, Sources
from triagebook.facts.base.fact import Fact, UnknownFactError
from triagebook.facts.case import Case
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Finding
from triagebook.markdown import Lookup
from triagebook.model.defect import Certainty, Severity
from triagebook.model.values import FactRef

from .lookups import Lookups, TrackedIssues
from .report_document import ReportDocuments

Check: TypeAlias = Callable[[str | None], Sequence[Finding]]  # of one issue, or of the whole book


class RecordChanges(Struct, frozen=True):
    """The files of the book that differ from what they were, and since when; or why that is unknown."""

    since: str  # in words: `since v1.2`
    files: frozenset[str] = frozenset()
    why_unknown: str = ""


NOT_ASKED = RecordChanges("", why_unknown="The history of the records was not looked at.")


class SiteContent:
    """A book with all that its pages draw on. What leads back is found once, for all pages."""

    def __init__(
        self,
        book: Book,
        findings: Sequence[Finding] | Check = (),
        source: Sources = UNKNOWN,
        changes: RecordChanges | Callable[[], RecordChanges] = NOT_ASKED,
        own: Path | None = None,  # templates that go before ours
        digests: Mapping[str, str] = MappingProxyType({}),  # of the records' files
        last: SiteContent | None = None,  # an earlier state of the book
        day: date | None = None,
    ) -> None:
        self.lookups = Lookups()
        self.book = replace(book, issues=TrackedIssues(book.issues, self.lookups.issues))
        self.digests = digests
        self._findings = findings
        self._changes = changes
        self.own = own
        self.documents = ReportDocuments(own)
        self.inquiry: Inquiry = Inquiry(self.book, source, day, last=last.inquiry if last else None)
        self.shown_by: dict[str, list[tuple[Entry, Certainty]]] = defaultdict(list)
        for entry in book.issues.values():
            self._note(entry)

    def _note(self, entry: Entry) -> None:
        for pattern, state in {str(c.pattern): c.state for c in entry.issue.causes if c.pattern}.items():
            self.shown_by[pattern].append((entry, state))

    @cached_property
    def findings(self) -> Sequence[Finding]:
        return self._findings(None) if callable(self._findings) else self._findings

    @cached_property
    def changes(self) -> RecordChanges:
        return self._changes() if callable(self._changes) else self._changes

    @cached_property
    def findings_by_issue(self) -> Mapping[str, Sequence[Finding]]:
        """`patterns` and the catalog apart."""
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            found[finding.file.partition("/")[0]].append(finding)
        return found

    def findings_in(self, issue_id: str) -> Sequence[Finding]:
        """What was found in an issue. Where nobody needed to know of the others yet, these are not checked for it."""
        if callable(self._findings) and "findings" not in vars(self):
            return self._findings(issue_id)
        return self.findings_by_issue.get(issue_id, ())

    @property
    def cases(self) -> Mapping[str, Case]:
        return self.inquiry.cases

    @cached_property
    def ordered(self) -> list[Case]:
        """The issues: open before closed, the more severe first."""
        rank = list(Severity)
        return sorted(
            self.cases.values(),
            key=lambda c: (c.issue.closed is not None, rank.index(c.issue.severity), natural(c.entry.id)),
        )

    @cached_property
    def open(self) -> list[Case]:
        return [case for case in self.ordered if case.issue.closed is None]

    def fact(self, name: str, **filters: str) -> Fact:
        """A fact of the whole book."""
        return self.inquiry.fact(FactRef(name, tuple(sorted(filters.items()))))

    def issues_of(self, fact: Fact) -> list[Case]:
        """The issues that a fact of the book came from, in order."""
        named = {origin.file.partition("/")[0] for origin in fact.origins}
        return [case for case in self.ordered if case.entry.id in named]


def lookup_of(case: Case) -> Lookup:
    """What gives the values of the names that the prose of an issue may hold."""
    return partial(_figure, case)


def _figure(case: Case, name: str) -> str | None:
    """The value of a fact as it stands in a sentence; None where there is no such fact."""
    try:
        ref = FactRef.parse(name)
        fact = case.fact(ref) if ref.name in case.facts.names else None
    except (ValueError, UnknownFactError):
        return None
    return fact.bare if fact else None
