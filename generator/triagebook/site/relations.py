"""The page of relations: which issues are tied to which, as a graph of those that hang together, and in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from triagebook.book import natural
from triagebook.markdown import Linked
from triagebook.model.base import Prose
from triagebook.model.defect import Tie
from triagebook.reports.relations import SAYS

from .charts import FEWEST, Chart
from .page import Page
from .paging import Listing, further
from .see import BOOK, RELATIONS, See
from .shelf import Shelf

MOST_NODES = 30

# Ties that say the same from the other side are told from one.
_TURNED = {Tie.BLOCKED_BY: Tie.BLOCKS, Tie.CAUSED_BY: Tie.CAUSES, Tie.CHILD: Tie.PARENT}
_BOTH_WAYS = frozenset({Tie.SAME_CAUSE, Tie.RELATED})


class Told(Struct, frozen=True):
    """A tie between two issues, told once, whoever records it."""

    first: str
    kind: Tie
    second: str

    @property
    def has_way(self) -> bool:
        return self.kind not in _BOTH_WAYS


Reasoned = tuple[Told, Prose | None]  # a tie, with why it is so


class Node(Struct, frozen=True):
    """An issue in the graph."""

    id: str
    title: str
    closed: bool


class Graph(Chart, frozen=True):
    """Issues and what ties them, those next to each other that are tied."""

    nodes: tuple[Node, ...]
    ties: tuple[Told, ...]

    @property
    def drawn(self) -> bool:
        return len(self.nodes) >= FEWEST


class Row(Struct, frozen=True):
    """A tie in words."""

    first: Linked
    says: str
    second: Linked
    why: Prose | None


def relations_pages(shelf: Shelf) -> Iterator[Page]:
    ties = ties_of(shelf)
    listing = Listing("ties", "Relations", RELATIONS, "relations", list(ties.items()), _rows)
    yield Page(RELATIONS, "Relations", "pages/relations.md.j2", partial(_view, shelf, list(ties), listing), BOOK)
    yield from further(shelf.book, BOOK, listing)


def _view(shelf: Shelf, ties: Sequence[Told], listing: Listing[Reasoned]) -> Mapping[str, object]:
    see = See(shelf.book, RELATIONS)
    chart = graph(shelf, ties)
    charts = {"relations": chart} if chart.drawn else {}
    return {"see": see, "graph": chart, "charts": charts, "ties": listing.part(see)}


def _rows(ties: Sequence[Reasoned], see: See) -> list[Row]:
    return [Row(see.titled(tie.first), SAYS[tie.kind][0].lower(), see.titled(tie.second), why) for tie, why in ties]


def ties_of(shelf: Shelf) -> dict[Told, Prose | None]:
    """Every tie between two issues of the book, with the first reason that is given for it."""
    found: dict[Told, Prose | None] = {}
    for entry in shelf.book.issues.values():
        for relation in entry.issue.relations:
            other = str(relation.to)
            if other in shelf.book.issues and other != entry.id:
                told = _told(entry.id, relation.kind, other)
                found[told] = found.get(told) or relation.why
    return dict(sorted(found.items(), key=lambda item: (natural(item[0].first), natural(item[0].second), item[0].kind)))


def _told(here: str, kind: Tie, other: str) -> Told:
    if kind in _TURNED:
        return Told(other, _TURNED[kind], here)
    first, second = sorted((here, other), key=natural) if kind in _BOTH_WAYS else (here, other)
    return Told(first, kind, second)


def graph(shelf: Shelf, ties: Sequence[Told]) -> Graph:
    """The issues that hang together, the largest groups first, as many as can be looked at."""
    groups = sorted(_groups(ties), key=lambda group: -len(group))
    every = [issue for group in groups for issue in group]
    shown = set(every[:MOST_NODES])
    nodes = tuple(_node(shelf, issue) for issue in every[:MOST_NODES])
    between = tuple(tie for tie in ties if {tie.first, tie.second} <= shown)
    return Graph("Relations of issues", _says(groups, ties), nodes, between)


def _node(shelf: Shelf, issue_id: str) -> Node:
    issue = shelf.book.issues[issue_id].issue
    return Node(issue_id, str(issue.title), issue.closed is not None)


def _says(groups: Sequence[Sequence[str]], ties: Sequence[Told]) -> str:
    issues = sum(map(len, groups))
    several = f" in {len(groups):,} groups, the largest of {len(groups[0]):,}" if len(groups) > 1 else ""
    left_out = f" {MOST_NODES} of them are drawn, the largest groups first." if issues > MOST_NODES else ""
    number = f"{len(ties):,} tie{'' if len(ties) == 1 else 's'}"
    return f"{issues:,} issues with {number} between them{several}.{left_out}"


def _groups(ties: Iterable[Told]) -> Iterator[list[str]]:
    """The issues that are tied to each other, one next to the other, beginning with the one that has the most ties."""
    beside: dict[str, list[str]] = defaultdict(list)
    for tie in ties:
        beside[tie.first].append(tie.second)
        beside[tie.second].append(tie.first)
    reached: set[str] = set()
    for start in sorted(beside, key=lambda issue: (-len(beside[issue]), natural(issue))):
        if start in reached:
            continue
        reached.add(start)
        group = [start]
        for issue in group:  # grows as it is gone through
            new = [other for other in dict.fromkeys(beside[issue]) if other not in reached]
            reached.update(new)
            group += new
        yield group
