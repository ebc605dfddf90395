"""The evidence of an issue by environment, with what it counts for and why; and two runs compared."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.ledger.grading import FAILED
from triagebook.facts.ledger.results import Judgement
from triagebook.model.base import Text
from triagebook.model.evidence import Outcome, Phase, TestRun
from triagebook.text import counted, first_of

from .evidence import EvidenceRow, evidence_rows
from .verdict import environment_title

_NOWHERE = "Elsewhere"


class Event(Struct, frozen=True):
    """A piece of evidence on the timeline."""

    environment: str
    row: EvidenceRow
    state: str  # passed, failed, flaky or unknown
    counts: str  # what it counts for, or why it counts for nothing
    commit: object  # empty if it names none


class RunDifference(Struct, frozen=True):
    """Two runs, and the tests that ended differently."""

    first: str
    second: str
    rows: tuple[tuple[str, str, tuple[Text, ...]], ...]  # both outcomes, and the tests
    different: int
    alike: int


def timeline(case: Case) -> tuple[Event, ...]:
    """All evidence, the environments in the catalog's order, the earliest first."""
    flaky = _flaky_runs(case)
    events = [
        Event(
            environment=environment_title(case.book, row.record.environment) if row.record.environment else _NOWHERE,
            row=row,
            state=_state(row, flaky),
            counts=_counts(case, row),
            commit=row.record.commit or "",
        )
        for row in evidence_rows(case)
    ]
    order = {environment_title(case.book, name): place for place, name in enumerate(case.ledger.environments)}
    return tuple(sorted(events, key=lambda event: order.get(event.environment, len(order))))


def _flaky_runs(case: Case) -> set[str]:
    combined = (
        case.ledger.combined[*test.key, phase, environment]
        for test in case.ledger.tests
        for phase in Phase
        for environment in case.ledger.environments
    )
    return {one.evidence for each in combined if each.judgement is Judgement.FLAKY for one in each.results}


def _state(row: EvidenceRow, flaky: set[str]) -> str:
    record = row.record
    if row.name in flaky:
        return "flaky"
    if not isinstance(record, TestRun) or not record.results or row.documents:
        return "unknown"
    outcomes = {result.outcome for result in record.results.values()}
    return "failed" if outcomes & FAILED else "passed" if Outcome.PASSED in outcomes else "unknown"


def _counts(case: Case, row: EvidenceRow) -> str:
    said = list(_reasons(case, row))
    return "; ".join(dict.fromkeys(said)) or "kept; no stage needs it"


def _reasons(case: Case, row: EvidenceRow) -> Iterator[str]:
    name, failed = row.name, False
    for place, found in case.verdict.environments.items():
        proofs = [proof for proof in found.proven_by if name in {proof.before, proof.after}]
        if proofs:
            yield f"proves the fix in {place}: {first_of(proof.test for proof in proofs)}"
        elif place in case.verdict.failing and name in found.evidence and row.record.phase is Phase.AFTER:
            failed = True
            yield f"the fix failed in {place}: {'; '.join(found.reasons)}"
    tests = [test.name for test, place in case.ledger.reproductions if _has(row, test.name, place)]
    if tests and row.record.phase is Phase.BEFORE:
        yield f"reproduces the defect: {counted(len(tests), 'test')}"
    if row.documents:
        yield f"nothing: typed from {', '.join(row.documents)}"
    elif not failed:
        yield from (f"does not count: {each.why}" for each in case.verdict.refusals if each.evidence == name)


def _has(row: EvidenceRow, test: str, place: str) -> bool:
    results = row.record.results if isinstance(row.record, TestRun) else {}
    return row.record.environment == place and any(test in name for name in results)


def last_difference(case: Case) -> RunDifference | None:
    """The last run before the fix and the last after it, or else the last two; None if there are no two."""
    runs = [(row.name, row.record) for row in evidence_rows(case) if isinstance(row.record, TestRun)]
    runs = [(name, run) for name, run in runs if run.results]
    if len(runs) < 2:
        return None
    before = [each for each in runs[:-1] if each[1].phase is Phase.BEFORE]
    (first, old), (second, new) = (before or runs[:-1])[-1], runs[-1]
    names = list(dict.fromkeys((*old.results, *new.results)))
    by_outcomes: dict[tuple[str, str], list[Text]] = {}
    for name in names:
        by_outcomes.setdefault((_outcome(old, name), _outcome(new, name)), []).append(Text(name))
    rows = tuple((*ended, tuple(tests)) for ended, tests in sorted(by_outcomes.items()) if ended[0] != ended[1])
    different = sum(len(tests) for _, _, tests in rows)
    return RunDifference(first, second, rows, different, len(names) - different)


def _outcome(run: TestRun, name: str) -> str:
    return run.results[name].outcome.value if name in run.results else "not run"
