"""The directed relations between issues: cycles, and chains of duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from triagebook.book import Book, Entry
from triagebook.findings import Field
from triagebook.model.defect import Tie
from triagebook.model.issue import Ending

# The relations that must not form a cycle, each with its inverse.
_ONWARD = {Tie.PARENT: Tie.CHILD, Tie.BLOCKS: Tie.BLOCKED_BY, Tie.CAUSED_BY: Tie.CAUSES, Tie.DUPLICATE_OF: None}
_Place: TypeAlias = "tuple[str, Field]"
_Edges: TypeAlias = dict[str, dict[str, _Place]]  # from, to: the file and field that record it


class Cycle(Struct, frozen=True):
    """A cycle of issues by one kind of relation, starting at the newest; `place` is where that one records it."""

    kind: Tie
    ids: tuple[str, ...]
    place: _Place


class Cycles:
    """The cycles of a book, by the newest issue in each."""

    def __init__(self, book: Book) -> None:
        self._at: dict[str, list[Cycle]] = {}
        for kind, back in _ONWARD.items():
            edges = _edges(book, kind, back)
            for ids in _cycles_in(edges):
                start = ids.index(max(ids, key=lambda each: age(book, each)))
                turned = (*ids[start:], *ids[:start])
                cycle = Cycle(kind, turned, edges[turned[0]][turned[1]])
                self._at.setdefault(turned[0], []).append(cycle)

    def reported_at(self, issue_id: str) -> list[Cycle]:
        return self._at.get(issue_id, [])


def age(book: Book, issue_id: str) -> tuple[object, ...]:
    """Sort key: oldest issue first, then by id."""
    entry = book.issues.get(issue_id)
    return (entry is None, entry.issue.opened.isoformat() if entry else "", len(issue_id), issue_id)


def named_originals(entry: Entry) -> Iterator[tuple[Field, str]]:
    """The issues that this one names as its original, each with the field."""
    for index, relation in enumerate(entry.issue.relations):
        if relation.kind is Tie.DUPLICATE_OF and relation.to != entry.id:
            yield ("relations", index, "to"), str(relation.to)
    closed = entry.issue.closed
    if closed and closed.as_ is Ending.DUPLICATE:
        for index, into in enumerate(closed.into):
            if into != entry.id:
                yield ("closed", "into", index), str(into)


def end_of_chain(book: Book, issue_id: str) -> str | None:
    """The original at the end of a chain of duplicates; None if the chain is a cycle or splits."""
    visited = {issue_id}
    while entry := book.issues.get(issue_id):
        originals = {to for _, to in named_originals(entry)}
        if not originals:
            break
        if len(originals) > 1 or originals & visited:
            return None
        issue_id = originals.pop()
        visited.add(issue_id)
    return issue_id


def _edges(book: Book, kind: Tie, back: Tie | None) -> _Edges:
    """The relations of one kind. The issue's own record takes precedence over the inverse: its place is reported."""
    edges: _Edges = {}
    said = [*_said(book, kind), *((to, start, place) for start, to, place in _said(book, back))]
    for start, to, place in said:
        if start != to:
            edges.setdefault(start, {}).setdefault(to, place)
    return edges


def _said(book: Book, kind: Tie | None) -> Iterator[tuple[str, str, _Place]]:
    for entry in book.issues.values():
        file = f"{entry.id}/issue.yaml"
        if kind is Tie.DUPLICATE_OF:
            for field, to in named_originals(entry):
                yield entry.id, to, (file, field)
        else:
            for index, relation in enumerate(entry.issue.relations):
                if relation.kind is kind:
                    yield entry.id, str(relation.to), (file, ("relations", index))


def _cycles_in(edges: _Edges) -> Iterator[list[str]]:
    """At least one cycle of each connected group; the others are found once that one is removed."""
    onward = _that_go_on(edges)
    visited: set[str] = set()
    for start in sorted(onward):
        path: dict[str, int] = {}
        here = start
        while here not in visited and here not in path:
            path[here] = len(path)
            here = onward[here]
        if here in path:
            yield list(path)[path[here] :]
        visited |= path.keys()


def _that_go_on(edges: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """For each issue that leads into a cycle, the next issue on the way."""
    before: dict[str, list[str]] = {}
    for start, ends in edges.items():
        for end in ends:
            before.setdefault(end, []).append(start)
    left = {start: len(ends) for start, ends in edges.items()}
    ended = [end for end in before if end not in edges]
    gone = set(ended)
    while ended:
        for start in before.get(ended.pop(), ()):
            left[start] -= 1
            if left[start] == 0:
                gone.add(start)
                ended.append(start)
    return {start: min(end for end in ends if end not in gone) for start, ends in edges.items() if start not in gone}
