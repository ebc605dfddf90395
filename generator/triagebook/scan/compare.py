"""Compares recorded lines with the lines that a detector finds: unchanged, moved, edited, gone, or not recorded.

Where the commit of the record is available, the diff shows where each line went. Where it is not, lines are recognised
by their text and their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto

from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.code.diffs import DiffToNow
from triagebook.model.affected import Affected, LocationState

from .file_search import Matches
from .line_pairs import in_order, same_text


class Fate(Enum):
    """What happened to a recorded line."""

    HERE = auto()  # found where it is recorded, or where it moved to
    EDITED = auto()  # found, with other words
    GONE = auto()  # it was found once, and no longer is
    UNSEEN = auto()  # the detector does not find it, and as far as is known never did
    UNSEARCHED = auto()  # its file was not searched
    AGAIN = auto()  # it was fixed, and is found again
    FIXED = auto()  # it was fixed, and is not found


class RecordedLine(Struct, frozen=True):
    """One line of the record, and what happened to it."""

    part: str  # `locations` or `excluded`
    index: int
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


class Past(Struct, frozen=True):
    """What is known about the code at the commit of the record."""

    diffs: DiffToNow | None = None  # None: the commit is not available
    why: str = "no history is available"
    found: Callable[[str], Mapping[int, str]] = lambda _: {}  # what the detector found in a file then
    by_tool: bool = False  # the record was made by a search


class Comparison(Struct, frozen=True):
    """The record compared with what was found."""

    lines: tuple[RecordedLine, ...] = ()
    new: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    learned: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # lines of locations that named only a file


def compare(affected: Affected | None, matches: Matches, present: frozenset[str], past: Past) -> Comparison:
    """Compare every recorded line with what was found."""
    if affected is None:
        return Comparison(new=matches.found)
    return _Comparing(affected, matches, present, past).done()


class _Comparing:
    """Pairs recorded lines with found ones, the most certain pairs first."""

    def __init__(self, affected: Affected, matches: Matches, present: frozenset[str], past: Past) -> None:
        self.affected, self.matches, self.present, self.past = affected, matches, present, past
        self.left = {path: dict(lines) for path, lines in matches.found.items()}
        self.done_lines: list[RecordedLine] = []

    def done(self) -> Comparison:
        waiting: dict[str, list[RecordedLine]] = {}
        for line in self._open_lines():
            waiting.setdefault(line.path_now, []).append(line)
        for path, lines in waiting.items():
            rest = self._by_diff(path, lines) if self.past.diffs else lines
            rest = self._by_text(path, rest)
            rest = self._by_place(path, rest)
            self.done_lines += map(self._lost, rest)
        self._fixed()
        learned = self._learned()
        new = {path: dict(sorted(lines.items())) for path, lines in sorted(self.left.items()) if lines}
        ordered = sorted(self.done_lines, key=lambda one: (one.part, one.index, one.line))
        return Comparison(tuple(ordered), new, learned)

    def _open_lines(self) -> Iterator[RecordedLine]:
        for index, location in enumerate(self.affected.locations):
            if location.state is not LocationState.FIXED:
                for line in dict.fromkeys(location.at.lines):
                    yield self._recorded("locations", index, location.at.path, line, location.text)
        for index, exclusion in enumerate(self.affected.excluded):
            for line in dict.fromkeys(exclusion.at.lines):
                yield self._recorded("excluded", index, exclusion.at.path, line, None)

    def _recorded(self, part: str, index: int, path: str, line: int, text: str | None) -> RecordedLine:
        now = self.past.diffs.of(path).now if self.past.diffs else path
        return RecordedLine(part, index, path, line, text, path_now=now or path, line_now=line)

    # ── pairing ──────────────────────────────────────────────────────────────────────────────────────

    def _by_diff(self, path: str, lines: Iterable[RecordedLine]) -> list[RecordedLine]:
        """An unchanged line is where the diff says."""
        rest = []
        for one in lines:
            now = self._unchanged(one)
            if now is not None and now in self.left.get(path, {}):
                self._pair(one, now, Fate.HERE)
            else:
                rest.append(one)
        return rest

    def _by_text(self, path: str, lines: Sequence[RecordedLine]) -> list[RecordedLine]:
        """The same words further up or down are the same location, moved."""
        known = [replace(one, text=one.text or self._text_then(one)) for one in lines]
        found = sorted(self.left.get(path, {}).items())
        if self.past.diffs is not None:  # a line that was there before is another one
            fresh = self._fresh(lines)
            known = [one for one in known if one.text is not None and self._unchanged(one) is None]
            found = [(line, text) for line, text in found if line in fresh]
        known.sort(key=lambda one: one.line)
        pairs = in_order([(one.line, one.text) for one in known], found)
        for number, other in pairs:
            self._pair(known[number], found[other][0], Fate.HERE)
        paired = {(known[number].part, known[number].index, known[number].line) for number, _ in pairs}
        return [one for one in lines if (one.part, one.index, one.line) not in paired]

    def _by_place(self, path: str, lines: Sequence[RecordedLine]) -> list[RecordedLine]:
        """Other words in the place of the old ones are the same location, edited: where each has its counterpart."""
        places: dict[range, list[RecordedLine]] = {}
        for one in sorted(lines, key=lambda one: one.line):
            places.setdefault(self._place_now(one), []).append(one)
        rest = []
        for place, old in places.items():
            here = [line for line in sorted(self.left.get(path, {})) if line in place]
            if len(here) == len(old):
                for one, line in zip(old, here, strict=True):
                    self._pair(one, line, Fate.EDITED)
            else:
                rest += old
        return rest

    def _pair(self, one: RecordedLine, line: int, fate: Fate) -> None:
        text = self.left[one.path_now].pop(line)
        if fate is Fate.HERE and one.text is not None and not same_text(one.text, text):
            fate = Fate.EDITED
        self.done_lines.append(replace(one, fate=fate, line_now=line, text_now=text))

    # ── the code at the commit of the record ─────────────────────────────────────────────────────────

    def _unchanged(self, one: RecordedLine) -> int | None:
        """The number of an unchanged line now; None where it was changed, or that is unknown."""
        if self.past.diffs is None:
            return None
        change = self.past.diffs.of(one.path)
        return None if change.now is None else change.line_now(one.line)

    def _place_now(self, one: RecordedLine) -> range:
        if self.past.diffs is None:
            return range(one.line, one.line + 1)
        hunk = self.past.diffs.of(one.path).hunk_of(one.line)
        return hunk.new_range if hunk else range(0)

    def _fresh(self, lines: Iterable[RecordedLine]) -> set[int]:
        diffs = self.past.diffs or DiffToNow()
        paths = {one.path for one in lines}
        return {line for path in paths for hunk in diffs.of(path).hunks for line in hunk.new_range}

    def _text_then(self, one: RecordedLine) -> str | None:
        return self.past.found(one.path).get(one.line) if self.past.diffs is not None else None

    # ── what was not found ───────────────────────────────────────────────────────────────────────────

    def _lost(self, one: RecordedLine) -> RecordedLine:
        """A recorded line that nothing was found for: gone only where it was found once and can be looked for."""
        one = replace(one, line_now=self._unchanged(one) or one.line)
        path = one.path_now
        if path not in self.present:
            return replace(one, fate=Fate.GONE, why="the file is gone")
        if path not in self.matches.searched:
            why = self.matches.skipped.get(path, "no file that the detector is for")
            return replace(one, fate=Fate.UNSEARCHED, why=f"{path} is not searched: {why}")
        if self.past.diffs is None:
            gone = self.past.by_tool and one.text is not None
            return replace(one, fate=Fate.GONE if gone else Fate.UNSEEN, why="" if gone else self.past.why)
        if one.line in self.past.found(one.path):
            return replace(one, fate=Fate.GONE)
        return replace(one, fate=Fate.UNSEEN, why="it was not found at the record's own commit either")

    def _fixed(self) -> None:
        """A location that was fixed is back where its words are found again."""
        for index, location in enumerate(self.affected.locations):
            if location.state is LocationState.FIXED:
                for line in dict.fromkeys(location.at.lines):
                    one = self._recorded("locations", index, location.at.path, line, location.text)
                    found = self.left.get(one.path_now, {})
                    again = [now for now, text in found.items() if same_text(one.text or text, text)]
                    again = again if one.text is not None else [now for now in again if now == line]
                    now = min(again, key=lambda now: abs(now - one.line), default=None)
                    if now is None:
                        self.done_lines.append(replace(one, fate=Fate.FIXED))
                    else:
                        self._pair(replace(one, text=None), now, Fate.AGAIN)

    def _learned(self) -> dict[int, tuple[int, ...]]:
        """The lines in files that are recorded, or excluded, as a whole."""
        for exclusion in self.affected.excluded:
            if not exclusion.at.lines:
                self.left.pop(exclusion.at.path, None)
        learned = {}
        for index, location in enumerate(self.affected.locations):
            names_a_file = not location.at.lines and location.state is not LocationState.FIXED
            if names_a_file and (lines := self.left.pop(location.at.path, None)):
                learned[index] = tuple(sorted(lines))
        return learned
