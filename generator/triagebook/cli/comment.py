"""`triagebook comment`: summarizes what a pull request changes, in one comment that is kept up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click

from triagebook.book import natural
from triagebook.code.checkouts import places_that_count
from triagebook.code.git import top_of
from triagebook.facts.case import Case
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import EVERYTHING, Finding, Level
from triagebook.inquire import inquire
from triagebook.markdown import code, inline
from triagebook.reports.since import EarlierState, changes_since
from triagebook.store.load import Loaded
from triagebook.text import counted, seen_from, today

from .audit import checkout_around, documents_in, findings_in
from .check import files_changed
from .common import open_book, print_utf8, surveyed
from .findings import all_findings
from .host import Api, NoRightError, pull_request_number
from .match import recognised, row_of, tally
from .options import source_options, subcommand
from .report import book_at

_MARKER = "<!-- triagebook -->"  # our comment among those of a pull request
_MOST = 5  # findings that are listed of an issue or a document
_MOST_FAILURES, _LONGEST = 20, 300  # failures that are listed, and characters of each
_MOST_CHARACTERS = 60_000  # of a comment: the host takes no more than 65,536
_STATES = ("new", "back", "known")


@subcommand("comment")
@click.argument("revision", metavar="REV")
@click.option("--documents", metavar="FILE|DIR", multiple=True)
@click.option("--results", metavar="FILE", multiple=True)
@click.option("--post", is_flag=True)
@source_options
def command(
    revision: str, documents: tuple[str, ...], results: tuple[str, ...], post: bool, folder: Path | None,
    no_source: bool, book: Path | None,
) -> None:  # fmt: skip
    loaded = open_book(book)
    failed = list(_failed(book, results)) if results else []
    lines = _lines(loaded, revision, documents, folder, failed, no_source=no_source)
    text = "\n".join([_MARKER, *lines]) + "\n"
    if not post:
        print_utf8(text)
        return
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(text)
    click.echo(_post(text))


# ── the text ─────────────────────────────────────────────────────────────────────────────────────────


def _lines(
    loaded: Loaded, revision: str, documents: tuple[str, ...], folder: Path | None, failed: Sequence[str], *,
    no_source: bool,
) -> Iterator[str]:  # fmt: skip
    changed = _changed(loaded, revision)
    inquiry = inquire(loaded, folder, no_source=no_source, issues=changed)
    earlier = Inquiry(book_at(loaded.root, revision), {}, today())
    findings = all_findings(loaded, inquiry, only=frozenset(changed)) if changed else []
    yield "### What this change does to the issues" if changed else "No issue is touched by this change."
    for issue_id in sorted(changed, key=natural):
        case = inquiry.case(issue_id)
        then = earlier.book.issues.get(issue_id)
        before = Inquiry(earlier.book, case.source, case.as_of).cases.get(issue_id) if then else None
        yield ""
        head = f"**{inline(issue_id)} {inline(case.issue.title)}** ({case.issue.severity.value})"
        yield f"{head}: {inline(case.verdict.bottom_line)}"
        yield ""
        yield from _differences(EarlierState(revision, before), case)
        yield from _listed([one for one in findings if one.file.startswith(f"{issue_id}/")], loaded.root)
    yield from failed
    if loaded.book.unread:
        yield ""
        yield f"**Records that can't be read**: {', '.join(code(file) for file in sorted(loaded.book.unread))}"
    for file, found in _audited(documents, revision):
        yield ""
        yield f"**{code(file)}**: {counted(len(found), 'finding')} of the audit"
        yield ""
        yield from _listed(found, Path())
    yield ""
    yield f"<sub>{inline(inquiry.source)}, since {code(revision)}</sub>"


def _failed(book: Path | None, results: tuple[str, ...]) -> Iterator[str]:
    """Which known issue each failure of the test run is, the new ones first."""
    survey = surveyed(book)
    found = sorted(recognised(survey, results), key=lambda one: _STATES.index(one.state))
    yield ""
    yield f"**Failures of this run**: {tally(found)}"
    yield ""
    for state, issue, why, what in (row_of(survey.outlines, one) for one in found[:_MOST_FAILURES]):
        known = f" {inline(issue)} {inline(survey.outlines[issue].row['title'])}" if issue in survey.outlines else ""
        yield f"- **{state}**{known}: {code(what[:_LONGEST])}{f' ({inline(why)})' if why != '-' else ''}"
    if len(found) > _MOST_FAILURES:
        yield f"- and {counted(len(found) - _MOST_FAILURES, 'more failure')}"


def _changed(loaded: Loaded, revision: str) -> set[str]:
    """The issues whose records changed, and those whose code did."""
    records = {name.partition("/")[0] for name in files_changed(loaded.root, revision)}
    top = top_of(loaded.root)
    files = files_changed(top, revision) if top else frozenset()
    issues = loaded.book.issues
    return {name for name, entry in issues.items() if name in records or files & places_that_count(entry)}


def _differences(earlier: EarlierState, now: Case) -> Iterator[str]:
    """What the change proves or breaks: the same as `report --since` says."""
    changes = changes_since(now, earlier)
    if changes.new:
        yield "- new in this change"
    for one in changes.changed:
        yield f"- {inline(one.says)}: {inline(one.was)} before, *{inline(one.now)}* now"
    for name in changes.evidence:
        yield f"- new evidence: {code(name)}"


def _listed(findings: list[Finding], root: Path) -> Iterator[str]:
    worst = [one for one in findings if one.severity is not Level.NOTE and not one.accepted]
    for one in worst[:_MOST]:
        place = f"{(root / one.file).as_posix()}:{one.line}"
        yield f"- {one.severity.value} {one.code} at {code(place)}: {inline(one.says)}"
    if len(worst) > _MOST:
        yield f"- and {counted(len(worst) - _MOST, 'more finding')}"


def _audited(documents: tuple[str, ...], revision: str) -> Iterator[tuple[str, list[Finding]]]:
    if not documents:
        return
    changed = files_changed(Path(), revision)
    files = [file for place in documents for file in documents_in(place)]
    for file in dict.fromkeys(file for file in files if seen_from(Path(), file) in changed):
        checkout = checkout_around(file.resolve().parent, asked=False)
        yield file.as_posix(), list(findings_in([file], None, checkout, None, EVERYTHING))


# ── the comment ──────────────────────────────────────────────────────────────────────────────────────


def _post(text: str) -> str:
    """Update our comment, or write it; return what was done."""
    api, number = Api.of_job(), pull_request_number()
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS].rpartition(chr(10))[0]}\n\nThe rest is in the summary of the job.\n"
    try:
        for page in range(1, 100):
            found = api.ask("GET", f"issues/{number}/comments?per_page=100&page={page}")
            for comment in found:
                if str(comment.get("body", "")).startswith(_MARKER):
                    if comment["body"] == text:
                        return "the comment is up to date"
                    with suppress(NoRightError):  # somebody else's comment that begins like ours
                        api.ask("PATCH", f"issues/comments/{comment['id']}", {"body": text})
                        return "updated the comment"
            if len(found) < 100:
                break
        api.ask("POST", f"issues/{number}/comments", {"body": text})
    except NoRightError as error:
        return f"note: the token of this job may not comment, as in a fork ({error.what}); see the job's summary"
    return "wrote the comment"
