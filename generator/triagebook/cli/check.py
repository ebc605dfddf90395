"""`triagebook check`: what is wrong with the records, and what to do about it."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.output import json, text
from triagebook.output.words import counted
from triagebook.store.load import load

from .common import book_option, book_root, examples, format_option, print_utf8
from .findings import all_findings, fail
from .main import FINDINGS


@click.command(
    "check",
    epilog=examples(
        "triagebook check",
        "triagebook check --format json",
    ),
)
@format_option
@book_option
@click.pass_context
def command(ctx: click.Context, form: str, book: Path | None) -> None:
    """Check that the records hold together.

    Every finding says where it is, what is wrong and what to do. Nothing is written. The exit code is 1 if there is
    an error; warnings and notes leave it at 0.
    """
    loaded = load(book_root(book))
    findings = all_findings(loaded)
    if form == "json":
        print_utf8(json.render(findings, loaded.root))
    else:
        click.echo(text.render(findings, loaded.root), nl=False)
        click.echo(f"{text.tally(findings)} in {counted(len(loaded.book.names('issue')), 'issue')}")
    if fail(findings):
        ctx.exit(FINDINGS)
