"""What a piece of evidence counts for: whether it can prove anything, who vouches for it, and its date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from triagebook.model.catalog import Catalog, PersonKind
from triagebook.model.evidence import Evidence, Grade, Outcome, TestRun

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


def counts_as(evidence: Evidence, catalog: Catalog, as_of: date | None) -> Grade:
    """The grade that evidence counts for: without the marks of its own grade it is only a statement."""
    if as_of is not None and is_ahead(evidence.at, as_of):
        return Grade.TRANSCRIBED
    if evidence.grade is Grade.MACHINE and proof(evidence) is None:
        return Grade.MACHINE
    if evidence.grade is Grade.ATTESTED and evidence.sealed and _names_a_person(evidence, catalog):
        return Grade.ATTESTED
    return Grade.TRANSCRIBED


def _names_a_person(evidence: Evidence, catalog: Catalog) -> bool:
    person = catalog.people.get(evidence.by) if evidence.by else None
    return person is not None and person.kind is not PersonKind.ASSISTANT


def changed_by_hand(evidence: Evidence) -> bool:
    """Whether a seal is missing or broken: such evidence may have reported a failure before the edit."""
    return not evidence.sealed and (evidence.seal is not None or evidence.grade is Grade.MACHINE)


def incomplete(run: TestRun) -> str | None:
    """Why the passes of a run prove nothing: it was cut off, or hides a failure that its results do not list."""
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
    """Runs read from one file but recorded for several environments, phases or commits: at most one is right."""
    settings: dict[str, set[tuple[str | None, ...]]] = {}
    for _, run in _read_from_files(evidence):
        settings.setdefault(_source(run), set()).add((run.environment, run.phase, run.commit))
    return frozenset(name for name, run in _read_from_files(evidence) if len(settings[_source(run)]) > 1)


def _read_from_files(evidence: Mapping[str, Evidence]) -> Iterator[tuple[str, TestRun]]:
    return ((name, run) for name, run in evidence.items() if isinstance(run, TestRun) and run.source is not None)


def _source(run: TestRun) -> str:
    return str(run.source.sha256) if run.source else ""


def moment(evidence: Evidence) -> datetime:
    """The time of evidence, for ordering; a date without a time counts from midnight."""
    at: date = evidence.at
    return at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)


def is_ahead(at: date, as_of: date) -> bool:
    """Whether a date lies in the future. A time is kept in UTC, where it may already be tomorrow."""
    return at.date() > as_of + timedelta(days=1) if isinstance(at, datetime) else at > as_of


def runs(evidence: Mapping[str, Evidence]) -> list[tuple[str, TestRun]]:
    """The test runs, the earliest first; those of the same time by name."""
    found = [(name, record) for name, record in evidence.items() if isinstance(record, TestRun)]
    return sorted(found, key=lambda item: (moment(item[1]), item[0]))
