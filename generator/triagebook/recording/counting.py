"""What recorded evidence counts for: the defect, the fix, or nothing and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from triagebook.code.checkouts import states_for
from triagebook.errors import TriagebookError
from triagebook.facts.case import Case
from triagebook.facts.inquiry import Inquiry
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.ledger.refusals import Refusal
from triagebook.facts.ledger.results import Judgement
from triagebook.facts.verdict.criteria import Answer
from triagebook.facts.verdict.proofs import proofs
from triagebook.facts.verdict.refused import UNSEEN_BEFORE
from triagebook.model.evidence import Evidence, MeasuredValue, Observation, Outcome, Phase, TestRun

from .evidence_file import EvidenceFile
from .record import RecordingContext
from .summary import listed

MISSES = "misses a criterion"


class Counting:
    """Evidence that is or would be recorded, judged together with all other evidence of the issue."""

    def __init__(self, context: RecordingContext, files: Sequence[EvidenceFile]) -> None:
        self.files = files
        loaded, own = context.loaded, {one.name: one.record for one in files}
        entry = replace(context.entry, evidence={**context.entry.evidence, **own})
        book = replace(loaded.book, issues={**loaded.book.issues, entry.id: entry})
        states = states_for(book, loaded.root, [entry], context.folder)
        self.case = Inquiry(book, states, context.now.date()).case(entry.id)
        self.ledger = self.case.ledger

    def refuse_wrong_phase(self, commit: str | None, phase: Phase | None) -> None:
        """Nothing after the fix was seen on a commit without it, and nothing before the fix on one with it."""
        fix = self.ledger.fix
        has_fix = fix.are_in(commit)
        if has_fix is None or phase is None or has_fix is (phase is Phase.AFTER):
            return
        other, verb = (Phase.AFTER, "contains") if has_fix else (Phase.BEFORE, "does not contain")
        what = f"{str(commit)[:9]} {verb} the fix {', '.join(fixed[:9] for fixed in fix.commits)}"
        do = f"use --phase {other.value}, or a commit {'without' if has_fix else 'with'} the fix"
        raise TriagebookError(f"{what}, so a run on it is not {phase.value} the fix", do)

    def lines(self) -> Iterator[str]:
        """For each piece of evidence: its commit, phase and environment, and what its results count for.

        What they should count for, and do not, is a problem.
        """
        for one in self.files:
            counted = counted_for(self.case, one.name)
            lines = [f"{text}: {listed(named)}" if named else text for text, named in counted.items()]
            lines += [f"does not count: {_said(refusal)}" for refusal in self._refusals(one) if _is_expected(refusal)]
            if one.masked:
                lines.append(f"masked: {one.masked} that looked like secrets")
            yield f"{_setting(one.record)}{':' if lines else ''}"
            yield from (f"  {line}" for line in lines)

    def problems(self) -> Iterator[str]:
        """Why the evidence is not what was expected of it: a result is wrong or skipped, or it proves nothing."""
        for one in self.files:
            yield from (_said(refusal) for refusal in self._refusals(one) if not _is_expected(refusal))
            yield from (f"{MISSES}: {name}" for name in counted_for(self.case, one.name).get(MISSES, ()))

    def _refusals(self, file: EvidenceFile) -> list[Refusal]:
        return [one for one in self.case.verdict.refusals if one.evidence == file.name]

    def judgements(self, evidence: str) -> dict[str, Judgement]:
        """How the planned results of a run compare with what was expected, by name."""
        planned = self.ledger.results.planned
        return {
            one.name: self.ledger.combined[key].judgement
            if (expected := one.held.at(key[2])) and expected.rate
            else one.judgement
            for key, results in planned.items()
            for one in results
            if one.evidence == evidence
        }


def counted_for(case: Case, name: str) -> dict[str, list[str]]:
    """What a piece of evidence shows, each with the tests, criteria or environments; nothing if it is refused."""
    record, ledger = case.ledger.all_evidence[name], case.ledger
    if name in ledger.refusals:
        return {}
    if isinstance(record, TestRun):
        return _shown_by_run(ledger, name, record)
    if isinstance(record, MeasuredValue):
        return _answered_by(case, name)
    if isinstance(record, Observation) and record.withdraws:
        return {"withdraws": [str(record.withdraws)]}
    if ledger.deployments.saw_error_with_fix(record):
        return {"shows the recorded error with the fix": [str(record.environment or "everywhere")]}
    if ledger.deployments.shows_error(record):
        return {"shows the recorded error": [str(record.environment or "everywhere")]}
    return {"shows no recorded error; it proves nothing by itself": []}


def _shown_by_run(ledger: Ledger, name: str, run: TestRun) -> dict[str, list[str]]:
    """The planned tests of a run that count, by what they show."""
    phase, place, counted = ledger.fix.phase_of(run), str(run.environment or ""), dict[str, list[str]]()
    proven = {(one.suite, one.test) for one in proofs(ledger, place) if one.after == name}
    if phase is None:
        return counted
    for test in ledger.tests:
        result = ledger.combined.get((*test.key, phase, place))
        if result is None or all(one.evidence != name for one in result.results):
            continue
        if phase is Phase.BEFORE and any(one.evidence == name for one in ledger.failed_before(test, place)):
            counted.setdefault("shows the defect", []).append(test.name)
        elif test.key in proven:
            counted.setdefault("proves the fix", []).append(test.name)
        elif result.judgement in {Judgement.AS_EXPECTED, Judgement.PROVES_NOTHING}:
            counted.setdefault("ends as it should", []).append(test.name)
        elif phase is Phase.BEFORE and result.judgement is Judgement.UNJUDGED and result.outcome is Outcome.PASSED:
            counted.setdefault("passes without the fix, so it does not show the defect", []).append(test.name)
    return counted


def _answered_by(case: Case, name: str) -> dict[str, list[str]]:
    """The criteria that a value answers."""
    file, counted = case.evidence_file(name), dict[str, list[str]]()
    for criterion, state in case.criteria.items():
        if state.fact and any(origin.file == file for origin in state.fact.origins):
            says = {Answer.MET: "meets a criterion", Answer.FAILED: MISSES}.get(
                state.answer, "answers no criterion yet"
            )
            counted.setdefault(says, []).append(f"{criterion} ({state.why})")
    return counted or {"answers no criterion: none asks for it there, or a later value does": []}


def _setting(record: Evidence) -> str:
    commit = f"commit {record.commit[:9]}" if record.commit else "no commit"
    state = " with uncommitted changes" if record.dirty else ""
    phase = f"{record.phase.value} the fix" if record.phase else "no phase"
    build = f", build {record.build}" if record.build else ""
    return f"{commit}{state}, {phase}, in {record.environment or 'no environment'}{build}"


def _is_expected(refusal: Refusal) -> bool:
    return UNSEEN_BEFORE in refusal.why


def _said(refusal: Refusal) -> str:
    return f"{refusal.because}: {refusal.remedy}"
