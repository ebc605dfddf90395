"""Looks up the state of the source code for many issues of a book at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from triagebook.book import Book, Entry

from .checkout import Checkout
from .checkouts import Checkouts, FoundCheckout, places_that_count
from .digests import digests
from .known_commits import KnownCommits, known_commits
from .state import Drift, SourceState

# Computes the drift of issues, given the checkout of each by its id.
DriftOf = Callable[[Mapping[str, FoundCheckout]], Mapping[str, Drift]]

_CUT_OFF = "the checkout is shallow: its history is cut off; `git fetch --unshallow` gets it"


def states_for(
    book: Book, root: Path, entries: Iterable[Entry], folder: Path | None = None, drift: DriftOf | None = None
) -> dict[str, SourceState]:
    """The state of the source code for each of these issues, by id; every issue gets one.

    `root` is the folder of the book. The code is in `folder`; without one, in the checkout that the catalog names or
    in the repository around the book. However many issues there are, each checkout costs a handful of git processes.

    `drift` computes how records and code differ, such as `partial(scan.drift.drifts_in, book, root)`.
    """
    checkouts = Checkouts(root, book, folder)
    found = {entry.id: (entry, checkouts.of(entry)) for entry in entries}
    drifts = drift({name: where for name, (_, where) in found.items()}) if drift else {}
    asked: dict[Path, tuple[Checkout, list[Entry]]] = {}
    for entry, where in found.values():
        if where.checkout is not None:
            asked.setdefault(where.checkout.root, (where.checkout, []))[1].append(entry)
    known: dict[str, KnownCommits] = {}
    for checkout, group in asked.values():
        known |= known_commits(checkout, group)
    return {name: _state(entry, where, known.get(name), drifts.get(name)) for name, (entry, where) in found.items()}


def _state(entry: Entry, where: FoundCheckout, known: KnownCommits | None, drift: Drift | None) -> SourceState:
    own = {entry.id: drift} if drift else {}
    checkout = where.checkout
    if checkout is None or known is None:
        return SourceState(why_unknown=where.why, drift=own)
    paths = _paths(entry)
    return SourceState(
        repository=where.repository,
        head=checkout.head,
        dirty=checkout.dirty,
        digests=digests(checkout, paths),
        looked_at=frozenset(paths),
        shallow=checkout.shallow,
        contains=known.contains,
        unknown=known.unknown,
        other_tests=known.other_tests,
        made=known.made,
        contents=known.contents,
        reverted=known.reverted,
        why_unknown=_CUT_OFF if checkout.shallow else "",
        drift=own,
    )


def _paths(entry: Entry) -> set[str]:
    """The files whose digests count."""
    return places_that_count(entry) | {path for record in entry.evidence.values() for path in record.code}
