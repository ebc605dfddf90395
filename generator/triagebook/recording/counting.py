"""What recorded evidence counts for: the defect, the fix, or nothing and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from triagebook.code.checkouts import states_for
from triagebook.errors import TriagebookError
from triagebook.facts.ledger.error_texts import own_message
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.ledger.planned_tests import PlannedTest
from triagebook.facts.ledger.refusals import Refusal
from triagebook.facts.ledger.results import CombinedResult, JudgedResult, Judgement, gravity
from triagebook.facts.verdict.proofs import doubts, proofs
from triagebook.model.evidence import Evidence, Grade, Phase, TestRun
from triagebook.text import on_one_line

from .evidence_file import EvidenceFile
from .record import RecordingContext
from .summary import listed

NO_PLANNED = "proves nothing: no result in it belongs to a planned test"
NO_PROOF = "does not prove the fix"
FAILS = "fails"
FLAKY = "passes and fails on the same code, so it is flaky and counts as unknown"


class Counting:
    """Evidence that is or would be recorded, judged together with all other evidence of the issue."""

    def __init__(self, context: RecordingContext, files: Sequence[EvidenceFile]) -> None:
        self.files = files
        loaded, own = context.loaded, {one.name: one.record for one in files}
        entry = replace(context.entry, evidence={**context.entry.evidence, **own})
        state = states_for(loaded.book, loaded.root, [entry], context.folder)[entry.id]
        self.ledger = Ledger(entry, loaded.book.catalog, state, context.now.date())

    def refuse_wrong_phases(self) -> None:
        for one in self.files:
            self.refuse_wrong_phase(one.record.commit, one.record.phase)

    def refuse_wrong_phase(self, commit: str | None, phase: Phase | None) -> None:
        """Nothing after the fix was seen on a commit without it, and nothing before the fix on one with it."""
        fix = self.ledger.fix
        has_fix = fix.are_in(commit)
        if has_fix is None or phase is None or has_fix is (phase is Phase.AFTER):
            return
        other, verb = (Phase.AFTER, "contains") if has_fix else (Phase.BEFORE, "does not contain")
        what = f"{str(commit)[:9]} {verb} the fix {', '.join(fixed[:9] for fixed in fix.commits)}"
        do = f"use --phase {other.value}, or name the commit that was tested with --commit"
        raise TriagebookError(f"{what}, so nothing seen on it is {phase.value} the fix", do)

    def lines(self) -> Iterator[str]:
        """For each piece of evidence: its commit, phase and environment, and what its results count for."""
        for one in self.files:
            lines = [f"{text}: {listed(tests)}" if tests else text for text, tests in self._of_one(one).items()]
            if one.masked:
                lines.append(f"masked: {one.masked} that looked like secrets")
            yield f"{_setting(one.record)}{':' if lines else ''}"
            yield from (f"  {line}" for line in lines)

    def problems(self) -> Iterator[str]:
        """Why the evidence is not what was expected of it: a result is wrong or skipped, or it proves nothing."""
        own = {one.name for one in self.files}
        for one in self.files:
            for text, tests in self._of_one(one).items():
                if text.startswith(("proves nothing:", FLAKY, NO_PROOF, FAILS)):
                    yield f"{text}: {listed(tests)}" if tests else f"it {text}"
        planned = [
            one
            for (_, _, phase, _), results in self.ledger.results.planned.items()
            for one in results
            if one.evidence in own and not _rate(one, phase)
        ]
        if wrong := [one.name for one in planned if one.judgement is Judgement.UNEXPECTED]:
            yield f"not as expected: {listed(wrong)}"
        if skipped := [one.name for one in planned if one.judgement is Judgement.SKIPPED]:
            yield f"skipped: {listed(skipped)}"
        others = [one for results in self.ledger.results.unplanned.values() for one in results if one.failed]
        if failed := [one.name for one in others if one.evidence in own]:
            yield f"failed and is not in the plan: {listed(failed)}"

    def judgements(self, evidence: str) -> dict[str, Judgement]:
        """How the planned results of a run compare with what was expected, by name."""
        planned = self.ledger.results.planned
        return {
            one.name: self.ledger.combined[key].judgement if _rate(one, key[2]) else one.judgement
            for key, results in planned.items()
            for one in results
            if one.evidence == evidence
        }

    def _of_one(self, file: EvidenceFile) -> dict[str, list[str]]:
        """What the results of one piece of evidence count for, with the tests."""
        if refusal := self.ledger.refusals.get(file.name):
            return {f"proves nothing: {_reason(refusal)}": []}
        if isinstance(file.record, TestRun):
            return self._of_run(file.name, file.record)
        if not self.ledger.deployments.saw_error_with_fix(file.record):
            return {}
        where = file.record.environment or "every environment"
        return {f"shows the error again, so the fix counts as failed in {where}": []}

    def _of_run(self, name: str, run: TestRun) -> dict[str, list[str]]:
        ledger, counted = self.ledger, dict[str, list[str]]()
        if why := ledger.incomplete[name]:
            counted[f"its passes prove nothing: {why}"] = []
        phase, environment = ledger.fix.phase_of(run), str(run.environment or "")
        if phase is None:
            if run.phase:
                counted[f"proves nothing: {str(run.commit)[:9]} contains a part of the fix"] = []
            return counted
        proven = {(one.suite, one.test) for one in proofs(ledger, environment) if one.after == name}
        doubted = {test.key: refusal for test, refusal in doubts(ledger, environment)}
        for test in ledger.tests:
            key = (*test.key, phase, environment)
            own = [one for one in ledger.results.planned.get(key, ()) if one.evidence == name]
            if not own:
                continue
            worst, whole = min(own, key=gravity), ledger.combined.get(key)
            if whole and whole.judgement is Judgement.FLAKY:
                text = FLAKY
            elif whole and (rate := _rate(worst, phase)) and whole.judgement is not Judgement.AS_EXPECTED:
                text = _rate_missed(whole, rate)
            elif phase is Phase.BEFORE:
                text = self._before(test, worst)
            elif test.key in proven:
                text = "proves the fix"
            else:
                text = self._after(test, worst, doubted.get(test.key))
            counted.setdefault(text, []).append(test.name)
        return counted or {NO_PLANNED: []}

    def _before(self, test: PlannedTest, one: JudgedResult) -> str:
        if one.judgement is Judgement.ELSEWHERE:
            return f"proves nothing: {one.judgement.value}"
        if one in self.ledger.failed_before(test, str(one.record.environment)):
            return "shows the defect"
        if not one.failed:
            return "passes without the fix, so it does not show the defect"
        if one.judgement is Judgement.AS_EXPECTED:
            return f"fails, but no recorded error says why; add `before: {{fail: {_first_line(one)}}}` and run it again"
        if one.judgement is Judgement.OTHER_REASON:
            return f"fails for another reason than recorded ({_first_line(one)})"
        return one.judgement.value

    def _after(self, test: PlannedTest, one: JudgedResult, doubt: Refusal | None) -> str:
        if doubt:
            return f"{NO_PROOF}: {_reason(doubt)}"
        if one.judgement is Judgement.ELSEWHERE:
            return f"proves nothing: {one.judgement.value}"
        if one.judgement is Judgement.PROVES_NOTHING:
            return "ends as it should, with and without the fix"
        if one.judgement is not Judgement.AS_EXPECTED or one.failed:
            return one.judgement.value
        if one.grade is not Grade.MACHINE:
            return f"does not prove the fix: it is {one.grade.value}"
        place = str(one.record.environment)
        if not self.ledger.failed_before(test, place):
            return f"passes; it did not fail before the fix in {place}, so it does not prove the fix"
        return "passes"


def _setting(record: Evidence) -> str:
    commit = f"commit {record.commit[:9]}" if record.commit else "no commit"
    state = " with uncommitted changes" if record.dirty else ""
    phase = f"{record.phase.value} the fix" if record.phase else "no phase"
    build = f", build {record.build}" if record.build else ""
    return f"{commit}{state}, {phase}, in {record.environment or 'no environment'}{build}"


def _rate(one: JudgedResult, phase: Phase) -> str:
    """The rate at which an intermittent defect is expected."""
    expected = one.held.before if phase is Phase.BEFORE else one.held.after
    return expected.rate if expected else ""


def _rate_missed(whole: CombinedResult, rate: str) -> str:
    attempts = sum(one.attempts for one in whole.results)
    found = f"{FAILS} {sum(one.failures for one in whole.results)} of {attempts} times"
    if whole.judgement is Judgement.MISSING:
        return f"{found}, too few attempts for `fails {rate}`; run it more often"
    return f"{found}, but `fails {rate}` is expected"


def _reason(refusal: Refusal) -> str:
    return f"{refusal.because}: {refusal.remedy}"


def _first_line(one: JudgedResult) -> str:
    """The first line of the failure's own message."""
    lines = [line.strip() for line in own_message(one.error or "").splitlines() if line.strip()]
    return on_one_line(lines[0])[:120] if lines else "no error text"
