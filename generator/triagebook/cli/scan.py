"""`triagebook scan`: searches the source code for locations, and compares it with the record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from msgspec import to_builtins

from triagebook.book import Entry, fits
from triagebook.code.checkouts import Checkouts
from triagebook.code.state import of_issue
from triagebook.errors import BusyError, TriagebookError
from triagebook.findings import Choice, Finding
from triagebook.inquire import inquire
from triagebook.output import json, text
from triagebook.output.check_result import CheckResult
from triagebook.scan.comparison import Comparison
from triagebook.scan.detectors import CompiledDetector, DetectorError, compile_detector
from triagebook.scan.file_search import search_files
from triagebook.scan.scan_result import LocationChange, ScanResult
from triagebook.scan.source_folder import NAME_FOLDER, folder_at, repository_of
from triagebook.store.emit import new_record
from triagebook.store.load import Loaded
from triagebook.store.write import create, edit
from triagebook.text import counted, first_of, visible

from .common import book_root, open_book, open_issue, pick, print_json, print_notes, print_utf8, refuse_unread_locations
from .findings import all_findings, print_findings
from .main import FINDINGS
from .options import book_option, format_option, in_option, issues_argument, subcommand

_COMMENT = re.compile(r"(?m)^(?!# yaml-language-server:)(?:.*\s)?#")
_COLOURS = {"new": "red", "back": "red", "open": None, "fixed": "green", "moved": "cyan", "edited": "cyan"}


@subcommand("scan")
@issues_argument
@in_option
@click.option("--check", "checks", is_flag=True)
@click.option("--dry-run", is_flag=True)
@format_option
@book_option
def command(
    issue_ids: tuple[str, ...], folder: Path | None, checks: bool, dry_run: bool, form: str,
    book: Path | None,
) -> None:  # fmt: skip
    before = [_text(book_root(book), issue_id) for issue_id in issue_ids]
    if folder is not None and not folder.is_dir():
        raise TriagebookError(f"there is no folder {folder}", "name the folder of the source code")
    if checks:
        loaded = open_book(book)
        findings = _check(loaded, pick(loaded, issue_ids), folder)
        if form == "json":
            print_utf8(json.render(CheckResult(findings, loaded.root)))
        else:
            print_findings(findings, loaded.root)
            click.echo(text.tally(findings))
        if any(not finding.accepted for finding in findings):
            raise click.exceptions.Exit(FINDINGS)
        return
    if len(issue_ids) != 1:
        raise click.UsageError("name one issue; with --check you can name several, or none for all of them")
    loaded, entry = open_issue(book, issue_ids[0])
    refuse_unread_locations(loaded, entry)
    outcome = _look(loaded, entry, folder)
    notes = _notes(outcome)
    written = False if dry_run else _write(loaded, outcome, before[0])
    print_notes(*notes)
    if form == "json":
        print_json(_as_data(outcome, loaded, written=written))
    else:
        for line in _lines(outcome):
            click.echo(line)
        click.echo(_summary(outcome, loaded, written=written, dry_run=dry_run))


# ── search ───────────────────────────────────────────────────────────────────────────────────────────


def _look(loaded: Loaded, entry: Entry, folder: Path | None) -> ScanResult:
    search = _search(loaded, entry)
    repository = repository_of(loaded.book, entry)
    source = folder_at(Checkouts(loaded.root, loaded.book, folder).of(entry), loaded.root)
    (found,) = search_files(source.folder, source.files, [search])
    return ScanResult(Comparison(entry, source, search, found), repository)


def _search(loaded: Loaded, entry: Entry) -> CompiledDetector:
    detector = loaded.book.detector_of(entry)
    file = (loaded.root / entry.id / "issue.yaml").as_posix()
    if detector is None:
        do = f"add one to {file}: `detector: {{code: await get_manager($$$), language: python}}`"
        raise TriagebookError(f"issue {entry.id} has no detector, so there is nothing to search for", do)
    try:
        return compile_detector(detector)
    except DetectorError as error:
        where = file if entry.issue.detector else "its pattern"
        raise TriagebookError(
            f"the detector of issue {entry.id}, in {where}, is not valid: {error.what}", error.do
        ) from None


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────


def _text(root: Path, issue_id: str) -> str:
    """The text of a record before the scan, to detect edits made meanwhile."""
    file = root / issue_id / "affected.yaml"
    try:
        return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    except OSError:
        return ""


def _write(loaded: Loaded, outcome: ScanResult, before: str) -> bool:
    """Update the record; return whether that changed anything."""
    _refuse_unfit(outcome)
    if outcome.comparison.entry.affected is None:
        create(loaded.root, outcome.file, new_record("affected", outcome.record()))
        return True
    if _text(loaded.root, outcome.comparison.entry.id) != before:
        raise BusyError(f"{outcome.file} was changed by another program", "try again")
    edits = outcome.edits(comments=_COMMENT.search(before) is not None)
    return bool(edit(loaded.root, [*edits, *outcome.fix_edits()]))


def _refuse_unfit(outcome: ScanResult) -> None:
    """Locations must hold at a commit that is not older than the record."""
    look, source = "; or see what is found with --dry-run", outcome.comparison.source
    if source.checkout is None:
        what = f"{source.folder} is not a git checkout, so the locations can't be tied to a commit"
        raise TriagebookError(what, f"name a checkout: --in DIR{look}")
    affected, compared = outcome.comparison.entry.affected, outcome.comparison
    recorded = {str(one.at.path) for one in affected.locations} if affected else set()
    if recorded and compared.diff is None and not recorded & source.present:
        what = f"{source.folder} has none of the recorded files, and {compared.why_no_diff}"
        raise TriagebookError(what, f"name a checkout of `{outcome.repository}`: --in DIR{look}")
    if outcome.dirty:
        what = f"uncommitted changes in {first_of(outcome.dirty)}, so the locations can't be tied to a commit"
        raise TriagebookError(what, f"commit or stash the changes{look}")
    if outcome.behind:
        head = source.checkout.head[:9]
        what = f"the checkout is at {head}, which is older than the record's commit {outcome.behind[:9]}"
        raise TriagebookError(what, f"check out that commit or a later one{look}")


# ── output ───────────────────────────────────────────────────────────────────────────────────────────


def _notes(outcome: ScanResult) -> Iterator[str]:
    compared = outcome.comparison
    found, searched = compared.matches.places, compared.matches.searched
    if not searched:
        yield _why_no_file(outcome)
    elif not found and not outcome.counts["fixed"] and (outcome.left or not compared.locations):
        number = counted(len(searched), "file")
        yield f"the detector finds nothing in {number}; check its `code` or `regex`, or scan a commit with the defect"
    elif found and not outcome.open_lines and compared.entry.affected:
        yield "every line that the detector finds is excluded; check `excluded` in affected.yaml"
    for why, paths in outcome.skipped.items():
        yield f"not searched, {why}: {first_of(paths)}"
    if outcome.comparison.entry.affected and outcome.comparison.diff is None:
        yield f"locations were matched by text and order only: {outcome.comparison.why_no_diff}"
    if outcome.dirty:
        yield f"{counted(len(outcome.dirty), 'searched file')} with uncommitted changes"


def _why_no_file(outcome: ScanResult) -> str:
    """Which part of the detector leaves out every file."""
    detector, files = outcome.comparison.detector, outcome.comparison.source.files
    included = [path for path in files if not detector.include or fits(path, detector.include)]
    if included:
        return f"`exclude` leaves out {counted(len(included), 'file')}, all that the detector is for; narrow it"
    if detector.detector.include:
        return f"no file of {len(files)} matches `include`; write patterns from the root, such as `src/**/*.py`"
    return f"no file of {len(files)} is written in {detector.detector.language}; check `language`"


def _lines(outcome: ScanResult) -> Iterator[str]:
    """Each change on a line; all open locations if none were recorded before."""
    rows = [(change.what, f"{change.path}:{change.line}", _detail(change)) for change in outcome.changes]
    for index, commit in outcome.fix_commits.items():
        rows.append(("fix", f"fix.changes.{index}", f"commit {commit[:9]}"))
    rows += [("left", f"{one.path_now}:{one.line_now}", one.why) for one in outcome.left]
    width = max((len(place) for _, place, _ in rows), default=0)
    for what, place, detail in rows:
        shown = f"{place:<{min(width, 80)}}  {detail}" if detail else place
        yield f"{click.style(f'{what:<6}', fg=_COLOURS.get(what))}  {visible(shown)}"


def _detail(change: LocationChange) -> str:
    if change.what == "fixed":
        return f"by {change.commit[:9]}" if change.commit else "by an unknown commit"
    if change.what == "void":
        return "no longer matches; remove it from `excluded` if nobody needs it"
    return f"{change.text}  (was {change.was})" if change.was else change.text


def _summary(outcome: ScanResult, loaded: Loaded, *, written: bool, dry_run: bool) -> str:
    lines, checkout = outcome.open_lines, outcome.comparison.source.checkout
    files = len({line.path_now for line in lines})
    at = f" at {checkout.head[:9]}" if checkout else ""
    counts = ", ".join(f"{number} {what}" for what, number in outcome.counts.items() if what != "open")
    searched = counted(len(outcome.comparison.matches.searched), "file")
    says = f"{counted(len(lines), 'location')} open in {counted(files, 'file')}{at}{f' ({counts})' if counts else ''}"
    place = (loaded.root / outcome.file).as_posix()
    done = "nothing was written" if dry_run else f"wrote {place}" if written else f"{place} is up to date"
    return f"{says}; {searched} searched; {done}"


def _as_data(outcome: ScanResult, loaded: Loaded, *, written: bool) -> dict[str, Any]:
    compared, checkout = outcome.comparison, outcome.comparison.source.checkout
    return {
        "issue": compared.entry.id,
        "path": (loaded.root / outcome.file).as_posix(),
        "written": written,
        "repository": outcome.repository,
        "commit": checkout.head if checkout else None,
        "dirty": outcome.dirty,
        "detector": compared.detector.detector.model_dump(mode="json", exclude_defaults=True),
        "files": {
            "searched": len(compared.matches.searched),
            "skipped": dict(sorted(compared.matches.skipped.items())),
        },
        "locations": [
            {"path": one.path_now, "line": one.line_now, "text": one.text_now or one.text} for one in outcome.open_lines
        ],
        "changes": [to_builtins(change) for change in outcome.changes],
        "fix_commits": outcome.fix_commits,
        "left": [{"path": one.path_now, "line": one.line_now, "why": one.why} for one in outcome.left],
    }


# ── drift ────────────────────────────────────────────────────────────────────────────────────────────


def _check(loaded: Loaded, named: Sequence[Entry], folder: Path | None) -> list[Finding]:
    """The findings of `check --select TB5`. Missing source code is an error for a named issue, and a note otherwise."""
    for entry in named:
        refuse_unread_locations(loaded, entry)
    ids = [entry.id for entry in named] or list(loaded.book.issues)
    inquiry = inquire(loaded, folder, issues=ids)
    states = {issue_id: of_issue(inquiry.state, issue_id) for issue_id in ids}
    skipped = {issue_id: state.why_unknown for issue_id, state in states.items() if issue_id not in state.drift}
    for issue_id, why in skipped.items():
        if named or len(skipped) == len(ids):
            raise TriagebookError(why, NAME_FOLDER)
        print_notes(f"{issue_id} was skipped: {why}")
    for issue_id in ids:
        for unknown in states[issue_id].drift[issue_id].unknown if issue_id not in skipped else ():
            print_notes(f"{issue_id}: {unknown}")
    return all_findings(loaded, inquiry, choice=Choice(("TB5",)), only=frozenset(ids) - skipped.keys())
