"""`--in DIR` and `--no-source`: the source code that a book is compared with."""

from __future__ import annotations

from pathlib import Path

import click

from .common import F


def source_options(command: F) -> F:
    """`--in DIR` and `--no-source`, as every command takes them whose answer depends on the source code."""
    command = click.option("--no-source", is_flag=True, help="Do not look at the source code.")(command)
    return click.option(
        "--in", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
        help="A checkout of the source code. Default: the one that the catalog names, or the book's own repository.",
    )(command)  # fmt: skip
