"""Which tests prove the fix: those that failed before it with the recorded error, and pass on code that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from triagebook.model.evidence import Grade, Outcome, Phase

from .history import Age, Freshness, holds_fix, test_changed
from .matching import Planned, parameters
from .results import FAILED, Judgement, Seen, State, same_error

if TYPE_CHECKING:
    from .case import Case

# Words that any failure prints: an expected error of these alone does not tell one reason from another.
_ANY_FAILURE = frozenset(
    {"assert", "assertionerror", "error", "errors", "exception", "fail", "failed", "failure", "traceback"}
    | {"false", "true", "none", "is", "not", "of", "the"}
)


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


def names_a_reason(text: str) -> bool:
    """Does an error text say more than that something failed?"""
    return any(len(word) > 1 and word not in _ANY_FAILURE for word in re.findall(r"\w+", text.lower()))


def reproductions(case: Case) -> Iterator[tuple[Planned, str, State]]:
    """Tests that failed before the fix with the error text that was expected of them, in a machine's run."""
    for test in case.tests:
        for environment in case.environments:
            if case.failed_before(test, environment):
                yield test, environment, case.states[*test.key, Phase.BEFORE, environment]


def failures_before(case: Case, test: Planned, environment: str) -> tuple[Seen, ...]:
    """The results that show the defect in one planned test, on code without the fix."""
    state = case.states[*test.key, Phase.BEFORE, environment]
    if test.dropped or state.grade is not Grade.MACHINE or state.judgement is not Judgement.AS_EXPECTED:
        return ()
    return tuple(seen for seen in state.seen if _shows_defect(case, seen))


def _shows_defect(case: Case, seen: Seen) -> bool:
    errors = seen.held.before.errors if seen.held.before else ()
    return (
        seen.outcome in FAILED
        and seen.judgement is Judgement.AS_EXPECTED
        and seen.evidence not in case.recorded_twice
        and any(names_a_reason(error) and same_error(error, seen.error or "") for error in errors)
    )


def proofs(case: Case, environment: str) -> Iterator[Proof]:
    """What proves the fix in one environment."""
    for test in case.tests:
        for before, after in _pairs(case, test, environment):
            if doubt(case, test, before, after) is None:
                commit, age = str(after.record.commit), case.ages[after.evidence]
                yield Proof(test.suite, test.name, environment, before.evidence, after.evidence, commit, age)
                break


def doubts(case: Case, environment: str) -> Iterator[tuple[Planned, str]]:
    """Tests that failed before and passed after, and prove nothing all the same, with the reason."""
    for test in case.tests:
        reasons = [doubt(case, test, before, after) for before, after in _pairs(case, test, environment)]
        if reasons and None not in reasons:
            yield test, str(reasons[0])


def _pairs(case: Case, test: Planned, environment: str) -> Iterator[tuple[Seen, Seen]]:
    """A failure before, and a pass after on the code that the latest result saw: the latest first."""
    state = case.states[*test.key, Phase.AFTER, environment]
    if state.grade is not Grade.MACHINE or state.outcome is not Outcome.PASSED:
        return
    if state.judgement is not Judgement.AS_EXPECTED:
        return
    for after in reversed(list(state.on_one_code())):
        for before in reversed(case.failed_before(test, environment)):
            yield before, after


def doubt(case: Case, test: Planned, before: Seen, after: Seen) -> str | None:
    """Why a failure before and a pass after do not prove that the fix came between."""
    if after.judgement is not Judgement.AS_EXPECTED:
        return str(after.judgement.value)
    if after.evidence in case.recorded_twice:
        return f"the file that {after.evidence} was read from is recorded for another environment, phase or commit too"
    if why := case.incomplete[after.evidence]:
        return why
    if holds_fix(case, after.record.commit) is False:
        return f"{str(after.record.commit)[:9]} does not hold the fix"
    if case.same_product(before.evidence, after.evidence):
        return "the product was the same before and after"
    if not _shows_one_test(before, after):
        return "the two runs do not show that the test was the same"
    if gone := _parameters_of(case, test, Phase.BEFORE, before) - _parameters_of(case, test, Phase.AFTER, after):
        return f"{', '.join(test.name + part for part in sorted(gone))} was not run again"
    return None


def _shows_one_test(before: Seen, after: Seen) -> bool:
    """Do two runs show that they ran the same test? Those that kept no digest of it at all leave it open."""
    changed = test_changed(before.files, after.files)
    if changed is None:
        return bool(before.files) == bool(after.files) or not (before.record.code and after.record.code)
    return not changed


def _parameters_of(case: Case, test: Planned, phase: Phase, seen: Seen) -> set[str]:
    """The parameters with which a run ran a test."""
    state = case.states[*test.key, phase, str(seen.record.environment)]
    return {parameters(one.name) for one in state.seen if one.evidence == seen.evidence}
