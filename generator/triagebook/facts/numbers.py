"""The facts of one issue. Each function is a fact: its name, what it says, its unit, and the filters it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from triagebook.model.affected import Location
from triagebook.model.building_blocks import Step
from triagebook.model.evidence import Observation
from triagebook.model.values import Quantity

from .criteria import Answer
from .fact import Definition, Found, Origin, fact

if TYPE_CHECKING:
    from triagebook.findings import Field

    from .case import Case

# ── affected locations ───────────────────────────────────────────────────────────────────────────────


def _locations(
    case: Case, category: str | None, state: str | None, priority: str | None
) -> Iterator[tuple[int, Location]]:
    affected = case.entry.affected
    for index, location in enumerate(affected.locations if affected else ()):
        if (
            state in {None, location.state.value}
            and priority in {None, str(location.priority)}
            and (category is None or category == case.book.category_of(location))
        ):
            yield index, location


def _affected(case: Case, found: Iterable[tuple[int, Location]], count: int) -> Found:
    if case.entry.affected is None:
        return Found(None, why_unknown="no affected location is recorded")
    file = f"{case.entry.id}/affected.yaml"
    return Found(count, tuple(Origin(file, ("locations", index)) for index, _ in found))


@fact("affected.files", "Files with an affected location", "files")
def affected_files(
    case: Case, category: str | None = None, state: str | None = None, priority: str | None = None
) -> Found:
    found = list(_locations(case, category, state, priority))
    return _affected(case, found, len({location.at.path for _, location in found}))


@fact("affected.locations", "Affected lines of code", "locations")
def affected_locations(
    case: Case, category: str | None = None, state: str | None = None, priority: str | None = None
) -> Found:
    found = list(_locations(case, category, state, priority))
    places = {(location.at.path, line) for _, location in found for line in location.at.lines or (0,)}
    return _affected(case, found, len(places))


@fact("affected.commit", "The commit at which the affected locations hold")
def affected_commit(case: Case) -> Found:
    affected = case.entry.affected
    if affected is None:
        return Found(None, why_unknown="no affected location is recorded")
    return Found(str(affected.source.commit), (Origin(f"{case.entry.id}/affected.yaml", ("source", "commit")),))


# ── the plan ─────────────────────────────────────────────────────────────────────────────────────────


def steps(case: Case) -> Iterator[tuple[tuple[str | int, ...], Step]]:
    """Every step of the record, with the way to it; the timeline repeats steps of the plan and does not count."""
    plan = case.issue.plan
    if plan:
        for part in ("before", "during", "after"):
            yield from ((("plan", part, index), step) for index, step in enumerate(getattr(plan, part)))
        for name, phase in plan.phases.items():
            yield from ((("plan", "phases", name, "steps", index), step) for index, step in enumerate(phase.steps))
    for place, deployment in case.issue.deployment.items():
        for part in ("steps", "checks"):
            found = enumerate(getattr(deployment, part))
            yield from ((("deployment", place, part, index), step) for index, step in found)
    yield from ((("next", index), step) for index, step in enumerate(case.issue.next))


@fact("plan.time", "The time that the plan's phases take together", "min")
def plan_time(case: Case, phase: str | None = None) -> Found:
    total, origins = Quantity(Fraction(0), Fraction(0), "min"), []
    for name, part in case.issue.plan.phases.items() if case.issue.plan else ():
        if phase not in {None, name}:
            continue
        times: list[tuple[Field, Quantity]] = [
            (("steps", index, "takes"), step.takes) for index, step in enumerate(part.steps) if step.takes
        ]
        for way, takes in times or ([(("takes",), part.takes)] if part.takes else []):
            if takes.into("min") is not None:
                total += takes
                origins.append(case.origin("plan", "phases", name, *way))
    return (
        Found(total, tuple(origins))
        if origins
        else Found(None, why_unknown="no step of the plan says how long it takes")
    )


def _steps(name: str, summary: str, *, done: bool | None) -> Definition:
    def compute(case: Case) -> Found:
        every = list(steps(case))
        if not every:
            return Found(None, why_unknown="no step is recorded")
        found = [way for way, step in every if done is None or (step.done is not None) == done]
        return Found(len(found), tuple(case.origin(*way) for way in found))

    return Definition(name, summary, "steps", compute)


steps_total = _steps("steps.total", "Steps of the plan, of the deployments, and what comes next", done=None)
steps_done = _steps("steps.done", "Steps that are done", done=True)
steps_open = _steps("steps.open", "Steps that are not done", done=False)


# ── impact ───────────────────────────────────────────────────────────────────────────────────────────


@fact("impact.revenue", "Revenue at risk; a stream that is named twice counts once, with its larger figure")
def impact_revenue(case: Case, stream: str | None = None) -> Found:
    entries = list(enumerate(case.issue.impact.revenue)) if case.issue.impact else []
    by_stream: dict[str, Quantity] = {}
    origins = []
    for index, revenue in entries:
        if stream in {None, str(revenue.stream)}:
            known = by_stream.get(revenue.stream)
            by_stream[revenue.stream] = larger(known, revenue.at_risk) if known else revenue.at_risk
            origins.append(case.origin("impact", "revenue", index))
    return Found(total(by_stream.values()), tuple(origins), why_unknown="no revenue at risk is recorded")


def larger(one: Quantity, other: Quantity) -> Quantity:
    converted = other.into(one.unit)
    return other if converted and (converted.low or 0) > (one.low or 0) else one


def total(amounts: Iterable[Quantity]) -> Quantity | None:
    """The sum; None where there is nothing to add, or the units differ."""
    result: Quantity | None = None
    for amount in amounts:
        if result is None:
            result = amount
        elif amount.into(result.unit) is None:
            return None
        else:
            result += amount
    return result


@fact("impact.share", "The share that is said to be lost")
def impact_share(case: Case, of: str | None = None) -> Found:
    shares = list(enumerate(case.issue.impact.share)) if case.issue.impact else []
    fitting = [(index, share) for index, share in shares if of in {None, share.of.replace(" ", "-")}]
    if len({share.amount for _, share in fitting}) != 1:
        return Found(None, why_unknown="no share is recorded" if not fitting else "several shares are recorded")
    return Found(fitting[0][1].amount, tuple(case.origin("impact", "share", index) for index, _ in fitting))


# ── what was seen ────────────────────────────────────────────────────────────────────────────────────


@fact("evidence.total", "Pieces of evidence", "pieces")
def evidence_total(
    case: Case,
    kind: str | None = None,
    grade: str | None = None,
    phase: str | None = None,
    environment: str | None = None,
) -> Found:
    if not case.entry.evidence:
        return Found(None, why_unknown="no evidence is recorded")
    wanted = {"kind": kind, "grade": grade, "phase": phase, "environment": environment}
    found = [
        name
        for name, record in case.entry.evidence.items()
        if all(value is None or str(getattr(record, key) or "") == value for key, value in wanted.items())
    ]
    return Found(len(found), tuple(case.evidence_origin(name) for name in found))


@fact("errors.observed", "Times that people saw the recorded error", "times")
def errors_observed(case: Case, environment: str | None = None) -> Found:
    found = [
        (name, record)
        for name, record in case.entry.evidence.items()
        if isinstance(record, Observation)
        and environment in {None, str(record.environment or "")}
        and record.error is not None
    ]
    if not found:
        return Found(None, why_unknown="no observation of the recorded error exists")
    return Found(sum(record.count or 1 for _, record in found), tuple(case.evidence_origin(name) for name, _ in found))


# ── criteria and changes ─────────────────────────────────────────────────────────────────────────────


def _criteria(name: str, summary: str, answer: Answer | None) -> Definition:
    def compute(case: Case, phase: str | None = None, kind: str | None = None) -> Found:
        if not case.issue.criteria:
            return Found(None, why_unknown="no criterion is recorded")
        found = [
            key
            for key, criterion in case.issue.criteria.items()
            if phase in {None, str(criterion.phase or "")}
            and kind in {None, str(criterion.kind or "")}
            and answer in {None, case.criteria[key].answer}
        ]
        return Found(len(found), tuple(case.origin("criteria", key) for key in found))

    return Definition(name, summary, "criteria", compute)


criteria_total = _criteria("criteria.total", "Criteria", None)
criteria_met = _criteria("criteria.met", "Criteria that are met", Answer.MET)
criteria_failed = _criteria("criteria.failed", "Criteria that failed", Answer.FAILED)
criteria_unknown = _criteria("criteria.unknown", "Criteria of which nothing is known yet", Answer.UNKNOWN)


@fact("changes.total", "Changes that the fix makes", "changes")
def changes_total(case: Case) -> Found:
    changes = case.issue.fix.changes if case.issue.fix else ()
    if not changes:
        return Found(None, why_unknown="no change is recorded")
    return Found(len(changes), tuple(case.origin("fix", "changes", index) for index, _ in enumerate(changes)))


@fact("risks.highest", "The highest level of a risk")
def risks_highest(case: Case) -> Found:
    order = ["none", "low", "medium", "high"]
    risks = list(enumerate(case.issue.risks))
    if not risks:
        return Found(None, why_unknown="no risk is recorded")
    highest = max((risk.level.value for _, risk in risks), key=order.index)
    return Found(highest, tuple(case.origin("risks", i) for i, risk in risks if risk.level.value == highest))


@fact("severity", "How much harm the defect does")
def severity(case: Case) -> Found:
    return Found(case.issue.severity.value, (case.origin("severity"),))


@fact("stage", "What the evidence supports, for the whole issue")
def stage(case: Case) -> Found:
    return Found(case.verdict.stage.value, (Origin(case.file),))


@fact("verdict", "What the evidence supports: the stage, or the state of one environment")
def verdict(case: Case, environment: str | None = None) -> Found:
    if environment is None:
        return Found(case.verdict.stage.value, (Origin(case.file),))
    found = case.verdict.environments.get(environment)
    if found is None:
        return Found(None, why_unknown=f"nothing is required or recorded for {environment}")
    return Found(found.state.value, tuple(case.evidence_origin(name) for name in found.evidence))
