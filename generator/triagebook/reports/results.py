"""Suites and tests with what the evidence says of them: what was expected, what happened, where, and who says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.matching import Planned
from triagebook.facts.results import State
from triagebook.model.evidence import Evidence, Grade, Phase, TestRun
from triagebook.model.suites import Expectation, Suite, Test

from .figures import Figure
from .ground import Ground
from .verdict import title_of_environment


class Ran(Struct, frozen=True):
    """How a test stands in one phase and environment."""

    environment: str
    outcome: str
    judgement: str
    error: str
    evidence: tuple[str, ...]
    documents: tuple[str, ...]  # what vouches for it, where that is no more than a document
    proves: bool  # whether a machine saw it, so that it can prove something


class TestRow(Struct, frozen=True):
    """A test, with what it has from its suite and what was seen of it."""

    __test__ = False  # it is none of pytest's

    name: str
    test: Test
    before: Expectation | None
    after: Expectation | None
    vacuous: bool
    lost: bool  # no suite lists it any more
    ran_before: tuple[Ran, ...]
    ran_after: tuple[Ran, ...]


class Score(Struct, frozen=True):
    """How many tests of a suite passed in one phase."""

    passed: Figure
    planned: Figure
    failed: Figure | None
    missing: Figure | None
    skipped: Figure | None
    flaky: Figure | None

    @property
    def documents(self) -> tuple[str, ...]:
        return self.passed.documents


class Seen(Struct, frozen=True):
    """Where the tests of a suite ran and who says so, where that is the same for all that ran."""

    environment: str
    documents: tuple[str, ...]


class Counted(Struct, frozen=True):
    """What the source of a run counts itself."""

    evidence: str
    side: str
    totals: tuple[str, ...]
    documents: tuple[str, ...]  # what vouches for it, where that is no more than a document


class SuiteRow(Struct, frozen=True):
    """A suite with its tests."""

    id: str
    title: str
    suite: Suite
    planned: Figure | None
    before: Score | None
    after: Score | None
    vacuous: Figure | None
    tests: tuple[TestRow, ...]
    expects_errors: bool
    seen_before: Seen | None  # what the runs of all its tests have in common
    seen_after: Seen | None
    counted: tuple[Counted, ...]


def suites(ground: Ground) -> tuple[SuiteRow, ...]:
    rows = _rows(ground.case)
    return tuple(_suite(ground, name, suite, rows[name]) for name, suite in ground.issue.suites.items())


def lost(ground: Ground) -> tuple[TestRow, ...]:
    """Tests that a run was held against, and no suite lists any more."""
    return tuple(row for suite, rows in _rows(ground.case).items() if suite not in ground.issue.suites for row in rows)


@lru_cache(maxsize=1)  # the reports on an issue, which show the same tests, are made one after the other
def _rows(case: Case) -> Mapping[str, tuple[TestRow, ...]]:
    """The tests by suite: of each that is recorded, and of each that a run was held against."""
    rows: dict[str, list[TestRow]] = {name: [] for name in case.issue.suites}
    for planned in case.tests:
        rows.setdefault(planned.suite, []).append(_row(case, planned))
    return {name: tuple(of_suite) for name, of_suite in rows.items()}


def _suite(ground: Ground, name: str, suite: Suite, tests: tuple[TestRow, ...]) -> SuiteRow:
    return SuiteRow(
        id=name,
        title=str(suite.title or name),
        suite=suite,
        planned=ground.figures.some("tests.planned", suite=name),
        before=_score(ground, name, Phase.BEFORE),
        after=_score(ground, name, Phase.AFTER),
        vacuous=ground.figures.some("tests.vacuous", suite=name),
        tests=tests,
        expects_errors=any(test.before and test.before.errors for test in tests),
        seen_before=_in_common([test.ran_before for test in tests]),
        seen_after=_in_common([test.ran_after for test in tests]),
        counted=tuple(_counted(ground, name)),
    )


def _counted(ground: Ground, suite: str) -> Iterator[Counted]:
    for name, record in sorted(ground.case.runs, key=lambda run: run[1].phase is Phase.AFTER):
        if record.suite == suite and (said := totals(record)):
            yield Counted(name, record.phase.value if record.phase else "", said, only_said_by(ground, name, record))


def totals(record: TestRun) -> tuple[str, ...]:
    """The counts that the source of a run states itself."""
    said = ((label, value) for label, value in record.totals or () if value is not None)
    return tuple(str(value) if label == "seconds" else f"{value} {label}" for label, value in said)


def only_said_by(ground: Ground, name: str, record: Evidence) -> tuple[str, ...]:
    """What vouches for evidence, where that is no more than a document."""
    said = ground.case.weights[name] is Grade.TRANSCRIBED
    return tuple(dict.fromkeys(source.document for source in record.from_)) if said else ()


def _in_common(runs: list[tuple[Ran, ...]]) -> Seen | None:
    found = {Seen(ran.environment, ran.documents) for of_test in runs for ran in of_test}
    return found.pop() if len(found) == 1 else None


def _score(ground: Ground, suite: str, side: Phase) -> Score | None:
    figures = ground.figures
    passed = figures.known("tests.passed", suite=suite, phase=side.value)
    planned = figures.known("tests.planned", suite=suite)
    if passed is None or planned is None:
        return None

    def of(word: str) -> Figure | None:
        return figures.some(f"tests.{word}", suite=suite, phase=side.value)

    return Score(passed, planned, of("failed"), of("missing"), of("skipped"), of("flaky"))


def _row(case: Case, planned: Planned) -> TestRow:
    return TestRow(
        name=planned.name,
        test=planned.test,
        before=planned.before,
        after=planned.after,
        vacuous=planned.proves_nothing,
        lost=planned.dropped,
        ran_before=tuple(_runs(case, planned, Phase.BEFORE)),
        ran_after=tuple(_runs(case, planned, Phase.AFTER)),
    )


def _runs(case: Case, planned: Planned, side: Phase) -> Iterator[Ran]:
    for environment in case.environments:
        state = case.states[*planned.key, side, environment]
        if state.seen:
            yield _ran(case, environment, state)


def _ran(case: Case, environment: str, state: State) -> Ran:
    evidence = tuple(dict.fromkeys(seen.evidence for seen in state.seen))
    only_said = state.grade is Grade.TRANSCRIBED
    sources = (source.document for seen in state.seen for source in seen.record.from_)
    return Ran(
        environment=title_of_environment(case.book, environment),
        outcome=state.outcome.value if state.outcome else state.judgement.value,
        judgement=state.judgement.value,
        error=(state.last.error or "") if state.last else "",
        evidence=evidence,
        documents=tuple(dict.fromkeys(sources)) if only_said else (),
        proves=not only_said,
    )
