"""The result of each test by phase and environment: the best grade counts, and within it the latest result decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from triagebook.model.evidence import Grade, Held, Outcome, Phase, Result, TestRun
from triagebook.model.suites import Expectation

from .commits import same_code, test_changed
from .error_texts import is_reason, names_a_reason
from .grading import FAILED, RANK, moment
from .planned_tests import PlannedTest, parameters

# Of several parameters of one test, the worst decides.
_WORST = [Outcome.ERROR, Outcome.FAILED, Outcome.XPASSED, Outcome.XFAILED, Outcome.SKIPPED, Outcome.PASSED]


class Judgement(StrEnum):
    """How an outcome compares with the expected one."""

    AS_EXPECTED = "as expected"
    UNEXPECTED = "unexpected"
    OTHER_REASON = "failed for another reason"
    PROVES_NOTHING = "proves nothing"  # the same was expected before and after
    UNJUDGED = "nothing was expected of it"
    FLAKY = "flaky"
    SKIPPED = "skipped"
    MISSING = "missing"
    ELSEWHERE = "ran with test files that its commit does not have"


_GRAVEST = [Judgement.UNEXPECTED, Judgement.OTHER_REASON, Judgement.UNJUDGED, Judgement.SKIPPED]
WRONG = frozenset({Judgement.UNEXPECTED, Judgement.OTHER_REASON})


class JudgedResult(Struct, frozen=True):
    """One result of one test in one piece of evidence, judged by what was expected."""

    name: str  # as in the run
    files: Mapping[str, str]  # the digests that the run kept of the files with the test
    outcome: Outcome
    error: str | None
    evidence: str
    record: TestRun
    grade: Grade  # what the evidence counts for
    held: Held  # what was expected when it was recorded
    judgement: Judgement
    attempts: int = 1
    flaky: bool = False  # it passed and failed in one run

    @property
    def failures(self) -> int:
        """How many of the attempts failed."""
        return self.attempts if self.failed else self.attempts - 1

    @property
    def failed(self) -> bool:
        return self.outcome in FAILED


class CombinedResult(Struct, frozen=True):
    """The result of a test in one phase and environment, from all evidence of the best grade."""

    outcome: Outcome | None  # None: flaky, or missing
    judgement: Judgement
    grade: Grade | None
    results: tuple[JudgedResult, ...] = ()  # the latest last

    @property
    def last(self) -> JudgedResult | None:
        return self.results[-1] if self.results else None

    def on_same_code(self) -> Iterator[JudgedResult]:
        """The results on the same code as the last one, which is included."""
        return (one for one in self.results if self.last and _same_code(one, self.last))


Key: TypeAlias = tuple[str, str, Phase, str]  # suite, test, phase, environment


def judge(result: Result, expected: Expectation, texts: Iterable[str]) -> Judgement:
    """Compares a result with the expected outcome; `texts` are looked for if the expectation names no error."""
    if expected.expected == "pass":
        return Judgement.AS_EXPECTED if result.outcome is Outcome.PASSED else Judgement.UNEXPECTED
    if expected.expected == "skip":
        return Judgement.AS_EXPECTED if result.outcome is Outcome.SKIPPED else Judgement.UNEXPECTED
    if result.outcome not in FAILED:
        return Judgement.UNEXPECTED
    wanted = tuple(expected.errors or texts)
    fits = not wanted or any(is_reason(text, result.error) for text in wanted)
    return Judgement.AS_EXPECTED if fits else Judgement.OTHER_REASON


def gravity(one: JudgedResult) -> tuple[int, int]:
    """How bad a result is: the lower, the worse."""
    judged = _GRAVEST.index(one.judgement) if one.judgement in _GRAVEST else len(_GRAVEST)
    return _WORST.index(one.outcome), judged


# ── several results of one test ────────────────────────────────────────────────────────────────────────────────


def combined_by_test(
    tests: Iterable[PlannedTest], environments: Iterable[str], results: Mapping[Key, list[JudgedResult]]
) -> dict[Key, CombinedResult]:
    places = list(environments)
    keys = ((*test.key, phase, place) for test in tests for phase in Phase for place in places)
    return {key: combined(results.get(key, ()), key[2]) for key in keys}


def combined(results: Iterable[JudgedResult], phase: Phase) -> CombinedResult:
    """Combines the results of one test in one phase and environment; of its parameters the worst decides."""
    every = list(results)
    if len(every) == 1 and not ((expected := every[0].held.at(phase)) and expected.rate):
        return _combined_for_parameters(every, phase)
    every.sort(key=lambda one: _in_time(one, phase))
    ran = [one for one in every if one.outcome is not Outcome.SKIPPED] or every
    if not ran:
        return CombinedResult(None, Judgement.MISSING, None)
    grade = max((one.grade for one in ran), key=RANK.__getitem__)
    if (expected := ran[-1].held.at(phase)) and expected.rate:
        return _combined_at_rate([one for one in ran if one.grade is grade], expected)
    newest = next(one for one in reversed(ran) if one.grade is grade)
    by_parameters: dict[str, list[JudgedResult]] = {}
    for one in every:
        if one.grade is grade:
            by_parameters.setdefault(parameters(one.name), []).append(one)
    # Parameters are gone that the newest run lacks, where the test has changed since.
    latest = ((results, results[-1]) for results in by_parameters.values())
    there = [
        results
        for results, one in latest
        if one.evidence == newest.evidence or not test_changed(one.files, newest.files)
    ]
    return _worst([_combined_for_parameters(results, phase) for results in there])


def _combined_at_rate(ran: list[JudgedResult], expected: Expectation) -> CombinedResult:
    """An intermittent defect: all attempts on the code of the last one are counted together."""
    last = ran[-1]
    same = [one for one in ran if _same_code(one, last)]
    failures = sum(one.failures for one in same if one.judgement is not Judgement.OTHER_REASON)
    met = expected.meets_rate(failures, sum(one.attempts for one in same))
    if met is None:
        return CombinedResult(None, Judgement.MISSING, last.grade, tuple(same))
    as_planned = Outcome.FAILED if expected.expected == "fail" else Outcome.PASSED
    other = Outcome.PASSED if as_planned is Outcome.FAILED else Outcome.FAILED
    judgement = Judgement.AS_EXPECTED if met else Judgement.UNEXPECTED
    return CombinedResult(as_planned if met else other, judgement, last.grade, tuple(same))


def _worst(parts: list[CombinedResult]) -> CombinedResult:
    ended = [part for part in parts if part.judgement is not Judgement.FLAKY]
    ended.sort(key=lambda part: moment(part.results[-1].record), reverse=True)
    worst = min(ended, key=lambda part: gravity(part.results[-1]), default=parts[0])
    if len(ended) < len(parts) and worst.judgement not in WRONG:
        worst = next(part for part in parts if part.judgement is Judgement.FLAKY)
    others = (one for part in parts if part is not worst for one in part.results)
    return replace(worst, results=(*others, *worst.results))


def _combined_for_parameters(results: list[JudgedResult], phase: Phase) -> CombinedResult:
    """The latest result that is not a skip decides."""
    ran = tuple(one for one in results if one.outcome is not Outcome.SKIPPED) or tuple(results)
    last = ran[-1]
    same = [one for one in ran if _same_code(one, last)]
    if any(_passed(one) != _passed(last) or one.flaky for one in same):
        return CombinedResult(None, Judgement.FLAKY, last.grade, ran)
    return CombinedResult(last.outcome, _judged_together(last, same, phase), last.grade, ran)


def _in_time(one: JudgedResult, phase: Phase) -> tuple[datetime, int, int, str, str]:
    """A key for the order in time; of two results at one time the one that proves less counts as the later."""
    outcome, judged = gravity(one)
    if phase is Phase.AFTER:
        outcome = -outcome
    return moment(one.record), outcome, -judged, one.record.seal or "", one.evidence


def _judged_together(last: JudgedResult, same: list[JudgedResult], phase: Phase) -> Judgement:
    if phase is Phase.AFTER and last.failed and any(one.judgement is Judgement.UNEXPECTED for one in same):
        return Judgement.UNEXPECTED  # a weaker expectation, added later, does not turn this failure into a pass
    judged = [one.judgement for one in same if one.judgement is not Judgement.UNJUDGED]
    return judged[-1] if judged else Judgement.UNJUDGED


def _passed(one: JudgedResult) -> bool:
    return one.outcome is Outcome.PASSED


def _same_code(one: JudgedResult, other: JudgedResult) -> bool:
    return one is other or same_code(one.record, other.record)


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
