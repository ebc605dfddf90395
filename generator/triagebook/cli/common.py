"""Helpers shared by the commands: common options, opening the book, and printing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from triagebook.book import natural
from triagebook.errors import TriagebookError, nearest
from triagebook.store.book_folder import book_above, book_at, issues_in
from triagebook.store.load import Loaded, load, load_about
from triagebook.text import counted, on_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from triagebook.book import Book, Entry

F = TypeVar("F", bound="Callable[..., Any]")


def examples(*lines: str) -> str:
    """The examples at the end of a command's help."""
    return "\n  ".join(["\b\nExamples:", *lines])  # \b stops click from joining the lines


# ── options ──────────────────────────────────────────────────────────────────────────────────────────


def book_option(command: F) -> F:
    """Add `--book DIR`, which every command accepts."""
    return click.option(
        "--book",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The book: its folder, or the folder that contains `issues`. Default: search from here upwards.",
    )(command)


def format_option(command: F) -> F:
    """Add `--format`, for commands that can print JSON."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Text for people, or JSON for programs.",
    )(command)


def name_option(flag: str, kind: str, help: str, *, multiple: bool = True) -> Callable[[F], F]:  # noqa: A002
    """An option that takes the id of something in the book, with tab completion."""
    return click.option(flag, metavar="ID", multiple=multiple, shell_complete=complete_name(kind), help=help)


def complete_issue(ctx: click.Context, _: click.Parameter, start: str) -> list[str]:
    """Tab completion for issue ids."""
    try:
        issues = issues_in(book_root(ctx.params.get("book")))
    except (TriagebookError, OSError):
        return []
    return sorted((name for name in issues if name.startswith(start)), key=natural)


def complete_name(kind: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Tab completion for names of one kind, from the book or from the issue on the command line."""

    def complete(ctx: click.Context, _: click.Parameter, start: str) -> list[str]:
        try:
            issues = ctx.args[:1]  # while an option is being completed, click has not yet named the arguments
            book = load_about(book_root(ctx.params.get("book")), issues).book
            names = book.names(kind, book.issues.get("".join(issues)))
        except (TriagebookError, OSError):
            return []
        return sorted(name for name in names if name.startswith(start))

    return complete


# ── the book ─────────────────────────────────────────────────────────────────────────────────────────


def book_root(folder: Path | None) -> Path:
    """The folder of the book, as a path relative to here where possible."""
    return short(book_above(Path.cwd()) if folder is None else book_at(folder))


def short(path: Path) -> Path:
    """A path relative to the current folder, if it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def open_book(folder: Path | None) -> Loaded:
    """Load the book, with a note if some records cannot be read."""
    return _noted(load(book_root(folder)))


def open_issue(folder: Path | None, issue_id: str) -> tuple[Loaded, Entry]:
    """Load one issue and the parts of the book it depends on. The rest is not read."""
    loaded, (entry,) = open_issues(folder, [issue_id])
    return loaded, entry


def open_issues(folder: Path | None, issue_ids: Sequence[str]) -> tuple[Loaded, list[Entry]]:
    loaded = _noted(load_about(book_root(folder), issue_ids))
    return loaded, pick(loaded, issue_ids)


def pick(loaded: Loaded, issue_ids: Sequence[str]) -> list[Entry]:
    """The named issues. Refuse an id that does not exist or a record that cannot be read."""
    for issue_id in issue_ids:
        if issue_id not in loaded.book.issues:
            if issue_id not in loaded.book.names("issue"):
                raise _no_issue(issue_id, issues_in(loaded.root))
            what = f"the record of issue `{issue_id}` can't be read"
            raise TriagebookError(what, f"see: triagebook check {issue_id}")
    return [loaded.book.issues[issue_id] for issue_id in issue_ids]


def refuse_unread_locations(loaded: Loaded, entry: Entry) -> None:
    """Refuse an issue whose affected.yaml cannot be read."""
    file = f"{entry.id}/affected.yaml"
    if file in loaded.book.unread:
        raise TriagebookError(f"{(loaded.root / file).as_posix()} can't be read", f"see: triagebook check {entry.id}")


def refuse_unknown(book: Book, issue_ids: Iterable[str]) -> None:
    """Refuse ids that are not in the book. An issue that cannot be read is still known."""
    known = book.names("issue")
    for issue_id in issue_ids:
        if issue_id not in known:
            raise _no_issue(issue_id, known)


def _no_issue(issue_id: str, known: Collection[str]) -> TriagebookError:
    return unknown("issue", issue_id, known, "see: triagebook list")


def _noted(loaded: Loaded) -> Loaded:
    if unread := len(loaded.book.unread):
        click.echo(f"note: {counted(unread, 'record')} can't be read; see: triagebook check", err=True)
    return loaded


def confirmed(question: str, otherwise: str) -> bool:
    """Ask a person to agree; `otherwise` is the advice if there is no terminal to ask on."""
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise TriagebookError("can't ask for confirmation: standard input is not a terminal", otherwise) from None


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────


def unknown(kind: str, name: str, known: Collection[str], elsewise: str) -> TriagebookError:
    """The error for a name that is not in the book; `elsewise` is the advice if nothing similar exists."""
    return misspelt(f"there is no {kind} `{on_one_line(name)}` in this book", name, known, elsewise)


def misspelt(what: str, name: str, known: Collection[str], elsewise: str) -> TriagebookError:
    near = nearest(name, known)
    return TriagebookError(what, f"did you mean `{near}`? If not, {elsewise}" if near else elsewise)


def print_json(document: object) -> None:
    """Print JSON on standard output."""
    print_utf8(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def print_utf8(text: str) -> None:
    """Print UTF-8, whatever encoding the terminal uses."""
    click.echo(text.encode(errors="backslashreplace"), nl=False)


def on_terminal() -> bool:
    """Is standard output a terminal?"""
    return sys.stdout.isatty()
