"""`triagebook import`: issues from a tracker, and locations from what a linter found."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triagebook.errors import TriagebookError
from triagebook.intake import github, sarif
from triagebook.recording.sarif_locations import Selection, locate
from triagebook.recording.tickets import ImportedTicket, TicketImport
from triagebook.similar import Profile, SimilarIssues
from triagebook.text import counted, on_one_line, visible

from .common import (
    book_option,
    complete_issue,
    examples,
    name_option,
    open_book,
    open_issue,
    refuse_unread_locations,
    unknown,
)
from .main import FINDINGS
from .suggestions import suggest

if TYPE_CHECKING:
    from triagebook.book import Entry
    from triagebook.store.load import Loaded

STDIN = "-"


@click.command(
    "import",
    epilog=examples(
        "gh issue view 12 --json number,title,body,url,state,stateReason,createdAt,closedAt,author,assignees,"
        "labels,comments > 12.json",
        "triagebook import github 12.json",
        "triagebook import github 12.json --pattern awaited-sync-call",
        "triagebook import sarif ruff.sarif --issue 12 --rule ASYNC100",
    ),
)
@click.argument("kind", metavar="github|sarif", type=click.Choice(["github", "sarif"]))
@click.argument("file", metavar="FILE")
@click.option(
    "--issue", metavar="ID", shell_complete=complete_issue, help="The issue that gets the locations of a SARIF file."
)
@click.option("--commit", metavar="SHA", help="The commit that a SARIF file speaks of, where it does not say.")
@click.option("--rule", metavar="ID", multiple=True, help="Only the results of this rule of a SARIF file.")
@name_option("--pattern", "pattern", "The known root cause of an issue from GitHub: its playbook is filled in.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be written.")
@book_option
@click.pass_context
def command(
    ctx: click.Context, kind: str, file: str, issue: str | None, commit: str | None, rule: tuple[str, ...],
    pattern: tuple[str, ...], dry_run: bool, book: Path | None,
) -> None:  # fmt: skip
    """Take issues or locations from other tools.

    github: FILE holds issues as JSON, from `gh issue view` or `gh issue list`, from the REST interface or a webhook;
    `-` reads what comes through a pipe. Each becomes a record under its number. Labels and logins are read by the
    `tracker` part of the catalog. No word of the tracker ever becomes a command. Imported again, a record follows the
    tracker in what nobody has changed since; what people wrote stays. `.imported.json` in its folder remembers what
    was imported.

    sarif: FILE holds what a linter found; it becomes locations of --issue. Those on record stay as they are.
    """
    _refuse_unfit(kind, issue, commit, rule, pattern)
    if issue is not None:
        loaded, entry = open_issue(book, issue)
        _sarif(loaded, entry, file, Selection(commit, rule), dry_run=dry_run)
    elif not _github(open_book(book), file, pattern, dry_run=dry_run):
        ctx.exit(FINDINGS)


def _refuse_unfit(kind: str, issue: str | None, commit: str | None, rule: object, pattern: object) -> None:
    of_sarif = {"--issue": issue, "--commit": commit, "--rule": rule}
    for flag, value in of_sarif.items() if kind == "github" else {"--pattern": pattern}.items():
        if value:
            raise click.UsageError(f"{flag} is for {'sarif' if kind == 'github' else 'github'}")
    if kind == "sarif" and not issue:
        raise click.UsageError("name the issue that gets the locations: --issue ID")


def _data(file: str) -> bytes:
    """The bytes of a file, or of a pipe, one more than are read at most."""
    if file == STDIN:
        return sys.stdin.buffer.read(github.MAX_BYTES + 1)
    if Path(file).is_dir():
        raise TriagebookError(f"{file} is a folder", "name a file in it")
    with Path(file).open("rb") as stream:
        return stream.read(github.MAX_BYTES + 1)


def _named(file: str) -> str:
    return "standard input" if file == STDIN else file


# ── issues ───────────────────────────────────────────────────────────────────────────────────────────


def _github(loaded: Loaded, file: str, patterns: tuple[str, ...], *, dry_run: bool) -> bool:
    """Import every issue; whether all that looked like one could be."""
    for name in patterns:
        if name not in loaded.book.names("pattern"):
            write = f"write it first, in {loaded.root / 'patterns'}"
            raise unknown("pattern", name, loaded.book.names("pattern"), write)
    try:
        found = github.read(_data(file))
    except github.UnreadableTicketsError as error:
        raise TriagebookError(f"{_named(file)}: {error.what}", error.do) from None
    today = datetime.now().astimezone().date().isoformat()
    bringer, changed = TicketImport(loaded, patterns, today, dry_run=dry_run), False
    similar = SimilarIssues.of_book(loaded.book)
    problems = [f"{problem}, so it is left out" for problem in found.problems]
    for ticket in found.tickets:
        try:
            brought = bringer.bring(ticket)
        except TriagebookError as error:
            problems.append(f"#{ticket.number} is left out: {error.what}; {error.do}")
            continue
        changed |= brought.how != "kept"
        _tell(loaded, brought, similar, patterns)
    if found.pulls:
        click.echo(f"skipped   {counted(len(found.pulls), 'pull request')}: {visible(', '.join(found.pulls[:10]))}")
    for problem in problems:
        click.echo(f"note: {on_one_line(problem)}", err=True)
    if not (found.tickets or found.pulls or problems):
        click.echo(f"note: {_named(file)} holds no issue", err=True)
    if changed and not dry_run:
        click.echo("next: read what was imported, then run: triagebook check", err=True)
    return not problems


def _tell(loaded: Loaded, brought: ImportedTicket, similar: SimilarIssues, patterns: tuple[str, ...]) -> None:
    click.echo(f"{brought.how:<8}  {(loaded.root / brought.file).as_posix()}")
    for note in brought.notes:
        click.echo(f"note: {brought.issue}: {on_one_line(note)}", err=True)
    if brought.how == "kept":
        return
    read = brought.reading
    title, summary = str(read.fields["title"]), str(read.fields["summary"])
    report = Profile(title, summary, tuple(read.errors), tuple(dict.fromkeys(read.paths)), patterns=patterns)
    suggest(loaded.book, similar, report, brought.issue)


# ── locations ────────────────────────────────────────────────────────────────────────────────────────


def _sarif(loaded: Loaded, entry: Entry, file: str, finds: Selection, *, dry_run: bool) -> None:
    try:
        log = sarif.read(_data(file))
    except sarif.UnreadableSarifError as error:
        raise TriagebookError(f"{_named(file)}: {error.what}", error.do) from None
    refuse_unread_locations(loaded, entry)
    told = locate(loaded, entry, log, finds, dry_run=dry_run)
    for note in told.notes:
        click.echo(f"note: {on_one_line(note)}", err=True)
    for hit in told.new:
        click.echo(f"new     {visible(hit)}")
    done = "nothing was written" if dry_run or not told.new else f"wrote {(loaded.root / told.file).as_posix()}"
    click.echo(f"{counted(len(told.new), 'location')} new, {told.known} on record already; {done}")
