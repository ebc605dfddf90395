"""Which code a piece of evidence saw: with or without the fix, the same as another, unchanged since or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct

from triagebook.book import Entry
from triagebook.code.state import SourceState, same_commit
from triagebook.model.evidence import Evidence, Observation, Phase, TestRun
from triagebook.model.issue import Issue
from triagebook.model.planning import Attempt

from .grading import is_ahead, moment
from .planned_tests import split_name

# ── with the fix, or without ─────────────────────────────────────────────────────────────────────────


class FixCommits(Struct, frozen=True):
    """The commits of a fix, and what the source code says about which commits contain them."""

    commits: tuple[str, ...]
    source: SourceState

    @classmethod
    def of(cls, issue: Issue, source: SourceState) -> FixCommits:
        changes = issue.fix.changes if issue.fix else ()
        return cls(tuple(sorted({str(change.commit) for change in changes if change.commit})), source)

    def are_in(self, commit: str | None) -> bool | None:
        """Whether a commit contains the whole fix. None where no fix is recorded, or the history is not available."""
        contained = list(self._contained(commit))
        if False in contained:
            return False
        return None if None in contained or not contained else True

    def are_partly_in(self, commit: str | None) -> bool:
        """Whether a commit is known to contain a part of the fix."""
        return True in self._contained(commit)

    def _contained(self, commit: str | None) -> Iterator[bool | None]:
        return (self.source.holds(commit, fix) if commit else None for fix in self.commits)

    def phase_of(self, run: TestRun) -> Phase | None:
        """Before or after the fix: as the run says, unless its commit shows that the fix was there."""
        if run.phase is Phase.AFTER or self.are_in(run.commit):
            return Phase.AFTER
        return None if self.are_partly_in(run.commit) else run.phase


class Deployments(Struct, frozen=True):
    """Which builds contain the fix, and where and when they were deployed."""

    entry: Entry
    fix: FixCommits
    as_of: date | None

    def succeeded(self, attempt: Attempt) -> bool:
        """Whether an attempt deployed a build that may contain the fix."""
        return (
            attempt.outcome == "done"
            and attempt.on is not None
            and (attempt.commit is not None or attempt.build is not None)
            and self.fix.are_in(attempt.commit) is not False
            and not (self.as_of and is_ahead(attempt.on, self.as_of))
        )

    def last_to(self, environment: str) -> Attempt | None:
        """The last deployment of the fix to an environment; a statement copied from a document does not count."""
        plan = self.entry.issue.deployment.get(environment)
        done = [one for one in plan.attempts if self.succeeded(one) and not one.from_] if plan else []
        return done[-1] if done else None

    def saw_error_with_fix(self, record: Evidence) -> bool:
        """Whether somebody observed the error in a build with the fix."""
        if not isinstance(record, Observation) or record.error is None:
            return False
        contained = self.fix.are_in(record.commit)
        if contained is not None:  # the history counts for more than what the observation says of itself
            return contained
        if record.build is not None and str(record.build) in self._builds_with_fix():
            return True
        if record.phase is not None:
            return record.phase is Phase.AFTER
        return self._was_deployed_by(record)

    def _builds_with_fix(self) -> Iterator[str]:
        attempts = (attempt for plan in self.entry.issue.deployment.values() for attempt in plan.attempts)
        yield from (str(attempt.build) for attempt in attempts if attempt.build and self.succeeded(attempt))
        for record in self.entry.evidence.values():
            after = record.phase is Phase.AFTER and self.fix.are_in(record.commit) is not False
            if record.build and after and not isinstance(record, Observation):
                yield str(record.build)

    def _was_deployed_by(self, record: Observation) -> bool:
        """Whether the fix was in that environment by then; without an environment, in any."""
        return any(
            self.succeeded(attempt) and attempt.on is not None and attempt.on <= moment(record).date()
            for name, plan in self.entry.issue.deployment.items()
            for attempt in plan.attempts
            if record.environment in {None, name}
        )


# ── the same code, or other code ─────────────────────────────────────────────────────────────────────


def same_code(one: Evidence, other: Evidence) -> bool:
    """Whether both saw the same code: by the files that both kept a digest of, or by the commit."""
    if one.commit is not None and other.commit is not None and same_commit(one.commit, other.commit):
        return True
    common = one.code.keys() & other.code.keys()
    return bool(common) and all(one.code[path] == other.code[path] for path in common)


def same_product(issue: Issue, before: TestRun, after: TestRun) -> bool:
    """Whether both runs saw the same product. Then no fix lies between them, whatever the tests did."""
    if before.commit is None or after.commit is None or same_commit(before.commit, after.commit):
        return True
    tests = tuple(f"{suite.path.rstrip('/')}/" for suite in issue.suites.values() if suite.path)
    old, new = (
        {path: digest for path, digest in run.code.items() if not f"{path}/".startswith(tests)}
        for run in (before, after)
    )
    return bool(old and new) and old == new


def files_in(run: TestRun, place: str | None) -> Mapping[str, str]:
    """The digests that a run kept of a file, or of the files in a folder."""
    if place is None:
        return {}
    if place in run.code:
        return {place: str(run.code[place])}
    return {path: str(digest) for path, digest in run.code.items() if path.startswith(f"{place.rstrip('/')}/")}


def test_changed(one: Mapping[str, str], other: Mapping[str, str]) -> bool | None:
    """Whether the files of a test differ between two runs, by digest. None where no digest was kept."""
    common = one.keys() & other.keys()
    if common:
        return any(one[path] != other[path] for path in common)
    renamed = len(one) == len(other) == 1
    return [*one.values()] != [*other.values()] if renamed else None


# ── the code as it is now ────────────────────────────────────────────────────────────────────────────


class Freshness(StrEnum):
    """Whether the code that evidence saw is the code as it is now."""

    FRESH = "fresh"
    CHANGED = "changed since"
    UNKNOWN = "unknown"


class Age(Struct, frozen=True):
    """How fresh a run is, and why."""

    freshness: Freshness
    why: str


def age(entry: Entry, source: SourceState, run: TestRun) -> Age:
    """How fresh a run is: changed if any file that it saw differs now, fresh if all files that count are the same."""
    changed = sorted(
        path for path, digest in run.code.items() if path in source.looked_at and digest != source.digests.get(path)
    )
    if changed:
        return Age(Freshness.CHANGED, f"{_listed(changed)} changed since")
    if run.commit is not None and source.is_at(run.commit):
        return Age(Freshness.FRESH, "the source code is at that very commit")
    if not run.code:
        return Age(Freshness.UNKNOWN, "the run kept no digest of the code it saw")
    unchecked = sorted(path for path in run.code if path not in source.looked_at)
    if unchecked:
        return Age(Freshness.UNKNOWN, source.why_unknown or f"{_listed(unchecked)} could not be looked at")
    missing = sorted(path for path in _paths_that_count(entry, run) if path not in run.code and path in source.digests)
    if missing:
        return Age(Freshness.UNKNOWN, f"the run kept no digest of {_listed(missing)}")
    return Age(Freshness.FRESH, "the files that it saw are the same now")


def _paths_that_count(entry: Entry, run: TestRun) -> set[str]:
    """The files that must not have changed: those affected, those the fix changed, and the tests themselves."""
    affected = entry.affected.locations if entry.affected else ()
    changes = entry.issue.fix.changes if entry.issue.fix else ()
    tests = [split_name(result)[0] for result in run.results]
    if run.suite and run.suite in entry.issue.suites:
        tests.append(entry.issue.suites[run.suite].path)
    return {
        *(location.at.path for location in affected),
        *(change.path for change in changes if change.path),
        *(path for path in tests if path),
    }


def _listed(paths: list[str]) -> str:
    return ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
