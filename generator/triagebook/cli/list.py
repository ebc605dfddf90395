"""`triagebook list`: lists the issues of a book, one per line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from triagebook.book import Entry, natural, row_of
from triagebook.model.defect import Certainty, Severity
from triagebook.model.scalars import leaves
from triagebook.text import counted, on_one_line

from .common import on_terminal, open_book, print_json, print_table, refuse_unknown
from .options import book_option, examples, format_option, name_option


def _state(entry: Entry) -> str:
    return "closed" if entry.issue.closed else "open"


# The columns, the most important first. A narrow terminal shows fewer of them.
COLUMNS: Mapping[str, Callable[[Entry], str]] = {
    "id": lambda entry: entry.id,
    "severity": lambda entry: entry.issue.severity.value,
    "state": _state,
    "opened": lambda entry: entry.issue.opened.isoformat(),
    "owner": lambda entry: entry.issue.owner or "-",
    "components": lambda entry: ",".join(entry.issue.components) or "-",
    "title": lambda entry: on_one_line(entry.issue.title),
}
_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "closed": "dim"}
_SEVERITIES = list(Severity)  # the worst first

# The sort keys. An issue without a value comes last.
SORTS: Mapping[str, Callable[[Entry], Any]] = {
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
    "--severity", type=click.Choice([severity.value for severity in Severity]), multiple=True,
    help="Only issues of this severity.",
)  # fmt: skip
@name_option("--component", "component", "Only issues of this component.")
@name_option("--pattern", "pattern", "Only issues with this root cause.")
@name_option("--owner", "person", "Only issues with this owner.")
@click.option(
    "--text", metavar="WORDS", multiple=True,
    help="Only issues with this text anywhere in their record, such as in an error or a path.",
)  # fmt: skip
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
    for kind, names in {"component": component, "pattern": pattern, "person": owner}.items():
        refuse_unknown(loaded, kind, names)
    # An issue is listed if it has one of the values that each filter accepts.
    filters: list[tuple[Collection[str], Callable[[Entry], Collection[str]]]] = [
        ([state] if state else [], lambda entry: [_state(entry)]),
        (severity, lambda entry: [entry.issue.severity]),
        (component, lambda entry: entry.issue.components),
        (pattern, _patterns),
        (owner, lambda entry: [entry.issue.owner or ""]),
    ]

    def is_listed(entry: Entry) -> bool:
        fits = all(not accepted or set(accepted) & set(values(entry)) for accepted, values in filters)
        return fits and all(_says(entry, words.casefold()) for words in text)

    issues = loaded.book.issues.values()
    entries = in_order(filter(is_listed, issues), sort, backwards=reverse)
    if form == "json":
        paths = ((loaded.root / entry.id / "issue.yaml").as_posix() for entry in entries)
        print_json({"issues": [{"path": path} | row_of(entry) for path, entry in zip(paths, entries, strict=True)]})
    elif entries:
        print_table([list(COLUMNS), *([cell(entry) for cell in COLUMNS.values()] for entry in entries)], _STYLES)
        if on_terminal():
            shown = f"{len(entries)} of " if len(entries) < len(issues) else ""
            click.echo(f"{shown}{counted(len(issues), 'issue')}")
    elif issues:
        click.echo(f"none of {counted(len(issues), 'issue')} matches; remove a filter", err=True)
    else:
        click.echo("there are no issues yet; create one: triagebook new", err=True)


def _patterns(entry: Entry) -> set[str]:
    """The causes of an issue that may still hold."""
    return {str(cause.pattern) for cause in entry.issue.causes if cause.state is not Certainty.RULED_OUT}


def _says(entry: Entry, text: str) -> bool:
    """Whether the text occurs anywhere in an issue or its locations."""
    records = (record for record in (entry.issue, entry.affected) if record is not None)
    return any(text in str(value).casefold() for record in records for _, value in leaves(record))
