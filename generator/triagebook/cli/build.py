"""`triagebook build`: the docs site, and what is wrong with the records it shows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from triagebook.output import text
from triagebook.store.load import load
from triagebook.text import counted

from .common import book_option, book_root, examples, on_terminal, short
from .findings import all_findings, fail
from .main import FINDINGS
from .site import config_of


@click.command(
    "build",
    epilog=examples(
        "triagebook build",
        "triagebook build --strict --since origin/main",
    ),
)
@click.option("--strict", is_flag=True, help="A warning fails the build too: of the site, or of the records.")
@click.option(
    "--since",
    metavar="REV",
    help="Say on the home page what changed since this commit, branch or tag. Default: the commit before the newest.",
)
@book_option
@click.pass_context
def command(ctx: click.Context, strict: bool, since: str | None, book: Path | None) -> None:
    """Build the docs site.

    Records that do not hold together are shown as they are: the site is built all the same, with the findings on it.
    The exit code is 1 if one of them is an error.
    """
    from triagebook.site.mkdocs.build import build_site  # noqa: PLC0415  (MkDocs takes a while to import)

    logging.basicConfig(format="%(message)s")  # what MkDocs warns of
    root = book_root(book)
    config_file = config_of(root)
    loaded = load(root)
    findings = all_findings(loaded)
    click.echo(text.render(findings, loaded.root), nl=False)
    with _bar() as progress:
        site = build_site(config_file, strict=strict, loaded=loaded, findings=findings, since=since, progress=progress)
    click.echo(f"{counted(len(loaded.book.issues), 'issue')}, {text.tally(findings)}: {short(site) / 'index.html'}")
    if fail(findings, strict=strict):
        ctx.exit(FINDINGS)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """How far the build is, on a terminal; nothing in a pipe."""
    if not on_terminal():
        yield lambda _made, _of: None
        return
    from rich.progress import Progress  # noqa: PLC0415  (only people see it)

    with Progress(transient=True, auto_refresh=False) as bar:  # else a thread would, and pages are made by copies
        task = bar.add_task("Pages", total=None)
        yield lambda made, of: bar.update(task, completed=made, total=of, refresh=True)
