"""The head of every report: which issue it is about, and what the record says of it in a few words."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from triagebook.facts.weight import moment
from triagebook.model.base import Line
from triagebook.model.issue import Issue

from .ground import Ground


class Field(Struct, frozen=True):
    """One line of what the record says."""

    label: str
    values: tuple[object, ...]


class Head(Struct, frozen=True):
    """What every report says of its issue."""

    title: str  # of the kind of report
    id: str
    issue: Line
    severity: str
    fields: tuple[Field, ...]


def head(ground: Ground, title: str) -> Head:
    issue = ground.issue
    return Head(title, ground.entry.id, issue.title, issue.severity.value, tuple(_fields(ground)))


def _fields(ground: Ground) -> Iterator[Field]:
    issue, case = ground.issue, ground.case
    people = issue.people
    told: list[tuple[str, tuple[object, ...]]] = [
        ("Severity", (issue.severity.value, *([f"priority {issue.priority}"] if issue.priority is not None else []))),
        ("State", tuple(_state(issue))),
        ("Owner", (issue.owner or "nobody is named",)),
        ("Due", (issue.due,)),
        ("Components", issue.components),
        ("Seen in", issue.environments.seen),
        ("To be proven in", tuple(_required(ground))),
        ("Source code", (issue.source.repository, issue.source.commit) if issue.source else ()),
        ("Introduced", (issue.introduced.on, issue.introduced.commit, issue.introduced.by) if issue.introduced else ()),
        ("Labels", issue.labels),
        ("Links", issue.links),
        ("Reported by", people.reported if people else ()),
        ("Prepared by", people.prepared if people else ()),
        ("Review required of", people.review if people else ()),
        ("Reviewed by", people.reviewed if people else ()),
        ("Newest evidence", (max(map(moment, case.entry.evidence.values())).date(),) if case.entry.evidence else ()),
    ]
    for label, values in told:
        if said := tuple(value for value in values if value is not None):
            yield Field(label, said)


def _state(issue: Issue) -> Iterator[object]:
    closed = issue.closed
    yield f"{'opened on' if closed else 'open since'} {issue.opened}"
    if closed:
        yield f"closed as {closed.as_.value.replace('-', ' ')} on {closed.on}"
        if closed.by:
            yield closed.by
        if closed.why:
            yield closed.why
        yield from (f"goes on in {other}" for other in closed.into)


def _required(ground: Ground) -> Iterator[object]:
    """The environments, as references: the record's own, then the catalog's."""
    wanted = ground.case.required_environments
    named = {str(ref): ref for ref in (*ground.issue.environments.prove, *ground.book.catalog.required)}
    return (named[name] for name in wanted)
