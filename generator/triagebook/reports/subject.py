"""The issue that a report is about, and what several sections need to know about it."""

from __future__ import annotations

from functools import cached_property

from triagebook.facts.case import Case
from triagebook.model.building_blocks import Step
from triagebook.model.issue import Fix
from triagebook.model.planning import Plan
from triagebook.views import criteria
from triagebook.views.criteria import CriterionRow
from triagebook.views.figures import Figures
from triagebook.views.plan import DeploymentRow, SortedPlan, deployments
from triagebook.views.suites import SuiteRow, suites

from .kinds import ReportKind
from .since import EarlierState


class Subject:
    """An issue under report: its case, the figures of the report, and views that several sections need."""

    def __init__(self, case: Case, kind: ReportKind, earlier: EarlierState | None = None) -> None:
        self.case = case
        self.issue = case.issue
        self.plan = case.issue.plan or Plan()
        self.fix = case.issue.fix or Fix()
        self.figures = Figures(case)
        self.kind = kind
        self.earlier = earlier

    @cached_property
    def suites(self) -> tuple[SuiteRow, ...]:
        return suites(self.case, self.figures)

    @cached_property
    def criteria(self) -> tuple[CriterionRow, ...]:
        return criteria.criteria(self.case, self.figures)

    @cached_property
    def planned(self) -> SortedPlan:
        return SortedPlan(self.case, self.plan, self.suites)

    @cached_property
    def deployments(self) -> tuple[DeploymentRow, ...]:
        return deployments(self.case.book, self.issue.deployment)

    @cached_property
    def open_steps(self) -> tuple[Step, ...]:
        """The open next steps by priority."""
        steps = [step for step in self.issue.next if step.done is None]
        return tuple(sorted(steps, key=lambda step: step.priority if step.priority is not None else len(steps)))
