"""Facts about tests: planned, passed, failed, missing; by suite, category, phase and environment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from triagebook.facts.ledger.grading import RANK
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.ledger.planned_tests import PlannedTest
from triagebook.facts.ledger.results import CombinedResult, Judgement
from triagebook.model.evidence import Grade, Outcome, Phase

from .fact import Computed, Definition, Origin, evidence_origin, fact, issue_origin, number_of


class TestCounts(Struct, frozen=True):
    """How the planned tests of a selection ended, in all chosen environments together."""

    planned: int
    ended: Counter[str]
    origins: tuple[Origin, ...]
    grade: Grade | None


def _selected(ledger: Ledger, suite: str | None, category: str | None) -> Iterator[PlannedTest]:
    return (test for test in ledger.tests if suite in {None, test.suite} and category in {None, test.category})


def _origin(ledger: Ledger, test: PlannedTest) -> Origin:
    """Where a test is planned; for a dropped test, the run that recorded an expectation of it."""
    if test.dropped:
        run = next(name for name, run in ledger.runs if test.name in run.expected)
        return evidence_origin(ledger.entry, run, "expected", test.name)
    return issue_origin(ledger.entry, "suites", test.suite, "tests", test.name)


@lru_cache(maxsize=32)  # the number of failed tests is usually asked for right after that of passed ones
def count_tests(
    ledger: Ledger, suite: str | None, category: str | None, phase: str, environment: str | None
) -> TestCounts:
    """A test that ended differently in two environments counts by the worse outcome."""
    side = Phase(phase)
    places = [name for name in ledger.environments if environment in {None, name}]
    ended: Counter[str] = Counter()
    evidence: dict[str, None] = {}
    grades: set[Grade] = set()
    tests = list(_selected(ledger, suite, category))
    for test in tests:
        states = [ledger.combined[test.suite, test.name, side, place] for place in places]
        ended[min((_word(state) for state in states), key=_ORDER.index, default="missing")] += 1
        for state in states:
            grades |= {state.grade} if state.grade else set()
            evidence |= dict.fromkeys(one.evidence for one in state.results)
    origins = tuple(evidence_origin(ledger.entry, name) for name in evidence)
    return TestCounts(len(tests), ended, origins, min(grades, key=RANK.__getitem__) if grades else None)


_ORDER = ["errors", "failed", "flaky", "xpassed", "xfailed", "skipped", "passed", "missing"]  # the worst first
_WORDS = {Outcome.ERROR: "errors", Outcome.FAILED: "failed", Outcome.SKIPPED: "skipped", Outcome.PASSED: "passed"}


def _word(state: CombinedResult) -> str:
    if state.judgement is Judgement.FLAKY:
        return "flaky"
    return _WORDS.get(state.outcome, state.outcome.value) if state.outcome else "missing"


_NONE_FITS = "no suite lists a test that fits"


@fact("tests.planned", "Tests that the suites list", "tests")
def planned(ledger: Ledger, suite: str | None = None, category: str | None = None) -> Computed:
    tests = list(_selected(ledger, suite, category))
    return number_of((_origin(ledger, test) for test in tests), tests, _NONE_FITS)


def _counting(word: str, summary: str, *, rate: bool = False) -> Definition:
    def compute(
        ledger: Ledger,
        suite: str | None = None,
        category: str | None = None,
        phase: str = "after",
        environment: str | None = None,
    ) -> Computed:
        found = count_tests(ledger, suite, category, phase, environment)
        if not found.planned:
            return Computed(None, why_unknown=_NONE_FITS)
        if found.grade is None:
            return Computed(None, why_unknown=f"no run of these tests {phase} the fix is recorded")
        number = found.ended[word]
        return Computed(Fraction(number, found.planned) if rate else number, found.origins, found.grade)

    return Definition("tests.pass_rate" if rate else f"tests.{word}", summary, "share" if rate else "tests", compute)


passed = _counting("passed", "Tests that passed")
failed = _counting("failed", "Tests that failed")
errors = _counting("errors", "Tests that ended in an error before they could pass or fail")
skipped = _counting("skipped", "Tests that were skipped")
flaky = _counting("flaky", "Tests that passed and failed on the same code")
missing = _counting("missing", "Planned tests without a recorded result")


pass_rate = _counting(
    "passed", "Tests that passed, of all that are planned: missing and skipped tests did not pass", rate=True
)


def runs_by_result(ledger: Ledger) -> dict[tuple[int, int], tuple[str, ...]]:
    """The runs with so many passed tests of so many: each run that somebody saw, and all of one phase and environment.

    A transcribed run is left out, as it may be typed from the very document that it is to prove.
    """
    by_place: dict[tuple[Phase | None, str | None], dict[str, tuple[int, int]]] = {}
    for name, run in ledger.runs:
        if ledger.grades[name] is not Grade.TRANSCRIBED:
            outcomes = [result.outcome for result in run.results.values()]
            counts = outcomes.count(Outcome.PASSED), len(outcomes)
            by_place.setdefault((run.phase, run.environment), {})[name] = counts
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    found |= {counts: (name,) for runs in by_place.values() for name, counts in runs.items()}
    for runs in by_place.values():
        total = sum(passed for passed, _ in runs.values()), sum(of for _, of in runs.values())
        found.setdefault(total, tuple(runs))
    return found


@fact(
    "tests.vacuous",
    "Tests with the same expected outcome before and after the fix: they prove nothing about it",
    "tests",
)
def vacuous(ledger: Ledger, suite: str | None = None, category: str | None = None) -> Computed:
    tests = list(_selected(ledger, suite, category))
    return number_of((_origin(ledger, test) for test in tests if test.proves_nothing), tests, _NONE_FITS)
