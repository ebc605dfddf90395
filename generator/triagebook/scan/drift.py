"""How records and source code differ: one search per checkout and one git call for all issues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from triagebook.book import Book, Entry
from triagebook.code.checkouts import FoundCheckout, stated_commits
from triagebook.code.diffs import DiffToNow, diffs_to_now
from triagebook.code.history import renamed_before
from triagebook.code.state import Coverage, Drift, Mismatch
from triagebook.facts.base.record_facts import steps
from triagebook.findings import Field
from triagebook.model.building_blocks import Detector
from triagebook.model.issue import Ending

from .comparison import Comparison, Fate, recorded_commit, recorded_paths
from .detectors import CompiledDetector, DetectorError, NoParsersError, compile_detector
from .file_search import Matches, search_files
from .fixed_places import places_after_fix
from .marked_tests import differences, marked_tests
from .missing_names import MissingNames, settings_named_in
from .source_folder import SourceFolder, folder_at
from .stated_places import PlacesOfIssue


def drifts_in(book: Book, root: Path, found: Mapping[str, FoundCheckout]) -> dict[str, Drift]:
    """The drift of several issues, by id, whose checkouts are known. An issue without code is left out."""
    groups: dict[Path, tuple[SourceFolder, list[Entry]]] = {}
    for issue_id, where in found.items():
        if where.has_code:
            source = folder_at(where, root)
            groups.setdefault(source.folder, (source, []))[1].append(book.issues[issue_id])
    drifts: dict[str, Drift] = {}
    for source, entries in groups.values():
        drifts |= _drifts_at(book, source, entries)
    return drifts


def _drifts_at(book: Book, source: SourceFolder, entries: Iterable[Entry]) -> dict[str, Drift]:
    """The drift of issues whose code is in one folder."""
    if source.checkout is not None:
        source.checkout.objects.learn(commit for entry in entries for commit in stated_commits(entry))
    tasks = [_Task(book, entry, source) for entry in entries]
    searches = list(dict.fromkeys(search for task in tasks for search in task.searches))
    found = search_files(source.folder, source.files, searches) if searches else []
    matches = dict(zip(searches, found, strict=True))
    if source.checkout is None:
        return {task.entry.id: task.drift(matches, {}, {}, frozenset()) for task in tasks}
    wanted: dict[str, set[str]] = {}
    for task in tasks:
        for commit, path in task.compared_files():
            wanted.setdefault(commit, set()).add(path)
    lost = [one for task in tasks for one in task.places.lost]
    diffs = diffs_to_now(source.checkout, wanted)
    renamed = renamed_before(source.checkout, {one.commit for one in lost}, {one.path for one in lost})
    settings = settings_named_in(source, {name for task in tasks for name in task.missing.settings})
    return {task.entry.id: task.drift(matches, diffs, renamed, settings) for task in tasks}


class _Task:
    """One issue: what is searched for, and which places are looked up."""

    def __init__(self, book: Book, entry: Entry, source: SourceFolder) -> None:
        self.book, self.entry, self.source = book, entry, source
        self.places = PlacesOfIssue(entry, source.checkout)
        self.missing = MissingNames(entry, source)
        self.unknown: list[str] = []
        self.invalid: list[Mismatch] = []
        self.detector: CompiledDetector | None = None
        self.checks: dict[Field, CompiledDetector] = {}
        closed, detector = entry.issue.closed, book.detector_of(entry)
        if detector is None or (closed is not None and closed.as_ is not Ending.FIXED):
            return
        self.detector = self._compiled(detector, ("detector",))
        for way, step in steps(entry.issue) if self.detector else ():
            if step.search is not None and (check := self._compiled(step.search, (*way, "search"))):
                self.checks[*way, "search"] = check

    def _compiled(self, detector: Detector, way: Field) -> CompiledDetector | None:
        try:
            return compile_detector(detector)
        except NoParsersError as error:
            self.unknown.append(f"`{'.'.join(map(str, way))}` can't search: {error.what}")
        except DetectorError as error:
            self.unknown.append(f"`{'.'.join(map(str, way))}` can't search: {error.what}")
            if way != ("detector",) or self.entry.issue.detector:
                self.invalid.append(Mismatch(f"{self.entry.id}/issue.yaml", way, error.what, error.do))
        return None

    @property
    def searches(self) -> list[CompiledDetector]:
        return [self.detector, *self.checks.values()] if self.detector else []

    @property
    def is_settled(self) -> bool:
        """Is the record about the past? Then its places hold at its commit, and may be anywhere now."""
        changes = self.entry.issue.changes
        return self.entry.issue.closed is not None or bool(changes and all(change.commit for change in changes))

    def compared_files(self) -> Iterator[tuple[str, str]]:
        """The commits and files whose changes count."""
        if not self.is_settled:
            yield from ((one.commit, one.path) for one in self.places.placed)
        if self.detector and (commit := recorded_commit(self.entry, self.source)):
            yield from ((commit, path) for path in recorded_paths(self.entry))

    def drift(
        self,
        matches: Mapping[CompiledDetector, Matches],
        diffs: Mapping[str, DiffToNow],
        renamed: Mapping[str, list[str]],
        settings: frozenset[str],
    ) -> Drift:
        misplaced = tuple(self.places.mismatches(renamed))
        moved = [] if self.is_settled else list(self.places.moved(diffs))
        absent, unknown = tuple(self.missing.found(settings)), (*self.places.unknown, *self.unknown)
        after_fix, affected = None, self.entry.affected
        if not (self.unknown or (self.detector and affected and affected.locations)) and self.source.checkout:
            after_fix = places_after_fix(self.entry, self.source.checkout)
        if self.detector is None:
            return Drift(
                misplaced=misplaced,
                moved=tuple(moved),
                absent=absent,
                marked=self._marked(),
                invalid=tuple(self.invalid),
                unknown=unknown,
                after_fix=after_fix,
            )
        compared = Comparison(self.entry, self.source, self.detector, matches[self.detector], diffs)
        moved = [one for one in moved if not _is_location(one)]  # the search says where locations are
        locations = _locations(compared)
        if self.entry.issue.closed is None:
            moved += locations["moved"]
        unrecorded: dict[str, list[int]] = {}
        for one in compared.lines:
            if one.fate is Fate.NEW:
                unrecorded.setdefault(one.path, []).append(one.line)
        coverage = {way: _coverage(compared, matches[check]) for way, check in self.checks.items()}
        return Drift(
            cleared=tuple(locations["cleared"]),
            after_fix=after_fix,
            unrecorded={path: tuple(lines) for path, lines in unrecorded.items()},
            back=tuple(locations["back"]),
            misplaced=misplaced,
            moved=tuple(moved),
            checks={way: one for way, one in coverage.items() if one.of},
            absent=absent,
            marked=self._marked(),
            invalid=tuple(self.invalid),
            unknown=unknown,
        )

    def _marked(self) -> tuple[Mismatch, ...]:
        """Marked tests that the plan does not have, or has differently, in the files of its suites."""
        files = [str(suite.path) for suite in self.entry.issue.suites.values() if suite.path]
        marked = marked_tests(self.source, self.entry.id, files)
        return tuple(
            Mismatch(one.edit.file, one.edit.field[:2], f"{one.test.path}:{one.test.line} {one.test.name}", one.why)
            for one in differences(self.book, self.entry, marked)
        )


def _is_location(one: Mismatch) -> bool:
    return one.file.endswith("/affected.yaml") and one.field[0] == "locations"


def _locations(compared: Comparison) -> dict[str, list[Mismatch]]:
    """The recorded locations that differ: `cleared`, `back` or `moved`."""
    file = f"{compared.entry.id}/affected.yaml"
    found: dict[str, list[Mismatch]] = {"cleared": [], "back": [], "moved": []}
    for one in compared.lines:
        now = f"{one.path_now}:{one.line_now}"
        match one.fate:
            case Fate.GONE:
                kind, why, now = "cleared", one.why or "the line was changed", ""
            case Fate.UNSEEN:
                kind, why = "cleared", one.why
            case Fate.AGAIN:
                kind, why = "back", "it counts as fixed"
            case Fate.EDITED:
                kind, why = "moved", f"it reads `{one.text_now}` now"
            case Fate.HERE if one.moved:
                kind, why = "moved", ""
            case _:
                continue
        if one.part == "locations":
            what = f"{one.path}:{one.line}"
            found[kind].append(Mismatch(file, ("locations", one.index, "at"), what, why, now))
    return found


def _coverage(compared: Comparison, other: Matches) -> Coverage:
    """How many of the detector's lines another search finds; exclusions do not count."""
    excluded = {(one.path_now, one.line_now) for one in compared.lines if one.part == "excluded"}
    whole = {str(exclusion.at.path) for exclusion in compared.excluded if not exclusion.at.lines}
    wanted = {(path, line) for path, line in compared.matches.places - excluded if path not in whole}
    missed = sorted(wanted - other.places)
    if len(missed) == len(wanted) and other.places:
        return Coverage(0, 0)  # it searches for something else
    return Coverage(len(wanted) - len(missed), len(wanted), "{}:{}".format(*missed[0]) if missed else "")
