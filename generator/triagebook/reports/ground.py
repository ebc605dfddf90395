"""What every report is made from: a case, and the figures that are asked of it."""

from __future__ import annotations

from triagebook.book import Book, Entry
from triagebook.facts.case import Case
from triagebook.model.issue import Issue
from triagebook.model.work import Plan

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
    def plan(self) -> Plan:
        return self.issue.plan or Plan()
