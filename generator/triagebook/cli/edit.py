"""`triagebook edit`: opens a record in the editor, then checks it."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.errors import TriagebookError
from triagebook.store.book_folder import issues_in

from . import check
from .common import book_root, misspelt
from .options import book_option, complete_issue, examples


@click.command("edit", epilog=examples("triagebook edit 1184", "EDITOR='code --wait' triagebook edit 1184"))
@click.argument("issue_id", metavar="ID", shell_complete=complete_issue)
@book_option
@click.pass_context
def command(ctx: click.Context, issue_id: str, book: Path | None) -> None:
    """Open an issue in your editor, then check it.

    The editor is the one that VISUAL or EDITOR names. The exit code is that of the check.
    """
    root = book_root(book)
    path = root / issue_id / "issue.yaml"
    if not path.is_file():
        raise misspelt(
            f"there is no issue `{issue_id}` in this book", issue_id, issues_in(root), "see: triagebook list"
        )
    try:
        click.edit(filename=str(path))
    except click.ClickException as error:
        what = f"the editor did not work: {error.message.replace(': Editing failed', '')}"
        raise TriagebookError(what, "set EDITOR to a program that edits text and waits") from None
    ctx.invoke(check.command, issue_ids=(issue_id,), book=book)
