"""`triagebook list`: lists the issues of a book, one per line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from triagebook.model.defect import Severity
from triagebook.text import counted, on_one_line

from .common import book_option, examples, format_option, name_option, on_terminal, open_book, print_json
from .issue_filter import SORTS, IssueFilter, in_order

if TYPE_CHECKING:
    from triagebook.book import Entry


class Column(Struct, frozen=True):
    """A column: its text for an issue, and the terminal width from which it is shown."""

    cell: Callable[[Entry], str]
    room: int = 0


COLUMNS = {
    "id": Column(lambda entry: entry.id),
    "severity": Column(lambda entry: entry.issue.severity.value, 30),
    "state": Column(lambda entry: "closed" if entry.issue.closed else "open", 50),
    "opened": Column(lambda entry: entry.issue.opened.isoformat(), 60),
    "owner": Column(lambda entry: entry.issue.owner or "-", 80),
    "components": Column(lambda entry: ",".join(entry.issue.components) or "-", 100),
    "title": Column(lambda entry: on_one_line(entry.issue.title)),
}
_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "closed": "dim"}


@click.command(
    "list",
    epilog=examples(
        "triagebook list --state open --sort severity",
        "triagebook list --severity critical --severity high",
        'triagebook list --text "TypeError" --format json',
    ),
)
@click.option("--state", type=click.Choice(["open", "closed"]), help="Only open issues, or only closed ones.")
@click.option(
    "--severity", type=click.Choice([s.value for s in Severity]), multiple=True, help="Only issues of this severity."
)
@name_option("--component", "component", "Only issues of this component.")
@name_option("--pattern", "pattern", "Only issues with this root cause.")
@name_option("--owner", "person", "Only issues with this owner.")
@click.option(
    "--text",
    metavar="WORDS",
    multiple=True,
    help="Only issues with this text in title, summary, errors or paths.",
)
@click.option("--sort", type=click.Choice(list(SORTS)), default="id", show_default=True, help="The field to sort by.")
@click.option("--reverse", is_flag=True, help="Reverse the order.")
@format_option
@book_option
def command(
    state: str | None, severity: tuple[str, ...], component: tuple[str, ...], pattern: tuple[str, ...],
    owner: tuple[str, ...], text: tuple[str, ...], sort: str, reverse: bool, form: str, book: Path | None,
) -> None:  # fmt: skip
    """List issues.

    Use it to find an id or to see what is open. Repeat a filter to accept several values; repeat `--text` to require
    all of the texts. A terminal shows a table; a pipe gets plain columns.
    """
    loaded = open_book(book)
    wanted = IssueFilter(state, severity, component, pattern, owner, text)
    wanted.refuse_unknown(loaded.book)
    entries = in_order(filter(wanted.takes, loaded.book.issues.values()), sort, backwards=reverse)
    if form == "json":
        print_json([_as_data(entry, loaded.root) for entry in entries])
    elif not entries:
        click.echo(_nothing(len(loaded.book.issues)), err=True)
    elif on_terminal():
        _print_table(entries, len(loaded.book.issues))
    else:
        _print_columns(entries)


def _nothing(issues: int) -> str:
    if issues:
        return f"none of {counted(issues, 'issue')} matches; remove a filter"
    return "there are no issues yet; create one: triagebook new"


def _as_data(entry: Entry, root: Path) -> dict[str, Any]:
    issue = entry.issue
    return {
        "id": entry.id,
        "title": issue.title,
        "severity": issue.severity.value,
        "state": "closed" if issue.closed else "open",
        "opened": issue.opened.isoformat(),
        "closed": issue.closed.on.isoformat() if issue.closed else None,
        "owner": issue.owner,
        "components": list(issue.components),
        "patterns": sorted({cause.pattern for cause in issue.causes if cause.pattern}),
        "path": (root / entry.id / "issue.yaml").as_posix(),
    }


def _print_columns(entries: list[Entry]) -> None:
    """Aligned columns with the title last, so that other tools can split them at spaces."""
    rows = [list(COLUMNS), *([column.cell(entry) for column in COLUMNS.values()] for entry in entries)]
    widths = [max(cell_len(row[index]) for row in rows) for index in range(len(COLUMNS))]
    for row in rows:
        click.echo("  ".join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _print_table(entries: list[Entry], of: int) -> None:
    """A table with as many columns as fit. Only titles wrap."""
    console = Console(file=sys.stdout, highlight=False)
    columns = {name: column for name, column in COLUMNS.items() if column.room <= console.width}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name, no_wrap=name != "title", overflow="fold")
    for entry in entries:
        cells = (column.cell(entry) for column in columns.values())
        table.add_row(*(Text(cell, _STYLES.get(cell, "")) for cell in cells))
    console.print(table)
    shown = f"{len(entries)} of {counted(of, 'issue')}" if len(entries) < of else counted(of, "issue")
    console.print(Text(shown, "dim"))
