"""What the detector finds for one issue now and found at the commit of its record, and how the two compare."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

from triagebook.book import Entry
from triagebook.code.diffs import DiffToNow, diffs_to_now
from triagebook.code.removals import Removals

from .compare import Comparison, Past, compare
from .detectors import CompiledDetector
from .file_search import Matches
from .files import NotSearchedError, as_text
from .source_folder import SourceFolder


class IssueSearch:
    """The matches of an issue's detector, compared with its record."""

    def __init__(
        self,
        entry: Entry,
        source: SourceFolder,
        detector: CompiledDetector,
        matches: Matches,
        diffs: Mapping[str, DiffToNow] | None = None,
    ) -> None:
        """`diffs` holds how the files changed since each commit, where that is known already."""
        self.entry, self.source, self.detector, self.matches = entry, source, detector, matches
        self._diffs = diffs

    @cached_property
    def compared(self) -> Comparison:
        return compare(self.entry.affected, self.matches, self.source.present, self.past)

    @cached_property
    def past(self) -> Past:
        """The code at the commit of the affected locations, as far as the history goes."""
        affected, checkout, commit = self.entry.affected, self.source.checkout, self.commit
        if affected is None:
            return Past()
        by_tool = bool(affected.scan and affected.scan.by and not affected.scan.from_)
        if checkout is None:
            return Past(why="the folder is no git checkout", by_tool=by_tool)
        if commit is None:
            return Past(why=checkout.why_unknown(str(affected.source.commit)), by_tool=by_tool)
        diffs = diffs_to_now(checkout, {commit: recorded_paths(self.entry)}) if self._diffs is None else self._diffs
        return Past(diffs[commit], found=self._found_then, by_tool=by_tool)

    @cached_property
    def commit(self) -> str | None:
        """The commit of the record; None where it is not available."""
        return recorded_commit(self.entry, self.source)

    @lru_cache(maxsize=1024)  # noqa: B019  (it lives as long as the command)
    def _found_then(self, path: str) -> Mapping[int, str]:
        """What the detector finds in a file as it was at the commit of the record."""
        data = self._text_then(path) if self.detector.is_for(path) else None
        if data is None:
            return {}
        try:
            return self.detector.lines(as_text(data))
        except NotSearchedError:
            return {}

    def _text_then(self, path: str) -> bytes | None:
        checkout = self.source.checkout
        return checkout.objects.text(self.commit, path) if checkout and self.commit else None

    @lru_cache(maxsize=4096)  # noqa: B019
    def removed_by(self, path: str, line: int) -> str | None:
        """The commit that removed a line, where the history is clear about it."""
        diffs = self.past.diffs
        if self._removals is None or diffs is None:
            return None
        lines = (self._text_then(path) or b"").split(b"\n")
        words = lines[line - 1].decode(errors="surrogateescape").strip() if line <= len(lines) else ""
        return self._removals.removed_by({path, diffs.of(path).now or path}, words)

    @cached_property
    def _removals(self) -> Removals | None:
        checkout, commit, diffs = self.source.checkout, self.commit, self.past.diffs
        if checkout is None or commit is None or diffs is None:
            return None
        paths = recorded_paths(self.entry)
        return Removals(checkout, commit, paths | {diffs.of(path).now or path for path in paths})


def recorded_commit(entry: Entry, source: SourceFolder) -> str | None:
    """The commit at which the affected locations are recorded; None where it is not available."""
    if source.checkout is None or entry.affected is None:
        return None
    return source.checkout.objects.commit(str(entry.affected.source.commit))


def recorded_paths(entry: Entry) -> set[str]:
    """The files of the affected locations and of the exclusions."""
    affected = entry.affected
    if affected is None:
        return set()
    return {str(one.at.path) for one in affected.locations} | {str(one.at.path) for one in affected.excluded}
