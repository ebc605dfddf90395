"""Finds issues with the same affected location, error text or cause, in one pass over the book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from triagebook.book import Book, Entry
from triagebook.findings import Field
from triagebook.model.defect import Certainty
from triagebook.text import joined

from .relation_graph import age

_SHORT_HASH = 7  # commits are compared by this many characters


class Trait(Struct, frozen=True):
    """Something that two issues may have in common, and the field that records it."""

    kind: str
    key: tuple[object, ...]
    file: str
    field: Field
    words: str


class Overlap(Struct, frozen=True):
    """What an issue shares with an older one, and the field that records it."""

    other: str
    shared: str
    file: str
    field: Field


class SharedTraits:
    """The issues that share each trait, oldest first."""

    def __init__(self, book: Book) -> None:
        self._ties = _ties(book)
        self._order = {each: rank for rank, each in enumerate(sorted(book.issues, key=lambda each: age(book, each)))}
        self._alike: set[str] = set()  # issues that share at least one trait
        self._sharing: dict[tuple[object, ...], dict[str, int]] = {}  # only traits of several issues
        first: dict[tuple[object, ...], str] = {}
        for issue_id, rank in self._order.items():
            for trait in traits(book.issues[issue_id]):
                if (oldest := first.setdefault(trait.key, issue_id)) != issue_id:
                    self._alike.add(issue_id)
                    self._sharing.setdefault(trait.key, {oldest: self._order[oldest]})[issue_id] = rank

    def of(self, entry: Entry) -> Iterator[Overlap]:
        """The older issues that share a trait with this one and are not related to it; the oldest for each trait."""
        shared: dict[str, list[Trait]] = {}
        for trait in traits(entry) if entry.id in self._alike else ():
            sharing = self._sharing.get(trait.key, {})
            oldest = next(iter(sharing), entry.id)
            if oldest != entry.id and not self._names_an_older(entry.id, sharing):
                shared.setdefault(oldest, []).append(trait)
        for other, found in shared.items():
            yield Overlap(other, _words(found), found[0].file, found[0].field)

    def _names_an_older(self, issue_id: str, sharing: dict[str, int]) -> bool:
        own = self._order[issue_id]
        return any(sharing.get(tied, own) < own for tied in self._ties.get(issue_id, ()))


def traits(entry: Entry) -> Iterator[Trait]:
    """What an issue may share with another, the strongest evidence first."""
    if entry.affected is not None:
        source, file = entry.affected.source, f"{entry.id}/affected.yaml"
        for index, location in enumerate(entry.affected.locations):
            for line in dict.fromkeys(location.at.lines or (0,)):
                key = ("location", source.repository, source.commit[:_SHORT_HASH], location.at.path, line)
                words = f"the location `{location.at.path}{f':{line}' if line else ''}`"
                yield Trait("location", key, file, ("locations", index), words)
    file = f"{entry.id}/issue.yaml"
    for index, symptom in enumerate(entry.issue.symptoms):
        if symptom.error is not None:
            text = " ".join(symptom.error.split())
            yield Trait("error text", ("error", text), file, ("symptoms", index, "error"), "the error text")
    for index, cause in enumerate(entry.issue.causes):
        if cause.pattern is not None and cause.state is not Certainty.RULED_OUT:
            words = f"the cause `{cause.pattern}`"
            yield Trait("cause", ("cause", cause.pattern), file, ("causes", index, "pattern"), words)


def _ties(book: Book) -> dict[str, set[str]]:
    """The related issues of each issue, whichever side records the relation."""
    ties: dict[str, set[str]] = {}
    for entry in book.issues.values():
        issue = entry.issue
        named = {str(relation.to) for relation in issue.relations}
        named |= {str(noticed.issue) for noticed in issue.noticed if noticed.issue}
        named |= {str(into) for into in issue.closed.into} if issue.closed else set()
        for other in named:
            ties.setdefault(entry.id, set()).add(other)
            ties.setdefault(other, set()).add(entry.id)
    return ties


def _words(found: list[Trait]) -> str:
    """The shared traits in words: a single one by name, several of a kind by number."""
    kinds = Counter(trait.kind for trait in found)
    words = {trait.kind: trait.words for trait in found}
    return joined([words[kind] if times == 1 else f"{times} {kind}s" for kind, times in kinds.items()])
