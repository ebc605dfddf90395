"""TB3xx: numbers in prose, shares, units and the stated harm must agree with the other fields of the record."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.facts.base.fact import UnknownFactError
from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.findings import Field, Finding, Level
from triagebook.model.defect import Severity
from triagebook.model.evidence import MeasuredValue
from triagebook.model.issue import Contradiction
from triagebook.model.planning import Target
from triagebook.model.values import FactRef, Quantity
from triagebook.text import counted

from .base import Rule
from .fixes import affected_lines
from .record_texts import Speaker, texts_of_issue

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNT = re.compile(
    rf"\b(?P<definite>(?:the|all) )?(?P<number>{'|'.join(_NUMBERS)}|\d+)"
    r"(?P<things>(?: (?!of\b|and\b|or\b)[a-z-]+){1,3})",
    re.IGNORECASE,
)
_LOCATIONS = {"calls", "awaits", "locations"}


class CountInWords(Rule):
    """A title or sentence counts locations or promised names differently from the record."""

    code = "TB316"
    name = "count-in-words"
    severity = Level.WARNING
    kinds = (Contradiction.SCOPE,)
    why = "Readers remember the number in the title, and nobody updates it when the list changes."
    remedy = "correct the number, or insert a computed one such as `{{ affected.locations }}`"
    bad = """
title: Five calls await the manager
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations: ["app/routes/chat.py:12,40"]
"""
    good = bad.replace("title: Five", "title: Two")

    def find(self, case: Case) -> Iterator[Finding]:
        file = case.file
        for said in texts_of_issue(case):
            if said.speaker is not Speaker.OWN or said.in_claims or said.file != file or said.field[-1] == "note":
                continue
            for match in _COUNT.finditer(said.without_code):
                words, definite = match["things"].lower().split(), bool(match["definite"])
                known = (_allowed(case, said.field, word, definite=definite) for word in words)
                allowed, things = next((found for found in known if found[0]), (set(), ""))
                if allowed and _number(match["number"]) not in allowed:
                    says = f"`{match.group()}`, but the record has {' or '.join(map(str, sorted(allowed)))} {things}"
                    yield self.finding(said.file, said.field, says)
                    break


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS.index(text.lower()) + 1


def _allowed(case: Case, field: Field, noun: str, *, definite: bool) -> tuple[set[int], str]:
    """The counts that a text may state of what it names; empty where the record can't tell."""
    for key, promise in case.issue.promises.items():
        if definite and noun == key.rpartition("-")[2]:
            return {len(promise.names)}, f"names in `promises.{key}`"
    lines = {path: len(of) or 1 for path, of in affected_lines(case).items()} if noun in _LOCATIONS else {}
    if not lines:
        return set(), ""
    match field:
        case ("title",):
            return {sum(lines.values())}, "affected locations"
        case ("fix", "code", int(index), "title") if case.issue.fix and (place := case.issue.fix.code[index].path):
            return {len(place.lines)} if place.lines else set(), "lines in `path`"
        case ("fix", "changes", int(index), "what", *_) if case.issue.fix and (
            path := case.issue.fix.changes[index].path
        ):
            return ({lines[path]} if path in lines else set()), f"affected locations in `{path}`"
    return ({sum(lines.values()), *lines.values()} if definite else set()), "affected locations"


# ── measures and their units ─────────────────────────────────────────────────────────────────────────

_SHARE_NAME = re.compile(r"(?:^|[._])(?:rate|success|availability|share|coverage|delivery|delivered|ok)$")
_TIME_NAME = re.compile(r"(?:^|[._])(?:time|latency|duration|seconds|minutes)$")


def _is_share(case: Case, measure: FactRef) -> bool:
    return _unit_of(case, measure) == "share" or bool(_SHARE_NAME.search(measure.name))


def _unit_of(case: Case, measure: FactRef) -> str:
    try:
        return case.fact(measure).unit if measure.name in case.facts.names else ""
    except UnknownFactError:
        return ""


def _stated(case: Case) -> Iterator[tuple[str, Field, FactRef, Quantity]]:
    """Every value that the record states for a measure: targets, baselines, alerts and measured values."""
    targets: dict[Field, Target] = {("criteria", name): target for name, target in case.issue.criteria.items()}
    targets |= {("metrics", name): target for name, target in case.issue.metrics.items()}
    for way, target in targets.items():
        for key, value in (("target", target.target), ("baseline", target.baseline)):
            if target.measure and value:
                yield case.file, (*way, key), target.measure, value
    for index, watch in enumerate(case.issue.monitoring):
        if watch.measure and watch.alert:
            yield case.file, ("monitoring", index, "alert"), watch.measure, watch.alert
    for name, record in case.entry.evidence.items():
        if isinstance(record, MeasuredValue):
            yield case.evidence_file(name), ("value",), record.name, record.value


