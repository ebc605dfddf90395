"""TB4xx: evidence must say who vouches for it, where it was observed and on which code."""

from __future__ import annotations

from collections.abc import Iterator

from triagebook.facts.case import Case
from triagebook.findings import Finding, Level
from triagebook.model.catalog import PersonKind
from triagebook.model.evidence import Evidence, Grade, TestRun
from triagebook.text import joined

from .base import Rule


class BrokenSeal(Rule):
    """The seal of evidence does not match its content, or machine evidence has no seal."""

    code = "TB403"
    name = "broken-seal"
    why = "Evidence is append-only. Edited or hand-written evidence proves nothing."
    remedy = "restore the file, or record it again with `triagebook record`; hand-written evidence is not `machine`"
    bad = """
# evidence/a.yaml
kind: command
grade: machine
environment: local
commit: ab14a73d8
command: grep -rn "await get_manager" app
"""
    good = """
# evidence/a.yaml
kind: command
grade: machine
at: 2025-09-20
environment: local
commit: ab14a73d8
command: grep -rn "await get_manager" app
seal: sha256:a265d2aea06f965b0ae3f4381320732d0a79c371be53ad59e260c61f990641ad
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for name, record in case.entry.evidence.items():
            if record.seal is not None and not record.sealed:
                says = "the seal does not match the content: the evidence was changed after it was recorded"
                yield self.finding(case.evidence_file(name), ("seal",), says)
            elif record.seal is None and record.grade is Grade.MACHINE:
                says = "machine evidence without a seal: triagebook did not write it"
                yield self.finding(case.evidence_file(name), ("grade",), says)


class EvidenceWithoutPlace(Rule):
    """Evidence does not say its environment, its commit or build, or its phase."""

    code = "TB404"
    name = "evidence-without-place"
    severity = Level.WARNING
    why = "A result counts for one environment, phase and state of the code; without these it proves nothing."
    remedy = "record it again with what is missing; if that is unknown, its grade is `transcribed`"
    bad = """
# evidence/a.yaml
kind: observation
grade: attested
by: backend
says: The chat opens
"""
    good = bad.replace("by: backend\n", "by: backend\nenvironment: staging\nbuild: backend-00412\n")

    def find(self, case: Case) -> Iterator[Finding]:
        for name, record in case.entry.evidence.items():
            missing = _missing(record)
            if missing and record.grade is not Grade.TRANSCRIBED:
                says = f"{record.grade.value} evidence has no {joined(missing)}"
                yield self.finding(case.evidence_file(name), (), says)


def _missing(record: Evidence) -> list[str]:
    missing = [] if record.environment else ["`environment`"]
    if isinstance(record, TestRun) and record.phase is None:
        missing.append("`phase`")
    if record.commit is None and record.build is None:
        missing.append("`commit` or `build`")
    return missing


class NobodyVouches(Rule):
    """Attested evidence names no person, or transcribed evidence no document."""

    code = "TB405"
    name = "nobody-vouches"
    why = "Attested evidence rests on a person, transcribed evidence on a document; without one it rests on nothing."
    remedy = "name the person in `by`, or the document and its line in `from`"
    bad = """
# evidence/a.yaml
kind: observation
grade: attested
says: The chat opens
"""
    good = bad.replace("grade: attested\n", "grade: attested\nby: backend\n")

    def find(self, case: Case) -> Iterator[Finding]:
        for name, record in case.entry.evidence.items():
            person = case.book.catalog.people.get(record.by) if record.by else None
            if record.grade is Grade.ATTESTED and record.by is None:
                says = "the evidence is attested, but names no person in `by`"
                yield self.finding(case.evidence_file(name), ("grade",), says)
            elif record.grade is Grade.ATTESTED and person and person.kind is PersonKind.ASSISTANT:
                says = f"the evidence is attested by `{record.by}`, an assistant: only a person can vouch"
                yield self.finding(case.evidence_file(name), ("by",), says)
            elif record.grade is Grade.TRANSCRIBED and not record.from_:
                says = "the evidence is transcribed, but names no document in `from`"
                yield self.finding(case.evidence_file(name), ("grade",), says)


class AttestedByHand(Rule):
    """Attested evidence has no seal, so it is only a statement."""

    code = "TB429"
    name = "attested-by-hand"
    severity = Level.WARNING
    why = "Without a seal nobody can know whether it still says what the person observed, so it proves nothing."
    remedy = "record it with `triagebook record`, which seals it"
    bad = """
# evidence/a.yaml
kind: observation
grade: attested
by: backend
environment: staging
build: backend-00412
says: The chat opens
"""
    good = """
# evidence/a.yaml
kind: observation
grade: attested
at: 2025-09-20
by: backend
environment: staging
build: backend-00412
says: The chat opens
seal: sha256:2e736b69765a1ad18061822a754adee802135c704100ead1f93f7a80ef2d9a8f
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for name, record in case.entry.evidence.items():
            if record.grade is Grade.ATTESTED and record.seal is None:
                says = "the evidence is attested but has no seal, so it is only a statement"
                yield self.finding(case.evidence_file(name), ("grade",), says)


class RecordedTwice(Rule):
    """One result file was recorded for two environments, phases or commits."""

    code = "TB428"
    name = "recorded-twice"
    why = "A run happens once, so at most one of the records is right; while both exist, neither proves anything."
    remedy = "keep the correct record, and run the tests again for the other"
    bad = """
# evidence/a.yaml
environment: local
source: {name: junit.xml, sha256: "sha256:5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"}
# evidence/b.yaml
environment: staging
source: {name: junit.xml, sha256: "sha256:5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"}
"""
    good = """
# evidence/a.yaml
environment: local
source: {name: junit.xml, sha256: "sha256:5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for name in sorted(case.ledger.recorded_twice):
            source = case.entry.evidence[name].source
            if source is not None:
                says = f"`{source.name}` was also recorded for another environment, phase or commit"
                yield self.finding(case.evidence_file(name), ("source",), says)
