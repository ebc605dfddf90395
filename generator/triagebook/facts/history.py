"""Which code a piece of evidence saw: with the fix or without, the same as another, as it is now or changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from triagebook.code.state import same_commit
from triagebook.model.evidence import Evidence, Observation, Phase, TestRun
from triagebook.model.planning import Attempt

from .matching import split_name
from .weight import is_ahead, moment

if TYPE_CHECKING:
    from .case import Case
    from .results import State


class Freshness(StrEnum):
    """Whether the code that evidence saw is the code as it is now."""

    FRESH = "fresh"
    CHANGED = "changed since"
    UNKNOWN = "unknown"


class Age(Struct, frozen=True):
    """How fresh a run is, and why."""

    freshness: Freshness
    why: str


# ── with the fix, or without ─────────────────────────────────────────────────────────────────────────


def fix_commits(case: Case) -> tuple[str, ...]:
    changes = case.issue.fix.changes if case.issue.fix else ()
    return tuple(sorted({str(change.commit) for change in changes if change.commit}))


def holds_fix(case: Case, commit: str | None) -> bool | None:
    """Does a commit hold the whole fix? None where no fix is recorded, or the history is not at hand."""
    held = list(_held(case, commit))
    if False in held:
        return False
    return None if None in held or not held else True


def holds_some_of_fix(case: Case, commit: str | None) -> bool:
    """Is a part of the fix known to be in a commit?"""
    return True in _held(case, commit)


def _held(case: Case, commit: str | None) -> Iterator[bool | None]:
    return (case.source.holds(commit, fix) if commit else None for fix in case.fix_commits)


def side_of(case: Case, run: TestRun) -> Phase | None:
    """Before or after the fix: as the run says, unless its commit shows that the fix was there."""
    if run.phase is Phase.AFTER or holds_fix(case, run.commit):
        return Phase.AFTER
    return None if holds_some_of_fix(case, run.commit) else run.phase


def is_done(case: Case, attempt: Attempt) -> bool:
    """Did an attempt bring out a build that may hold the fix?"""
    return (
        attempt.outcome == "done"
        and attempt.on is not None
        and (attempt.commit is not None or attempt.build is not None)
        and holds_fix(case, attempt.commit) is not False
        and not (case.as_of and is_ahead(attempt.on, case.as_of))
    )


def reopens(case: Case, record: Evidence) -> bool:
    """Was the error seen again in a build with the fix? An observation names an error only where it is this one."""
    if not isinstance(record, Observation) or record.error is None:
        return False
    holds = holds_fix(case, record.commit)
    if holds is not None:  # what the history shows counts for more than what the observation says of itself
        return holds
    if record.build is not None and str(record.build) in _builds_with_fix(case):
        return True
    if record.phase is not None:
        return record.phase is Phase.AFTER
    return _was_out(case, record)


def _builds_with_fix(case: Case) -> Iterator[str]:
    deployed = (attempt for plan in case.issue.deployment.values() for attempt in plan.attempts)
    yield from (str(attempt.build) for attempt in deployed if attempt.build and is_done(case, attempt))
    for record in case.entry.evidence.values():
        after = record.phase is Phase.AFTER and holds_fix(case, record.commit) is not False
        if record.build and after and not isinstance(record, Observation):
            yield str(record.build)


def _was_out(case: Case, record: Observation) -> bool:
    """Was the fix in that environment by then? An observation that names no place may be of any."""
    return any(
        is_done(case, attempt) and attempt.on is not None and attempt.on <= moment(record).date()
        for name, plan in case.issue.deployment.items()
        for attempt in plan.attempts
        if record.environment in {None, name}
    )


# ── the same code, or other code ─────────────────────────────────────────────────────────────────────


def same_code(one: Evidence, other: Evidence) -> bool:
    """Did both see the same code? By the files that both kept a digest of, or by the commit."""
    if one.commit is not None and other.commit is not None and same_commit(one.commit, other.commit):
        return True
    common = one.code.keys() & other.code.keys()
    return bool(common) and all(one.code[path] == other.code[path] for path in common)


def same_product(case: Case, before: TestRun, after: TestRun) -> bool:
    """Did both see the same product? Then no fix lies between them, whatever the tests did."""
    if before.commit is None or after.commit is None or same_commit(before.commit, after.commit):
        return True
    tests = tuple(f"{suite.path.rstrip('/')}/" for suite in case.issue.suites.values() if suite.path)
    old, new = (
        {path: digest for path, digest in run.code.items() if not _is_within(path, tests)} for run in (before, after)
    )
    return bool(old and new) and old == new


def files_in(run: TestRun, place: str | None) -> Mapping[str, str]:
    """The digests of a file, or of the files in a folder, as a run saw them."""
    if place is None:
        return {}
    if place in run.code:
        return {place: str(run.code[place])}
    return {path: str(digest) for path, digest in run.code.items() if path.startswith(f"{place.rstrip('/')}/")}


def test_changed(one: Mapping[str, str], other: Mapping[str, str]) -> bool | None:
    """Was a test another in the other run, by the digests of its files? None where none was kept."""
    common = one.keys() & other.keys()
    if common:
        return any(one[path] != other[path] for path in common)
    moved = len(one) == len(other) == 1  # one file, under another name
    return [*one.values()] != [*other.values()] if moved else None


def _is_within(path: str, folders: tuple[str, ...]) -> bool:
    return f"{path}/".startswith(folders)


# ── the code as it is now ────────────────────────────────────────────────────────────────────────────


def freshness(case: Case, state: State) -> Freshness:
    """By content: are the files that the last result of a test saw the same now?"""
    return case.ages[state.last.evidence].freshness if state.last else Freshness.UNKNOWN


def age(case: Case, run: TestRun) -> Age:
    """How fresh a run is: changed where a file that it saw is another now, fresh where all that counts is the same."""
    source = case.source
    changed = sorted(
        path for path, digest in run.code.items() if path in source.looked_at and digest != source.digests.get(path)
    )
    if changed:
        return Age(Freshness.CHANGED, f"{_listed(changed)} changed since")
    if run.commit is not None and source.is_at(run.commit):
        return Age(Freshness.FRESH, "the source code is at that very commit")
    if not run.code:
        return Age(Freshness.UNKNOWN, "the run kept no digest of the code it saw")
    not_seen = sorted(path for path in run.code if path not in source.looked_at)
    if not_seen:
        return Age(Freshness.UNKNOWN, source.why_unknown or f"{_listed(not_seen)} could not be looked at")
    not_kept = sorted(path for path in _paths_that_count(case, run) if path not in run.code and path in source.digests)
    if not_kept:
        return Age(Freshness.UNKNOWN, f"the run kept no digest of {_listed(not_kept)}")
    return Age(Freshness.FRESH, "the files that it saw are the same now")


def _paths_that_count(case: Case, run: TestRun) -> set[str]:
    """The files that must not have changed: those affected, those the fix changed, and the tests themselves."""
    affected = case.entry.affected.locations if case.entry.affected else ()
    changes = case.issue.fix.changes if case.issue.fix else ()
    tests = [split_name(result)[0] for result in run.results]
    if run.suite and run.suite in case.issue.suites:
        tests.append(case.issue.suites[run.suite].path)
    return {
        *(location.at.path for location in affected),
        *(change.path for change in changes if change.path),
        *(path for path in tests if path),
    }


def _listed(paths: list[str]) -> str:
    return ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
