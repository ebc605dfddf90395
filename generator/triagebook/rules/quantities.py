"""TB3xx: targets, estimates and money must be stated once, with a source, and add up."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from triagebook.facts.criteria import measure_of
from triagebook.facts.numbers import total
from triagebook.facts.registry import plain
from triagebook.findings import Level
from triagebook.model.issue import Contradiction
from triagebook.model.planning import RiskLevel
from triagebook.text import counted

from .base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triagebook.book import Book
    from triagebook.facts.case import Case
    from triagebook.findings import Field, Finding
    from triagebook.model.building_blocks import Step
    from triagebook.model.issue import Issue
    from triagebook.model.planning import PlanPhase, Target
    from triagebook.model.values import FactRef, Quantity


def _targets(issue: Issue) -> Iterator[tuple[Field, Target]]:
    yield from ((("criteria", name), target) for name, target in issue.criteria.items())
    yield from ((("metrics", name), target) for name, target in issue.metrics.items())


class TwoTargets(Rule):
    """Two criteria or metrics ask for different values of one measure."""

    code = "TB304"
    name = "two-targets"
    kinds = (Contradiction.THRESHOLD,)
    why = "With two thresholds for one measure, a value between them is both met and failed."
    remedy = "keep one target; if both are meant, say what sets them apart: a filter, the environment or the phase"
    bad = """
criteria:
  most-pass: {says: Most tests pass, measure: tests.pass_rate, target: more than 90 %}
  nearly-all-pass: {says: Nearly all tests pass, measure: tests.pass_rate phase=after, target: at least 90 %}
"""
    good = """
criteria:
  all-pass: {says: All tests pass, measure: tests.pass_rate, target: 100 %}
  all-fail: {says: All of them failed without the fix, measure: tests.pass_rate phase=before, target: 0 %}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        first: dict[tuple[FactRef, str], tuple[Field, Quantity]] = {}
        for way, target in _targets(case.issue):
            measure = measure_of(case, target)
            if measure is not None and target.target is not None:
                key = plain(measure), str(target.phase or "")
                other, wanted = first.setdefault(key, (way, target.target))
                if not _compatible(wanted, target.target):
                    says = f"`{measure}` is to be {target.target} here, and {wanted} in `{'.'.join(map(str, other))}`"
                    yield self.finding(case.file, (*way, "target"), says)


def _compatible(one: Quantity, other: Quantity) -> bool:
    """The same target, or a lower and an upper bound with room between them."""
    same = other.into(one.unit)
    if same is None:
        return False
    floor, ceiling = (one, same) if one.high is None else (same, one)
    if floor.high is None and ceiling.low is None and floor.low is not None and ceiling.high is not None:
        return floor.low < ceiling.high
    return one == same


class NoMeasureNoTarget(Rule):
    """A criterion or a metric names no measure, or no target, so nothing can decide it."""

    code = "TB305"
    name = "unmeasured"
    severity = Level.WARNING
    kinds = (Contradiction.UNMEASURED,)
    why = "What is not measured stays unknown, and an issue with an unknown criterion is never validated."
    remedy = "name the fact or value that answers it in `measure`, and what it must be in `target`"
    bad = "criteria: {connects: Connections succeed}"
    good = "criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 95 %}}"

    def find(self, case: Case) -> Iterator[Finding]:
        for way, target in _targets(case.issue):
            missing = [key for key in ("measure", "target") if getattr(target, key) is None]
            if missing:
                yield self.finding(case.file, way, f"`{way[-1]}` has no {' and no '.join(missing)}")


