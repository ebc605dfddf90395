"""What relations between issues lead to: cycles, chains of duplicates, and issues that share a trait without one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple, TypeAlias

from triagebook.book import Book, Entry
from triagebook.findings import Field
from triagebook.model.defect import Certainty, Tie
from triagebook.model.issue import Ending
from triagebook.text import joined

# The relations that must not form a cycle, each with its inverse.
_ONWARD = {Tie.PARENT: Tie.CHILD, Tie.BLOCKS: Tie.BLOCKED_BY, Tie.CAUSED_BY: Tie.CAUSES, Tie.DUPLICATE_OF: None}
_SHORT_HASH = 7  # commits are compared by this many characters

_Place: TypeAlias = "tuple[str, Field]"
_Edges: TypeAlias = dict[str, dict[str, _Place]]  # from, to: the file and field that record it


class Remark(NamedTuple):
    """What is to be said of an issue, and the file and field that record it."""

    file: str
    field: Field
    says: str


def cycles(book: Book) -> dict[str, list[Remark]]:
    """The cycles of a book by the newest issue in each, which is to correct its relation."""
    found: dict[str, list[Remark]] = {}
    for kind, back in _ONWARD.items():
        edges = _edges(book, kind, back)
        for ids in _cycles_in(edges):
            start = ids.index(max(ids, key=lambda each: _age(book, each)))
            turned = [*ids[start:], *ids[: start + 1]]
            says = f"{' -> '.join(turned)} is a cycle of `{kind}`"
            found.setdefault(turned[0], []).append(Remark(*edges[turned[0]][turned[1]], says))
    return found


def _age(book: Book, issue_id: str) -> tuple[object, ...]:
    """Sort key: oldest issue first, then by id."""
    entry = book.issues.get(issue_id)
    return (entry is None, entry.issue.opened.isoformat() if entry else "", len(issue_id), issue_id)


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
            yield from ((entry.id, to, (file, field)) for field, to in named_originals(entry))
        else:
            for index, relation in enumerate(entry.issue.relations):
                if relation.kind is kind:
                    yield entry.id, str(relation.to), (file, ("relations", index))


def _cycles_in(edges: Mapping[str, Mapping[str, object]]) -> Iterator[list[str]]:
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
    order = TopologicalSorter(edges)
    with suppress(CycleError):  # all that leads into no cycle is still sorted
        order.prepare()
    ended: set[str] = set()
    while ready := order.get_ready():
        ended.update(ready)
        order.done(*ready)
    return {start: min(ends.keys() - ended) for start, ends in edges.items() if start not in ended}


# ── duplicates ───────────────────────────────────────────────────────────────────────────────────────


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


# ── shared traits ────────────────────────────────────────────────────────────────────────────────────


class _Trait(NamedTuple):
    """Something that two issues may have in common, and the field that records it."""

    key: tuple[object, ...]  # the kind comes first
    file: str
    field: Field
    words: str


def overlaps(book: Book) -> dict[str, list[Remark]]:
    """What each issue shares with the oldest that has it too, unless it is related to one of those that have."""
    ties = _ties(book)
    first: dict[tuple[object, ...], str] = {}
    sharing: dict[tuple[object, ...], set[str]] = {}  # only traits of several issues
    found: dict[str, list[Remark]] = {}
    for issue_id in sorted(book.issues, key=lambda each: _age(book, each)):
        shared: dict[str, list[_Trait]] = {}
        for trait in _traits(book.issues[issue_id]):
            oldest = first.setdefault(trait.key, issue_id)
            if oldest != issue_id:
                older = sharing.setdefault(trait.key, {oldest})
                if not any(tied in older and tied != issue_id for tied in ties.get(issue_id, ())):
                    shared.setdefault(oldest, []).append(trait)
                older.add(issue_id)
        for other, traits in shared.items():
            says = f"{issue_id} and {other} share {_words(traits)} but have no relation"
            found.setdefault(issue_id, []).append(Remark(traits[0].file, traits[0].field, says))
    return found


def _traits(entry: Entry) -> Iterator[_Trait]:
    """What an issue may share with another, the strongest evidence first."""
    if entry.affected is not None:
        source, file = entry.affected.source, f"{entry.id}/affected.yaml"
        for index, location in enumerate(entry.affected.locations):
            for line in dict.fromkeys(location.at.lines or (0,)):
                key = ("location", source.repository, source.commit[:_SHORT_HASH], location.at.path, line)
                words = f"the location `{location.at.path}{f':{line}' if line else ''}`"
                yield _Trait(key, file, ("locations", index), words)
    file = f"{entry.id}/issue.yaml"
    for index, symptom in enumerate(entry.issue.symptoms):
        if symptom.error is not None:
            text = " ".join(symptom.error.split())
            yield _Trait(("error text", text), file, ("symptoms", index, "error"), "the error text")
    for index, cause in enumerate(entry.issue.causes):
        if cause.pattern is not None and cause.state is not Certainty.RULED_OUT:
            yield _Trait(("cause", cause.pattern), file, ("causes", index, "pattern"), f"the cause `{cause.pattern}`")


def _ties(book: Book) -> dict[str, set[str]]:
    """The related issues of each issue, whichever side records the relation."""
    ties: dict[str, set[str]] = {}
    for entry in book.issues.values():
        for other in map(str, entry.issue.others()):
            ties.setdefault(entry.id, set()).add(other)
            ties.setdefault(other, set()).add(entry.id)
    return ties


def _words(found: list[_Trait]) -> str:
    """The shared traits in words: a single one by name, several of a kind by number."""
    kinds = Counter(trait.key[0] for trait in found)
    words = {trait.key[0]: trait.words for trait in found}
    return joined([words[kind] if times == 1 else f"{times} {kind}s" for kind, times in kinds.items()])
