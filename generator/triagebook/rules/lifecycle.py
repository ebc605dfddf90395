"""TB4xx: dates and completed steps must be in order, and an issue may be closed only as the evidence supports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TypeAlias

from triagebook.book import outline_of
from triagebook.code.state import same_commit
from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.facts.ledger.grading import is_ahead
from triagebook.facts.verdict.criteria import Answer, state_of_criterion
from triagebook.findings import Field, Finding, Level
from triagebook.model.base import Commit
from triagebook.model.building_blocks import Step
from triagebook.model.document import Contradiction, document_name
from triagebook.model.evidence import Evidence, Phase
from triagebook.model.issue import Ending
from triagebook.model.values import DocRef

from .base import Problem, Rule


class OutOfOrder(Rule, code="TB401"):
    """A date is earlier than one that must come before it."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        issue, closed = case.issue, case.issue.closed
        for way, what, day in _after_opening(case):
            if day < issue.opened:
                yield way, f"{what} on {day}, before the issue was opened on {issue.opened}"
        if closed and closed.as_ is Ending.FIXED:
            what, day = max(_first_proofs(case), key=lambda proof: proof[1], default=("", closed.on))
            if closed.on < day:
                yield ("closed", "on"), f"closed as fixed on {closed.on}; {what} on {day}"
        fixes = days_of_fix(case)
        for place, deployment in issue.deployment.items():
            for index, attempt in enumerate(deployment.attempts):
                if fixes and attempt.on and issue.opened <= attempt.on < min(fixes) and is_of_fix(case, attempt.commit):
                    says = f"the fix was deployed on {attempt.on}, but made on {min(fixes)}"
                    yield ("deployment", place, "attempts", index, "on"), says
        for before, name, part in _in_order(case):
            days = [step.done.on for _, step in before if step.done]
            last = max((day for day in days if not (case.as_of and is_ahead(day, case.as_of))), default=issue.opened)
            for way, step in part:
                if step.done and issue.opened <= step.done.on < last:
                    yield (*way, "done", "on"), f"done on {step.done.on} in {name}, but an earlier step only on {last}"
        came = issue.introduced.on if issue.introduced else None
        if came and came > issue.opened:
            says = f"the defect was introduced on {came}, after the issue was opened on {issue.opened}"
            yield ("introduced", "on"), says

    def in_evidence(self, case: Case, name: str, record: Evidence) -> Iterator[Problem]:
        came, day = case.issue.introduced.on if case.issue.introduced else None, day_of(record.at)
        if came and record.phase and day < came:
            yield ("at",), f"observed on {day}, {record.phase.value} the fix of a defect introduced on {came}"


def _first_proofs(case: Case) -> Iterator[tuple[str, date]]:
    """What must precede closing as fixed, each with the first date on which it happened."""
    for place in case.ledger.required_environments:
        runs = [day_of(run.at) for _, run in case.ledger.runs if run.phase is Phase.AFTER and run.environment == place]
        if runs:
            yield f"the first run in `{place}` after the fix was", min(runs)
        attempts = case.issue.deployment[place].attempts if place in case.issue.deployment else ()
        done = [attempt.on for attempt in attempts if attempt.outcome == "done" and attempt.on]
        if done:
            yield f"the fix was first deployed to `{place}`", min(done)


def _after_opening(case: Case) -> Iterator[tuple[Field, str, date]]:
    """The dates that can't precede the opening. A test run can: it may be the reason for the issue."""
    issue = case.issue
    if issue.closed:
        yield ("closed", "on"), "closed", issue.closed.on
    if issue.due:
        yield ("due",), "due", issue.due
    for file, way, value in case.values_of(date):
        if isinstance(value, date) and way[-2:] == ("done", "on") and file == case.file:
            yield way, "done", value
    for place, deployment in issue.deployment.items():
        for index, attempt in enumerate(deployment.attempts):
            if attempt.on:
                yield ("deployment", place, "attempts", index, "on"), "deployed", attempt.on


def is_of_fix(case: Case, commit: Commit | None) -> bool:
    return commit is not None and any(one.commit and same_commit(commit, one.commit) for one in case.issue.changes)


def days_of_fix(case: Case) -> list[date]:
    """The days on which steps of the plan made the fix."""
    done = [step.done for way, step in steps(case.issue) if way[:2] == ("plan", "phases") and step.done]
    return [each.on for each in done if each.on >= case.issue.opened and is_of_fix(case, each.commit)]


