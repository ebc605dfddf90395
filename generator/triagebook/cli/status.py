"""`triagebook status`: shows the book on one screen, by stage."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.facts.case import Case
from triagebook.facts.verdict.stages import Stage
from triagebook.inquire import inquire
from triagebook.text import counted, on_one_line

from .common import open_book, print_json, print_source, print_table
from .options import examples, format_option, source_options

_MOST = 5  # issues that are shown of each stage


@click.command("status", epilog=examples("triagebook status", "triagebook status --json"))
@format_option
@source_options
def command(form: str, folder: Path | None, no_source: bool, book: Path | None) -> None:
    """Show the book on one screen, by stage.

    It says how many issues are at each stage, and where the open ones stand. The most severe issues come
    first. A closed issue counts as closed, whatever its stage.
    """
    loaded = open_book(book)
    inquiry = inquire(loaded, folder, no_source=no_source)
    cases = [inquiry.case(name) for name in loaded.book.issues]
    by_stage = {
        stage: [case for case in cases if case.verdict.stage is stage and not case.issue.closed] for stage in Stage
    }
    closed = [case for case in cases if case.issue.closed]
    if form == "json":
        stages = {stage.value: [case.entry.id for case in found] for stage, found in by_stage.items()}
        print_json({"stages": stages, "closed": [case.entry.id for case in closed], "source": inquiry.source})
        return
    for stage, found in by_stage.items():
        if found:
            click.echo(f"{click.style(stage.value, bold=True)}  {counted(len(found), 'issue')}")
            print_table([_row(case) for case in sorted(found, key=_weight)[:_MOST]])
            if len(found) > _MOST:
                click.echo(f"  and {len(found) - _MOST:,} more")
    click.echo(f"{counted(len(cases) - len(closed), 'open issue')}, {len(closed):,} closed")
    print_source(inquiry.source)


def _weight(case: Case) -> tuple[int, str]:
    severities = list(type(case.issue.severity))
    return severities.index(case.issue.severity), case.entry.id


def _row(case: Case) -> list[str]:
    return [f"  {case.entry.id}", case.issue.severity.value, on_one_line(case.verdict.bottom_line)]
