"""Facts about the records of one issue: affected code, plan, impact, evidence, fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction

from triagebook.book import Entry, category_of
from triagebook.facts.ledger.ledger import Ledger
from triagebook.findings import Field
from triagebook.model.affected import Location
from triagebook.model.building_blocks import Step
from triagebook.model.evidence import Observation
from triagebook.model.issue import Issue
from triagebook.model.values import Quantity

from .fact import Computed, Definition, Origin, evidence_origin, fact, issue_origin, number_of

# ── affected locations ───────────────────────────────────────────────────────────────────────────────


def count_files(locations: Iterable[Location]) -> int:
    return len({location.at.path for location in locations})


def count_lines(locations: Iterable[Location]) -> int:
    """The number of lines; a file that is named without lines counts as one."""
    return len({(location.at.path, line) for location in locations for line in location.at.lines or (0,)})


def _locations(
    ledger: Ledger, category: str | None, state: str | None, priority: str | None
) -> Iterator[tuple[int, Location]]:
    for index, location in enumerate(ledger.entry.locations):
        if (
            state in {None, location.state.value}
            and priority in {None, str(location.priority)}
            and (category is None or category == category_of(ledger.catalog, location))
        ):
            yield index, location


def _affected(name: str, summary: str, unit: str, count: Callable[[Iterable[Location]], int]) -> Definition:
    def compute(
        ledger: Ledger, category: str | None = None, state: str | None = None, priority: str | None = None
    ) -> Computed:
        if ledger.entry.affected is None:
            return Computed(None, why_unknown="no affected location is recorded")
        found = list(_locations(ledger, category, state, priority))
        file = f"{ledger.entry.id}/affected.yaml"
        origins = tuple(Origin(file, ("locations", index)) for index, _ in found)
        return Computed(count(location for _, location in found), origins)

    return Definition(name, summary, unit, compute)


affected_files = _affected("affected.files", "Files with an affected location", "files", count_files)
affected_locations = _affected("affected.locations", "Affected lines of code", "locations", count_lines)


@fact("affected.commit", "The commit at which the affected locations hold")
def affected_commit(ledger: Ledger) -> Computed:
    affected = ledger.entry.affected
    if affected is None:
        return Computed(None, why_unknown="no affected location is recorded")
    return Computed(str(affected.source.commit), (Origin(f"{ledger.entry.id}/affected.yaml", ("source", "commit")),))


# ── the plan ─────────────────────────────────────────────────────────────────────────────────────────


def steps(issue: Issue) -> Iterator[tuple[tuple[str | int, ...], Step]]:
    """Every step of the record, with the way to it; the timeline repeats steps of the plan and does not count."""
    plan = issue.plan
    if plan:
        for part in ("before", "during", "after"):
            yield from ((("plan", part, index), step) for index, step in enumerate(getattr(plan, part)))
        for name, phase in plan.phases.items():
            yield from ((("plan", "phases", name, "steps", index), step) for index, step in enumerate(phase.steps))
    for place, deployment in issue.deployment.items():
        for part in ("steps", "checks"):
            found = enumerate(getattr(deployment, part))
            yield from ((("deployment", place, part, index), step) for index, step in found)
    yield from ((("next", index), step) for index, step in enumerate(issue.next))


@fact("plan.time", "The time that the plan's phases take together", "min")
def plan_time(ledger: Ledger, phase: str | None = None) -> Computed:
    total, origins = Quantity(Fraction(0), Fraction(0), "min"), []
    for name, part in ledger.issue.plan.phases.items() if ledger.issue.plan else ():
        if phase not in {None, name}:
            continue
        times: list[tuple[Field, Quantity]] = [
            (("steps", index, "takes"), step.takes) for index, step in enumerate(part.steps) if step.takes
        ]
        for way, takes in times or ([(("takes",), part.takes)] if part.takes else []):
            if takes.into("min") is not None:
                total += takes
                origins.append(issue_origin(ledger.entry, "plan", "phases", name, *way))
    return (
        Computed(total, tuple(origins))
        if origins
        else Computed(None, why_unknown="no step of the plan says how long it takes")
    )


def _steps(name: str, summary: str, *, done: bool | None) -> Definition:
    def compute(ledger: Ledger) -> Computed:
        every = list(steps(ledger.issue))
        found = (way for way, step in every if done is None or (step.done is not None) == done)
        return number_of((issue_origin(ledger.entry, *way) for way in found), every, "no step is recorded")

    return Definition(name, summary, "steps", compute)


steps_total = _steps("steps.total", "Steps of the plan, of the deployments, and what comes next", done=None)
steps_done = _steps("steps.done", "Steps that are done", done=True)
steps_open = _steps("steps.open", "Steps that are not done", done=False)


# ── impact ───────────────────────────────────────────────────────────────────────────────────────────


@fact("impact.revenue", "Revenue at risk; a stream that is named twice counts once, with its larger figure")
def impact_revenue(ledger: Ledger, stream: str | None = None) -> Computed:
    entries = list(enumerate(ledger.issue.impact.revenue)) if ledger.issue.impact else []
    by_stream: dict[str, Quantity] = {}
    origins = []
    for index, revenue in entries:
        if stream in {None, str(revenue.stream)}:
            known = by_stream.get(revenue.stream)
            by_stream[revenue.stream] = larger(known, revenue.at_risk) if known else revenue.at_risk
            origins.append(issue_origin(ledger.entry, "impact", "revenue", index))
    return Computed(total(by_stream.values()), tuple(origins), why_unknown="no revenue at risk is recorded")


def larger(one: Quantity, other: Quantity) -> Quantity:
    converted = other.into(one.unit)
    return other if converted and (converted.low or 0) > (one.low or 0) else one


def total(amounts: Iterable[Quantity]) -> Quantity | None:
    """The sum; None if there is nothing to add, or the units differ."""
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
def impact_share(ledger: Ledger, of: str | None = None) -> Computed:
    shares = list(enumerate(ledger.issue.impact.share)) if ledger.issue.impact else []
    fitting = [(index, share) for index, share in shares if of in {None, share.of.replace(" ", "-")}]
    if len({share.amount for _, share in fitting}) != 1:
        return Computed(None, why_unknown="no share is recorded" if not fitting else "several shares are recorded")
    return Computed(
        fitting[0][1].amount, tuple(issue_origin(ledger.entry, "impact", "share", index) for index, _ in fitting)
    )


# ── what was seen ────────────────────────────────────────────────────────────────────────────────────


def evidence_like(entries: Iterable[Entry], wanted: Mapping[str, str | None]) -> Computed:
    """The number of pieces of evidence with the wanted kind, grade, phase and environment."""
    every = [(entry, name, record) for entry in entries for name, record in entry.evidence.items()]
    found = (
        evidence_origin(entry, name)
        for entry, name, record in every
        if all(value is None or str(getattr(record, key) or "") == value for key, value in wanted.items())
    )
    return number_of(found, every, "no evidence is recorded")


@fact("evidence.total", "Pieces of evidence", "pieces")
def evidence_total(
    ledger: Ledger,
    kind: str | None = None,
    grade: str | None = None,
    phase: str | None = None,
    environment: str | None = None,
) -> Computed:
    wanted = {"kind": kind, "grade": grade, "phase": phase, "environment": environment}
    return evidence_like([ledger.entry], wanted)


@fact("errors.observed", "Times that people saw the recorded error", "times")
def errors_observed(ledger: Ledger, environment: str | None = None) -> Computed:
    found = [
        (name, record)
        for name, record in ledger.entry.evidence.items()
        if isinstance(record, Observation)
        and environment in {None, str(record.environment or "")}
        and record.error is not None
    ]
    if not found:
        return Computed(None, why_unknown="no observation of the recorded error exists")
    return Computed(
        sum(record.count or 1 for _, record in found), tuple(evidence_origin(ledger.entry, name) for name, _ in found)
    )


# ── fix, risks, severity ───────────────────────────────────────────────────────────────────────────


@fact("changes.total", "Changes that the fix makes", "changes")
def changes_total(ledger: Ledger) -> Computed:
    changes = ledger.issue.changes
    found = (issue_origin(ledger.entry, "fix", "changes", index) for index, _ in enumerate(changes))
    return number_of(found, changes, "no change is recorded")


@fact("risks.highest", "The highest level of a risk")
def risks_highest(ledger: Ledger) -> Computed:
    order = ["none", "low", "medium", "high"]
    risks = list(enumerate(ledger.issue.risks))
    if not risks:
        return Computed(None, why_unknown="no risk is recorded")
    highest = max((risk.level.value for _, risk in risks), key=order.index)
    return Computed(
        highest, tuple(issue_origin(ledger.entry, "risks", i) for i, risk in risks if risk.level.value == highest)
    )


@fact("severity", "How much harm the defect does")
def severity(ledger: Ledger) -> Computed:
    return Computed(ledger.issue.severity.value, (issue_origin(ledger.entry, "severity"),))
