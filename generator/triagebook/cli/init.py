"""`triagebook init`: a book in any folder. What is there already stays as it is."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from triagebook.errors import TriagebookError
from triagebook.model.base import Line
from triagebook.output.words import visible
from triagebook.store.find import CATALOG, FOLDER
from triagebook.store.schemas import FOLDER as SCHEMAS
from triagebook.store.schemas import write as write_schemas
from triagebook.store.write import create

from .common import book_option, examples
from .starter import ignoring, starter

SITE = "mkdocs.yml"


@click.command("init", epilog=examples("triagebook init", "triagebook init ../shop --title 'Issues of the shop'"))
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
@click.option(
    "--title", metavar="WORDS", default="Issues", show_default=True, help="The name of the book and its site."
)
@book_option
def command(folder: Path | None, title: str, book: Path | None) -> None:
    """Start a book in a folder.

    DIR, or this folder, gets `issues` with a catalog and the schemas for editors, `mkdocs.yml` and `site` for the docs
    site, and a line in `.gitignore`. A file that is there stays as it is. Here, --book is another way to name DIR.
    """
    if folder and book:
        raise click.UsageError("--book and DIR name the same folder, so give one of them")
    root = folder or book or Path()
    _refuse_unfit(root, title)
    root.mkdir(parents=True, exist_ok=True)
    kept_site = (root / SITE).exists()
    for name, text in starter(title).items():
        if name.startswith("site/") and kept_site:
            continue  # that site has its pages elsewhere
        _say("kept" if (root / name).exists() else _made(root, name, text), root / name)
    schemas = write_schemas(root / FOLDER)
    _say("made" if schemas else "kept", root / FOLDER / SCHEMAS)
    _say(_ignored(root), root / ".gitignore")
    if kept_site and "triagebook" not in (root / SITE).read_text(encoding="utf-8", errors="replace"):
        click.echo(f"next: add `triagebook` to the plugins of {root / SITE}, then: triagebook new", err=True)
    else:
        click.echo(f"next: {f'cd {shlex.quote(str(root))}, then: ' if root != Path() else ''}triagebook new", err=True)


def _refuse_unfit(root: Path, title: str) -> None:
    try:
        Line.parse(title)
    except ValueError as problem:
        what, _, do = str(problem).partition(": ")
        raise TriagebookError(f"--title {what}" if what.startswith("is") else what, do) from None
    if (root / CATALOG).is_file():
        raise TriagebookError(
            f"{root} is a book already", f"name the folder above it, or work with this one: --book {root}"
        )
    for path in (root, root / FOLDER):
        if path.exists() and not path.is_dir():
            raise TriagebookError(
                f"{path} is a file, so it can't hold a book", "name another folder: triagebook init DIR"
            )


def _made(root: Path, name: str, text: str) -> str:
    create(root, name, text)
    return "made"


def _ignored(root: Path) -> str:
    """What became of the file by which git knows what to leave out."""
    path = root / ".gitignore"
    old = path.read_bytes().decode(errors="surrogateescape") if path.exists() else ""
    new = ignoring(old)
    if new == old:
        return "kept"
    path.write_bytes(new.encode(errors="surrogateescape"))
    return "added to" if old else "made"


def _say(what: str, path: Path) -> None:
    click.echo(f"{what:<8}  {visible(path.as_posix())}")
