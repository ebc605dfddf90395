"""`triagebook build`: the docs site, and what is wrong with the records it shows."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.findings import Severity
from triagebook.output import text
from triagebook.output.words import counted
from triagebook.store.load import load

from .common import book_option, book_root, examples, short
from .findings import all_findings
from .main import FINDINGS
from .site import config_of


@click.command(
    "build",
    epilog=examples(
        "triagebook build",
        "triagebook build --strict",
    ),
)
@click.option("--strict", is_flag=True, help="A warning fails the build too: of the site, or of the records.")
@book_option
@click.pass_context
def command(ctx: click.Context, strict: bool, book: Path | None) -> None:
    """Build the docs site.

    Records that do not hold together are shown as they are: the site is built all the same, with the findings on it.
    The exit code is 1 if one of them is an error.
    """
    from triagebook.site.plugin import build_site  # noqa: PLC0415  (MkDocs takes a while to import)

    root = book_root(book)
    config_file = config_of(root)
    loaded = load(root)
    findings = all_findings(loaded)
    click.echo(text.render(findings, loaded.root), nl=False)
    site = build_site(config_file, strict=strict, loaded=loaded, findings=findings)
    click.echo(f"{counted(len(loaded.book.issues), 'issue')}, {text.tally(findings)}: {short(site) / 'index.html'}")
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(finding.severity in failing for finding in findings):
        ctx.exit(FINDINGS)
