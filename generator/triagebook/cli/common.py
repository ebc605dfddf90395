"""What commands share: opening the book, errors about names, and printing."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from triagebook.cache_folder import cache_folder
from triagebook.errors import TriagebookError, nearest
from triagebook.store.book_folder import CATALOG, book_above, book_at, issues_in
from triagebook.store.memo import Memo
from triagebook.store.survey import Survey
from triagebook.text import counted, first_of, natural, on_one_line

if TYPE_CHECKING:  # many commands read no record
    from triagebook.book import Entry
    from triagebook.store.load import Loaded

_GAP = "  "  # between the columns of a table
_LEAST = 24  # columns of a terminal for the last column of a table


def book_root(folder: Path | None) -> Path:
    """The folder of the book, as a path relative to here where possible."""
    return short(book_above(Path.cwd()) if folder is None else book_at(folder))


def short(path: Path) -> Path:
    """A path relative to the current folder, if it is inside it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def open_book(folder: Path | None) -> Loaded:
    """Load the book, with a note if some records cannot be read."""
    from triagebook.store.load import load  # noqa: PLC0415

    loaded = load(book_root(folder))
    note_unread(loaded.book.unread)
    return loaded


def surveyed(folder: Path | None) -> Survey:
    """Survey the book, with a note if some records cannot be read."""
    survey = Survey(book_root(folder), Memo(cache_folder()))
    note_unread(survey.unread)
    return survey


def open_issue(folder: Path | None, issue_id: str) -> tuple[Loaded, Entry]:
    """Load one issue and the parts of the book it depends on. The rest is not read."""
    loaded, (entry,) = open_issues(folder, [issue_id])
    return loaded, entry


def open_issues(folder: Path | None, issue_ids: Iterable[str]) -> tuple[Loaded, list[Entry]]:
    """Load the named issues, or all of them if none is named, each once and in order."""
    from triagebook.store.load import load  # noqa: PLC0415

    named = sorted(set(issue_ids), key=natural)
    if not named:
        loaded = open_book(folder)
        return loaded, pick(loaded, sorted(loaded.book.issues, key=natural))
    root = book_root(folder)
    loaded = load(root, named)
    note_unread(loaded.book.unread)
    book = replace(loaded.book, others=lambda: Survey(root, Memo(cache_folder())).outlines)  # few commands ask
    return replace(loaded, book=book), pick(loaded, named)


def pick(loaded: Loaded, issue_ids: Sequence[str]) -> list[Entry]:
    """The named issues. Refuse an id that does not exist or a record that cannot be read."""
    for issue_id in issue_ids:
        if issue_id not in loaded.book.issues:
            if issue_id not in loaded.book.unread_issues:
                raise unknown(loaded, "issue", issue_id, issues_in(loaded.root))
            first = next(f for f in loaded.placed(loaded.findings) if f.file.partition("/")[0] == issue_id)
            where = f"{(loaded.root / first.file).as_posix()}:{first.line}:{first.column}"
            raise TriagebookError(f"{where}: {first.says}", f"{first.do}; then: triagebook check {issue_id}")
    return [loaded.book.issues[issue_id] for issue_id in issue_ids]


def refuse_unread_locations(loaded: Loaded, entry: Entry) -> None:
    """Refuse an issue whose affected.yaml cannot be read."""
    file = f"{entry.id}/affected.yaml"
    if file in loaded.book.unread:
        raise TriagebookError(f"{(loaded.root / file).as_posix()} can't be read", f"see: triagebook check {entry.id}")


def refuse_unknown(loaded: Loaded, kind: str, names: Iterable[str]) -> None:
    """Refuse the first name of a kind that is not in the book. An issue that cannot be read is still known."""
    known = loaded.book.names(kind)
    for name in names:
        if name not in known:
            raise unknown(loaded, kind, name, known)


