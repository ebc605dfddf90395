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
from .main import COMMANDS, SHARED_OPTIONS

F = TypeVar("F", bound="Callable[..., Any]")


def subcommand(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command with what `commands.toml` says of it and of its own options."""
    says = COMMANDS[name]
    examples = "\n  ".join(["\b\nExamples:", *says["examples"]])  # \b stops click from joining lines

    def made(function: Callable[..., Any]) -> click.Command:
        command = click.command(name, help=says["help"], epilog=examples)(function)
        for option in command.params:
            if isinstance(option, click.Option) and not option.help:
                flag = max(option.opts, key=len)
                option.help = says.get("options", {}).get(flag) or SHARED_OPTIONS[flag]
        return command

    return made


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


def name_option(flag: str, kind: str, *, multiple: bool = True) -> Callable[[F], F]:
    """An option that takes the id of something in the book, with tab completion."""
    return click.option(flag, metavar="ID", multiple=multiple, shell_complete=complete_name(kind))


def together(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """Several options as one, in the order of the help."""

    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def json_flag(default: str) -> Callable[[F], F]:
    """For commands whose `--format` may be JSON."""
    return click.option("--json", "form", flag_value="json", default=default)


issue_argument = click.argument("issue_id", metavar="ID", shell_complete=complete_issue)
issues_argument = click.argument("issue_ids", metavar="[ID]...", nargs=-1, shell_complete=complete_issue)
book_option = click.option("--book", type=click.Path(path_type=Path), metavar="DIR")
in_option = click.option("--in", "folder", type=click.Path(path_type=Path), metavar="DIR")
source_options = together(in_option, click.option("--no-source", is_flag=True), book_option)
_TEXT_OR_JSON = click.Choice(["text", "json"])
format_option = together(
    click.option("--format", "form", type=_TEXT_OR_JSON, default="text", show_default=True), json_flag("text")
)
run_options = together(
    name_option("--suite", "suite"),
    click.option("--yes", "-y", is_flag=True),
    click.option("--timeout", type=click.FloatRange(0, min_open=True), default=60, show_default=True, metavar="MIN"),
    click.option("--shell", is_flag=True),
    click.option("--results", metavar="PATTERN", multiple=True),
    click.option("--keep", is_flag=True),
    click.option("--exit-zero", is_flag=True),
)
setting_options = together(
    click.option("--phase", type=click.Choice(["before", "after"])), click.option("--build", metavar="NAME"), in_option
)
