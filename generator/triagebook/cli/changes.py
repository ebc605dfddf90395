"""What `set` and `close` share: a record is changed if it stays a record, and what the change breaks is shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from pydantic import ValidationError

from triagebook.errors import TriagebookError
from triagebook.findings import Edit, Field, Finding
from triagebook.inquire import inquire
from triagebook.model.issue import Issue
from triagebook.store.edit import apply
from triagebook.store.load import Loaded
from triagebook.store.schema_errors import problems
from triagebook.store.write import edit
from triagebook.store.yaml import read_plain
from triagebook.text import on_one_line

from .common import open_issue
from .findings import all_findings, fail, print_findings
from .main import FINDINGS


def change(ctx: click.Context, book: Path | None, issue_id: str, edits: Sequence[tuple[Field, str, object]]) -> None:
    """Make edits to a record, print what they break, and fail if that is an error."""
    loaded, entry = open_issue(book, issue_id)
    file = f"{entry.id}/issue.yaml"
    made = [Edit(file, field, how, value) for field, how, value in edits]  # type: ignore[arg-type]
    path = loaded.root / file
    _refuse_invalid(apply(path.read_text(encoding="utf-8"), made))
    before = _findings(loaded, issue_id)
    changed = edit(loaded.root, made)
    click.echo(f"{'changed' if changed else 'unchanged'}  {path.as_posix()}")
    known = {(one.code, one.field, one.says) for one in before}
    found = _findings(open_issue(book, issue_id)[0], issue_id)
    new = [one for one in found if (one.code, one.field, one.says) not in known]
    print_findings(new, loaded.root)
    if fail(new):
        ctx.exit(FINDINGS)


def _refuse_invalid(text: str) -> None:
    try:
        Issue.model_validate(read_plain(text))
    except ValidationError as invalid:
        first = problems(invalid, Issue)[0]
        raise TriagebookError(on_one_line(first.says), first.do) from None


def _findings(loaded: Loaded, issue_id: str) -> list[Finding]:
    return all_findings(loaded, inquire(loaded, issues={issue_id}), only=frozenset({issue_id}))
