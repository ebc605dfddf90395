"""How each test stands: per phase and environment, from the evidence that counts for most, the latest deciding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from triagebook.model.evidence import Grade, Held, Outcome, Phase, Result, TestRun
from triagebook.model.suites import Expectation

from .history import same_code, test_changed
from .matching import Planned, parameters, split_name
from .weight import FAILED, RANK, moment, proof

if TYPE_CHECKING:
    from .case import Case

# Of several parameters of one test, the worst decides.
_WORST = [Outcome.ERROR, Outcome.FAILED, Outcome.XPASSED, Outcome.XFAILED, Outcome.SKIPPED, Outcome.PASSED]


class Judgement(StrEnum):
    """How what a test did meets what was expected of it."""

    AS_EXPECTED = "as expected"
    UNEXPECTED = "unexpected"
    OTHER_REASON = "failed for another reason"
    PROVES_NOTHING = "proves nothing"  # it was to do the same before and after
    UNJUDGED = "nothing was expected of it"
    FLAKY = "flaky"
    SKIPPED = "skipped"
    MISSING = "missing"


_GRAVEST = [Judgement.UNEXPECTED, Judgement.OTHER_REASON, Judgement.UNJUDGED, Judgement.SKIPPED]
WRONG = frozenset({Judgement.UNEXPECTED, Judgement.OTHER_REASON})


class Seen(Struct, frozen=True):
    """One result of one test in one piece of evidence."""

    name: str  # as the run calls it
    files: Mapping[str, str]  # the digests of the files that the test stands in, as the run saw them
    outcome: Outcome
    error: str | None
    evidence: str
    record: TestRun
    grade: Grade  # what the evidence counts for
    held: Held  # what was expected of it when it was recorded
    judgement: Judgement

    @property
    def failed(self) -> bool:
        return self.outcome in FAILED


class State(Struct, frozen=True):
    """What a test did in one phase and environment, all evidence of the best grade together."""

    outcome: Outcome | None  # None: flaky, or missing
    judgement: Judgement
    grade: Grade | None
    seen: tuple[Seen, ...] = ()  # the latest last

    @property
    def last(self) -> Seen | None:
        return self.seen[-1] if self.seen else None

    def on_one_code(self) -> Iterator[Seen]:
        """The results on the code of the last one, which is among them."""
        return (seen for seen in self.seen if self.last and _same_code(seen, self.last))


Key: TypeAlias = tuple[str, str, Phase, str]  # suite, test, phase, environment


def judge(result: Result, expected: Expectation, texts: Iterable[str]) -> Judgement:
    """How one result meets what was expected of it; `texts` are looked for where the expectation names no error."""
    if expected.expected == "pass":
        return Judgement.AS_EXPECTED if result.outcome is Outcome.PASSED else Judgement.UNEXPECTED
    if expected.expected == "skip":
        return Judgement.AS_EXPECTED if result.outcome is Outcome.SKIPPED else Judgement.UNEXPECTED
    if result.outcome not in FAILED:
        return Judgement.UNEXPECTED
    wanted = tuple(expected.errors or texts)
    fits = not wanted or any(same_error(text, result.error or "") for text in wanted)
    return Judgement.AS_EXPECTED if fits else Judgement.OTHER_REASON


def same_error(recorded: str, seen: str) -> bool:
    """Does a recorded error text stand in what was seen? White space does not count."""
    return bool(recorded.strip()) and " ".join(recorded.split()) in " ".join(seen.split())


def gravity(seen: Seen) -> tuple[int, int]:
    """How much a result speaks against its test: the lower, the more."""
    judged = _GRAVEST.index(seen.judgement) if seen.judgement in _GRAVEST else len(_GRAVEST)
    return _WORST.index(seen.outcome), judged


# ── what they come to ────────────────────────────────────────────────────────────────────────────────


def states_of(case: Case) -> dict[Key, State]:
    """What each test did, by suite, test, phase and environment."""
    return {
        (*test.key, phase, place): state_of(case.sightings.of_tests.get((*test.key, phase, place), ()), phase)
        for test in case.tests
        for phase in Phase
        for place in case.environments
    }


def state_of(seen: Iterable[Seen], phase: Phase) -> State:
    """What the results of one test in one phase and environment come to; of its parameters the worst decides."""
    every = list(seen)
    if len(every) == 1:
        return _state_of_part(every, phase)
    every.sort(key=lambda one: _in_time(one, phase))
    ran = [one for one in every if one.outcome is not Outcome.SKIPPED] or every
    if not ran:
        return State(None, Judgement.MISSING, None)
    grade = max((one.grade for one in ran), key=RANK.__getitem__)
    newest = next(one for one in reversed(ran) if one.grade is grade)
    by_parameters: dict[str, list[Seen]] = {}
    for one in every:
        if one.grade is grade:
            by_parameters.setdefault(parameters(one.name), []).append(one)
    there = [results for results in by_parameters.values() if not _is_gone(results[-1], newest)]
    return _worst([_state_of_part(results, phase) for results in there])


def _is_gone(last: Seen, newest: Seen) -> bool:
    """Whether parameters are no longer there: the newest run has none of them, and the test is another by now."""
    return last.evidence != newest.evidence and bool(test_changed(last.files, newest.files))


def _worst(parts: list[State]) -> State:
    ended = [part for part in parts if part.judgement is not Judgement.FLAKY]
    ended.sort(key=lambda part: moment(part.seen[-1].record), reverse=True)
    worst = min(ended, key=lambda part: gravity(part.seen[-1]), default=parts[0])
    if len(ended) < len(parts) and worst.judgement not in WRONG:
        worst = next(part for part in parts if part.judgement is Judgement.FLAKY)
    others = (one for part in parts if part is not worst for one in part.seen)
    return replace(worst, seen=(*others, *worst.seen))


def _state_of_part(seen: list[Seen], phase: Phase) -> State:
    """The latest result that is not a skip decides."""
    ran = tuple(one for one in seen if one.outcome is not Outcome.SKIPPED) or tuple(seen)
    last = ran[-1]
    same = [one for one in ran if _same_code(one, last)]
    if any(_passed(one) != _passed(last) for one in same):
        return State(None, Judgement.FLAKY, last.grade, ran)
    return State(last.outcome, _judged_together(last, same, phase), last.grade, ran)


def _in_time(seen: Seen, phase: Phase) -> tuple[datetime, int, int, str, str]:
    """The order of results; of two at one time the one that proves less counts as the later."""
    outcome, judged = gravity(seen)
    if phase is Phase.AFTER:
        outcome = -outcome
    return moment(seen.record), outcome, -judged, seen.record.seal or "", seen.evidence


def _judged_together(last: Seen, same: list[Seen], phase: Phase) -> Judgement:
    if phase is Phase.AFTER and last.failed and any(one.judgement is Judgement.UNEXPECTED for one in same):
        return Judgement.UNEXPECTED  # to expect less of the code that failed does not mend it
    judged = [one.judgement for one in same if one.judgement is not Judgement.UNJUDGED]
    return judged[-1] if judged else Judgement.UNJUDGED


def _passed(seen: Seen) -> bool:
    return seen.outcome is Outcome.PASSED


def _same_code(one: Seen, other: Seen) -> bool:
    return one is other or same_code(one.record, other.record)


__all__ = [
    "FAILED",
    "WRONG",
    "Judgement",
    "Key",
    "Planned",
    "Seen",
    "State",
    "gravity",
    "judge",
    "moment",
    "proof",
    "same_error",
    "split_name",
    "state_of",
    "states_of",
]
