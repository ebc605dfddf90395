"""Relations between issues, in words, from the side of either issue."""

from __future__ import annotations

from msgspec import Struct

from triagebook.book import Book, Entry
from triagebook.model.base import Prose
from triagebook.model.defect import Tie


class RelationRow(Struct, frozen=True):
    """A relation to another issue."""

    says: str
    issue: str
    title: str
    why: Prose | None


def relations(book: Book, entry: Entry) -> tuple[RelationRow, ...]:
    """The relations of an issue, each once even if both issues record it."""
    own = [(tie.kind.says, str(tie.to), tie.why) for tie in entry.issue.relations]
    listed = {(says, other) for says, other, _ in own}
    from_others = (
        (Tie(tie.kind).answer, other, Prose(tie.why) if tie.why else None) for other, tie in book.named_by(entry.id)
    )
    own += [(says, other, why) for says, other, why in from_others if (says, other) not in listed]
    return tuple(RelationRow(says, other, _title(book, other), why) for says, other, why in own)


def _title(book: Book, issue_id: str) -> str:
    outline = book.outlines.get(issue_id)
    return str(outline.row["title"]) if outline else ""
