"""What commands share: how the book is found, what options mean everywhere, how a person is answered."""

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
    """The end of a command's help."""
    return "\n  ".join(["\b\nExamples:", *lines])  # \b keeps click from joining the lines


# ── options ──────────────────────────────────────────────────────────────────────────────────────────


def book_option(command: F) -> F:
    """`--book DIR`, as every command takes it."""
    return click.option(
        "--book",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The book's folder, or the one that holds its `issues`. Default: found from here upwards.",
    )(command)


def format_option(command: F) -> F:
    """`--format`, where a script may want JSON."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="For people or for programs.",
    )(command)


def name_option(flag: str, kind: str, help: str, *, multiple: bool = True) -> Callable[[F], F]:  # noqa: A002
    """An option that takes the id of something the book knows; the shell completes it."""
    return click.option(flag, metavar="ID", multiple=multiple, shell_complete=complete_name(kind), help=help)


def complete_issue(ctx: click.Context, _: click.Parameter, start: str) -> list[str]:
    """The ids that the shell offers for an issue."""
    try:
        issues = issues_in(book_root(ctx.params.get("book")))
    except (TriagebookError, OSError):
        return []
    return sorted((name for name in issues if name.startswith(start)), key=natural)


def complete_name(kind: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """What offers the shell all names of one kind that the book knows, or the issue that the command is about."""

    def complete(ctx: click.Context, _: click.Parameter, start: str) -> list[str]:
        try:
            issues = ctx.args[:1]  # click gives nothing a name while an option waits for its value
            book = load_about(book_root(ctx.params.get("book")), issues).book
            names = book.names(kind, book.issues.get("".join(issues)))
        except (TriagebookError, OSError):
            return []
        return sorted(name for name in names if name.startswith(start))

    return complete


# ── the book ─────────────────────────────────────────────────────────────────────────────────────────


def book_root(folder: Path | None) -> Path:
    """The folder of the book that a command is about, named as shortly as can be."""
    return short(book_above(Path.cwd()) if folder is None else book_at(folder))


def short(path: Path) -> Path:
    """A path as a person here would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def open_book(folder: Path | None) -> Loaded:
    """The book; where some of it can't be read, a word on that."""
    return _noted(load(book_root(folder)))


def open_issue(folder: Path | None, issue_id: str) -> tuple[Loaded, Entry]:
    """An issue, with what it rests on of the book; the rest, which may be much, is not read."""
    loaded, (entry,) = open_issues(folder, [issue_id])
    return loaded, entry


def open_issues(folder: Path | None, issue_ids: Sequence[str]) -> tuple[Loaded, list[Entry]]:
    loaded = _noted(load_about(book_root(folder), issue_ids))
    return loaded, pick(loaded, issue_ids)


def pick(loaded: Loaded, issue_ids: Sequence[str]) -> list[Entry]:
    """The issues that a person named; one that can't be read is refused, as is one that is not there."""
    for issue_id in issue_ids:
        if issue_id not in loaded.book.issues:
            if issue_id not in loaded.book.names("issue"):
                raise _no_issue(issue_id, issues_in(loaded.root))
            what = f"the record of issue `{issue_id}` can't be read"
            raise TriagebookError(what, f"see: triagebook check {issue_id}")
    return [loaded.book.issues[issue_id] for issue_id in issue_ids]


def refuse_unread_locations(loaded: Loaded, entry: Entry) -> None:
    """What is on record and can't be read, nothing can be held against."""
    file = f"{entry.id}/affected.yaml"
    if file in loaded.book.unread:
        raise TriagebookError(f"{(loaded.root / file).as_posix()} can't be read", f"see: triagebook check {entry.id}")


def refuse_unknown(book: Book, issue_ids: Iterable[str]) -> None:
    """Of a whole book: also an issue that can't be read is known, and may be asked about."""
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


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────


def unknown(kind: str, name: str, known: Collection[str], elsewise: str) -> TriagebookError:
    """The error for a name that nothing in the book has; `elsewise` is what to do if it is not misspelt."""
    return misspelt(f"there is no {kind} `{on_one_line(name)}` in this book", name, known, elsewise)


def misspelt(what: str, name: str, known: Collection[str], elsewise: str) -> TriagebookError:
    near = nearest(name, known)
    return TriagebookError(what, f"did you mean `{near}`? If not, {elsewise}" if near else elsewise)


def print_json(document: object) -> None:
    """Data for programs, on standard output."""
    print_utf8(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def print_utf8(text: str) -> None:
    """Text for programs: the same bytes whatever the terminal takes."""
    click.echo(text.encode(errors="backslashreplace"), nl=False)


def on_terminal() -> bool:
    """Does a person see what is printed?"""
    return sys.stdout.isatty()
