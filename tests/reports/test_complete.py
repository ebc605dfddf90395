"""Nothing is left out: whatever a record holds stands in some report, but what only the site's pages are for."""

from __future__ import annotations

import pytest

from tests.kit.completeness import missing
from tests.kit.paths import FULL
from tests.kit.reports import written
from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.reports import KINDS
from triagebook.store.load import load

# What is told in other words: the time of a phase is the sum of its steps, the search of a scan goes before the
# issue's own, evidence is shown with what it counts for, the run that failed reads as one, a kind of
# contradiction is called by its title, and an amount has separators.
TOLD = {
    "plan.phases.reproduce.takes",
    "claims.0.kind",
    "impact.revenue.0.at_risk",
    "ticks.0.lines.0",
    "detector.code",
    "detector.include.0",
    "detector.exclude.0",
}


@pytest.fixture(scope="module")
def book() -> Book:
    return load(FULL).book


def test_the_reports_say_all_that_an_issue_holds(book: Book) -> None:
    case = Case(book, book.issues["7"])
    text = "\n".join(written(case, kind, full=True) for kind in KINDS).replace("\\", "")
    left = {
        f"{file}: {'.'.join(map(str, way))}" for file, record in case.entry.files() for *way, _ in missing(record, text)
    }
    assert sorted(place for place in left if place.partition(": ")[2] not in TOLD) == []
