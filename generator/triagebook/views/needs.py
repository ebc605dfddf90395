"""Why an issue needs attention, and what to do next: its fix failed, the defect is back, proof is missing.

Pages, the table of issues and all counts ask here, so they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.ledger.refusals import Todo
from triagebook.facts.verdict.locations import signs_of_return
from triagebook.model.base import Ref
from triagebook.text import counted

SOON = timedelta(days=14)


class Need(Struct, frozen=True):
    """A reason to look at an issue; `todo` is what to do next in an issue that has it."""

    id: str  # in addresses
    title: str
    says: str
    todo: Callable[[Case], Todo | None]


class Limit(Struct, frozen=True):
    """Something that ends on a day."""

    until: date
    what: str
    who: Ref | None


def needs_of(case: Case) -> Mapping[str, Todo]:
    """What an issue needs, the most urgent first."""
    found = ((need.id, need.todo(case)) for need in NEEDS)
    return {name: _runnable(todo, case) for name, todo in found if todo}


def _runnable(todo: Todo, case: Case) -> Todo:
    """Something to do with a command: if nothing else, one that shows what to know before."""
    return todo if todo.command else Todo(todo.do, f"triagebook show {case.entry.id}")


def next_todo(case: Case) -> Todo | None:
    """Of what the next stage needs, first what a command can do."""
    missing = case.verdict.next.missing if case.verdict.next and case.issue.closed is None else ()
    first = next((each for each in missing if each.command), missing[0] if missing else None)
    return _runnable(first, case) if first else None


def limits(case: Case) -> Iterator[Limit]:
    """What ends, of an issue: waivers, accepted flaky tests, and its own due day."""
    for waiver in case.issue.waivers:
        yield Limit(waiver.until, f"waiver of {waiver.rule}", waiver.who)
    for suite in case.issue.suites.values():
        for name, test in suite.tests.items():
            if test.flaky:
                yield Limit(test.flaky.until, f"flaky test {name} accepted", test.flaky.owner)
    if case.issue.due and case.issue.closed is None:
        yield Limit(case.issue.due, "due", case.issue.owner)


def _failed(case: Case) -> Todo | None:
    failing = case.verdict.failing if case.issue.closed is None else ()
    missing = [todo for name in failing for todo in case.verdict.environments[name].missing]
    return missing[0] if missing else None


def _regressed(case: Case) -> Todo | None:
    if case.verdict.unsupported:
        return Todo(f"open it again, or record what proves it: {case.verdict.unsupported}")
    back = signs_of_return(case.ledger) if case.issue.closed is None else ()
    return Todo(f"{back[0].why}: {back[0].do}", back[0].command) if back else None


def _expiring(case: Case) -> Todo | None:
    soon = (case.as_of or date.today()) + SOON  # noqa: DTZ011  (the day of whoever builds the site)
    ending = sorted((limit for limit in limits(case) if limit.until <= soon), key=lambda limit: limit.until)
    listed = ", ".join(f"{limit.what} until {limit.until}" for limit in ending[:3])
    return Todo(f"renew it or remove it: {listed}", f"triagebook check {case.entry.id}") if ending else None


def _contradicted(case: Case) -> Todo | None:
    number = sum(claim.contradiction for claim in case.claims) if case.issue.closed is None else 0
    todo = f"correct {counted(number, 'statement')} in the documents"
    return Todo(todo, f"triagebook claims {case.entry.id} --state contradicted") if number else None


def _unproven(case: Case) -> Todo | None:
    waits = case.issue.closed is None and case.verdict.awaits_proof and not signs_of_return(case.ledger)
    return next_todo(case) if waits else None


def _unowned(case: Case) -> Todo | None:
    owned = case.issue.closed or case.issue.owner
    return None if owned else Todo(f"name an owner in {case.file}")


NEEDS = (
    Need("failed", "Failed", "The fix failed in an environment.", _failed),
    Need("regressed", "Regressed", "The defect is back, or the evidence does not support the closing.", _regressed),
    Need("expiring", "Expiring", "Something that is accepted for a time ends within two weeks.", _expiring),
    Need("contradicted", "Contradicted", "A document states what is not so.", _contradicted),
    Need("unproven", "Waiting for proof", "The fix is committed and not proven where required.", _unproven),
    Need("unowned", "Without owner", "Nobody is named to take care of it.", _unowned),
)
