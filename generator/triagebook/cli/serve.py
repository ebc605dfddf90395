"""`triagebook serve`: serves the docs site locally and rebuilds it after each edit."""

from __future__ import annotations

import logging
import re
from functools import partial
from pathlib import Path

import click

from triagebook.inquire import inquire
from triagebook.text import on_one_line

from .common import book_root
from .options import examples, source_options
from .site import config_of


def _address(_: click.Context, __: click.Parameter, value: str) -> str:
    """Validate HOST:PORT."""
    host, colon, port = value.rpartition(":")
    if not colon or not re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", host):
        raise click.BadParameter(f"`{on_one_line(value)}` is not HOST:PORT; write it as 127.0.0.1:8000")
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise click.BadParameter(f"`{on_one_line(port)}` is not a port; write a number from 1 to 65535")
    return value


@click.command(
    "serve",
    epilog=examples(
        "triagebook serve",
        "triagebook serve --address 127.0.0.1:8080 --open",
    ),
)
@click.option(
    "--address", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT", callback=_address,
    help="The address to serve at.",
)  # fmt: skip
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
@source_options
def command(address: str, open_browser: bool, folder: Path | None, no_source: bool, book: Path | None) -> None:
    """Serve the docs site on this machine.

    Use it while you write. The site is rebuilt whenever a record, template or page changes. Stop it with Ctrl-C.
    """
    from triagebook.site.mkdocs.build import serve_site  # noqa: PLC0415  (MkDocs is slow to import)

    logging.basicConfig(level=logging.INFO, format="%(message)s")  # prints the address, and each rebuild
    ask = partial(inquire, folder=folder, no_source=no_source)
    serve_site(config_of(book_root(book)), address, ask, open_browser=open_browser)