class ImpossibleShare(Rule):
    """A value of a rate or share is more than 100 %."""

    code = "TB317"
    name = "impossible-share"
    kinds = (Contradiction.THRESHOLD,)
    why = "A part can't be greater than the whole, so the value was mistyped or measures something else."
    remedy = "correct the value, or rename a measure that is not a share of a whole"
    bad = "criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 950 %}}"
    good = "criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 95 %}}"

    def find(self, case: Case) -> Iterator[Finding]:
        for file, way, measure, value in _stated(case):
            share = value.into("") if _is_share(case, measure) else None
            bounds = [bound for bound in (share.low, share.high) if bound is not None] if share else []
            if any(bound > 1 for bound in bounds):
                yield self.finding(file, way, f"`{measure}` is a share, but {value} is more than 100 %")


class UnitOfMeasure(Rule):
    """A target, baseline, alert or value has a unit that does not fit its measure."""

    code = "TB318"
    name = "unit-of-measure"
    kinds = (Contradiction.UNMEASURED,)
    why = "A time can't be compared with a share, so the criterion stays unknown."
    remedy = "use the unit of the measure: % for a rate, seconds for a time, a plain number for a count"
    bad = "criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 95 s}}"
    good = "criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 95 %}}"

    def find(self, case: Case) -> Iterator[Finding]:
        first: dict[str, Quantity] = {}
        for file, way, measure, value in _stated(case):
            other = first.setdefault(measure.name, value)
            if says := self._misfit(case, measure, value):
                yield self.finding(file, way, says)
            elif other.into(value.unit) is None:
                yield self.finding(file, way, f"`{measure}` is {value} here, but {other} elsewhere in the record")

    def _misfit(self, case: Case, measure: FactRef, value: Quantity) -> str:
        if _is_share(case, measure):
            return "" if value.into("") is not None else f"`{measure}` is a share, but {value} is not"
        if _TIME_NAME.search(measure.name):
            return (
                "" if value.unit == "" or value.into("s") is not None else f"`{measure}` is a time, but {value} is not"
            )
        unit = _unit_of(case, measure)
        if unit and unit != "share" and (value.unit == "%" or (value.into("s") is not None) != (unit in _TIMES)):
            return f"`{measure}` counts {unit}, but {value} does not"
        return ""


_TIMES = {"s", "min", "h", "d"}


class FigureUnlikeTarget(Rule):
    """The text of a criterion, or of a step that serves it, states a percentage that is not its target."""

    code = "TB319"
    name = "figure-unlike-target"
    kinds = (Contradiction.THRESHOLD,)
    why = "People work towards the number in the sentence, and the report judges by the one in `target`."
    remedy = "state one number; leave it out of the sentence if `target` has it"
    bad = """
criteria: {connects: {says: 90 % of connections succeed, measure: connection.success, target: at least 95 %}}
"""
    good = """
criteria: {connects: {says: 95 % of connections succeed, measure: connection.success, target: at least 95 %}}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        targets = {**case.issue.metrics, **case.issue.criteria}
        texts: list[tuple[Field, str, Target]] = [
            (("criteria" if name in case.issue.criteria else "metrics", name, "says"), target.says, target)
            for name, target in targets.items()
        ]
        for way, step in steps(case.issue):
            if step.criterion in targets:
                texts += [((*way, "do"), step.do, targets[str(step.criterion)])]
        for way, text, target in texts:
            percentages = re.findall(r"(\d+(?:\.\d+)?) ?%", text)
            if not percentages:
                continue
            values = [value for value in (target.target, target.baseline) if value]
            known = {float(bound) for value in values for bound in _percentages(value)}
            wrong = next((one for one in percentages if float(one) not in known), None)
            if target.target and target.target.unit == "%" and wrong:
                yield self.finding(case.file, way, f"the text says {wrong} %, but the target is {target.target}")


def _percentages(value: Quantity) -> Iterator[float]:
    share = value.into("")
    for bound in (share.low, share.high) if share else ():
        if bound is not None:
            yield round(float(bound * 100), 2)


# ── harm, estimates, sources ─────────────────────────────────────────────────────────────────────────

_EVERYONE = re.compile(r"\b(?:every(?:one|body)?|all)\b", re.IGNORECASE)


class HarmUnlikeSeverity(Rule):
    """The severity or priority does not fit the recorded harm."""

    code = "TB320"
    name = "harm-unlike-severity"
    severity = Level.WARNING
    kinds = (Contradiction.SEVERITY_AND_RISK,)
    why = "The work queue is sorted by severity and priority, so severe harm waits behind trifles."
    remedy = "correct `severity` or `priority`, or the harm in `impact`"
    bad = """
