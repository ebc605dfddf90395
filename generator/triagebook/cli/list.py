"""`triagebook list`: lists the issues of a book, one per line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from msgspec import Struct
from rich.console import Console
from rich.table import Table
from rich.text import Text

from triagebook.book import Book, Entry, natural
from triagebook.model.base import Path as RecordPath
from triagebook.model.defect import Certainty, Severity
from triagebook.model.scalars import leaves
from triagebook.model.values import Place
from triagebook.text import counted, on_one_line
from triagebook.views.issue_data import issue_row

from .common import on_terminal, open_book, print_columns, print_json, unknown
from .options import book_option, examples, format_option, name_option


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


_SEVERITIES = list(Severity)  # the worst first

# The sort keys. An issue without a value comes last.
SORTS: dict[str, Callable[[Entry], Any]] = {
    "id": lambda entry: natural(entry.id),
    "severity": lambda entry: _SEVERITIES.index(entry.issue.severity),
    "state": lambda entry: entry.issue.closed is not None,
    "opened": lambda entry: entry.issue.opened,
    "owner": lambda entry: entry.issue.owner,
    "component": lambda entry: min(entry.issue.components, default=None),
    "title": lambda entry: entry.issue.title.casefold(),
}


def in_order(entries: Iterable[Entry], by: str, *, backwards: bool) -> list[Entry]:
    """Sort issues; equal ones by id, those without a value last."""
    key = SORTS[by]
    by_id = sorted(entries, key=SORTS["id"])
    having = sorted((entry for entry in by_id if key(entry) is not None), key=key, reverse=backwards)
    return [*having, *(entry for entry in by_id if key(entry) is None)]


class IssueFilter(Struct, frozen=True):
    """The filters: any value of one filter is accepted, and all filters must match."""

    state: str | None = None
    severities: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def refuse_unknown(self, book: Book) -> None:
        """Raise an error for the first value that is not in the book."""
        filters = {"component": self.components, "pattern": self.patterns, "person": self.owners}
        for kind, values in filters.items():
            for value in values:
                if value not in (known := book.names(kind)):
                    listed = f"use one of: {', '.join(sorted(known))}" if known else f"the book has no {kind} yet"
                    raise unknown(kind, value, known, listed)

    def takes(self, entry: Entry) -> bool:
        issue = entry.issue
        causes = {cause.pattern for cause in issue.causes if cause.state is not Certainty.RULED_OUT}
        return (
            self.state in {None, "closed" if issue.closed else "open"}
            and (not self.severities or issue.severity in self.severities)
            and (not self.components or not set(self.components).isdisjoint(issue.components))
            and (not self.patterns or not causes.isdisjoint(self.patterns))
            and (not self.owners or issue.owner in self.owners)
            and all(_says(entry, text.casefold()) for text in self.texts)
        )


def _says(entry: Entry, text: str) -> bool:
    return any(text in words.casefold() for words in _words(entry))


def _words(entry: Entry) -> Iterator[str]:
    """The searchable texts of an issue: title, summary, errors and paths."""
    issue = entry.issue
    yield issue.title
    yield issue.summary
    for symptom in issue.symptoms:
        yield symptom.error or symptom.says or ""
    for record in (issue, entry.affected):
        if record is not None:
            yield from (str(value) for _, value in leaves(record) if isinstance(value, RecordPath | Place))


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
    "--severity",
    type=click.Choice([severity.value for severity in Severity]),
    multiple=True,
    help="Only issues of this severity.",
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
        paths = ((loaded.root / entry.id / "issue.yaml").as_posix() for entry in entries)
        print_json({"issues": [{"path": path} | issue_row(entry) for path, entry in zip(paths, entries, strict=True)]})
    elif not entries:
        click.echo(_nothing(len(loaded.book.issues)), err=True)
    elif on_terminal():
        _print_table(entries, len(loaded.book.issues))
    else:
        print_columns([list(COLUMNS), *([column.cell(entry) for column in COLUMNS.values()] for entry in entries)])


def _nothing(issues: int) -> str:
    if issues:
        return f"none of {counted(issues, 'issue')} matches; remove a filter"
    return "there are no issues yet; create one: triagebook new"


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
