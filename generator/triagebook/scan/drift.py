"""How records and source code differ: one search of each checkout, and one question to git, for all issues."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.book import Book, Entry
from triagebook.code.checkouts import Checkouts, FoundCheckout
from triagebook.code.diffs import DiffToNow, diffs_to_now
from triagebook.code.removals import renamed_before
from triagebook.code.state import Coverage, Drift, Mismatch
from triagebook.errors import TriagebookError
from triagebook.facts.base.record_facts import steps
from triagebook.facts.detector import detector_of
from triagebook.findings import Field
from triagebook.model.issue import Ending

from .compare import Fate, RecordedLine
from .detectors import CompiledDetector, DetectorError, compile_detector
from .file_search import Matches, Track, search_files
from .issue_search import IssueSearch, recorded_commit, recorded_paths
from .missing_names import MissingNames, settings_named_in
from .source_folder import SourceFolder, folder_at
from .stated_places import PlacesOfIssue, is_settled


class _Task(Struct):
    """One issue: where its code is, what is searched for, and which places are looked up."""

    entry: Entry
    source: SourceFolder
    places: PlacesOfIssue
    missing: MissingNames
    detector: CompiledDetector | None = None
    checks: dict[Field, CompiledDetector] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @property
    def searches(self) -> list[CompiledDetector]:
        return [self.detector, *self.checks.values()] if self.detector else []


class _Answers(Struct, frozen=True):
    """What was found out for all issues whose code is in one folder."""

    matches: Mapping[CompiledDetector, Matches]
    diffs: Mapping[str, DiffToNow]
    renamed: Mapping[str, list[str]]
    settings: frozenset[str]


def drift(book: Book, root: Path, entry: Entry, folder: Path | None = None, track: Track = iter) -> Drift:
    """The drift of one issue; a TriagebookError where its code is not available."""
    found = Checkouts(root, book, folder).of(entry)
    folder_at(found, root)
    return drifts_in(book, root, {entry.id: found}, track)[entry.id]


def drifts_in(book: Book, root: Path, found: Mapping[str, FoundCheckout], track: Track = iter) -> dict[str, Drift]:
    """The drift of several issues, by id, whose checkouts are known. An issue without code is left out."""
    sources: dict[Path, SourceFolder] = {}
    tasks: dict[Path, list[_Task]] = {}
    for issue_id, where in found.items():
        try:
            source = folder_at(where, root)
        except TriagebookError:
            continue
        source = sources.setdefault(source.folder, source)
        tasks.setdefault(source.folder, []).append(_task(book, book.issues[issue_id], source))
    drifts: dict[str, Drift] = {}
    for folder, group in tasks.items():
        answers = _answers(sources[folder], group, track)
        drifts |= {task.entry.id: _drift(task, answers) for task in group}
    return drifts


def unavailable_code(root: Path, found: Mapping[str, FoundCheckout]) -> dict[str, TriagebookError]:
    """The issues whose code is not available, and why."""
    errors = {}
    for issue_id, where in found.items():
        try:
            folder_at(where, root)
        except TriagebookError as error:
            errors[issue_id] = error
    return errors


def _task(book: Book, entry: Entry, source: SourceFolder) -> _Task:
    task = _Task(entry, source, PlacesOfIssue(entry, source.checkout), MissingNames(entry, source))
    detector = detector_of(book, entry)
    dropped = entry.issue.closed is not None and entry.issue.closed.as_ is not Ending.FIXED
    if detector is None or dropped:
        return task
    try:
        task.detector = compile_detector(detector)
    except DetectorError as error:
        task.unknown.append(f"the detector can't search: {error.what}")
        return task
    for way, step in steps(entry.issue):
        if step.search is not None:
            try:
                task.checks[*way, "search"] = compile_detector(step.search)
            except DetectorError as error:
                task.unknown.append(f"{'.'.join(map(str, way))}.search can't search: {error.what}")
    return task


def _answers(source: SourceFolder, tasks: list[_Task], track: Track) -> _Answers:
    searches = list(dict.fromkeys(search for task in tasks for search in task.searches))
    matches = search_files(source.folder, source.files, searches, track) if searches else []
    by_search = dict(zip(searches, matches, strict=True))
    if source.checkout is None:
        return _Answers(by_search, {}, {}, frozenset())
    lost = [(commit, str(one.at.path)) for task in tasks for commit, one in task.places.lost]
    return _Answers(
        by_search,
        diffs_to_now(source.checkout, _wanted(tasks)),
        renamed_before(source.checkout, {commit for commit, _ in lost}, {path for _, path in lost}),
        settings_named_in(source, {name for task in tasks for name in task.missing.settings}),
    )


def _wanted(tasks: Iterable[_Task]) -> dict[str, set[str]]:
    """The commits and files whose changes count."""
    wanted: dict[str, set[str]] = {}
    for task in tasks:
        if not is_settled(task.entry):
            for commit, places in task.places.at_commits.items():
                wanted.setdefault(commit, set()).update(str(one.at.path) for one in places)
        if task.detector and (recorded := recorded_commit(task.entry, task.source)):
            wanted.setdefault(recorded, set()).update(recorded_paths(task.entry))
    return wanted


def _drift(task: _Task, answers: _Answers) -> Drift:
    entry = task.entry
    of_places = task.places.drift(answers.diffs, answers.renamed)
    absent, unknown = tuple(task.missing.found(answers.settings)), (*of_places.unknown, *task.unknown)
    if task.detector is None:
        return replace(of_places, absent=absent, unknown=unknown)
    search = IssueSearch(entry, task.source, task.detector, answers.matches[task.detector], answers.diffs)
    others = (one for one in of_places.moved if not _is_location(one))  # the search says where locations are
    coverage = {way: _coverage(search, answers.matches[check]) for way, check in task.checks.items()}
    return replace(
        of_places,
        cleared=tuple(_mismatches(search, _why_cleared)),
        back=tuple(_mismatches(search, _why_back)),
        moved=(*others, *(() if entry.issue.closed else _mismatches(search, _why_moved))),
        unrecorded={path: tuple(lines) for path, lines in search.compared.new.items()},
        checks={way: one for way, one in coverage.items() if one.of},
        absent=absent,
        unknown=unknown,
    )


def _is_location(one: Mismatch) -> bool:
    return one.file.endswith("/affected.yaml") and one.field[0] == "locations"


def _mismatches(search: IssueSearch, why: Callable[[RecordedLine], str | None]) -> Iterator[Mismatch]:
    """The locations that there is something to say about, by their entries."""
    file = f"{search.entry.id}/affected.yaml"
    for one in search.compared.lines:
        if one.part == "locations" and (said := why(one)) is not None:
            now = f"{one.path_now}:{one.line_now}" if one.fate in {Fate.HERE, Fate.EDITED, Fate.AGAIN} else ""
            yield Mismatch(file, ("locations", one.index, "at"), f"{one.path}:{one.line}", said, now)


def _why_cleared(one: RecordedLine) -> str | None:
    if one.fate is Fate.GONE:
        return one.why or "the line was changed"
    return (one.why or "whether it ever did is unknown") if one.fate is Fate.UNSEEN else None


def _why_back(one: RecordedLine) -> str | None:
    return "it counts as fixed" if one.fate is Fate.AGAIN else None


def _why_moved(one: RecordedLine) -> str | None:
    if one.fate is Fate.EDITED:
        return f"it reads `{one.text_now}` now"
    return "" if one.moved else None


def _coverage(search: IssueSearch, other: Matches) -> Coverage:
    """How many of the detector's lines another search finds; exclusions do not count."""
    affected = search.entry.affected
    excluded = {(one.path_now, one.line_now) for one in search.compared.lines if one.part == "excluded"}
    whole = {str(exclusion.at.path) for exclusion in (affected.excluded if affected else ()) if not exclusion.at.lines}
    wanted = {(path, line) for path, line in search.matches.places() - excluded if path not in whole}
    missed = sorted(wanted - other.places())
    if len(missed) == len(wanted) and other.lines:
        return Coverage(0, 0)  # it searches for something else
    return Coverage(len(wanted) - len(missed), len(wanted), "{}:{}".format(*missed[0]) if missed else "")
