"""Compares the recorded lines of an issue with the lines that its detector finds in the code now.

Where the commit of the record is available, the diff shows where each line went. Where it is not, lines are recognised
by their text and their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from functools import cache, cached_property
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from triagebook.book import Entry
from triagebook.code.diffs import DiffToNow, diffs_to_now
from triagebook.code.history import Removals
from triagebook.model.affected import LocationState
from triagebook.model.values import Place

from .detectors import CompiledDetector
from .file_search import Matches, NotSearchedError, as_text
from .source_folder import SourceFolder

_TOO_MANY = 250_000  # pairs of lines; beyond that, only lines with the same number are paired
_BLANKS = re.compile(r"\s+")


class Fate(Enum):
    """What became of a line."""

    HERE = auto()  # found where it is recorded, or where it moved to
    EDITED = auto()  # found, with other words
    GONE = auto()  # it was found once, and no longer is
    UNSEEN = auto()  # the detector does not find it, and as far as is known never did
    UNSEARCHED = auto()  # its file was not searched
    AGAIN = auto()  # recorded as fixed, and found again
    FIXED = auto()  # recorded as fixed, and not found
    LEARNED = auto()  # found in a file that is recorded without lines
    NEW = auto()  # found, and not recorded


class ComparedLine(Struct, frozen=True):
    """A line that is recorded or found, and what became of it."""

    part: str  # `locations` or `excluded`
    index: int  # of its entry in the record; -1 for a line that is not recorded
    path: str
    line: int
    text: str | None = None
    fate: Fate = Fate.UNSEEN
    path_now: str = ""
    line_now: int = 0
    text_now: str | None = None
    why: str = ""

    @property
    def moved(self) -> bool:
        return self.fate is Fate.HERE and (self.path, self.line) != (self.path_now, self.line_now)


class Comparison:
    """The record of one issue, compared with what its detector finds."""

    def __init__(
        self,
        entry: Entry,
        source: SourceFolder,
        detector: CompiledDetector,
        matches: Matches,
        diffs: Mapping[str, DiffToNow] | None = None,
    ) -> None:
        """`diffs` holds how the files changed since each commit, if that is known already."""
        self.entry, self.source, self.detector, self.matches = entry, source, detector, matches
        self.locations = entry.locations
        self.excluded = entry.affected.excluded if entry.affected else ()
        self._diffs = diffs
        self._left: dict[str, dict[int, str]] = {}  # what was found, and is no recorded line
        self._found_then = cache(self._search_then)

    @cached_property
    def lines(self) -> list[ComparedLine]:
        """Every line, in the order of the record; lines that are not recorded come last."""
        self._left = {path: dict(lines) for path, lines in self.matches.found.items()}
        recorded = [*self._compared(), *self._learned()]
        recorded.sort(key=lambda one: (one.part, one.index, one.line))
        new = (
            ComparedLine("locations", -1, path, line, text, Fate.NEW, path, line, text)
            for path, lines in sorted(self._left.items())
            for line, text in sorted(lines.items())
        )
        return [*recorded, *new]

    # ── the code at the commit of the record ─────────────────────────────────────────────────────────

    @cached_property
    def commit(self) -> str | None:
        """The commit of the record; None if it is not available."""
        return recorded_commit(self.entry, self.source)

    @cached_property
    def diff(self) -> DiffToNow | None:
        """How the recorded files changed since; None if the commit is not available."""
        if self.source.checkout is None or self.commit is None:
            return None
        if self._diffs is None:
            return diffs_to_now(self.source.checkout, {self.commit: recorded_paths(self.entry)})[self.commit]
        return self._diffs[self.commit]

    @property
    def why_no_diff(self) -> str:
        checkout, affected = self.source.checkout, self.entry.affected
        if checkout is None:
            return "the folder is not a git checkout"
        return checkout.why_unknown(str(affected.source.commit)) if affected else "no history is available"

    def removed_by(self, one: ComparedLine) -> str | None:
        """The commit that removed a line, where the history is clear about it."""
        if self._removals is None or self.diff is None:
            return None
        lines = (self._text_at_commit(one.path) or b"").split(b"\n")
        words = lines[one.line - 1].decode(errors="surrogateescape").strip() if one.line <= len(lines) else ""
        return self._removals.removed_by({one.path, self.diff.of(one.path).now or one.path}, words)

    @cached_property
    def _removals(self) -> Removals | None:
        checkout, commit, diff = self.source.checkout, self.commit, self.diff
        if checkout is None or commit is None or diff is None:
            return None
        paths = recorded_paths(self.entry)
        return Removals(checkout, commit, paths | {diff.of(path).now or path for path in paths})

    def _search_then(self, path: str) -> Mapping[int, str]:
        """What the detector finds in a file as it was at the commit of the record."""
        data = self._text_at_commit(path) if self.detector.is_for(path) else None
        try:
            return self.detector.lines(as_text(data or b""))
        except NotSearchedError:
            return {}

    def _text_at_commit(self, path: str) -> bytes | None:
        checkout = self.source.checkout
        return checkout.objects.text(self.commit, path) if checkout and self.commit else None

    def _line_now(self, one: ComparedLine) -> int | None:
        """The number of an unchanged line now; None if it was changed, or that is unknown."""
        if self.diff is None:
            return None
        change = self.diff.of(one.path)
        return None if change.now is None else change.line_now(one.line)

    # ── pairing recorded lines with found ones ───────────────────────────────────────────────────────

    def _recorded(self) -> Iterator[tuple[bool, ComparedLine]]:
        """The recorded lines, and whether each is recorded as fixed."""
        for index, location in enumerate(self.locations):
            fixed = location.state is LocationState.FIXED
            yield from ((fixed, one) for one in self._lines_of("locations", index, location.at, location.text))
        for index, exclusion in enumerate(self.excluded):
            lines = self._lines_of("excluded", index, exclusion.at)
            yield from ((False, one) for one in lines if not self._is_void(one))

    def _is_void(self, one: ComparedLine) -> bool:
        """An exclusion that excluded nothing at the record's own commit must not hide another match now."""
        return self.diff is not None and one.line not in self._found_then(one.path)

    def _lines_of(self, part: str, index: int, at: Place, text: str | None = None) -> Iterator[ComparedLine]:
        path = str(at.path)
        now = self.diff.of(path).now if self.diff else path
        for line in dict.fromkeys(at.lines):
            yield ComparedLine(part, index, path, line, text, path_now=now or path, line_now=line)

    def _compared(self) -> Iterator[ComparedLine]:
        """Pair the most certain lines first; lines recorded as fixed come last."""
        recorded = list(self._recorded())
        by_path: dict[str, list[ComparedLine]] = {}
        for fixed, one in recorded:
            if not fixed:
                by_path.setdefault(one.path_now, []).append(one)
        for path, lines in by_path.items():
            rest = lines
            found = self._left.get(path, {})
            for pair in (self._by_diff, self._by_text, self._by_place):
                for one, now in list(pair(rest, found)):
                    if now in found:
                        text = found.pop(now)
                        same = pair != self._by_place and (one.text is None or same_text(one.text, text))
                        yield replace(one, fate=Fate.HERE if same else Fate.EDITED, line_now=now, text_now=text)
                        rest = [other for other in rest if other is not one]
            yield from map(self._lost, rest)
        yield from (self._fixed(one) for fixed, one in recorded if fixed)

    def _by_diff(self, lines: Sequence[ComparedLine], _: Mapping[int, str]) -> Iterator[tuple[ComparedLine, int]]:
        """Find unchanged lines by the diff."""
        return ((one, now) for one in lines if (now := self._line_now(one)) is not None)

    def _by_text(self, lines: Sequence[ComparedLine], found: Mapping[int, str]) -> Iterator[tuple[ComparedLine, int]]:
        """Find lines that moved: the same words further up or down."""
        old = [(one, one.text or self._found_then(one.path).get(one.line)) for one in lines]
        if self.diff is not None:  # a line that was there before is another one
            old = [(one, text) for one, text in old if text is not None and self._line_now(one) is None]
            changed = {hunk.new_range for path in {one.path for one in lines} for hunk in self.diff.of(path).hunks}
            found = {line: text for line, text in found.items() if any(line in lines for lines in changed)}
        old.sort(key=lambda known: known[0].line)
        new = sorted(found.items())
        pairs = in_order([(one.line, text) for one, text in old], new)
        return ((old[number][0], new[other][0]) for number, other in pairs)

    def _by_place(self, lines: Sequence[ComparedLine], found: Mapping[int, str]) -> Iterator[tuple[ComparedLine, int]]:
        """Find lines that were edited: as many lines replace them as there were."""
        places: dict[range, list[ComparedLine]] = {}
        for one in sorted(lines, key=lambda one: one.line):
            places.setdefault(self._place_now(one), []).append(one)
        for place, old in places.items():
            here = [line for line in sorted(found) if line in place]
            if len(here) == len(old):
                yield from zip(old, here, strict=True)

    def _place_now(self, one: ComparedLine) -> range:
        if self.diff is None:
            return range(one.line, one.line + 1)
        hunk = self.diff.of(one.path).hunk_of(one.line)
        return hunk.new_range if hunk else range(0)

    def _lost(self, one: ComparedLine) -> ComparedLine:
        """A recorded line that nothing was found for: gone only where it was found once and can be searched for."""
        one = replace(one, line_now=self._line_now(one) or one.line)
        path, affected = one.path_now, self.entry.affected
        if path not in self.source.present:
            if self.diff is None:  # this may be another repository
                return replace(one, fate=Fate.UNSEARCHED, why=f"{path} is not here, and {self.why_no_diff}")
            return replace(one, fate=Fate.GONE, why="the file is gone")
        if path not in self.matches.searched:
            why = self.matches.skipped.get(path, "no file that the detector is for")
            return replace(one, fate=Fate.UNSEARCHED, why=f"{path} is not searched: {why}")
        if self.diff is not None:
            was_found, why = (
                one.line in self._found_then(one.path),
                "it was not found at the record's own commit either",
            )
        else:
            scan, why = affected and affected.scan, self.why_no_diff
            was_found = bool(scan and scan.by and not scan.from_) and one.text is not None
        return replace(one, fate=Fate.GONE) if was_found else replace(one, why=why)

    def _fixed(self, one: ComparedLine) -> ComparedLine:
        """A fixed location is back if its words are found again."""
        found = self._left.get(one.path_now, {})
        again = [
            now for now, text in found.items() if (now == one.line if one.text is None else same_text(one.text, text))
        ]
        if not again:
            return replace(one, fate=Fate.FIXED)
        now = min(again, key=lambda now: abs(now - one.line))
        return replace(one, fate=Fate.AGAIN, line_now=now, text_now=found.pop(now))

    def _learned(self) -> Iterator[ComparedLine]:
        """The lines in files that are recorded as a whole; those in files that are excluded do not count."""
        for exclusion in self.excluded:
            if not exclusion.at.lines:
                self._left.pop(str(exclusion.at.path), None)
        for index, location in enumerate(self.locations):
            if not location.at.lines and location.state is not LocationState.FIXED:
                path = str(location.at.path)
                for line, text in self._left.pop(path, {}).items():
                    yield ComparedLine("locations", index, path, line, None, Fate.LEARNED, path, line, text)


