"""`triagebook check`: reports what is wrong with the records, and how to fix it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triagebook.checking import BookCheck
from triagebook.store.survey import Survey
from triagebook.text import counted

from .common import book_root, refuse_unknown
from .findings import FindingList, listing_options
from .options import issues_argument, source_options, subcommand

if TYPE_CHECKING:
    from .rules import Rules


def _day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise click.BadParameter(f"`{value}` is not a date; write it as YYYY-MM-DD")


def _rules() -> Rules:
    from triagebook.rules import RULES  # noqa: PLC0415  (a check that finds everything in the memo needs none)

    return RULES


@subcommand("check")
@issues_argument
@listing_options(_rules)
@click.option("--as-of", metavar="DATE", callback=_day)
@click.option("--no-cache", is_flag=True)
@source_options
def command(
    issue_ids: tuple[str, ...], listing: FindingList, as_of: date | None, revision: str | None,
    folder: Path | None, no_source: bool, no_cache: bool, book: Path | None,
) -> None:  # fmt: skip
    root = book_root(book)
    check = BookCheck(root, as_of, folder, no_source=no_source, no_cache=no_cache)
    only = _only(check.survey, issue_ids, revision)
    findings = check.findings(listing.choice, only)
    issues = counted(len(check.survey.issues), "issue")
    extent = issues if only is None else f"{len(only)} of {issues}"
    unread = f"; {counted(len(check.survey.unread), 'record')} can't be read" if check.survey.unread else ""
    listing.show(findings, root, f"{extent}{unread}", check.source(only))


def _only(survey: Survey, issue_ids: Sequence[str], revision: str | None) -> frozenset[str] | None:
    """The issues to check; None for the whole book."""
    if issue_ids and not survey.issues.issuperset(issue_ids):
        refuse_unknown(survey.load(()), "issue", issue_ids)
    named = frozenset(issue_ids) if issue_ids else None
    changed = None if revision is None else _changed(survey, revision)
    return named & changed if named is not None and changed is not None else named or changed


def _changed(survey: Survey, revision: str) -> frozenset[str] | None:
    """The issues whose files changed; None if something changed that any issue may depend on."""
    names = {name.partition("/")[0] for name in files_changed(survey.root, revision)}
    issues = names & survey.issues
    beside = {name for name in names - issues if not name.startswith(".") and not name.endswith(".md")}
    return None if beside else frozenset(issues)  # beside: the catalog, patterns, or a deleted issue


def files_changed(root: Path, revision: str) -> frozenset[str]:
    """The files below a folder that changed, or an error that says why this is unknown."""
    from triagebook.code.checkout import changed_since, known_commit  # noqa: PLC0415  (most checks look at all issues)

    return changed_since(root, known_commit(root, revision))
