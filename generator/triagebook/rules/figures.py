"""TB3xx: numbers in words, targets and measured values must agree with each other, with their units and the record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from triagebook.facts.base.fact import UnknownFactError
from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.facts.issue_facts import plain
from triagebook.facts.verdict.criteria import measure_of
from triagebook.findings import Field, Finding, Level
from triagebook.model.document import Contradiction
from triagebook.model.evidence import MeasuredValue
from triagebook.model.values import FactRef, Quantity, conversion

from .base import Problem, Rule
from .parts import Speaker, affected_lines, targets, texts_of_issue

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNT = re.compile(
    rf"\b(?P<definite>(?:the|all) )?(?P<number>{'|'.join(_NUMBERS)}|\d+)"
    r"(?P<things>(?: (?!of\b|and\b|or\b)[a-z-]+){1,3})",
    re.IGNORECASE,
)
Scope: TypeAlias = tuple[str, str]  # environment and phase; where empty, all of them
_LOCATIONS = frozenset({"calls", "awaits", "lines", "locations"})


class CountInWords(Rule, code="TB316", severity=Level.WARNING):
    """A title or sentence counts locations or promised names differently from the record."""

    kinds = (Contradiction.SCOPE,)
    why = "Readers remember the number in the title, and nobody updates it when the list changes."
    remedy = "correct the number, or insert a computed one such as `{{ affected.locations }}`"
    bad = """
title: Five calls await the manager
# affected.yaml
locations: ["app/routes/chat.py:12,40"]
"""
    good = bad.replace("title: Five", "title: Two")

    def in_issue(self, case: Case) -> Iterator[Problem]:
        lines = {path: len(of) or 1 for path, of in affected_lines(case).items()}
        promised = {key.rpartition("-")[2]: key for key in case.issue.promises}
        things = (_LOCATIONS if lines else frozenset()) | promised.keys()
        own = (said for said in texts_of_issue(case) if said.speaker is Speaker.OWN) if things else ()
        for said in own:
            if not any(map(said.text.lower().__contains__, things)):
                continue
            if said.in_claims or said.file != case.file or said.field[-1] == "note":
                continue
            for match in _COUNT.finditer(said.without_code):
                counted = next((word for word in match["things"].lower().split() if word in things), "")
                definite = bool(match["definite"])
                if counted in promised:
                    names = case.issue.promises[promised[counted]].names if definite else ()
                    allowed, of = {len(names)} if names else set(), f"names in `promises.{promised[counted]}`"
                else:
                    allowed, of = _locations(case, said.field, lines, definite=definite) if counted else (set(), "")
                stated = match["number"].lower()
                if allowed and (_NUMBERS.index(stated) + 1 if stated in _NUMBERS else int(stated)) not in allowed:
                    yield (
                        said.field,
                        f"`{match.group()}`, but the record has {' or '.join(map(str, sorted(allowed)))} {of}",
                    )
                    break


def _locations(case: Case, field: Field, lines: dict[str, int], *, definite: bool) -> tuple[set[int], str]:
    """The numbers of locations that a text may state; empty where the record can't tell."""
    fix = case.issue.fix
    match field:
        case ("title",):
            return {sum(lines.values())}, "affected locations"
        case ("fix", "code", int(index), "title") if fix and (place := fix.code[index].path):
            return {len(place.lines)} if place.lines else set(), "lines in `path`"
        case ("fix", "changes", int(index), "what", *_) if fix and (path := fix.changes[index].path):
            return ({lines[path]} if path in lines else set()), f"affected locations in `{path}`"
    return ({sum(lines.values()), *lines.values()} if definite else set()), "affected locations"


# ── targets ──────────────────────────────────────────────────────────────────────────────────────────


