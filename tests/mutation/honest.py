"""Honest changes of the clean book: what people do and write all day, after which nothing must be found."""

from __future__ import annotations

from dataclasses import dataclass

from .clean_book import clean_files
from .corruption import Change, Write, add, drop, put, swap
from .corruptions import names as at


@dataclass(frozen=True, slots=True)
class Honest:
    """A change that leaves the book as right as it was."""

    says: str
    changes: tuple[Change, ...]
    flaw: str = ""


def honest(says: str, *parts: Change) -> Honest:
    return Honest(says, parts)


NEW_ISSUE = b"""\
title: The clock is an hour off
severity: low
opened: 2025-10-30
summary: Since the clocks were changed, each message shows the time of an hour ago.
"""
EVERYBODY = "components: [routes, manager]\nowner: chat\npeople: {reported: chat, reviewed: backend}\n"
SECOND_RUN = clean_files()[at.CHAT_AFTER].replace(b"2025-09-25T10", b"2025-09-28T10")
BY_PARAMETERS = swap(
    at.SETTINGS_AGAIN,
    "  test_saves_settings: {outcome",
    "  \"test_shows_settings[dark]\": {outcome: failed, error: object Settings can't be used in 'await' expression}\n"
    "  test_saves_settings: {outcome",
)

RECORDS = (
    honest("an issue is opened with four fields", Write("11/issue.yaml", NEW_ISSUE)),
    honest("an issue belongs to two components", Write("11/issue.yaml", NEW_ISSUE + EVERYBODY.encode())),
    honest(
        "two issues are related",
        Write("11/issue.yaml", NEW_ISSUE + b"relations: [{to: 4, kind: related}]\n"),
        add(at.CHECKS, "relations", item={"to": "11", "kind": "related"}),
    ),
    honest(
        "a regression names what it undid, which knows nothing of it",
        add(at.EXPORTS, "relations", item={"to": "6", "kind": "regression-of"}),
    ),
    honest(
        "an issue is declined with a reason",
        put(at.CHECKS, "closed", to={"on": "2025-10-20", "as": "declined", "why": "The check is too slow"}),
    ),
    honest("a pattern gets an address", put(at.PLAIN_CALL, "links", to=["https://example.org/await"])),
    honest("a stream is worth more", put(at.CATALOG, "streams", "chat", "worth", to="at least 500000 USD/year")),
    honest("a page about the book lies beside the issues", Write("README.md", b"# The book\n")),
    honest("a digest is kept hidden", Write(".cache/digest", b"1\n")),
)

WORK = (
    honest("the fix is seen to work once more", Write("1/evidence/after-again.yaml", SECOND_RUN)),
    honest("a test runs with parameters", BY_PARAMETERS),
    honest(
        "a result names the file of the test",
        swap(
            at.DESK_AFTER,
            *[
                f"{n}: passed"
                for n in (
                    "results:\n  test_gives_manager",
                    "results:\n  tests/unit/test_factory.py::test_gives_manager",
                )
            ],
        ),
    ),
    honest(
        "the next step in order is done",
        put(
            at.SETTINGS, "plan", "phases", "mend", "steps", 0, "done", to={"on": "2025-10-30", "commit": "77aa0be3c5d1"}
        ),
    ),
    honest("a commit is written in full", put(at.CHAT, "fix", "changes", 0, "commit", to="ab14a73d8429" + "0" * 28)),
    honest(
        "a step takes some minutes less", put(at.SETTINGS, "plan", "phases", "mend", "steps", 1, "takes", to="10 min")
    ),
    honest("a horizon is given in minutes", put(at.CHAT, "plan", "timeline", "first-day", "within", to="120 min")),
    honest("a rough estimate is a little short", put(at.CHAT, "plan", "phases", "mend", "takes", to="about 55 min")),
    honest(
        "a metric has a ceiling beside the floor of the criterion",
        put(at.CHAT, "metrics", "connects-daily", "target", to="at most 100 %"),
    ),
    honest(
        "an excuse that is not needed any more is taken back",
        drop(at.SETTINGS, "waivers", 1),
        put(at.SETTINGS, "next", 1, "owner", to="chat"),
    ),
    honest(
        "a finding in the list of locations is accepted for a time",
        swap(at.SETTINGS_PLACES, "locations:\n", "locations:\n  - app/exports/reader.py:5\n"),
        add(
            at.SETTINGS,
            "waivers",
            item={
                "rule": "TB421",
                "at": "locations.0",
                "who": "chat",
                "why": "The exports are told",
                "until": "2025-12-31",
            },
        ),
    ),
)

WORDS = (
    honest("a page of the product begins with /home", put(at.PHONE, "summary", to="On a phone, /home/chats is empty.")),
    honest("a text has accents", put(at.PHONE, "summary", to="Am Telefon öffnet sich kein Chat … naïve Größen, 5 €.")),
    honest("a sign of the screen is quoted", put(at.PHONE, "summary", to="The page shows ✅, and no chat opens.")),
    honest("code is quoted that has a gap itself", put(at.PHONE, "summary", to="The page shows `TODO`, and no chat.")),
    honest("an expression is quoted", put(at.PHONE, "summary", to=r"Whatever `\d+\.\w+` finds, no chat opens.")),
    honest(
        "a disputed claim quotes what was decoded wrongly", put(at.CHAT_STATED, "claims", 4, "says", to="âœ… Proven")
    ),
    honest(
        "a claim quotes a path of another machine",
        put(at.CHAT_STATED, "claims", 4, "says", to=r"Proven: C:\work\chat.py"),
    ),
    honest("a claim quotes a gap", put(at.CHAT_STATED, "claims", 4, "says", to="Proven in production (TBD)")),
    honest("a command ends in a wildcard", put(at.SETTINGS, "plan", "after", 0, "command", to="ls app/pages/*.py")),
)

CLAIMS = (
    honest("a claim is rounded", put(at.CHAT_STATED, "claims", 3, "value", to="97.0 %")),
    honest("a claim gives a range that holds", put(at.CHAT_STATED, "claims", 3, "value", to="95 to 98 %")),
    honest("a claim gives a floor that holds", put(at.CHAT_STATED, "claims", 2, "value", to="at least 90 %")),
    honest(
        "a figure without a source is disputed where it shows",
        drop(at.CHAT, "impact", "revenue", 0, "from"),
        add(
            at.CHAT_STATED,
            "claims",
            item={
                "says": "300,000 a year",
                "also": "plan.md#L4",
                "kind": "unsourced-figure",
                "about": {"field": "impact.revenue"},
                "disputed": "The plan names no source",
            },
        ),
    ),
)

HONEST = (*RECORDS, *WORK, *WORDS, *CLAIMS)
