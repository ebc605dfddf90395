"""`triagebook edit`, `set` and `close`: change a record, keep every other byte, and show what the change breaks."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import click

from triagebook.book import Entry
from triagebook.code.checkouts import Checkouts
from triagebook.errors import TriagebookError, nearest
from triagebook.findings import Edit, Field, Finding, Plain
from triagebook.inquire import inquire
from triagebook.model.issue import Ending, Issue
from triagebook.output.check_result import fails
from triagebook.store.book_folder import issues_in
from triagebook.store.edit import apply
from triagebook.store.load import Loaded
from triagebook.store.schema_errors import first_problem
from triagebook.store.write import edit as write_edits
from triagebook.store.yaml import YamlProblem, read_plain
from triagebook.text import on_one_line, today
from triagebook.vocabulary import COMPUTED, KEYS

from . import check
from .common import book_root, misspelt, open_issue, refuse_unknown
from .findings import all_findings, print_findings
from .main import FINDINGS
from .options import book_option, issue_argument, name_option, subcommand


@subcommand("edit")
@issue_argument
@book_option
@click.pass_context
def edit(ctx: click.Context, issue_id: str, book: Path | None) -> None:
    root = book_root(book)
    path = root / issue_id / "issue.yaml"
    if not path.is_file():
        known = issues_in(root)
        raise misspelt(f"there is no issue `{issue_id}` in this book", issue_id, known, "see: triagebook list")
    try:
        click.edit(filename=str(path))
    except click.ClickException as error:
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        why = re.sub(r"\[Errno \d+\] ", "", error.message.partition("Editing failed")[2])
        what = f"the editor `{editor}` failed{why}"
        raise TriagebookError(what, "set EDITOR to an editor that waits until you close the file") from None
    ctx.invoke(check.command, issue_ids=(issue_id,), book=book)


@subcommand("set")
@issue_argument
@click.argument("field", metavar="FIELD")
@click.argument("value", metavar="[VALUE]", required=False)
@click.option("--append", is_flag=True)
@click.option("--remove", is_flag=True)
@book_option
def set_(
    issue_id: str, field: str, value: str | None, append: bool, remove: bool, book: Path | None
) -> None:  # fmt: skip
    if remove == (value is not None) or (append and remove):
        raise click.UsageError("give a VALUE, or --remove")
    path = _path(field)
    loaded, entry = open_issue(book, issue_id)
    plain = "" if value is None else _with_hashes(path[-1], _plain(value), loaded, entry)
    _change(book, loaded, entry, (path, "remove" if remove else "append" if append else "set", plain))


set_.context_settings["ignore_unknown_options"] = True  # a value may begin with a dash


@subcommand("close")
@issue_argument
@click.option("--as", "ending", type=click.Choice([one.value for one in Ending]), required=True)
@click.option("--why", metavar="MARKDOWN")
@name_option("--by", "person", multiple=False)
@click.option("--into", metavar="ID", multiple=True)
@book_option
def close(
    issue_id: str, ending: str, why: str | None, by: str | None, into: tuple[str, ...],
    book: Path | None,
) -> None:  # fmt: skip
    _refuse_incomplete(issue_id, Ending(ending), why, into)
    loaded, entry = open_issue(book, issue_id)
    refuse_unknown(loaded, "issue", into)
    refuse_unknown(loaded, "person", [by] if by else [])
    given = {"on": today().isoformat(), "as": ending, "by": by, "into": list(into), "why": why}
    _change(book, loaded, entry, (("closed",), "set", {key: value for key, value in given.items() if value}))


# ── what is refused before anything is written ───────────────────────────────────────────────────────


def _refuse_incomplete(issue_id: str, ending: Ending, why: str | None, into: Sequence[str]) -> None:
    if ending in {Ending.DUPLICATE, Ending.SPLIT} and not into:
        what = "the original" if ending is Ending.DUPLICATE else "its parts"
        raise TriagebookError("--into is missing", f"name {what}: --into ID")
    if ending in {Ending.DECLINED, Ending.CANNOT_REPRODUCE} and not why:
        raise TriagebookError("--why is missing", "say why in a sentence: --why '...'")
    if issue_id in into:
        raise TriagebookError(f"{issue_id} can't be closed into itself", "name another issue with --into")


def _path(field: str) -> Field:
    first, *inside = re.sub(r"^(\w+)\[(\d+)\]", r"\1.\2", field).split(".")
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
    closing = {"[": "]", "{": "}"}.get(value[:1])
    if closing is None or value.startswith("{{") or (closing in value and not value.endswith(closing)):
        return value  # also a link, a tick or a computed figure that begins a sentence
    try:
        read = read_plain(f"value: {value}")
    except YamlProblem as problem:
        raise TriagebookError(f"`{value}` is not valid YAML: {problem.says}", "close each bracket and quote") from None
    return read["value"] if isinstance(read, dict) else ""


def _with_hashes(key: str | int, value: Plain, loaded: Loaded, entry: Entry) -> Plain:
    """The value with the hash of each commit that has another name: tomorrow that may be another commit's."""
    if isinstance(value, dict):
        return {name: _with_hashes(name, inner, loaded, entry) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_hashes(key, inner, loaded, entry) for inner in value]
    if key != "commit" or not isinstance(value, str) or re.fullmatch(r"[0-9a-f]{7,64}", value):
        return value
    found = Checkouts(loaded.root, loaded.book).of(entry).checkout
    commit = found.objects.commit(value) if found else None
    if commit is None:
        where = f"{found.root.name} has no commit" if found else "there is no checkout to look up the commit"
        raise TriagebookError(f"{where} `{on_one_line(value)}`", "write its hash, as `git log` shows it")
    return commit


# ── the change ───────────────────────────────────────────────────────────────────────────────────────


def _change(book: Path | None, loaded: Loaded, entry: Entry, change: tuple[Field, str, Plain]) -> None:
    """Edit a record if it stays one, print what that breaks, and fail if it is an error."""
    field, how, value = change
    made = Edit(f"{entry.id}/issue.yaml", field, how, value)  # type: ignore[arg-type]
    path = loaded.root / made.file
    if wrong := first_problem(read_plain(apply(path.read_text(encoding="utf-8"), [made])), Issue):
        if how == "remove" and wrong.code == "TB109":
            raise TriagebookError(f"`{wrong.field[-1]}` is required, so it can't be removed", "change it instead")
        do = "leave out --append" if how == "append" and wrong.field == field else wrong.do
        raise TriagebookError(on_one_line(wrong.says), do)
    known = {(one.code, one.field, one.says) for one in _findings(loaded, entry.id)}
    changed = write_edits(loaded.root, [made])
    click.echo(f"{'changed' if changed else 'unchanged'}  {path.as_posix()}")
    found = _findings(open_issue(book, entry.id)[0], entry.id)
    new = [one for one in found if (one.code, one.field, one.says) not in known]
    print_findings(new, loaded.root)
    if fails(new):
        raise click.exceptions.Exit(FINDINGS)


def _findings(loaded: Loaded, issue_id: str) -> list[Finding]:
    return all_findings(loaded, inquire(loaded, issues={issue_id}), only=frozenset({issue_id}))
