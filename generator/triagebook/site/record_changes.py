"""What changed in the records of late, as git knows it."""

from __future__ import annotations

from pathlib import Path

from triagebook.code.checkout import changed_since
from triagebook.code.git import GitError

from .content import RecordChanges

BEFORE_THE_NEWEST = "HEAD~1"


def recent_changes(root: Path, since: str | None) -> RecordChanges:
    """The changes since a revision, or since the commit before the newest one. A revision that is named must exist."""
    try:
        files = changed_since(root, since or BEFORE_THE_NEWEST)
    except GitError:
        if since:
            raise
        return RecordChanges("", why_unknown="Unknown: git knows no earlier commit of these records here.")
    return RecordChanges(f"Since {since}" if since else "Since the commit before the newest one", files)
