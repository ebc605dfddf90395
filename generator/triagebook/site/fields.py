"""The short answers of a record, a line each: whose it is, where it lives, since when."""

from __future__ import annotations

from msgspec import Struct

from triagebook.book import Book
from triagebook.markdown import Linked
from triagebook.model.issue import Issue

from .see import See


class Field(Struct, frozen=True):
    """One line of what the record says."""

    label: str
    says: list[object]


def state_of(issue: Issue) -> str:
    """Open or closed, in a word; closed as what."""
    return f"closed as {issue.closed.as_.value.replace('-', ' ')}" if issue.closed else "open"


def fields(book: Book, issue: Issue, see: See) -> list[Field]:
    """What the record says of the whole issue."""
    required = list(dict.fromkeys([*book.catalog.required, *issue.environments.prove]))
    named: list[tuple[str, object]] = [
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
        named += [
            ("Reported by", people.reported),
            ("Prepared by", people.prepared),
            ("Review required of", people.review),
            ("Reviewed by", people.reviewed),
        ]
    return [Field(label, _listed(see(value))) for label, value in named if value not in (None, (), [])]


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
