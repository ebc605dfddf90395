"""The state of the source code for issues of a book, asked for all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from triagebook.book import Book, Entry

from .checkout import Checkout
from .checkouts import Checkouts, FoundCheckout, places_that_count
from .commits import ancestry
from .digests import digests
from .state import Drift, DriftOnDemand, SourceState

# Computes the drift of issues, given the checkout of each by its id.
DriftOf = Callable[[Mapping[str, FoundCheckout]], Mapping[str, Drift]]

_CUT_OFF = "the checkout is shallow: its history is cut off; `git fetch --unshallow` gets it"


def states_for(
    book: Book, root: Path, entries: Iterable[Entry], folder: Path | None = None, drift: DriftOf | None = None
) -> dict[str, SourceState]:
    """The state of the source code for each of these issues, by id; every issue gets one.

    `root` is the folder of the book. The code is in `folder`; without one, in the checkout that the catalog names or
    in the repository around the book. However many issues there are, each checkout costs a handful of git processes.

    `drift` computes how records and code differ, such as `partial(scan.drift.drifts_in, book, root)`. It is called
    once, when a drift is first asked for; ask before copying the process.
    """
    checkouts = Checkouts(root, book, folder)
    found = {entry.id: (entry, checkouts.of(entry)) for entry in entries}
    drifts: Mapping[str, Drift] = {}
    if drift is not None:
        with_code = {name: where for name, (_, where) in found.items() if where.checkout or where.folder}
        drifts = DriftOnDemand(lambda: drift(with_code)) if with_code else {}
    groups: dict[Path, list[tuple[Entry, FoundCheckout]]] = {}
    states = {}
    for name, (entry, where) in found.items():
        if where.checkout is None or where.checkout.head is None:
            why = where.why or "nothing was committed yet in the repository"
            states[name] = SourceState(why_unknown=why, drift=drifts)
        else:
            groups.setdefault(where.checkout.root, []).append((entry, where))
    for group in groups.values():
        states |= _states_at(group, drifts)
    return states


def _states_at(group: list[tuple[Entry, FoundCheckout]], drifts: Mapping[str, Drift]) -> dict[str, SourceState]:
    """The states of issues whose code is in one checkout."""
    checkout = group[0][1].checkout
    if checkout is None:
        return {}
    pairs = {entry.id: _commits_and_fixes(entry) for entry, _ in group}
    contains = ancestry(checkout.objects, {pair for own in pairs.values() for pair in own}, shallow=checkout.shallow)
    states = {}
    for entry, where in group:
        paths = _paths(entry)
        states[entry.id] = SourceState(
            repository=where.repository,
            head=checkout.head,
            dirty=checkout.dirty,
            digests=digests(checkout, paths),
            looked_at=frozenset(paths),
            contains={pair: contains[pair] for pair in pairs[entry.id] if pair in contains},
            why_unknown=_CUT_OFF if checkout.shallow else "",
            drift=drifts,
        )
    return states


def state_for(entry: Entry, checkout: Checkout) -> SourceState:
    """The state for one issue whose checkout is known."""
    return _states_at([(entry, FoundCheckout(checkout, repository=checkout.root.name))], {})[entry.id]


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
