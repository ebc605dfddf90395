"""`triagebook status`: shows the book on one screen, by stage."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.checking import BookCheck
from triagebook.facts.verdict.stages import Stage
from triagebook.model.defect import Severity
from triagebook.text import counted, on_one_line

from .common import book_root, note_unread, print_json, print_source, print_table
from .options import examples, format_option, source_options

_MOST = 5  # issues that are shown of each stage
_SEVERITIES = list(Severity)


@click.command("status", epilog=examples("triagebook status", "triagebook status --json"))
@format_option
@source_options
def command(form: str, folder: Path | None, no_source: bool, book: Path | None) -> None:
    """Show the book on one screen, by stage.

    Use it to see what to work on. It counts the issues at each stage, and says where each open one stands, the most
    severe first. A closed issue counts as closed, whatever its stage.
    """
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
