"""Cases to report on: the real issues, a story that is proven, and records that have only just begun."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from triagebook.cli.report import document
from triagebook.facts.case import Case
from triagebook.reports import APPENDICES, make
from triagebook.store.load import load

from .paths import BOOK
from .stories import FOUR_FIELDS, Story, book, entry, honest

REAL = ("1184", "1231")
NOWHERE = Path("book/issues")  # a book that lies in no folder: its records are made here

IMPORTED: dict[str, Any] = {
    "title": "Login hangs after the update",
    "severity": "medium",
    "opened": "2026-02-01",
    "summary": "After the update the login page **hangs**.\n\n- Firefox 120\n- only with a proxy\n",
    "labels": ["bug", "login"],
    "links": ["https://github.com/example/shop/issues/17"],
    "people": {"reported": ["developer"]},
}
HALF: dict[str, Any] = {
    "components": ["routes"],
    "symptoms": ["TimeoutError: no answer"],
    "causes": ["A lock is never released"],
    "suites": {
        "smoke": {"category": "unit", "tests": {"test_answers": "It answers"}},
        "later": {"category": "unit", "covers": ["Isolation between users"]},
    },
    "criteria": {"answers": "Every request is answered"},
    "plan": {"phases": {"mend": {"steps": ["Release the lock", {"do": "Try it", "takes": "5 to 8 min"}]}}},
    "claims": [{"says": "Fixed!", "lines": "3"}],
    "risks": [{"kind": "regression", "level": "low"}],
    "fix": {"changes": [{"path": "app/lock.py"}]},
}


@cache
def real(issue_id: str) -> Case:
    loaded = load(BOOK).book
    return Case(loaded, loaded.issues[issue_id])


def small(issue: dict[str, Any]) -> Case:
    one = entry("1", issue)
    return Case(book({"1": one}), one)


def proven() -> Story:
    """The honest story, with an owner and the way that was chosen."""
    story = honest()
    chosen = {"chosen": "drop", "options": {"drop": {"title": "Drop the await"}}}
    story.issue |= {"owner": "developer", "fix": story.issue["fix"] | chosen}
    return story


@cache
def cases() -> dict[str, tuple[Case, Path]]:
    return {
        "1184": (real("1184"), BOOK),
        "1231": (real("1231"), BOOK),
        "proven": (proven().case(), NOWHERE),
        "four-fields": (small(FOUR_FIELDS), NOWHERE),
        "imported": (small(IMPORTED), NOWHERE),
        "half-filled": (small(HALF), NOWHERE),
    }


def written(case: Case, kind: str, form: str = "md", root: Path = NOWHERE, *, full: bool = False) -> str:
    report = make(kind, case, appendices=tuple(APPENDICES) if full else ())
    return document(report, form, root, root.parent / "build" / "reports")
