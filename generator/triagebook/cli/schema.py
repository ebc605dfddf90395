"""`triagebook schema`: the JSON Schemas, by which editors complete and explain what a person writes."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.model.schema import KINDS
from triagebook.store.schemas import FOLDER, stale, text, write
from triagebook.text import counted, on_one_line

from .common import book_option, book_root, examples, misspelt, print_utf8
from .main import FINDINGS


def _complete_kind(_: click.Context, __: click.Parameter, start: str) -> list[str]:
    return [kind for kind in KINDS if kind.startswith(start)]


@click.command(
    "schema",
    epilog=examples(
        "triagebook schema",
        "triagebook schema --check",
        "triagebook schema issue > issue.json",
    ),
)
@click.argument("kind", required=False, shell_complete=_complete_kind)
@click.option("--check", is_flag=True, help="Only say which are not current; the exit code is 1 if any is.")
@book_option
@click.pass_context
def command(ctx: click.Context, kind: str | None, check: bool, book: Path | None) -> None:
    """Write the JSON Schemas that editors use.

    They lie in the book's `.schema` folder, where the first line of every record names them. With KIND (affected,
    catalog, evidence, issue or pattern) one is printed instead, and nothing is written.
    """
    if kind is not None:
        if check:
            raise click.UsageError("--check is about all schemas, so it goes without KIND")
        if kind not in KINDS:
            what = f"there is no schema of the kind `{on_one_line(kind)}`"
            raise misspelt(what, kind, KINDS, f"write one of {', '.join(KINDS)}")
        print_utf8(text(kind))
    elif check:
        _check(ctx, book_root(book))
    else:
        _write(book_root(book))


def _check(ctx: click.Context, root: Path) -> None:
    old = stale(root)
    for name in old:
        click.echo(f"{(root / name).as_posix()}: not current")
    if old:
        click.echo("  to write them anew: triagebook schema")
        ctx.exit(FINDINGS)
    click.echo(f"{counted(len(KINDS), 'schema')} in {(root / FOLDER).as_posix()}: all current")


def _write(root: Path) -> None:
    changed = write(root)
    for name in changed:
        click.echo(f"wrote {(root / name).as_posix()}")
    if not changed:
        click.echo(f"nothing to do: {counted(len(KINDS), 'schema')} in {(root / FOLDER).as_posix()} are current")
