"""Which tests prove the fix: they failed before it with the recorded error, and pass on code that contains it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from msgspec import Struct

from triagebook.facts.ledger.commits import Age, Freshness, fixes_tests, test_changed
from triagebook.facts.ledger.grading import moment
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.ledger.planned_tests import PlannedTest, parameters
from triagebook.facts.ledger.refusals import Refusal
from triagebook.facts.ledger.results import JudgedResult, Judgement
from triagebook.model.evidence import Grade, Outcome, Phase

_CONFIDENT = 3  # attempts for each failure that the rate before lets expect: all pass by chance once in 20 times


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


class ProvingRuns(Struct, frozen=True):
    """Two runs, and the tests that they prove the fix with."""

    tests: tuple[str, ...]  # with their suites: `suite: test`
    before: str
    after: str
    commit: str
    age: Age


def by_runs(found: Iterable[Proof]) -> tuple[ProvingRuns, ...]:
    """The proofs, those of the same two runs together."""
    tests: dict[tuple[str, str], list[Proof]] = {}
    for proof in found:
        tests.setdefault((proof.before, proof.after), []).append(proof)
    return tuple(
        ProvingRuns(tuple(f"{one.suite}: {one.test}" for one in same), *runs, same[0].commit, same[0].age)
        for runs, same in tests.items()
    )


def proofs(ledger: Ledger, environment: str) -> Iterator[Proof]:
    """The proofs of the fix in one environment, at most one for each test."""
    for test in ledger.tests:
        for before, after in _pairs(ledger, test, environment):
            if doubt(ledger, test, before, after) is None:
                commit, age = str(after.record.commit), ledger.ages[after.evidence]
                yield Proof(test.suite, test.name, environment, before.evidence, after.evidence, commit, age)
                break


def doubts(ledger: Ledger, environment: str, found: Iterable[Proof] = ()) -> Iterator[tuple[PlannedTest, Refusal]]:
    """Tests that failed before and passed after but prove nothing, with the reason; not those already `found` to."""
    proving = {(proof.suite, proof.test) for proof in found}
    for test in ledger.tests:
        if test.key in proving:
            continue
        reasons = [doubt(ledger, test, before, after) for before, after in _pairs(ledger, test, environment)]
        if None not in reasons:
            yield from ((test, refusal) for refusal in reasons[:1] if refusal)


def _pairs(ledger: Ledger, test: PlannedTest, environment: str) -> Iterator[tuple[JudgedResult, JudgedResult]]:
    """Each failure before with each pass after that no later failure takes back; the latest pair first.

    A later pass on other code, or of a test that was changed since, is no sign of return.
    """
    result = ledger.combined[*test.key, Phase.AFTER, environment]
    if result.grade is not Grade.MACHINE or result.outcome is not Outcome.PASSED:
        return
    if result.judgement is not Judgement.AS_EXPECTED:
        return
    latest_first = sorted(result.results, key=lambda one: moment(one.record), reverse=True)
    passes = {one.evidence + one.name: one for one in reversed(list(result.on_same_code()))}
    for one in takewhile(lambda one: one.outcome is Outcome.PASSED, latest_first):
        passes.setdefault(one.evidence + one.name, one)
    for after in passes.values():
        for place in ledger.places_before(environment):
            for before in reversed(ledger.failed_before(test, place)):
                yield before, after


def doubt(ledger: Ledger, test: PlannedTest, before: JudgedResult, after: JudgedResult) -> Refusal | None:
    """Why a failure before and a pass after do not prove the fix; None if they do."""
    found = _doubt(ledger, test, before, after)
    return Refusal(found[0], after.evidence, *found[1:]) if found else None


def _doubt(ledger: Ledger, test: PlannedTest, before: JudgedResult, after: JudgedResult) -> tuple[int, str, str] | None:
    if after.judgement is not Judgement.AS_EXPECTED:
        return 7, str(after.judgement.value), "plan what the test does after the fix, and run it again"
    if after.evidence in ledger.recorded_twice:
        why = f"the file that {after.evidence} was read from is recorded for another environment, phase or commit too"
        return 2, why, "withdraw the wrong one"
    if incomplete := ledger.incomplete[after.evidence]:
        return 7, incomplete, "run the whole suite again"
    if ledger.fix.are_in(after.record.commit) is False:
        return 8, f"{str(after.record.commit)[:9]} does not contain the fix", "run it on a commit with the fix"
    if ledger.same_product(before.evidence, after.evidence):
        do = "name in `fix.changes` what differs, and run it without that and with it"
        return 3, "the product was the same before and after", do
    if not _shows_same_test(ledger, before, after):
        do = f"run the same test before and after: triagebook prove {ledger.entry.id}"
        return 1, "the two runs do not show that the test was the same", do
    if after.held.after and after.held.after.rate:  # its parameters are attempts
        return _too_few(ledger, test, str(after.record.environment))
    old, new = (
        _parameters_of(ledger, test, phase, one) for phase, one in ((Phase.BEFORE, before), (Phase.AFTER, after))
    )
    if gone := old - new:
        why = f"{', '.join(test.name + part for part in sorted(gone))} was not run again"
        return 7, why, "run the whole suite again"
    return None


def _too_few(ledger: Ledger, test: PlannedTest, environment: str) -> tuple[int, str, str] | None:
    """Why the attempts after the fix may have passed by chance: at the rate before, that many would often not fail."""
    before, after = (ledger.combined[*test.key, phase, environment].results for phase in Phase)
    seen, tried = sum(one.failures for one in before), sum(one.attempts for one in before)
    ran, needed = sum(one.attempts for one in after), -(-_CONFIDENT * tried // max(seen, 1))
    if ran >= needed:
        return None
    why = f"it failed {seen} of {tried} times before the fix, so {ran} attempts without a failure may be chance"
    return 5, why, f"run it at least {needed} times"


def _shows_same_test(ledger: Ledger, before: JudgedResult, after: JudgedResult) -> bool:
    """Whether two runs ran the same test; runs without any digest of it leave the question open."""
    if fixes_tests(ledger.issue):
        return True
    changed = test_changed(before.files, after.files)
    if changed is None:
        return bool(before.files) == bool(after.files) or not (before.record.code and after.record.code)
    return not changed


def _parameters_of(ledger: Ledger, test: PlannedTest, phase: Phase, one: JudgedResult) -> set[str]:
    """The parameters with which a run ran a test."""
    result = ledger.combined[*test.key, phase, str(one.record.environment)]
    return {parameters(each.name) for each in result.results if each.evidence == one.evidence}
