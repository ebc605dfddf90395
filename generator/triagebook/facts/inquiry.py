"""An inquiry: one book, evaluated at one state of the source code on one day. Only inquiries create cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType

from triagebook.book import Book, Entry
from triagebook.code.state import UNKNOWN, Sources, SourceState, described, of_issue
from triagebook.model.values import FactRef

from .base.fact import Fact, UnknownFactError
from .book_facts import DEFINITIONS
from .case import Case


class Inquiry:
    """All issues of a book; nothing is computed twice, nor again where `last` has the same case."""

    def __init__(
        self, book: Book, state: Sources = UNKNOWN, day: date | None = None, last: Inquiry | None = None
    ) -> None:
        self.book = book
        self.state = state
        self.day = day
        self._last = last
        self._facts: dict[FactRef, Fact] = {}

    def case(self, issue_id: str) -> Case:
        return self.cases[issue_id]

    @cached_property
    def cases(self) -> Mapping[str, Case]:
        """The cases by the id of their issue; each computes what it is asked for."""
        known, self._last = self._last.cases if self._last else {}, None
        cases = {name: self._case(entry, known.get(name)) for name, entry in self.book.issues.items()}
        return MappingProxyType(cases)

    def _case(self, entry: Entry, known: Case | None) -> Case:
        case = Case(self.book, entry, of_issue(self.state, entry.id), self.day)
        return known.moved_to(self.book) if known and known.has_same_inputs(case) else case

    def each(self, names: Iterable[str]) -> Iterator[Case]:
        """The cases of some issues, one after the other: a large book has no room for all."""
        return (self._case(self.book.issues[name], None) for name in names if name in self.book.issues)

    @cached_property
    def source(self) -> str:
        """One sentence that says which source code the book was compared with."""
        return described([self.state] if isinstance(self.state, SourceState) else self.state.values())

    @property
    def open(self) -> list[Case]:
        return [case for case in self.cases.values() if case.issue.closed is None]

    def fact(self, ref: FactRef) -> Fact:
        """A fact of the whole book by its name."""
        if ref not in self._facts:
            definition = DEFINITIONS.get(ref.name)
            if definition is None:
                raise UnknownFactError(f"there is no fact `{ref.name}` of a whole book")
            definition.refuse_unknown_filters(ref)
            self._facts[ref] = definition.of(self, ref)
        return self._facts[ref]

    @property
    def names(self) -> frozenset[str]:
        """The names of the facts of a book."""
        return frozenset(DEFINITIONS)
