"""Adds the results of a SARIF file to an issue as locations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from triagebook.code.checkouts import repository_at
from triagebook.errors import TriagebookError
from triagebook.findings import Edit, Plain
from triagebook.intake.ticket import inert
from triagebook.scan.source_folder import repository_of
from triagebook.store.emit import Writer
from triagebook.store.write import create, edit
from triagebook.text import counted, on_one_line

if TYPE_CHECKING:
    from triagebook.book import Entry
    from triagebook.intake.sarif import SarifHit, SarifLog
    from triagebook.store.load import Loaded

_HEAD = "# yaml-language-server: $schema=../.schema/affected.json\n"


class Selection(Struct, frozen=True):
    """Which results to import."""

    commit: str | None
    rules: tuple[str, ...]


class ImportedLocations(Struct):
    """The outcome of importing a SARIF file."""

    file: str
    new: list[str] = field(default_factory=list)
    known: int = 0
    notes: list[str] = field(default_factory=list)


def locate(loaded: Loaded, entry: Entry, log: SarifLog, finds: Selection, *, dry_run: bool) -> ImportedLocations:
    """Add the locations that are not recorded yet."""
    imported = ImportedLocations(f"{entry.id}/affected.yaml")
    hits = _selected(log, finds.rules)
    imported.notes += _notes(log)
    source = _source(loaded, entry, log, finds.commit, dry_run=dry_run)
    known = _on_record(entry)
    new = {place: some for place, some in _by_place(hits).items() if place not in known}
    imported.known = len(_by_place(hits)) - len(new)
    locations = [_location(path, line, some) for (path, line), some in sorted(new.items())]
    imported.new = [f"{one['at']}  {on_one_line(str(one.get('note', '')))}".rstrip() for one in locations]
    if locations and not dry_run:
        _write(loaded, entry, imported.file, source, log, locations)
    return imported


def _selected(log: SarifLog, rules: tuple[str, ...]) -> list[SarifHit]:
    there = sorted({hit.rule for hit in log.hits})
    for rule in rules:
        if rule not in there:
            raise TriagebookError(
                f"the file has no results for rule `{rule}`", f"its rules are: {', '.join(there) or 'none'}"
            )
    return [hit for hit in log.hits if not rules or hit.rule in rules]


def _notes(log: SarifLog) -> Iterator[str]:
    if log.suppressed:
        yield f"{counted(log.suppressed, 'result')} skipped: suppressed, absent or passed"
    if log.placeless:
        yield f"{counted(log.placeless, 'result')} skipped: no file location"
    if log.outside:
        more = f" and {len(log.outside) - 3} more" if len(log.outside) > 3 else ""
        yield f"skipped, not known to be in the repository: {', '.join(log.outside[:3])}{more}"


def _source(loaded: Loaded, entry: Entry, log: SarifLog, named: str | None, *, dry_run: bool) -> dict[str, Plain]:
    """The repository and commit of the results; they must agree with the record. A dry run needs no commit."""
    if named is not None and not re.fullmatch(r"[0-9a-f]{7,64}", named):
        raise TriagebookError(f"`{named}` is not a commit hash", "write what `git rev-parse HEAD` prints")
    if named is None and len(log.commits) > 1:
        raise TriagebookError(f"the file has results for {len(log.commits)} commits", "import the runs one at a time")
    commit = named or next(iter(log.commits), None)
    if commit is None and dry_run:
        return {}
    if commit is None:
        what = "the file does not name the commit that was scanned"
        raise TriagebookError(what, "add --commit COMMIT; git rev-parse HEAD prints it where the linter ran")
    if entry.affected is not None:
        recorded = str(entry.affected.source.commit)
        if not (recorded.startswith(commit) or commit.startswith(recorded)):
            what = f"the file is for commit {commit[:9]}, but the recorded locations are for {recorded[:9]}"
            raise TriagebookError(what, f"update the record to that commit first: triagebook scan {entry.id}")
    return {"repository": _repository(loaded, entry, log), "commit": commit}


def _repository(loaded: Loaded, entry: Entry, log: SarifLog) -> str:
    """The id of the repository with the address in the file, or else that of the record."""
    return repository_at(loaded.book.catalog, log.repositories) or repository_of(loaded.book, entry)


def _on_record(entry: Entry) -> set[tuple[str, int]]:
    affected = entry.affected
    places = [*(one.at for one in affected.locations), *(one.at for one in affected.excluded)] if affected else []
    return {(str(place.path), line) for place in places for line in place.lines or (0,)}


def _by_place(hits: list[SarifHit]) -> dict[tuple[str, int], list[SarifHit]]:
    found: dict[tuple[str, int], list[SarifHit]] = {}
    for hit in hits:
        found.setdefault((hit.path, hit.line), []).append(hit)
    return found


def _location(path: str, line: int, hits: list[SarifHit]) -> dict[str, Plain]:
    """A location with all results for its line."""
    says = [f"{hit.rule}: {hit.says}" if hit.rule and hit.says else hit.rule or hit.says for hit in hits]
    text = next((hit.text for hit in hits if hit.text), "")
    note = inert("\n".join(dict.fromkeys(filter(None, says))))
    return {
        "at": f"{path}:{line}" if line else path,
        **({"text": text} if text else {}),
        **({"note": note} if note else {}),
    }


def _write(
    loaded: Loaded,
    entry: Entry,
    file: str,
    source: Mapping[str, Plain],
    log: SarifLog,
    locations: list[dict[str, Plain]],
) -> None:
    if entry.affected is None:
        record: dict[str, Plain] = {"source": source, "scan": {"by": ", ".join(log.tools)}, "locations": locations}
        create(loaded.root, file, _HEAD + Writer().document(record))
    elif entry.affected.locations:
        edit(loaded.root, [Edit(file, ("locations",), "append", {**one, "state": "new"}) for one in locations])
    else:
        edit(loaded.root, [Edit(file, ("locations",), "set", [{**one, "state": "new"} for one in locations])])
