"""The code that evidence was observed on: whether it has the fix, equals other code, or changed since."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import PurePosixPath

from msgspec import Struct

from triagebook.book import Entry
from triagebook.code.file_kinds import is_below, is_named_as_test, is_read_by_tests
from triagebook.code.state import SourceState, same_commit
from triagebook.model.evidence import CommandOutput, Evidence, Grade, Observation, Phase, TestRun
from triagebook.model.issue import Issue
from triagebook.model.planning import Attempt
from triagebook.text import first_of

from .error_texts import says_it_occurred
from .grading import is_ahead, moment
from .planned_tests import split_name

# ── with the fix, or without ─────────────────────────────────────────────────────────────────────────


class FixCommits(Struct, frozen=True):
    """The commits of a fix, and what the source code says about which commits contain them."""

    commits: tuple[str, ...]
    source: SourceState

    def are_in(self, commit: str | None) -> bool | None:
        """Whether a commit contains the whole fix. None if no fix is recorded, or the history is not available."""
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


class Deployments(Struct, frozen=True, dict=True):
    """Which builds contain the fix, and where and when they were deployed."""

    entry: Entry
    fix: FixCommits
    as_of: date | None
    errors: tuple[str, ...] = ()  # the texts that identify the defect

    def why_not(self, attempt: Attempt) -> str | None:
        """Why an attempt does not show that a build with the fix was deployed."""
        return self._why_none(attempt) or (self._why_no_build(attempt.build) if attempt.build else None)

    def _why_none(self, attempt: Attempt) -> str | None:
        """Why an attempt cannot have deployed the fix, as far as it goes by itself."""
        if attempt.outcome != "done":
            return f"it {'failed' if attempt.outcome == 'failed' else 'was abandoned'}"
        if attempt.on is None or (self.as_of and is_ahead(attempt.on, self.as_of)):
            return "it names no day" if attempt.on is None else f"it is dated after {self.as_of}"
        if attempt.commit is None and attempt.build is None:
            return "it names neither commit nor build"
        made = self.fix.source.made.get(str(attempt.commit))
        if made is not None and attempt.on < (made - timedelta(days=1)).date():
            return f"it is dated before {str(attempt.commit)[:9]} was made on {made.date()}"
        if attempt.commit in self.fix.source.unknown:
            return f"{str(attempt.commit)[:9]} is not a commit of this repository"
        if self.fix.are_in(attempt.commit) is False:
            return f"{str(attempt.commit)[:9]} does not contain the fix"
        return None

    def _why_no_build(self, build: str) -> str | None:
        """Why a build is not known to contain the fix: its name alone says nothing."""
        if not self.fix.commits:
            return None
        commits = self._commits_of_builds.get(str(build), ())
        without = next((one for one in commits if self.fix.are_in(one) is False), None)
        if without is not None:
            return f"`{build}` was built from {without[:9]}, which does not contain the fix"
        known = any(one not in self.fix.source.unknown for one in commits)
        return None if known else f"nothing says which commit `{build}` was built from"

    @cached_property
    def _commits_of_builds(self) -> Mapping[str, set[str]]:
        """The commits from which builds were made, as attempts and evidence name them."""
        found: dict[str, set[str]] = {}
        attempts = (attempt for attempt in self._attempts if not attempt.from_)
        evidence = (one for one in self.entry.evidence.values() if one.sealed and one.grade is not Grade.TRANSCRIBED)
        named: list[Attempt | Evidence] = [*attempts, *evidence]
        for one in named:
            if one.build and one.commit:
                found.setdefault(str(one.build), set()).add(str(one.commit))
        return found

    @property
    def _attempts(self) -> Iterator[Attempt]:
        return (attempt for plan in self.entry.issue.deployment.values() for attempt in plan.attempts)

    def last_to(self, environment: str) -> Attempt | None:
        """The last attempt to deploy to an environment; a statement copied from a document does not count."""
        plan = self.entry.issue.deployment.get(environment)
        tried = [one for one in plan.attempts if not one.from_ and one.outcome != "abandoned"] if plan else []
        if all(one.on for one in tried):
            tried.sort(key=lambda one: one.on or date.min)
        return tried[-1] if tried else None

    def saw_error_with_fix(self, record: Evidence) -> bool:
        """Whether the error was seen in a build with the fix, by a person or in the output of a command."""
        if not self.shows_error(record):
            return False
        contained = self.fix.are_in(record.commit)
        if contained is not None:  # the history counts for more than what the observation says of itself
            return contained
        if record.build is not None and str(record.build) in self._builds_with_fix():
            return True
        if record.phase is not None:
            return record.phase is Phase.AFTER
        return self._was_deployed_by(record, self._why_none)

    def why_not_fixed_build(self, record: Evidence) -> str | None:
        """Why a record is not known to come from a build with the fix: by commit, build or deployment."""
        if record.commit is not None:
            lacks = self.fix.are_in(record.commit) is False
            return f"{record.commit[:9]} does not contain the fix" if lacks else None
        if record.build is not None:
            return self._why_no_build(record.build)
        return None if self._was_deployed_by(record, self.why_not) else "it names neither commit nor build"

    def shows_error(self, record: Evidence) -> bool:
        """Whether a person or the output of a command tells of the recorded error."""
        if isinstance(record, Observation):
            return record.error is not None or self._tells_error(record.says)
        return isinstance(record, CommandOutput) and self._tells_error(record.output or "")

    def _tells_error(self, text: str) -> bool:
        return any(says_it_occurred(error, text) for error in self.errors)

    def _builds_with_fix(self) -> Iterator[str]:
        yield from (str(one.build) for one in self._attempts if one.build and self._why_none(one) is None)
        for record in self.entry.evidence.values():
            after = record.phase is Phase.AFTER and self.fix.are_in(record.commit) is not False
            if record.build and after and not isinstance(record, Observation):
                yield str(record.build)

    def _was_deployed_by(self, record: Evidence, why_not: Callable[[Attempt], str | None]) -> bool:
        """Whether the fix was in that environment by then; without an environment, in any."""
        return any(
            why_not(attempt) is None and attempt.on is not None and attempt.on <= moment(record).date()
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


_FIXTURES = "conftest.py"
_NO_PRODUCT = re.compile(
    r"(?:.*/)?(?:change(?:s|log)|history|news|readme|releases?)(?:\.(?:md|rst|txt))?", re.IGNORECASE
)


def same_product(issue: Issue, source: SourceState, before: TestRun, after: TestRun) -> bool:
    """Whether both runs saw the same product. Then there is no fix between them, whatever the tests did.

    What the fix is said to change counts, by content: as the runs recorded it, else as the repository holds it.
    """
    if before.commit is None or after.commit is None or same_commit(before.commit, after.commit):
        return True
    changes = issue.changes
    if any(change.path is None for change in changes):
        return False  # a setting is in no file
    seen = [(run, {**source.contents.get(str(run.commit), {}), **run.code}) for run in (before, after)]
    (_, old), (_, new) = seen
    fix = [str(change.path) for change in changes if not _NO_PRODUCT.fullmatch(str(change.path))]
    if changes and not fix:
        return True
    known = [place for place in fix if all(_is_known(source, run, digests, place) for run, digests in seen)]
    if known:
        listed = {str(before.commit), str(after.commit)} <= source.contents.keys()
        return all(_same_below(place, old, new, listed=listed) for place in known)
    product = {path for path in old.keys() & new.keys() if not is_test(issue, path)}
    return bool(product) and all(old[path] == new[path] for path in product)


def _is_known(source: SourceState, run: TestRun, digests: Mapping[str, str], place: str) -> bool:
    """Whether the content of a file or folder is known, or that there was none."""
    return any(is_below(path, place) for path in digests) or str(run.commit) in source.contents


def _same_below(place: str, old: Mapping[str, str], new: Mapping[str, str], *, listed: bool) -> bool:
    """Whether a file, or each file of a folder, is the same. Runs may have kept less of a folder than is in it."""
    paths = (path for path in old.keys() | new.keys() if is_below(path, place))
    common = old.keys() & new.keys()
    return all(old.get(path) == new.get(path) for path in paths if listed or path == place or path in common)


def is_test(issue: Issue, path: str) -> bool:
    """Whether a file belongs to a suite."""
    return any(is_below(path, str(suite.path)) for suite in issue.suites.values() if suite.path)


def fixes_tests(issue: Issue) -> bool:
    """Whether the tests themselves are the defect: the fix changes nothing else."""
    changes = issue.changes
    return bool(changes) and all(change.path is not None and is_test(issue, change.path) for change in changes)


def files_in(run: TestRun, place: str | None) -> Mapping[str, str]:
    """The digests that a run kept of a file, or of the files in a folder, and of what these tests read."""
    if place is None:
        return {}
    own = {path: str(digest) for path, digest in run.code.items() if is_below(path, place)}
    before = read_before(place)
    read = {path: str(run.code[path]) for path in run.code if path in before or is_read_by_tests(path, place)}
    return own and own | read


def read_before(place: str) -> set[str]:
    """The files that pytest reads before the tests of a file: their fixtures are part of each test."""
    return {str(folder / _FIXTURES) for folder in PurePosixPath(place).parents} - {place}


def test_changed(one: Mapping[str, str], other: Mapping[str, str]) -> bool | None:
    """Whether the files of a test differ between two runs, by digest. None if no digest was kept."""
    common = one.keys() & other.keys()
    if any(one[path] != other[path] for path in common):
        return True
    if common and any(path.endswith(_FIXTURES) for path in one.keys() ^ other.keys()):
        return True
    tests, others = _tests_of(one), _tests_of(other)
    if tests & others:
        return False
    renamed = len(tests) == len(others) == 1
    return one[tests.pop()] != other[others.pop()] if renamed else None


def _tests_of(files: Mapping[str, str]) -> set[str]:
    """Those of the files that are tests, or all if none has the name of one."""
    own = {path for path in files if not path.endswith(_FIXTURES)}
    return {path for path in own if is_named_as_test(path)} or own


# ── the code as it is now ────────────────────────────────────────────────────────────────────────────


class Freshness(StrEnum):
    """Whether the code that evidence was recorded on equals the current code."""

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
        return Age(Freshness.CHANGED, f"{first_of(changed)} changed since")
    if run.commit is not None and source.is_at(run.commit):
        return Age(Freshness.FRESH, "the source code is at that very commit")
    if not run.code:
        return Age(Freshness.UNKNOWN, "the run kept no digest of the code it saw")
    unchecked = sorted(path for path in run.code if path not in source.looked_at)
    if unchecked:
        return Age(Freshness.UNKNOWN, source.why_unknown or f"{first_of(unchecked)} could not be looked at")
    missing = sorted(path for path in _paths_that_count(entry, run) if path not in run.code and path in source.digests)
    if missing:
        return Age(Freshness.UNKNOWN, f"the run kept no digest of {first_of(missing)}")
    return Age(Freshness.FRESH, "the files that it saw are the same now")


def _paths_that_count(entry: Entry, run: TestRun) -> set[str]:
    """The files that must not have changed: those affected, those the fix changed, and the tests themselves."""
    tests = [split_name(result)[0] for result in run.results]
    if run.suite and run.suite in entry.issue.suites:
        tests.append(entry.issue.suites[run.suite].path)
    return {
        *(location.at.path for location in entry.locations),
        *(change.path for change in entry.issue.changes if change.path),
        *(path for path in tests if path),
    }
