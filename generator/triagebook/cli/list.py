"""`triagebook list` and `status`: the issues of a book, one per line, or by stage on one screen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from triagebook.model.defect import Certainty, Severity
from triagebook.outline import Outline
from triagebook.text import counted, natural, on_one_line

from .common import (
    book_root,
    note_unread,
    on_terminal,
    print_json,
    print_source,
    print_table,
    refuse_unknown,
    surveyed,
)  # fmt: skip
from .options import book_option, format_option, name_option, source_options, subcommand

if TYPE_CHECKING:
    from triagebook.book import Book, Entry

Row: TypeAlias = dict[str, Any]


# The columns, the most important first. A narrow terminal shows fewer of them.
COLUMNS: Mapping[str, Callable[[Row], str]] = {
    "id": itemgetter("id"),
    "severity": itemgetter("severity"),
    "state": lambda row: "closed" if row["closed"] else "open",
    "opened": itemgetter("opened"),
    "owner": lambda row: row["owner"] or "-",
    "components": lambda row: ",".join(row["components"]) or "-",
    "title": lambda row: on_one_line(row["title"]),
}
_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "closed": "dim"}
_SEVERITIES = list(Severity)  # the worst first
_MOST = 5  # issues that `status` shows of each stage

# The sort keys. An issue without a value comes last.
SORTS: Mapping[str, Callable[[Row], Any]] = {
    "id": lambda row: natural(row["id"]),
    "severity": lambda row: _SEVERITIES.index(row["severity"]),
    "state": lambda row: row["closed"] is not None,
    "opened": itemgetter("opened"),
    "owner": itemgetter("owner"),
    "component": lambda row: min(row["components"], default=None),
    "title": lambda row: row["title"].casefold(),
}


def in_order(rows: Iterable[Row], by: str, *, backwards: bool) -> list[Row]:
    """Sort issues; equal ones by id, those without a value last."""
    key = SORTS[by]
    by_id = sorted(rows, key=SORTS["id"])
    having = sorted((row for row in by_id if key(row) is not None), key=key, reverse=backwards)
    return [*having, *(row for row in by_id if key(row) is None)]


@subcommand("list")
@click.option("--state", type=click.Choice(["open", "closed"]))
@click.option("--severity", type=click.Choice([severity.value for severity in Severity]), multiple=True)
@name_option("--component", "component")
@name_option("--pattern", "pattern")
@name_option("--owner", "person")
@click.option("--text", metavar="WORDS", multiple=True)
@click.option("--sort", type=click.Choice(list(SORTS)), default="id", show_default=True)
@click.option("--reverse", is_flag=True)
@format_option
@book_option
def command(
    state: str | None, severity: tuple[str, ...], component: tuple[str, ...], pattern: tuple[str, ...],
    owner: tuple[str, ...], text: tuple[str, ...], sort: str, reverse: bool, form: str, book: Path | None,
) -> None:  # fmt: skip
    survey = surveyed(book)
    for kind, names in {"component": component, "pattern": pattern, "person": owner}.items():
        if names:
            refuse_unknown(survey.load(()), kind, names)
    # An issue is listed if it has one of the values that each filter accepts.
    filters: list[tuple[Collection[str], Callable[[Outline], Collection[str]]]] = [
        ([state] if state else [], lambda outline: [COLUMNS["state"](outline.row)]),
        (severity, lambda outline: [outline.row["severity"]]),
        (component, lambda outline: outline.row["components"]),
        (pattern, lambda outline: [name for _, name, how in outline.causes if how != Certainty.RULED_OUT]),
        (owner, lambda outline: [outline.row["owner"] or ""]),
    ]
    texts = survey.each("text", str, _text) if text else {}

    def is_listed(outline: Outline) -> bool:
        fits = all(not accepted or set(accepted) & set(values(outline)) for accepted, values in filters)
        return fits and all(words.casefold() in texts[outline.id] for words in text)

    issues = survey.outlines.values()
    rows = in_order((outline.row for outline in issues if is_listed(outline)), sort, backwards=reverse)
    if form == "json":
        paths = ((survey.root / row["id"] / "issue.yaml").as_posix() for row in rows)
        print_json({"issues": [{"path": path} | row for path, row in zip(paths, rows, strict=True)]})
    elif rows:
        print_table([list(COLUMNS), *([cell(row) for cell in COLUMNS.values()] for row in rows)], _STYLES)
        if on_terminal():
            shown = f"{len(rows)} of " if len(rows) < len(issues) else ""
            click.echo(f"{shown}{counted(len(issues), 'issue')}")
    elif issues:
        click.echo(f"none of {counted(len(issues), 'issue')} matches; remove a filter", err=True)
    else:
        click.echo("there are no issues yet; create one: triagebook new", err=True)


def _text(entry: Entry, _: Book) -> str:
    """All texts of an issue and its locations."""
    from triagebook.model.scalars import leaves  # noqa: PLC0415

    records = (record for record in (entry.issue, entry.affected) if record is not None)
    return "\0".join(str(value).casefold() for record in records for _, value in leaves(record))


@subcommand("status")
@format_option
@source_options
def status(form: str, folder: Path | None, no_source: bool, book: Path | None) -> None:
    from triagebook.checking import BookCheck  # noqa: PLC0415  (a list needs neither)
    from triagebook.facts.verdict.stages import Stage  # noqa: PLC0415

    check = BookCheck(book_root(book), folder=folder, no_source=no_source)
    found = check.found()
    note_unread(check.survey.unread)
    rows = {name: outline.row for name, outline in check.survey.outlines.items()}
    by_stage = {
        stage: [name for name, one in found.items() if one.stage == stage.value and not rows[name]["closed"]]
        for stage in Stage
    }
    closed = [name for name, row in rows.items() if row["closed"]]
    if form == "json":
        stages = {stage.value: names for stage, names in by_stage.items()}
        print_json({"stages": stages, "closed": closed, "source": check.source()})
        return
    for stage, names in by_stage.items():
        if names:
            click.echo(f"{click.style(stage.value, bold=True)}  {counted(len(names), 'issue')}")
            worst = sorted(names, key=lambda name: (_SEVERITIES.index(rows[name]["severity"]), name))[:_MOST]
            print_table([[f"  {one}", rows[one]["severity"], on_one_line(found[one].bottom_line)] for one in worst])
            if len(names) > _MOST:
                click.echo(f"  and {len(names) - _MOST:,} more")
    click.echo(f"{counted(len(rows) - len(closed), 'open issue')}, {len(closed):,} closed")
    print_source(check.source())
