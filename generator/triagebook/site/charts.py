"""The data of charts and tables of figures, each with a sentence that says the same in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from triagebook.facts.base.fact import percent
from triagebook.facts.base.facts import Facts
from triagebook.facts.case import Case
from triagebook.facts.issue_facts import IssueFacts
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.verdict.stages import Stage
from triagebook.model.evidence import Grade, Phase
from triagebook.model.values import FactRef

from .content import SiteContent

MOST_POINTS = 40  # in time; more are combined by week, month, quarter or year
FEWEST = 3  # with fewer, a sentence is clearer than a picture


# ── the book over time ───────────────────────────────────────────────────────────────────────────────


class Point(Struct, frozen=True):
    """The number of open and closed issues at the end of a day."""

    day: date
    open: int
    closed: int


class OverTime(Struct, frozen=True):
    """Open and closed issues over time, with the sentence that is the text alternative of the chart."""

    says: str
    points: tuple[Point, ...]
    title: str = "Open and closed over time"

    @property
    def drawn(self) -> bool:
        """Whether the chart shows more than the sentence."""
        return len(self.points) >= FEWEST


# The spans that days are combined by, from short to long.
_SPANS: Sequence[Callable[[date], object]] = (
    lambda day: day,
    lambda day: day.isocalendar()[:2],
    lambda day: (day.year, day.month),
    lambda day: (day.year, (day.month - 1) // 3),
    lambda day: day.year,
)


def over_time(content: SiteContent) -> OverTime:
    opened = Counter(case.issue.opened for case in content.cases.values())
    closed = Counter(max(c.issue.closed.on, c.issue.opened) for c in content.cases.values() if c.issue.closed)
    days = sorted({*opened, *closed})
    points, so_far, gone = [], 0, 0
    for day in days:
        so_far, gone = so_far + opened[day], gone + closed[day]
        points.append(Point(day, so_far - gone, gone))
    return OverTime(_over_time(points), tuple(_thinned(points)))


def _thinned(points: Sequence[Point]) -> list[Point]:
    """The last point of each span, for the shortest span that leaves few enough points."""
    for span in _SPANS:
        last = {span(point.day): point for point in points}
        if len(last) <= MOST_POINTS:
            break
    return list(last.values())


def _over_time(points: Sequence[Point]) -> str:
    if not points:
        return ""
    first, last = points[0], points[-1]
    if len(points) < FEWEST:
        days = " and ".join(f"{point.day}" for point in points)
        return f"{last.open:,} open and {last.closed or 'none'} closed, all on {days}: too few days for a picture."
    number = last.open + last.closed
    most = max(points, key=lambda point: point.open)
    return (
        f"{number:,} issues from {first.day} to {last.day}: {last.open:,} open and {last.closed:,} closed by then. "
        f"Most were open on {most.day}: {most.open:,}."
    )


# ── stage by component ───────────────────────────────────────────────────────────────────────────────


class StageTable(Struct, frozen=True):
    """Open issues by component and stage. An issue counts for each of its components."""

    says: str
    stages: tuple[str, ...]
    components: tuple[tuple[str, tuple[int, ...]], ...]  # the title, and the number of issues at each stage


def stages(content: SiteContent) -> StageTable:
    titles = {name: str(known.title) for name, known in content.book.catalog.components.items()}
    used = {str(name) for case in content.open for name in case.issue.components}
    rows = [(title, _by_stage(content, name)) for name, title in titles.items() if name in used]
    rows.sort(key=lambda row: -sum(row[1]))
    return StageTable(_stages(content, rows), tuple(Stage), tuple(rows))


def _by_stage(content: SiteContent, component: str) -> tuple[int, ...]:
    facts = (content.fact("book.issues", state="open", component=component, stage=stage.value) for stage in Stage)
    return tuple(fact.value if isinstance(fact.value, int) else 0 for fact in facts)


def _stages(content: SiteContent, rows: Sequence[tuple[str, tuple[int, ...]]]) -> str:
    if not rows:
        return "No open issue names a component of the catalog."
    found = [(stage, content.fact("book.issues", state="open", stage=stage.value).value) for stage in Stage]
    counted = ", ".join(f"{number:,} {stage.value}" for stage, number in found if isinstance(number, int) and number)
    title, numbers = rows[0]
    return f"Open issues: {counted}. Most are in {title}: {sum(numbers):,}."


# ── results before and after ─────────────────────────────────────────────────────────────────────────


class ResultBar(Struct, frozen=True):
    """The results of a suite in one phase, drawn as a small bar beside the same in words."""

    passed: int
    failed: int
    planned: int
    widest: int  # tests of the largest suite, which has the longest bar
    stated: bool  # whether the results are unverified, from a document


def results(case: Case) -> dict[str, ResultBar]:
    """A bar for each suite and phase with results, named by the number of the suite."""
    sizes = {suite: _number(case.facts, "tests.planned", suite=suite) or 0 for suite in case.issue.suites}
    widest = max(sizes.values(), default=0)
    found = {}
    for place, (suite, planned) in enumerate(sizes.items(), start=1):
        for side in Phase:
            filters = {"suite": suite, "phase": side.value}
            passed = _number(case.facts, "tests.passed", **filters)
            if passed is not None:
                failed = (_number(case.facts, "tests.failed", **filters) or 0) + (
                    _number(case.facts, "tests.errors", **filters) or 0
                )
                stated = case.fact(_ref("tests.passed", **filters)).grade is Grade.TRANSCRIBED
                found[f"suite-{place}-{side.value}"] = ResultBar(passed, failed, planned, widest, stated)
    return found


def _ref(name: str, **filters: str) -> FactRef:
    return FactRef(name, tuple(sorted(filters.items())))


def _number(facts: Facts | IssueFacts, name: str, **filters: str) -> int | None:
    value = facts.fact(_ref(name, **filters)).value
    return value if isinstance(value, int) else None


# ── pass rate over evidence ──────────────────────────────────────────────────────────────────────────


class Rate(Struct, frozen=True):
    """How many planned tests had passed after the fix with one run and all before it."""

    run: str
    day: date
    passed: int
    planned: int
    stated: bool  # whether a part of it is unverified, from a document

    @property
    def percent(self) -> str:
        return percent(Fraction(self.passed, self.planned))


class Rates(Struct, frozen=True):
    """The pass rate after the fix by run, with a sentence about the first and the last."""

    says: str
    rates: tuple[Rate, ...]

    @property
    def bars(self) -> dict[str, ResultBar]:
        """A bar for each run, named by its number."""
        return {
            f"run-{number}": ResultBar(rate.passed, 0, rate.planned, rate.planned, rate.stated)
            for number, rate in enumerate(self.rates, start=1)
        }


def pass_rates(case: Case) -> Rates | None:
    """The pass rate by run, or None for too few runs."""
    names = [name for name, run in case.ledger.runs if case.ledger.fix.phase_of(run) is Phase.AFTER]
    if len(names) < FEWEST:
        return None
    rates = [rate for number, name in enumerate(names, start=1) if (rate := _rate(case, name, names[:number]))]
    return Rates(_rates(rates), tuple(rates)) if len(rates) >= FEWEST else None


def _rate(case: Case, name: str, so_far: Sequence[str]) -> Rate | None:
    """The pass rate from the evidence up to one run."""
    later = {run for run, _ in case.ledger.runs} - set(so_far)
    evidence = {key: record for key, record in case.entry.evidence.items() if key not in later}
    then = Facts(Ledger(replace(case.entry, evidence=evidence), case.book.catalog, case.source, case.as_of))
    passed, planned = _number(then, "tests.passed"), _number(then, "tests.planned")
    if passed is None or not planned:
        return None
    at = case.entry.evidence[name].at
    day = date(at.year, at.month, at.day)
    stated = then.fact(_ref("tests.passed")).grade is Grade.TRANSCRIBED
    return Rate(name, day, passed, planned, stated)


def _rates(rates: Sequence[Rate]) -> str:
    first, last = rates[0], rates[-1]
    said = [rate.stated for rate in rates]
    stated = f" {'All' if all(said) else 'Some'} of it is unverified, from documents." if any(said) else ""
    return (
        f"With the first of {len(rates)} runs after the fix, {first.passed} of {first.planned} planned tests had "
        f"passed ({first.percent}); with the last, {last.passed} of {last.planned} ({last.percent}).{stated}"
    )
