"""One issue held against its source code: what is found now, what the record says, and what was there then."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

from triagebook.book import Entry

from .checkout import Code
from .compare import Comparison, Past, compare
from .files import NotSearchedError, as_text
from .search import Search
from .sweep import Sweep


class Look:
    """What a sweep of the source code says of one issue."""

    def __init__(self, entry: Entry, code: Code, search: Search, sweep: Sweep) -> None:
        self.entry, self.code, self.search, self.sweep = entry, code, search, sweep

    @cached_property
    def compared(self) -> Comparison:
        return compare(self.entry.affected, self.sweep, self.code.present, self.past)

    @cached_property
    def past(self) -> Past:
        """The code at which the affected locations are recorded, as far as the history goes."""
        affected = self.entry.affected
        if affected is None:
            return Past()
        by_tool = bool(affected.scan and affected.scan.by and not affected.scan.from_)
        commit = self._commit
        if self.code.git is None or commit is None:
            return Past(why=self._why_no_commit, by_tool=by_tool)
        paths = {str(location.at.path) for location in affected.locations}
        paths |= {str(exclusion.at.path) for exclusion in affected.excluded}
        return Past(self.code.git.changes(commit, paths), found=self._found_then, by_tool=by_tool)

    @cached_property
    def _commit(self) -> str | None:
        git, affected = self.code.git, self.entry.affected
        return git.commit(str(affected.source.commit)) if git and affected else None

    @property
    def _why_no_commit(self) -> str:
        git, affected = self.code.git, self.entry.affected
        return git.why_not(str(affected.source.commit)) if git and affected else "the folder is no git checkout"

    @lru_cache(maxsize=1024)  # noqa: B019  (it lives as long as the command)
    def _found_then(self, path: str) -> Mapping[int, str]:
        """What the detector finds in a file as it was at the commit of the record."""
        data = self.code.git.text(self._commit, path) if self.code.git and self._commit else None
        if data is None or not self.search.is_for(path):
            return {}
        try:
            return self.search.lines(as_text(data))
        except NotSearchedError:
            return {}

    @lru_cache(maxsize=4096)  # noqa: B019
    def removed_by(self, path: str, line: int) -> str | None:
        """The commit that removed a line, where the history tells it for sure."""
        git, changes = self.code.git, self.past.changes
        if git is None or changes is None or self._commit is None:
            return None
        lines = (git.text(self._commit, path) or b"").split(b"\n")
        words = lines[line - 1].decode(errors="surrogateescape").strip() if line <= len(lines) else ""
        now = changes.of(path).now
        return git.removed_by(self._commit, (path,) if now in {None, path} else (path, str(now)), words)
