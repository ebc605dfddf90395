"""TB4xx: what the laws of evidence refuse: unexplained failures, and evidence that does not count."""

from __future__ import annotations

from collections.abc import Iterator

from triagebook.facts.case import Case
from triagebook.facts.ledger.unexplained import unexplained_failures
from triagebook.findings import Finding, Level
from triagebook.model.evidence import Grade

from .base import Rule


class UnexplainedFailureFound(Rule):
    """A test that did not fail before the fix fails after it."""

    code = "TB438"
    name = "unexplained-failure"
    severity = Level.WARNING
    why = "The fix may have broken something else. Until that is known, the fix is not proven."
    remedy = "fix it, or accept it by name with a waiver whose `at` is `results.NAME`, until a day"
    bad = """
suites: {unit: {category: unit, after: pass, tests: {test_sends: It sends}}}
# evidence/a.yaml
kind: tests
grade: machine
at: 2025-09-20
environment: local
phase: after
commit: ab14a73d8
dirty: false
suite: unit
results: {test_sends: passed, test_opens: failed}
expected: {test_sends: {after: pass}}
seal: sha256:1df9f1e68e37803abd0aee5b22d32b16bb51a6ec993926fbf7d5bda36e12793f
"""
    good = """
suites: {unit: {category: unit, after: pass, tests: {test_sends: It sends}}}
# evidence/a.yaml
kind: tests
grade: machine
at: 2025-09-20
environment: local
phase: after
commit: ab14a73d8
dirty: false
suite: unit
results: {test_sends: passed}
expected: {test_sends: {after: pass}}
seal: sha256:53ba54ed2d398faf533acc02ec3479e96b653aaa24d784022b332531bf85eb05
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for one in unexplained_failures(case.ledger, accepted=True):
            yield self.finding(case.evidence_file(one.evidence), ("results", one.name), one.why)


class EvidenceThatDoesNotCount(Rule):
    """Evidence is of code that nobody knows, a value that no source states, or was deleted or edited."""

    code = "TB439"
    name = "refused-evidence"
    severity = Level.WARNING
    why = "It looks like a proof and is none, or it was one and somebody took it away."
    remedy = "record it again, rightly; withdraw what was a mistake with `triagebook withdraw`"
    bad = """
# evidence/a.yaml
kind: value
grade: machine
at: 2025-09-20
environment: local
phase: after
commit: ab14a73d8
name: chat.latency
value: 2 s
seal: sha256:27cc6f2c99009a5893a878358b19bbee44eb16d24f39533234d0e2d881f9fea4
"""
    good = """
# evidence/a.yaml
kind: value
grade: machine
at: 2025-09-20
environment: local
phase: after
commit: ab14a73d8
name: chat.latency
value: 2 s
source: {name: log.txt, sha256: sha256:0000000000000000000000000000000000000000000000000000000000000000}
seal: sha256:d0e11453cb988cc72f1c7f973813093d5b1ed5ce10da73bf2f7ddec8b894969b
"""

    def find(self, case: Case) -> Iterator[Finding]:
        found = [one for one in case.verdict.refusals if one.evidence in case.source.vanished]
        yield from (self.finding(case.file, (), f"{one.evidence}: {one.why}", one.do) for one in found if one.law == 6)
        for name, one in case.ledger.refusals.items():
            machine = case.ledger.all_evidence[name].grade is Grade.MACHINE and name not in case.source.vanished
            if machine and (one.law == 10 or one.why.endswith("by content")):
                yield self.finding(case.evidence_file(name), (), one.why, one.do)