def recorded_commit(entry: Entry, source: SourceFolder) -> str | None:
    """The commit at which the affected locations are recorded; None if it is not available."""
    if source.checkout is None or entry.affected is None:
        return None
    objects = source.checkout.objects
    commit = objects.commit(str(entry.affected.source.commit))
    items = (objects.item(commit, path) for path in recorded_paths(entry)) if commit else ()
    return commit if objects.fetch(item.id for item in items if item and item.is_file) else None


def recorded_paths(entry: Entry) -> set[str]:
    """The files of the affected locations and of the exclusions."""
    affected = entry.affected
    if affected is None:
        return set()
    return {str(one.at.path) for one in affected.locations} | {str(one.at.path) for one in affected.excluded}


def same_text(one: str, other: str) -> bool:
    """Are two texts the same code? One may be shorter; blanks do not count."""
    a, b = (_BLANKS.sub("", text).removesuffix("...") for text in (one, other))
    return a == b or (bool(a and b) and (a in b or b in a))


def in_order(old: Sequence[tuple[int, str | None]], new: Sequence[tuple[int, str]]) -> list[tuple[int, int]]:
    """Pairs of lines with the same text, none across another: as many as possible, then those that moved least.

    A line without a text fits any other.
    """
    if len(old) * len(new) > _TOO_MANY:
        numbers = {line: number for number, (line, _) in enumerate(new)}
        return [(number, numbers[line]) for number, (line, _) in enumerate(old) if line in numbers]
    # The best pairs among the old lines so far and the first 0, 1, 2 ... new ones: their number, how far they moved
    # (negative), and a chain of them from the last to the first.
    above: list[tuple[int, int, tuple[Any, ...]]] = [(0, 0, ())] * (len(new) + 1)
    for i, (line, text) in enumerate(old):
        row = above[:1]
        for j, (line_now, text_now) in enumerate(new):
            choices = [above[j + 1], row[j]]
            if text is None or same_text(text, text_now):
                count, moved, chain = above[j]
                choices.append((count + 1, moved - abs(line - line_now), (chain, (i, j))))
            row.append(max(choices, key=lambda choice: choice[:2]))
        above = row
    pairs: list[tuple[int, int]] = []
    chain = above[-1][2]
    while chain:
        chain, pair = chain
        pairs.insert(0, pair)
    return pairs