class TwoTargets(Rule, code="TB304"):
    """Two criteria or metrics set different targets or baselines for one measure."""

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

    def in_issue(self, case: Case) -> Iterator[Problem]:
        yield from self._differing(case, "target", _compatible)
        yield from self._differing(case, "baseline", _may_be_equal)

    def _differing(self, case: Case, key: str, agree: Callable[[Quantity, Quantity], bool]) -> Iterator[Problem]:
        earlier: dict[FactRef, list[tuple[Scope, Quantity, str]]] = {}
        for way, target in targets(case.issue):
            measure, value = measure_of(target), getattr(target, key)
            if measure is not None and value is not None:
                filters = dict(plain(measure).filters)
                scope = filters.pop("environment", ""), str(target.phase or "")
                same = earlier.setdefault(FactRef(measure.name, tuple(filters.items())), [])
                for other_scope, other, field in same:
                    if not (agree(other, value) or _are_apart(other_scope, scope, other, value)):
                        yield (*way, key), f"`{measure}` has the {key} {value} here, but {other} in `{field}`"
                        break
                same.append((scope, value, ".".join(map(str, way))))


def _are_apart(one_scope: Scope, other_scope: Scope, one: Quantity, other: Quantity) -> bool:
    """Whether two values need not agree: in other environments or phases, or the narrower asks for more."""
    if any(a and b and a != b for a, b in zip(one_scope, other_scope, strict=True)):
        return True
    more = sum(map(bool, other_scope)) - sum(map(bool, one_scope))
    return bool(one.holds(other) if more > 0 else more < 0 and other.holds(one))


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


class Unmeasured(Rule, code="TB305", severity=Level.WARNING):
    """A criterion or metric has no measure or no target, so nothing can decide it."""

    kinds = (Contradiction.UNMEASURED,)
    why = "A criterion that is not measured stays unknown, so the issue can never be validated."
    remedy = "name the fact or value in `measure`, and the required value in `target`"
    bad = "criteria: {connects: Connections succeed}"
    good = "criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 95 %}}"

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for way, target in targets(case.issue):
            missing = [key for key in ("measure", "target") if getattr(target, key) is None]
            if missing:
                yield way, f"`{way[-1]}` has no {' and no '.join(missing)}"


class AlreadyMet(Rule, code="TB307", severity=Level.WARNING):
    """The baseline of a criterion already meets its target."""

    kinds = (Contradiction.THRESHOLD, Contradiction.VACUOUS)
    why = "A criterion that was met before the fix shows nothing about the fix."
    remedy = "set a target that the defect fails; a value that must only stay the same is a metric"
    bad = """
criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 95 %, baseline: 97 %}}
"""
    good = bad.replace("baseline: 97 %", "baseline: 3 %")

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for name, criterion in case.issue.criteria.items():
            if criterion.target and criterion.baseline and criterion.target.holds(criterion.baseline):
                says = f"the value before the fix, {criterion.baseline}, already meets the target {criterion.target}"
                yield ("criteria", name, "baseline"), says


_PERCENTAGE = re.compile(r"(\d+(?:\.\d+)?) ?%")


class FigureUnlikeTarget(Rule, code="TB319"):
    """The text of a criterion, or of a step that serves it, states a percentage that is not its target."""

    kinds = (Contradiction.THRESHOLD,)
    why = "People work towards the number in the sentence, and the report judges by the one in `target`."
    remedy = "state one number; leave it out of the sentence if `target` has it"
    bad = """
criteria: {connects: {says: 90 % of connections succeed, measure: connection.success, target: at least 95 %}}
"""
    good = bad.replace("says: 90 %", "says: 95 %")

    def in_issue(self, case: Case) -> Iterator[Problem]:
        shares = {way: one for way, one in targets(case.issue) if one.target and one.target.unit == "%"}
        if not shares:
            return
        by_name = {way[1]: target for way, target in reversed(shares.items())}  # criteria before metrics
        texts = [((*way, "says"), target.says, target) for way, target in shares.items()]
        for way, step in steps(case.issue):
            if step.criterion in by_name:
                texts.append(((*way, "do"), step.do, by_name[step.criterion]))
        for way, text, target in texts:
            stated = _PERCENTAGE.findall(text)
            if not stated:
                continue
            known = {bound for value in (target.target, target.baseline) if value for bound in _percentages(value)}
            wrong = next((one for one in stated if float(one) not in known), None)
            if wrong:
                yield way, f"the text says {wrong} %, but the target is {target.target}"


