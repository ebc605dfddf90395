"""The pages that lead to others: what can be seen of the book, and what there is to look up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .content import SiteContent
from .linker import Linker
from .paths import (
    BOOK,
    COMPONENTS,
    CONTRADICTIONS,
    ENVIRONMENTS,
    EVIDENCE,
    FACTS,
    FILES,
    IMPACT,
    ISSUES,
    NEXT_ACTIONS,
    PATTERNS,
    REFERENCE,
    RELATIONS,
    RULES,
    SCHEMA,
)

PageEntry = tuple[str, str, str]

OVERVIEW: tuple[PageEntry, ...] = (
    (ISSUES, "Issues", "All issues, open and closed."),
    (NEXT_ACTIONS, "Whose turn it is", "What comes next of each open issue, and what ends."),
    (CONTRADICTIONS, "Contradictions", "What was stated by hand, held against what is so."),
    (EVIDENCE, "Evidence", "All that was seen, the newest first."),
    (ENVIRONMENTS, "Environments", "What is proven where."),
    (IMPACT, "Impact", "What is at risk, each stream of revenue counted once."),
    (COMPONENTS, "Components", "Which part of the product has which issues."),
    (FILES, "Files", "Which issues touch a file."),
    (RELATIONS, "Relations", "Which issues belong together."),
    (PATTERNS, "Patterns", "Root causes that are known."),
)
REFERENCES: tuple[PageEntry, ...] = (
    (RULES, "Rules", "What the check finds, why it matters, what to do."),
    (FACTS, "Facts", "Every figure and state that is computed, with its filters."),
    (SCHEMA, "Schema", "Every field of every record."),
)


def list_view(content: SiteContent, here: str) -> Mapping[str, object]:
    """The book's own pages, or the reference."""
    link = Linker(content.book, here)
    title, says, entries = {
        BOOK: ("The book", "What can be seen of all records together.", OVERVIEW),
        REFERENCE: ("Reference", "What the words of this site mean, and how records are written.", REFERENCES),
    }[here]
    return {"see": link, "title": title, "says": says, "entries": _linked(entries, link)}


def _linked(entries: Sequence[PageEntry], link: Linker) -> list[tuple[object, str]]:
    return [(link.to(path, title), says) for path, title, says in entries]
