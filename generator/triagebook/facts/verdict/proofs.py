"""Which tests prove the fix: they failed before it with the recorded error, and pass on code that contains it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from triagebook.facts.ledger.commits import Age, Freshness, test_changed
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.ledger.planned_tests import PlannedTest, parameters
from triagebook.facts.ledger.results import JudgedResult, Judgement
from triagebook.model.evidence import Grade, Outcome, Phase


class Proof(Struct, frozen=True):
    """A test that failed before the fix and passed after it, with the evidence of both."""

    suite: str
    test: str
    environment: str
    before: str
    after: str
    commit: str  # of the code with the fix
    age: Age

    @property
    def stale(self) -> bool:
        return self.age.freshness is Freshness.CHANGED


def proofs(ledger: Ledger, environment: str) -> Iterator[Proof]:
    """The proofs of the fix in one environment, at most one for each test."""
    for test in ledger.tests:
        for before, after in _pairs(ledger, test, environment):
            if doubt(ledger, test, before, after) is None:
                commit, age = str(after.record.commit), ledger.ages[after.evidence]
                yield Proof(test.suite, test.name, environment, before.evidence, after.evidence, commit, age)
                break


def doubts(ledger: Ledger, environment: str) -> Iterator[tuple[PlannedTest, str]]:
    """Tests that failed before and passed after but prove nothing, with the reason."""
    for test in ledger.tests:
        reasons = [doubt(ledger, test, before, after) for before, after in _pairs(ledger, test, environment)]
        if reasons and None not in reasons:
            yield test, str(reasons[0])


def _pairs(ledger: Ledger, test: PlannedTest, environment: str) -> Iterator[tuple[JudgedResult, JudgedResult]]:
    """Each failure before with each pass after, on the code of the latest result; the latest pair first."""
    result = ledger.combined[*test.key, Phase.AFTER, environment]
    if result.grade is not Grade.MACHINE or result.outcome is not Outcome.PASSED:
        return
    if result.judgement is not Judgement.AS_EXPECTED:
        return
    for after in reversed(list(result.on_same_code())):
        for before in reversed(ledger.failed_before(test, environment)):
            yield before, after


def doubt(ledger: Ledger, test: PlannedTest, before: JudgedResult, after: JudgedResult) -> str | None:
    """Why a failure before and a pass after do not prove the fix; None if they do."""
    if after.judgement is not Judgement.AS_EXPECTED:
        return str(after.judgement.value)
    if after.evidence in ledger.recorded_twice:
        return f"the file that {after.evidence} was read from is recorded for another environment, phase or commit too"
    if why := ledger.incomplete[after.evidence]:
        return why
    if ledger.fix.are_in(after.record.commit) is False:
        return f"{str(after.record.commit)[:9]} does not contain the fix"
    if ledger.same_product(before.evidence, after.evidence):
        return "the product was the same before and after"
    if not _shows_same_test(before, after):
        return "the two runs do not show that the test was the same"
    old, new = (
        _parameters_of(ledger, test, phase, one) for phase, one in ((Phase.BEFORE, before), (Phase.AFTER, after))
    )
    if gone := old - new:
        return f"{', '.join(test.name + part for part in sorted(gone))} was not run again"
    return None


def _shows_same_test(before: JudgedResult, after: JudgedResult) -> bool:
    """Whether two runs ran the same test; runs without any digest of it leave the question open."""
    changed = test_changed(before.files, after.files)
    if changed is None:
        return bool(before.files) == bool(after.files) or not (before.record.code and after.record.code)
    return not changed


def _parameters_of(ledger: Ledger, test: PlannedTest, phase: Phase, one: JudgedResult) -> set[str]:
    """The parameters with which a run ran a test."""
    result = ledger.combined[*test.key, phase, str(one.record.environment)]
    return {parameters(each.name) for each in result.results if each.evidence == one.evidence}
