"""The head of an issue: its title and the main fields of its record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.ledger.grading import moment
from triagebook.model.base import Line
from triagebook.model.issue import Issue


class HeadField(Struct, frozen=True):
    """A line of the head. Its values are references of the record, dates and words; the consumer links them."""

    label: str
    values: tuple[object, ...]
    brief: bool = False  # whether a summary shows it too


class Head(Struct, frozen=True):
    """What every report says first about its issue."""

    title: str  # of the kind of report
    id: str
    issue: Line
    severity: str
    as_of: date | None  # the day on which the report is true
    fields: tuple[HeadField, ...]


def head(case: Case, title: str) -> Head:
    issue = case.issue
    return Head(title, case.entry.id, issue.title, issue.severity.value, case.as_of, fields(case))


def fields(case: Case) -> tuple[HeadField, ...]:
    """The fields of the record that matter to every reader, without those that are empty."""
    given = ((label, tuple(each for each in values if each is not None), brief) for label, values, brief in _all(case))
    return tuple(HeadField(label, values, brief) for label, values, brief in given if values)


def _all(case: Case) -> Iterator[tuple[str, tuple[object, ...], bool]]:
    issue, people, closed = case.issue, case.issue.people, case.issue.closed
    priority = f"priority {issue.priority}" if issue.priority is not None else None
    yield "Severity", (issue.severity.value, priority), True
    yield "Kind", (issue.kind.value.replace("-", " ") if issue.kind else None,), False
    yield "State", tuple(_state(issue)), True
    yield "Continues in", closed.into if closed else (), True
    yield "Owner", (issue.owner or "nobody is named",), False
    yield "Due", (issue.due,), True
    yield "Components", issue.components, True
    yield "Seen in", issue.environments.seen, False
    yield "To be proven in", tuple(_required(case)), True
    yield "Source code", (issue.source.repository, issue.source.commit) if issue.source else (), False
    introduced = issue.introduced
    yield "Introduced", (introduced.on, introduced.commit, introduced.by) if introduced else (), False
    yield "Labels", issue.labels, False
    yield "Links", issue.links, False
    yield "Reported by", people.reported if people else (), False
    yield "Prepared by", people.prepared if people else (), False
    yield "Review required of", people.review if people else (), False
    yield "Reviewed by", people.reviewed if people else (), False
    evidence = case.entry.evidence.values()
    yield "Newest evidence", (max(map(moment, evidence)).date(),) if evidence else (), False


def _state(issue: Issue) -> Iterator[object]:
    closed = issue.closed
    if closed is None:
        yield f"open since {issue.opened}"
        return
    yield f"opened on {issue.opened}"
    yield f"{issue.state} on {closed.on}"
    yield closed.by
    yield closed.why


def _required(case: Case) -> Iterator[object]:
    """The required environments as references, the record's own before the catalog's."""
    named = {str(ref): ref for ref in (*case.issue.environments.prove, *case.book.catalog.required)}
    return (named[name] for name in case.ledger.required_environments)
