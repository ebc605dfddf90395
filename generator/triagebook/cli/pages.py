"""`triagebook pages`: writes the site's pages as plain Markdown, for any site generator."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.checking import BookCheck
from triagebook.text import counted

from .common import book_root, print_source
from .options import examples, source_options
from .site import find_config, since_option


@click.command(
    "pages",
    epilog=examples(
        "triagebook pages --out build/pages",
        "triagebook pages --out ../docs/issues --book ../shop",
    ),
)
@click.option(
    "--out", required=True, metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write to.",
)  # fmt: skip
@since_option
@source_options
def command(out: Path, since: str | None, folder: Path | None, no_source: bool, book: Path | None) -> None:
    """Write the site's pages as plain Markdown.

    Use it to build the site with a generator other than MkDocs. DIR gets the pages in `docs`, including your own, and
    a `mkdocs.yml` without plugins, which MkDocs, ProperDocs and Zensical can build. Existing pages are overwritten.
    """
    from triagebook.site.content import ContentLoader  # noqa: PLC0415  (not needed for --help)
    from triagebook.site.mkdocs.build import own_pages  # noqa: PLC0415
    from triagebook.site.plain_site import write  # noqa: PLC0415

    check = BookCheck(book_root(book), folder=folder, no_source=no_source)
    loaded, inquiry = check.inquiry()
    config_file = find_config(loaded.root)
    content = ContentLoader(loaded, since, inquiry).content(check.findings())
    number = write(content, out, own_pages(config_file))
    click.echo(f"{counted(number, 'page')}: {out / 'mkdocs.yml'}")
    print_source(inquiry.source)
