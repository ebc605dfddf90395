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

from .page import Page
from .paging import SHORT, Listing, Part, further
from .rows import issue_rows
from .see import BOOK, CONTRADICTIONS, TURNS, See
from .shelf import Shelf

Next = tuple[Case, Todo]
Limit = tuple[date, str, str, Ref]  # the day, what ends then, of which issue, who put up with it

# The four counts: the fact, what is said of its issues, and where they stand.
COUNTS = (
    ("book.contradicted", "contradicted", "Contradicted", "Something is claimed of them that does not hold."),
    ("book.failing", "failing", "Failing", "Their fix failed in some environment."),
    ("book.unproven", "awaiting proof", "Awaiting proof", "They have a fix that is not proven wherever it must be."),
    ("book.unowned", "without owner", "Without owner", "Nobody is named who sees to the next step."),
)


class Turn(Struct, frozen=True):
    """Something that a person has to do."""

    issue: Linked
    stage: str
    owner: object
    todo: Todo


class End(Struct, frozen=True):
    """Something that is put up with until a day."""

    until: date
    what: str
    issue: Linked
    who: object


class Group(Struct, frozen=True):
    """Issues that have something in common."""

    title: str
    says: str
    part: Part


def turns_pages(shelf: Shelf) -> Iterator[Page]:
    turns, ends, groups = turns_of(shelf), ends_of(shelf), [_group(shelf, *count) for count in COUNTS]
    view = partial(_view, shelf, turns, ends, groups)
    yield Page(TURNS, "Whose turn it is", "pages/turns.md.j2", view, BOOK)
    yield from further(shelf.book, BOOK, turns, ends, *(group for group, _ in groups))


def _view(
    shelf: Shelf, turns: Listing[Next], ends: Listing[Limit], groups: list[tuple[Listing[Case], str]]
) -> Mapping[str, object]:
    see = See(shelf.book, TURNS)
    return {
        "see": see,
        "turns": turns.part(see),
        "ends": ends.part(see),
        "groups": [Group(group.title, says, group.part(see)) for group, says in groups],
        "contradictions": see.to(CONTRADICTIONS, "All contradictions"),
    }


def _group(shelf: Shelf, fact: str, words: str, title: str, says: str) -> tuple[Listing[Case], str]:
    cases = shelf.issues_of(shelf.fact(fact))
    folder = f"turns/{words.replace(' ', '-')}"
    return Listing("issues", title, TURNS, folder, cases, issue_rows, at=title, room=SHORT), says


# ── what comes next ──────────────────────────────────────────────────────────────────────────────────


def turns_of(shelf: Shelf) -> Listing[Next]:
    """The next thing to do of each open issue, the most severe first."""
    return Listing("turns", "Whose turn it is", TURNS, "turns", list(_todos(shelf)), _turns, room=100)


def _todos(shelf: Shelf) -> Iterator[Next]:
    """Of what is missing, first what a command does."""
    for case in shelf.open:
        missing = case.verdict.next.missing if case.verdict.next else ()
        todo = next((each for each in missing if each.command), missing[0] if missing else None)
        if todo:
            yield case, todo


def _turns(found: Sequence[Next], see: See) -> list[Turn]:
    return [
        Turn(
            see.titled(case.entry.id), case.verdict.stage.value, see(case.issue.owner) if case.issue.owner else "", todo
        )
        for case, todo in found
    ]


# ── what ends ────────────────────────────────────────────────────────────────────────────────────────


def ends_of(shelf: Shelf) -> Listing[Limit]:
    """What is put up with for a time, the first to end first. What is over stays until somebody takes it away."""
    limits = [limit for case in shelf.cases.values() for limit in _limits(case)]
    limits.sort(key=lambda limit: (limit[0], natural(limit[2]), limit[1]))
    return Listing("ends", "What ends", TURNS, "turns/ends", limits, _ends, at="What ends")


def _limits(case: Case) -> Iterator[Limit]:
    for waiver in case.issue.waivers:
        yield waiver.until, f"the waiver of {waiver.rule}", case.entry.id, waiver.who
    for suite in case.issue.suites.values():
        for name, test in suite.tests.items():
            if test.flaky:
                yield test.flaky.until, f"the excuse for flaky {name}", case.entry.id, test.flaky.owner


def _ends(found: Sequence[Limit], see: See) -> list[End]:
    return [End(until, what, see.issue(issue_id), see(who)) for until, what, issue_id, who in found]
