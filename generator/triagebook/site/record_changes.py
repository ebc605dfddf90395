"""Which records changed recently, according to git."""

from __future__ import annotations

from pathlib import Path

from triagebook.code.checkout import changed_since
from triagebook.code.git import GitError

from .content import RecordChanges

BEFORE_THE_NEWEST = "HEAD~1"


def recent_changes(root: Path, since: str | None) -> RecordChanges:
    """The changes since a revision, which must exist, or else since the commit before the newest one."""
    try:
        files = changed_since(root, since or BEFORE_THE_NEWEST)
    except GitError:
        if since:
            raise
        return RecordChanges("", why_unknown="Unknown: git has no earlier commit of these records.")
    return RecordChanges(f"Since {since}" if since else "Since the commit before the newest one", files)
