"""`triagebook import`: imports issues from GitHub, and locations from SARIF files."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click

from triagebook.book import Entry
from triagebook.code.checkouts import Checkouts
from triagebook.errors import TriagebookError
from triagebook.intake import github, sarif
from triagebook.intake.input_text import UnreadableError
from triagebook.recording.input_files import take
from triagebook.recording.sarif_locations import locate
from triagebook.recording.tickets import ImportedTicket, TicketImport
from triagebook.similar import Profile, SimilarIssues, groups, traits_in
from triagebook.store.load import Loaded
from triagebook.store.survey import Survey
from triagebook.text import counted, first_of, on_one_line, visible

from .common import open_issue, print_notes, refuse_unknown, refuse_unread_locations, surveyed
from .main import FINDINGS
from .new import suggest
from .options import book_option, complete_issue, name_option, subcommand

R = TypeVar("R")


_KINDS = ("github", "sarif")
_LIKE_GITHUB = ("gitlab", "jira", "bugzilla", "azure", "linear", "youtrack", "redmine")


def _kind(_: click.Context, __: click.Parameter, value: str) -> str:
    if value in _KINDS:
        return value
    do = f"write `github`, which also reads {value}" if value.lower() in _LIKE_GITHUB else "write `github` or `sarif`"
    raise click.UsageError(f"`{on_one_line(value)}` is not a kind of import; {do}")


@subcommand("import")
@click.argument("kind", metavar="github|sarif", callback=_kind)
@click.argument("file", metavar="FILE")
@click.option("--issue", metavar="ID", shell_complete=complete_issue)
@click.option("--commit", metavar="COMMIT")
@click.option("--root", metavar="DIR")
@click.option("--rule", metavar="ID", multiple=True)
@name_option("--pattern", "pattern")
@click.option("--dry-run", is_flag=True)
@book_option
def command(
    kind: str, file: str, issue: str | None, commit: str | None, root: str | None,
    rule: tuple[str, ...], pattern: tuple[str, ...], dry_run: bool, book: Path | None,
) -> None:  # fmt: skip
    _refuse_unfit(kind, {"--issue": issue, "--commit": commit, "--root": root, "--rule": rule}, pattern)
    if issue is not None:
        loaded, entry = open_issue(book, issue)
        _sarif(loaded, entry, file, root, commit, rule, dry_run=dry_run)
    elif not _github(surveyed(book), file, pattern, dry_run=dry_run):
        raise click.exceptions.Exit(FINDINGS)


def _refuse_unfit(kind: str, of_sarif: Mapping[str, object], pattern: object) -> None:
    for flag, value in of_sarif.items() if kind == "github" else {"--pattern": pattern}.items():
        if value:
            raise click.UsageError(f"{flag} applies only to {'sarif' if kind == 'github' else 'github'}")
    if kind == "sarif" and not of_sarif["--issue"]:
        raise click.UsageError("name the issue to add the locations to: --issue ID")


def _read(file: str, parse: Callable[[bytes], R]) -> R:
    """Read a file or standard input; an error names it."""
    source = take(file, sys.stdin.buffer)
    try:
        return parse(source.data)
    except UnreadableError as error:
        raise UnreadableError(f"{source.path}: {error.what}", error.do) from None


def _github(survey: Survey, file: str, patterns: tuple[str, ...], *, dry_run: bool) -> bool:
    """Import every issue; return whether all of them could be imported."""
    loaded = survey.load(())
    refuse_unknown(loaded, "pattern", patterns)
    found = _read(file, github.read)
    today = datetime.now().astimezone().date().isoformat()
    closed: Counter[str] = Counter()
    linked = {url.rstrip("/"): name for name, outline in survey.outlines.items() for url in outline.links}
    importer, changed = TicketImport(loaded, linked, patterns, today, dry_run=dry_run), False
    similar = SimilarIssues(traits_in(survey))
    reports: dict[str, Profile] = {}
    notes: dict[str, list[str]] = {}
    problems = [f"{problem}, so it was skipped" for problem in found.problems]
    for ticket in found.tickets:
        try:
            imported = importer.run(ticket)
        except TriagebookError as error:
            problems.append(f"#{ticket.number} was skipped: {error.what}; {error.do}")
            continue
        changed |= imported.how != "unchanged"
        closed.update([imported.reading.closed] if imported.reading.closed and imported.how != "unchanged" else [])
        for note in imported.notes:
            notes.setdefault(note, []).append(imported.issue)
        if report := _report(loaded, imported, similar, patterns):
            reports[imported.issue] = report
    print_notes(*(f"{first_of(of)}: {note}" for note, of in notes.items()))
    for group, why in groups(reports):
        click.echo(f"possibly one cause: {', '.join(group)} ({why})", err=True)
    if found.pulls:
        click.echo(f"skipped    {counted(len(found.pulls), 'pull request')}: {visible(', '.join(found.pulls[:10]))}")
    if closed:
        ends = ", ".join(f"{number:,} as {ending}" for ending, number in sorted(closed.items()))
        what = f"{counted(closed.total(), 'issue')} closed in the tracker, so also here: {ends}"
        print_notes(f"{what}. The tracker proves no fix; each verdict says what its record proves")
    print_notes(*problems)
    if not (found.tickets or found.pulls or problems):
        print_notes(f"{file} contains no issues")
    if changed and not dry_run:
        click.echo("next: review the imported records, then run: triagebook check", err=True)
    return not problems


def _report(
    loaded: Loaded, imported: ImportedTicket, similar: SimilarIssues, patterns: tuple[str, ...]
) -> Profile | None:
    """Print what became of a ticket, and what it resembles; return what is compared with the other tickets."""
    click.echo(f"{imported.how:<9}  {(loaded.root / imported.file).as_posix()}")
    if imported.how == "unchanged":
        return None
    read = imported.reading
    title, summary = str(read.fields["title"]), str(read.fields["summary"])
    report = Profile(title, summary, tuple(read.errors), tuple(dict.fromkeys(read.paths)), patterns=patterns)
    suggest(loaded.book, similar, report, imported.issue)
    return report


def _sarif(
    loaded: Loaded, entry: Entry, file: str, root: str | None, commit: str | None, rules: tuple[str, ...], *,
    dry_run: bool,
) -> None:  # fmt: skip
    checkout = Checkouts(loaded.root, loaded.book).of(entry).checkout if root is None else None
    top = str(checkout.root.resolve()) if checkout else root or ""
    log = _read(file, lambda data: sarif.read(data, top))
    refuse_unread_locations(loaded, entry)
    added = locate(loaded, entry, log, commit, rules, dry_run=dry_run)
    print_notes(*added.notes)
    for hit in added.new:
        click.echo(f"new     {visible(hit)}")
    done = "nothing was written" if dry_run or not added.new else f"wrote {(loaded.root / added.file).as_posix()}"
    click.echo(f"{counted(len(added.new), 'new location')}, {added.known} already recorded; {done}")
