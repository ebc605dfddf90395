"""The state of the source code for issues of a book."""

from __future__ import annotations

from triagebook.book import Entry

from .checkout import Checkout
from .commits import ancestry
from .digests import digests
from .state import SourceState


def state_for(entry: Entry, checkout: Checkout) -> SourceState:
    """What a checkout says to the questions that the facts of one issue ask."""
    paths, pairs = _asked(entry)
    why = "the checkout is shallow: its history is cut off; `git fetch --unshallow` gets it"
    return SourceState(
        head=checkout.head,
        dirty=checkout.dirty,
        digests=digests(checkout.root, paths),
        looked_at=frozenset(paths),
        contains=ancestry(checkout.root, pairs, shallow=checkout.shallow),
        why_unknown=why if checkout.shallow else "",
    )


def _asked(entry: Entry) -> tuple[set[str], set[tuple[str, str]]]:
    """The files whose digests count, and the commits that may hold the fix."""
    issue, affected = entry.issue, entry.affected
    changes = issue.fix.changes if issue.fix else ()
    paths = {path for record in entry.evidence.values() for path in record.code}
    paths |= {str(change.path) for change in changes if change.path}
    paths |= {str(suite.path) for suite in issue.suites.values() if suite.path}
    commits = {str(record.commit) for record in entry.evidence.values() if record.commit}
    commits |= {str(one.commit) for plan in issue.deployment.values() for one in plan.attempts if one.commit}
    if issue.source:
        commits.add(str(issue.source.commit))
    if affected:
        paths |= {str(location.at.path) for location in affected.locations}
        commits.add(str(affected.source.commit))
    fixes = {str(change.commit) for change in changes if change.commit}
    return paths, {(commit, fix) for commit in commits for fix in fixes}
