"""What ties an issue to others: as it records it, and as others record it of this one."""

from __future__ import annotations

from dataclasses import dataclass

from triagebook.model.base import Prose
from triagebook.model.defect import Tie

from .ground import Ground

# Said of this issue; and where the other one names the tie.
SAYS = {
    Tie.SAME_CAUSE: ("Has the same cause as", "Has the same cause as"),
    Tie.DUPLICATE_OF: ("Is a duplicate of", "Has a duplicate in"),
    Tie.PARENT: ("Is a part of", "Has a part in"),
    Tie.CHILD: ("Has a part in", "Is a part of"),
    Tie.BLOCKS: ("Blocks", "Is blocked by"),
    Tie.BLOCKED_BY: ("Is blocked by", "Blocks"),
    Tie.CAUSED_BY: ("Was caused by", "Causes"),
    Tie.CAUSES: ("Causes", "Was caused by"),
    Tie.REGRESSION_OF: ("Is a regression of", "Came back as"),
    Tie.RELATED: ("Is related to", "Is related to"),
}


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A tie to another issue."""

    says: str
    issue: str
    title: str
    why: Prose | None


def relations(ground: Ground) -> tuple[RelationRow, ...]:
    """Each tie once, whoever records it."""
    own = [(SAYS[tie.kind][0], str(tie.to), tie.why) for tie in ground.issue.relations]
    told = {(says, other) for says, other, _ in own}
    theirs = (
        (SAYS[tie.kind][1], other.id, tie.why)
        for other in ground.book.issues.values()
        for tie in other.issue.relations
        if tie.to == ground.entry.id != other.id
    )
    own += [(says, other, why) for says, other, why in theirs if (says, other) not in told]
    titles = {name: str(entry.issue.title) for name, entry in ground.book.issues.items()}
    return tuple(RelationRow(says, other, titles.get(other, ""), why) for says, other, why in own)