def _percentages(value: Quantity) -> Iterator[float]:
    share = value.into("")
    for bound in (share.low, share.high) if share else ():
        if bound is not None:
            yield round(float(bound * 100), 2)


# ── measures and their units ─────────────────────────────────────────────────────────────────────────

_SHARE_NAME = re.compile(r"(?:^|[._])(?:rate|success|availability|share|coverage|delivery|delivered|ok)$")
_TIME_NAME = re.compile(r"(?:^|[._])(?:time|latency|duration|seconds|minutes)$")
_COUNT_NAME = re.compile(r"(?:^|[._])(?:\w+_)?(?:count|crashes|interruptions|messages|restarts|retries|warnings)$")
_TIMES = {"s", "min", "h", "d"}
_DURATIONS = {"takes", "within"}


def _is_share(case: Case, measure: FactRef) -> bool:
    return bool(_SHARE_NAME.search(measure.name)) or _unit_of(case, measure) == "share"


def _unit_of(case: Case, measure: FactRef) -> str:
    try:
        return case.fact(measure).unit if measure.name in case.facts.names else ""
    except UnknownFactError:
        return ""


class UnitOfMeasure(Rule, code="TB318"):
    """A target, baseline, alert or value does not fit its measure: another unit, a share of more than 100 %."""

    kinds = (Contradiction.UNMEASURED, Contradiction.THRESHOLD)
    why = "A time can't be compared with a share, and no part is greater than the whole."
    remedy = "correct the value, or rename the measure; a rate is in %, a time in seconds, a count has no unit"
    bad = "criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 95 s}}"
    good = bad.replace("95 s", "95 %")

    def find(self, case: Case) -> Iterator[Finding]:
        first: dict[str, Quantity] = {}
        for file, way, measure, value in _measured(case):
            other = first.setdefault(measure.name, value)
            if says := _misfit(case, measure, value):
                yield self.finding(file, way, f"`{measure}` {says}")
            elif conversion(other.unit, value.unit) is None:
                yield self.finding(file, way, f"`{measure}` is {value} here, but {other} elsewhere in the record")
        for file, way, amount in case.values_of(Quantity):
            timed = isinstance(amount, Quantity) and way[-1] in _DURATIONS and amount.unit
            if isinstance(amount, Quantity) and timed and conversion(amount.unit, "s") is None:
                yield self.finding(file, way, f"`{way[-1]}` is a time, but {amount} is not")


def _measured(case: Case) -> Iterator[tuple[str, Field, FactRef, Quantity]]:
    """Every value that the record states for a measure, with its file and field."""
    for way, target in targets(case.issue):
        for key, value in (("target", target.target), ("baseline", target.baseline)):
            if target.measure and value:
                yield case.file, (*way, key), target.measure, value
    for index, watch in enumerate(case.issue.monitoring):
        if watch.measure and watch.alert:
            yield case.file, ("monitoring", index, "alert"), watch.measure, watch.alert
    for name, record in case.entry.evidence.items():
        if isinstance(record, MeasuredValue):
            yield case.evidence_file(name), ("value",), record.name, record.value


def _misfit(case: Case, measure: FactRef, value: Quantity) -> str:
    is_time = conversion(value.unit, "s") is not None
    if _is_share(case, measure):
        whole = conversion("", value.unit)
        if whole is None:
            return f"is a share, but {value} is not"
        is_more = any(bound > whole for bound in (value.low, value.high) if bound is not None)
        return f"is a share, but {value} is more than 100 %" if is_more else ""
    if _TIME_NAME.search(measure.name):
        return f"is a time, but {value} is not" if value.unit and not is_time else ""
    unit = _unit_of(case, measure)
    if not unit and _COUNT_NAME.search(measure.name) and (value.unit == "%" or is_time):
        return f"is a count, but {value} is not"
    return f"counts {unit}, but {value} does not" if unit and (value.unit == "%" or is_time != (unit in _TIMES)) else ""
