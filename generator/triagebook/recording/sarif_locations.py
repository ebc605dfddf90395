"""Adds the results of a SARIF file to an issue as locations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from triagebook.book import Entry
from triagebook.code.checkouts import repository_at
from triagebook.errors import TriagebookError
from triagebook.findings import Edit, Plain
from triagebook.intake.sarif import SarifHit, SarifLog
from triagebook.intake.ticket import inert
from triagebook.scan.source_folder import repository_of
from triagebook.store.emit import new_record
from triagebook.store.load import Loaded
from triagebook.store.write import create, edit
from triagebook.text import counted, first_of, on_one_line


class ImportedLocations(Struct):
    """The outcome of importing a SARIF file."""

    file: str
    new: list[str] = field(default_factory=list)
    known: int = 0
    notes: list[str] = field(default_factory=list)


def locate(
    loaded: Loaded, entry: Entry, log: SarifLog, commit: str | None, rules: tuple[str, ...], *, dry_run: bool
) -> ImportedLocations:
    """Add the locations that are not recorded yet."""
    imported = ImportedLocations(f"{entry.id}/affected.yaml")
    hits = _selected(log, rules)
    imported.notes += _notes(log)
    source = _source(loaded, entry, log, commit, dry_run=dry_run)
    known = _on_record(entry)
    new = {place: some for place, some in _by_place(hits).items() if place not in known}
    imported.known = len(_by_place(hits)) - len(new)
    locations = [_location(path, line, some) for (path, line), some in sorted(new.items())]
    imported.new = [f"{one['at']}  {on_one_line(str(one.get('note', '')))}".rstrip() for one in locations]
    if not locations or dry_run:
        return imported
    if entry.affected is None:
        record: dict[str, Plain] = {"source": source, "scan": {"by": ", ".join(log.tools)}, "locations": locations}
        create(loaded.root, imported.file, new_record("affected", record))
        return imported
    added: list[Plain] = [{**one, "state": "new"} for one in locations]
    if entry.affected.locations:
        edit(loaded.root, [Edit(imported.file, ("locations",), "append", one) for one in added])
    else:
        edit(loaded.root, [Edit(imported.file, ("locations",), "set", added)])
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
        yield f"skipped, not known to be in the repository: {first_of(log.outside)}"


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
    repository = repository_at(loaded.book.catalog, log.repositories) or repository_of(loaded.book, entry)
    return {"repository": repository, "commit": commit}


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
    says = [f"{hit.rule}: {hit.says}" if hit.rule and hit.says else hit.rule or hit.says for hit in hits]
    text = next((hit.text for hit in hits if hit.text), "")
    note = inert("\n".join(dict.fromkeys(filter(None, says))))
    return {
        "at": f"{path}:{line}" if line else path,
        **({"text": text} if text else {}),
        **({"note": note} if note else {}),
    }
