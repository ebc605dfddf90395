"""`triagebook close`: closes an issue, with how it ended and why."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.model.issue import Ending
from triagebook.text import today

from .changes import change
from .options import book_option, complete_issue, examples, name_option


@click.command(
    "close",
    epilog=examples(
        "triagebook close 1231 --as fixed --why 'Proven in production'",
        "triagebook close 1231 --as duplicate --into 1184",
    ),
)
@click.argument("issue_id", metavar="ID", shell_complete=complete_issue)
@click.option(
    "--as", "ending", type=click.Choice([one.value for one in Ending]), required=True, help="How it ended.",
)  # fmt: skip
@click.option("--why", metavar="MARKDOWN", help="Why it ended that way.")
@name_option("--by", "person", "Who closes it.", multiple=False)
@click.option("--into", metavar="ID", multiple=True, help="The original of a duplicate, or a part of a split.")
@book_option
@click.pass_context
def command(
    ctx: click.Context, issue_id: str, ending: str, why: str | None, by: str | None, into: tuple[str, ...],
    book: Path | None,
) -> None:  # fmt: skip
    """Close an issue.

    Closing proves nothing: if the evidence does not support `fixed`, a finding says so and the command exits with 1.
    To open the issue again: triagebook set ID closed --remove.
    """
    given = {"on": today().isoformat(), "as": ending, "by": by, "into": list(into), "why": why}
    change(ctx, book, issue_id, [(("closed",), "set", {key: value for key, value in given.items() if value})])
