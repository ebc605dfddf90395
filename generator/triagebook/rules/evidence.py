"""TB4xx: a piece of evidence must say who vouches for it, where it was seen, and on which code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triagebook.findings import Level
from triagebook.model.catalog import PersonKind
from triagebook.model.evidence import Grade, TestRun
from triagebook.text import joined

from .base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triagebook.facts.case import Case
    from triagebook.findings import Finding
    from triagebook.model.evidence import Evidence


class BrokenSeal(Rule):
    """The seal of a piece of evidence is not that of its content, or a machine's evidence has none."""

    code = "TB403"
    name = "broken-seal"
    why = "Evidence is appended and never edited; what was changed afterwards, or written by hand, proves nothing."
    remedy = "restore the file, or record it again with `triagebook record`; what a person typed is not `machine`"
    bad = """
# evidence/a.yaml
kind: command
grade: machine
at: 2025-09-20
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
                says = "the seal is not that of the content: the evidence was changed after it was recorded"
                yield self.finding(case.evidence_file(name), ("seal",), says)
            elif record.seal is None and record.grade is Grade.MACHINE:
                says = "a machine's evidence without a seal: it was not written by the tool"
                yield self.finding(case.evidence_file(name), ("grade",), says)


class EvidenceWithoutPlace(Rule):
    """A piece of evidence does not say where it was seen, on which code, or on which side of the fix."""

    code = "TB404"
    name = "evidence-without-place"
    severity = Level.WARNING
    why = "A result counts for one environment, one phase and one state of the code; without them it proves nothing."
    remedy = "record it again with what is missing; if nobody knows, its grade is `transcribed`"
    bad = """
# evidence/a.yaml
kind: observation
grade: attested
at: 2025-09-20
by: backend
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
"""

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
    """An attested piece of evidence names no person, or a transcribed one no document."""

    code = "TB405"
    name = "nobody-vouches"
    why = "A grade says who vouches: a person for what was attested, a document for what was typed from it."
    remedy = "name the person in `by`, or the document and its line in `from`"
    bad = """
# evidence/a.yaml
kind: observation
grade: transcribed
at: 2025-09-20
says: The chat opens
"""
    good = """
# evidence/a.yaml
kind: observation
grade: transcribed
at: 2025-09-20
from: https://example.org/report
says: The chat opens
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for name, record in case.entry.evidence.items():
            person = case.book.catalog.people.get(record.by) if record.by else None
            if record.grade is Grade.ATTESTED and record.by is None:
                says = "the evidence is attested, and nobody is named who saw it"
                yield self.finding(case.evidence_file(name), ("grade",), says)
            elif record.grade is Grade.ATTESTED and person and person.kind is PersonKind.ASSISTANT:
                says = f"the evidence is attested by `{record.by}`, an assistant: only a person can vouch"
                yield self.finding(case.evidence_file(name), ("by",), says)
            elif record.grade is Grade.TRANSCRIBED and not record.from_:
                says = "the evidence is transcribed, and no document is named that it was typed from"
                yield self.finding(case.evidence_file(name), ("grade",), says)


class AttestedByHand(Rule):
    """An attested piece of evidence carries no seal, so it counts for no more than a statement."""

    code = "TB429"
    name = "attested-by-hand"
    severity = Level.WARNING
    why = "Without its seal nobody can tell whether it still says what the person saw, and it proves nothing."
    remedy = "record it with `triagebook record`, which seals it"
    bad = """
# evidence/a.yaml
kind: observation
grade: attested
at: 2025-09-20
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
                says = "the evidence is attested, and carries no seal: it counts for no more than a statement"
                yield self.finding(case.evidence_file(name), ("grade",), says)


class RecordedTwice(Rule):
    """One file was recorded for two environments, two sides of the fix, or two commits."""

    code = "TB428"
    name = "recorded-twice"
    why = "A run happened once: at most one of the records can be so, and neither proves anything while both stand."
    remedy = "keep the record that is right, and run the tests again for the other"
    bad = """
# evidence/a.yaml
{kind: tests, grade: transcribed, at: 2025-09-20, from: "https://example.org/report", environment: local,
 source: {name: junit.xml, sha256: "sha256:5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"}}
# evidence/b.yaml
{kind: tests, grade: transcribed, at: 2025-09-20, from: "https://example.org/report", environment: staging,
 source: {name: junit.xml, sha256: "sha256:5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"}}
"""
    good = """
# evidence/a.yaml
{kind: tests, grade: transcribed, at: 2025-09-20, from: "https://example.org/report", environment: local,
 source: {name: junit.xml, sha256: "sha256:5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"}}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for name in sorted(case.recorded_twice):
            source = case.entry.evidence[name].source
            if source is not None:
                says = f"`{source.name}` was recorded for another environment, phase or commit too"
                yield self.finding(case.evidence_file(name), ("source",), says)


RULES = (
    BrokenSeal,
    EvidenceWithoutPlace,
    NobodyVouches,
    RecordedTwice,
    AttestedByHand,
)
