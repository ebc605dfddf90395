"""Suites and tests: expected and actual results by environment, and who vouches for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from triagebook.facts.case import Case
from triagebook.facts.ledger.planned_tests import PlannedTest
from triagebook.facts.ledger.results import CombinedResult
from triagebook.languages import language_of_file
from triagebook.model.base import Prose
from triagebook.model.evidence import Grade, Phase
from triagebook.model.suites import Expectation, Suite, Test

from .claims import doubts
from .figures import Figure, Figures
from .verdict import environment_title


class PhaseResult(Struct, frozen=True, omit_defaults=True):
    """The result of a test in one phase and environment."""

    environment: str
    outcome: str
    judgement: str  # how the outcome compares with the expectation
    error: str = ""
    evidence: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()  # the documents it was typed from, if nothing else vouches for it
    proves: bool = True  # whether a machine or a named person saw it


class TestRow(Struct, frozen=True, omit_defaults=True):
    """A test, with the expectations of its suite and its results."""

    __test__ = False  # pytest shall not collect it

    name: str
    test: Test
    before: Expectation | None = None
    after: Expectation | None = None
    vacuous: bool = False
    doubt: Prose | None = None  # why it is no use
    dropped: bool = False  # no suite lists it any more
    results_before: tuple[PhaseResult, ...] = ()
    results_after: tuple[PhaseResult, ...] = ()

    @property
    def has_notes(self) -> bool:
        """Whether the record says more of the test than the columns of a table."""
        return any(getattr(self.test, name) for name in type(self.test).model_fields if name not in _COLUMNS)


_COLUMNS = frozenset({"proves", "before", "after", "code", "from_"})


class Score(Struct, frozen=True, omit_defaults=True):
    """How many tests of a suite passed in one phase."""

    passed: Figure
    planned: Figure
    failed: Figure | None = None
    missing: Figure | None = None
    skipped: Figure | None = None
    flaky: Figure | None = None

    @property
    def documents(self) -> tuple[str, ...]:
        return self.passed.documents


class ResultSource(Struct, frozen=True):
    """Where tests ran and which documents say so."""

    environment: str
    documents: tuple[str, ...]


class SuiteRow(Struct, frozen=True, omit_defaults=True):
    """A suite with its tests."""

    id: str
    title: str
    suite: Suite
    tests: tuple[TestRow, ...]
    planned: Figure | None = None
    vacuous: Figure | None = None
    before: Score | None = None
    after: Score | None = None
    source_before: ResultSource | None = None  # where all its tests ran before the fix; None if that differs
    source_after: ResultSource | None = None
    doubt: Prose | None = None  # why it is no use

    @property
    def language(self) -> str:
        """The language of its tests."""
        return language_of_file(self.suite.path or "")

    @property
    def can_prove(self) -> bool:
        """Whether one of its tests is to fail without the fix and to pass with it, and nothing speaks against it."""
        return self.doubt is None and any(test.before and test.after and not test.vacuous for test in self.tests)

    @property
    def useless(self) -> bool:
        """Whether it can prove nothing, however its tests turn out."""
        return self.doubt is not None or self.is_vacuous

    @property
    def is_vacuous(self) -> bool:
        """Whether each of its tests does the same before and after the fix."""
        return bool(self.tests) and all(test.vacuous for test in self.tests)

    @property
    def place(self) -> int:
        """Its place in a plan: suites that can prove the fix come first, useless ones last."""
        return 0 if self.can_prove else 2 if self.useless else 1

    @property
    def has_run(self) -> bool:
        return self.before is not None or self.after is not None


def suites(case: Case, figures: Figures) -> tuple[SuiteRow, ...]:
    rows, doubted = _rows(case), doubts(case)
    return tuple(_suite(figures, name, suite, rows[name], doubted) for name, suite in case.issue.suites.items())


def planned_suites(suites: Mapping[str, Suite]) -> tuple[SuiteRow, ...]:
    """The suites of a playbook, which have no results."""
    return tuple(SuiteRow(name, str(suite.title or name), suite, _planned(suite)) for name, suite in suites.items())


def _planned(suite: Suite) -> tuple[TestRow, ...]:
    return tuple(
        TestRow(name, test, test.before or suite.before, test.after or suite.after)
        for name, test in suite.tests.items()
    )


def dropped_tests(case: Case) -> tuple[TestRow, ...]:
    """Tests that a run was compared with and no suite lists any more."""
    return tuple(row for suite, rows in _rows(case).items() if suite not in case.issue.suites for row in rows)


@lru_cache(maxsize=1)  # the reports on one issue are made one after the other
def _rows(case: Case) -> Mapping[str, tuple[TestRow, ...]]:
    """The tests by suite: those in the record, and those that a run was compared with."""
    rows: dict[str, list[TestRow]] = {name: [] for name in case.issue.suites}
    for planned in case.ledger.tests:
        rows.setdefault(planned.suite, []).append(_row(case, planned))
    return {name: tuple(of_suite) for name, of_suite in rows.items()}


def _suite(
    figures: Figures, name: str, suite: Suite, tests: tuple[TestRow, ...], doubted: Mapping[str, Prose]
) -> SuiteRow:
    return SuiteRow(
        id=name,
        title=str(suite.title or name),
        suite=suite,
        planned=figures.some("tests.planned", suite=name),
        before=_score(figures, name, Phase.BEFORE),
        after=_score(figures, name, Phase.AFTER),
        vacuous=figures.some("tests.vacuous", suite=name),
        tests=tuple(replace(test, doubt=doubted.get(f"suites.{name}.tests.{test.name}")) for test in tests),
        source_before=_common_source(test.results_before for test in tests),
        source_after=_common_source(test.results_after for test in tests),
        doubt=doubted.get(f"suites.{name}"),
    )


def _common_source(results: Iterable[tuple[PhaseResult, ...]]) -> ResultSource | None:
    found = {ResultSource(result.environment, result.documents) for of_test in results for result in of_test}
    return found.pop() if len(found) == 1 else None


def _score(figures: Figures, suite: str, phase: Phase) -> Score | None:
    passed = figures.known("tests.passed", suite=suite, phase=phase.value)
    planned = figures.known("tests.planned", suite=suite)
    if passed is None or planned is None:
        return None

    def of(word: str) -> Figure | None:
        return figures.some(f"tests.{word}", suite=suite, phase=phase.value)

    return Score(passed, planned, of("failed"), of("missing"), of("skipped"), of("flaky"))


def _row(case: Case, planned: PlannedTest) -> TestRow:
    return TestRow(
        name=planned.name,
        test=planned.test,
        before=planned.before,
        after=planned.after,
        vacuous=planned.proves_nothing,
        dropped=planned.dropped,
        results_before=tuple(_results(case, planned, Phase.BEFORE)),
        results_after=tuple(_results(case, planned, Phase.AFTER)),
    )


def _results(case: Case, planned: PlannedTest, phase: Phase) -> Iterator[PhaseResult]:
    for environment in case.ledger.environments:
        state = case.ledger.combined[*planned.key, phase, environment]
        if state.results:
            yield _result(case, environment, state)


def _result(case: Case, environment: str, state: CombinedResult) -> PhaseResult:
    transcribed = state.grade is Grade.TRANSCRIBED
    sources = (source.document for seen in state.results for source in seen.record.from_)
    return PhaseResult(
        environment=environment_title(case.book, environment),
        outcome=state.outcome.value if state.outcome else state.judgement.value,
        judgement=state.judgement.value,
        error=(state.last.error or "") if state.last else "",
        evidence=tuple(dict.fromkeys(seen.evidence for seen in state.results)),
        documents=tuple(dict.fromkeys(sources)) if transcribed else (),
        proves=not transcribed,
    )
