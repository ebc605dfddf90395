"""What triagebook wants to be, as figures of one run: each target says its own value, and whether it is reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .measure import FLOOR, TRIAGEBOOK
from .ours import FILTERS, SCAN_FAR, SCAN_NEAR, SEARCHES, TABLE_OPENS
from .results import Results


@dataclass(frozen=True, slots=True)
class Target:
    """A figure, and what it should be."""

    says: str
    limit: float
    unit: str
    at: int  # issues; 0 where no book matters
    value: Callable[[Results, int], float | None]
    at_least: bool = False

    def verdict(self, results: Results) -> Verdict:
        """At the size it speaks of; else, to have an idea, at the largest smaller one that was measured."""
        smaller = sorted((size for size in results.sizes if size < self.at), reverse=True)
        for size in (self.at, *smaller):
            if (value := self.value(results, size)) is not None:
                return Verdict(self, value, size)
        return Verdict(self, None, self.at)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a target in a run."""

    target: Target
    value: float | None
    at: int

    @property
    def measured(self) -> bool:
        """At the size that the target speaks of."""
        return self.value is not None and self.at == self.target.at

    @property
    def met(self) -> bool:
        limit = self.target.limit
        return self.value is not None and (self.value >= limit if self.target.at_least else self.value <= limit)

    @property
    def short_by(self) -> float:
        """By what factor the value misses the target."""
        assert self.value is not None
        limit = self.target.limit
        return limit / self.value if self.target.at_least else self.value / limit

    @property
    def says(self) -> str:
        if not self.measured:
            return "not measured"
        return "met" if self.met else f"missed by {self.short_by:,.1f}\N{NO-BREAK SPACE}x"


def _seconds(what: str) -> Callable[[Results, int], float | None]:
    return lambda results, size: results.seconds(TRIAGEBOOK, what, size)


def _times_faster_than_doorstop(results: Results, size: int) -> float | None:
    theirs_at = results.largest("doorstop", "check, cold", up_to=size)
    ours, theirs = results.rate(TRIAGEBOOK, "check, cold", size), results.rate("doorstop", "check, cold", theirs_at)
    return ours / theirs if ours and theirs else None


def _times_faster_than_mkdocs(results: Results, size: int) -> float | None:
    return _ratio(
        results.seconds("mkdocs-material", "site, cold", size), results.seconds(TRIAGEBOOK, "site, cold", size)
    )


def _gigabytes(what: str) -> Callable[[Results, int], float | None]:
    def used(results: Results, size: int) -> float | None:
        figure = results.figure(TRIAGEBOOK, what, size)
        return figure.megabytes / 1000 if figure and figure.megabytes else None

    return used


def _an_issue(what: str) -> Callable[[Results, int], float | None]:
    """Time per issue, beside that of a book a tenth of the size."""

    def grown(results: Results, size: int) -> float | None:
        large, small = results.seconds(TRIAGEBOOK, what, size), results.seconds(TRIAGEBOOK, what, size // 10)
        return _ratio(large, small * 10 if small else None)

    return grown


def _over_argparse(results: Results, size: int) -> float | None:
    ours, floor = results.seconds(TRIAGEBOOK, "--help", size), results.seconds(FLOOR, "import argparse", size)
    return 1000 * (ours - floor) if ours and floor else None


def _over_imports(results: Results, size: int) -> float | None:
    ours = results.seconds(TRIAGEBOOK, "report of a small book", size)
    return _ratio(ours, results.seconds(FLOOR, "import pydantic, jinja2", size))


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one and other else None


def _far_beside_near(results: Results, size: int) -> float | None:
    return _ratio(results.seconds(TRIAGEBOOK, SCAN_FAR, size), results.seconds(TRIAGEBOOK, SCAN_NEAR, size))


_OTHER_COMMIT = "check, code committed that no issue names"

TARGETS = (
    Target(
        "A cold check, per kilobyte, beside that of doorstop",
        10, "x as fast", 10_000, _times_faster_than_doorstop, at_least=True,
    ),
    Target("A warm check", 2, "s", 10_000, _seconds("check, warm")),
    Target(
        "A cold site, beside mkdocs-material alone on the same pages",
        15, "x as fast", 1_000, _times_faster_than_mkdocs, at_least=True,
    ),
    Target("A check after one edit", 1, "s", 1_000, _seconds("check, one record changed")),
    Target("A check after one edit", 4, "s", 10_000, _seconds("check, one record changed")),
    Target("A check after a commit that touches no issue", 1, "s", 1_000, _seconds(_OTHER_COMMIT)),
    Target("A warm check", 0.2, "s", 1_000, _seconds("check, warm")),
    Target("A scan at a far commit, beside one at a near commit", 2, "x the time", 0, _far_beside_near),
    Target("One issue shown", 0.7, "s", 1_000, _seconds("show")),
    Target("One issue shown", 1.5, "s", 10_000, _seconds("show")),
    Target("One issue checked", 0.7, "s", 1_000, _seconds("check, one issue")),
    Target("One issue checked", 1.5, "s", 10_000, _seconds("check, one issue")),
    Target("A report made", 0.7, "s", 1_000, _seconds("report")),
    Target("A report made", 1.5, "s", 10_000, _seconds("report")),
    Target("A search", 0.7, "s", 1_000, _seconds("search, again")),
    Target("A search", 1.5, "s", 10_000, _seconds("search, again")),
    Target("All issues listed", 1, "s", 1_000, _seconds("list")),
    Target("All issues listed", 3, "s", 10_000, _seconds("list")),
    Target("One record changed, until its page shows it", 1, "s", 1_000, _seconds("serve, one record changed")),
    Target("One record changed, until its page shows it", 3, "s", 10_000, _seconds("serve, one record changed")),
    Target("Memory of a cold check", 0.5, "GB", 10_000, _gigabytes("check, cold")),
    Target("Memory of a cold site", 1.5, "GB", 10_000, _gigabytes("site, cold")),
    Target("The table of all issues opens", 2, "s", 10_000, _seconds(TABLE_OPENS)),
    Target("It shows what fits, once something is typed", 0.1, "s", 10_000, _seconds(FILTERS)),
    Target("The search finds an error", 0.3, "s", 10_000, _seconds(SEARCHES)),
    Target("A cold check, per issue, beside a book a tenth of the size", 1.3, "x", 10_000, _an_issue("check, cold")),
    Target("A cold site, per issue, beside a book a tenth of the size", 1.3, "x", 10_000, _an_issue("site, cold")),
    Target("`triagebook --help`, more than Python with argparse", 100, "ms", 0, _over_argparse),
    Target("One report, beside importing pydantic and jinja2", 3, "x the time", 0, _over_imports),
)  # fmt: skip
