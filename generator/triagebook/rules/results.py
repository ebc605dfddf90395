"""TB4xx: results must belong to planned tests and add up to the stated totals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from triagebook.facts.case import Case
from triagebook.findings import Finding, Level
from triagebook.model.evidence import Outcome, TestRun
from triagebook.text import listed

from .base import Rule


class ResultOfNoTest(Rule):
    """A test run contains results of tests that are not planned."""

    code = "TB409"
    name = "result-of-no-test"
    severity = Level.WARNING
    why = "Unplanned tests make a run look as if it proved more than it does."
    remedy = "list the test in its suite; put the old name of a renamed test in `was`"
    bad = """
suites: {unit: {category: unit, after: pass, tests: {test_connects: It connects}}}
# evidence/a.yaml
suite: unit
results: {test_connects: passed, test_colours: passed}
"""
    good = bad.replace("test_connects: passed, test_colours: passed", "test_connects: passed")

    def find(self, case: Case) -> Iterator[Finding]:
        for name, run in case.ledger.runs:
            strange = [result for result in run.results if not case.ledger.plan.find(result, run.suite)]
            suite = case.issue.suites.get(run.suite) if run.suite else None
            lists_tests = bool(suite and suite.tests) if run.suite else bool(case.ledger.tests)
            if strange and lists_tests and (run.suite or len(strange) == len(run.results)):
                of = f"of suite `{run.suite}`" if run.suite else "that any suite lists"
                says = f"not a test {of}: {listed(strange)}"
                yield self.finding(case.evidence_file(name), ("results", strange[0]), says)


class TotalsDisagree(Rule):
    """Stated totals do not match the results or the output, or do not add up."""

    code = "TB417"
    name = "totals-disagree"
    why = "A total that differs from its own list was never counted."
    remedy = "correct the typing error; if the source itself is wrong, dispute the claim that repeats the total"
    bad = """
# evidence/a.yaml
results: {test_connects: passed, test_sends: failed}
totals: {passed: 2, failed: 1}
"""
    good = bad.replace("passed: 2", "passed: 1")

    def find(self, case: Case) -> Iterator[Finding]:
        for name, run in case.ledger.runs:
            wrong = list(_against_results(run)) or list(_against_themselves(run))
            for key, says in wrong:
                yield self.finding(case.evidence_file(name), ("totals", key), says)
            if not wrong and (says := _against_output(run)):
                yield self.finding(case.evidence_file(name), ("output",), says)


def _against_results(run: TestRun) -> Iterator[tuple[str, str]]:
    """Totals that differ from the results. Tools disagree on how to count expected failures."""
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
            yield key, f"`{key}` is stated as {stated}, but the results give {least}"


def _against_themselves(run: TestRun) -> Iterator[tuple[str, str]]:
    totals = run.totals
    if totals is None or totals.total is None:
        return
    parts = [totals.passed, totals.failed, totals.errors, totals.skipped]
    known = [part for part in parts if part is not None]
    apart = sum(result.outcome in {Outcome.XFAILED, Outcome.XPASSED} for result in run.results.values())
    complete = len(known) == len(parts)
    if sum(known) > totals.total or (complete and sum(known) + apart < totals.total):
        yield "total", f"`total` is stated as {totals.total}, but its parts add up to {sum(known)}"


def _against_output(run: TestRun) -> str:
    """The first count in the output's last summary that differs from the totals or the results."""
    number = Counter(result.outcome.value for result in run.results.values())
    keys = {"passed": "passed", "failed": "failed", "error": "errors", "skipped": "skipped", "warning": "warnings"}
    for count, word in _SUMMARY.findall((run.output or "").strip().rpartition("\n")[2]):
        stated = getattr(run.totals, keys[word]) if run.totals else None
        if stated is None and run.results and not run.partial and word != "warning":
            stated = number[word]
        if stated is not None and stated != int(count):
            return f"the output says {count} {word}, but the record has {stated}"
    return ""


_SUMMARY = re.compile(r"(?<![\w.])(\d+) (passed|failed|error|skipped|warning)s?\b")
