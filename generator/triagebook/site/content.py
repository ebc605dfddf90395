"""The data that all pages share: the book with its facts, the findings of the check, and recent changes.

It records which issues and pages are looked up while an output is made, and is loaded again after a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.book import Book, natural
from triagebook.code.state import UNKNOWN, Sources
from triagebook.facts.case import Case
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import EVERYTHING, Finding
from triagebook.inquire import inquire
from triagebook.markdown import Linked, Lookup
from triagebook.model.defect import Severity
from triagebook.outline import Outline
from triagebook.render import own_templates
from triagebook.reports import ReportKind, make
from triagebook.rules import check
from triagebook.similar import SimilarIssues, profile_of
from triagebook.store.load import Loaded, reload
from triagebook.views.figures import Figures

from .changes import RecordChanges, recent_changes
from .linker import Linker
from .listed import ListedIssue, SearchEntry, listed
from .report_document import ReportDocument
from .report_kinds import kinds_in

ALL = "*"  # all issues, if they were iterated over; no issue has this id

Check: TypeAlias = Callable[[str | None], Sequence[Finding]]  # of one issue, or of the whole book


class Lookups(Struct):
    """The ids of issues and the paths of other pages that were looked up, existing or not."""

    issues: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)

    def taken(self) -> Lookups:
        """The lookups since the last call."""
        found = Lookups(set(self.issues), set(self.pages))
        self.issues.clear()
        self.pages.clear()
        return found


class TrackedOutlines(Mapping[str, Outline]):
    """The outlines of all issues; each access is recorded."""

    def __init__(self, outlines: Mapping[str, Outline], noted: set[str]) -> None:
        self._outlines = outlines
        self._noted = noted

    def __getitem__(self, issue_id: str) -> Outline:
        self._noted.add(issue_id)
        return self._outlines[issue_id]

    def __iter__(self) -> Iterator[str]:
        self._noted.add(ALL)
        return iter(self._outlines)

    def __len__(self) -> int:
        self._noted.add(ALL)
        return len(self._outlines)


NOT_ASKED = RecordChanges("", why_unknown="The history of the records was not read.")


class SiteContent:
    """A book with everything that its pages show; computed once for all pages."""

    def __init__(
        self,
        book: Book,
        findings: Sequence[Finding] | Check = (),
        source: Sources = UNKNOWN,
        changes: RecordChanges | Callable[[], RecordChanges] = NOT_ASKED,
        own: Path | None = None,  # folder of templates that override ours
        last: Inquiry | None = None,  # about the same or an earlier state of the book
        day: date | None = None,
        similar: Callable[[], SimilarIssues] | None = None,
    ) -> None:
        self.lookups = Lookups()
        self.untracked = book.outlines
        self.book = replace(book, others=lambda: TrackedOutlines(book.outlines, self.lookups.issues))
        _ = self.book.names("issue"), self.book.named_by(""), self.book.documents  # they look at all issues, once
        self.linker = Linker(self.book)
        self._findings = findings
        self._changes = changes
        self._similar = similar
        self.own = own
        self.edit_at = ""  # the address below which the files of the book can be edited
        self.report = lru_cache(maxsize=16)(
            self._report
        )  # the pages and files of an issue are made one after the other
        self.inquiry: Inquiry = Inquiry(self.book, source, day, last)
        self.known: dict[str, tuple[Case, ListedIssue]] = {}  # what lists showed before
        self.found: Mapping[str, SearchEntry] = {}  # where the search finds issues, if that is known

    def within(self, inquiry: Inquiry) -> SiteContent:
        """The same, with the issues of an inquiry in full."""
        made = SiteContent(
            inquiry.book, self.findings, inquiry.state, self.changes, self.own, None, inquiry.day, lambda: self.similar
        )
        made.findings_by_issue, made.edit_at = self.findings_by_issue, self.edit_at
        return made

    @cached_property
    def kinds(self) -> Mapping[str, ReportKind]:
        """The kinds of reports, with those of the book."""
        return kinds_in(self.own)

    def _report(self, case: Case, kind: ReportKind) -> ReportDocument:
        return ReportDocument(make(kind, case), self.own)

    @cached_property
    def findings(self) -> Sequence[Finding]:
        return self._findings(None) if callable(self._findings) else self._findings

    @cached_property
    def changes(self) -> RecordChanges:
        return self._changes() if callable(self._changes) else self._changes

    @cached_property
    def findings_by_issue(self) -> Mapping[str, Sequence[Finding]]:
        """The findings by issue; those of patterns and of the catalog under the name of their folder or file."""
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            found[finding.file.partition("/")[0]].append(finding)
        return found

    def findings_in(self, issue_id: str) -> Sequence[Finding]:
        """The findings in one issue. If nothing has asked for all findings yet, only this issue is checked."""
        if callable(self._findings) and "findings" not in vars(self):
            return self._findings(issue_id)
        return self.findings_by_issue.get(issue_id, ())

    @cached_property
    def similar(self) -> SimilarIssues:
        """What tells which issues resemble one. It is not made again while the site is served."""
        if self._similar:
            return self._similar()
        issues = self.inquiry.book.issues.values()
        return SimilarIssues({entry.id: profile_of(entry, self.book).traits for entry in issues})

    @property
    def cases(self) -> Mapping[str, Case]:
        return self.inquiry.cases

    @cached_property
    def listed(self) -> Mapping[str, ListedIssue]:
        """What lists show of each issue, by id."""
        for name, case in self.cases.items():
            if name not in self.known or not self.known[name][0].has_same_inputs(case):
                self.known[name] = case, listed(case)
        return {name: self.known[name][1] for name in self.cases}

    @cached_property
    def source(self) -> str:
        """One sentence that says which source code the book was compared with."""
        return self.inquiry.source

    @cached_property
    def ordered(self) -> list[ListedIssue]:
        """The issues: open before closed, the more severe first."""
        rank = {severity.value: place for place, severity in enumerate(Severity)}
        return sorted(
            self.listed.values(),
            key=lambda issue: (issue.closed is not None, rank[issue.severity], natural(issue.id)),
        )

    @property
    def outlines(self) -> Mapping[str, Outline]:
        return self.book.outlines

    def edit_link(self, file: str) -> Linked:
        """A file of the book, with a link to edit it at the host of its repository if that is known."""
        return Linked(file, f"{self.edit_at}/{quote(file)}" if self.edit_at else None, code=not self.edit_at)

    @cached_property
    def day(self) -> date:
        """The day of the inquiry; if it has none, today."""
        return self.inquiry.day or date.today()  # noqa: DTZ011  (the day of whoever builds the site)

    @cached_property
    def open(self) -> list[ListedIssue]:
        return [issue for issue in self.ordered if issue.closed is None]


def lookup_of(case: Case) -> Lookup:
    """The lookup of facts that the prose of an issue names."""
    return Figures(case).text


class ContentLoader:
    """The folder of a book, reloaded on request."""

    def __init__(
        self,
        loaded: Loaded,
        since: str | None,
        inquiry: Inquiry | None = None,
        ask: Callable[[Loaded], Inquiry] = inquire,
    ) -> None:
        self._ask = ask
        self._inquiry = inquiry or ask(loaded)
        self._loaded = loaded
        self._since = since
        self._last = self._inquiry
        self._similar = cache(lambda: SimilarIssues.below(loaded.root))
        self._known: dict[str, tuple[Case, ListedIssue]] = {}

    def content(self, findings: Sequence[Finding] | None = None) -> SiteContent:
        """The content of the site. Unless findings are given, the check runs when a page asks for them."""
        loaded, inquiry = self._loaded, self._inquiry
        content = SiteContent(
            loaded.book,
            self._check if findings is None else findings,
            inquiry.state,
            partial(recent_changes, loaded.root, self._since),
            own_templates(loaded.root),
            self._last,
            inquiry.day,
            self._similar,
        )
        self._last, content.known = content.inquiry, self._known
        return content

    def renewed(self, issues: frozenset[str]) -> SiteContent:
        """The content after the folders of some issues changed."""
        self._loaded = reload(self._loaded, issues)
        self._inquiry = self._ask(self._loaded)
        return self.content()

    def _check(self, issue_id: str | None) -> Sequence[Finding]:
        """The findings in one issue, or in the whole book."""
        loaded, only = self._loaded, None if issue_id is None else frozenset({issue_id})
        chosen = EVERYTHING.within(loaded.book.catalog.rules)
        read = (chosen.weigh(found) for found in loaded.findings if chosen.wants(found.code))
        here = (found for found in read if only is None or found.file.partition("/")[0] in only)
        return loaded.placed([*here, *check(self._inquiry, only=only)])
