"""A book under examination: its issues, and what follows from all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from triagebook.code.state import UNKNOWN, Sources, of_issue

from .book_facts import DEFINITIONS
from .case import Case
from .fact import Fact, UnknownFactError

if TYPE_CHECKING:
    from datetime import date

    from triagebook.book import Book, Entry
    from triagebook.model.values import FactRef


class Study:
    """All issues of a book, seen at one state of the source code, on one day; nothing is computed twice."""

    def __init__(
        self, book: Book, source: Sources = UNKNOWN, as_of: date | None = None, last: Study | None = None
    ) -> None:
        """What follows from an issue is not computed again where `last` has the same issue at the same state."""
        self.book = book
        self._last = last
        self.source = source
        self.as_of = as_of
        self._facts: dict[FactRef, Fact] = {}

    @cached_property
    def cases(self) -> Mapping[str, Case]:
        """The issues by id; each computes what it is asked for."""
        known, self._last = self._last.cases if self._last else {}, None
        cases = {name: self._case(entry, known.get(name)) for name, entry in self.book.issues.items()}
        return MappingProxyType(cases)

    def _case(self, entry: Entry, known: Case | None) -> Case:
        case = Case(self.book, entry, of_issue(self.source, entry.id), self.as_of)
        return known.within(self.book) if known and known.rests_on_the_same(case) else case

    @property
    def open(self) -> list[Case]:
        return [case for case in self.cases.values() if case.issue.closed is None]

    def fact(self, ref: FactRef) -> Fact:
        """A fact of the whole book by its name."""
        if ref not in self._facts:
            definition = DEFINITIONS.get(ref.name)
            if definition is None:
                raise UnknownFactError(f"there is no fact `{ref.name}` of a whole book")
            unknown = [key for key, _ in ref.filters if key not in definition.filters]
            if unknown:
                known = ", ".join(definition.filters) or "no filter"
                raise UnknownFactError(f"`{ref.name}` has no filter `{unknown[0]}`; it takes {known}")
            found = definition.compute(self, **dict(ref.filters))
            unit = definition.unit
            self._facts[ref] = Fact(ref, found.value, unit, found.origins, found.grade, found.why_unknown)
        return self._facts[ref]

    @property
    def fact_names(self) -> frozenset[str]:
        return frozenset(DEFINITIONS)

    def knows(self, name: str) -> bool:
        return name in DEFINITIONS
