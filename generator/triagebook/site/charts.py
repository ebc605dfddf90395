"""The data of charts and tables of figures, each with a sentence that says the same in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from statistics import median

from msgspec import Struct

from triagebook.facts.base.facts import Facts
from triagebook.facts.case import Case
from triagebook.facts.issue_facts import IssueFacts
from triagebook.markdown import Linked
from triagebook.model.defect import Severity
from triagebook.model.evidence import Grade, Phase
from triagebook.model.values import FactRef
from triagebook.text import counted, joined

from .content import SiteContent

MOST_POINTS = 40  # in time; more are combined by week, month, quarter or year
FEWEST = 3  # with fewer, a sentence is clearer than a picture


class Bar(Struct, frozen=True):
    """A small bar beside the same in words: a part of it is filled, another hollow, and the rest is a line."""

    filled: int
    whole: int
    widest: int  # of the bars of one list, which all have the same scale
    tone: str = "good"  # good, stated (by a document, unverified) or urgent
    says: str = ""  # its tooltip
    hollow: int = 0


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
    opened = Counter(issue.opened for issue in content.listed.values())
    closed = Counter(issue.closed for issue in content.listed.values() if issue.closed)
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


# ── age of open issues ───────────────────────────────────────────────────────────────────────────────

# The spans of age: its id in addresses, its words, and the days that it ends before.
AGES: Sequence[tuple[str, str, int]] = (
    ("week", "Less than a week", 7),
    ("month", "1 to 4 weeks", 28),
    ("quarter", "1 to 3 months", 91),
    ("year", "3 to 12 months", 365),
    ("older", "Over a year", 10**6),
)


class AgeRow(Struct, frozen=True):
    """Open issues of one span of age."""

    link: Linked
    number: int
    urgent: int  # critical or high
    bar: str  # the name of its bar


class Aging(Struct, frozen=True):
    """How old open issues are, with a sentence that says the same."""

    says: str
    rows: tuple[AgeRow, ...]
    bars: Mapping[str, Bar]


def aging(content: SiteContent) -> Aging:
    days = [(content.day - issue.opened).days for issue in content.open]
    places = [next(place for place, span in enumerate(AGES) if number < span[2]) for number in days]
    counts = Counter(places)
    severe = {Severity.CRITICAL.value, Severity.HIGH.value}
    urgent = Counter(at for at, issue in zip(places, content.open, strict=True) if issue.severity in severe)
    widest = max(counts.values(), default=0)
    rows, bars = [], {}
    for place, (name, words, _) in enumerate(AGES):
        link = content.linker.filtered(words, state="open", age=name)
        rows.append(AgeRow(link, counts[place], urgent[place], f"age-{name}"))
        says = f"{words}: {counts[place]:,} open, {urgent[place]:,} of them critical or high"
        bars[f"age-{name}"] = Bar(urgent[place], counts[place], widest, "urgent", says)
    return Aging(_aging(days), tuple(rows) if len(days) >= FEWEST else (), bars)


def _aging(days: Sequence[int]) -> str:
    if not days:
        return "No issue is open."
    if len(days) < FEWEST:
        ages = joined([f"{number:,}" for number in sorted(set(days))])
        return f"{counted(len(days), 'issue')} open for {ages} day{'' if set(days) == {1} else 's'}."
    return f"Half of the open issues are older than {counted(int(median(days)), 'day')}; the oldest has {max(days):,}."


# ── results before and after ─────────────────────────────────────────────────────────────────────────


def results(case: Case) -> dict[str, Bar]:
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
                tone = "stated" if stated else "good"
                says = f"{passed} passed, {failed} failed of {planned}"
                found[f"suite-{place}-{side.value}"] = Bar(passed, planned, widest, tone, says, failed)
    return found


def _ref(name: str, **filters: str) -> FactRef:
    return FactRef(name, tuple(sorted(filters.items())))


def _number(facts: Facts | IssueFacts, name: str, **filters: str) -> int | None:
    value = facts.fact(_ref(name, **filters)).value
    return value if isinstance(value, int) else None
