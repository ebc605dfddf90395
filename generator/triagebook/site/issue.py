"""What the page of one issue shows: the record's own words, with names and links for all that it refers to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from triagebook.book import Book, Entry
from triagebook.markdown import Linked
from triagebook.model.base import Prose
from triagebook.model.defect import Tie
from triagebook.model.evidence import Evidence, Grade, Held, Result, TestRun
from triagebook.model.issue import Document, Issue
from triagebook.model.work import Expectation, Suite, Test, Work

from .affected import affected_view
from .see import See

# What ties an issue to another one, said of this one; and where the other one names the tie.
_TIES = {
    Tie.SAME_CAUSE: ("Has the same cause as", "Has the same cause as"),
    Tie.DUPLICATE_OF: ("Is a duplicate of", "Has a duplicate in"),
    Tie.PARENT: ("Is a part of", "Has a part in"),
    Tie.CHILD: ("Has a part in", "Is a part of"),
    Tie.BLOCKS: ("Blocks", "Is blocked by"),
    Tie.BLOCKED_BY: ("Is blocked by", "Blocks"),
    Tie.CAUSED_BY: ("Was caused by", "Causes"),
    Tie.CAUSES: ("Causes", "Was caused by"),
    Tie.REGRESSION_OF: ("Is a regression of", "Came back as"),
    Tie.RELATED: ("Is related to", "Is related to"),
}

_KINDS = {"tests": "A run of tests", "command": "The output of a command", "value": "A measured value"}


@dataclass(frozen=True, slots=True)
class Field:
    """One line of what the record says."""

    label: str
    says: list[object]


@dataclass(frozen=True, slots=True)
class RelationView:
    """A tie to another issue, recorded by this one, the other one or both."""

    says: str
    issue: Linked
    why: Prose | None


@dataclass(frozen=True, slots=True)
class TestView:
    """A test, with what it has from its suite."""

    name: str
    record: Test
    before: Expectation | None
    after: Expectation | None

    @property
    def more(self) -> bool:
        """Is there something to say of it that the table does not?"""
        record = self.record
        return bool(record.was or record.markers or record.flaky or record.note or record.from_)


@dataclass(frozen=True, slots=True)
class SuiteView:
    """A suite with its tests."""

    id: str
    title: str
    record: Suite
    tests: list[TestView]


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One thing that was seen."""

    name: str
    kind: str
    record: Evidence
    totals: list[str]
    files: list[object]
    says: str  # what vouches for the results, where it is no more than a document
    results: list[tuple[str, Result]]
    expected: list[tuple[str, Held]]

    @property
    def timed(self) -> bool:
        return any(result.seconds for _, result in self.results)

    @property
    def remarked(self) -> bool:
        return any(result.error or result.note or result.from_ for _, result in self.results)


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document about the issue."""

    name: str
    title: Linked
    record: Document


def issue_view(
    book: Book, entry: Entry, see: See, findings: Collection[object], named_by: Iterable[tuple[str, Tie, Prose | None]]
) -> Mapping[str, object]:
    """What the template of an issue's page sees."""
    issue = entry.issue
    return {
        "see": see,
        "id": entry.id,
        "issue": issue,
        "state": state_of(issue),
        "components": see(issue.components),
        "findings": findings,
        "facts": _fields(book, issue, see),
        "affected": affected_view(book, entry.affected, see) if entry.affected else None,
        "relations": _relations(entry, see, named_by),
        "fix": issue.fix,
        "evidence": _evidence(entry),
        "claims": issue.claims,
        "documents": [
            DocumentView(name, Linked(document.title, document.url), document)
            for name, document in issue.documents.items()
        ],
        **work_view(issue, see),
    }


def work_view(work: Work, see: See) -> Mapping[str, object]:
    """What the templates of tests and plan see: of an issue, or of a playbook."""
    return {
        "work": work,
        "suites": [_suite(suite_id, suite) for suite_id, suite in work.suites.items()],
        "deployments": [
            (getattr(see.book.catalog.environments.get(place), "title", place), deployment)
            for place, deployment in work.deployment.items()
        ],
    }


def state_of(issue: Issue) -> str:
    """Open or closed, in a word; closed as what."""
    return f"closed as {issue.closed.as_.value.replace('-', ' ')}" if issue.closed else "open"


# ── fields ───────────────────────────────────────────────────────────────────────────────────────────


