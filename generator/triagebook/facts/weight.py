"""What a piece of evidence counts for: whether it proves anything, who stands for it, when it was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from triagebook.model.catalog import PersonKind
from triagebook.model.evidence import Evidence, Grade, Outcome, TestRun

if TYPE_CHECKING:
    from triagebook.book import Book

RANK = {Grade.MACHINE: 2, Grade.ATTESTED: 1, Grade.TRANSCRIBED: 0}
FAILED = frozenset({Outcome.FAILED, Outcome.ERROR})


def proof(evidence: Evidence) -> str | None:
    """Why a piece of evidence that the tool recorded proves nothing; None where it can prove something."""
    if evidence.grade is not Grade.MACHINE:
        return f"it is {evidence.grade.value}"
    if not evidence.sealed:
        return "it carries no seal of its own content: it was written or changed by hand"
    run = isinstance(evidence, TestRun)
    if evidence.commit is None and (run or evidence.build is None):
        return "it names no commit" if run else "it names neither commit nor build"
    if evidence.dirty:
        return "the work tree held changes that were not committed"
    if run and evidence.dirty is None:
        return "it does not say the tree was clean"
    return None


def counts_as(evidence: Evidence, book: Book, as_of: date | None) -> Grade:
    """The grade it counts for: what lacks the marks of its grade is no more than a statement."""
    if as_of is not None and is_ahead(evidence.at, as_of):
        return Grade.TRANSCRIBED
    if evidence.grade is Grade.MACHINE and proof(evidence) is None:
        return Grade.MACHINE
    if evidence.grade is Grade.ATTESTED and evidence.sealed and _names_a_person(evidence, book):
        return Grade.ATTESTED
    return Grade.TRANSCRIBED


def _names_a_person(evidence: Evidence, book: Book) -> bool:
    person = book.catalog.people.get(evidence.by) if evidence.by else None
    return person is not None and person.kind is not PersonKind.ASSISTANT


def changed_by_hand(evidence: Evidence) -> bool:
    """Whether a seal is missing or broken. Nobody knows what such evidence said before, a failure perhaps."""
    return not evidence.sealed and (evidence.seal is not None or evidence.grade is Grade.MACHINE)


def incomplete(run: TestRun) -> str | None:
    """Why a run's passes prove nothing: it was cut off, or something failed in it that its results do not show."""
    if run.partial:
        return "the run was cut off"
    failures = sum(result.outcome in FAILED for result in run.results.values())
    stated = (run.totals.failed or 0) + (run.totals.errors or 0) if run.totals else 0
    if stated > failures:
        return f"it states {stated} failures and lists {failures}"
    if run.exit_code and not any(
        result.outcome in FAILED or result.outcome is Outcome.XPASSED for result in run.results.values()
    ):
        return f"it ended with exit code {run.exit_code} and lists no failure"
    return None


def recorded_twice(evidence: Mapping[str, Evidence]) -> frozenset[str]:
    """Runs read from one file and recorded for two places, phases or commits: at most one of them can be so."""
    settings: dict[str, set[tuple[str | None, ...]]] = {}
    for _, run in _read_from_files(evidence):
        settings.setdefault(_source(run), set()).add((run.environment, run.phase, run.commit))
    return frozenset(name for name, run in _read_from_files(evidence) if len(settings[_source(run)]) > 1)


def _read_from_files(evidence: Mapping[str, Evidence]) -> Iterator[tuple[str, TestRun]]:
    return ((name, run) for name, run in evidence.items() if isinstance(run, TestRun) and run.source is not None)


def _source(run: TestRun) -> str:
    return str(run.source.sha256) if run.source else ""


def moment(evidence: Evidence) -> datetime:
    """When something was seen, for ordering; a day counts from its begin."""
    at: date = evidence.at
    return at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)


def is_ahead(at: date, as_of: date) -> bool:
    """Had it not happened yet? A time is kept in UTC, where it may be tomorrow already."""
    return at.date() > as_of + timedelta(days=1) if isinstance(at, datetime) else at > as_of


def runs(evidence: Mapping[str, Evidence]) -> list[tuple[str, TestRun]]:
    """The test runs, the earliest first; equal times in the order of their names."""
    found = [(name, record) for name, record in evidence.items() if isinstance(record, TestRun)]
    return sorted(found, key=lambda item: (moment(item[1]), item[0]))
