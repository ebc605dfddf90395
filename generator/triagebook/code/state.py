"""The state of the source code as plain data: what the records of a book need to know about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field

from triagebook.findings import Field

if TYPE_CHECKING:  # what reads an answer from the memo needs no record
    from triagebook.model.evidence import Evidence


class Mismatch(Struct, frozen=True):
    """Something that the record names and the source code does not show, or shows elsewhere."""

    file: str  # of the book
    field: Field
    what: str  # as the record names it: `app/routes.py:85`
    why: str
    now: str = ""  # where it is instead


class Coverage(Struct, frozen=True):
    """How many of the lines that the detector finds another search finds too."""

    found: int
    of: int
    missed: str = ""  # one line that it does not find


class PlaceAfterFix(Struct, frozen=True):
    """What the recorded fix did to one place, judged by the function around it."""

    fixed_by: str | None  # the commit that removed it, or changed its function
    back: bool = False  # the function from before the fix is there again
    unknown: bool = False  # the history is cut off before it
    why: str = ""


class Drift(Struct, frozen=True):
    """How the record of one issue differs from the source code as it is now."""

    cleared: tuple[Mismatch, ...] = ()  # locations that count as open, and are not found any more
    unrecorded: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # lines found by file, recorded nowhere
    back: tuple[Mismatch, ...] = ()  # locations that count as fixed, and are found again
    misplaced: tuple[Mismatch, ...] = ()  # places that are not in the code at the commit they are stated for
    moved: tuple[Mismatch, ...] = ()  # places that were there, and are elsewhere now
    checks: Mapping[Field, Coverage] = field(default_factory=dict)  # the searches of the plan's steps
    absent: tuple[Mismatch, ...] = ()  # files, options and settings that do not exist
    marked: tuple[Mismatch, ...] = ()  # tests that are marked in the code, and differ from the plan
    invalid: tuple[Mismatch, ...] = ()  # detectors and searches that can't be used
    unknown: tuple[str, ...] = ()  # what could not be found out, and why
    after_fix: Mapping[str, PlaceAfterFix] | None = None  # by `path:line`; None if a detector says what is fixed


class SourceDependencies(Struct, frozen=True, omit_defaults=True):
    """What of the source code the answers about one issue rest on."""

    paths: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()  # or the beginnings of their names
    anything: bool = False  # a search, or a file that may have moved: any file counts


class SourceState(Struct, frozen=True):
    """A checkout, as far as one issue asks about it. What is not in it is unknown."""

    repository: str = ""  # its id in the catalog, or the name of its folder
    head: str | None = None
    dirty: bool = False
    digests: Mapping[str, str] = field(default_factory=dict)  # of the files that exist now, by path
    looked_at: frozenset[str] = frozenset()  # the paths that were looked for
    shallow: bool = False  # its history is cut off, so nothing can be denied
    contains: Mapping[tuple[str, str], bool] = field(default_factory=dict)  # (commit, ancestor): is it in its history?
    unknown: frozenset[str] = frozenset()  # recorded commits of which neither id nor content is known
    other_tests: frozenset[str] = frozenset()  # evidence whose tests are not those of the commit that it names
    made: Mapping[str, datetime] = field(default_factory=dict)  # when recorded commits were made
    contents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # of commits, the fix's files by digest
    vanished: Mapping[str, Evidence] = field(default_factory=dict)  # that git once held, and that is gone or edited
    lost_locations: bool = False  # git once held a list of them, and there is none now
    reverted: tuple[str, ...] = ()  # files of the fix that are again as they were before it
    why_unknown: str = ""  # why something could not be found out
    drift: Mapping[str, Drift] = field(default_factory=dict)  # by issue, where it was looked for
    checkout: str = ""  # where it is
    named: bool = False  # its repository, by the catalog
    rests: SourceDependencies | None = (
        SourceDependencies()
    )  # the source code that all this depends on; None if changes to it can't be noticed

    @property
    def name(self) -> str:
        """The state in words: `app at 1a2b3c4`."""
        if self.head is None:
            return "without the source code"
        changes = ", with uncommitted changes" if self.dirty else ""
        return f"{self.repository or 'the source code'} at {self.head[:7]}{changes}"

    def holds(self, commit: str, ancestor: str) -> bool | None:
        """Is the ancestor in the history of the commit? None if that is unknown."""
        return True if same_commit(commit, ancestor) else self.contains.get((commit, ancestor))

    def is_at(self, commit: str) -> bool:
        """Is the checkout at exactly this commit, with nothing changed?"""
        return self.head is not None and not self.dirty and same_commit(self.head, commit)


def same_commit(one: str, other: str) -> bool:
    """Do two hashes name one commit? Either may be shortened."""
    return one.startswith(other) or other.startswith(one)


COMPARED = "compared with"
_CUT_OFF = "; its history is cut off: `git fetch --unshallow` gets it, in CI `fetch-depth: 0`"


def described(states: Iterable[SourceState]) -> str:
    """One sentence that says which source code was used, or why none was."""
    every = list(states)
    if known := sorted({state.name for state in every if state.head is not None}):
        shallow = any(state.shallow for state in every)
        return f"{COMPARED} {', '.join(known)}{_CUT_OFF if shallow else ''}"
    why = next((state.why_unknown for state in every if state.why_unknown), "")
    return f"without the source code{f': {why}' if why else ''}"


SWITCHED_OFF = SourceState(why_unknown="--no-source was given")
UNKNOWN = SourceState(why_unknown="no checkout of the source code was given")

# Of a whole book: one state for all issues, or one for each by its id.
Sources = SourceState | Mapping[str, SourceState]


def of_issue(sources: Sources, issue_id: str) -> SourceState:
    return sources if isinstance(sources, SourceState) else sources.get(issue_id, UNKNOWN)
