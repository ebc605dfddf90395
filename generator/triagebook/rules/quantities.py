"""TB3xx: targets, estimates and amounts of money must agree, add up and name a source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise

from triagebook.book import Book
from triagebook.facts.base.record_facts import total
from triagebook.facts.case import Case
from triagebook.facts.issue_facts import plain
from triagebook.facts.verdict.criteria import measure_of
from triagebook.findings import Field, Finding, Level
from triagebook.model.building_blocks import Step
from triagebook.model.issue import Contradiction, Issue
from triagebook.model.planning import PlanPhase, RiskLevel, Target
from triagebook.model.values import FactRef, Quantity
from triagebook.text import counted

from .base import Rule


def _targets(issue: Issue) -> Iterator[tuple[Field, Target]]:
    yield from ((("criteria", name), target) for name, target in issue.criteria.items())
    yield from ((("metrics", name), target) for name, target in issue.metrics.items())


class TwoTargets(Rule):
    """Two criteria or metrics set different targets or baselines for one measure."""

    code = "TB304"
    name = "two-targets"
    kinds = (Contradiction.THRESHOLD,)
    why = "A value between two thresholds for one measure is both met and failed."
    remedy = "keep one target; if both are meant, distinguish them by a filter, environment or phase"
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
        yield from self._differing(case, "target", _compatible)
        yield from self._differing(case, "baseline", _may_be_equal)

    def _differing(self, case: Case, key: str, agree: Callable[[Quantity, Quantity], bool]) -> Iterator[Finding]:
        first: dict[tuple[FactRef, str], tuple[Field, Quantity]] = {}
        for way, target in _targets(case.issue):
            measure, value = measure_of(target), getattr(target, key)
            if measure is not None and value is not None:
                of = plain(measure), str(target.phase or "")
                other, stated = first.setdefault(of, (way, value))
                if not agree(stated, value):
                    elsewhere = ".".join(map(str, other))
                    says = f"`{measure}` has the {key} {value} here, but {stated} in `{elsewhere}`"
                    yield self.finding(case.file, (*way, key), says)


def _may_be_equal(one: Quantity, other: Quantity) -> bool:
    return bool(one.holds(other) or other.holds(one))


def _compatible(one: Quantity, other: Quantity) -> bool:
    """Whether two targets are equal, or a lower and an upper bound that can both hold."""
    same = other.into(one.unit)
    if same is None:
        return False
    floor, ceiling = (one, same) if one.high is None else (same, one)
    if floor.high is None and ceiling.low is None and floor.low is not None and ceiling.high is not None:
        return floor.low < ceiling.high
    return one == same


class Unmeasured(Rule):
    """A criterion or metric has no measure or no target, so nothing can decide it."""

    code = "TB305"
    name = "unmeasured"
    severity = Level.WARNING
    kinds = (Contradiction.UNMEASURED,)
    why = "A criterion that is not measured stays unknown, so the issue can never be validated."
    remedy = "name the fact or value in `measure`, and the required value in `target`"
    bad = "criteria: {connects: Connections succeed}"
    good = "criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 95 %}}"

    def find(self, case: Case) -> Iterator[Finding]:
        for way, target in _targets(case.issue):
            missing = [key for key in ("measure", "target") if getattr(target, key) is None]
            if missing:
                yield self.finding(case.file, way, f"`{way[-1]}` has no {' and no '.join(missing)}")


class UnsourcedFigure(Rule):
    """An amount of money or a share has no source."""

    code = "TB306"
    name = "unsourced-figure"
    severity = Level.WARNING
    kinds = (Contradiction.UNSOURCED,)
    why = "The figure sets priorities, but nobody can check where it comes from."
    remedy = "name the source in `from`: a document and line, or a URL"
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
    """The baseline of a criterion already meets its target."""

    code = "TB307"
    name = "already-met"
    severity = Level.WARNING
    kinds = (Contradiction.THRESHOLD, Contradiction.VACUOUS)
    why = "A criterion that was met before the fix shows nothing about the fix."
    remedy = "set a target that the defect fails; a value that must only stay the same is a metric"
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


class EstimateDoesNotAddUp(Rule):
    """The times of the steps do not add up to the stated time of their phase or horizon."""

    code = "TB308"
    name = "estimate-does-not-add-up"
    kinds = (Contradiction.ESTIMATE,)
    why = "People who reserve the stated time run out of it or reserve too much."
    remedy = "correct a step or the total; if every step has a time, the phase needs none"
    bad = """
plan:
  phases:
    fix: {takes: 20 min, steps: [{do: Change the calls, takes: 20 min}, {do: Run the tests, takes: 5 to 8 min}]}
"""
    good = bad.replace("fix: {takes: 20", "fix: {takes: 28")

    def find(self, case: Case) -> Iterator[Finding]:
        plan = case.issue.plan
        for name, phase in plan.phases.items() if plan else ():
            if phase.takes and (says := _too_long(phase.takes, phase.steps) or _too_short(phase.takes, phase)):
                yield self.finding(case.file, ("plan", "phases", name, "takes"), says)
        for name, horizon in plan.timeline.items() if plan else ():
            if horizon.within and (says := _too_long(horizon.within, horizon.steps)):
                yield self.finding(case.file, ("plan", "timeline", name, "within"), says)


def _sum(steps: tuple[Step, ...], unit: str) -> tuple[Quantity | None, str]:
    """The total time of the steps in a unit, and the beginning of a sentence about it."""
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
    """The tolerance: a quarter of the amount where one is `about`."""
    rough = any(amount.rough for amount in amounts)
    return abs(amounts[0].high or amounts[0].low or Fraction(0)) / 4 if rough else Fraction(0)


class AmountsAtRiskDiffer(Rule):
    """Different amounts of one revenue stream are recorded as at risk."""

    code = "TB311"
    name = "amounts-at-risk-differ"
    severity = Level.WARNING
    kinds = (Contradiction.UNSOURCED,)
    why = "A stream counts once, however many issues endanger it, so at least one of the figures is wrong."
    remedy = "use one figure and source, or record two streams"
    bad = """
