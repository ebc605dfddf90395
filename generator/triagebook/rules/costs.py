"""TB3xx: amounts at risk must be possible and sourced, severity must fit the harm, and estimates must add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from triagebook.book import Book
from triagebook.facts.base.record_facts import total
from triagebook.facts.case import Case
from triagebook.findings import Finding, Level
from triagebook.model.building_blocks import Step
from triagebook.model.defect import Severity
from triagebook.model.document import Contradiction
from triagebook.model.planning import RiskLevel
from triagebook.model.values import Quantity
from triagebook.text import counted

from .base import Problem, Rule
from .parts import amounts


class UnsourcedFigure(Rule, code="TB306", severity=Level.WARNING):
    """An amount of money or a share has no source."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for amount in amounts(case.issue):
            if not amount.sources:
                yield amount.field, f"{amount.value} of {amount.of} has no source"

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        for name, stream in book.catalog.streams.items():
            if stream.worth is not None and not stream.from_:
                says = f"the worth of `{name}`, {stream.worth}, has no source"
                yield self.finding("catalog.yaml", ("streams", name, "worth"), says)


class AmountsAtRiskDiffer(Rule, code="TB311", severity=Level.WARNING):
    """One revenue stream has different amounts at risk, or one thing has two shares."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        first: dict[str, Quantity] = {}
        for index, share in enumerate(case.issue.impact.share if case.issue.impact else ()):
            other = first.setdefault(share.of.lower(), share.amount)
            if not (other.holds(share.amount) or share.amount.holds(other)):
                yield ("impact", "share", index, "amount"), f"{share.amount} of {share.of} here, but {other} above"

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        first: dict[str, tuple[str, Quantity]] = {}
        for outline in book.outlines.values():
            for index, (stream, text) in enumerate(outline.revenue):
                own = Quantity.parse(text)
                other, amount = first.setdefault(stream, (outline.id, own))
                if not (amount.holds(own) or own.holds(amount)):
                    says = f"{own} of `{stream}` is at risk here, {amount} in issue {other}"
                    yield self.finding(outline.file, ("impact", "revenue", index, "at_risk"), says)


class MoreAtRiskThanWorth(Rule, code="TB314"):
    """The amount at risk is greater than the worth of its revenue stream."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for index, revenue in enumerate(case.issue.impact.revenue if case.issue.impact else ()):
            stream = case.book.catalog.streams.get(revenue.stream)
            worth = stream.worth.into(revenue.at_risk.unit) if stream and stream.worth else None
            # Where the worth is `at least` an amount, twice that counts as the most, to be on the safe side.
            most = worth.high or (worth.low or 0) * 2 if worth else None
            low = revenue.at_risk.low
            if stream and worth and most is not None and low is not None and low > most + _slack(worth):
                says = f"{revenue.at_risk} of `{revenue.stream}` is at risk, but the stream is worth {stream.worth}"
                yield ("impact", "revenue", index, "at_risk"), says


class SeverityAndRiskMixed(Rule, code="TB312", severity=Level.WARNING):
    """The fix of a severe defect is rated low-risk without a reason."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        severity = case.issue.severity
        severe = severity in {Severity.CRITICAL, Severity.HIGH}
        harm = f"the defect is {severity.value}" if severe else _great_harm(case)
        for index, risk in enumerate(case.issue.risks):
            if harm and risk.level in {RiskLevel.NONE, RiskLevel.LOW} and risk.why is None:
                says = f"the risk `{risk.kind}` is {risk.level.value} without a reason, but {harm}"
                yield ("risks", index, "level"), says


_EVERYONE = re.compile(r"\b(?:every(?:one|body)?|all)\b", re.IGNORECASE)


class HarmUnlikeSeverity(Rule, code="TB320", severity=Level.WARNING):
    """The severity or priority does not fit the recorded harm."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        severity, priority = case.issue.severity, case.issue.priority
        if severity not in {Severity.CRITICAL, Severity.HIGH} and (harm := _great_harm(case)):
            yield ("severity",), f"the severity is {severity}, but {harm}"
        latest = {Severity.CRITICAL: 2, Severity.HIGH: 3}.get(severity)
        if priority is not None and latest and priority > latest:
            yield ("priority",), f"the severity is {severity}, but the priority is {priority}"
        if severity is Severity.LOW and priority == 1:
            yield ("priority",), "the severity is low, but the priority is 1"


