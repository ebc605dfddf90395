"""`triagebook new`: a new issue, from flags and questions."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from pydantic import ValidationError

from triagebook.errors import TriagebookError
from triagebook.model.base import Id
from triagebook.model.defect import Severity
from triagebook.model.issue import Issue
from triagebook.recording.new_issue import NewIssue, written
from triagebook.recording.playbook import left_open, playbook_of, with_playbook
from triagebook.similar import Profile, SimilarIssues
from triagebook.store.book_folder import CATALOG
from triagebook.store.schema_errors import explain
from triagebook.store.write import create
from triagebook.store.yaml import read

from .common import book_option, examples, name_option, open_book, unknown
from .suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from triagebook.store.load import Loaded

SEVERITIES = [severity.value for severity in Severity]
# What a flag is called whose value the record has under another name.
FLAGS = {"components": "component", "labels": "label", "links": "link", "environments": "seen", "symptoms": "error"}


@click.command(
    "new",
    epilog=examples(
        "triagebook new",
        'triagebook new 1240 --title "Login fails" --severity high --summary "Nobody can log in."',
        'triagebook new --title "Chat closes" --severity low --summary "Since noon." --component chat',
        "triagebook new --pattern awaited-sync-call",
    ),
)
@click.argument("issue_id", metavar="[ID]", required=False)
@click.option("--title", metavar="WORDS", help="What is wrong, in one line.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="How much harm it does.")
@click.option("--summary", metavar="MARKDOWN", help="What happens, to whom, since when.")
@click.option("--opened", metavar="DAY", help="The day it was opened, as 2025-09-15. Default: today.")
@name_option("--owner", "person", "Who owns the next step.", multiple=False)
@name_option("--component", "component", "Where the defect lives.")
@name_option("--seen", "environment", "An environment it was seen in.")
@click.option("--error", metavar="TEXT", multiple=True, help="The exact text of the error that shows it.")
@name_option("--pattern", "pattern", "The known root cause it may have.")
@click.option("--label", metavar="WORDS", multiple=True, help="A word to find it by.")
@click.option("--link", metavar="URL", multiple=True, help="An address worth keeping.")
@book_option
def command(
    issue_id: str | None, title: str | None, severity: str | None, summary: str | None, opened: str | None,
    owner: str | None, component: tuple[str, ...], seen: tuple[str, ...], error: tuple[str, ...],
    pattern: tuple[str, ...], label: tuple[str, ...], link: tuple[str, ...], book: Path | None,
) -> None:  # fmt: skip
    """Write a new issue.

    It needs a title, a severity and a summary: a terminal asks for what is not given. Without ID it gets the next
    free number. --component, --seen, --error, --pattern, --label and --link may be given more than once. The record is
    then yours to edit; one that exists is never overwritten.

    An error is held against the expressions of the patterns, and against the other issues: what may be its cause is
    told, with the reason. With --pattern the record starts from the playbook: suites, plan, criteria, risks, detector.
    """
    loaded = open_book(book)
    names = {"person": (owner,) if owner else (), "component": component, "environment": seen, "pattern": pattern}
    _refuse_unknown(names, loaded)
    if issue_id is not None:
        _refuse_unfit(issue_id, loaded)
    asks = sys.stdin.isatty() and sys.stderr.isatty()
    if not asks:
        _refuse_missing(title=title, severity=severity, summary=summary)
    draft_id = issue_id or (_ask_id(loaded) if asks else None)
    draft = NewIssue(
        title=title or _ask("Title, in one line", _words),
        severity=severity or _ask(f"Severity ({', '.join(SEVERITIES)})", _severity),
        opened=opened or datetime.now().astimezone().date().isoformat(),
        summary=summary or _ask("Summary: what happens, to whom, since when", _words),
        owner=owner, components=component, labels=label, links=link, seen=seen, errors=error, patterns=pattern,
    )  # fmt: skip
    text = with_playbook(written(draft, loaded.book), playbook_of(loaded.root, pattern))
    _refuse_invalid(text)
    click.echo((loaded.root / _created(loaded.root, draft_id, text)).as_posix())
    for note in left_open(loaded.book, Issue.model_validate(read(text).plain())):
        click.echo(f"note: {note}", err=True)
    if error:
        report = Profile(draft.title, draft.summary, error, patterns=pattern)
        suggest(loaded.book, SimilarIssues.of_book(loaded.book), report)
    click.echo("next: add what you know to this file, then run: triagebook check", err=True)


def _created(root: Path, issue_id: str | None, text: str) -> str:
    """The file, once it is there. Where no id was asked for, another process may take a number first."""
    while True:
        file = f"{issue_id or _free_number(root)}/issue.yaml"
        try:
            create(root, file, text)
        except TriagebookError:
            if issue_id or not (root / file).exists():
                raise
        else:
            return file


# ── what can't be written ────────────────────────────────────────────────────────────────────────────


def _refuse_unknown(names: Mapping[str, tuple[str, ...]], loaded: Loaded) -> None:
    catalog = loaded.root / CATALOG
    add = {
        "person": f"add it to `people` in {catalog}",
        "component": f"add it to `components` in {catalog}",
        "environment": f"add it to `environments` in {catalog}",
        "pattern": f"write it first, in {loaded.root / 'patterns'}",
    }
    for kind, given in names.items():
        for name in given:
            if name not in (known := loaded.book.names(kind)):
                raise unknown(kind, name, known, add[kind])


def _refuse_unfit(issue_id: str, loaded: Loaded) -> None:
    try:
        Id.parse(issue_id)
    except ValueError as problem:
        what, _, form = str(problem).partition(": ")
        do = f"it is made of {form}" if issue_id.strip() else "leave it out for the next free number"
        raise TriagebookError(what if issue_id.strip() else "the id is empty", do) from None
    if issue_id in {"patterns", CATALOG}:
        raise TriagebookError(f"`{issue_id}` is a part of the book, so it can't be an issue", "take another id")
    folder = loaded.root / issue_id
    if (folder / "issue.yaml").exists() or folder.is_file():
        free = _free_number(loaded.root)
        what = f"issue `{issue_id}` is there already: {folder}"
        raise TriagebookError(what, f"edit it, or take another id; the next free number is {free}")


def _refuse_missing(**given: str | None) -> None:
    """Without a terminal there is nobody to ask."""
    missing = [name for name, value in given.items() if not value]
    if missing:
        examples = {"title": '"What is wrong, in one line"', "severity": "high", "summary": '"What happens, to whom"'}
        flags = " ".join(f"--{name} {examples[name]}" for name in missing)
        says = " and ".join(filter(None, [", ".join(f"--{name}" for name in missing[:-1]), f"--{missing[-1]}"]))
        raise TriagebookError(f"{says} {'is' if len(missing) == 1 else 'are'} missing", f"add: {flags}")


def _refuse_invalid(text: str) -> None:
    """The record is read back before it is written: what it would not accept, the flag is told."""
    try:
        Issue.model_validate(read(text).plain())
    except ValidationError as invalid:
        error = invalid.errors(include_url=False)[0]
        _, says, do = explain(error, Issue)
        flag = f"--{FLAGS.get(key := str(error['loc'][0]), key)}"
        if says.endswith(" is empty"):
            raise TriagebookError(f"{flag} is empty", "write a few words, or leave it out") from None
        raise TriagebookError(f"{flag}: {says}", do) from None


# ── what is asked ────────────────────────────────────────────────────────────────────────────────────


def _free_number(root: Path) -> str:
    taken = [int(path.name) for path in root.iterdir() if path.name.isdecimal()]
    return str(max(taken, default=0) + 1)


def _ask_id(loaded: Loaded) -> str:
    def fit(answer: str) -> str:
        try:
            _refuse_unfit(answer, loaded)
        except TriagebookError as error:
            raise click.UsageError(f"{error.what}; {error.do}") from None
        return answer

    return _ask("ID", fit, default=_free_number(loaded.root))


def _ask(question: str, form: Callable[[str], str], default: str | None = None) -> str:
    """An answer from the terminal; standard output is left to the path of the new file."""
    answer: str = click.prompt(question, default=default, value_proc=form, err=True)
    return answer


def _words(answer: str) -> str:
    if not answer.strip():
        raise click.UsageError("write a few words")
    return answer.strip()


def _severity(answer: str) -> str:
    if answer.strip().lower() not in SEVERITIES:
        raise click.UsageError(f"write one of {', '.join(SEVERITIES)}")
    return answer.strip().lower()