def note_unread(files: Collection[str]) -> None:
    """Note on standard error that some records cannot be read."""
    if files:
        print_notes(f"{counted(len(files), 'record')} can't be read; see: triagebook check")


def confirmed(question: str, otherwise: str) -> bool:
    """Ask a person to agree; `otherwise` is the advice if there is no terminal to ask on."""
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise TriagebookError("can't ask for confirmation: standard input is not a terminal", otherwise) from None


def unknown(loaded: Loaded, kind: str, name: str, known: Collection[str]) -> TriagebookError:
    from triagebook.book import IN_CATALOG  # noqa: PLC0415

    if kind == "issue":
        do = "see: triagebook list"
    else:
        add = f"create it in {(loaded.root / f'{kind}s').as_posix()}"
        if kind in IN_CATALOG:
            add = f"add it to `{IN_CATALOG[kind]}` in {(loaded.root / CATALOG).as_posix()}"
        do = f"{f'use one of: {first_of(sorted(known))}; or ' if known else ''}{add}"
    return misspelt(f"there is no {kind} `{on_one_line(name)}` in this book", name, known, do)


def misspelt(what: str, name: str, known: Collection[str], elsewise: str) -> TriagebookError:
    near = nearest(name, known)
    return TriagebookError(what, f"did you mean `{near}`? If not, {elsewise}" if near else elsewise)


def print_notes(*notes: str) -> None:
    """Say on standard error what a person should know, so that a pipe gets the answer alone."""
    for note in notes:
        click.echo(f"note: {on_one_line(note)}", err=True)


def print_source(sentence: str) -> None:
    """Say on standard error which source code an answer used, so that a pipe gets the answer alone."""
    width = shutil.get_terminal_size().columns
    click.echo(textwrap.fill(sentence, width) if on_terminal() else sentence, err=True)


def folded(line: str, hanging: str, most: int = 120) -> list[str]:
    """On a terminal, a line wrapped to its width with the others indented; in a pipe, the line."""
    width = min(shutil.get_terminal_size().columns, most)
    if not on_terminal() or len(line) <= width:
        return [line.rstrip()]
    return textwrap.wrap(line, width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)


def print_table(rows: Sequence[Sequence[str]], styles: Mapping[str, str] | None = None) -> None:
    """Print aligned columns.

    In a pipe the last is as wide as it wants, so that other tools can split the others at spaces. On a terminal it
    wraps, the columns before it are left out if there is no room, and `styles` gives colours to some cells.
    """
    from rich.cells import cell_len  # noqa: PLC0415  (most commands print no columns)
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    widths = [max(map(cell_len, cells)) + len(_GAP) for cells in list(zip(*rows, strict=True))[:-1]]
    if not on_terminal():
        for *cells, last in rows:
            padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True))
            click.echo("".join([*padded, last]).rstrip())
        return
    console = Console(file=sys.stdout, highlight=False)
    while len(widths) > 1 and sum(widths) + _LEAST > console.width:
        widths.pop()
    table = Table.grid(*("" for _ in widths), "", padding=(0, len(_GAP), 0, 0))
    for column in table.columns[:-1]:
        column.no_wrap = True
    table.columns[-1].overflow = "fold"
    for *cells, last in rows:
        table.add_row(*(Text(cell, (styles or {}).get(cell, "")) for cell in [*cells[: len(widths)], last]))
    console.print(table)


def print_answer(form: str, document: Mapping[str, object], lines: Iterable[str], source: str) -> None:
    """Print JSON for programs, or lines for people; both say which source code was used."""
    if form == "json":
        print_json({"source": source, **document})
        return
    for line in lines:
        click.echo(line)
    print_source(source)


def print_json(document: object) -> None:
    print_utf8(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def print_utf8(text: str) -> None:
    """Print UTF-8, whatever encoding the terminal uses."""
    click.echo(text.encode(errors="backslashreplace"), nl=False)


def on_terminal() -> bool:
    return sys.stdout.isatty()
