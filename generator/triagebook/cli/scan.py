"""`triagebook scan`: the locations of an issue, found in its source code, and the drift between the two."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import to_builtins

from triagebook.book import natural
from triagebook.code.checkouts import Checkouts
from triagebook.code.state import SourceState
from triagebook.errors import BusyError, TriagebookError
from triagebook.facts.detector import detector_of
from triagebook.findings import Level
from triagebook.output import json, text
from triagebook.output.check_result import CheckResult
from triagebook.rules import drift as rules
from triagebook.rules.engine import run
from triagebook.scan.detectors import CompiledDetector, DetectorError, compile_detector
from triagebook.scan.drift import drifts_in, unavailable_code
from triagebook.scan.file_search import search_files
from triagebook.scan.issue_search import IssueSearch
from triagebook.scan.record_update import LocationChange
from triagebook.scan.scan_result import ScanResult
from triagebook.scan.source_folder import repository_of, source_folder_of
from triagebook.store.changes import thaw
from triagebook.store.emit import Layout, Writer
from triagebook.store.write import create, edit
from triagebook.text import counted, on_one_line, visible

from .common import (
    book_option,
    book_root,
    complete_issue,
    examples,
    format_option,
    on_terminal,
    open_book,
    open_issue,
    pick,
    print_json,
    print_utf8,
    refuse_unread_locations,
)
from .findings import lines_in
from .main import FINDINGS

if TYPE_CHECKING:
    from triagebook.book import Entry
    from triagebook.findings import Finding
    from triagebook.store.load import Loaded

_HEAD = "# yaml-language-server: $schema=../.schema/affected.json\n"
_COMMENT = re.compile(r"(?m)^(?!# yaml-language-server:)(?:.*\s)?#")
_COLOURS = {"new": "red", "back": "red", "open": None, "fixed": "green", "moved": "cyan", "edited": "cyan"}


@click.command(
    "scan",
    epilog=examples(
        "triagebook scan 1184 --in ../zen",
        "triagebook scan 1184 --dry-run",
        "triagebook scan --check",
    ),
)
@click.argument("issue_ids", metavar="[ID]...", nargs=-1, shell_complete=complete_issue)
@click.option(
    "--in", "folder", metavar="DIR", type=click.Path(path_type=Path),
    help="The folder of the source code. Default: the `checkout` in the catalog, or the repository around the book.",
)  # fmt: skip
@click.option(
    "--check", "checks", is_flag=True, help="Only tell where record and code differ; the exit code is 1 then."
)
@click.option("--dry-run", is_flag=True, help="Only tell what is found and what would be written.")
@format_option
@book_option
@click.pass_context
def command(
    ctx: click.Context, issue_ids: tuple[str, ...], folder: Path | None, checks: bool, dry_run: bool, form: str,
    book: Path | None,
) -> None:  # fmt: skip
    """Find the locations of an issue in its source code.

    The detector of the issue, or of its cause's pattern, says what to search for. The locations go to affected.yaml
    with the commit they hold at: what is new is marked as new, what is gone as fixed, what moved is moved along. What
    people wrote there stays.

    With --check nothing is written. It tells which recorded lines do not hold any more, what is found and not
    recorded, and where each `path:line` of the record went; without ID for all issues whose code is at hand.
    """
    before = [_text(book_root(book), issue_id) for issue_id in issue_ids]
    if folder is not None and not folder.is_dir():
        raise TriagebookError(f"there is no folder {folder}", "name the folder of the source code")
    if checks:
        loaded = open_book(book)
        findings = _check(loaded, pick(loaded, issue_ids), folder)
        _show(findings, loaded, form)
        if any(not finding.accepted for finding in findings):
            ctx.exit(FINDINGS)
        return
    if len(issue_ids) != 1:
        raise click.UsageError("name one issue to search for; --check takes several, or none for all")
    loaded, entry = open_issue(book, issue_ids[0])
    refuse_unread_locations(loaded, entry)
    outcome = _look(loaded, entry, folder)
    notes = _notes(outcome)
    written = False if dry_run else _write(loaded, outcome, before[0])
    for note in notes:
        click.echo(f"note: {on_one_line(note)}", err=True)
    if form == "json":
        print_json(_as_data(outcome, loaded, written=written))
    else:
        for line in _lines(outcome):
            click.echo(line)
        click.echo(_summary(outcome, loaded, written=written, dry_run=dry_run))


# ── looking ──────────────────────────────────────────────────────────────────────────────────────────


def _look(loaded: Loaded, entry: Entry, folder: Path | None) -> ScanResult:
    search = _search(loaded, entry)
    repository = repository_of(loaded.book, entry)
    source = source_folder_of(loaded.book, entry, loaded.root, folder)
    (found,) = search_files(source.folder, source.files, [search], _track)
    return ScanResult(IssueSearch(entry, source, search, found), loaded.book, repository)


def _search(loaded: Loaded, entry: Entry) -> CompiledDetector:
    detector = detector_of(loaded.book, entry)
    file = (loaded.root / entry.id / "issue.yaml").as_posix()
    if detector is None:
        do = f"write one in {file}: `detector: {{code: await get_manager($$$), language: python}}`"
        raise TriagebookError(f"nothing says what finds issue {entry.id} in source code", do)
    try:
        return compile_detector(detector)
    except DetectorError as error:
        where = file if entry.issue.detector else "its pattern"
        raise TriagebookError(
            f"the detector of issue {entry.id}, in {where}, can't search: {error.what}", error.do
        ) from None


def _track(paths: Sequence[str]) -> Iterable[str]:
    """The files one by one, with a bar where a person sees it."""
    if not (on_terminal() and sys.stderr.isatty()):
        return paths
    from rich.console import Console  # noqa: PLC0415  (takes a while to import)
    from rich.progress import track  # noqa: PLC0415

    return track(paths, "searching", console=Console(file=sys.stderr), transient=True)


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────


def _text(root: Path, issue_id: str) -> str:
    """A record as it is before anything is read of it: whoever writes to it meanwhile is not overwritten."""
    try:
        return (root / issue_id / "affected.yaml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _write(loaded: Loaded, outcome: ScanResult, before: str) -> bool:
    """Bring the record up to date; whether that changed anything."""
    _refuse_unfit(outcome)
    if outcome.search.entry.affected is None:
        create(loaded.root, outcome.file, _HEAD + Writer(Layout()).document(thaw(outcome.record)))
        return True
    if _text(loaded.root, outcome.search.entry.id) != before:
        raise BusyError(f"{outcome.file} was changed by another program", "try again")
    return bool(edit(loaded.root, outcome.edits(comments=_COMMENT.search(before) is not None)))


def _refuse_unfit(outcome: ScanResult) -> None:
    """What is recorded must hold at a commit, and not go back in time."""
    look, source = "; --dry-run only shows what is found", outcome.search.source
    if source.checkout is None:
        what = f"{source.folder} is no git checkout, so there is no commit at which the locations hold"
        raise TriagebookError(what, f"name a checkout: --in DIR{look}")
    if outcome.dirty:
        first, more = ", ".join(outcome.dirty[:3]), len(outcome.dirty) - 3
        files = f"{first} and {more} more" if more > 0 else first
        what = f"{files}: not as committed, so no commit would hold what is recorded"
        raise TriagebookError(what, f"commit the changes, or put them aside{look}")
    if outcome.behind:
        head = str(source.checkout.head)[:9]
        what = f"the checkout is at {head}, which is older than the record, at {outcome.behind[:9]}"
        raise TriagebookError(what, f"check out that commit or a later one{look}")


# ── telling ──────────────────────────────────────────────────────────────────────────────────────────


def _notes(outcome: ScanResult) -> Iterator[str]:
    """What a person should know of the search."""
    if not outcome.search.matches.searched:
        yield "no file is there that the detector is for; see its `include`, `exclude` and `language`"
    for why, paths in outcome.skipped.items():
        first = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        yield f"not searched, {why}: {first}"
    for path in sorted(outcome.search.matches.garbled):
        yield f"{path} is not UTF-8; it is searched, but its words may be shown wrong"
    if outcome.search.entry.affected and outcome.search.past.diffs is None:
        yield f"lines are told by their text and order alone: {outcome.search.past.why}"
    if outcome.dirty:
        yield f"{counted(len(outcome.dirty), 'file')} that the search is for changed since the last commit"


def _lines(outcome: ScanResult) -> Iterator[str]:
    """What was found or changed, a line each; all that is open where nothing was recorded before."""
    rows = [(change.what, f"{change.path}:{change.line}", _detail(change)) for change in outcome.changes]
    rows += [("left", f"{one.path_now}:{one.line_now}", one.why) for one in outcome.left]
    width = max((len(place) for _, place, _ in rows), default=0)
    for what, place, detail in rows:
        shown = f"{place:<{min(width, 80)}}  {detail}" if detail else place
        yield f"{click.style(f'{what:<6}', fg=_COLOURS.get(what))}  {visible(shown)}"


def _detail(change: LocationChange) -> str:
    if change.what == "fixed":
        return f"by {change.commit[:9]}" if change.commit else "by a commit that the history does not tell"
    if change.what == "void":
        return "nothing is found any more where it was excluded"
    return f"{change.text}  (was {change.was})" if change.was else change.text


def _summary(outcome: ScanResult, loaded: Loaded, *, written: bool, dry_run: bool) -> str:
    lines, checkout = outcome.open_lines, outcome.search.source.checkout
    files = len({line.path for line in lines})
    at = f" at {str(checkout.head)[:9]}" if checkout else ""
    counts = ", ".join(f"{number} {what}" for what, number in outcome.counts.items() if what != "open")
    searched = counted(len(outcome.search.matches.searched), "file")
    says = f"{counted(len(lines), 'location')} open in {counted(files, 'file')}{at}{f' ({counts})' if counts else ''}"
    place = (loaded.root / outcome.file).as_posix()
    done = "nothing was written" if dry_run else f"wrote {place}" if written else f"{place} is up to date"
    return f"{says}; {searched} searched; {done}"


def _as_data(outcome: ScanResult, loaded: Loaded, *, written: bool) -> dict[str, Any]:
    search, checkout = outcome.search, outcome.search.source.checkout
    return {
        "issue": search.entry.id,
        "path": (loaded.root / outcome.file).as_posix(),
        "written": written,
        "repository": outcome.repository,
        "commit": checkout.head if checkout else None,
        "dirty": outcome.dirty,
        "detector": search.detector.detector.model_dump(mode="json", exclude_defaults=True),
        "files": {"searched": len(search.matches.searched), "skipped": dict(sorted(search.matches.skipped.items()))},
        "locations": [to_builtins(line, enc_hook=str) for line in outcome.open_lines],
        "changes": [to_builtins(change, enc_hook=str) for change in outcome.changes],
        "left": [{"path": one.path_now, "line": one.line_now, "why": one.why} for one in outcome.left],
    }


# ── drift ────────────────────────────────────────────────────────────────────────────────────────────


def _check(loaded: Loaded, named: Sequence[Entry], folder: Path | None) -> list[Finding]:
    """What the rules say of the drift. Where no code is at hand, an issue that was named is an error, others a note."""
    entries = named or list(loaded.book.issues.values())
    for entry in named:
        refuse_unread_locations(loaded, entry)
    checkouts = Checkouts(loaded.root, loaded.book, folder)
    where = {entry.id: checkouts.of(entry) for entry in entries}
    unavailable = unavailable_code(loaded.root, where)
    for issue_id, error in unavailable.items():
        if named or len(unavailable) == len(entries):
            raise error
        click.echo(f"note: {issue_id} is not looked at: {on_one_line(error.what)}", err=True)
    drifts = drifts_in(loaded.book, loaded.root, where, _track)
    for issue_id, drift in drifts.items():
        for unknown_thing in drift.unknown:
            click.echo(f"note: {issue_id}: {on_one_line(unknown_thing)}", err=True)
    source = SourceState(head=next((one.checkout.head for one in where.values() if one.checkout), None), drift=drifts)
    found = run(rules.RULES, loaded.book, source, only=frozenset(drifts))
    return sorted(loaded.placed(found), key=lambda finding: natural(finding.file))


def _show(findings: Sequence[Finding], loaded: Loaded, form: str) -> None:
    if form == "json":
        notes = [rule.note() for rule in rules.RULES]
        print_utf8(json.render(CheckResult(findings, loaded.root, notes, None, frozenset(Level))))
        return
    width = min(shutil.get_terminal_size().columns, text.WIDTH) if on_terminal() else text.WIDTH
    for line in text.render_with_lines(findings, loaded.root, lines_in(loaded.root), width):
        click.echo(line)
    click.echo(text.tally(findings))
