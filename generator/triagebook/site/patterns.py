"""Patterns: the known root causes, and the issues that show each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triagebook.book import natural
from triagebook.markdown import Linked
from triagebook.model.base import Prose
from triagebook.model.pattern import Pattern
from triagebook.model.work import Work

from .fields import state_of
from .issue import work_view
from .see import PATTERNS, See, pattern_path
from .shelf import Shelf


@dataclass(frozen=True, slots=True)
class PatternRow:
    """A pattern in a list."""

    title: Linked
    summary: Prose
    issues: list[Linked]


@dataclass(frozen=True, slots=True)
class IssueOfPattern:
    """An issue that a pattern causes."""

    link: Linked
    state: str
    certainty: str


def patterns_view(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, PATTERNS)
    return {
        "see": see,
        "patterns": [
            PatternRow(
                title=see.pattern(name),
                summary=pattern.summary,
                issues=[see.issue(issue_id) for issue_id, _, _ in _shown_by(shelf, name)],
            )
            for name, pattern in sorted(shelf.book.patterns.items(), key=lambda item: item[1].title)
        ],
    }


def pattern_view(shelf: Shelf, name: str, pattern: Pattern) -> Mapping[str, object]:
    work = pattern.playbook
    see = See(shelf.book, pattern_path(name), work=work)
    return {
        "see": see,
        "id": name,
        "pattern": pattern,
        "issues": [
            IssueOfPattern(see.titled(issue_id), state, f"cause {certainty}")
            for issue_id, state, certainty in _shown_by(shelf, name)
        ],
        **work_view(work or Work(), see),
        "work": work,
    }


def _shown_by(shelf: Shelf, name: str) -> list[tuple[str, str, str]]:
    """The issues that name it as a cause: id, state, and how sure that is."""
    found = sorted(shelf.shown_by.get(name, []), key=lambda item: natural(item[0].id))
    return [(entry.id, state_of(entry.issue), sure.value.replace("-", " ")) for entry, sure in found]
