"""The page of relations between issues: a graph of connected issues, and a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from triagebook.book import natural
from triagebook.model.base import Prose
from triagebook.model.defect import Tie

from .charts import FEWEST
from .content import SiteContent
from .page import Page
from .paging import Listing, further
from .paths import EXPLORE, RELATIONS

MOST_NODES = 60

# Relations that have a counterpart are shown from one side only.
_TURNED = {Tie.BLOCKED_BY, Tie.CAUSED_BY, Tie.CHILD}


class IssueTie(Struct, frozen=True):
    """A relation between two issues, the same whichever issue records it."""

    first: str
    kind: Tie
    second: str

    @property
    def has_way(self) -> bool:
        return self.kind.back is not self.kind


Reasoned = tuple[IssueTie, Prose | None]  # a relation with its reason


class GraphNode(Struct, frozen=True):
    """An issue in the graph."""

    id: str
    title: str
    closed: bool


class RelationGraph(Struct, frozen=True):
    """Related issues, close to each other, with the sentence that is the text alternative of the chart."""

    says: str
    nodes: tuple[GraphNode, ...]
    ties: tuple[IssueTie, ...]
    title: str = "Relations of issues"

    @property
    def drawn(self) -> bool:
        """Whether the chart shows more than the sentence."""
        return len(self.nodes) >= FEWEST


def relations_pages(content: SiteContent) -> Iterator[Page]:
    view = partial(_view, content)
    yield Page(RELATIONS, "Relations", "pages/relations.md.j2", view, content.linker, EXPLORE)
    yield from further(content.linker, EXPLORE, _listing(ties_of(content)))


def _listing(ties: Mapping[IssueTie, Prose | None]) -> Listing[Reasoned]:
    return Listing("relations", "Relations", RELATIONS, "relations", list(ties.items()), _rows)


def _view(content: SiteContent) -> Mapping[str, object]:
    ties = ties_of(content)
    chart, listing = graph(content, list(ties)), _listing(ties).on(1, content.linker)
    return {"graph": chart, "charts": {"relations": chart} if chart.drawn else {}, "ties": listing}


def _rows(ties: Sequence[Reasoned]) -> list[tuple[IssueTie, str, Prose | None]]:
    return [(tie, tie.kind.says.lower(), why) for tie, why in ties]


def ties_of(content: SiteContent) -> dict[IssueTie, Prose | None]:
    """Every relation between two issues of the book, with the first recorded reason."""
    found: dict[IssueTie, Prose | None] = {}
    for outline in content.outlines.values():
        for tie in outline.ties:
            if tie.to in content.outlines and tie.to != outline.id:
                told = _told(outline.id, Tie(tie.kind), tie.to)
                found[told] = found.get(told) or (Prose(tie.why) if tie.why else None)
    return dict(sorted(found.items(), key=lambda item: (natural(item[0].first), natural(item[0].second), item[0].kind)))


def _told(here: str, kind: Tie, other: str) -> IssueTie:
    if kind in _TURNED and kind.back:
        return IssueTie(other, kind.back, here)
    first, second = sorted((here, other), key=natural) if kind.back is kind else (here, other)
    return IssueTie(first, kind, second)


def graph(content: SiteContent, ties: Sequence[IssueTie]) -> RelationGraph:
    """Connected issues, the largest groups first, up to a readable number."""
    groups = sorted(_groups(ties), key=lambda group: -len(group))
    every = [issue for group in groups for issue in group]
    shown = set(every[:MOST_NODES])
    nodes = tuple(_node(content, issue) for issue in every[:MOST_NODES])
    between = tuple(tie for tie in ties if {tie.first, tie.second} <= shown)
    return RelationGraph(_says(groups, ties), nodes, between)


def _node(content: SiteContent, issue_id: str) -> GraphNode:
    issue = content.listed[issue_id]
    return GraphNode(issue_id, issue.title, issue.closed is not None)


def _says(groups: Sequence[Sequence[str]], ties: Sequence[IssueTie]) -> str:
    issues = sum(map(len, groups))
    several = f" in {len(groups):,} groups, the largest of {len(groups[0]):,}" if len(groups) > 1 else ""
    left_out = (
        f" {MOST_NODES} of them are drawn, the largest groups first; the list below has all."
        if issues > MOST_NODES
        else ""
    )
    number = f"{len(ties):,} relation{'' if len(ties) == 1 else 's'}"
    return f"{issues:,} issues with {number} between them{several}.{left_out}"


def _groups(ties: Iterable[IssueTie]) -> Iterator[list[str]]:
    """Groups of connected issues, each starting with the issue that has the most relations."""
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
        for issue in group:  # grows during the loop
            new = [other for other in dict.fromkeys(beside[issue]) if other not in reached]
            reached.update(new)
            group += new
        yield group
