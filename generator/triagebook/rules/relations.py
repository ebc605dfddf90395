"""TB6xx: relations between issues, possible duplicates, and unused records."""

from __future__ import annotations

from collections.abc import Iterator

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.findings import Edit, Finding, Level
from triagebook.model.base import Ref
from triagebook.model.defect import Tie
from triagebook.model.scalars import values

from .base import Rule
from .relation_graph import cycles, end_of_chain, overlaps

# Environments, categories and segments are vocabularies, which need not be used up.
ORPHANS = {"component": "components", "revenue stream": "streams", "repository": "repositories", "person": "people"}


class OneSidedRelation(Rule, code="TB601", severity=Level.WARNING):
    """A relation is recorded in only one of the two issues."""

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        for own, outline in book.outlines.items():
            for index, tie in enumerate(outline.ties):
                other, back = book.outlines.get(tie.to), Tie(tie.kind).back
                if other is None or back is None or tie.to == own:
                    continue
                answers = {Tie(answer.kind) for answer in other.ties if answer.to == own}
                ties = {Tie(one.kind) for one in outline.ties if one.to == tie.to}
                if back in answers or (back is Tie.RELATED and (answers or ties != {Tie.RELATED})):
                    continue  # any other relation implies `related`
                says = f"{own} names {other.id} as `{tie.kind}`, but {other.id} does not name {own} as `{back}`"
                edit = Edit(other.file, ("relations",), "append", {"to": own, "kind": back.value})
                yield self.finding(outline.file, ("relations", index), says, "", edit)


class Cycle(Rule, code="TB602"):
    """Issues form a cycle of parents, blockers, causes or duplicates, or an issue has a relation to itself."""

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        return (self.finding(*remark) for remark in cycles(book.outlines))

    def find(self, case: Case) -> Iterator[Finding]:
        own, closed = case.entry.id, case.issue.closed
        for index, relation in enumerate(case.issue.relations):
            if relation.to == own:
                yield self.finding(case.file, ("relations", index), f"{own} names itself as `{relation.kind}`")
        for index, into in enumerate(closed.into if closed else ()):
            if into == own:
                yield self.finding(case.file, ("closed", "into", index), f"{own} is closed into itself")


class DuplicateOfDuplicate(Rule, code="TB604", severity=Level.WARNING):
    """An issue is a duplicate of an issue that is itself a duplicate."""

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        for outline in book.outlines.values():
            for field, to in outline.originals:
                last = end_of_chain(book.outlines, to)
                if last is not None and last not in {to, outline.id}:
                    says = f"{outline.id} is a duplicate of {to}, which is a duplicate of {last}"
                    yield self.finding(outline.file, field, says, "", Edit(outline.file, field, "set", last))


class UndetectedDuplicate(Rule, code="TB606", severity=Level.WARNING):
    """Two issues share a cause, a location, a failure or the words of a title but have no relation."""

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        return (self.finding(*remark) for remark in overlaps(book.outlines))


class Orphan(Rule, code="TB607", severity=Level.NOTE):
    """Nothing refers to a recorded component, revenue stream, repository, person or pattern."""

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        if book.unread:
            return  # unreadable records may refer to it
        named = set(_references(book))
        for kind, key in ORPHANS.items():
            for name in book.names(kind):
                if (kind, name) not in named:
                    yield self.finding("catalog.yaml", (key, name), f"nothing refers to the {kind} `{name}`")
        for name in book.patterns:
            if ("pattern", name) not in named:
                yield self.finding(f"patterns/{name}.yaml", (), f"no issue names the pattern `{name}` as a cause")


def _references(book: Book) -> Iterator[tuple[str, str]]:
    for outline in book.outlines.values():
        yield from outline.names
    for _, _, value in values(book.shared_files()):
        if isinstance(value, Ref):
            yield value.to, str(value)
