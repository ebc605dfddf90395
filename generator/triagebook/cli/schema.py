"""`triagebook schema`: writes the JSON Schemas that editors use for completion and help."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.model.schema import KINDS
from triagebook.store.schemas import FOLDER, stale, text, write
from triagebook.text import counted, on_one_line

from .common import book_root, misspelt, print_utf8
from .main import FINDINGS
from .options import book_option, subcommand


def _complete_kind(_: click.Context, __: click.Parameter, start: str) -> list[str]:
    return [kind for kind in KINDS if kind.startswith(start)]


@subcommand("schema", "triagebook schema", "triagebook schema --check", "triagebook schema issue > issue.json")
@click.argument("kind", required=False, shell_complete=_complete_kind)
@click.option("--check", is_flag=True, help="List outdated schemas and write nothing. Exit with 1 if there are any.")
@book_option
@click.pass_context
def command(ctx: click.Context, kind: str | None, check: bool, book: Path | None) -> None:
    """Write the JSON Schemas that editors use.

    Use it after an upgrade of triagebook. It writes all schemas to the book's `.schema` folder, which the first line of
    each record names. With KIND (affected, catalog, claims, evidence, issue or pattern) it prints that schema instead.
    """
    if kind is not None:
        if check:
            raise click.UsageError("--check compares all schemas; leave KIND out")
        if kind not in KINDS:
            what = f"there is no schema named `{on_one_line(kind)}`"
            raise misspelt(what, kind, KINDS, f"write one of {', '.join(KINDS)}")
        print_utf8(text(kind))
        return
    root = book_root(book)
    changed = stale(root) if check else write(root)
    for name in changed:
        place = (root / name).as_posix()
        click.echo(f"{place}: outdated" if check else f"wrote {place}")
    if not changed:
        click.echo(f"{counted(len(KINDS), 'schema')} in {(root / FOLDER).as_posix()}: all up to date")
    elif check:
        click.echo("  to update them, run: triagebook schema")
        ctx.exit(FINDINGS)
