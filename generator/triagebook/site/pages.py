"""Which pages the site has, and what each shows: a book and its findings -> pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from triagebook.book import Book, Entry, natural
from triagebook.facts.case import Case
from triagebook.facts.fact import UnknownFactError
from triagebook.findings import Finding
from triagebook.markdown import Linked, Lookup
from triagebook.model.base import Prose
from triagebook.model.defect import Certainty, Severity, Tie
from triagebook.model.pattern import Pattern
from triagebook.model.values import FactRef
from triagebook.model.work import Work

from .issue import issue_view, state_of, work_view
from .see import HOME, ISSUES, PATTERNS, See, issue_path, pattern_path

ON_HOME = 20  # issues that the home page shows before it leads to the list
FINDINGS_ON_HOME = 50


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site. Its view is made when the page is, so a site never holds all of them at once."""

    path: str  # in the site's sources, where a hand-written page would lie: `issues/1184/index.md`
    title: str
    template: str
    view: Callable[[], Mapping[str, object]]
    section: str = ""  # the page of the navigation that it belongs to
    lookup: Lookup | None = None  # the values of the names that its prose may hold

    @property
    def url(self) -> str:
        """Its address from the root of the site: `issues/1184/`."""
        return self.path.removesuffix("index.md")


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding, leading to the page of what it is about."""

    place: Linked
    code: str
    says: str
    do: str
    accepted: str


@dataclass(frozen=True, slots=True)
class IssueRow:
    """An issue in a table."""

    id: Linked
    title: Linked
    severity: str
    state: str
    components: list[object]
    opened: object
    owner: object


@dataclass(frozen=True, slots=True)
class PatternRow:
    """A pattern in a list."""

    title: Linked
    summary: Prose
    issues: list[Linked]


@dataclass(frozen=True, slots=True)
class IssueOfPattern:
    """An issue that a pattern causes."""

    link: Linked
    state: str
    certainty: str


class _Index:
    """What leads back: the issues that name an issue or a pattern, the findings of a record. Made once a book."""

    def __init__(self, book: Book, findings: Iterable[Finding]) -> None:
        self.named_by: dict[str, list[tuple[str, Tie, Prose | None]]] = defaultdict(list)
        self.shown_by: dict[str, list[tuple[Entry, Certainty]]] = defaultdict(list)
        self.findings: dict[str, list[Finding]] = defaultdict(list)
        for entry in book.issues.values():
            for tie in entry.issue.relations:
                if tie.to != entry.id:
                    self.named_by[tie.to].append((entry.id, tie.kind, tie.why))
            for pattern, state in {str(c.pattern): c.state for c in entry.issue.causes if c.pattern}.items():
                self.shown_by[pattern].append((entry, state))
        for finding in findings:
            self.findings[finding.file.partition("/")[0]].append(finding)


def pages(book: Book, findings: Sequence[Finding]) -> Iterator[Page]:
    """Every page that is made from the book."""
    index = _Index(book, findings)
    yield Page(HOME, book.catalog.title, "pages/home.md.j2", partial(_home, book, findings, index), HOME)
    yield Page(ISSUES, "Issues", "pages/issues.md.j2", partial(_issues, book), ISSUES)
    yield Page(PATTERNS, "Patterns", "pages/patterns.md.j2", partial(_patterns, book, index), PATTERNS)
    for entry in book.issues.values():
        title = f"{entry.id} · {entry.issue.title}"
        view, lookup = partial(_issue, book, entry, index), partial(_figure, Case(book, entry))
        yield Page(issue_path(entry.id), title, "pages/issue.md.j2", view, ISSUES, lookup)
    for name, pattern in book.patterns.items():
        view = partial(_pattern, book, name, pattern, index)
        yield Page(pattern_path(name), pattern.title, "pages/pattern.md.j2", view, PATTERNS)


# ── views ────────────────────────────────────────────────────────────────────────────────────────────


def _home(book: Book, findings: Sequence[Finding], index: _Index) -> Mapping[str, object]:
    see = See(book, HOME)
    rows = _rows(book, see)
    return {
        "see": see,
        "title": book.catalog.title,
        "summary": book.catalog.summary,
        "lead": _lead(book),
        "rows": rows[:ON_HOME],
        "more": len(rows) > ON_HOME,
        "unread": book.unread_issues,
        "all_issues": Linked("the list of issues", see.page(ISSUES)),
        "patterns": _pattern_rows(book, index, see),
        "findings": [_finding(finding, see) for finding in findings[:FINDINGS_ON_HOME]],
        "number_of_findings": len(findings),
    }


def _issues(book: Book) -> Mapping[str, object]:
    see = See(book, ISSUES)
    return {
        "see": see,
        "lead": _lead(book),
        "rows": _rows(book, see),
        "unread": book.unread_issues,
    }


def _patterns(book: Book, index: _Index) -> Mapping[str, object]:
    see = See(book, PATTERNS)
    return {"see": see, "patterns": _pattern_rows(book, index, see)}


def _issue(book: Book, entry: Entry, index: _Index) -> Mapping[str, object]:
    see = See(book, issue_path(entry.id), entry)
    findings = [_finding(finding, see) for finding in index.findings.get(entry.id, [])]
    return issue_view(book, entry, see, findings, index.named_by.get(entry.id, []))


def _pattern(book: Book, name: str, pattern: Pattern, index: _Index) -> Mapping[str, object]:
    work = pattern.playbook
    see = See(book, pattern_path(name), work=work)
    shown_by = sorted(index.shown_by.get(name, []), key=lambda item: natural(item[0].id))
    return {
        "see": see,
        "id": name,
        "pattern": pattern,
        "issues": [
            IssueOfPattern(
                see.issue(entry.id, f"{entry.id} · {entry.issue.title}"),
                state_of(entry.issue),
                f"cause {certainty.value.replace('-', ' ')}",
            )
            for entry, certainty in shown_by
        ],
        **work_view(work or Work(), see),
        "work": work,
    }


def _figure(case: Case, name: str) -> str | None:
    """The value of a fact as it stands in a sentence; None where there is no such fact."""
    try:
        ref = FactRef.parse(name)
        fact = case.fact(ref) if case.knows(ref.name) else None
    except (ValueError, UnknownFactError):
        return None
    if fact is None:
        return None
    return f"{fact.value:,}" if isinstance(fact.value, int) else str(fact)  # the sentence says what is counted


# ── parts of views ───────────────────────────────────────────────────────────────────────────────────


def _lead(book: Book) -> str:
    """How many issues there are, in a sentence."""
    closed = sum(entry.issue.closed is not None for entry in book.issues.values())
    number = len(book.issues)
    if closed:
        return f"{number - closed:,} open, {closed:,} closed."
    return f"{number:,} issues, all open." if number > 1 else "One issue, open."


def _rows(book: Book, see: See) -> list[IssueRow]:
    """The issues: open before closed, the more severe first."""
    severities = list(Severity)
    entries = sorted(
        book.issues.values(),
        key=lambda e: (e.issue.closed is not None, severities.index(e.issue.severity), natural(e.id)),
    )
    return [
        IssueRow(
            id=see.issue(entry.id),
            title=see.issue(entry.id, entry.issue.title),
            severity=entry.issue.severity.value,
            state=state_of(entry.issue),
            components=_list(see(entry.issue.components)),
            opened=entry.issue.opened,
            owner=see(entry.issue.owner) if entry.issue.owner else "",
        )
        for entry in entries
    ]


def _pattern_rows(book: Book, index: _Index, see: See) -> list[PatternRow]:
    return [
        PatternRow(
            title=see.pattern(name),
            summary=pattern.summary,
            issues=[see.issue(e.id) for e, _ in sorted(index.shown_by.get(name, []), key=lambda i: natural(i[0].id))],
        )
        for name, pattern in sorted(book.patterns.items(), key=lambda item: item[1].title)
    ]


def _finding(finding: Finding, see: See) -> FindingView:
    place = see.file(finding.file, finding.line)
    return FindingView(place, finding.code, finding.says, finding.do, finding.accepted)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
