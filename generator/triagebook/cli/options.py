"""The options that several commands share, with their completion and help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from triagebook.errors import TriagebookError
from triagebook.store.book_folder import issues_in
from triagebook.text import natural

from .common import book_root
from .main import COMMANDS

F = TypeVar("F", bound="Callable[..., Any]")


def subcommand(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command with the help and the examples that `commands.toml` has for it."""
    examples = "\n  ".join(["\b\nExamples:", *COMMANDS[name]["examples"]])  # \b stops click from joining lines
    return click.command(name, help=COMMANDS[name]["help"], epilog=examples)


def book_option(command: F) -> F:
    """Add `--book DIR`, which every command accepts."""
    return click.option(
        "--book",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The book: its folder, or the folder that contains `issues`. Default: search from here upwards.",
    )(command)


def json_flag(default: str) -> Callable[[F], F]:
    """Add `--json`, for commands whose `--format` may be JSON."""
    return click.option("--json", "form", flag_value="json", default=default, help="The same as --format json.")


def format_option(command: F) -> F:
    """Add `--format` and `--json`, for commands that print text or JSON."""
    return click.option(
        "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
        help="Text for people, or JSON for programs.",
    )(json_flag("text")(command))  # fmt: skip


def source_options(command: F) -> F:
    """Add `--in`, `--no-source` and `--book`, for commands whose answer depends on the source code."""
    command = click.option("--no-source", is_flag=True, help="Do not look at the source code.")(book_option(command))
    return in_option("A checkout of the source code.")(command)


def in_option(what: str) -> Callable[[F], F]:
    """Add `--in DIR`, which names the source code."""
    return click.option(
        "--in", "folder", type=click.Path(path_type=Path), metavar="DIR",
        help=f"{what} Default: the one that the catalog names, or the book's own repository.",
    )  # fmt: skip


def run_options(command: F) -> F:
    """Add the options of the commands that run suites."""
    for option in (
        click.option("--exit-zero", is_flag=True, help="Exit with 0 even if something was not as expected."),
        click.option("--keep", is_flag=True, help="Keep a compressed copy of the results beside the evidence."),
        click.option(
            "--results", metavar="PATTERN", multiple=True, help="Where to find the result files, relative to --in."
        ),
        click.option(
            "--shell", is_flag=True, help="Run the commands in a shell, so that variables, pipes and `&&` work."
        ),
        click.option(
            "--timeout", type=click.FloatRange(0, min_open=True), default=60, show_default=True, metavar="MIN",
            help="The time limit for each command, in minutes.",
        ),
        click.option("--yes", "-y", is_flag=True, help="Run without asking."),
        name_option("--suite", "suite", "Run only this suite. Default: all that have a command for the environment."),
    ):  # fmt: skip
        command = option(command)
    return command


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
        from triagebook.store.load import load  # noqa: PLC0415

        try:
            issues = ctx.args[:1]  # while an option is being completed, click has not yet named the arguments
            book = load(book_root(ctx.params.get("book")), issues).book
            names = book.names(kind, book.issues.get("".join(issues)))
        except (TriagebookError, OSError):
            return []
        return sorted(name for name in names if name.startswith(start))

    return complete


issue_argument = click.argument("issue_id", metavar="ID", shell_complete=complete_issue)
issues_argument = click.argument("issue_ids", metavar="[ID]...", nargs=-1, shell_complete=complete_issue)
