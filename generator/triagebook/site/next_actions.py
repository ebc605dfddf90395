"""Whose turn it is: what comes next of each open issue, what is only put up with, and whom the four counts count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from msgspec import Struct

from triagebook.book import natural
from triagebook.facts.case import Case
from triagebook.facts.environments import Todo
from triagebook.markdown import Linked
from triagebook.model.base import Ref

from .content import SiteContent
from .linker import Linker
from .page import Page
from .paging import SHORT, Listing, ListingPart, further
from .paths import BOOK, CONTRADICTIONS, NEXT_ACTIONS
from .table_rows import issue_rows

Pending = tuple[Case, Todo]
Limit = tuple[date, str, str, Ref]  # the day, what ends then, of which issue, who put up with it

# The four counts: the fact, what is said of its issues, and where they stand.
COUNTS = (
    ("book.contradicted", "contradicted", "Contradicted", "Something is claimed of them that does not hold."),
    ("book.failing", "failing", "Failing", "Their fix failed in some environment."),
    ("book.unproven", "awaiting proof", "Awaiting proof", "They have a fix that is not proven wherever it must be."),
    ("book.unowned", "without owner", "Without owner", "Nobody is named who sees to the next step."),
)


class NextAction(Struct, frozen=True):
    """Something that a person has to do."""

    issue: Linked
    stage: str
    owner: object
    todo: Todo


class Expiry(Struct, frozen=True):
    """Something that is put up with until a day."""

    until: date
    what: str
    issue: Linked
    who: object


class IssueGroup(Struct, frozen=True):
    """Issues that have something in common."""

    title: str
    says: str
    part: ListingPart


def next_actions_pages(content: SiteContent) -> Iterator[Page]:
    turns, ends, groups = next_actions_of(content), expiries_of(content), [_group(content, *count) for count in COUNTS]
    view = partial(_view, content, turns, ends, groups)
    yield Page(NEXT_ACTIONS, "Whose turn it is", "pages/turns.md.j2", view, BOOK)
    yield from further(content.book, BOOK, turns, ends, *(group for group, _ in groups))


def _view(
    content: SiteContent, turns: Listing[Pending], ends: Listing[Limit], groups: list[tuple[Listing[Case], str]]
) -> Mapping[str, object]:
    link = Linker(content.book, NEXT_ACTIONS)
    return {
        "see": link,
        "turns": turns.part(link),
        "ends": ends.part(link),
        "groups": [IssueGroup(group.title, says, group.part(link)) for group, says in groups],
        "contradictions": link.to(CONTRADICTIONS, "All contradictions"),
    }


def _group(content: SiteContent, fact: str, words: str, title: str, says: str) -> tuple[Listing[Case], str]:
    cases = content.issues_of(content.fact(fact))
    folder = f"turns/{words.replace(' ', '-')}"
    return Listing("issues", title, NEXT_ACTIONS, folder, cases, issue_rows, at=title, room=SHORT), says


# ── what comes next ──────────────────────────────────────────────────────────────────────────────────


def next_actions_of(content: SiteContent) -> Listing[Pending]:
    """The next thing to do of each open issue, the most severe first."""
    return Listing("turns", "Whose turn it is", NEXT_ACTIONS, "turns", list(_todos(content)), _action_rows, room=100)


def _todos(content: SiteContent) -> Iterator[Pending]:
    """Of what is missing, first what a command does."""
    for case in content.open:
        missing = case.verdict.next.missing if case.verdict.next else ()
        todo = next((each for each in missing if each.command), missing[0] if missing else None)
        if todo:
            yield case, todo


def _action_rows(found: Sequence[Pending], link: Linker) -> list[NextAction]:
    return [
        NextAction(
            link.titled(case.entry.id),
            case.verdict.stage.value,
            link(case.issue.owner) if case.issue.owner else "",
            todo,
        )
        for case, todo in found
    ]


# ── what ends ────────────────────────────────────────────────────────────────────────────────────────


def expiries_of(content: SiteContent) -> Listing[Limit]:
    """What is put up with for a time, the first to end first. What is over stays until somebody takes it away."""
    limits = [limit for case in content.cases.values() for limit in _limits(case)]
    limits.sort(key=lambda limit: (limit[0], natural(limit[2]), limit[1]))
    return Listing("ends", "What ends", NEXT_ACTIONS, "turns/ends", limits, _expiry_rows, at="What ends")


def _limits(case: Case) -> Iterator[Limit]:
    for waiver in case.issue.waivers:
        yield waiver.until, f"the waiver of {waiver.rule}", case.entry.id, waiver.who
    for suite in case.issue.suites.values():
        for name, test in suite.tests.items():
            if test.flaky:
                yield test.flaky.until, f"the excuse for flaky {name}", case.entry.id, test.flaky.owner


def _expiry_rows(found: Sequence[Limit], link: Linker) -> list[Expiry]:
    return [Expiry(until, what, link.issue(issue_id), link(who)) for until, what, issue_id, who in found]
