"""The directed relations between issues: cycles, and chains of duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from triagebook.model.defect import Tie
from triagebook.model.issue import Ending

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from triagebook.book import Book, Entry
    from triagebook.findings import Field

# What leads from one issue on to the next, and the same said by the other one.
_ONWARD = {Tie.PARENT: Tie.CHILD, Tie.BLOCKS: Tie.BLOCKED_BY, Tie.CAUSED_BY: Tie.CAUSES, Tie.DUPLICATE_OF: None}
_Place: TypeAlias = "tuple[str, Field]"
_Edges: TypeAlias = dict[str, dict[str, _Place]]  # from, to: the file and field that say so


class Cycle(Struct, frozen=True):
    """Issues that lead to one another by one kind of tie; the newest comes first, and its tie is the place."""

    kind: Tie
    ids: tuple[str, ...]
    place: _Place


class Cycles:
    """Every cycle of a book, by the newest issue in it."""

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
    """The issues that this one says it is a duplicate of, and where it does."""
    for index, relation in enumerate(entry.issue.relations):
        if relation.kind is Tie.DUPLICATE_OF and relation.to != entry.id:
            yield ("relations", index, "to"), str(relation.to)
    closed = entry.issue.closed
    if closed and closed.as_ is Ending.DUPLICATE:
        for index, into in enumerate(closed.into):
            if into != entry.id:
                yield ("closed", "into", index), str(into)


def end_of_chain(book: Book, issue_id: str) -> str | None:
    """The original that a chain of duplicates leads to; None where it leads in a circle, or parts in two."""
    seen = {issue_id}
    while entry := book.issues.get(issue_id):
        originals = {to for _, to in named_originals(entry)}
        if not originals:
            break
        if len(originals) > 1 or originals & seen:
            return None
        issue_id = originals.pop()
        seen.add(issue_id)
    return issue_id


def _edges(book: Book, kind: Tie, back: Tie | None) -> _Edges:
    """Who leads to whom. What an issue says itself comes first: it is the better place to point at."""
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
    """At least one cycle of every knot; the others show once that one is undone."""
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
    """For each issue from which one never comes to an end, the next on the way."""
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
