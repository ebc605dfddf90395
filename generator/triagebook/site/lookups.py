"""What is looked up while something is made, beyond the records that it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from triagebook.book import Entry

ALL = "*"  # stands for all issues, where somebody went through them; no id


class Lookups(Struct):
    """Issues by their ids, and pages of the whole book by their paths; also those that there are not."""

    issues: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)

    def taken(self) -> Lookups:
        """What was looked up since this was asked last."""
        found = Lookups(set(self.issues), set(self.pages))
        self.issues.clear()
        self.pages.clear()
        return found


class TrackedIssues(Mapping[str, Entry]):
    """The issues of a book, which note who is asked for."""

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
