"""`triagebook build`: builds the docs site and lists the findings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from triagebook.checking import BookCheck
from triagebook.output import text
from triagebook.text import counted

from .common import book_root, on_terminal, print_source, short
from .findings import fail
from .main import FINDINGS
from .options import examples, source_options
from .site import config_of, since_option


@click.command(
    "build",
    epilog=examples(
        "triagebook build",
        "triagebook build --strict --since origin/main",
    ),
)
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too, of the site or of the records.")
@since_option
@source_options
@click.pass_context
def command(
    ctx: click.Context, strict: bool, since: str | None, folder: Path | None, no_source: bool, book: Path | None
) -> None:
    """Build the docs site.

    Use it in CI to publish the site. It is written to the `site_dir` of mkdocs.yml. Inconsistent records do not stop
    the build; the site shows their findings. The exit code is 1 if any finding is an error.
    """
    from triagebook.site.mkdocs.build import build_site  # noqa: PLC0415  (MkDocs is slow to import)

    logging.basicConfig(format="%(message)s")  # shows the warnings of MkDocs
    root = book_root(book)
    config_file = config_of(root)
    check = BookCheck(root, folder=folder, no_source=no_source)
    loaded, inquiry = check.inquiry()
    findings = check.findings()
    click.echo(text.render(findings, loaded.root), nl=False)
    with _bar() as progress:
        site = build_site(
            config_file,
            strict=strict,
            loaded=loaded,
            findings=findings,
            inquiry=inquiry,
            since=since,
            progress=progress,
        )
    click.echo(f"{counted(len(loaded.book.issues), 'issue')}, {text.tally(findings)}: {short(site) / 'index.html'}")
    print_source(inquiry.source)
    if fail(findings, strict=strict):
        ctx.exit(FINDINGS)


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
