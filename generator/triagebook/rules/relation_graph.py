"""Finds cycles, chains of duplicates, and issues that share a trait without a relation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple, TypeAlias

from triagebook.failures.likeness import failures_of, fingerprint
from triagebook.findings import Field
from triagebook.model.defect import Certainty, Tie
from triagebook.outline import Outline
from triagebook.text import joined

_ONWARD = (Tie.PARENT, Tie.BLOCKS, Tie.CAUSED_BY, Tie.DUPLICATE_OF)  # the relations that must not form a cycle

_MOST_TITLES = 20  # a word of more titles tells nothing
_FEWEST_WORDS = 3  # in a title that tells an issue from others
_SHARED_HALF = 0.5

_Place: TypeAlias = "tuple[str, Field]"
_Edges: TypeAlias = dict[str, dict[str, _Place]]  # from, to: the file and field that record it
_Outlines: TypeAlias = Mapping[str, Outline]
_Remark: TypeAlias = "tuple[str, Field, str]"  # the file and field that record it, and what is to be said


def cycles(outlines: _Outlines) -> Iterator[_Remark]:
    """The cycles of a book, each at the newest issue in it, which is to correct its relation."""
    for kind in _ONWARD:
        edges = _edges(outlines.values(), kind)
        for ids in _cycles_in(edges):
            start = ids.index(max(ids, key=lambda each: _age(outlines, each)))
            turned = [*ids[start:], *ids[: start + 1]]
            says = f"{' -> '.join(turned)} is a cycle of `{kind}`"
            yield (*edges[turned[0]][turned[1]], says)


def _age(outlines: _Outlines, issue_id: str) -> tuple[object, ...]:
    """Sort key: oldest issue first, then by id; an issue that is not recorded comes last."""
    outline = outlines.get(issue_id)
    return (outline is None, *(outline.age if outline else ("", len(issue_id), issue_id)))


def _edges(outlines: Iterable[Outline], kind: Tie) -> _Edges:
    """The relations of one kind. The issue's own record takes precedence over the inverse: its place is reported."""
    edges: _Edges = {}
    every = list(outlines)
    said = [*_said(every, kind), *((to, start, place) for start, to, place in _said(every, kind.back))]
    for start, to, place in said:
        if start != to:
            edges.setdefault(start, {}).setdefault(to, place)
    return edges


def _said(outlines: Iterable[Outline], kind: Tie | None) -> Iterator[tuple[str, str, _Place]]:
    for outline in outlines:
        if kind is Tie.DUPLICATE_OF:
            yield from ((outline.id, to, (outline.file, field)) for field, to in outline.originals)
        else:
            for index, tie in enumerate(outline.ties):
                if tie.kind == kind:
                    yield outline.id, tie.to, (outline.file, ("relations", index))


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


def end_of_chain(outlines: _Outlines, issue_id: str) -> str | None:
    """The original at the end of a chain of duplicates; None if the chain is a cycle or splits."""
    visited = {issue_id}
    while outline := outlines.get(issue_id):
        originals = {to for _, to in outline.originals}
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

    @property
    def words(self) -> str:
        kind, *_, last = self.key
        if kind == "location":
            return f"the location `{self.key[3]}{f':{last}' if last else ''}`"
        return {"error": "the error", "title": "the words of a title"}.get(str(kind), f"the cause `{last}`")


def overlaps(outlines: _Outlines) -> Iterator[_Remark]:
    """What each issue shares with the oldest that has it too, unless it is related to one of those that have."""
    ties = _ties(outlines.values())
    alike = dict(_said_alike(outlines, ties))
    first: dict[tuple[object, ...], str] = {}
    sharing: dict[tuple[object, ...], set[str]] = {}  # only traits of several issues
    for outline in sorted(outlines.values(), key=lambda each: each.age):
        shared: dict[str, list[_Trait]] = {}
        own = outline.id
        for key, file, field in _traits(outline):
            oldest = first.setdefault(key, own)
            if oldest != own:
                older = sharing.setdefault(key, {oldest})
                if not any(tied in older and tied != own for tied in ties.get(own, ())):
                    shared.setdefault(oldest, []).append(_Trait(key, file, field))
                older.add(own)
        if own in alike:
            shared.setdefault(alike[own], []).append(_Trait(("title", ""), outline.file, ("title",)))
        for other, traits in shared.items():
            says = f"{own} and {other} share {_words(traits)} but have no relation"
            yield traits[0].file, traits[0].field, says


def _said_alike(outlines: _Outlines, ties: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    """The unrelated issues that say each other's title, as the newer and the older one; one may lack one word.

    Their titles share half of their words, and no title is more like either of them. Issues that name each other were
    compared by a person.
    """
    titles = {name: frozenset(outline.title_words.split()) for name, outline in outlines.items()}
    titled: dict[str, list[str]] = {}
    for name, title in titles.items():
        for word in title:
            titled.setdefault(word, []).append(name)
    best: dict[str, tuple[float, str]] = {}
    for name, title in titles.items():
        sharing = sorted((titled[word] for word in title), key=len)[: len(title) // 2 + 1]  # one of these is shared
        for other in {other for names in sharing if len(names) <= _MOST_TITLES for other in names if other > name}:
            share = len(title & titles[other]) / len(title | titles[other])
            for own, its in ((name, other), (other, name)):
                best[own] = max(best.get(own, (0.0, "")), (share, its))
    for name, (share, other) in best.items():
        if share < _SHARED_HALF or best[other][1] != name or name > other or other in ties.get(name, ()):
            continue
        one, two = sorted((outlines[name], outlines[other]), key=lambda each: each.age)
        words = {each.id: frozenset(each.words.split()) for each in (one, two)}
        unsaid = len(titles[name] - words[other]) + len(titles[other] - words[name])
        tell = min(len(titles[name]), len(titles[other])) >= _FEWEST_WORDS
        if tell and unsaid <= 1 and name not in words[other] and other not in words[name]:
            yield two.id, one.id


def _traits(outline: Outline) -> Iterator[tuple[tuple[object, ...], str, Field]]:
    """What an issue may share with another, the strongest evidence first."""
    file = f"{outline.id}/affected.yaml"
    for index, location in enumerate(outline.locations):
        for line in dict.fromkeys(location.lines or (0,)):
            yield ("location", outline.repository, outline.commit, location.path, line), file, ("locations", index)
    for field, error in outline.errors:
        failures = failures_of(error) if field[0] == "symptoms" else ()
        for same in dict.fromkeys(key for failure in failures for key in fingerprint(failure).surest):
            yield ("error", *same), outline.file, field
    for index, pattern, state in outline.causes:
        if state != Certainty.RULED_OUT:
            yield ("cause", pattern), outline.file, ("causes", index, "pattern")


def _ties(outlines: Iterable[Outline]) -> dict[str, set[str]]:
    """The related issues of each issue, whichever side records the relation."""
    ties: dict[str, set[str]] = {}
    for outline in outlines:
        for other in outline.others:
            ties.setdefault(outline.id, set()).add(other)
            ties.setdefault(other, set()).add(outline.id)
    return ties


def _words(found: list[_Trait]) -> str:
    """The shared traits in words: a single one by name, several of a kind by number."""
    kinds = Counter(trait.key[0] for trait in {(trait.key[0], trait.field): trait for trait in found}.values())
    words = {trait.key[0]: trait.words for trait in found}
    return joined([words[kind] if times == 1 else f"{times} {kind}s" for kind, times in kinds.items()])
