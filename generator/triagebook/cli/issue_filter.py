"""Filters and sorts issues for `triagebook list`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from triagebook.book import natural
from triagebook.model.base import Path
from triagebook.model.defect import Certainty, Severity
from triagebook.model.scalars import leaves
from triagebook.model.values import Place

from .common import unknown

if TYPE_CHECKING:
    from triagebook.book import Book, Entry

_SEVERITIES = list(Severity)  # the worst first

# The sort keys. An issue without a value comes last.
SORTS: dict[str, Callable[[Entry], Any]] = {
    "id": lambda entry: natural(entry.id),
    "severity": lambda entry: _SEVERITIES.index(entry.issue.severity),
    "state": lambda entry: entry.issue.closed is not None,
    "opened": lambda entry: entry.issue.opened,
    "owner": lambda entry: entry.issue.owner,
    "component": lambda entry: min(entry.issue.components, default=None),
    "title": lambda entry: entry.issue.title.casefold(),
}


def in_order(entries: Iterable[Entry], by: str, *, backwards: bool) -> list[Entry]:
    """Sort issues; equal ones by id, those without a value last."""
    key = SORTS[by]
    by_id = sorted(entries, key=SORTS["id"])
    having = sorted((entry for entry in by_id if key(entry) is not None), key=key, reverse=backwards)
    return [*having, *(entry for entry in by_id if key(entry) is None)]


class IssueFilter(Struct, frozen=True):
    """The filters: any value of one filter is accepted, and all filters must match."""

    state: str | None = None
    severities: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def refuse_unknown(self, book: Book) -> None:
        """Raise an error for the first value that is not in the book."""
        filters = {"component": self.components, "pattern": self.patterns, "person": self.owners}
        for kind, values in filters.items():
            for value in values:
                if value not in (known := book.names(kind)):
                    listed = f"use one of: {', '.join(sorted(known))}" if known else f"the book has no {kind} yet"
                    raise unknown(kind, value, known, listed)

    def takes(self, entry: Entry) -> bool:
        issue = entry.issue
        causes = {cause.pattern for cause in issue.causes if cause.state is not Certainty.RULED_OUT}
        return (
            self.state in {None, "closed" if issue.closed else "open"}
            and (not self.severities or issue.severity in self.severities)
            and (not self.components or not set(self.components).isdisjoint(issue.components))
            and (not self.patterns or not causes.isdisjoint(self.patterns))
            and (not self.owners or issue.owner in self.owners)
            and all(_says(entry, text.casefold()) for text in self.texts)
        )


def _says(entry: Entry, text: str) -> bool:
    return any(text in words.casefold() for words in _words(entry))


def _words(entry: Entry) -> Iterator[str]:
    """The searchable texts of an issue: title, summary, errors and paths."""
    issue = entry.issue
    yield issue.title
    yield issue.summary
    for symptom in issue.symptoms:
        yield symptom.error or symptom.says or ""
    for record in (issue, entry.affected):
        if record is not None:
            yield from (str(value) for _, value in leaves(record) if isinstance(value, Path | Place))
