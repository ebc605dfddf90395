"""Tests and evidence as pages show them: what was to happen, what did, who saw it, and what that is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.ledger.results import CombinedResult
from triagebook.markdown import Linked
from triagebook.model.evidence import (
    CommandOutput,
    Evidence,
    Grade,
    Held,
    MeasuredValue,
    Observation,
    Outcome,
    Phase,
    Result,
    TestRun,
)
from triagebook.model.suites import Expectation, Suite, Test
from triagebook.model.values import DocRef
from triagebook.views.evidence import totals
from triagebook.views.figures import Figures

from .linker import Linker, anchor

_KINDS = {"tests": "A run of tests", "command": "The output of a command", "value": "A measured value"}


class PhaseResult(Struct, frozen=True):
    """How a test ended in one phase and environment."""

    outcome: str
    where: str  # in which environment, and who says so if that is no more than a document
    judgement: str  # how it meets what was expected
    kind: str  # what colour it may have; none where only a document states it, which proves nothing


class TestView(Struct, frozen=True):
    """A test, with what it has from its suite and what was seen of it."""

    __test__ = False  # it is none of pytest's

    name: str
    record: Test
    before: Expectation | None
    after: Expectation | None
    seen_before: list[PhaseResult]
    seen_after: list[PhaseResult]

    @property
    def more(self) -> bool:
        """Is there something to say of it that the table does not?"""
        record = self.record
        return bool(record.was or record.markers or record.flaky or record.note or record.from_)


class SuiteView(Struct, frozen=True):
    """A suite with its tests."""

    id: str
    title: str
    record: Suite
    tests: list[TestView]

    category: object
    before: str  # how many ended how, in one phase
    after: str

    @property
    def link(self) -> Linked:
        return Linked(self.title, f"#{anchor(self.title)}")

    @property
    def runs(self) -> list[PhaseResult]:
        return [ran for test in self.tests for ran in (*test.seen_before, *test.seen_after)]

    @property
    def ran(self) -> bool:
        return bool(self.runs)

    @property
    def vacuous(self) -> bool:
        return any(ran.judgement == "proves nothing" for ran in self.runs)

    @property
    def where_before(self) -> str:
        """Where all tests were seen before the fix; empty where that differs."""
        return _common(ran.where for test in self.tests for ran in test.seen_before)

    @property
    def where_after(self) -> str:
        return _common(ran.where for test in self.tests for ran in test.seen_after)


def _common(words: Iterable[str]) -> str:
    different = set(words)
    return different.pop() if len(different) == 1 else ""


class EvidenceView(Struct, frozen=True):
    """One thing that was seen."""

    name: str
    link: Linked
    kind: str
    record: Evidence
    result: str  # what came of it, in a few words
    totals: tuple[str, ...]
    files: list[object]
    says: str  # what vouches for the results, where it is no more than a document
    results: list[tuple[str, Result]]
    expected: list[tuple[str, Held]]
    counts_as: str  # where that is less than its grade

    @property
    def timed(self) -> bool:
        return any(result.seconds for _, result in self.results)

    @property
    def remarked(self) -> bool:
        return any(result.error or result.note or result.from_ for _, result in self.results)


# ── tests ────────────────────────────────────────────────────────────────────────────────────────────


def suite_view(suite_id: str, suite: Suite, link: Linker, case: Case | None) -> SuiteView:
    tests = [
        TestView(
            name=name,
            record=test,
            before=test.before or suite.before,
            after=test.after or suite.after,
            seen_before=_ran(case, suite_id, name, Phase.BEFORE),
            seen_after=_ran(case, suite_id, name, Phase.AFTER),
        )
        for name, test in suite.tests.items()
    ]
    before, after = (_score(case, suite_id, side) if case else "" for side in Phase)
    return SuiteView(suite_id, suite.title or suite_id, suite, tests, link(suite.category), before, after)


def _score(case: Case, suite: str, side: Phase) -> str:
    """How many tests of a suite ended how, and who says so."""
    figures = Figures(case)
    filters = {"suite": suite, "phase": side.value}
    if figures.known("tests.passed", **filters) is None:
        return ""
    found = [(word, figures.some(f"tests.{word}", **filters)) for word in _ENDS]
    words = ", ".join(f"{figure.bare} {word}" for word, figure in found if figure)
    documents = dict.fromkeys(name for _, figure in found if figure for name in figure.documents)
    return f"{words}, says {' and '.join(documents)}" if documents else words


_ENDS = ("passed", "failed", "flaky", "skipped", "missing")


def _ran(case: Case | None, suite: str, test: str, side: Phase) -> list[PhaseResult]:
    if case is None:
        return []
    states = ((place, case.ledger.combined.get((suite, test, side, place))) for place in case.ledger.environments)
    return [_how(case, place, state) for place, state in states if state and state.results]


def _how(case: Case, place: str, state: CombinedResult) -> PhaseResult:
    known = case.book.catalog.environments.get(place)
    judgement = state.judgement.value.partition(":")[0]
    where = f"in {known.title if known else place}"
    if state.grade is Grade.TRANSCRIBED:
        sources = dict.fromkeys(source.document for one in state.results for source in one.record.from_)
        where += f", says {' and '.join(sources)}" if sources else ", only stated"
    outcome = state.outcome.value if state.outcome else judgement
    said = "" if judgement == outcome else judgement
    return PhaseResult(outcome, where, said, outcome if state.grade is not Grade.TRANSCRIBED else "")


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────────


def evidence_views(case: Case, link: Linker) -> list[EvidenceView]:
    """The evidence of an issue, the newest first."""
    newest = sorted(case.entry.evidence.items(), key=lambda item: (str(item[1].at), item[0]), reverse=True)
    return [evidence_view(case, name, record, link) for name, record in newest]


def evidence_view(case: Case, name: str, record: Evidence, link: Linker) -> EvidenceView:
    run = record if isinstance(record, TestRun) else None
    worth = case.ledger.grades[name]
    return EvidenceView(
        name=name,
        link=link.issue_at(case.entry.id, name, name, code=True),
        kind=_KINDS.get(getattr(record, "kind", ""), "An observation"),
        record=record,
        result=_result(record),
        totals=totals(run) if run else (),
        files=[Linked(f"{path} {digest}", code=True) for path, digest in record.code.items()],
        says=_hearsay(record),
        results=list(run.results.items()) if run else [],
        expected=list(run.expected.items()) if run else [],
        counts_as=worth.value if worth is not record.grade else "",
    )


def _result(record: Evidence) -> str:
    match record:
        case TestRun():
            return _tally(result.outcome for result in record.results.values()) or "no result of a test"
        case CommandOutput():
            return f"exit code {record.exit_code}" if record.exit_code is not None else "output kept"
        case MeasuredValue():
            return f"{record.name} is {record.value}"
        case Observation():
            again = "the error was seen" if record.error else "seen"
            return f"{again} {record.count} times" if record.count and record.count > 1 else again
        case _:
            return ""


def _tally(outcomes: Iterable[Outcome]) -> str:
    counts = Counter(outcomes)
    return ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome])


def _hearsay(record: Evidence) -> str:
    """What a result that was typed from a document must be shown with: it proves nothing."""
    if record.grade is not Grade.TRANSCRIBED:
        return ""
    documents = dict.fromkeys(_called(ref) for ref in record.from_)
    return f"says {' and '.join(documents)}" if documents else "says a document that is not named"


def _called(ref: DocRef) -> str:
    """A document by its name; one on the web by where it lies, as its whole address stands beside it."""
    return urlsplit(ref.document).netloc if ref.on_the_web else ref.document