impact: {revenue: [{stream: chat, at_risk: 500000 USD/year, from: https://example.org/plan}]}
# 2/issue.yaml
impact: {revenue: [{stream: chat, at_risk: 300000 USD/year, from: https://example.org/other}]}
"""
    good = bad.replace("at_risk: 300000", "at_risk: at least 500000")

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        first: dict[str, tuple[str, Quantity]] = {}
        for entry in book.issues.values():
            for index, revenue in enumerate(entry.issue.impact.revenue if entry.issue.impact else ()):
                other, amount = first.setdefault(revenue.stream, (entry.id, revenue.at_risk))
                if not (amount.holds(revenue.at_risk) or revenue.at_risk.holds(amount)):
                    says = f"{revenue.at_risk} of `{revenue.stream}` is at risk here, {amount} in issue {other}"
                    yield self.finding(f"{entry.id}/issue.yaml", ("impact", "revenue", index, "at_risk"), says)


class MoreAtRiskThanWorth(Rule):
    """The amount at risk is greater than the worth of its revenue stream."""

    code = "TB314"
    name = "more-at-risk-than-worth"
    kinds = (Contradiction.UNSOURCED,)
    why = "A loss can't be greater than the whole, so one of the figures is wrong."
    remedy = "correct the amount at risk or, in the catalog, the `worth` of the stream"
    bad = "impact: {revenue: [{stream: chat, at_risk: 600000 USD/year, from: https://example.org/plan}]}"
    good = "impact: {revenue: [{stream: chat, at_risk: 40000 USD/month, from: https://example.org/plan}]}"

    def find(self, case: Case) -> Iterator[Finding]:
        for index, revenue in enumerate(case.issue.impact.revenue if case.issue.impact else ()):
            stream = case.book.catalog.streams.get(revenue.stream)
            worth = stream.worth.into(revenue.at_risk.unit) if stream and stream.worth else None
            most, low = _most(worth) if worth else None, revenue.at_risk.low
            if stream and worth and most is not None and low is not None and low > most + _slack(worth):
                says = f"{revenue.at_risk} of `{revenue.stream}` is at risk, but the stream is worth {stream.worth}"
                yield self.finding(case.file, ("impact", "revenue", index, "at_risk"), says)


def _most(worth: Quantity) -> Fraction | None:
    """The most that a stream can be worth: where it is `at least` an amount, twice that, to be on the safe side."""
    return worth.low * 2 if worth.high is None and worth.low is not None else worth.high


class LowRiskOfSevereDefect(Rule):
    """The fix of a severe defect is rated low-risk without a reason."""

    code = "TB312"
    name = "severity-and-risk-mixed"
    severity = Level.WARNING
    kinds = (Contradiction.SEVERITY_AND_RISK,)
    why = "Without a reason, readers may take the low risk of the change for a low risk of the defect."
    remedy = "explain in `why` what keeps the risk of the change low"
    bad = "risks: [{kind: regression, level: low}]"
    good = "risks: [{kind: regression, level: low, why: one keyword a call}]"

    def find(self, case: Case) -> Iterator[Finding]:
        harm = case.issue.severity.value
        for index, risk in enumerate(case.issue.risks):
            if harm in {"critical", "high"} and risk.level in {RiskLevel.NONE, RiskLevel.LOW} and risk.why is None:
                says = f"the risk `{risk.kind}` is {risk.level.value} without a reason, but the defect is {harm}"
                yield self.finding(case.file, ("risks", index, "level"), says)


class TimelineOutOfOrder(Rule):
    """A horizon of the timeline ends earlier than the one before it."""

    code = "TB315"
    name = "timeline-out-of-order"
    severity = Level.WARNING
    kinds = (Contradiction.ESTIMATE,)
    why = "Readers work through the timeline from top to bottom, so later work seems to be due first."
    remedy = "sort the horizons, or correct `within`"
    bad = "plan: {timeline: {first-hour: {within: 1 h, steps: Fix it}, at-once: {within: 30 min, steps: Stop it}}}"
    good = "plan: {timeline: {at-once: {within: 30 min, steps: Stop it}, first-hour: {within: 1 h, steps: Fix it}}}"

    def find(self, case: Case) -> Iterator[Finding]:
        horizons = case.issue.plan.timeline.items() if case.issue.plan else ()
        timed = [(name, horizon.within) for name, horizon in horizons if horizon.within]
        for (earlier, first), (later, second) in pairwise(timed):
            ends = second.into(first.unit)
            if ends and ends.high is not None and first.high is not None and ends.high < first.high:
                says = f"`{later}` ends within {second}, but the earlier `{earlier}` within {first}"
                yield self.finding(case.file, ("plan", "timeline", later, "within"), says)
