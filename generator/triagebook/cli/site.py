"""`triagebook build`, `serve` and `pages`: build the docs site, serve it, or write it as plain Markdown."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from triagebook.checking import BookCheck
from triagebook.errors import TriagebookError
from triagebook.inquire import inquire
from triagebook.output import text
from triagebook.output.check_result import fails
from triagebook.text import counted, on_one_line

from .common import book_root, on_terminal, print_source, short
from .main import FINDINGS
from .options import source_options, subcommand

_since_option = click.option("--since", metavar="REV")


@subcommand("build")
@click.option("--strict", is_flag=True)
@_since_option
@source_options
def build(strict: bool, since: str | None, folder: Path | None, no_source: bool, book: Path | None) -> None:
    from triagebook.site.mkdocs.build import build_site  # noqa: PLC0415  (MkDocs is slow to import)

    logging.basicConfig(format="%(message)s")  # shows the warnings of MkDocs
    root = book_root(book)
    config_file = _config_of(root)
    check = BookCheck(root, folder=folder, no_source=no_source)
    findings = check.findings()
    click.echo(text.render(findings, root), nl=False)
    with _bar() as progress:
        site = build_site(config_file, strict=strict, check=check, since=since, progress=progress)
    made = (short(site) / "index.html").as_posix()
    click.echo(f"{counted(len(check.survey.issues), 'issue')}, {text.tally(findings)}: {made}")
    print_source(check.source())
    if fails(findings, strict=strict):
        raise click.exceptions.Exit(FINDINGS)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal; nothing in a pipe."""
    if not on_terminal():
        yield lambda _made, _of: None
        return
    from rich.progress import Progress  # noqa: PLC0415  (needed on a terminal only)

    with Progress(transient=True, auto_refresh=False) as bar:  # pages are made in forks, which threads break
        task = bar.add_task("Pages", total=None)
        yield lambda made, of: bar.update(task, completed=made, total=of, refresh=True)


def _address(_: click.Context, __: click.Parameter, value: str) -> str:
    """Validate HOST:PORT."""
    host, colon, port = value.rpartition(":")
    if not colon or not re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", host):
        raise click.BadParameter(f"`{on_one_line(value)}` is not HOST:PORT; write it as 127.0.0.1:8000")
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise click.BadParameter(f"`{on_one_line(port)}` is not a port; write a number from 1 to 65535")
    return value


@subcommand("serve")
@click.option("--address", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT", callback=_address)
@click.option("--open", "open_browser", is_flag=True)
@source_options
def serve(address: str, open_browser: bool, folder: Path | None, no_source: bool, book: Path | None) -> None:
    from triagebook.site.mkdocs.build import serve_site  # noqa: PLC0415  (MkDocs is slow to import)

    logging.basicConfig(level=logging.INFO, format="%(message)s")  # prints the address, and each rebuild
    ask = partial(inquire, folder=folder, no_source=no_source)
    serve_site(_config_of(book_root(book)), address, ask, open_browser=open_browser)


@subcommand("pages")
@click.option("--out", required=True, metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@_since_option
@source_options
def pages(out: Path, since: str | None, folder: Path | None, no_source: bool, book: Path | None) -> None:
    from triagebook.site.content import ContentLoader  # noqa: PLC0415  (not needed for --help)
    from triagebook.site.mkdocs.build import own_pages  # noqa: PLC0415
    from triagebook.site.plain_site import write  # noqa: PLC0415

    check = BookCheck(book_root(book), folder=folder, no_source=no_source)
    loaded, inquiry = check.inquiry()
    config_file = _find_config(loaded.root)
    content = ContentLoader(loaded, since, inquiry).content(check.findings())
    number = write(content, out, own_pages(config_file))
    click.echo(f"{counted(number, 'page')}: {(out / 'mkdocs.yml').as_posix()}")
    print_source(inquiry.source)


def _find_config(root: Path) -> Path | None:
    """The `mkdocs.yml` beside the book or above it, within its repository."""
    for folder in root.resolve().parents:
        if (folder / "mkdocs.yml").is_file():
            return folder / "mkdocs.yml"
        if (folder / ".git").exists():
            break
    return None


def _config_of(root: Path) -> Path:
    """The mkdocs.yml of a book; an error if there is none."""
    found = _find_config(root)
    if found is None:
        what = f"there is no mkdocs.yml beside the book `{root}`, so there is no site to build"
        raise TriagebookError(what, "create one: triagebook init")
    return found
