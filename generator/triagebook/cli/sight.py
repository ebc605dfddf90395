"""The `--in DIR` option of commands that depend on the state of the source code."""

from __future__ import annotations

from pathlib import Path

import click

from .common import F


def in_option(command: F) -> F:
    """Add `--in DIR`, for commands that depend on the current state of the source code."""
    return click.option(
        "--in", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
        help="A checkout of the source code. Default: the one in the catalog, or the book's own repository.",
    )(command)  # fmt: skip
