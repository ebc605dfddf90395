"""What every report is made from: a case, and the figures that are asked of it."""

from __future__ import annotations

from triagebook.book import Book, Entry
from triagebook.facts.case import Case
from triagebook.model.defect import Impact
from triagebook.model.issue import Fix, Issue
from triagebook.model.planning import Plan

from .figures import Figures


class Ground:
    """A case under report."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.figures = Figures(case)

    @property
    def book(self) -> Book:
        return self.case.book

    @property
    def entry(self) -> Entry:
        return self.case.entry

    @property
    def issue(self) -> Issue:
        return self.case.issue

    @property
    def impact(self) -> Impact | None:
        """Whom the defect harms; None where nothing is said of it."""
        impact = self.issue.impact
        said = impact and any(value for name, value in impact if name != "from_")
        return impact if said else None

    @property
    def fix(self) -> Fix | None:
        """How it is fixed; None where nothing is said of it."""
        fix = self.issue.fix
        return fix if fix and any(value for _, value in fix) else None

    @property
    def plan(self) -> Plan:
        return self.issue.plan or Plan()