def _great_harm(case: Case) -> str:
    """The first part of the impact that touches half of something, or everyone."""
    impact, streams = case.issue.impact, case.book.catalog.streams
    if impact is None:
        return ""
    for share in impact.share:
        part = share.amount.into("")
        if part and part.low is not None and part.low * 2 >= 1:
            return f"{share.amount} of {share.of} is lost"
    for revenue in impact.revenue:
        worth = streams[revenue.stream].worth if revenue.stream in streams else None
        risk = revenue.at_risk.into(worth.unit) if worth else None
        if worth and worth.low and risk and risk.low is not None and risk.low * 2 >= worth.low:
            return f"{revenue.at_risk} of `{revenue.stream}` is at risk"
    broken = next((one for one in impact.broken if one.for_ and _EVERYONE.search(one.for_)), None)
    return f"`{broken.what}` is broken for {broken.for_}" if broken else ""


class SelfSourcedFigure(Rule, code="TB322", severity=Level.WARNING):
    """The only source of a figure in the impact is the document whose claim it repeats."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for amount in amounts(case.issue):
            field = ".".join(map(str, amount.field[:2]))
            claims = [one for one in case.claims if one.claim.value == amount.value or field in one.named]
            if any(one.claim.disputed and one.claim.kind is Contradiction.UNSOURCED for one in claims):
                continue
            claimed = {ref.document for state in claims for ref in state.sources}
            if amount.sources and all(one.document in claimed and not one.on_the_web for one in amount.sources):
                document = amount.sources[0].document
                yield amount.field, f"{amount.value} comes only from `{document}`, which claims it without a source"


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────


class PartialEstimate(Rule, code="TB321", severity=Level.WARNING):
    """Some phases of the plan have a time and others have none."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        phases = case.issue.plan.phases if case.issue.plan else {}
        untimed = [name for name, one in phases.items() if not one.takes and not any(s.takes for s in one.steps)]
        disputed = any(one.claim.disputed and str(one.claim.about.fact) == "plan.time" for one in case.claims)
        if untimed and len(phases) > len(untimed) and not disputed:
            says = f"{len(untimed)} of {counted(len(phases), 'phase')} have no time, though the others do"
            yield ("plan", "phases", untimed[0]), says


class EstimateDoesNotAddUp(Rule, code="TB308"):
    """The times of the steps do not add up to the stated time of their phase or horizon."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        plan = case.issue.plan
        for name, phase in plan.phases.items() if plan else ():
            if phase.takes and (says := _misfit(phase.takes, phase.steps, least=True)):
                yield ("plan", "phases", name, "takes"), says
        for name, horizon in plan.timeline.items() if plan else ():
            if horizon.within and (says := _misfit(horizon.within, horizon.steps, least=False)):
                yield ("plan", "timeline", name, "within"), says


def _misfit(stated: Quantity, steps: tuple[Step, ...], *, least: bool) -> str:
    """How the steps exceed the stated time or, where that is also the `least`, fall short of it."""
    times = [step.takes for step in steps if step.takes]
    added = total(times)
    sum_ = added.into(stated.unit) if added else None
    if sum_ is None:
        return ""
    number, complete = counted(len(times), "step"), len(times) == len(steps)
    which = f"the {number}" if complete else f"{number} of {len(steps)}"
    says = f"{which} {'take' if len(times) > 1 else 'takes'} {added}"
    slack = _slack(stated, sum_)
    if sum_.low is not None and stated.high is not None and sum_.low > stated.high + slack:
        return f"{says}, more than the stated {stated}"
    if least and complete and sum_.high is not None and stated.low is not None and sum_.high < stated.low - slack:
        return f"{says}, less than the stated {stated}"
    return ""


def _slack(*amounts: Quantity) -> Fraction:
    """The tolerance: a quarter of the amount if one is `about`."""
    rough = any(amount.rough for amount in amounts)
    return abs(amounts[0].high or amounts[0].low or Fraction(0)) / 4 if rough else Fraction(0)


class TimelineOutOfOrder(Rule, code="TB315", severity=Level.WARNING):
    """A horizon of the timeline ends earlier than the one before it."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        horizons = case.issue.plan.timeline.items() if case.issue.plan else ()
        timed = [(name, horizon.within) for name, horizon in horizons if horizon.within]
        for (earlier, first), (later, second) in pairwise(timed):
            ends = second.into(first.unit)
            if ends and ends.high is not None and first.high is not None and ends.high < first.high:
                says = f"`{later}` ends within {second}, but the earlier `{earlier}` within {first}"
                yield ("plan", "timeline", later, "within"), says
