"""The result of scanning for one issue: what is open, what changed, and the edits of its record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from triagebook import __version__
from triagebook.code.history import ancestry
from triagebook.findings import Edit, Field, Plain
from triagebook.model.affected import Affected, Location, LocationState
from triagebook.model.base import Path, Record
from triagebook.model.values import Place

from .comparison import ComparedLine, Comparison, Fate

MANY = 60  # edits; each of them reads the file anew

_Entry = dict[str, Any]  # a location as it is written


class LocationChange(Struct, frozen=True):
    """A change of the record by a scan: `open`, `new`, `found`, `fixed`, `moved`, `edited`, `back` or `void`."""

    what: str
    path: str
    line: int
    text: str = ""
    was: str = ""
    commit: str | None = None


class ScanResult:
    """What to report of the scan of one issue, and what to write into its record."""

    def __init__(self, comparison: Comparison, repository: str) -> None:
        self.comparison, self.repository = comparison, repository
        self.file = f"{comparison.entry.id}/affected.yaml"

    @cached_property
    def dirty(self) -> list[str]:
        """The files with uncommitted changes that the detector searches."""
        checkout = self.comparison.source.checkout
        return [path for path in (checkout.changed if checkout else ()) if self.comparison.detector.is_for(path)]

    @cached_property
    def behind(self) -> str | None:
        """The commit of the record, where the checkout is older than that."""
        checkout, commit = self.comparison.source.checkout, self.comparison.commit
        if checkout is None or commit is None or commit == checkout.head:
            return None
        pair = (commit, checkout.head)
        return commit if ancestry(checkout.objects, [pair], shallow=checkout.shallow).get(pair) else None

    @cached_property
    def changes(self) -> list[LocationChange]:
        """The changes of the record, in the order of files and lines."""
        found = filter(None, map(self._change_of, self.comparison.lines))
        return sorted(found, key=lambda change: (change.path, change.line, change.what))

    def _change_of(self, one: ComparedLine) -> LocationChange | None:
        text, was = one.text_now or one.text or "", f"{one.path}:{one.line}"
        match one.fate:
            case Fate.NEW:
                return LocationChange("new" if self.comparison.entry.affected else "open", one.path, one.line, text)
            case Fate.LEARNED:
                return LocationChange("found", one.path, one.line)
            case Fate.GONE if one.part == "excluded":
                return LocationChange("void", one.path, one.line)
            case Fate.GONE:
                return LocationChange("fixed", one.path, one.line, text, commit=self.comparison.removed_by(one))
            case Fate.AGAIN:
                return LocationChange("back", one.path_now, one.line_now, text, was)
        if one.part == "locations" and (one.moved or one.fate is Fate.EDITED):
            return LocationChange("moved" if one.moved else "edited", one.path_now, one.line_now, text, was)
        return None

    @cached_property
    def left(self) -> list[ComparedLine]:
        """Locations that were not found, and stay open: nothing shows that they are fixed."""
        unknown = {Fate.UNSEEN, Fate.UNSEARCHED}
        return [one for one in self.comparison.lines if one.part == "locations" and one.fate in unknown]

    @cached_property
    def open_lines(self) -> list[ComparedLine]:
        """Every line that is open now, in the order of files and lines."""
        gone = {Fate.GONE, Fate.FIXED}
        found = [one for one in self.comparison.lines if one.part == "locations" and one.fate not in gone]
        return sorted(found, key=lambda one: (one.path_now, one.line_now))

    @cached_property
    def skipped(self) -> dict[str, list[str]]:
        """The files that were not searched, by the reason."""
        reasons: dict[str, list[str]] = {}
        for path, why in sorted(self.comparison.matches.skipped.items()):
            reasons.setdefault(why, []).append(path)
        return dict(sorted(reasons.items()))

    @property
    def counts(self) -> Counter[str]:
        return Counter(change.what for change in self.changes)

    # ── what is written ──────────────────────────────────────────────────────────────────────────────

    def record(self) -> _Entry:
        locations = self._new_entries()
        return {"source": self._source, "scan": self._scan} | ({"locations": locations} if locations else {})

    def edits(self, *, comments: bool) -> list[Edit]:
        """The edits that update the record. Many edits, and no comments to keep: the list is written anew."""
        affected = self.comparison.entry.affected
        if affected is None:
            return []
        entries = [(location, self._entries_of(index, location)) for index, location in enumerate(affected.locations)]
        added = [entry for _, (_, *others) in entries for entry in others] + self._new_entries()
        edits: list[Edit] = []
        for index, (location, (first, *_)) in enumerate(entries):
            edits += self._in_place(("locations", index), location, first)
        edits += [Edit(self.file, ("locations",), "append", entry) for entry in added]
        if len(edits) > MANY and not comments:
            every = [first for _, (first, *_) in entries] + added
            edits = [Edit(self.file, ("locations",), "set", [_short(entry) for entry in every])]
        return [*edits, *self._exclusions(affected), *self._header(affected)]

    # ── the scan itself ──────────────────────────────────────────────────────────────────────────────

    @property
    def _source(self) -> _Entry:
        checkout = self.comparison.source.checkout
        return {"repository": self.repository, "commit": checkout.head if checkout else ""}

    @cached_property
    def _scan(self) -> _Entry:
        checkout = self.comparison.source.checkout
        return {
            "on": str(checkout.objects.made(checkout.head).date()) if checkout else "",
            "files": str(len(self.comparison.matches.searched)),
            "detector": _plain(self.comparison.detector.detector),
            "by": f"triagebook {__version__}",
        }

    def _header(self, affected: Affected) -> Iterator[Edit]:
        yield from self._keys(("source",), _plain(affected.source), self._source)
        if affected.scan is None:
            yield Edit(self.file, ("scan",), "set", self._scan)
        else:  # where the record says that a document reports a search, that is removed: it was done now
            yield from self._keys(("scan",), _plain(affected.scan), self._scan)

    # ── locations ────────────────────────────────────────────────────────────────────────────────────

    def _new_entries(self) -> list[_Entry]:
        """An entry for each file and text that is not recorded."""
        by_text: dict[tuple[str, str], list[int]] = {}
        for one in self.comparison.lines:
            if one.fate is Fate.NEW:
                by_text.setdefault((one.path, one.text or ""), []).append(one.line)
        state = {"state": LocationState.NEW.value} if self.comparison.entry.affected else {}
        return [{"at": _place(path, lines), "text": text, **state} for (path, text), lines in by_text.items()]

    @cached_property
    def _by_entry(self) -> dict[tuple[str, int], list[ComparedLine]]:
        lines: dict[tuple[str, int], list[ComparedLine]] = {}
        for one in self.comparison.lines:
            lines.setdefault((one.part, one.index), []).append(one)
        return lines

    def _entries_of(self, index: int, location: Location) -> list[_Entry]:
        """A location as it should be: one entry, or several if its lines differ. The first takes its place."""
        whole, lines = _plain(location), self._by_entry.get(("locations", index), [])
        kept: dict[tuple[str, str | None], list[int]] = {}
        gone: dict[str | None, list[int]] = {}
        for one in lines:
            if one.fate is Fate.GONE:
                gone.setdefault(self.comparison.removed_by(one), []).append(one.line)
            elif one.fate is not Fate.FIXED:
                text = one.text_now if one.fate is Fate.EDITED and location.text is not None else None
                kept.setdefault((one.path_now, text), []).append(one.line_now)
        if any(one.fate is Fate.AGAIN for one in lines):
            open_again = {key: value for key, value in whole.items() if key != "commit"}
            open_again["state"] = LocationState.NEW.value
        else:
            open_again = whole
        entries = []
        for (path, text), numbers in sorted(kept.items(), key=lambda part: (part[0][1] is not None, part[1])):
            entries.append(open_again | {"at": _place(path, numbers)} | ({"text": text} if text else {}))
        for commit, numbers in sorted(gone.items(), key=lambda part: part[1]):
            entry = whole | {"at": _place(location.at.path, numbers), "state": LocationState.FIXED.value}
            entries.append(entry | ({"commit": commit} if commit else {}))
        if fixed := [one.line for one in lines if one.fate is Fate.FIXED]:
            entries.append(whole | {"at": _place(location.at.path, fixed)})
        return entries or [whole]

    def _in_place(self, field: Field, location: Location, new: _Entry) -> Iterator[Edit]:
        """The edits of one entry. An entry that names only a place may be written in short form."""
        old = _plain(location)
        if set(old) != {"at"}:
            yield from self._keys(field, old, new)
        elif old != new:
            yield Edit(self.file, field, "set", _short(new))

    def _exclusions(self, affected: Affected) -> Iterator[Edit]:
        """Exclusions move with their lines. A line whose match is gone stays as it is written."""
        for index, exclusion in enumerate(affected.excluded):
            here = [one for one in self._by_entry.get(("excluded", index), []) if one.fate is not Fate.GONE]
            now = {one.line: one.line_now for one in here}
            lines = (now.get(line, line) for line in exclusion.at.lines)
            if here and (at := _place(here[0].path_now, lines)) != str(exclusion.at):
                alone = exclusion.model_fields_set == {"at"}
                yield Edit(self.file, ("excluded", index) if alone else ("excluded", index, "at"), "set", at)

    # ── the fix ──────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def fix_commits(self) -> dict[int, str]:
        """The commit of each change of the fix that names none: the one that removed the locations in its file."""
        entry = self.comparison.entry
        removed: dict[str, set[str | None]] = {}
        for location in entry.locations:
            if location.state is LocationState.FIXED:
                removed.setdefault(str(location.at.path), set()).add(str(location.commit) if location.commit else None)
        for one in self.comparison.lines:
            if one.fate is Fate.GONE and one.part == "locations":
                removed.setdefault(one.path, set()).add(self.comparison.removed_by(one))
        found = {}
        for index, change in enumerate(entry.issue.changes):
            commits = removed.get(str(change.path), set())
            if change.commit is None and len(commits) == 1 and (commit := next(iter(commits))):
                found[index] = commit
        return found

    def fix_edits(self) -> list[Edit]:
        file = f"{self.comparison.entry.id}/issue.yaml"
        return [Edit(file, ("fix", "changes", i, "commit"), "set", commit) for i, commit in self.fix_commits.items()]

    # ── edits ────────────────────────────────────────────────────────────────────────────────────────

    def _keys(self, field: Field, old: Mapping[str, Plain], new: Mapping[str, Plain]) -> Iterator[Edit]:
        """The edits that make a mapping of the file equal to a new one."""
        yield from (Edit(self.file, (*field, key), "set", value) for key, value in new.items() if old.get(key) != value)
        yield from (Edit(self.file, (*field, key), "remove") for key in old if key not in new)


def _short(entry: _Entry) -> Plain:
    return entry["at"] if set(entry) == {"at"} else entry


def _place(path: str, lines: Iterable[int]) -> str:
    return str(Place(Path(path), tuple(sorted(set(lines)))))


def _plain(record: Record) -> dict[str, Any]:
    """What is written of a record, as plain text."""
    return {key: _text(value) for key, value in record.model_dump(mode="json", exclude_unset=True).items()}


def _text(value: object) -> Plain:
    if isinstance(value, dict):
        return {str(key): _text(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_text(item) for item in value]
    return str(value)
