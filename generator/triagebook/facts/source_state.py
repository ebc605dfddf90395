"""What is known of the source code as it stands now: an input like the book, never looked up on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceState:
    """A checkout, as far as the records ask about it. What is not in it is unknown."""

    head: str | None = None
    dirty: bool = False
    digests: Mapping[str, str] = field(default_factory=dict)  # path -> digest of the file as it is now; gone: not there
    looked_at: frozenset[str] = frozenset()  # the paths that were looked for
    contains: Mapping[tuple[str, str], bool] = field(default_factory=dict)  # (commit, ancestor) -> is it in its history
    why_unknown: str = ""  # why something could not be found out

    def holds(self, commit: str, ancestor: str) -> bool | None:
        """Is the ancestor in the commit's history? None where the history is not at hand."""
        return True if same_commit(commit, ancestor) else self.contains.get((commit, ancestor))

    def is_at(self, commit: str) -> bool:
        """Is this the very code of a commit, with nothing changed since?"""
        return self.head is not None and not self.dirty and same_commit(self.head, commit)


def same_commit(one: str, other: str) -> bool:
    """Do two hashes name one commit? Either may be shortened."""
    return one.startswith(other) or other.startswith(one)


UNKNOWN = SourceState(why_unknown="no checkout of the source code was given")