class NoSource(Rule):
    """A sum of money or a share is stated without a source."""

    code = "TB306"
    name = "unsourced-figure"
    severity = Level.WARNING
    kinds = (Contradiction.UNSOURCED,)
    why = "The figure decides what is worked on first, and nobody can look up where it comes from."
    remedy = "name who says so in `from`: a document and its line, or an address"
    bad = "impact: {revenue: [{stream: chat, at_risk: 500000 USD/year}]}"
    good = "impact: {revenue: [{stream: chat, at_risk: 500000 USD/year, from: https://example.org/plan}]}"

    def find(self, case: Case) -> Iterator[Finding]:
        impact = case.issue.impact
        for index, revenue in enumerate(impact.revenue if impact else ()):
            if not revenue.from_:
                says = f"{revenue.at_risk} of `{revenue.stream}` at risk has no source"
                yield self.finding(case.file, ("impact", "revenue", index, "at_risk"), says)
        for index, share in enumerate(impact.share if impact else ()):
            if not share.from_:
                says = f"{share.amount} of {share.of} has no source"
                yield self.finding(case.file, ("impact", "share", index, "amount"), says)

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        for name, stream in book.catalog.streams.items():
            if stream.worth is not None and not stream.from_:
                says = f"the worth of `{name}`, {stream.worth}, has no source"
                yield self.finding("catalog.yaml", ("streams", name, "worth"), says)


class AlreadyMet(Rule):
    """The value before the fix already meets the target of a criterion."""

    code = "TB307"
    name = "already-met"
    severity = Level.WARNING
    kinds = (Contradiction.THRESHOLD, Contradiction.VACUOUS)
    why = "A criterion that was met before the fix says nothing about the fix."
    remedy = "set a target that the defect fails; what must merely stay as it was is a metric"
    bad = """
criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 95 %, baseline: 97 %}}
"""
    good = """
criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 95 %, baseline: 3 %}}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for name, criterion in case.issue.criteria.items():
            if criterion.target and criterion.baseline and criterion.target.holds(criterion.baseline):
                says = f"the value before the fix, {criterion.baseline}, already meets the target {criterion.target}"
                yield self.finding(case.file, ("criteria", name, "baseline"), says)


class StepsTakeOtherTime(Rule):
    """The steps of a phase or of a horizon do not take the time that is stated for them together."""

    code = "TB308"
    name = "estimate-does-not-add-up"
    kinds = (Contradiction.ESTIMATE,)
    why = "Whoever reserves the stated time runs out of it, or waits for nothing."
    remedy = "correct the step or the whole; a phase whose steps say what they take needs no figure of its own"
    bad = """
plan:
  phases:
    mend: {takes: 20 min, steps: [{do: Change the calls, takes: 20 min}, {do: Run the tests, takes: 5 to 8 min}]}
"""
    good = """
plan:
  phases:
    mend: {takes: 28 min, steps: [{do: Change the calls, takes: 20 min}, {do: Run the tests, takes: 5 to 8 min}]}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        plan = case.issue.plan
        for name, phase in plan.phases.items() if plan else ():
            if phase.takes and (says := _too_long(phase.takes, phase.steps) or _too_short(phase.takes, phase)):
                yield self.finding(case.file, ("plan", "phases", name, "takes"), says)
        for name, horizon in plan.timeline.items() if plan else ():
            if horizon.within and (says := _too_long(horizon.within, horizon.steps)):
                yield self.finding(case.file, ("plan", "timeline", name, "within"), says)


def _sum(steps: tuple[Step, ...], unit: str) -> tuple[Quantity | None, str]:
    """What the steps take together, in a unit, and how to say it."""
    times = [step.takes for step in steps if step.takes]
    added = total(times)
    number = counted(len(times), "step")
    which = f"the {number}" if len(times) == len(steps) else f"{number} of {len(steps)}"
    return added.into(unit) if added else None, f"{which} {'take' if len(times) > 1 else 'takes'} {added}"


def _too_long(stated: Quantity, steps: tuple[Step, ...]) -> str:
    added, says = _sum(steps, stated.unit)
    if added is None or added.low is None or stated.high is None or added.low <= stated.high + _slack(stated, added):
        return ""
    return f"{says}, more than the stated {stated}"


def _too_short(stated: Quantity, phase: PlanPhase) -> str:
    added, says = _sum(phase.steps, stated.unit)
    complete = all(step.takes for step in phase.steps)
    if added is None or added.high is None or stated.low is None or not complete:
        return ""
    return f"{says}, less than the stated {stated}" if added.high < stated.low - _slack(stated, added) else ""


def _slack(*amounts: Quantity) -> Fraction:
    """`about` forgives a quarter."""
    rough = any(amount.rough for amount in amounts)
    return abs(amounts[0].high or amounts[0].low or Fraction(0)) / 4 if rough else Fraction(0)


