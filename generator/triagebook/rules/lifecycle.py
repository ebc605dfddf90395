"""TB4xx: dates must be in order, and an issue may be closed only as the evidence supports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from triagebook.facts.case import Case
from triagebook.facts.ledger.grading import is_ahead
from triagebook.findings import Field, Finding, Level
from triagebook.model.evidence import Phase
from triagebook.model.issue import Closed, Contradiction, Ending
from triagebook.model.values import DocRef
from triagebook.text import counted

from .base import Rule


class OutOfOrder(Rule):
    """A date lies before another that must come first."""

    code = "TB401"
    name = "out-of-order"
    why = "At least one date is wrong, and so is every duration computed from it."
    remedy = "correct the wrong date"
    bad = """
opened: 2025-09-15
closed: {on: 2025-09-01, as: declined, why: Works as it should}
"""
    good = bad.replace("on: 2025-09-01", "on: 2025-10-01")

    def find(self, case: Case) -> Iterator[Finding]:
        issue = case.issue
        for way, what, day in _after_opening(case):
            if day < issue.opened:
                yield self.finding(case.file, way, f"{what} on {day}, before the issue was opened on {issue.opened}")
        yield from self._closed_too_early(case)
        came = issue.introduced.on if issue.introduced else None
        if came is None:
            return
        if came > issue.opened:
            says = f"the defect was introduced on {came}, after the issue was opened on {issue.opened}"
            yield self.finding(case.file, ("introduced", "on"), says)
        for name, record in case.entry.evidence.items():
            if record.phase and day_of(record.at) < came:
                says = f"observed on {day_of(record.at)}, {record.phase.value} the fix of a defect introduced on {came}"
                yield self.finding(case.evidence_file(name), ("at",), says)

    def _closed_too_early(self, case: Case) -> Iterator[Finding]:
        closed = case.issue.closed
        if closed is None or closed.as_ is not Ending.FIXED:
            return
        what, day = max(_first_proofs(case), key=lambda proof: proof[1], default=("", closed.on))
        if closed.on < day:
            yield self.finding(case.file, ("closed", "on"), f"closed as fixed on {closed.on}; {what} on {day}")


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
    for file, way, value in case.values:
        if isinstance(value, date) and way[-2:] == ("done", "on") and file == case.file:
            yield way, "done", value
    for place, deployment in issue.deployment.items():
        for index, attempt in enumerate(deployment.attempts):
            if attempt.on:
                yield ("deployment", place, "attempts", index, "on"), "deployed", attempt.on


def day_of(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at


class InTheFuture(Rule):
    """Something is recorded as done on a future date."""

    code = "TB402"
    name = "in-the-future"
    why = "What has not happened yet can't be evidence or finished work."
    remedy = "correct the date; leave the step open until it is done"
    bad = "next: [{do: Turn on the alarm, owner: backend, done: {on: 2999-01-01, commit: ab14a73d8}}]"
    good = "next: [{do: Turn on the alarm, owner: backend, done: {on: 2025-10-01, commit: ab14a73d8}}]"

    def find(self, case: Case) -> Iterator[Finding]:
        if case.as_of is None:
            return
        for file, way, value in case.values:
            if isinstance(value, date) and way[-1] not in _AHEAD and is_ahead(value, case.as_of):
                yield self.finding(file, way, f"{day_of(value)} is in the future: today is {case.as_of}")


_AHEAD = {"due", "until"}


class ClosedBeyondItsStage(Rule):
    """An issue is closed in a way that the evidence does not support."""

    code = "TB410"
    name = "closed-beyond-stage"
    why = "Nobody looks at a closed issue again, so an unproven fix comes back as a surprise."
    remedy = "reopen it, correct `as`, or have a named person accept it for a limited time in `waivers`"
    bad = "closed: {on: 2025-10-01, as: fixed}"
    good = "closed: {on: 2025-10-01, as: declined, why: The page is taken down this month}"

    def find(self, case: Case) -> Iterator[Finding]:
        closed = case.issue.closed
        if closed is None:
            return
        if says := case.verdict.unsupported:
            yield self.finding(case.file, ("closed", "as"), says)
        if says := _unsaid(closed):
            yield self.finding(case.file, ("closed",), says, "add the missing key")


def _unsaid(closed: Closed) -> str:
    if closed.as_ is Ending.SPLIT and not closed.into:
        return "closed as split, but `into` names no issue"
    if closed.as_ in {Ending.DECLINED, Ending.CANNOT_REPRODUCE} and closed.why is None:
        return f"closed as {closed.as_.value}, but `why` gives no reason"
    return ""


class MissingMetadata(Rule):
    """A document that the record cites has no date or no author."""

    code = "TB423"
    name = "missing-metadata"
    severity = Level.WARNING
    kinds = (Contradiction.MISSING_METADATA,)
    why = "Statements of unknown age and author can't be compared with others."
    remedy = "add `date` and `by` from the document; if it states none, dispute a claim of that kind"
    bad = """
documents: {report.md: {title: Validation report, date: 2025-09-15}}
lessons: [{says: Staging is slow, from: report.md#L3}]
"""
    good = bad.replace("date: 2025-09-15", "date: 2025-09-15, by: backend")

    def find(self, case: Case) -> Iterator[Finding]:
        quoted = {
            value.document
            for file, way, value in case.values
            if isinstance(value, DocRef) and way[0] != "documents" and file == case.file
        }
        for name in [name for name in case.issue.documents if name in quoted]:
            document = case.issue.documents[name]
            missing = [key for key, value in (("date", document.date), ("author", document.by)) if not value]
            if missing:
                says = f"the document `{name}` has no {' and no '.join(missing)}"
                yield self.finding(case.file, ("documents", name), says)


class LooseEnd(Rule):
    """A next step or a severe open issue has no owner, or a noticed defect has no issue."""

    code = "TB424"
    name = "loose-end"
    severity = Level.WARNING
    kinds = (Contradiction.LOOSE_END,)
    why = "Work without an owner is not done, and a customer finds the noticed defect again."
    remedy = "name the `owner`; create an issue for a noticed defect: `triagebook new`"
    bad = """
next: [Turn on the alarm]
"""
    good = """
next: [{do: Turn on the alarm, owner: backend}]
"""

    def find(self, case: Case) -> Iterator[Finding]:
        issue = case.issue
        if issue.closed is None and issue.owner is None and issue.severity.value in {"critical", "high"}:
            says = f"the issue is {issue.severity.value} and open, but has no owner"
            yield self.finding(case.file, ("severity",), says)
        if nobodys := [i for i, step in enumerate(issue.next) if step.done is None and step.owner is None]:
            have = "has" if len(nobodys) == 1 else "have"
            says = f"{len(nobodys)} of {counted(len(issue.next), 'next step')} {have} no owner"
            yield self.finding(case.file, ("next", nobodys[0]), says)
        for index, noticed in enumerate(issue.noticed):
            if noticed.issue is None:
                yield self.finding(case.file, ("noticed", index), "a defect was noticed, but has no issue")
