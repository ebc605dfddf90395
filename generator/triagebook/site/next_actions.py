"""The page of next actions: what each open issue needs next, what expires, and the issues behind the four counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from triagebook.book import natural
from triagebook.facts.case import Case
from triagebook.facts.ledger.refusals import Todo
from triagebook.model.base import Ref

from .content import SiteContent
from .page import Page
from .paging import SHORT, Listing, with_further
from .paths import BOOK, CONTRADICTIONS, NEXT_ACTIONS

Pending = tuple[Case, Todo]
Limit = tuple[date, str, str, Ref]  # the day, what expires then, of which issue, who accepted it

# The four counts: the fact, its issues in a word or two, the title of their list and what it lists.
COUNTS = (
    ("book.contradicted", "contradicted", "Contradicted", "Issues with a claim that does not hold."),
    ("book.failing", "failing", "Failing", "Issues whose fix failed in an environment."),
    (
        "book.unproven",
        "awaiting proof",
        "Awaiting proof",
        "Issues with a fix that is not proven where required.",
    ),
    ("book.unowned", "without owner", "Without owner", "Issues that nobody is named to take care of."),
)


def next_actions_pages(content: SiteContent) -> Iterator[Page]:
    actions, expiring = next_actions_of(content), expiring_of(content)
    groups = [(_issues_of(content, fact, words, title), summary) for fact, words, title, summary in COUNTS]
    view = partial(
        dict[str, object],
        actions=actions,
        expiring=expiring,
        groups=groups,
        contradictions=content.linker.to(CONTRADICTIONS, "All contradictions"),
    )
    page = Page(NEXT_ACTIONS, "Next actions", "pages/next-actions.md.j2", view, content.linker, BOOK)
    yield from with_further(page, actions, expiring, *(group for group, _ in groups))


def _issues_of(content: SiteContent, fact: str, words: str, title: str) -> Listing[Case]:
    cases = content.issues_of(content.fact(fact))
    folder = f"next-actions/{words.replace(' ', '-')}"
    return Listing("issues", title, NEXT_ACTIONS, folder, cases, at=title, room=SHORT)


# ── next actions ─────────────────────────────────────────────────────────────────────────────────────


def next_actions_of(content: SiteContent) -> Listing[Pending]:
    """The next action of each open issue, the most severe first."""
    return Listing("actions", "Next actions", NEXT_ACTIONS, "next-actions", list(_todos(content)), room=100)


def _todos(content: SiteContent) -> Iterator[Pending]:
    """Of what the next stage needs, first what a command can do."""
    for case in content.open:
        missing = case.verdict.next.missing if case.verdict.next else ()
        todo = next((each for each in missing if each.command), missing[0] if missing else None)
        if todo:
            yield case, todo


# ── expiring ─────────────────────────────────────────────────────────────────────────────────────────


def expiring_of(content: SiteContent) -> Listing[Limit]:
    """Waivers and accepted flaky tests by their last day. What has expired stays until it is removed."""
    limits = [limit for case in content.cases.values() for limit in _limits(case)]
    limits.sort(key=lambda limit: (limit[0], natural(limit[2]), limit[1]))
    return Listing("expiring", "Expiring", NEXT_ACTIONS, "next-actions/expiring", limits, at="Expiring")


def _limits(case: Case) -> Iterator[Limit]:
    for waiver in case.issue.waivers:
        yield waiver.until, f"waiver of {waiver.rule}", case.entry.id, waiver.who
    for suite in case.issue.suites.values():
        for name, test in suite.tests.items():
            if test.flaky:
                yield test.flaky.until, f"flaky test {name} accepted", case.entry.id, test.flaky.owner
