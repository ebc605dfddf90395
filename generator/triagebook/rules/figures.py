"""TB3xx: targets and measured values must agree with each other, with their units and with the sentences about them."""

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
from triagebook.model.evidence import MeasuredValue, Phase
from triagebook.model.values import FactRef, Quantity, conversion

from .base import Problem, Rule
from .counts import NUMBERS
from .parts import targets

Scope: TypeAlias = tuple[str, str]  # environment and phase; where empty, all of them

# ── targets ──────────────────────────────────────────────────────────────────────────────────────────


class TwoTargets(Rule, code="TB304"):
    """Two criteria or metrics set different targets or baselines for one measure."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        yield from self._differing(case, "target", _compatible)
        yield from self._differing(case, "baseline", _may_be_equal)
        yield from self._measured_before(case)
        yield from self._alerts(case)

    def _differing(self, case: Case, key: str, agree: Callable[[Quantity, Quantity], bool]) -> Iterator[Problem]:
        earlier: dict[FactRef, list[tuple[Scope, Quantity, str]]] = {}
        for way, target in targets(case.issue):
            measure, value = measure_of(target), getattr(target, key)
            if measure is not None and value is not None:
                filters = dict(plain(measure).filters)
                phase = target.phase if key == "target" else None  # the value before the fix is that of every phase
                scope = filters.pop("environment", ""), str(phase or "")
                same = earlier.setdefault(FactRef(measure.name, tuple(filters.items())), [])
                for other_scope, other, field in same:
                    if not (agree(other, value) or _are_apart(other_scope, scope, other, value)):
                        yield (*way, key), f"`{measure}` has the {key} {value} here, but {other} in `{field}`"
                        break
                same.append((scope, value, ".".join(map(str, way))))

    def _measured_before(self, case: Case) -> Iterator[Problem]:
        """Baselines that no value measured before the fix comes near."""
        records = [one for one in case.entry.evidence.values() if isinstance(one, MeasuredValue)]
        before = [record for record in records if record.phase is Phase.BEFORE]
        for way, target in targets(case.issue):
            measured = [
                one.value
                for one in before
                if one.name == target.measure and target.environment in {None, one.environment}
            ]
            if target.baseline and measured and not any(_may_be_equal(target.baseline, value) for value in measured):
                says = f"`{target.measure}` has the baseline {target.baseline}, but {measured[0]} was measured"
                yield (*way, "baseline"), says

    def _alerts(self, case: Case) -> Iterator[Problem]:
        """Alerts about values that meet a target: both are lower bounds, or both are upper ones."""
        sides: dict[str, set[str]] = {}
        for _, one in targets(case.issue):
            if one.measure and one.target:
                sides.setdefault(one.measure.name, set()).add(_side(one.target))
        for index, watch in enumerate(case.issue.monitoring):
            side = _side(watch.alert) if watch.alert else ""
            if watch.measure and side and sides.get(watch.measure.name) == {side}:
                yield ("monitoring", index, "alert"), f"the alert {watch.alert} tells of values that meet the target"


def _side(value: Quantity) -> str:
    """The side on which a quantity is bounded."""
    if value.low is not None and value.high is not None:
        return ""
    return "below" if value.high is None else "above"


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

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for way, target in targets(case.issue):
            missing = [key for key in ("measure", "target") if getattr(target, key) is None]
            if missing:
                yield way, f"`{way[-1]}` has no {' and no '.join(missing)}"


class AlreadyMet(Rule, code="TB307", severity=Level.WARNING):
    """The baseline of a criterion already meets its target."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for name, criterion in case.issue.criteria.items():
            if criterion.target and criterion.baseline and criterion.target.holds(criterion.baseline):
                says = f"the value before the fix, {criterion.baseline}, already meets the target {criterion.target}"
                yield ("criteria", name, "baseline"), says


_STATED = re.compile(rf"(?<![\w.])({'|'.join(NUMBERS)}|\d+(?:\.\d+)?) ?(%|[a-z]+)(?![\w%])", re.IGNORECASE)

_SPAN = re.compile(r"\b(?:of|for|over|after|per|every|each) $")  # "for ten minutes" says how long it is measured


class FigureUnlikeTarget(Rule, code="TB319"):
    """The text of a criterion, or of a step that serves it, states a figure that is not its target."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        with_unit = {way: one for way, one in targets(case.issue) if one.target and one.target.unit}
        by_name = {way[1]: target for way, target in reversed(with_unit.items())}  # criteria before metrics
        texts = [((*way, "says"), target.says, target) for way, target in with_unit.items()]
        for way, step in steps(case.issue) if by_name else ():
            if step.criterion in by_name:
                texts.append(((*way, "do"), step.do, by_name[step.criterion]))
        for way, text, target in texts:
            values = [value for value in (target.target, target.baseline) if value]
            stated = [one for one in _quantities(text) if one.into(values[0].unit)]
            if stated and not any(_names_a_bound(one, value) for one in stated for value in values):
                yield way, f"the text says {stated[0]}, but the target is {target.target}"


def _quantities(text: str) -> Iterator[Quantity]:
    for found in _STATED.finditer(text):
        figure, unit = found[1].lower(), found[2].lower()
        if unit == "%" or not _SPAN.search(text[: found.start()]):
            yield Quantity.parse(f"{NUMBERS.get(figure, figure)} {unit}")


def _names_a_bound(stated: Quantity, value: Quantity) -> bool:
    same = stated.into(value.unit)
    return same is not None and same.low in {value.low, value.high}


# ── measures and their units ─────────────────────────────────────────────────────────────────────────

_SHARE_NAME = re.compile(r"(?:^|[._])(?:rate|success|availability|share|coverage|delivery|delivered|ok)$")
_TIME_NAME = re.compile(r"(?:^|[._])(?:time|latency|duration|seconds|minutes)$")
_COUNT_NAME = re.compile(
    r"(?:^|[._])(?:\w+_)?(?:count|crashes|interruptions|messages|restarts|retries|warnings)(?:$|[._])"
)
_DURATIONS = {"takes", "within"}


def _is_share(case: Case, measure: FactRef) -> bool:
    return bool(_SHARE_NAME.search(measure.name)) or _unit_of(case, measure) == "share"


def _unit_of(case: Case, measure: FactRef) -> str:
    try:
        return case.fact(measure).unit if measure.name in case.facts.names else ""
    except UnknownFactError:
        return ""


class UnitOfMeasure(Rule, code="TB318"):
    """A target, baseline, alert or value does not fit its measure: another unit, or a share above 100 %."""

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
    counts_time = conversion(unit, "s") is not None
    return f"counts {unit}, but {value} does not" if unit and (value.unit == "%" or is_time != counts_time) else ""
