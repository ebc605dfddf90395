"""The edits that bring affected.yaml up to date after a scan; what people wrote stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from triagebook.findings import Edit, Plain
from triagebook.model.affected import Affected, Location, LocationState
from triagebook.model.base import Path, Record
from triagebook.model.building_blocks import Detector
from triagebook.model.values import Place

from .compare import Comparison, Fate, RecordedLine

RemovedBy = Callable[[str, int], str | None]  # the commit that removed a line


class ScanHeader(Struct, frozen=True):
    """What the record says about the scan itself."""

    repository: str
    commit: str
    scan: Mapping[str, Plain]


class LocationChange(Struct, frozen=True):
    """A change of the record by a scan: `new`, `fixed`, `moved`, `edited`, `back` or `void`."""

    what: str
    path: str
    line: int
    text: str = ""
    was: str = ""
    commit: str | None = None


def plain_detector(detector: Detector) -> dict[str, Plain]:
    return _plain(detector)


def fresh(header: ScanHeader, found: Mapping[str, Mapping[int, str]]) -> dict[str, Plain]:
    """The record of a first search."""
    source = {"repository": header.repository, "commit": header.commit}
    locations = list(_locations(found))
    record: dict[str, Plain] = {"source": source, "scan": header.scan}
    return record | ({"locations": locations} if locations else {})


def edits(
    file: str, affected: Affected, compared: Comparison, header: ScanHeader, removed_by: RemovedBy
) -> Iterator[Edit]:
    """What brings a record up to date: its entries first, then what is new, and what was searched last."""
    appended: list[Plain] = []
    for index, (location, (first, *others)) in enumerate(_all_parts(affected, compared, removed_by)):
        yield from _in_place(file, ("locations", index), location, first)
        appended += others
    yield from _exclusions(file, affected, compared)
    appended += _locations(compared.new, state=LocationState.NEW.value)
    yield from (Edit(file, ("locations",), "append", location) for location in appended)
    yield from _head(file, affected, header)


def edits_at_once(
    file: str, affected: Affected, compared: Comparison, header: ScanHeader, removed_by: RemovedBy
) -> Iterator[Edit]:
    """The same with the list of locations written anew: quicker where much changes, but comments in it are lost."""
    parts = list(_all_parts(affected, compared, removed_by))
    entries = [first for _, (first, *_) in parts] + [other for _, (_, *others) in parts for other in others]
    entries += _locations(compared.new, state=LocationState.NEW.value)
    yield Edit(file, ("locations",), "set", [entry["at"] if set(entry) == {"at"} else entry for entry in entries])
    yield from _exclusions(file, affected, compared)
    yield from _head(file, affected, header)


def _all_parts(
    affected: Affected, compared: Comparison, removed_by: RemovedBy
) -> Iterator[tuple[Location, list[dict[str, Plain]]]]:
    own: dict[int, list[RecordedLine]] = {}
    for line in compared.lines:
        if line.part == "locations":
            own.setdefault(line.index, []).append(line)
    for index, location in enumerate(affected.locations):
        yield location, _parts(location, own.get(index, []), compared.learned.get(index), removed_by)


def changes(affected: Affected | None, compared: Comparison, removed_by: RemovedBy) -> list[LocationChange]:
    """The changes for people to read, in the order of files and lines."""
    what = "new" if affected else "open"
    found = [
        LocationChange(what, path, line, text) for path, lines in compared.new.items() for line, text in lines.items()
    ]
    found += [change for one in compared.lines if (change := _change_of(one, removed_by))]
    for index, lines in compared.learned.items():
        path = str(affected.locations[index].at.path) if affected else ""
        found += [LocationChange("found", path, line) for line in lines]
    return sorted(found, key=lambda change: (change.path, change.line, change.what))


def _change_of(one: RecordedLine, removed_by: RemovedBy) -> LocationChange | None:
    text, was = one.text_now or one.text or "", f"{one.path}:{one.line}"
    if one.fate is Fate.GONE and one.part == "excluded":
        return LocationChange("void", one.path, one.line)
    if one.fate is Fate.GONE:
        return LocationChange("fixed", one.path, one.line, text, commit=removed_by(one.path, one.line))
    if one.fate is Fate.AGAIN:
        return LocationChange("back", one.path_now, one.line_now, text, was)
    if one.part == "locations" and (one.moved or one.fate is Fate.EDITED):
        return LocationChange("moved" if one.moved else "edited", one.path_now, one.line_now, text, was)
    return None


# ── one entry ────────────────────────────────────────────────────────────────────────────────────────


def _parts(
    location: Location, lines: list[RecordedLine], learned: tuple[int, ...] | None, removed_by: RemovedBy
) -> list[dict[str, Plain]]:
    """An entry as it should be: one, or several where its lines fared differently. The first takes its place."""
    whole = _plain(location)
    if learned is not None:
        return [whole | {"at": str(Place(location.at.path, learned))}]
    kept: dict[tuple[str, str | None], list[int]] = {}
    gone: dict[str | None, list[int]] = {}
    for one in lines:
        if one.fate is Fate.GONE:
            gone.setdefault(removed_by(one.path, one.line), []).append(one.line)
        elif one.fate is not Fate.FIXED:
            other = one.text_now if one.fate is Fate.EDITED and location.text is not None else None
            kept.setdefault((one.path_now, other), []).append(one.line_now)
    back = any(one.fate is Fate.AGAIN for one in lines)
    parts = []
    for (path, text), numbers in sorted(kept.items(), key=lambda part: (part[0][1] is not None, part[1])):
        part = whole | {"at": str(_place(path, numbers))} | ({"text": text} if text else {})
        parts.append(_reopened(part) if back else part)
    for commit, numbers in sorted(gone.items(), key=lambda part: part[1]):
        part = whole | {"at": str(_place(location.at.path, numbers)), "state": LocationState.FIXED.value}
        parts.append(part | ({"commit": commit} if commit else {}))
    fixed = [one.line for one in lines if one.fate is Fate.FIXED]
    if fixed:
        parts.append(whole | {"at": str(_place(location.at.path, fixed))})
    return parts or [whole]


def _reopened(part: dict[str, Plain]) -> dict[str, Plain]:
    return {key: value for key, value in part.items() if key != "commit"} | {"state": LocationState.NEW.value}


def _place(path: str, lines: Iterable[int]) -> Place:
    return Place(Path(path), tuple(sorted(set(lines))))


def _in_place(file: str, field: tuple[str | int, ...], location: Location, new: dict[str, Plain]) -> Iterator[Edit]:
    """The edits that make an entry what it should be; one that says only where may stand on a line by itself."""
    old = _plain(location)
    if old == new:
        return
    if set(old) == {"at"}:
        yield Edit(file, field, "set", new["at"] if set(new) == {"at"} else new)
        return
    yield from (Edit(file, (*field, key), "set", value) for key, value in new.items() if old.get(key) != value)
    yield from (Edit(file, (*field, key), "remove") for key in old if key not in new)


def _exclusions(file: str, affected: Affected, compared: Comparison) -> Iterator[Edit]:
    """Exclusions move with their lines; one whose match is gone is void, and might hide another match later."""
    void = []
    for index, exclusion in enumerate(affected.excluded):
        own = [one for one in compared.lines if (one.part, one.index) == ("excluded", index)]
        left = [one for one in own if one.fate is not Fate.GONE]
        if own and not left:
            void.append(index)
        elif own and (at := str(_place(left[0].path_now, (one.line_now for one in left)))) != str(exclusion.at):
            alone = exclusion.model_fields_set == {"at"}
            yield Edit(file, ("excluded", index) if alone else ("excluded", index, "at"), "set", at)
    if void and len(void) == len(affected.excluded):
        yield Edit(file, ("excluded",), "remove")
    else:
        yield from (Edit(file, ("excluded", index), "remove") for index in reversed(void))


# ── the whole ────────────────────────────────────────────────────────────────────────────────────────


def _locations(found: Mapping[str, Mapping[int, str]], **more: str) -> Iterator[dict[str, Plain]]:
    """An entry for each file and text found in it."""
    for path, lines in found.items():
        by_text: dict[str, list[int]] = {}
        for line, text in lines.items():
            by_text.setdefault(text, []).append(line)
        for text, numbers in by_text.items():
            yield {"at": str(_place(path, numbers)), "text": text, **more}


def _head(file: str, affected: Affected, header: ScanHeader) -> Iterator[Edit]:
    source = {"repository": header.repository, "commit": header.commit}
    old_source = _plain(affected.source)
    yield from (Edit(file, ("source", key), "set", value) for key, value in source.items() if old_source[key] != value)
    if affected.scan is None:
        yield Edit(file, ("scan",), "set", header.scan)
        return
    old = _plain(affected.scan)
    yield from (Edit(file, ("scan", key), "set", value) for key, value in header.scan.items() if old.get(key) != value)
    if "from" in old:  # it was read in a document; now it was done
        yield Edit(file, ("scan", "from"), "remove")


def _plain(record: Record) -> dict[str, Any]:
    """What is written of a record, as plain text."""
    return {key: _text(value) for key, value in record.model_dump(mode="json", exclude_unset=True).items()}


def _text(value: object) -> Plain:
    if isinstance(value, dict):
        return {str(key): _text(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_text(item) for item in value]
    return str(value)
