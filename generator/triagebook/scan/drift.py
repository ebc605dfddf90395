"""The drift between records and source code, with one sweep of the code for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.book import Book, Entry
from triagebook.code.state import Coverage, Drift, Mismatch
from triagebook.errors import TriagebookError
from triagebook.facts.case import Case
from triagebook.facts.detector import detector_of
from triagebook.facts.numbers import steps
from triagebook.findings import Field
from triagebook.model.issue import Ending

from .absent import absent
from .checkout import Code, code_of
from .compare import Fate, Recorded
from .look import Look
from .places import drift_of_places
from .search import DetectorError, Search, search_of
from .sweep import Sweep, Track, sweep


class _Task(Struct):
    """One issue: where its code lies, and what is searched for."""

    entry: Entry
    code: Code
    detector: Search | None = None
    checks: dict[Field, Search] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @property
    def searches(self) -> list[Search]:
        return [self.detector, *self.checks.values()] if self.detector else []


class Drifts(Struct, frozen=True):
    """What was found for several issues, by id, and for which of them there is no code at hand, and why."""

    found: dict[str, Drift]
    out_of_reach: dict[str, TriagebookError]
    codes: tuple[Code, ...] = ()


def drift(book: Book, root: Path, entry: Entry, folder: Path | None = None, track: Track = iter) -> Drift:
    """The record of one issue beside its source code. `folder` names that; else the book says where it lies."""
    drifts = drifts_of(book, root, [entry], folder, track)
    for error in drifts.out_of_reach.values():
        raise error
    return drifts.found[entry.id]


def drifts_of(
    book: Book, root: Path, entries: Iterable[Entry], folder: Path | None = None, track: Track = iter
) -> Drifts:
    """The same for several issues; files that several detectors are for are read once."""
    found: dict[str, Drift] = {}
    out_of_reach: dict[str, TriagebookError] = {}
    tasks: dict[Path, list[_Task]] = {}
    codes: dict[Path, Code] = {}
    for entry in entries:
        try:
            code = code_of(book, entry, root, folder)
        except TriagebookError as error:
            out_of_reach[entry.id] = error
            continue
        code = codes.setdefault(code.folder, code)
        tasks.setdefault(code.folder, []).append(_task(book, entry, code))
    for folder_of, of_code in tasks.items():
        searches = list(dict.fromkeys(search for task in of_code for search in task.searches))
        swept = sweep(folder_of, codes[folder_of].files, searches, track) if searches else []
        by_search = dict(zip(searches, swept, strict=True))
        found |= {task.entry.id: _drift(task, by_search) for task in of_code}
    return Drifts(found, out_of_reach, tuple(codes.values()))


def _task(book: Book, entry: Entry, code: Code) -> _Task:
    task = _Task(entry, code)
    detector = detector_of(book, entry)
    dropped = entry.issue.closed is not None and entry.issue.closed.as_ is not Ending.FIXED
    if detector is None or dropped:
        return task
    try:
        task.detector = search_of(detector)
    except DetectorError as error:
        task.unknown.append(f"the detector can't search: {error.what}")
        return task
    for way, step in steps(Case(book, entry)):
        if step.search is not None:
            try:
                task.checks[*way, "search"] = search_of(step.search)
            except DetectorError as error:
                task.unknown.append(f"{'.'.join(map(str, way))}.search can't search: {error.what}")
    return task


def _drift(task: _Task, swept: dict[Search, Sweep]) -> Drift:
    entry, code = task.entry, task.code
    of_places = drift_of_places(entry, code.git)
    absent_ones, unknown = tuple(absent(entry, code)), (*of_places.unknown, *task.unknown)
    if task.detector is None:
        return replace(of_places, absent=absent_ones, unknown=unknown)
    look = Look(entry, code, task.detector, swept[task.detector])
    others = (stray for stray in of_places.moved if not _is_location(stray))  # a location is told by what is found
    sights = {way: _sight(look, swept[search]) for way, search in task.checks.items()}
    return replace(
        of_places,
        cleared=tuple(_strays(look, _why_cleared)),
        back=tuple(_strays(look, _why_back)),
        moved=(*others, *(() if entry.issue.closed else _strays(look, _why_moved))),
        unrecorded={path: tuple(lines) for path, lines in look.compared.new.items()},
        checks={way: sight for way, sight in sights.items() if sight.of},
        absent=absent_ones,
        unknown=unknown,
    )


def _is_location(stray: Mismatch) -> bool:
    return stray.file.endswith("/affected.yaml") and stray.field[0] == "locations"


def _strays(look: Look, why: Callable[[Recorded], str | None]) -> Iterator[Mismatch]:
    """The locations that there is something to say about, by their entries."""
    file = f"{look.entry.id}/affected.yaml"
    for one in look.compared.lines:
        if one.part == "locations" and (said := why(one)) is not None:
            now = f"{one.path_now}:{one.line_now}" if one.fate in {Fate.HERE, Fate.EDITED, Fate.AGAIN} else ""
            yield Mismatch(file, ("locations", one.index, "at"), f"{one.path}:{one.line}", said, now)


def _why_cleared(one: Recorded) -> str | None:
    if one.fate is Fate.GONE:
        return one.why or "the line was changed"
    return (one.why or "nobody knows whether it ever did") if one.fate is Fate.UNSEEN else None


def _why_back(one: Recorded) -> str | None:
    return "it counts as fixed" if one.fate is Fate.AGAIN else None


def _why_moved(one: Recorded) -> str | None:
    if one.fate is Fate.EDITED:
        return f"it reads `{one.text_now}` now"
    return "" if one.moved else None


def _sight(look: Look, other: Sweep) -> Coverage:
    """How much of what the detector finds another search sees, but for what is excluded."""
    affected = look.entry.affected
    excluded = {(one.path_now, one.line_now) for one in look.compared.lines if one.part == "excluded"}
    whole = {str(exclusion.at.path) for exclusion in (affected.excluded if affected else ()) if not exclusion.at.lines}
    wanted = {(path, line) for path, line in look.sweep.places() - excluded if path not in whole}
    missed = sorted(wanted - other.places())
    if len(missed) == len(wanted) and other.lines:
        return Coverage(0, 0)  # it searches for something else
    return Coverage(len(wanted) - len(missed), len(wanted), "{}:{}".format(*missed[0]) if missed else "")
