"""Figures: the facts that a document states, each numbered so that the reader can look up its source."""

from __future__ import annotations

from triagebook.facts.base.fact import Fact, UnknownFactError, Value
from triagebook.facts.case import Case
from triagebook.facts.issue_facts import DEFINITIONS
from triagebook.markdown import ComputedText
from triagebook.model.evidence import Grade
from triagebook.model.values import FactRef


class Figure:
    """A computed value in a document.

    It is no Struct, so that it has a JSON form of its own.
    """

    __slots__ = ("documents", "fact", "file", "number", "says")

    def __init__(self, fact: Fact, number: int, says: str, documents: tuple[str, ...] = (), file: str = "") -> None:
        self.fact = fact
        self.number = number  # its place among the figures of the document
        self.says = says  # what it counts or measures, in words
        self.documents = documents  # the documents it was typed from, if no machine or person vouches for it
        self.file = file  # the record that holds what it counts, even if it counts nothing there

    @property
    def bare(self) -> str:
        return self.fact.bare

    def __str__(self) -> str:
        return str(self.fact)


class Figures:
    """The figures of one document on one issue. Each fact becomes one figure, numbered in the order of first use."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._made: dict[FactRef, Figure] = {}

    def copy(self) -> Figures:
        """The same figures, for a document that will state others besides."""
        copied = Figures(self.case)
        copied._made |= self._made
        return copied

    @property
    def used(self) -> tuple[Figure, ...]:
        return tuple(self._made.values())

    def of(self, ref: FactRef) -> Figure:
        """The figure of a fact, known or unknown."""
        if ref not in self._made:
            self._made[ref] = self._make(self.case.fact(ref))
        return self._made[ref]

    def known(self, name: str, **filters: str) -> Figure | None:
        """The figure of a fact, or None if its value is unknown."""
        ref = FactRef(name, tuple(sorted(filters.items())))
        return self.of(ref) if self._value(ref) is not None else None

    def some(self, name: str, **filters: str) -> Figure | None:
        """The figure of a fact, or None if its value is unknown or zero."""
        ref = FactRef(name, tuple(sorted(filters.items())))
        return self.of(ref) if self._value(ref) else None

    def _value(self, ref: FactRef) -> Value:
        try:
            return self.case.fact(ref).value
        except UnknownFactError:  # no file category, suite or phase has that name
            return None

    def named(self, name: str) -> Figure | None:
        """The figure that a name in prose refers to, or None."""
        try:
            ref = FactRef.parse(name)
            return self.of(ref) if ref.name in self.case.facts.names else None
        except (ValueError, UnknownFactError):
            return None

    def lookup(self, name: str) -> str | None:
        """The value for a name in prose, marked as a figure of the document."""
        figure = self.named(name)
        return ComputedText(figure.bare, figure.number) if figure else None

    def text(self, name: str) -> str | None:
        """The value for a name in prose, as plain text."""
        figure = self.named(name)
        return figure.bare if figure else None

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