def _fields(book: Book, issue: Issue, see: See) -> list[Field]:
    required = list(dict.fromkeys([*book.catalog.required, *issue.environments.prove]))
    fields: list[tuple[str, object]] = [
        ("State", _state(issue, see)),
        ("Severity", issue.severity.value),
        ("Priority", issue.priority),
        ("Owner", issue.owner or "nobody is named"),
        ("Due", issue.due),
        ("Components", issue.components),
        ("Seen in", issue.environments.seen),
        ("To be proven in", required),
        ("Source code", _source(issue, see)),
        ("Introduced", _introduced(issue, see)),
        ("Labels", issue.labels),
        ("Links", issue.links),
    ]
    if issue.people:
        people = issue.people
        fields += [
            ("Reported by", people.reported),
            ("Prepared by", people.prepared),
            ("Review required of", people.review),
            ("Reviewed by", people.reviewed),
        ]
    return [Field(label, _listed(see(value))) for label, value in fields if value not in (None, (), [])]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _state(issue: Issue, see: See) -> list[object]:
    closed = issue.closed
    if closed is None:
        return [f"open since {issue.opened}"]
    words = f"{state_of(issue)} on {closed.on}"
    if closed.by:
        words += f" by {see.name(closed.by).text}"
    return [
        f"opened on {issue.opened}",
        words,
        *([closed.why] if closed.why else []),
        *(Linked(f"goes on in {other}", see.issue(other).target) for other in closed.into),
    ]


def _source(issue: Issue, see: See) -> list[object]:
    return [see.name(issue.source.repository), see.commit(issue.source.commit)] if issue.source else []


def _introduced(issue: Issue, see: See) -> list[object]:
    brought = issue.introduced
    if brought is None:
        return []
    parts: list[object] = [brought.on, brought.commit and see.commit(brought.commit), brought.by]
    return [part for part in parts if part]


# ── relations ────────────────────────────────────────────────────────────────────────────────────────


def _relations(entry: Entry, see: See, named_by: Iterable[tuple[str, Tie, Prose | None]]) -> list[RelationView]:
    """The ties of an issue; one that both sides record is told once."""
    told = [(_TIES[tie.kind][0], str(tie.to), tie.why) for tie in entry.issue.relations]
    known = {(says, other) for says, other, _ in told}
    told += [(_TIES[kind][1], other, why) for other, kind, why in named_by if (_TIES[kind][1], other) not in known]
    return [RelationView(says, _issue_with_title(other, see), why) for says, other, why in told]


def _issue_with_title(issue_id: str, see: See) -> Linked:
    entry = see.book.issues.get(issue_id)
    return see.issue(issue_id, f"{issue_id} · {entry.issue.title}" if entry else "")


# ── tests and evidence ───────────────────────────────────────────────────────────────────────────────


def _suite(suite_id: str, suite: Suite) -> SuiteView:
    tests = [
        TestView(name, test, test.before or suite.before, test.after or suite.after)
        for name, test in suite.tests.items()
    ]
    return SuiteView(suite_id, suite.title or suite_id, suite, tests)


def _evidence(entry: Entry) -> list[EvidenceView]:
    """The evidence, the newest first."""
    newest = sorted(entry.evidence.items(), key=lambda item: (str(item[1].at), item[0]), reverse=True)
    return [_seen(name, record) for name, record in newest]


def _seen(name: str, record: Evidence) -> EvidenceView:
    run = record if isinstance(record, TestRun) else None
    totals = run.totals.model_dump(exclude_none=True) if run and run.totals else {}
    return EvidenceView(
        name=name,
        kind=_KINDS.get(getattr(record, "kind", ""), "An observation"),
        record=record,
        totals=[f"{value} {label}" if label != "seconds" else str(value) for label, value in totals.items()],
        files=[Linked(f"{path} {digest}", code=True) for path, digest in record.code.items()],
        says=_hearsay(record),
        results=list(run.results.items()) if run else [],
        expected=list(run.expected.items()) if run else [],
    )


def _hearsay(record: Evidence) -> str:
    """What a result that was typed from a document must be shown with: it proves nothing."""
    if record.grade is not Grade.TRANSCRIBED:
        return ""
    documents = dict.fromkeys(ref.document for ref in record.from_)
    return f"says {' and '.join(documents)}" if documents else "says a document that is not named"
