"""Refusals: why evidence proves nothing, by which law, and what would make it count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from msgspec import Struct

from triagebook.code.state import SourceState
from triagebook.model.catalog import Catalog
from triagebook.model.evidence import Evidence, Grade, MeasuredValue, Observation, Phase, TestRun
from triagebook.model.issue import Issue
from triagebook.text import first_of

from .grading import changed_by_hand, is_ahead, moment

LAWS = {
    1: "both runs must show the same test",
    2: "evidence counts for code that the repository knows",
    3: "the product must differ before and after the fix",
    4: "a test must fail for the recorded reason",
    5: "one state of the code gives one answer",
    6: "evidence must not vanish or be edited",
    7: "every failure counts",
    8: "evidence must be in order",
    9: "an error that is seen again is a failure",
    10: "a criterion needs a value that somebody measured",
    11: "fixed means gone from the code",
    12: "a defect that is back is open",
}
_CLOCKS = timedelta(days=1)  # between the clocks and time zones of those who write dates

_RECORD = "prove the fix at a commit that the repository has, or record the run again in a clean checkout of one"


class Todo(Struct, frozen=True):
    """Something to do, with the command that does it."""

    do: str
    command: str = ""


class Refusal(Struct, frozen=True):
    """Why a piece of evidence does not count for what it says."""

    law: int
    evidence: str
    why: str
    do: str  # what would make it count
    command: str = ""  # that does it

    @property
    def law_name(self) -> str:
        return LAWS[self.law]

    @property
    def remedy(self) -> str:
        return f"{self.do}: {self.command}" if self.command else self.do

    @property
    def because(self) -> str:
        """The reason and its law, in the same words everywhere."""
        return f"{self.why} ({self.law_name})"

    def __str__(self) -> str:
        return f"{self.evidence}: {self.because}: {self.remedy}"


class Grounds(Struct, frozen=True):
    """What evidence is judged by."""

    issue: Issue
    catalog: Catalog
    source: SourceState
    as_of: date | None

    def refusal(self, name: str, record: Evidence) -> Refusal | None:
        """Why a piece of evidence proves nothing; None if it can prove something."""
        found = self._out_of_order(record) or self._unvouched(record) or self._unknown_code(name, record)
        return Refusal(found[0], name, *found[1:]) if found else None

    def _out_of_order(self, record: Evidence) -> tuple[int, str, str] | None:
        if self.as_of is not None and is_ahead(record.at, self.as_of):
            return 8, f"it is dated after {self.as_of}", "correct the clock, and record it again"
        if record.phase is Phase.AFTER and moment(record).date() + _CLOCKS < self.issue.opened:
            return 8, f"it is dated before the issue was opened on {self.issue.opened}", "run again, on the fix"
        made = self.source.made.get(str(record.commit))
        if made is not None and moment(record) < made - _CLOCKS:
            why = f"it is dated before its commit {str(record.commit)[:9]} was made on {made.date()}"
            return 8, why, "name the commit that was run"
        return None

    def _unvouched(self, record: Evidence) -> tuple[int, str, str] | None:
        if changed_by_hand(record):
            why = "it carries no seal of its own content: it was written or changed by hand"
            return 6, why, "restore it from git, or record it again"
        if record.grade is Grade.TRANSCRIBED:
            return 2, "it is transcribed, so its code is unknown", "record the result file itself"
        if not record.sealed:
            return 6, "it carries no seal: it was written by hand", "record it with `triagebook record`"
        if record.grade is Grade.ATTESTED and not self.catalog.can_vouch(record.by):
            return 10, "no person of the catalog vouches for it", "name one with `--by`"
        return None

    def _unknown_code(self, name: str, record: Evidence) -> tuple[int, str, str] | None:
        run = isinstance(record, TestRun)
        machine = record.grade is Grade.MACHINE
        if machine and record.commit is None and (run or record.build is None):
            return 2, f"it names {'no commit' if run else 'neither commit nor build'}", "name it with `--commit`"
        if machine and record.dirty:
            return 2, "the work tree held changes or code in no commit", "commit what was tested, and run again"
        if machine and run and record.dirty is None:
            return 2, "it does not say that the tree was clean", _RECORD
        if record.commit in self.source.unknown:
            return 2, _no_commit(str(record.commit), record.code), _RECORD
        if isinstance(record, TestRun) and record.tests_from in self.source.unknown:
            return 2, f"the commit of its tests: {_no_commit(str(record.tests_from), record.code)}", _RECORD
        if name in self.source.other_tests and isinstance(record, TestRun):
            return 2, f"its tests are not those of {str(record.tests_from)[:9]}, which it names", _RECORD
        if machine and isinstance(record, MeasuredValue) and (record.source is None or record.stated is False):
            kept = record.source is not None and record.source.kept
            why = f"the kept source does not state {record.value}" if kept else "no kept source states the value"
            return 10, why, "record it with the file that states it"
        return None


def _no_commit(commit: str, files: Collection[str]) -> str:
    """Why a commit is not known, after its content was looked for in all of the history."""
    none = f", and none holds {first_of(sorted(files))} as it was then" if files else ""
    return f"{commit[:9]} is not a commit of this repository{none}, by content"


def withdrawals(evidence: Mapping[str, Evidence], catalog: Catalog) -> dict[str, Observation]:
    """The evidence that a named person took back as a mistake, each with the record that says so."""
    return {
        str(record.withdraws): record
        for record in evidence.values()
        if isinstance(record, Observation)
        and record.withdraws in evidence
        and record.sealed
        and catalog.can_vouch(record.by)
    }


def withdrawn(name: str, record: Observation) -> Refusal:
    return Refusal(6, name, f"{record.by} withdrew it on {record.at:%Y-%m-%d}", "record the run again correctly")
