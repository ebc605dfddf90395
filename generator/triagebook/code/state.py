"""What is known of the source code as it stands now: an input like the book, never looked up on the way."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from triagebook.findings import Field


class Stray(Struct, frozen=True):
    """Something the record names that the source code does not show, or not there."""

    file: str  # of the book
    field: Field
    what: str  # as the record names it: `app/routes.py:85`
    why: str
    now: str = ""  # where it stands instead


class Sight(Struct, frozen=True):
    """How much of what the detector finds another search sees."""

    seen: int
    of: int
    missed: str = ""  # one place that it does not see


class Drift(Struct, frozen=True):
    """The record of one issue beside the source code as it stands now."""

    cleared: tuple[Stray, ...] = ()  # locations that count as open, and are not found any more
    unrecorded: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # what is found, by file: recorded nowhere
    back: tuple[Stray, ...] = ()  # locations that count as fixed, and are found again
    misplaced: tuple[Stray, ...] = ()  # places that are not in the code at the commit they are stated for
    moved: tuple[Stray, ...] = ()  # places that were there, and stand elsewhere now
    checks: Mapping[Field, Sight] = field(default_factory=dict)  # the searches of the plan's steps
    absent: tuple[Stray, ...] = ()  # files, options and settings that are not there
    unknown: tuple[str, ...] = ()  # what could not be found out, and why


class SourceState(Struct, frozen=True):
    """A checkout, as far as the records ask about it. What is not in it is unknown."""

    head: str | None = None
    dirty: bool = False
    digests: Mapping[str, str] = field(default_factory=dict)  # path -> digest of the file as it is now; gone: not there
    looked_at: frozenset[str] = frozenset()  # the paths that were looked for
    contains: Mapping[tuple[str, str], bool] = field(default_factory=dict)  # (commit, ancestor) -> is it in its history
    why_unknown: str = ""  # why something could not be found out
    drift: Mapping[str, Drift] = field(default_factory=dict)  # by issue, where it was looked for

    def holds(self, commit: str, ancestor: str) -> bool | None:
        """Is the ancestor in the commit's history? None where the history is not at hand."""
        return True if same_commit(commit, ancestor) else self.contains.get((commit, ancestor))

    def is_at(self, commit: str) -> bool:
        """Is this the very code of a commit, with nothing changed since?"""
        return self.head is not None and not self.dirty and same_commit(self.head, commit)


def same_commit(one: str, other: str) -> bool:
    """Do two hashes name one commit? Either may be shortened."""
    return one.startswith(other) or other.startswith(one)


UNKNOWN = SourceState(why_unknown="no checkout of the source code was given")

# Of a whole book: one state for all issues, or one for each by its id.
Sources = SourceState | Mapping[str, SourceState]


def of_issue(sources: Sources, issue_id: str) -> SourceState:
    """The state that one issue is seen at."""
    return sources if isinstance(sources, SourceState) else sources.get(issue_id, UNKNOWN)
