"""Records which issues and pages are looked up while an output is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from triagebook.book import Entry

ALL = "*"  # all issues, if they were iterated over; no issue has this id


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


class TrackedIssues(Mapping[str, Entry]):
    """The issues of a book; each access is recorded."""

    def __init__(self, entries: Mapping[str, Entry], noted: set[str]) -> None:
        self._entries = entries
        self._noted = noted

    def __getitem__(self, issue_id: str) -> Entry:
        self._noted.add(issue_id)
        return self._entries[issue_id]

    def __iter__(self) -> Iterator[str]:
        self._noted.add(ALL)
        return iter(self._entries)

    def __len__(self) -> int:
        self._noted.add(ALL)
        return len(self._entries)
