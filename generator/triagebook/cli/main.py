"""The command `triagebook`: the list of its commands, and what a person reads when one can't do its work.

A command is imported when it is called, so help and version answer at once.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from triagebook import __version__
from triagebook.errors import TriagebookError
from triagebook.text import on_one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

FINDINGS, FAILED, PIPE_CLOSED, INTERRUPTED = 1, 2, 141, 130


class Later(click.Command):
    """A command known by name and summary; its module, `cli/NAME.py`, holds it as `command`."""

    def __init__(self, name: str, summary: str) -> None:
        super().__init__(name, short_help=summary)

    def load(self) -> click.Command:
        name = f"{self.name}_" if iskeyword(str(self.name)) else self.name  # `import` can't name a module
        module = import_module(f"triagebook.cli.{name}")
        command: click.Command = module.command
        return command

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
    """The group of all commands, in the order in which a book grows."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return list(self.commands)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _while_somebody_reads(ctx):  # help and version are printed here
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  (click's signature)
        with _while_somebody_reads(ctx):
            return super().invoke(ctx)


@contextmanager
def _while_somebody_reads(ctx: click.Context) -> Iterator[None]:
    """Whoever read the output may have seen enough, as `head` does: that is no error of this command."""
    try:
        yield
    except BrokenPipeError:
        # Python empties its buffer at the end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        ctx.exit(PIPE_CLOSED)


SUMMARIES = {
    "init": "Start a book in a folder.",
    "new": "Write a new issue.",
    "import": "Take issues or locations from other tools.",
    "list": "List issues.",
    "show": "Show one issue.",
    "facts": "Show the facts of an issue, or of the whole book.",
    "check": "Check that the records hold together.",
    "fix": "Mend what has one right answer.",
    "rules": "Explain what the check looks for.",
    "claims": "List what was stated by hand.",
    "record": "Record what was seen.",
    "run": "Run the suites of a plan, and record what happened.",
    "scan": "Find the locations of an issue in its source code.",
    "report": "Write a report on an issue.",
    "tests": "Write the tests of a plan as pytest files.",
    "build": "Build the docs site.",
    "serve": "Show the docs site on this machine.",
    "pages": "Write every page as plain Markdown.",
    "schema": "Write the JSON Schemas that editors use.",
}

EPILOG = """\b
Examples:
  triagebook init            start a book in this folder
  triagebook new             write an issue, with questions
  triagebook list --help     all about one command

\b
To complete commands, options and ids with the tab key, add one line to the start-up file of your shell:
  bash  eval "$(_TRIAGEBOOK_COMPLETE=bash_source triagebook)"
  zsh   eval "$(_TRIAGEBOOK_COMPLETE=zsh_source triagebook)"
  fish  _TRIAGEBOOK_COMPLETE=fish_source triagebook | source

\b
Exit codes: 0 nothing found, 1 findings, 2 the command could not do its work."""


@click.group(
    cls=Commands,
    commands={name: Later(name, summary) for name, summary in SUMMARIES.items()},
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="triagebook %(version)s")
@click.pass_context
def app(ctx: click.Context) -> None:
    """Issue records in YAML beside the code, and the reports that follow from them."""
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def run() -> NoReturn:
    """Run the command line of this process."""
    gc.set_threshold(250_000)  # records and classes stay: looking for garbage among them takes longer than a report
    _make_streams_usable()
    code = outcome(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads any more
        code = code or PIPE_CLOSED
    os._exit(code)  # all that is left goes with the process: to take it apart first would be one more wait


def _make_streams_usable() -> None:
    for name, mode in {"stdin": "r", "stdout": "w", "stderr": "w"}.items():
        stream = getattr(sys, name)
        if stream is None:  # the shell closed it
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  (open to the end)
        elif isinstance(stream, TextIOWrapper) and mode == "w":
            stream.reconfigure(errors="replace")  # an odd character is no reason to stop


def outcome(arguments: list[str]) -> int:
    """Run a command line; what went wrong is told, and said by the exit code."""
    try:
        return app.main(arguments, prog_name="triagebook", standalone_mode=False) or 0
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
    except click.ClickException as error:
        _tell(*_in_our_words(error))
    except TriagebookError as error:
        _tell(error.what, error.do)
    except OSError as error:
        _tell(*_of_the_system(error))
    return FAILED


def _tell(what: str, do: str) -> None:
    click.echo(f"{click.style('error:', fg='red', bold=True)} {on_one_line(what)}\n  {on_one_line(do)}", err=True)


def _in_our_words(error: click.ClickException) -> tuple[str, str]:
    """What is wrong with a command line, and where its options are explained."""
    what = error.format_message().rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    return what[:1].lower() + what[1:], f"see: {context.command_path if context else 'triagebook'} --help"


def _of_the_system(error: OSError) -> tuple[str, str]:
    reason = (error.strerror or str(error)).lower()
    if error.filename is None:
        return reason, "see that the folders and files named on the command line exist and may be used"
    return f"{error.filename}: {reason}", "see that it exists, and that you may read and write it"
