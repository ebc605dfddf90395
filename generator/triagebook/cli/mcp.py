"""`triagebook mcp`: serves the book to assistants, as tools of the Model Context Protocol."""

from __future__ import annotations

import sys
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from threading import Lock
from typing import Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.elicitation import AcceptedElicitation, ElicitationResult
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.resolve import Elicit, Resolve
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field, ValidationError

from triagebook import __version__
from triagebook.errors import TriagebookError
from triagebook.reports.kinds import KINDS
from triagebook.text import visible

from .common import book_root
from .main import FAILED, outcome
from .options import book_option, subcommand

_LONGEST = 12_000  # characters of an answer: what an assistant can use at once
_ONE_AT_A_TIME = Lock()  # the output of a command is that of the process
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)
_INSTRUCTIONS = """\
Issues are records in YAML; reports say only what their evidence proves. Never write that something is fixed, validated
or ready: record the evidence with `record`, and read the stage with `show`. What is missing is part of each answer.
"""

Id = Annotated[
    str, Field(description="The id of the issue, as `list` and `search` show it", coerce_numbers_to_str=True)
]
File = Annotated[str, Field(description="A path below the current folder")]


class Agreement(BaseModel):
    """What a person says of a change."""

    agree: bool = Field(description="Make this change to the book")


Answer = Agreement | Elicit[Agreement]


@subcommand("mcp")
@book_option
def command(book: Path | None) -> None:
    if sys.stdin.isatty():
        raise TriagebookError("an assistant starts this command, and talks to it", "see the guide: Assistants")
    server_of(book_root(book)).run("stdio")


class _Server(MCPServer[Any]):
    """Says in our words which argument does not fit."""

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None) -> Any:  # noqa: ANN401  (the SDK's)
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError("\n".join(map(_problem, error.__cause__.errors()))) from None
            raise ToolError(str(error.__cause__ or error)) from None


def _problem(error: Any) -> str:  # noqa: ANN401  (a dictionary of pydantic)
    name = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"`{name}` is missing"
    if error["type"] == "literal_error":
        return (
            f"{name}: `{visible(str(error['input']))}` is not one of {error['ctx']['expected'].replace(chr(39), '`')}"
        )
    return f"{name}: {error['msg'][:1].lower()}{error['msg'][1:]}"


def server_of(root: Path) -> MCPServer[Any]:
    """The server of a book. Each tool is a command, with its text as the answer."""
    server = _Server("triagebook", instructions=_INSTRUCTIONS, version=__version__, log_level="ERROR")
    _add_reading(server, root)
    _add_writing(server, root)
    return server


def _add_reading(server: MCPServer[Any], root: Path) -> None:
    reads = server.tool(annotations=_READS)

    def run(*arguments: str) -> str:
        name, *others = arguments
        return _answer([name, "--book", str(root), *others])

    @reads
    def search(words: Annotated[str, Field(description="Words, an error or a stack trace")]) -> str:
        """Find issues by words, a pasted error or a stack trace."""
        return run("search", "--", words)

    @reads
    def list() -> str:  # noqa: A001  (the name of the tool)
        """List all issues with severity, state and owner, and where each stands."""
        return run("status")

    @reads
    def show(issue: Id) -> str:
        """Show one issue: its stage, what proves it, what is missing for the next stage, and its findings."""
        return run("show", "--", issue)

    @reads
    def facts(issue: Id) -> str:
        """Show the facts computed for an issue."""
        return run("facts", "--", issue)

    @reads
    def check(issue: Annotated[str, Field(description="The id of an issue; empty for the whole book")] = "") -> str:
        """Check that the records are valid and consistent. Each finding says what to do."""
        return run("check", *(["--", issue] if issue else []))

    @reads
    def audit(
        file: File, issue: Annotated[str, Field(description="Compare with this issue; may be empty")] = ""
    ) -> str:
        """Check a Markdown document against itself, the source code and an issue's evidence."""
        return run("audit", *(["--issue", issue] if issue else []), "--", _below_here(file))

    @reads
    def report(issue: Id, kind: Annotated[str, Field(description=f"One of {', '.join(KINDS)}")] = "summary") -> str:
        """Write a report about an issue, as Markdown."""
        return run("report", "--", issue, kind)


