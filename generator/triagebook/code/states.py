"""The state of the source code for issues of a book, asked for all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from triagebook.book import Book, Entry

from .checkout import Checkout
from .checkouts import Checkouts, FoundCheckout, places_that_count
from .commits import ancestry
from .digests import digests
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
    asked: dict[Path, tuple[Checkout, set[tuple[str, str]]]] = {}
    for entry, where in found.values():
        if where.checkout is not None:
            asked.setdefault(where.checkout.root, (where.checkout, set()))[1].update(_commits_and_fixes(entry))
    contains = {
        place: ancestry(checkout.objects, pairs, shallow=checkout.shallow) for place, (checkout, pairs) in asked.items()
    }
    return {name: _state(entry, where, contains, drifts) for name, (entry, where) in found.items()}


def _state(
    entry: Entry,
    where: FoundCheckout,
    contains: Mapping[Path, Mapping[tuple[str, str], bool]],
    drifts: Mapping[str, Drift],
) -> SourceState:
    checkout = where.checkout
    if checkout is None:
        return SourceState(why_unknown=where.why, drift=drifts)
    paths, known = _paths(entry), contains[checkout.root]
    return SourceState(
        repository=where.repository,
        head=checkout.head,
        dirty=checkout.dirty,
        digests=digests(checkout, paths),
        looked_at=frozenset(paths),
        contains={pair: known[pair] for pair in _commits_and_fixes(entry) if pair in known},
        why_unknown=_CUT_OFF if checkout.shallow else "",
        drift=drifts,
    )


def _paths(entry: Entry) -> set[str]:
    """The files whose digests count."""
    return places_that_count(entry) | {path for record in entry.evidence.values() for path in record.code}


def _commits_and_fixes(entry: Entry) -> set[tuple[str, str]]:
    """The commits that may hold the fix, each with each commit of the fix."""
    issue, affected = entry.issue, entry.affected
    commits = {str(record.commit) for record in entry.evidence.values() if record.commit}
    commits |= {str(one.commit) for plan in issue.deployment.values() for one in plan.attempts if one.commit}
    commits |= {str(source.commit) for source in (issue.source, affected.source if affected else None) if source}
    fixes = {str(change.commit) for change in (issue.fix.changes if issue.fix else ()) if change.commit}
    return {(commit, fix) for commit in commits for fix in fixes}
