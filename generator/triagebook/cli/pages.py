"""`triagebook pages`: every page as plain Markdown, for any site engine."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.recording.sight import sources_of
from triagebook.store.load import load
from triagebook.text import counted

from .common import book_option, book_root, examples
from .findings import all_findings
from .site import find_config


@click.command(
    "pages",
    epilog=examples(
        "triagebook pages --out build/pages",
        "triagebook pages --out ../docs/issues --book ../shop",
    ),
)
@click.option(
    "--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="The folder to write the pages into."
)
@click.option("--since", metavar="REV", help="Say on the home page what changed since this commit, branch or tag.")
@book_option
def command(out: Path, since: str | None, book: Path | None) -> None:
    """Write every page as plain Markdown.

    DIR gets the pages in `docs`, your own pages of the site among them, and a `mkdocs.yml` that names no plugin:
    MkDocs, ProperDocs, Zensical and others build a site from it. Running it again writes them anew.
    """
    from triagebook.render import own_templates  # noqa: PLC0415  (help and version answer at once)
    from triagebook.site.content import SiteContent  # noqa: PLC0415
    from triagebook.site.mkdocs.build import own_pages  # noqa: PLC0415
    from triagebook.site.plain_site import write  # noqa: PLC0415
    from triagebook.site.record_changes import recent_changes  # noqa: PLC0415

    loaded = load(book_root(book))
    config_file = find_config(loaded.root)
    content = SiteContent(
        loaded.book,
        all_findings(loaded),
        sources_of(loaded.root, loaded.book),
        recent_changes(loaded.root, since),
        own_templates(loaded.root),
    )
    number = write(content, out, own_pages(config_file))
    click.echo(f"{counted(number, 'page')}: {out / 'mkdocs.yml'}")