class StreamAtRiskDiffers(Rule):
    """Two issues, or two places of one, put different amounts of one revenue stream at risk."""

    code = "TB311"
    name = "amounts-at-risk-differ"
    severity = Level.WARNING
    kinds = (Contradiction.UNSOURCED,)
    why = "One stream counts once however many issues endanger it; with two figures for it, one is a guess."
    remedy = "give both the same figure and source, or name what sets them apart as a stream of its own"
    bad = """
impact: {revenue: [{stream: chat, at_risk: 500000 USD/year, from: https://example.org/plan}]}
# 2/issue.yaml
impact: {revenue: [{stream: chat, at_risk: 300000 USD/year, from: https://example.org/other}]}
"""
    good = """
impact: {revenue: [{stream: chat, at_risk: 500000 USD/year, from: https://example.org/plan}]}
# 2/issue.yaml
impact: {revenue: [{stream: chat, at_risk: at least 500000 USD/year, from: https://example.org/other}]}
"""

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        first: dict[str, tuple[str, Quantity]] = {}
        for entry in book.issues.values():
            for index, revenue in enumerate(entry.issue.impact.revenue if entry.issue.impact else ()):
                other, amount = first.setdefault(revenue.stream, (entry.id, revenue.at_risk))
                if not (amount.holds(revenue.at_risk) or revenue.at_risk.holds(amount)):
                    says = f"{revenue.at_risk} of `{revenue.stream}` is at risk here, {amount} in issue {other}"
                    yield self.finding(f"{entry.id}/issue.yaml", ("impact", "revenue", index, "at_risk"), says)


class MoreAtRiskThanThereIs(Rule):
    """More of a revenue stream is at risk than the stream brings in."""

    code = "TB314"
    name = "more-at-risk-than-worth"
    kinds = (Contradiction.UNSOURCED,)
    why = "A loss greater than the whole is a figure that nobody held against anything."
    remedy = "correct the amount at risk, or the `worth` of the stream in the catalog"
    bad = "impact: {revenue: [{stream: chat, at_risk: 600000 USD/year, from: https://example.org/plan}]}"
    good = "impact: {revenue: [{stream: chat, at_risk: 40000 USD/month, from: https://example.org/plan}]}"

    def find(self, case: Case) -> Iterator[Finding]:
        for index, revenue in enumerate(case.issue.impact.revenue if case.issue.impact else ()):
            stream = case.book.catalog.streams.get(revenue.stream)
            worth = stream.worth.into(revenue.at_risk.unit) if stream and stream.worth else None
            low = revenue.at_risk.low
            if stream and worth and worth.high is not None and low is not None and low > worth.high + _slack(worth):
                says = f"{revenue.at_risk} of `{revenue.stream}` is at risk, but its worth is {stream.worth}"
                yield self.finding(case.file, ("impact", "revenue", index, "at_risk"), says)


class LowRiskOfGreatHarm(Rule):
    """The risk of the fix is called low, without a reason, where the defect does great harm."""

    code = "TB312"
    name = "severity-and-risk-mixed"
    severity = Level.WARNING
    kinds = (Contradiction.SEVERITY_AND_RISK,)
    why = "Beside a critical defect, `low` without a reason reads as its harm; it is meant of the change."
    remedy = "say in `why` what keeps the risk of the change low"
    bad = "risks: [{kind: regression, level: low}]"
    good = "risks: [{kind: regression, level: low, why: one keyword a call}]"

    def find(self, case: Case) -> Iterator[Finding]:
        harm = case.issue.severity.value
        for index, risk in enumerate(case.issue.risks):
            if harm in {"critical", "high"} and risk.level in {RiskLevel.NONE, RiskLevel.LOW} and risk.why is None:
                says = f"the risk `{risk.kind}` is {risk.level.value}, without a reason; the defect is {harm}"
                yield self.finding(case.file, ("risks", index, "level"), says)


RULES = (
    TwoTargets,
    NoMeasureNoTarget,
    NoSource,
    AlreadyMet,
    StepsTakeOtherTime,
    StreamAtRiskDiffers,
    LowRiskOfGreatHarm,
    MoreAtRiskThanThereIs,
)
