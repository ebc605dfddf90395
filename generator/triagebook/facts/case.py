"""A case: one issue with its ledger, facts, criteria, verdict and claims, each computed when first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date
from functools import cached_property
from itertools import chain

from triagebook.book import Book, Entry
from triagebook.code.state import UNKNOWN, SourceState
from triagebook.model.issue import Issue
from triagebook.model.scalars import Value
from triagebook.model.values import FactRef

from .base.fact import Fact
from .base.facts import Facts
from .claims import ClaimState, states_of_claims
from .issue_facts import IssueFacts
from .ledger.ledger import Ledger
from .verdict.criteria import CriterionState, states_of_criteria
from .verdict.verdict import Verdict, verdict_of


class Case:
    """One issue of a book at one state of the source code on one day. Only an Inquiry makes cases."""

    def __init__(self, book: Book, entry: Entry, source: SourceState = UNKNOWN, as_of: date | None = None) -> None:
        self.book = book
        self.entry = entry
        self.source = source
        self.as_of = as_of

    @cached_property
    def ledger(self) -> Ledger:
        prefix = f"{self.entry.id}/evidence/"
        unread = tuple(file for file in self.book.unread_in(self.entry.id) if file.startswith(prefix))
        detector = self.book.detector_of(self.entry)
        return Ledger(self.entry, self.book.catalog, self.source, self.as_of, unread, detector)

    @cached_property
    def base(self) -> Facts:
        return Facts(self.ledger)

    @cached_property
    def criteria(self) -> Mapping[str, CriterionState]:
        return states_of_criteria(self.issue, self.base)

    @cached_property
    def verdict(self) -> Verdict:
        return verdict_of(self.ledger, self.criteria)

    @cached_property
    def facts(self) -> IssueFacts:
        return IssueFacts(lambda: self.base, lambda: self.verdict)

    @cached_property
    def claims(self) -> tuple[ClaimState, ...]:
        return states_of_claims(self.entry, self.facts)

    @property
    def issue(self) -> Issue:
        return self.entry.issue

    @property
    def file(self) -> str:
        return f"{self.entry.id}/issue.yaml"

    @property
    def affected_file(self) -> str:
        return f"{self.entry.id}/affected.yaml"

    def evidence_file(self, name: str) -> str:
        return f"{self.entry.id}/evidence/{name}.yaml"

    def values_of(self, kind: type) -> Iterable[Value]:
        """The scalars of one class and its subclasses."""
        return chain.from_iterable(found for of, found in self._by_class.items() if issubclass(of, kind))

    @cached_property
    def _by_class(self) -> Mapping[type, list[Value]]:
        """Grouped once, as many rules ask for scalars of a few classes."""
        grouped: dict[type, list[Value]] = {}
        for value in self.entry.values:
            grouped.setdefault(type(value[2]), []).append(value)
        return grouped

    def fact(self, ref: FactRef) -> Fact:
        return self.facts.fact(ref)

    def has_same_inputs(self, other: Case) -> bool:
        """Whether both lead to the same results. Of the book only shared records and this issue's files matter."""
        mine, theirs, own = self.book, other.book, self.entry.id
        return (
            self.entry is other.entry
            and (self.source, self.as_of) == (other.source, other.as_of)
            and mine.catalog is theirs.catalog
            and mine.patterns is theirs.patterns
            and mine.unread_in(own) == theirs.unread_in(own)
        )

    def moved_to(self, book: Book) -> Case:
        """The same case in another state of the book, with everything that was computed."""
        case = copy(self)
        case.book = book
        case.__dict__.pop("facts", None)  # its cache belongs to the case before
        return case

    def release(self) -> None:
        """Frees the memory of intermediate results; facts, criteria, verdict and claims stay."""
        for name in ("_by_class", "ledger", "base"):
            self.__dict__.pop(name, None)
