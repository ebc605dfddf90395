"""The facts of a whole book. Each function is a fact: its name, what it says, its unit, and the filters it takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from triagebook.model.defect import Certainty, Severity
from triagebook.model.evidence import Grade
from triagebook.model.issue import Contradiction

from .claims import Standing as ClaimStanding
from .criteria import Answer
from .environments import Standing
from .fact import Definition, Found, Origin, UnknownFactError, fact
from .numbers import larger, total
from .stages import Stage

if TYPE_CHECKING:
    from triagebook.model.defect import Revenue
    from triagebook.model.values import Quantity

    from .case import Case
    from .study import Study


def _refuse_unknown(kind: str, value: str | None, known: Iterable[str]) -> None:
    """A value that nothing has is a typing error: to count it would give a 0 that nobody checked."""
    names = list(known)
    if value is not None and value not in names:
        raise UnknownFactError(f"there is no {kind} `{value}`; known are {', '.join(names) or 'none'}")


# ── issues ───────────────────────────────────────────────────────────────────────────────────────────


def _state_of(case: Case) -> str:
    return "open" if case.issue.closed is None else "closed"


def _patterns_of(case: Case) -> set[str]:
    return {
        str(cause.pattern) for cause in case.issue.causes if cause.pattern and cause.state is not Certainty.RULED_OUT
    }


def _of_issues(cases: Collection[Case], *way: str) -> Found:
    return Found(len(cases), tuple(Origin(case.file, way) for case in cases))


@fact("book.issues", "Issues", "issues")
def issues(
    study: Study,
    state: str | None = None,
    severity: str | None = None,
    stage: str | None = None,
    component: str | None = None,
    pattern: str | None = None,
) -> Found:
    _refuse_unknown("state", state, ["open", "closed"])
    _refuse_unknown("severity", severity, Severity)
    _refuse_unknown("stage", stage, Stage)
    _refuse_unknown("component", component, study.book.names("component"))
    _refuse_unknown("pattern", pattern, study.book.names("pattern"))
    found = [
        case
        for case in study.cases.values()
        if state in {None, _state_of(case)}
        and severity in {None, case.issue.severity.value}
        and (component is None or component in case.issue.components)
        and (pattern is None or pattern in _patterns_of(case))
        and stage in {None, stage and case.verdict.stage.value}
    ]
    return _of_issues(found)


@fact("book.contradicted", "Open issues of which something is claimed that does not hold", "issues")
def contradicted(study: Study) -> Found:
    return _of_issues([case for case in study.open if any(claim.contradiction for claim in case.claims)], "claims")


@fact("book.failing", "Open issues whose fix failed in some environment", "issues")
def failing(study: Study) -> Found:
    return _of_issues([case for case in study.open if Standing.FAILED in _standings(case).values()])


@fact("book.unproven", "Open issues with a fix that awaits its proof", "issues")
def unproven(study: Study) -> Found:
    before_proof = {Stage.REPORTED, Stage.TRIAGED, Stage.REPRODUCED, Stage.FIXED}
    return _of_issues(
        [
            case
            for case in study.open
            if case.issue.fix and case.issue.fix.changes and case.verdict.stage in before_proof
        ],
        "fix",
    )


@fact("book.unowned", "Open issues without an owner", "issues")
def unowned(study: Study) -> Found:
    return _of_issues([case for case in study.open if case.issue.owner is None])


# ── environments ─────────────────────────────────────────────────────────────────────────────────────


def _standings(case: Case) -> dict[str, Standing]:
    return {name: found.state for name, found in case.verdict.environments.items()}


@fact(
    "book.environments",
    "Environments where the fix of an open issue must be proven, each once an issue",
    "environments",
)
def environments(study: Study, state: str | None = None, environment: str | None = None) -> Found:
    _refuse_unknown("state", state, Standing)
    _refuse_unknown("environment", environment, study.book.names("environment"))
    required = [(case, name) for case in study.open for name in case.required_environments]
    if not required:
        return Found(None, why_unknown="nothing says where a fix must be proven")
    found = [
        case
        for case, name in required
        if environment in {None, name} and state in {None, state and _standings(case)[name].value}
    ]
    return Found(len(found), tuple(dict.fromkeys(Origin(case.file) for case in found)))


# ── revenue ──────────────────────────────────────────────────────────────────────────────────────────


def endangered(study: Study, state: str | None = "open") -> dict[str, list[tuple[Case, int, Revenue]]]:
    """What endangers each stream of revenue: the issues, each with the entry of its record."""
    streams: dict[str, list[tuple[Case, int, Revenue]]] = {}
    for case in study.cases.values():
        if state in {None, _state_of(case)} and case.issue.impact:
            for index, revenue in enumerate(case.issue.impact.revenue):
                streams.setdefault(str(revenue.stream), []).append((case, index, revenue))
    return streams


@fact("book.revenue", "Revenue at risk: a stream counts once, with its largest figure, however many issues endanger it")
def revenue(study: Study, stream: str | None = None, state: str = "open") -> Found:
    _refuse_unknown("revenue stream", stream, study.book.names("revenue stream"))
    _refuse_unknown("state", state, ["open", "closed", "any"])
    streams = endangered(study, None if state == "any" else state)
    chosen = {name: entries for name, entries in streams.items() if stream in {None, name}}
    if not chosen:
        return Found(None, why_unknown="no revenue at risk is recorded")
    amounts = [_largest(risk.at_risk for _, _, risk in entries) for entries in chosen.values()]
    origins = tuple(
        case.origin("impact", "revenue", index) for entries in chosen.values() for case, index, _ in entries
    )
    known = [amount for amount in amounts if amount is not None]
    sum_ = total(known) if len(known) == len(amounts) else None
    return Found(sum_, origins, why_unknown="" if sum_ else "the amounts are of different units")


def _largest(amounts: Iterable[Quantity]) -> Quantity | None:
    first, *others = amounts
    for other in others:
        if other.into(first.unit) is None:
            return None
        first = larger(first, other)
    return first


# ── what was claimed, seen and measured ──────────────────────────────────────────────────────────────


def _claims(study: Study, standing: str | None, kind: str | None, *, only_contradictions: bool) -> Found:
    _refuse_unknown("kind of contradiction", kind, Contradiction)
    every = [(case, claim) for case in study.cases.values() for claim in case.claims]
    if not every:
        return Found(None, why_unknown="no claim is recorded")
    found = [
        case.origin("claims", claim.index)
        for case, claim in every
        if standing in {None, claim.standing.value.replace(" ", "-")}
        and kind in {None, str(claim.claim.kind or "")}
        and (claim.contradiction or not only_contradictions)
    ]
    return Found(len(found), tuple(found))


@fact("book.claims", "Statements made by hand", "claims")
def claims(study: Study, state: str | None = None, kind: str | None = None) -> Found:
    _refuse_unknown("state of a claim", state, (standing.value.replace(" ", "-") for standing in ClaimStanding))
    return _claims(study, state, kind, only_contradictions=False)


@fact("book.contradictions", "Statements made by hand that do not hold", "claims")
def contradictions(study: Study, kind: str | None = None) -> Found:
    return _claims(study, None, kind, only_contradictions=True)


@fact("book.evidence", "Pieces of evidence", "pieces")
def evidence(
    study: Study,
    kind: str | None = None,
    grade: str | None = None,
    phase: str | None = None,
    environment: str | None = None,
) -> Found:
    _refuse_unknown("kind of evidence", kind, ["tests", "command", "value", "observation"])
    _refuse_unknown("grade", grade, Grade)
    _refuse_unknown("phase", phase, ["before", "after"])
    _refuse_unknown("environment", environment, study.book.names("environment"))
    wanted = {"kind": kind, "grade": grade, "phase": phase, "environment": environment}
    every = [(case, name, record) for case in study.cases.values() for name, record in case.entry.evidence.items()]
    if not every:
        return Found(None, why_unknown="no evidence is recorded")
    found = [
        case.evidence_origin(name)
        for case, name, record in every
        if all(value is None or str(getattr(record, key) or "") == value for key, value in wanted.items())
    ]
    return Found(len(found), tuple(found))


@fact("book.criteria", "Criteria of open issues", "criteria")
def criteria(study: Study, state: str | None = None) -> Found:
    _refuse_unknown("state of a criterion", state, Answer)
    every = [(case, name, found.answer) for case in study.open for name, found in case.criteria.items()]
    if not every:
        return Found(None, why_unknown="no criterion is recorded")
    found = [case.origin("criteria", name) for case, name, answer in every if state in {None, answer.value}]
    return Found(len(found), tuple(found))


# ── source code ──────────────────────────────────────────────────────────────────────────────────────


def _affected(study: Study) -> Iterator[tuple[Origin, str, str, tuple[int, ...]]]:
    """Where, in which repository, which file and which lines."""
    for case in study.open:
        if affected := case.entry.affected:
            for index, location in enumerate(affected.locations):
                origin = Origin(f"{case.entry.id}/affected.yaml", ("locations", index))
                yield origin, str(affected.source.repository), str(location.at.path), location.at.lines


@fact("book.files", "Files that some open issue affects, each counted once", "files")
def files(study: Study) -> Found:
    found = list(_affected(study))
    if not found:
        return Found(None, why_unknown="no affected location is recorded")
    return Found(len({(repository, path) for _, repository, path, _ in found}), tuple(origin for origin, *_ in found))


@fact("book.locations", "Lines of code that some open issue affects, each counted once", "locations")
def locations(study: Study) -> Found:
    found = list(_affected(study))
    if not found:
        return Found(None, why_unknown="no affected location is recorded")
    places = {(repository, path, line) for _, repository, path, lines in found for line in lines or (0,)}
    return Found(len(places), tuple(origin for origin, *_ in found))


@fact("book.patterns", "Known root causes that some issue shows", "patterns")
def patterns(study: Study) -> Found:
    shown = {name for case in study.cases.values() for name in _patterns_of(case)}
    known = [name for name in study.book.patterns if name in shown]
    return Found(len(known), tuple(Origin(f"patterns/{name}.yaml") for name in known))


DEFINITIONS: dict[str, Definition] = {
    value.name: value for value in list(vars().values()) if isinstance(value, Definition)
}
