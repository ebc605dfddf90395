"""Unexplained failures after the fix: regressions, and failures of tests that did not run before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from triagebook.model.evidence import Grade, Outcome, Phase
from triagebook.model.issue import Waiver

from .ledger import Ledger
from .results import WRONG, CombinedResult, Judgement

ACCEPTED_BY = "TB438"  # the rule whose waiver accepts one of them by name


class UnexplainedFailure(Struct, frozen=True):
    """A test that fails after the fix and that nothing explains."""

    name: str  # as in the run
    evidence: str
    environment: str
    before: str  # how it ended before the fix, in words

    @property
    def why(self) -> str:
        where = self.environment or "a run without an environment"
        return f"{self.name} fails after the fix in {where}, and {self.before}"


_PASSED, _UNSEEN = "passed before the fix", "was not seen before the fix"


def unexplained_failures(ledger: Ledger, *, accepted: bool = False) -> Iterator[UnexplainedFailure]:
    """Those that no valid waiver accepts by name, or all."""
    for found in (*_planned(ledger), *_unplanned(ledger)):
        if accepted or not any(_accepts(waiver, found.name, ledger.as_of) for waiver in ledger.issue.waivers):
            yield found


def _planned(ledger: Ledger) -> Iterator[UnexplainedFailure]:
    """Regressions, and tests that were to pass; those of a required environment fail that instead."""
    for test in ledger.tests:
        for place in ledger.environments:
            before = ledger.combined[*test.key, Phase.BEFORE, place]
            after = ledger.combined[*test.key, Phase.AFTER, place]
            if not after.last or not _fails(after):
                continue
            said = _PASSED if before.outcome is Outcome.PASSED else ""
            if not said and after.judgement in WRONG and place not in ledger.required_environments:
                said = "failed before it too" if before.last and before.last.failed else _UNSEEN
            if said:
                yield UnexplainedFailure(after.last.name, after.last.evidence, place, said)


def _unplanned(ledger: Ledger) -> Iterator[UnexplainedFailure]:
    for (place, name), after in ledger.unplanned.items():
        if after.last and _fails(after):
            before = [one for one in ledger.results.unplanned_before.get(name, ()) if one.grade is Grade.MACHINE]
            if not any(one.failed for one in before):
                passed = any(one.outcome is Outcome.PASSED for one in before)
                said = _PASSED if passed else f"{_UNSEEN}, nor planned"
                yield UnexplainedFailure(name, after.last.evidence, place, said)


def _fails(result: CombinedResult) -> bool:
    failed = result.last is not None and result.last.failed
    return failed and result.grade is Grade.MACHINE and result.judgement is not Judgement.FLAKY


def _accepts(waiver: Waiver, name: str, as_of: date | None) -> bool:
    named = waiver.rule == ACCEPTED_BY and waiver.at == f"results.{name}"
    return named and (as_of is None or as_of <= waiver.until)
