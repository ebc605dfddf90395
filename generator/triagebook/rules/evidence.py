"""TB4xx: a piece of evidence must say where it comes from, and agree with itself and the plan."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from triagebook.findings import Severity
from triagebook.model.evidence import Grade, Outcome, TestRun

from .base import Rule
from .words import joined, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triagebook.facts.case import Case
    from triagebook.findings import Finding
    from triagebook.model.evidence import Evidence
    from triagebook.model.refs import SuiteRef


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
    severity = Severity.WARNING
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
            if record.grade is Grade.ATTESTED and record.by is None:
                says = "the evidence is attested, and nobody is named who saw it"
                yield self.finding(case.evidence_file(name), ("grade",), says)
            elif record.grade is Grade.TRANSCRIBED and not record.from_:
                says = "the evidence is transcribed, and no document is named that it was typed from"
                yield self.finding(case.evidence_file(name), ("grade",), says)


class ResultOfNoTest(Rule):
    """A run of a suite holds results of tests that the suite does not list."""

    code = "TB409"
    name = "result-of-no-test"
    severity = Severity.WARNING
    why = "Tests that nobody planned make a run look larger than what it proves."
    remedy = "list the test in its suite; a test that was renamed keeps its old name in `was`"
    bad = """
suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects}}}
# evidence/a.yaml
kind: tests
grade: transcribed
at: 2025-09-20
from: https://example.org/report
suite: unit
results: {test_connects: passed, test_colours: passed}
"""
    good = """
suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects}}}
# evidence/a.yaml
kind: tests
grade: transcribed
at: 2025-09-20
from: https://example.org/report
suite: unit
results: {test_connects: passed}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for name, run in case.runs:
            strange = [result for result in run.results if not any(test.matches(result, run) for test in case.tests)]
            if strange and (_lists_tests(case, run.suite) if run.suite else _holds_nothing_else(case, run, strange)):
                of = f"of suite `{run.suite}`" if run.suite else "that any suite lists"
                says = f"{listed(strange)}: no test {of}"
                yield self.finding(case.evidence_file(name), ("results", strange[0]), says)


def _lists_tests(case: Case, suite: SuiteRef) -> bool:
    return suite in case.issue.suites and bool(case.issue.suites[suite].tests)


def _holds_nothing_else(case: Case, run: TestRun, strange: list[str]) -> bool:
    """A run of no suite in particular may hold more than this issue plans, but not only that."""
    return bool(case.tests) and len(strange) == len(run.results)


class TotalsDisagree(Rule):
    """The totals that a source states are not those of its results, or do not add up."""

    code = "TB417"
    name = "totals-disagree"
    why = "A total that its own list does not bear out is a count nobody made."
    remedy = "correct what was mistyped; if the source says so, note it, and dispute the claim that repeats the total"
    bad = """
# evidence/a.yaml
kind: tests
grade: transcribed
at: 2025-09-20
from: https://example.org/report
results: {test_connects: passed, test_sends: failed}
totals: {passed: 2, failed: 1}
"""
    good = """
# evidence/a.yaml
kind: tests
grade: transcribed
at: 2025-09-20
from: https://example.org/report
results: {test_connects: passed, test_sends: failed}
totals: {passed: 1, failed: 1}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for name, run in case.runs:
            wrong = list(_against_results(run)) or list(_against_themselves(run))
            for key, says in wrong:
                yield self.finding(case.evidence_file(name), ("totals", key), says)


def _against_results(run: TestRun) -> Iterator[tuple[str, str]]:
    """Totals that the results do not give; some tools count an expected failure as skipped, others by itself."""
    if run.totals is None or run.partial or not run.results:
        return
    number = Counter(result.outcome for result in run.results.values())
    xfailed, xpassed = number[Outcome.XFAILED], number[Outcome.XPASSED]
    errors = number[Outcome.ERROR] if run.totals.errors is None else 0
    ways = {
        "passed": (number[Outcome.PASSED], xpassed),
        "failed": (number[Outcome.FAILED], xpassed + errors),
        "errors": (number[Outcome.ERROR], 0),
        "skipped": (number[Outcome.SKIPPED], xfailed),
        "total": (len(run.results), 0),
    }
    for key, (least, besides) in ways.items():
        stated = getattr(run.totals, key)
        if stated is not None and not least <= stated <= least + besides:
            yield key, f"`{key}` is stated as {stated}; the results give {least}"


def _against_themselves(run: TestRun) -> Iterator[tuple[str, str]]:
    totals = run.totals
    if totals is None or totals.total is None:
        return
    parts = [totals.passed, totals.failed, totals.errors, totals.skipped]
    known = [part for part in parts if part is not None]
    apart = sum(result.outcome in {Outcome.XFAILED, Outcome.XPASSED} for result in run.results.values())
    complete = len(known) == len(parts)
    if sum(known) > totals.total or (complete and sum(known) + apart < totals.total):
        yield "total", f"`total` is stated as {totals.total}; its parts add up to {sum(known)}"


RULES = (
    BrokenSeal,
    EvidenceWithoutPlace,
    NobodyVouches,
    ResultOfNoTest,
    TotalsDisagree,
)
