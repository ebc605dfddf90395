"""The order of runs in time, and whether each is complete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from triagebook.model.evidence import Evidence, Grade, Outcome, TestRun

RANK = {Grade.MACHINE: 2, Grade.ATTESTED: 1, Grade.TRANSCRIBED: 0}
FAILED = frozenset({Outcome.FAILED, Outcome.ERROR})


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
    sources = {}
    for name, run in evidence.items():
        if isinstance(run, TestRun) and run.source is not None:
            sources[name] = str(run.source.sha256)
            settings.setdefault(sources[name], set()).add((run.environment, run.phase, run.commit))
    return frozenset(name for name, source in sources.items() if len(settings[source]) > 1)


def moment(evidence: Evidence) -> datetime:
    """The time of evidence, for ordering; a date without a time counts from midnight."""
    at: date = evidence.at
    return at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)


def is_ahead(at: date, as_of: date) -> bool:
    """Whether a date is in the future. A time is kept in UTC, where it may already be tomorrow."""
    return at.date() > as_of + timedelta(days=1) if isinstance(at, datetime) else at > as_of


def runs(evidence: Mapping[str, Evidence]) -> list[tuple[str, TestRun]]:
    """The test runs, the earliest first; those of the same time by name."""
    found = [(name, record) for name, record in evidence.items() if isinstance(record, TestRun)]
    return sorted(found, key=lambda item: (moment(item[1]), item[0]))
