"""Every `path:line` of a record, compared with the code at the commit it is stated for and with the code now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from triagebook.book import Entry
from triagebook.code.checkout import Checkout
from triagebook.code.diffs import DiffToNow, FileDiff
from triagebook.code.state import Drift, Mismatch
from triagebook.findings import Field
from triagebook.model.affected import LocationState
from triagebook.model.base import Path, Record
from triagebook.model.scalars import leaves
from triagebook.model.values import Place

_IN_WORDS = re.compile(r"(?<![\w/.:-])((?:[\w.-]+/)+[\w-]+\.\w+):(\d+)(?![\w.]*[/:])")


class StatedPlace(Struct, frozen=True):
    """A place, where the record names it, and the commit it is stated for."""

    file: str
    field: Field
    at: Place
    commit: str

    def mismatch(self, why: str, now: str = "") -> Mismatch:
        return Mismatch(self.file, self.field, str(self.at), why, now)


def stated_places(entry: Entry) -> Iterator[StatedPlace]:
    """Every place that an issue names, except fixed locations: these are gone, as they should be."""
    issue, affected = entry.issue, entry.affected
    if issue.source is not None:
        file, commit = f"{entry.id}/issue.yaml", str(issue.source.commit)
        new = {
            ("fix", "code", i, "path") for i, code in enumerate(issue.fix.code if issue.fix else ()) if not code.before
        }
        yield from (StatedPlace(file, way, at, commit) for way, at in _places(issue) if way not in new)
        for index, claim in enumerate(issue.claims):
            if claim.disputed is None:
                for path, line in _IN_WORDS.findall(claim.says):
                    yield StatedPlace(file, ("claims", index, "says"), Place(Path(path), (int(line),)), commit)
    if affected is not None:
        file, commit = f"{entry.id}/affected.yaml", str(affected.source.commit)
        for index, location in enumerate(affected.locations):
            if location.state is not LocationState.FIXED:
                yield StatedPlace(file, ("locations", index, "at"), location.at, commit)
        for index, exclusion in enumerate(affected.excluded):
            yield StatedPlace(file, ("excluded", index, "at"), exclusion.at, commit)


def _places(record: Record) -> Iterator[tuple[Field, Place]]:
    return ((way, value) for way, value in leaves(record) if isinstance(value, Place))


def is_settled(entry: Entry) -> bool:
    """Is the record about the past? Then its places hold at its commit, and may be anywhere now."""
    changes = entry.issue.fix.changes if entry.issue.fix else ()
    return entry.issue.closed is not None or bool(changes and all(change.commit for change in changes))


class PlacesOfIssue:
    """The places of one issue, by the commits they are stated for."""

    def __init__(self, entry: Entry, checkout: Checkout | None) -> None:
        self.entry, self.checkout = entry, checkout

    @cached_property
    def _by_name(self) -> dict[str, list[StatedPlace]]:
        places: dict[str, list[StatedPlace]] = {}
        for one in sorted(stated_places(self.entry), key=lambda one: one.commit):
            places.setdefault(one.commit, []).append(one)
        return places

    @cached_property
    def at_commits(self) -> dict[str, list[StatedPlace]]:
        """The places by the full hash of their commit, where that is available."""
        found: dict[str, list[StatedPlace]] = {}
        for name, places in self._by_name.items():
            if self.checkout and (commit := self.checkout.objects.commit(name)):
                found.setdefault(commit, []).extend(places)
        return found

    @cached_property
    def misplaced(self) -> list[tuple[str, StatedPlace, str]]:
        """The places that are not in the code at their commit, each with the commit and why."""
        checked = ((commit, one, self._why_misplaced(commit, one)) for commit, one in self._all())
        return [(commit, one, why) for commit, one, why in checked if why]

    @property
    def lost(self) -> list[tuple[str, StatedPlace]]:
        """The places whose file does not exist at their commit, each with the commit."""
        return [(commit, one) for commit, one, _ in self.misplaced if not self._exists(commit, one)]

    def drift(self, diffs: Mapping[str, DiffToNow], renamed: Mapping[str, list[str]]) -> Drift:
        """The places that were never there, and those that moved while the issue is open."""
        misplaced = tuple(
            one.mismatch(why, self._elsewhere(commit, one, renamed)) for commit, one, why in self.misplaced
        )
        moved = () if is_settled(self.entry) else tuple(self._moved(diffs))
        return Drift(misplaced=misplaced, moved=moved, unknown=tuple(self._unknown()))

    def _all(self) -> Iterator[tuple[str, StatedPlace]]:
        return ((commit, one) for commit, places in self.at_commits.items() for one in places)

    def _unknown(self) -> Iterator[str]:
        for name, places in self._by_name.items():
            if self.checkout is None:
                yield f"whether {len(places)} places hold at {name[:9]} is unknown: the folder is no git checkout"
            elif self.checkout.objects.commit(name) is None:
                why = self.checkout.why_unknown(name)
                yield f"whether {len(places)} places hold at {name[:9]} is unknown: {why}"

    def _why_misplaced(self, commit: str, one: StatedPlace) -> str:
        if self.checkout is None:
            return ""
        path, when = str(one.at.path), f"at {commit[:9]}"
        item = self.checkout.objects.item(commit, path)
        if item is None:
            return f"there is no `{path}` {when}"
        if item.is_file and one.at.lines:
            count = _lines_in(self.checkout.objects.blob(item.id) or b"")
            if any(line > count for line in one.at.lines):
                return f"`{path}` has {'1 line' if count == 1 else f'{count} lines'} {when}"
        return ""

    def _elsewhere(self, commit: str, one: StatedPlace, renamed: Mapping[str, list[str]]) -> str:
        """The file that was meant, most likely: it was renamed before, or lies in another folder."""
        path = str(one.at.path)
        if self.checkout is None or self._exists(commit, one):
            return ""
        for name in renamed.get(path, ()):
            if self.checkout.objects.item(commit, name):
                return name
        name = path.rpartition("/")[2]
        same = [other for other, _ in self.checkout.objects.files(commit) if other.rpartition("/")[2] == name]
        return same[0] if len(same) == 1 else ""

    def _moved(self, diffs: Mapping[str, DiffToNow]) -> Iterator[Mismatch]:
        misplaced = {id(one) for _, one, _ in self.misplaced}
        for commit, one in self._all():
            path = str(one.at.path)
            if id(one) not in misplaced and self._is_file(commit, path):
                found = _moved(one, diffs[commit].of(path))
                if found:
                    yield found

    def _exists(self, commit: str, one: StatedPlace) -> bool:
        return self.checkout is not None and self.checkout.objects.item(commit, str(one.at.path)) is not None

    def _is_file(self, commit: str, path: str) -> bool:
        item = self.checkout.objects.item(commit, path) if self.checkout else None
        return item is not None and item.is_file


def _lines_in(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n") and bool(data))


def _moved(one: StatedPlace, diff: FileDiff) -> Mismatch | None:
    if diff.now is None:
        return one.mismatch(f"the file is gone since {one.commit[:9]}")
    lines = {line: diff.line_now(line) or diff.again(line) for line in one.at.lines}
    if changed := [line for line, now in lines.items() if now is None]:
        what = f"line {changed[0]} was" if len(changed) == 1 else f"lines {', '.join(map(str, changed))} were"
        return one.mismatch(f"{what} changed since {one.commit[:9]}")
    now = str(Place(Path(diff.now), tuple(int(line or 0) for line in lines.values())))
    if now == str(one.at):
        return None
    return one.mismatch("the file was renamed" if diff.now != diff.path else "", now)
