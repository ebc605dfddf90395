"""`--in DIR` and `--no-source`: the source code that a book is compared with."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path

import click

from .common import F, on_terminal


def source_options(command: F) -> F:
    """`--in DIR` and `--no-source`, as every command takes them whose answer depends on the source code."""
    command = click.option("--no-source", is_flag=True, help="Do not look at the source code.")(command)
    return click.option(
        "--in", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
        help="A checkout of the source code. Default: the one that the catalog names, or the book's own repository.",
    )(command)  # fmt: skip


def print_source(sentence: str) -> None:
    """The line that says which source code an answer used: a note, so that a pipe gets the answer alone."""
    width = shutil.get_terminal_size().columns
    click.echo(textwrap.fill(sentence, width) if on_terminal() else sentence, err=True)