severity: low
impact: {share: [{of: platform value, amount: 90 %, from: https://example.org/plan}]}
"""
    good = bad.replace("severity: low", "severity: high")

    def find(self, case: Case) -> Iterator[Finding]:
        issue = case.issue
        severe = issue.severity in {Severity.CRITICAL, Severity.HIGH}
        harm = _great_harm(case)
        if harm and not severe:
            yield self.finding(case.file, ("severity",), f"the severity is {issue.severity}, but {harm}")
        if issue.priority is not None:
            if issue.severity is Severity.CRITICAL and issue.priority > 2:
                says = f"the issue is critical, but its priority is {issue.priority}"
                yield self.finding(case.file, ("priority",), says)
            if issue.severity is Severity.LOW and issue.priority == 1:
                yield self.finding(case.file, ("priority",), "the issue is of low severity, but its priority is 1")


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


class PartialEstimate(Rule):
    """Some phases of the plan have a time and others have none."""

    code = "TB321"
    name = "partial-estimate"
    severity = Level.WARNING
    kinds = (Contradiction.ESTIMATE,)
    why = "The sum of a partial estimate reads like the time of the whole plan."
    remedy = "estimate the other phases with `takes`, or dispute the claim of `plan.time` that repeats the sum"
    bad = "plan: {phases: {fix: {takes: 20 min, steps: Fix it}, check: {takes: 5 min}, deploy: {steps: Deploy it}}}"
    good = "plan: {phases: {fix: {takes: 20 min, steps: Fix it}, check: {takes: 5 min}, deploy: {takes: 10 min}}}"

    def find(self, case: Case) -> Iterator[Finding]:
        phases = case.issue.plan.phases if case.issue.plan else {}
        untimed = [name for name, one in phases.items() if not one.takes and not any(s.takes for s in one.steps)]
        disputed = any(claim.disputed and str(claim.of) == "plan.time" for claim in case.issue.claims)
        if untimed and len(phases) - len(untimed) > 1 and not disputed:
            says = f"{len(untimed)} of {counted(len(phases), 'phase')} have no time, though the others do"
            yield self.finding(case.file, ("plan", "phases", untimed[0]), says)


class SelfSourcedFigure(Rule):
    """The only source of a figure in the impact is the document whose claim it repeats."""

    code = "TB322"
    name = "self-sourced-figure"
    severity = Level.WARNING
    kinds = (Contradiction.UNSOURCED,)
    why = "A document that states a figure without a source is no source for it."
    remedy = "name where the document has the figure from, or dispute the claim as `kind: unsourced-figure`"
    bad = """
documents: {plan.md: {title: Plan, date: 2025-09-15, by: backend}}
impact: {share: [{of: platform value, amount: 90 %, from: plan.md#L8}]}
claims: [{says: 90 % is lost, from: plan.md#L8, value: 90 %, of: impact.share}]
"""
    good = bad.replace("amount: 90 %, from: plan.md#L8", "amount: 90 %, from: https://example.org/figures")

    def find(self, case: Case) -> Iterator[Finding]:
        impact = case.issue.impact
        if impact is None:
            return
        figures = [
            (("impact", "revenue", i, "at_risk"), one.at_risk, one.from_) for i, one in enumerate(impact.revenue)
        ]
        figures += [(("impact", "share", i, "amount"), one.amount, one.from_) for i, one in enumerate(impact.share)]
        for way, amount, sources in figures:
            claims = [claim for claim in case.issue.claims if claim.value == amount]
            if any(claim.disputed and claim.kind is Contradiction.UNSOURCED for claim in claims):
                continue
            claimed = {ref.document for claim in claims for ref in claim.from_}
            if sources and all(source.document in claimed and not source.on_the_web for source in sources):
                says = f"{amount} comes only from `{sources[0].document}`, which claims it without a source"
                yield self.finding(case.file, way, says)
