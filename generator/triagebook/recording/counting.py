"""What recorded results count for: the defect, the fix, or nothing and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from triagebook.code.checkouts import states_for
from triagebook.facts.ledger.error_texts import own_message
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.ledger.refusals import Refusal
from triagebook.facts.ledger.results import JudgedResult, Judgement
from triagebook.facts.verdict.proofs import doubts, proofs
from triagebook.model.evidence import Evidence, Grade, Phase, TestRun
from triagebook.text import on_one_line

if TYPE_CHECKING:
    from triagebook.facts.ledger.planned_tests import PlannedTest

    from .evidence_file import EvidenceFile
    from .record import RecordingContext

MOST = 10  # names shown in a list


def lines_of_counting(context: RecordingContext, files: Sequence[EvidenceFile]) -> Iterator[str]:
    """For each piece of evidence: its commit, phase and environment, and what its results count for."""
    entry = replace(context.entry, evidence={**context.entry.evidence, **{one.name: one.record for one in files}})
    loaded = context.loaded
    state = states_for(loaded.book, loaded.root, [entry], context.folder)[entry.id]
    ledger = Ledger(entry, loaded.book.catalog, state, context.now.date())
    for one in files:
        lines = list(_of_one(ledger, one))
        yield f"{_setting(one.record)}{':' if lines else ''}"
        yield from (f"  {line}" for line in lines)


def _of_one(ledger: Ledger, file: EvidenceFile) -> Iterator[str]:
    if isinstance(file.record, TestRun):
        yield from _of_run(ledger, file.name, file.record)
    elif refusal := ledger.refusals.get(file.name):
        yield f"proves nothing: {_reason(refusal)}"
    elif ledger.deployments.saw_error_with_fix(file.record):
        yield f"shows the error again, so the fix counts as failed in {file.record.environment or 'every environment'}"
    if file.masked:
        yield f"masked: {file.masked} that looked like secrets"


def _setting(record: Evidence) -> str:
    commit = f"commit {record.commit[:9]}" if record.commit else "no commit"
    state = " with uncommitted changes" if record.dirty else ""
    phase = f"{record.phase.value} the fix" if record.phase else "no phase"
    build = f", build {record.build}" if record.build else ""
    return f"{commit}{state}, {phase}, in {record.environment or 'no environment'}{build}"


def _of_run(ledger: Ledger, name: str, run: TestRun) -> Iterator[str]:
    if refusal := ledger.refusals.get(name):
        yield f"proves nothing: {_reason(refusal)}"
        return
    if why := ledger.incomplete[name]:
        yield f"its passes prove nothing: {why}"
    counted: dict[str, list[str]] = {}
    phase, environment = ledger.fix.phase_of(run) or run.phase, str(run.environment or "")
    if phase is None:
        return
    proven = {(one.suite, one.test) for one in proofs(ledger, environment) if one.after == name}
    doubted = {test.key: refusal for test, refusal in doubts(ledger, environment)}
    for test in ledger.tests:
        own = [one for one in ledger.combined[*test.key, phase, environment].results if one.evidence == name]
        if own:
            text = (
                _before(ledger, test, own[0])
                if phase is Phase.BEFORE
                else "proves the fix"
                if test.key in proven
                else _after(ledger, test, own[0], doubted.get(test.key))
            )
            counted.setdefault(text, []).append(test.name)
    if not counted:
        yield "proves nothing: no result in it belongs to a planned test"
    for text, tests in counted.items():
        more = f" and {len(tests) - MOST} more" if len(tests) > MOST else ""
        yield f"{text}: {on_one_line(', '.join(tests[:MOST]))}{more}"


def _before(ledger: Ledger, test: PlannedTest, one: JudgedResult) -> str:
    if one in ledger.failed_before(test, str(one.record.environment)):
        return "shows the defect"
    if not one.failed:
        return "passes without the fix, so it does not show the defect"
    if one.judgement is Judgement.AS_EXPECTED:
        return f"fails, but no recorded error says why; add `before: {{fail: {_first_line(one)}}}` and run it again"
    if one.judgement is Judgement.OTHER_REASON:
        return f"fails for another reason than recorded ({_first_line(one)})"
    return one.judgement.value


def _after(ledger: Ledger, test: PlannedTest, one: JudgedResult, doubt: Refusal | None) -> str:
    if doubt:
        return f"does not prove the fix: {_reason(doubt)}"
    if one.judgement is not Judgement.AS_EXPECTED or one.failed:
        return one.judgement.value
    if one.grade is not Grade.MACHINE:
        return f"does not prove the fix: it is {one.grade.value}"
    place = str(one.record.environment)
    if not ledger.failed_before(test, place):
        return f"passes; it did not fail before the fix in {place}, so it does not prove the fix"
    return "passes"


def _reason(refusal: Refusal) -> str:
    return f"{refusal.because}: {refusal.do}"


def _first_line(one: JudgedResult) -> str:
    """The first line of the failure's own message."""
    lines = [line.strip() for line in own_message(one.error or "").splitlines() if line.strip()]
    return on_one_line(lines[0])[:120] if lines else "no error text"
