"""`triagebook set`: changes a field of a record, and keeps every other byte."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.errors import TriagebookError, nearest
from triagebook.findings import Field, Plain
from triagebook.model.issue import Issue
from triagebook.store.yaml import YamlProblem, read_plain
from triagebook.vocabulary import COMPUTED, KEYS

from .changes import change
from .options import book_option, complete_issue, examples


@click.command(
    "set",
    epilog=examples(
        "triagebook set 1184 severity critical",
        "triagebook set 1184 components '[routes, manager]'",
        "triagebook set 1184 next --append '{do: Write a test that fails, owner: backend}'",
        "triagebook set 1184 closed --remove",
    ),
)
@click.argument("issue_id", metavar="ID", shell_complete=complete_issue)
@click.argument("field", metavar="FIELD")
@click.argument("value", metavar="[VALUE]", required=False)
@click.option("--append", is_flag=True, help="Add VALUE to a list.")
@click.option("--remove", is_flag=True, help="Remove the field.")
@book_option
@click.pass_context
def command(
    ctx: click.Context, issue_id: str, field: str, value: str | None, append: bool, remove: bool, book: Path | None
) -> None:  # fmt: skip
    """Change a field of an issue.

    FIELD is a key of the record; write nested keys with dots, as in `environments.seen` or `next.0.do`. VALUE is text,
    or YAML in brackets. Comments and all other bytes stay. A value that the field can't have is refused. If the change
    causes findings, they are printed.
    """
    if remove == (value is not None) or (append and remove):
        raise click.UsageError("give a VALUE, or --remove")
    path = _path(field)
    how = "remove" if remove else "append" if append else "set"
    change(ctx, book, issue_id, [(path, how, "" if value is None else _plain(value))])


def _path(field: str) -> Field:
    first, *inside = field.split(".")
    known = {str(info.alias or name) for name, info in Issue.model_fields.items()}
    if first not in known:
        if first in COMPUTED:
            raise TriagebookError(f"`{first}` can't be set", COMPUTED[first])
        near = KEYS.get(first) or nearest(first, known)
        advice = (
            f"use `{near}`" if first in KEYS else f"did you mean `{near}`?" if near else "see: triagebook schema issue"
        )
        raise TriagebookError(f"an issue has no field `{first}`", advice)
    return (first, *(int(part) if part.isdecimal() else part for part in inside))


def _plain(value: str) -> Plain:
    if not value.startswith(("[", "{")):
        return value
    try:
        read = read_plain(f"value: {value}")
    except YamlProblem as problem:
        raise TriagebookError(f"`{value}` is no YAML: {problem.says}", "close each bracket and quote") from None
    return read["value"] if isinstance(read, dict) else ""