def day_of(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at


class InTheFuture(Rule, code="TB402"):
    """Something is recorded as done on a future date."""

    def find(self, case: Case) -> Iterator[Finding]:
        for file, way, value in case.values_of(date) if case.as_of else ():
            if isinstance(value, date) and case.as_of and way[-1] not in _AHEAD and is_ahead(value, case.as_of):
                yield self.finding(file, way, f"{day_of(value)} is in the future: today is {case.as_of}")


_AHEAD = {"due", "until"}


class ClosedBeyondStage(Rule, code="TB410"):
    """An issue is closed in a way that the evidence does not support."""

    def find(self, case: Case) -> Iterator[Finding]:
        closed = case.issue.closed
        if closed is None:
            return
        if says := case.verdict.unsupported:
            yield self.finding(case.file, ("closed", "as"), says)
        says = ""
        if closed.as_ is Ending.SPLIT and not closed.into:
            says = "closed as split, but `into` names no issue"
        elif closed.as_ is Ending.DUPLICATE and not outline_of(case.entry).originals:
            says = "closed as a duplicate, but `into` names no original"
        elif closed.as_ in {Ending.DECLINED, Ending.CANNOT_REPRODUCE} and closed.why is None:
            says = f"closed as {closed.as_.value}, but `why` gives no reason"
        if says:
            yield self.finding(case.file, ("closed",), says, "add the missing key")


class MissingMetadata(Rule, code="TB423", severity=Level.WARNING):
    """A document that the record cites has no date or no author."""

    def find(self, case: Case) -> Iterator[Finding]:
        refs = [ref for file, _, ref in case.values_of(DocRef) if file == case.file]
        quoted = {ref.document for ref in refs if isinstance(ref, DocRef)}
        for stem, document in case.entry.claims.items():
            missing = [key for key, value in (("date", document.date), ("author", document.by)) if not value]
            is_quoted = bool(document.claims) or document_name(stem, document) in quoted
            disputes = (claim for claim in document.claims if claim.disputed)
            answered = any(claim.kind is Contradiction.MISSING_METADATA for claim in disputes)
            if missing and is_quoted and not answered:
                says = f"the document has no {' and no '.join(missing)}"
                yield self.finding(f"{case.entry.id}/claims/{stem}.yaml", (), says)


class LooseEnd(Rule, code="TB424", severity=Level.WARNING):
    """A next step or a severe open issue has no owner, or a noticed defect has no issue."""

    def find(self, case: Case) -> Iterator[Finding]:
        for field, says in self.in_issue(case):
            do = "create an issue: `triagebook new`" if field[0] == "noticed" else "name the `owner`"
            yield self.finding(case.file, field, says, do)

    def in_issue(self, case: Case) -> Iterator[Problem]:
        issue = case.issue
        if issue.closed is None and issue.owner is None and issue.severity.value in {"critical", "high"}:
            yield ("severity",), f"the issue is {issue.severity.value} and open, but has no owner"
        if nobodys := [i for i, step in enumerate(issue.next) if step.done is None and step.owner is None]:
            number, have = len(nobodys), "has" if len(nobodys) == 1 else "have"
            which = "the next step" if len(issue.next) == 1 else f"{number} of {len(issue.next)} next steps"
            yield ("next", nobodys[0]), f"{which} {have} no owner"
        for index, noticed in enumerate(issue.noticed):
            if noticed.issue is None:
                yield ("noticed", index), "a defect was noticed, but has no issue"


# ── completed steps ──────────────────────────────────────────────────────────────────────────────────

Steps: TypeAlias = "list[tuple[Field, Step]]"


class PrematureTick(Rule, code="TB413"):
    """A step is marked as done although its criterion is not met or earlier steps are open."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        targets = {**case.issue.metrics, **case.issue.criteria}
        for way, step in steps(case.issue):
            target = targets.get(step.criterion) if step.done and step.criterion else None
            if target and (state := state_of_criterion(target, case.base)).answer is not Answer.MET:
                yield (*way, "done"), f"the step is done, but `{step.criterion}` is {state.answer.value}: {state.why}"
        for before, name, part in _in_order(case):
            left = [".".join(map(str, way)) for way, step in before if step.done is None]
            ticked = next((way for way, step in part if step.done), None)
            if left and ticked:
                open_ = "1 earlier step is open" if len(left) == 1 else f"{len(left)} earlier steps are open"
                yield (*ticked, "done"), f"a step of {name} is done, but {open_}, first `{left[0]}`"


def _in_order(case: Case) -> Iterator[tuple[Steps, str, Steps]]:
    """Each part of the work with the steps that must precede it."""
    every = list(steps(case.issue))
    phases = case.issue.plan.phases if case.issue.plan else {}

    def part(*way: str) -> Steps:
        return [(own, step) for own, step in every if own[: len(way)] == way]

    before = part("plan", "before")
    for name in phases:
        yield before, f"the phase `{name}`", part("plan", "phases", name)
        before = [*before, *part("plan", "phases", name)]
    yield before, "`plan.after`", part("plan", "after")
    for place in case.issue.deployment:
        environment = case.book.catalog.environments.get(place)
        if environment and environment.production:  # deploying elsewhere may be part of a phase
            here = [name for name, phase in phases.items() if phase.environment == place]
            work = [(way, step) for way, step in part("plan", "phases") if way[2] not in here]
            yield work, f"the deployment to `{place}`", part("deployment", place, "steps")
        yield part("deployment", place, "steps"), f"the checks in `{place}`", part("deployment", place, "checks")


class NothingToShow(Rule, code="TB425", severity=Level.WARNING):
    """A step is done without a commit, evidence or source."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        timeline = case.issue.plan.timeline if case.issue.plan else {}
        ahead = [
            (("plan", "timeline", name, "steps", index), step)
            for name, horizon in timeline.items()
            for index, step in enumerate(horizon.steps)
        ]
        for way, step in (*steps(case.issue), *ahead):
            if step.done and not (step.done.commit or step.done.evidence or step.done.from_ or step.from_):
                yield (*way, "done"), f"done on {step.done.on}, but nothing shows it"
