"""`triagebook init`: a book in any folder. What is there already stays as it is."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triagebook.errors import TriagebookError
from triagebook.store.book_folder import CATALOG, FOLDER
from triagebook.store.schemas import FOLDER as SCHEMAS
from triagebook.store.schemas import write as write_schemas
from triagebook.store.write import create
from triagebook.text import visible

from .common import book_option, examples
from .new_book import ignoring, starter

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    has_site = (root / SITE).exists()
    for name, text in starter(title).items():
        if (root / name).exists():
            _say("kept", root / name)
        elif not has_site or not name.startswith("site/"):  # a site that is there has its pages where it wants them
            create(root, name, text)
            _say("made", root / name)
    _say("made" if write_schemas(root / FOLDER) else "kept", root / FOLDER / SCHEMAS)
    _say(_ignored(root), root / ".gitignore")
    click.echo(f"next: {''.join(f'{step}, then: ' for step in _steps(root))}triagebook new", err=True)


def _steps(root: Path) -> Iterator[str]:
    """What is to be done before the first issue."""
    if root != Path():
        yield f"cd {shlex.quote(f'./{root}' if str(root).startswith('-') else str(root))}"
    if "triagebook" not in (root / SITE).read_text(encoding="utf-8", errors="replace"):
        yield f"add `triagebook` to the plugins of {SITE}"


def _refuse_unfit(root: Path, title: str) -> None:
    if not title.strip() or len(title.splitlines()) > 1:
        raise TriagebookError("--title is not one line of words", "write a few words, or leave it out")
    if (root / CATALOG).is_file():
        raise TriagebookError(
            f"`{root}` is a book already", f"name the folder above it, or work with this one: --book {root}"
        )
    for path in (root / FOLDER, root, *root.parents):
        if path.is_file():
            raise TriagebookError(f"`{path}` is a file, so it can't hold a book", "name another folder")


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
