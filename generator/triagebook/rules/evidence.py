"""TB4xx: evidence must say who vouches for it, where, when and on which code; and what the laws of evidence refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.facts.ledger.unexplained import unexplained_failures
from triagebook.findings import Finding, Level
from triagebook.model.catalog import PersonKind
from triagebook.model.evidence import Evidence, Grade, Observation, Phase, TestRun
from triagebook.text import counted, joined, listed

from .base import Problem, Rule
from .lifecycle import day_of, days_of_fix, is_of_fix


class BrokenSeal(Rule, code="TB403"):
    """The seal of evidence does not match its content, or machine evidence has no seal."""

    def in_evidence(self, case: Case, name: str, record: Evidence) -> Iterator[Problem]:
        if record.seal is not None and not record.sealed:
            yield ("seal",), "the seal does not match the content: the evidence was changed after it was recorded"
        elif record.seal is None and record.grade is Grade.MACHINE:
            yield ("grade",), "machine evidence without a seal: triagebook did not write it"


class EvidenceWithoutPlace(Rule, code="TB404", severity=Level.WARNING):
    """Evidence does not say its environment, its commit or build, or its phase."""

    def in_evidence(self, case: Case, name: str, record: Evidence) -> Iterator[Problem]:
        if name in case.ledger.withdrawn or (isinstance(record, Observation) and record.withdraws):
            return  # neither proves anything, wherever it was seen
        missing = [] if record.environment else ["`environment`"]
        if isinstance(record, TestRun) and record.phase is None:
            missing.append("`phase`")
        if record.commit is None and record.build is None:
            missing.append("`commit` or `build`")
        if missing and record.grade is not Grade.TRANSCRIBED:
            yield (), f"{record.grade.value} evidence has no {joined(missing)}"


class NobodyVouches(Rule, code="TB405"):
    """Attested evidence names no person, or transcribed evidence no document."""

    def in_evidence(self, case: Case, name: str, record: Evidence) -> Iterator[Problem]:
        person = case.book.catalog.people.get(record.by) if record.by else None
        if record.grade is Grade.ATTESTED and record.by is None:
            yield ("grade",), "the evidence is attested, but names no person in `by`"
        elif record.grade is Grade.ATTESTED and person and person.kind is PersonKind.ASSISTANT:
            yield ("by",), f"the evidence is attested by `{record.by}`, an assistant: only a person can vouch"
        elif record.grade is Grade.TRANSCRIBED and not record.from_:
            yield ("grade",), "the evidence is transcribed, but names no document in `from`"


class AttestedByHand(Rule, code="TB429", severity=Level.WARNING):
    """Attested evidence has no seal, so it is only a statement."""

    def in_evidence(self, case: Case, name: str, record: Evidence) -> Iterator[Problem]:
        if record.grade is Grade.ATTESTED and record.seal is None:
            yield ("grade",), "the evidence is attested but has no seal, so it is only a statement"


class RecordedTwice(Rule, code="TB428"):
    """One result file was recorded for two environments, phases or commits."""

    def in_evidence(self, case: Case, name: str, record: Evidence) -> Iterator[Problem]:
        if record.source is not None and name in case.ledger.recorded_twice:
            yield ("source",), f"`{record.source.name}` was also recorded for another environment, phase or commit"


class PhaseOfEvidence(Rule, code="TB436"):
    """The phase of evidence contradicts its name, its commit, or the step that it shows to be done."""

    def in_evidence(self, case: Case, name: str, record: Evidence) -> Iterator[Problem]:
        phase = record.phase
        if phase is None:
            return
        words = {word for word in re.split(r"[^a-z]+", name) if word in {"before", "after"}}
        planned = _phases_by_step(case, name)
        if words and phase.value not in words:
            yield ("phase",), f"the phase is `{phase.value}`, but the file is named `{name}`"
        elif record.commit and phase is Phase.BEFORE and is_of_fix(case, record.commit):
            yield ("phase",), f"the phase is `{phase.value}`, but {record.commit[:9]} is a commit of the fix"
        elif planned and phase not in planned:
            side = "before" if planned == {Phase.BEFORE} else "after"
            yield ("phase",), f"the phase is `{phase.value}`, but it shows a step {side} the fix in the plan"


def _phases_by_step(case: Case, evidence: str) -> set[Phase]:
    """The phases that evidence must have by the place of the steps that it shows to be done in the plan."""
    done = [step.done for way, step in steps(case.issue) if way[:2] == ("plan", "phases")]
    fixing = [index for index, each in enumerate(done) if each and is_of_fix(case, each.commit)]
    shown = [index for index, each in enumerate(done) if each and evidence in each.evidence]
    before = {Phase.BEFORE for index in shown if fixing and index < fixing[0]}
    return before | {Phase.AFTER for index in shown if fixing and index > fixing[-1]}


_LONG_BEFORE = timedelta(days=180)
_A_WEEK, _SOON_AFTER = timedelta(days=7), timedelta(days=30)


class DayOfEvidence(Rule, code="TB437"):
    """The day of evidence is impossible: before the opening or the fix, or after the document it was typed from."""

    def in_evidence(self, case: Case, name: str, record: Evidence) -> Iterator[Problem]:
        opened, day, documents = case.issue.opened, day_of(record.at), case.entry.documents
        dates = [documents[ref.document].date for ref in record.from_ if ref.document in documents]
        known = [date for date in dates if date]
        done = [(way, step.done) for way, step in steps(case.issue) if step.done and step.done.on >= opened]
        steps_shown = [each for _, each in done if name in each.evidence]
        fixes = days_of_fix(case)
        if record.phase is Phase.AFTER and day < opened:
            yield ("at",), f"observed after the fix on {day}, but the issue was opened on {opened}"
        elif record.phase is Phase.AFTER and fixes and day < min(fixes):
            yield ("at",), f"observed after the fix on {day}, but the fix was made on {min(fixes)}"
        elif day < opened - _A_WEEK and steps_shown:
            yield ("at",), f"observed on {day}, but it shows a step done after the issue was opened on {opened}"
        elif any(day > each.on + _SOON_AFTER for each in steps_shown):
            yield ("at",), f"observed on {day}, but it shows a step done on {min(each.on for each in steps_shown)}"
        elif day < opened - _LONG_BEFORE:
            yield ("at",), f"observed on {day}, {(opened - day).days} days before the issue was opened"
        elif record.grade is Grade.TRANSCRIBED and known and day > max(known):
            yield ("at",), f"observed on {day}, but the document is of {max(known)}"


# ── the laws of evidence ─────────────────────────────────────────────────────────────────────────────


class UnexplainedFailureFound(Rule, code="TB438", severity=Level.WARNING):
    """A test that did not fail before the fix fails after it."""

    def find(self, case: Case) -> Iterator[Finding]:
        for one in unexplained_failures(case.ledger, accepted=True):
            yield self.finding(case.evidence_file(one.evidence), ("results", one.name), one.why)


class RefusedEvidence(Rule, code="TB439", severity=Level.WARNING):
    """Evidence is refused: its code is unknown, no source states its value, or it was deleted or edited."""

    @classmethod
    def of_deleted_issue(cls, name: str, lost: Sequence[str]) -> Finding:
        """The issue itself is gone, so no case can tell."""
        says = f"issue {name} was deleted with {counted(len(lost), 'file')} of evidence that git holds: {listed(lost)}"
        do = f"restore its folder from git; close it instead: triagebook close {name} --as ... --why ..."
        return cls.finding(f"{name}/issue.yaml", (), says, do)

    def find(self, case: Case) -> Iterator[Finding]:
        for one in case.verdict.refusals if case.source.vanished else ():
            if one.law == 6 and one.evidence in case.source.vanished:
                yield self.finding(case.file, (), f"{one.evidence}: {one.because}", one.remedy)
        for name, one in case.ledger.refusals.items():
            machine = case.ledger.all_evidence[name].grade is Grade.MACHINE and name not in case.source.vanished
            if machine and (one.law == 10 or one.why.endswith("by content")):
                yield self.finding(case.evidence_file(name), (), one.because, one.remedy)


class UncountedEvidence(Rule, code="TB444", severity=Level.NOTE):
    """A machine run proves less than it says; the finding names the reason."""

    def find(self, case: Case) -> Iterator[Finding]:
        first = {one.evidence: one for one in reversed(case.verdict.refusals)}
        for name, record in case.entry.evidence.items():
            if record.grade is Grade.MACHINE and name in first:
                yield self.finding(case.evidence_file(name), (), first[name].because, first[name].remedy)