def _add_writing(server: MCPServer[Any], root: Path) -> None:
    writes = server.tool(annotations=_WRITES)

    def change(agreed: ElicitationResult[Agreement], name: str, *arguments: str) -> str:
        if not isinstance(agreed, AcceptedElicitation) or not agreed.data.agree:
            return "nothing was changed: the user did not agree"
        return _answer([name, "--book", str(root), *arguments])

    @writes
    def new(
        title: str, severity: Literal["critical", "high", "medium", "low"], summary: str,
        agreed: Annotated[ElicitationResult[Agreement], Resolve(_ask_new)],
        error: Annotated[str, Field(description="The exact error text, if there is one")] = "",
    ) -> str:  # fmt: skip
        """Create an issue. Search first: it may be known."""
        more = [f"--error={error}"] if error else []
        return change(agreed, "new", f"--title={title}", f"--severity={severity}", f"--summary={summary}", *more)

    @writes
    def record(
        issue: Id, file: File, phase: Literal["before", "after"], environment: str,
        agreed: Annotated[ElicitationResult[Agreement], Resolve(_ask_record)],
    ) -> str:  # fmt: skip
        """Record a file of test results as evidence. The answer says what it counts for, and what is missing."""
        where = [f"--phase={phase}", f"--environment={environment}"]
        return change(agreed, "record", *where, "--", issue, _below_here(file))

    @writes
    def set(  # noqa: A001  (the name of the tool)
        issue: Id, field: str, value: Annotated[str, Field(description="Text, or YAML in brackets")],
        agreed: Annotated[ElicitationResult[Agreement], Resolve(_ask_set)],
    ) -> str:  # fmt: skip
        """Change a field of an issue. The stage is no field: evidence decides it."""
        return change(agreed, "set", "--", issue, field, value)


# ── asking the user ──────────────────────────────────────────────────────────────────────────────────


def _ask_new(ctx: Context[Any, Any], title: str) -> Answer:
    return _asked(ctx, f"Create an issue: {title}?")


def _ask_record(ctx: Context[Any, Any], issue: str, file: str, phase: str, environment: str) -> Answer:
    return _asked(ctx, f"Record {file} as evidence of {issue}, {phase} the fix, in {environment}?")


def _ask_set(ctx: Context[Any, Any], issue: str, field: str, value: str) -> Answer:
    return _asked(ctx, f"Set {field} of {issue} to {value}?")


def _asked(ctx: Context[Any, Any], question: str) -> Answer:
    """Ask the user where the client can; else the client has asked before it called a tool that writes."""
    able = ctx.client_capabilities
    if able is None or able.elicitation is None:
        return Agreement(agree=True)
    return Elicit(question, Agreement)


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────


def _below_here(file: str) -> str:
    """A path that an assistant may have read."""
    if "\0" in file or not Path(file).resolve().is_relative_to(Path.cwd()) or file == "-":
        raise ToolError(f"{visible(file)} is outside of {Path.cwd()}: name a file below it")
    return file


def _answer(arguments: list[str]) -> str:
    """What a command prints, with its errors, cut if it is long."""
    stream = TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True)
    with _ONE_AT_A_TIME, redirect_stdout(stream), redirect_stderr(stream):
        code = outcome(arguments)
    stream.flush()
    text = stream.buffer.getvalue().decode(errors="replace")
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n[{len(text) - _LONGEST:,} more characters]"
    if code == FAILED:
        raise ToolError(cut.strip())
    return cut if code == 0 else f"{cut}\n[exit code {code}]"
