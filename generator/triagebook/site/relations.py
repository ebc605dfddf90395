"""The page of relations between issues: a graph of each group of connected issues, and a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from triagebook.book import natural
from triagebook.model.base import Prose
from triagebook.model.defect import Tie
from triagebook.text import counted

from .charts import FEWEST
from .content import SiteContent
from .page import Page
from .paging import Listing, further
from .paths import EXPLORE, RELATIONS

MOST_NODES = 300  # in all graphs together

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
    title: str


def relations_pages(content: SiteContent) -> Iterator[Page]:
    view = partial(_view, content)
    yield Page(RELATIONS, "Relations", "pages/relations.md.j2", view, content.linker, EXPLORE)
    yield from further(content.linker, EXPLORE, _listing(ties_of(content)))


def _listing(ties: Mapping[IssueTie, Prose | None]) -> Listing[Reasoned]:
    return Listing("relations", "Relations", RELATIONS, "relations", list(ties.items()), _rows)


def _view(content: SiteContent) -> Mapping[str, object]:
    ties = ties_of(content)
    groups = groups_of(ties)
    graphs = list(graphs_of(content, groups, list(ties)))
    return {
        "says": _says(groups, list(ties)),
        "graphs": graphs,
        "charts": {f"relations-{number}": graph for number, graph in enumerate(graphs, 1)},
        "ties": _listing(ties).on(1, content.linker),
    }


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


def graphs_of(
    content: SiteContent, groups: Sequence[Sequence[str]], ties: Sequence[IssueTie]
) -> Iterator[RelationGraph]:
    """A graph of each group that is worth one, the largest first, up to a readable number of issues in total."""
    room = MOST_NODES
    for group in groups:
        if len(group) < FEWEST or not room:
            return
        shown = group[:room]
        room -= len(shown)
        between = tuple(tie for tie in ties if {tie.first, tie.second} <= set(shown))
        nodes = tuple(_node(content, issue) for issue in shown)
        left_out = f" {len(shown)} of them are drawn; the list below has all." if shown != group else ""
        says = f"{_counted(group, between)}.{left_out}"
        yield RelationGraph(says, nodes, between, f"Around {nodes[0].id} · {nodes[0].title}")


def _node(content: SiteContent, issue_id: str) -> GraphNode:
    issue = content.listed[issue_id]
    return GraphNode(issue_id, issue.title, issue.closed is not None)


def _says(groups: Sequence[Sequence[str]], ties: Sequence[IssueTie]) -> str:
    several = f", in {len(groups):,} groups, the largest of {len(groups[0]):,}" if len(groups) > 1 else ""
    return f"{_counted([issue for group in groups for issue in group], ties)}{several}."


def _counted(issues: Sequence[str], ties: Sequence[IssueTie]) -> str:
    return f"{len(issues):,} issues with {counted(len(ties), 'relation')} between them"


def groups_of(ties: Iterable[IssueTie]) -> list[list[str]]:
    """Groups of connected issues, the largest first, each starting with the issue that has the most relations."""
    return sorted(_groups(ties), key=lambda group: -len(group))


def _groups(ties: Iterable[IssueTie]) -> Iterator[list[str]]:
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
