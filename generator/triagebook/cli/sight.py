"""`--in DIR`: the source code that an issue is seen beside."""

from __future__ import annotations

from pathlib import Path

import click

from .common import F


def in_option(command: F) -> F:
    """`--in DIR`, where what is told depends on the source code as it is now."""
    return click.option(
        "--in", "folder", type=click.Path(path_type=Path), metavar="DIR",
        help="A checkout of the source code. Default: the one that the catalog names, or the book's own repository.",
    )(command)  # fmt: skip
