"""Failures that show the defect: on code without the fix, and for the recorded reason."""

from __future__ import annotations

from collections.abc import Iterable

from triagebook.model.evidence import Grade

from .error_texts import is_reason, names_a_reason
from .planned_tests import PlannedTest
from .results import CombinedResult, JudgedResult, Judgement
from .run_results import Runs


def recorded_errors(error_texts: Iterable[str], runs: Runs) -> tuple[str, ...]:
    """The error texts of the symptoms, and those that a machine run expected before the fix."""
    expected = (
        str(error)
        for _, run in runs
        if run.grade is Grade.MACHINE and run.sealed
        for held in run.expected.values()
        if held.before
        for error in held.before.errors
    )
    return tuple(dict.fromkeys(text for text in (*error_texts, *expected) if names_a_reason(text)))


def failures_before(
    test: PlannedTest, before: CombinedResult, recorded_twice: frozenset[str]
) -> tuple[JudgedResult, ...]:
    """The results before the fix that show the defect in one planned test."""
    if test.dropped or before.grade is not Grade.MACHINE or before.judgement is not Judgement.AS_EXPECTED:
        return ()
    return tuple(one for one in before.results if _shows_defect(one) and one.evidence not in recorded_twice)


def _shows_defect(one: JudgedResult) -> bool:
    errors = one.held.before.errors if one.held.before else ()
    return (
        one.failed
        and one.judgement is Judgement.AS_EXPECTED
        and any(names_a_reason(error) and is_reason(error, one.error) for error in errors)
    )
