"""The `triagebook` command: its list of subcommands, and how errors are reported.

A subcommand is imported only when it is called, so that `--help` and `--version` are fast.
"""

from __future__ import annotations

import gc
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

import click

from triagebook import __version__
from triagebook.errors import TriagebookError
from triagebook.text import joined, on_one_line
from triagebook.vocabulary import KEYS, VERBS

# The packages of the extras, by the module that is missing without them.
_EXTRAS = {"mkdocs": "site", "material": "site", "pagefind": "site", "vl_convert": "site", "mcp": "mcp"}
FINDINGS, FAILED, PIPE_CLOSED, INTERRUPTED = 1, 2, 141, 130


# What `--help` says of each command and its options, and its module where that has another name.
COMMANDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "commands.toml").read_text(encoding="utf-8"))
SHARED_OPTIONS: dict[str, str] = COMMANDS.pop("options")
_ITSELF: dict[str, str] = COMMANDS.pop("triagebook")


class LazyCommand(click.Command):
    """A subcommand known by name and summary; its module `cli/NAME.py` is imported on demand."""

    def __init__(self, name: str, summary: str) -> None:
        super().__init__(name, short_help=summary)

    def load(self) -> click.Command:
        module = import_module(f"triagebook.cli.{COMMANDS[str(self.name)].get('module', self.name)}")
        return next(one for one in vars(module).values() if isinstance(one, click.Command) and one.name == self.name)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401  (click's signature)
    ) -> click.Context:
        command = self.load()
        try:
            return command.make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            error.ctx = error.ctx or click.Context(command, parent, info_name)
            raise


class Commands(click.Group):
    """All subcommands, in the order in which a new user needs them."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:  # noqa: ANN401  (click's signature)
        if args[0] in VERBS and args[0] not in self.commands:
            raise TriagebookError(f"there is no command `{args[0]}`", f"use: {VERBS[args[0]]}")
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return list(self.commands)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _tolerating_closed_pipe(ctx):  # help and version are printed here
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  (click's signature)
        with _tolerating_closed_pipe(ctx):
            return super().invoke(ctx)


@contextmanager
def _tolerating_closed_pipe(ctx: click.Context) -> Iterator[None]:
    """A reader such as `head` may close the pipe early. That is not an error."""
    try:
        yield
    except BrokenPipeError:
        # Python flushes its buffer at exit, and would report the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        ctx.exit(PIPE_CLOSED)


@click.group(
    cls=Commands,
    commands={name: LazyCommand(name, row["help"].partition("\n")[0]) for name, row in COMMANDS.items()},
    help=_ITSELF["help"],
    epilog=_ITSELF["epilog"],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="triagebook %(version)s")
@click.pass_context
def app(ctx: click.Context) -> None:
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def run() -> NoReturn:
    """Run the command line of this process."""
    gc.set_threshold(250_000)  # records live to the end: collecting among them would take longer than a report
    _make_streams_usable()
    code = outcome(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # the reader closed the pipe
        code = code or PIPE_CLOSED
    os._exit(code)  # skips the slow teardown of a large object graph


def _make_streams_usable() -> None:
    for name, mode in {"stdin": "r", "stdout": "w", "stderr": "w"}.items():
        stream = getattr(sys, name)
        if stream is None:  # the shell closed it
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  (stays open until exit)
        elif isinstance(stream, TextIOWrapper) and mode == "w":
            stream.reconfigure(errors="replace")  # an unprintable character must not stop the command


def outcome(arguments: list[str]) -> int:
    """Run a command line, report any error, and return the exit code."""
    try:
        return app.main(arguments, prog_name="triagebook", standalone_mode=False) or 0
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
    except click.ClickException as error:
        _report(*_usage_problem(error))
    except TriagebookError as error:
        _report(error.what, error.do)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in {"", "triagebook"}:
            raise
        if extra := _EXTRAS.get(package):
            what = f"this command needs the extra `{extra}`, which is not installed"
            _report(what, f"install it: pip install 'triagebook[{extra}]'")
        else:
            what = f"the Python package `{package}`, which triagebook needs, is not installed"
            _report(what, "install triagebook again, with its dependencies: pip install --force-reinstall triagebook")
    except OSError as error:
        _report(*_system_problem(error))
    return FAILED


def _report(what: str, do: str) -> None:
    click.echo(f"{click.style('error:', fg='red', bold=True)} {on_one_line(what)}\n  {on_one_line(do)}", err=True)


def _usage_problem(error: click.ClickException) -> tuple[str, str]:
    """The problem with a command line, and the help that explains its options."""
    what = error.format_message().rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.NoSuchOption) and context:
        ours = KEYS.get(error.option_name.strip("-").replace("-", "_"), "").removesuffix("s")
        if any(f"--{ours}" in option.opts for option in context.command.params):
            return f"no such option '{error.option_name}'", f"use --{ours}"
    do = f"see: {context.command_path if context else 'triagebook'} --help"
    if found := re.fullmatch(r"(.*?)\.? \(?Did you mean (?:one of: )?(.*?)\?\)?", what, re.DOTALL):
        what, do = found[1], f"did you mean {joined(found[2].split(', '), 'or')}? If not, {do}"
    return what[:1].lower() + what[1:].replace("valid integer range", "whole number"), do


def _system_problem(error: OSError) -> tuple[str, str]:
    reason = (error.strerror or str(error)).lower()
    if error.filename is None:
        return reason, "check that the files and folders on the command line exist and are accessible"
    return f"{error.filename}: {reason}", "check the path and its permissions"
