"""The short answers of a record, a line each: whose it is, where it lives, since when."""

from __future__ import annotations

from msgspec import Struct

from triagebook.book import Book
from triagebook.markdown import Linked
from triagebook.model.issue import Issue

from .linker import Linker


class IssueField(Struct, frozen=True):
    """One line of what the record says."""

    label: str
    says: list[object]


def state_of(issue: Issue) -> str:
    """Open or closed, in a word; closed as what."""
    return f"closed as {issue.closed.as_.value.replace('-', ' ')}" if issue.closed else "open"


def fields(book: Book, issue: Issue, link: Linker) -> list[IssueField]:
    """What the record says of the whole issue."""
    required = list(dict.fromkeys([*book.catalog.required, *issue.environments.prove]))
    named: list[tuple[str, object]] = [
        ("State", _state(issue, link)),
        ("Severity", issue.severity.value),
        ("Priority", issue.priority),
        ("Owner", issue.owner or "nobody is named"),
        ("Due", issue.due),
        ("Components", issue.components),
        ("Seen in", issue.environments.seen),
        ("To be proven in", required),
        ("Source code", _source(issue, link)),
        ("Introduced", _introduced(issue, link)),
        ("Labels", issue.labels),
        ("Links", issue.links),
    ]
    if issue.people:
        people = issue.people
        named += [
            ("Reported by", people.reported),
            ("Prepared by", people.prepared),
            ("Review required of", people.review),
            ("Reviewed by", people.reviewed),
        ]
    return [IssueField(label, _listed(link(value))) for label, value in named if value not in (None, (), [])]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _state(issue: Issue, link: Linker) -> list[object]:
    closed = issue.closed
    if closed is None:
        return [f"open since {issue.opened}"]
    words = f"{state_of(issue)} on {closed.on}"
    if closed.by:
        words += f" by {link.name(closed.by).text}"
    return [
        f"opened on {issue.opened}",
        words,
        *([closed.why] if closed.why else []),
        *(Linked(f"goes on in {other}", link.issue(other).target) for other in closed.into),
    ]


def _source(issue: Issue, link: Linker) -> list[object]:
    return [link.name(issue.source.repository), link.commit(issue.source.commit)] if issue.source else []


def _introduced(issue: Issue, link: Linker) -> list[object]:
    brought = issue.introduced
    if brought is None:
        return []
    parts: list[object] = [brought.on, brought.commit and link.commit(brought.commit), brought.by]
    return [part for part in parts if part]
