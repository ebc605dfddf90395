"""The `path:line` in a record, held against the code at the commit they are stated for and against the code now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct

from triagebook.book import Entry
from triagebook.code.state import Drift, Mismatch
from triagebook.findings import Field
from triagebook.model.affected import LocationState
from triagebook.model.base import Path, Record
from triagebook.model.scalars import leaves
from triagebook.model.values import Place

from .git import Repository
from .lines import FileChange

_IN_WORDS = re.compile(r"(?<![\w/.:-])((?:[\w.-]+/)+[\w-]+\.\w+):(\d+)(?![\w.]*[/:])")


class Stated(Struct, frozen=True):
    """A place, where the record names it, and the commit it is stated for."""

    file: str
    field: Field
    at: Place
    commit: str


def stated(entry: Entry) -> Iterator[Stated]:
    """Every place that an issue names. What was fixed stood where it is recorded, and stands there no more."""
    issue, affected = entry.issue, entry.affected
    if issue.source is not None:
        file, commit = f"{entry.id}/issue.yaml", str(issue.source.commit)
        new = {
            ("fix", "code", i, "path") for i, code in enumerate(issue.fix.code if issue.fix else ()) if not code.before
        }
        yield from (Stated(file, way, at, commit) for way, at in _places(issue) if way not in new)
        for index, claim in enumerate(issue.claims):
            if claim.disputed is None:
                for path, line in _IN_WORDS.findall(claim.says):
                    yield Stated(file, ("claims", index, "says"), Place(Path(path), (int(line),)), commit)
    if affected is not None:
        file, commit = f"{entry.id}/affected.yaml", str(affected.source.commit)
        for index, location in enumerate(affected.locations):
            if location.state is not LocationState.FIXED:
                yield Stated(file, ("locations", index, "at"), location.at, commit)
        for index, exclusion in enumerate(affected.excluded):
            yield Stated(file, ("excluded", index, "at"), exclusion.at, commit)


def _places(record: Record) -> Iterator[tuple[Field, Place]]:
    return ((way, value) for way, value in leaves(record) if isinstance(value, Place))


def drift_of_places(entry: Entry, git: Repository | None) -> Drift:
    """The places that were never there, and those that moved while the issue is open."""
    misplaced: list[Mismatch] = []
    moved: list[Mismatch] = []
    unknown: list[str] = []
    for name, group in groupby(sorted(stated(entry), key=lambda one: one.commit), key=lambda one: one.commit):
        places = list(group)
        commit = git.commit(name) if git else None
        if git is None or commit is None:
            why = git.why_not(name) if git else "the folder is no git checkout"
            unknown.append(f"whether {len(places)} places hold at {name[:9]} is unknown: {why}")
            continue
        known = _Known(git, commit, places)
        misplaced += [stray for one in places if (stray := known.misplaced(one))]
        if not _settled(entry):
            moved += [stray for one in places if (stray := known.moved(one))]
    return Drift(misplaced=tuple(misplaced), moved=tuple(moved), unknown=tuple(unknown))


def _settled(entry: Entry) -> bool:
    """Is the record about the past? Then its places hold at its commit, and may be anywhere now."""
    changes = entry.issue.fix.changes if entry.issue.fix else ()
    return entry.issue.closed is not None or bool(changes and all(change.commit for change in changes))


class _Known:
    """What git knows of some places at one commit."""

    def __init__(self, git: Repository, commit: str, places: Iterable[Stated]) -> None:
        self.git, self.commit = git, commit
        paths = {str(one.at.path) for one in places}
        self.tree = git.tree(commit)
        self.counts = git.line_counts(commit, paths)
        self.changes = git.changes(commit, paths)

    def misplaced(self, one: Stated) -> Mismatch | None:
        path, when = str(one.at.path), f"at {self.commit[:9]}"
        if not self._is_there(path):
            return Mismatch(one.file, one.field, str(one.at), f"there is no `{path}` {when}", self._elsewhere(one.at))
        count = self.counts.get(path)
        if count is not None and any(line > count for line in one.at.lines):
            lines = "1 line" if count == 1 else f"{count} lines"
            return Mismatch(one.file, one.field, str(one.at), f"`{path}` has {lines} {when}")
        return None

    def _is_there(self, path: str) -> bool:
        return path in self.tree or any(name.startswith(path.rstrip("/") + "/") for name in self.tree)

    def _elsewhere(self, at: Place) -> str:
        """The file that was meant, most likely: it was renamed before, or lies in another folder."""
        if renamed := self.git.renamed_before(self.commit, str(at.path)):
            return renamed
        name = str(at.path).rpartition("/")[2]
        same = [path for path in self.tree if path.rpartition("/")[2] == name]
        return same[0] if len(same) == 1 else ""

    def moved(self, one: Stated) -> Mismatch | None:
        path = str(one.at.path)
        if path not in self.tree or self.misplaced(one):
            return None
        change = self.changes.of(path)
        if change.now is None:
            return Mismatch(one.file, one.field, str(one.at), f"the file is gone since {self.commit[:9]}")
        lines = {line: change.line_now(line) or change.again(line) for line in one.at.lines}
        if changed := [line for line, now in lines.items() if now is None]:
            return Mismatch(one.file, one.field, str(one.at), _changed(changed, self.commit))
        now = str(Place(Path(change.now), tuple(int(line or 0) for line in lines.values())))
        return Mismatch(one.file, one.field, str(one.at), _why(change), now) if now != str(one.at) else None


def _changed(lines: list[int], commit: str) -> str:
    what = f"line {lines[0]} was" if len(lines) == 1 else f"lines {', '.join(map(str, lines))} were"
    return f"{what} changed since {commit[:9]}"


def _why(change: FileChange) -> str:
    return "the file was renamed" if change.now != change.path else ""
