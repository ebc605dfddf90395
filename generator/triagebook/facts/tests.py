"""The facts about tests: planned, passed, failed, missing; by suite, category, phase and environment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from triagebook.model.evidence import Grade, Outcome, Phase

from .fact import Definition, Found, Origin, fact
from .results import Judgement, Planned, State
from .weight import RANK

if TYPE_CHECKING:
    from .case import Case


class Tally(Struct, frozen=True):
    """How the planned tests of a selection ended, all environments that were asked for together."""

    planned: int
    ended: Counter[str]
    origins: tuple[Origin, ...]
    grade: Grade | None


def _selected(case: Case, suite: str | None, category: str | None) -> Iterator[Planned]:
    return (test for test in case.tests if suite in {None, test.suite} and category in {None, test.category})


def _origin(case: Case, test: Planned) -> Origin:
    """Where a test is planned; one that no suite lists any more, where a run was held against it."""
    if test.dropped:
        run = next(name for name, run in case.runs if test.name in run.expected)
        return Origin(case.evidence_file(run), ("expected", test.name))
    return case.origin("suites", test.suite, "tests", test.name)


@lru_cache(maxsize=32)  # who asks how many passed asks next how many failed
def tally(case: Case, suite: str | None, category: str | None, phase: str, environment: str | None) -> Tally:
    """A test that ended differently in two environments counts by the worse."""
    side = Phase(phase)
    places = [name for name in case.environments if environment in {None, name}]
    ended: Counter[str] = Counter()
    origins: dict[Origin, None] = {}
    grades: set[Grade] = set()
    tests = list(_selected(case, suite, category))
    for test in tests:
        states = [case.states[test.suite, test.name, side, place] for place in places]
        ended[min((_word(state) for state in states), key=_ORDER.index, default="missing")] += 1
        for state in states:
            grades |= {state.grade} if state.grade else set()
            origins |= {case.evidence_origin(seen.evidence): None for seen in state.seen}
    return Tally(len(tests), ended, tuple(origins), min(grades, key=RANK.__getitem__) if grades else None)


_ORDER = ["errors", "failed", "flaky", "xpassed", "xfailed", "skipped", "passed", "missing"]  # the worst first
_WORDS = {Outcome.ERROR: "errors", Outcome.FAILED: "failed", Outcome.SKIPPED: "skipped", Outcome.PASSED: "passed"}


def _word(state: State) -> str:
    if state.judgement is Judgement.FLAKY:
        return "flaky"
    return _WORDS.get(state.outcome, state.outcome.value) if state.outcome else "missing"


def _count(
    case: Case, word: str, suite: str | None, category: str | None, phase: str, environment: str | None
) -> Found:
    found = tally(case, suite, category, phase, environment)
    if not found.planned:
        return Found(None, why_unknown="no suite lists a test that fits")
    if found.grade is None:
        return Found(None, why_unknown=f"no run of these tests {phase} the fix is recorded")
    return Found(found.ended[word], found.origins, found.grade)


@fact("tests.planned", "Tests that the suites list", "tests")
def planned(case: Case, suite: str | None = None, category: str | None = None) -> Found:
    tests = list(_selected(case, suite, category))
    if not tests:
        return Found(None, why_unknown="no suite lists a test that fits")
    return Found(len(tests), tuple(_origin(case, test) for test in tests))


def _counting(word: str, summary: str) -> Definition:
    def compute(
        case: Case,
        suite: str | None = None,
        category: str | None = None,
        phase: str = "after",
        environment: str | None = None,
    ) -> Found:
        return _count(case, word, suite, category, phase, environment)

    return Definition(f"tests.{word}", summary, "tests", compute)


passed = _counting("passed", "Tests that passed")
failed = _counting("failed", "Tests that failed")
errors = _counting("errors", "Tests that ended in an error before they could pass or fail")
skipped = _counting("skipped", "Tests that were skipped")
flaky = _counting("flaky", "Tests that passed and failed on the same code")
missing = _counting("missing", "Tests of the plan of which no result is recorded")


@fact("tests.pass_rate", "Tests that passed, of all that are planned: missing and skipped ones are not passed", "share")
def pass_rate(
    case: Case,
    suite: str | None = None,
    category: str | None = None,
    phase: str = "after",
    environment: str | None = None,
) -> Found:
    found = _count(case, "passed", suite, category, phase, environment)
    if not isinstance(found.value, int):
        return found
    share = Fraction(found.value, len(list(_selected(case, suite, category))))
    return Found(share, found.origins, found.grade)


@fact(
    "tests.vacuous",
    "Tests that are expected to do the same before and after the fix: they prove nothing about it",
    "tests",
)
def vacuous(case: Case, suite: str | None = None, category: str | None = None) -> Found:
    tests = list(_selected(case, suite, category))
    if not tests:
        return Found(None, why_unknown="no suite lists a test that fits")
    found = [test for test in tests if test.proves_nothing]
    return Found(len(found), tuple(_origin(case, test) for test in found))
