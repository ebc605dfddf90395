"""Figures: the facts that a report states, each asked for once and numbered, so that its source can be shown."""

from __future__ import annotations

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.fact import Fact, UnknownFactError, Value
from triagebook.facts.registry import DEFINITIONS
from triagebook.markdown import Computed
from triagebook.model.evidence import Grade
from triagebook.model.values import FactRef


class Figure(Struct, frozen=True):
    """One computed value in a report."""

    fact: Fact
    number: int  # its place among the facts of the report
    says: str  # what it is, in words
    documents: tuple[str, ...] = ()  # what vouches for it, where that is no more than a document
    file: str = ""  # the record that holds what it counts, also where there is nothing to count

    @property
    def bare(self) -> str:
        return self.fact.bare

    def __str__(self) -> str:
        return str(self.fact)


class Figures:
    """What a report asks of the facts, in the order in which it does."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._made: dict[FactRef, Figure] = {}

    @property
    def used(self) -> tuple[Figure, ...]:
        return tuple(self._made.values())

    def of(self, ref: FactRef) -> Figure:
        """A fact as a figure, also where it is unknown."""
        if ref not in self._made:
            self._made[ref] = self._make(self.case.fact(ref))
        return self._made[ref]

    def known(self, name: str, **filters: str) -> Figure | None:
        """A fact by name and filters, if something is known of it."""
        ref = FactRef(name, tuple(sorted(filters.items())))
        return self.of(ref) if self._value(ref) is not None else None

    def some(self, name: str, **filters: str) -> Figure | None:
        """The same where it is not nothing."""
        ref = FactRef(name, tuple(sorted(filters.items())))
        return self.of(ref) if self._value(ref) else None

    def _value(self, ref: FactRef) -> Value:
        try:
            return self.case.fact(ref).value
        except UnknownFactError:  # nothing has that kind, suite or phase
            return None

    def named(self, name: str) -> Figure | None:
        """The fact that a text names, if there is one."""
        try:
            ref = FactRef.parse(name)
            return self.of(ref) if self.case.knows(ref.name) else None
        except (ValueError, UnknownFactError):
            return None

    def lookup(self, name: str) -> str | None:
        """The value of a fact that prose names, marked as a figure of the report."""
        figure = self.named(name)
        return Computed(figure.bare, figure.number) if figure else None

    def _make(self, fact: Fact) -> Figure:
        definition = DEFINITIONS.get(fact.ref.name)
        says = definition.summary if definition else "Measured value"
        documents: dict[str, None] = {}
        if fact.grade is Grade.TRANSCRIBED:
            files = {origin.file for origin in fact.origins}
            for name, record in self.case.entry.evidence.items():
                if self.case.evidence_file(name) in files:
                    documents |= {source.document: None for source in record.from_}
        of_locations = fact.ref.name.startswith("affected.") and self.case.entry.affected is not None
        file = f"{self.case.entry.id}/affected.yaml" if of_locations else self.case.file
        return Figure(fact, len(self._made), says, tuple(documents), file)
